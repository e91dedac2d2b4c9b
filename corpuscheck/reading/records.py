"""Records: what JSON Lines, JSON and delimited files have in common: which field of a record is its text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from corpuscheck.reading.batch import BLOCK_BYTES, Batch, batch_of

PREFERRED = (
    "text", "content", "contents", "body", "article", "document", "paragraph", "paragraphs", "passage", "sentence",
    "sentences", "본문", "내용", "기사", "원문", "텍스트", "문장", "本文", "正文", "内容", "文本",
)  # fmt: skip
"""Names that hold the text in most corpora; the first that a record has is taken."""

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
    """

    text_field: str = ""
    bad: int = 0
    first_bad: int | None = None
    missing: int = 0
    repaired: int = 0

    def add_bad(self, place: int) -> None:
        self.bad += 1
        if self.first_bad is None:
            self.first_bad = place


class RecordReader(Protocol):
    """Batches of documents from valid UTF-8 blocks; `fields` are the names asked for, empty to find one."""

    def __call__(self, blocks: Iterable[bytes], fields: Sequence[str], report: RecordReport) -> Iterator[Batch]: ...


class TextField:
    """Takes the text out of a record, and finds the field in the first record that has one."""

    def __init__(self, names: Sequence[str], report: RecordReport) -> None:
        self._names = list(names)
        self._report = report
        report.text_field = ", ".join(names)

    def __call__(self, record: Any) -> bytes | None:
        """The record's text as UTF-8, fields joined by a newline; None (counted) where it has none."""
        if isinstance(record, str) and not self._names:
            self._report.text_field = self._report.text_field or "(the record itself)"
            return self._encoded(record)
        if isinstance(record, Mapping):
            if not self._names and (name := find_field(record)):
                self._names = [name]
                self._report.text_field = name
            texts = [text for name in self._names if (text := text_of(record.get(name))) is not None]
            if texts:
                return self._encoded("\n".join(texts))
        self._report.missing += 1
        return None

    def _encoded(self, text: str) -> bytes:
        try:
            return text.encode()
        except UnicodeEncodeError:
            self._report.repaired += 1
            return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def find_field(record: Mapping[str, Any]) -> str:
    """A preferred name, else the longest string of a flat record; '' where neither is there."""
    lowered = {str(name).lower(): str(name) for name in record}
    for name in PREFERRED:
        if name in lowered and text_of(record[lowered[name]]) is not None:
            return lowered[name]
    if any(_nested(value) for value in record.values()):
        return ""
    lengths = {str(name): len(value) for name, value in record.items() if isinstance(value, str)}
    return max(lengths, key=lambda name: lengths[name]) if lengths else ""


def _nested(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and any(isinstance(v, Mapping | list) for v in value))


def text_of(value: Any) -> str | None:
    """A string, or a list of strings as its lines."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return "\n".join(value)
    return None


def batched(texts: Iterable[bytes | None]) -> Iterator[Batch]:
    """Batches of about `BLOCK_BYTES`, one document for each text that is there."""
    waiting: list[bytes] = []
    size = 0
    for text in texts:
        if text is None:
            continue
        waiting.append(text)
        size += len(text)
        if size >= BLOCK_BYTES:
            yield batch_of(waiting)
            waiting, size = [], 0
    if waiting:
        yield batch_of(waiting)
