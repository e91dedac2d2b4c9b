"""Records: what JSON Lines, JSON and delimited files have in common: which field of a record is its text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Protocol

from corpuscheck.reading.batch import BLOCK_BYTES, Batch, batch_of
from corpuscheck.reading.formats.paths import Lengths, NamePath, Steps, TextPath, best_path, leaf_lengths
from corpuscheck.reading.formats.prose import LeftOut, is_prose, leaf_texts, shown
from corpuscheck.reading.text import Damage

LARGEST_RECORD = 64 << 20
"""A single record of more bytes than this is counted as bad, so that memory stays bounded."""

_SAMPLE = 100
_SAMPLE_BYTES = 4 << 20
_MOST_NAMES = 20


class SourceOfRecord:
    """The source of the record that was read last, `name`, by a field of it; without a `path` none was asked for."""

    def __init__(self, field: str = "") -> None:
        self.path = NamePath(field) if field else None
        self.name = ""

    def read(self, record: Any) -> None:
        if self.path:
            self.name = self.path.of_record(record)


@dataclass
class RecordReport:
    """What happened to the records of one file.

    Attributes:
        text_field: the field that was read.
        fields: names of the fields that there are, some of them where there are very many.
        characters: of the text that was read; `left_out` those of each field of prose that was not, where the
            fields were not named.
        bad: records that could not be parsed or do not fit; `first_bad` is the byte offset (CSV: line) of the
            first, `first_bad_line` its line in a format of lines.
        mended: those of them whose text was read all the same.
        lost_bytes: the bytes of those that were not read.
        missing: records without the field; `first_missing` is the line of the first, 0 where it is not known.
        empty: records whose text is empty or white space.
        repaired: texts that held a lone surrogate, which UTF-8 cannot hold.
        damaged: bytes that are not UTF-8 in texts that are stored one by one.
        damage: why the rest of the file was not read.
        not_text: what is no text of the corpus and was left out on purpose, by kind.
        source: tells the source of the record that was read last, where a field of it does.
    """

    text_field: str = ""
    fields: tuple[str, ...] = ()
    characters: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    bad: int = 0
    first_bad: int | None = None
    first_bad_line: int | None = None
    mended: int = 0
    lost_bytes: int = 0
    missing: int = 0
    first_missing: int = 0
    empty: int = 0
    repaired: int = 0
    damaged: Damage = field(default_factory=Damage)
    damage: str = ""
    not_text: dict[str, int] = field(default_factory=dict)
    source: SourceOfRecord = field(default_factory=SourceOfRecord)

    def leave_out(self, kind: str) -> None:
        self.not_text[kind] = self.not_text.get(kind, 0) + 1

    def add_bad(self, place: int | None, line: int | None = None, lost: int = 0) -> None:
        self.bad += 1
        self.lost_bytes += lost
        if self.first_bad is None:
            self.first_bad, self.first_bad_line = place, line

    def add_missing(self, line: int = 0) -> None:
        self.missing += 1
        self.first_missing = self.first_missing or line

    def add_fields(self, names: Iterable[str]) -> None:
        self.fields = tuple(dict.fromkeys((*self.fields, *names)))[:_MOST_NAMES]

    def encoded(self, text: str) -> bytes:
        """A text that is read, as UTF-8."""
        self.characters += len(text)
        self.empty += not text or text.isspace()
        try:
            return text.encode()
        except UnicodeEncodeError:
            self.repaired += 1
            return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


class RecordReader(Protocol):
    """Batches of documents from valid UTF-8 blocks; `fields` are the names asked for, empty to find one."""

    def __call__(self, blocks: Iterable[bytes], fields: Sequence[str], report: RecordReport) -> Iterator[Batch]: ...


class TextField:
    """Takes the text out of records, and finds the field with most text among the first of them.

    `item` tells that the records are the items of the array that a path names, not whole records. With `found` the
    names were found by looking, not asked for.
    """

    def __init__(self, names: Sequence[str], report: RecordReport, item: bool = False, found: bool = False) -> None:
        self._paths = [TextPath(name, asked=not found) for name in names]
        self._report = report
        self._item = item
        self._count = found or not names
        self._left_out = LeftOut(())
        report.text_field = ", ".join(path.text for path in self._paths)

    def texts(self, records: Iterable[tuple[int, Any, int]]) -> Iterator[tuple[int, bytes | None]]:
        """The text of each (line, record, size) as UTF-8, None (counted) where it has none."""
        records = iter(records)
        sample: list[tuple[int, Any, int]] = []
        size = 0
        for row in records:
            sample.append(row)
            size += row[2]
            if len(sample) >= _SAMPLE or size >= _SAMPLE_BYTES:
                break
        self._look([record for _, record, _ in sample])
        for line, record, _ in chain(sample, records):
            yield line, self._taken(record, line)

    def _look(self, records: Sequence[Any]) -> None:
        leaves: dict[Steps, list[str]] = {}
        lengths = Lengths()
        for record in records:
            leaf_texts(record, leaves)
            if not self._paths:
                leaf_lengths(record, "", lengths)
        self._report.add_fields(shown(steps) for steps in leaves if steps)
        if not self._paths and (name := best_path(lengths)):
            self._paths = [TextPath.found(name)]
            self._report.text_field = self._paths[0].text
        if self._count:
            read = [path.inside if self._item else path.text for path in self._paths]
            whole = any(not steps for steps in leaves) and not self._paths
            prose = [steps for steps, values in leaves.items() if steps and not whole and is_prose(values)]
            self._left_out = LeftOut(steps for steps in prose if not _is_read(steps, read))
            self._report.left_out = self._left_out.characters

    def _taken(self, record: Any, line: int) -> bytes | None:
        self._report.source.read(record)
        self._left_out.add(record)
        if isinstance(record, str) and not self._paths:
            self._report.text_field = self._report.text_field or "(the record itself)"
            return self._report.encoded(record)
        if not self._paths and (name := best_path(leaf_lengths(record))):
            self._paths = [TextPath.found(name)]
            self._report.text_field = self._paths[0].text
        texts = [text for path in self._paths if (text := self._text(path, record)) is not None]
        if texts:
            return self._report.encoded("\n".join(texts))
        self._report.add_missing(line)
        return None

    def _text(self, path: TextPath, record: Any) -> str | None:
        return path.of_item(record) if self._item else path.of_record(record)


def _is_read(steps: Steps, read: Iterable[str]) -> bool:
    """Whether one of the paths leads here; a list of strings is read with or without its brackets."""
    path = shown(steps)
    return any(path == name or path.rstrip("[]") == name.rstrip("[]") or name == "@" for name in read)


def batched(texts: Iterable[tuple[int, bytes | None]], source: SourceOfRecord | None = None) -> Iterator[Batch]:
    """Batches of about `BLOCK_BYTES`, one document for each (line, text) whose text is there.

    Its `source` is that of the record of the text that came last.
    """
    waiting: list[bytes] = []
    lines: list[int] = []
    names: list[str] = []
    told = source is not None and source.path is not None
    size = 0
    for line, text in texts:
        if text is None:
            continue
        waiting.append(text)
        lines.append(line)
        if source is not None and told:
            names.append(source.name)
        size += len(text)
        if size >= BLOCK_BYTES:
            yield batch_of(waiting, lines, names)
            waiting, lines, names, size = [], [], [], 0
    if waiting:
        yield batch_of(waiting, lines, names)
