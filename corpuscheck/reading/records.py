"""Records: what JSON Lines, JSON and delimited files have in common: which field of a record is its text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from corpuscheck.reading.batch import BLOCK_BYTES, Batch, batch_of
from corpuscheck.reading.paths import TextPath, best_path, leaf_lengths, unquoted

LARGEST_RECORD = 64 << 20
"""A single record of more bytes than this is counted as bad, so that memory stays bounded."""


@dataclass
class RecordReport:
    """What happened to the records of one file.

    Attributes:
        text_field: the field that was read.
        bad: records that could not be parsed; `first_bad` is the byte offset (CSV: line) of the first.
        missing: records without the field.
        repaired: texts that held a lone surrogate, which UTF-8 cannot hold.
        damage: why the rest of the file was not read.
        left_out: what is no text of the corpus and was left out on purpose, by kind.
    """

    text_field: str = ""
    bad: int = 0
    first_bad: int | None = None
    missing: int = 0
    repaired: int = 0
    damage: str = ""
    left_out: dict[str, int] = field(default_factory=dict)

    def leave_out(self, kind: str) -> None:
        self.left_out[kind] = self.left_out.get(kind, 0) + 1

    def add_bad(self, place: int) -> None:
        self.bad += 1
        if self.first_bad is None:
            self.first_bad = place


class RecordReader(Protocol):
    """Batches of documents from valid UTF-8 blocks; `fields` are the names asked for, empty to find one."""

    def __call__(self, blocks: Iterable[bytes], fields: Sequence[str], report: RecordReport) -> Iterator[Batch]: ...


class TextField:
    """Takes the text out of a record, and finds the field in the first record that has one.

    `item` tells that the records are the items of the array that a path names, not whole records.
    """

    def __init__(self, names: Sequence[str], report: RecordReport, item: bool = False) -> None:
        self._paths = [TextPath(name) for name in names]
        self._report = report
        self._item = item
        report.text_field = ", ".join(path.text for path in self._paths)

    def __call__(self, record: Any) -> bytes | None:
        """The record's text as UTF-8, fields joined by a newline; None (counted) where it has none."""
        if isinstance(record, str) and not self._paths:
            self._report.text_field = self._report.text_field or "(the record itself)"
            return self._encoded(record)
        if not self._paths and (name := best_path(leaf_lengths(record))):
            self._paths = [TextPath(unquoted(name))]
            self._report.text_field = self._paths[0].text
        texts = [text for path in self._paths if (text := self._text(path, record)) is not None]
        if texts:
            return self._encoded("\n".join(texts))
        self._report.missing += 1
        return None

    def _text(self, path: TextPath, record: Any) -> str | None:
        return path.of_item(record) if self._item else path.of_record(record)

    def _encoded(self, text: str) -> bytes:
        try:
            return text.encode()
        except UnicodeEncodeError:
            self._report.repaired += 1
            return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def batched(texts: Iterable[tuple[int, bytes | None]]) -> Iterator[Batch]:
    """Batches of about `BLOCK_BYTES`, one document for each (line, text) whose text is there."""
    waiting: list[bytes] = []
    lines: list[int] = []
    size = 0
    for line, text in texts:
        if text is None:
            continue
        waiting.append(text)
        lines.append(line)
        size += len(text)
        if size >= BLOCK_BYTES:
            yield batch_of(waiting, lines)
            waiting, lines, size = [], [], 0
    if waiting:
        yield batch_of(waiting, lines)
