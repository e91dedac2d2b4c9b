"""Read: one source as batches of documents, and the record of what was found in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from corpuscheck.reading.batch import Batch, Part
from corpuscheck.reading.decoding import UNCERTAIN
from corpuscheck.reading.delimited import read_csv, read_tsv
from corpuscheck.reading.discover import Source
from corpuscheck.reading.documents import SplitReport, split_text
from corpuscheck.reading.formats import Format
from corpuscheck.reading.json_values import read_json
from corpuscheck.reading.jsonl import read_jsonl
from corpuscheck.reading.opening import Stream, UnreadableError
from corpuscheck.reading.records import RecordReader, RecordReport
from corpuscheck.reading.text import TextStream
from corpuscheck.settings import Reading

RECORD_READERS: dict[Format, RecordReader] = {
    "jsonl": read_jsonl,
    "json": read_json,
    "csv": read_csv,
    "tsv": read_tsv,
}


@dataclass
class FileRecord:
    """What one file turned out to be: a line of ``--files``. Sizes are bytes.

    `bytes` is the size on disk, `utf8_bytes` that of its documents' text.
    """

    path: str
    status: str = "measured"
    reason: str | None = None
    format: str = "text"
    encoding: str | None = None
    confidence: float | None = None
    how: str | None = None
    bytes: int = 0
    utf8_bytes: int = 0
    documents: int = 0
    invalid_bytes: int = 0
    first_invalid_offset: int | None = None
    damage: str | None = None
    text_field: str | None = None
    bad_records: int = 0
    first_bad_record: int | None = None
    missing_text: int = 0
    repaired_surrogates: int = 0
    forced_cuts: int = 0
    start: int = 0

    def joined(self, other: FileRecord) -> FileRecord:
        """The record of a file from those of two of its ranges, the other one later in the file."""
        names = {self.encoding, other.encoding} - {None}
        one = next(iter(names)) if len(names) == 1 else "utf-8" if names <= {"ascii", "utf-8"} else "mixed"
        first = self if self.first_invalid_offset is not None else other
        known = [c for c in (self.confidence, other.confidence) if c is not None]
        return replace(
            self,
            status="measured" if "measured" in (self.status, other.status) else "skipped",
            encoding=one if names else None,
            confidence=min(known, default=None),
            how=self.how if self.encoding == one else other.how,
            bytes=self.bytes + other.bytes,
            utf8_bytes=self.utf8_bytes + other.utf8_bytes,
            documents=self.documents + other.documents,
            invalid_bytes=self.invalid_bytes + other.invalid_bytes,
            first_invalid_offset=first.first_invalid_offset,
            damage=self.damage or other.damage,
            forced_cuts=self.forced_cuts + other.forced_cuts,
        )

    @property
    def uncertain(self) -> bool:
        return self.confidence is not None and self.confidence < UNCERTAIN


@dataclass(frozen=True)
class Piece:
    """A source, or a byte range of a large plain UTF-8 file (`stop` is set, documents are not cut by it).

    A range of a file that is one document goes on with it: `part` says which, `offset` how far in.
    """

    source: Source
    start: int = 0
    stop: int | None = None
    offset: int = 0
    part: Part | None = None

    @property
    def partial(self) -> bool:
        return self.stop is not None

    @property
    def size(self) -> int:
        return self.source.size if self.stop is None else self.stop - self.start


def read(piece: Piece, settings: Reading, record: FileRecord, progress: Callable[[int], None]) -> Iterator[Batch]:
    """The documents of a piece. Fills in `record` as it goes; `progress` is told of bytes on disk."""
    source = piece.source
    record.format = source.kind.format
    record.bytes = piece.size
    record.start = piece.start
    stream = Stream(source, piece.start, piece.stop, progress)
    text = TextStream(stream, settings.encoding)
    report = RecordReport()
    split = SplitReport()
    try:
        for batch in _batches(piece, text, settings, report, split):
            record.utf8_bytes += batch.utf8_bytes
            record.documents += batch.documents
            yield batch
    except UnreadableError as error:
        _skip(record, str(error))
        return
    decoded = text.decoded
    if decoded.encoding == "binary":
        _skip(record, f"binary ({decoded.how})")
        return
    if stream.damage and not record.utf8_bytes:
        _skip(record, stream.damage)
        return
    record.encoding = decoded.encoding
    record.confidence = decoded.confidence
    record.how = decoded.how
    record.invalid_bytes = text.damage.invalid_bytes
    record.first_invalid_offset = None if text.damage.first_offset is None else piece.start + text.damage.first_offset
    record.damage = stream.damage or None
    record.text_field = report.text_field or None
    record.bad_records = report.bad
    record.first_bad_record = report.first_bad
    record.missing_text = report.missing
    record.repaired_surrogates = report.repaired
    record.forced_cuts = split.forced_cuts
    if not record.documents and not piece.partial:
        _skip(record, _no_documents(report, source.kind.format))


def _batches(
    piece: Piece, text: TextStream, settings: Reading, report: RecordReport, split: SplitReport
) -> Iterator[Batch]:
    reader = RECORD_READERS.get(piece.source.kind.format)
    if reader is not None:
        return reader(text, settings.text_fields, report)
    return split_text(text, settings.document, split, piece.offset, piece.part)


def _skip(record: FileRecord, reason: str) -> None:
    record.status = "skipped"
    record.reason = reason
    record.utf8_bytes = 0
    record.documents = 0


def _no_documents(report: RecordReport, name: str) -> str:
    if report.bad:
        return f"not {name}: nothing could be parsed"
    if report.missing:
        return (
            "no text field found (nested records are not read yet)"
            if not report.text_field
            else f"no record has the field '{report.text_field}'"
        )
    return "no text in it"
