"""Files: the part of one that is read at a time, and the record of what was found in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from corpuscheck.errors import ScanError, raised_in
from corpuscheck.files.remote import Location, now
from corpuscheck.reading.batch import SharedDocument
from corpuscheck.reading.discover import Source
from corpuscheck.reading.encodings.decoded import UNCERTAIN
from corpuscheck.reading.layouts import Layout
from corpuscheck.values.brief import brief
from corpuscheck.values.packed import Bits64, Distinct

LEAST_RANGE = 256
"""Bytes: no two ranges of a file begin nearer to each other."""

DEFERRED = "deferred"
NO_TEXT = "no text in it"

NO_AMOUNTS: Mapping[str, int] = {}
"""One for all records that have none: there may be millions."""


@dataclass(slots=True)
class FileRecord:
    """What one file turned out to be: a line of ``--files``. Sizes are bytes.

    `bytes` is the size on disk, `utf8_bytes` that of its documents' text. `words` and those that are [UNK] are
    filled in by the measuring, as are `sources`, bytes by source where records tell it; equal texts have equal
    `text_digest`s. `start` is the range's place in the file.
    Of the `bad_records`, `mended_records` were read all the same; `lost_bytes` are those of the others. `left_out`
    has the characters of the fields of prose that were not read, `text_characters` are those of the one that was.
    `markup_kept` is why markup was not stripped though it was asked for.
    `layout` is what the content says where the name does not, `looks_like` what it may be; `not_text` counts what was
    left out on purpose as no text of the corpus, by kind.
    `repeated` are the requests to a store that had to be made again; `changed` tells that the file
    was no longer as it was found, and was read as it is now.
    Rows of Parquet and Arrow have no offset in the file, so that `first_invalid_offset` is not known there.
    """

    __repr__ = brief

    path: Distinct
    status: str = "measured"
    reason: str | None = None
    format: str = "text"
    layout: str | None = None
    looks_like: str | None = None
    encoding: str | None = None
    confidence: float | None = None
    how: str | None = None
    bytes: int = 0
    utf8_bytes: int = 0
    documents: int = 0
    declared: str | None = None
    invalid_bytes: int = 0
    first_invalid_offset: int | None = None
    damage: str | None = None
    text_field: str | None = None
    bad_records: int = 0
    first_bad_record: int | None = None
    first_bad_line: int | None = None
    mended_records: int = 0
    lost_bytes: int = 0
    missing_text: int = 0
    first_missing_line: int | None = None
    empty_texts: int = 0
    text_characters: int = 0
    left_out: Mapping[str, int] = field(default_factory=lambda: NO_AMOUNTS)
    repaired_surrogates: int = 0
    cesu8: int = 0
    forced_cuts: int = 0
    markup_bytes: int = 0
    markup_kept: str | None = None
    not_text: Mapping[str, int] = field(default_factory=lambda: NO_AMOUNTS)
    mark_bytes: int = 0
    words: int = 0
    unk_words: int = 0
    shattered_words: int = 0
    first_unk_line: int | None = None
    text_digest: Bits64 = 0
    sources: Mapping[str, int] = field(default_factory=lambda: NO_AMOUNTS)
    line_ends: int = 0
    start: int = 0
    repeated: int = 0
    changed: bool = False

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
            cesu8=self.cesu8 + other.cesu8,
            bad_records=self.bad_records + other.bad_records,
            lost_bytes=self.lost_bytes + other.lost_bytes,
            missing_text=self.missing_text + other.missing_text,
            empty_texts=self.empty_texts + other.empty_texts,
            repaired_surrogates=self.repaired_surrogates + other.repaired_surrogates,
            text_characters=self.text_characters + other.text_characters,
            left_out=dict(Counter(self.left_out) + Counter(other.left_out)),
            forced_cuts=self.forced_cuts + other.forced_cuts,
            words=self.words + other.words,
            unk_words=self.unk_words + other.unk_words,
            shattered_words=self.shattered_words + other.shattered_words,
            first_unk_line=self.first_unk_line or (other.first_unk_line and self.line_ends + other.first_unk_line),
            sources=dict(Counter(self.sources) + Counter(other.sources)),
            text_digest=(self.text_digest + other.text_digest) % 2**64,
            line_ends=self.line_ends + other.line_ends,
            repeated=self.repeated + other.repeated,
            changed=self.changed or other.changed,
        )

    def row(self) -> dict[str, Any]:
        """Every field by its name."""
        return {name: getattr(self, name) for name in _FIELDS}

    @property
    def uncertain(self) -> bool:
        return is_uncertain(self.confidence)


_FIELDS = tuple(one.name for one in fields(FileRecord))


@dataclass(frozen=True, slots=True)
class Piece:
    """A source, or a byte range of a large plain UTF-8 file (`stop` is set, documents are not cut by it).

    A range of a file that is one document goes on with it: `shared` says which, `offset` how far in. Of a
    Parquet file the range is a number of row `groups`. `layout` is that of the whole file.
    """

    source: Source
    start: int = 0
    stop: int | None = None
    offset: int = 0
    shared: SharedDocument | None = None
    groups: tuple[int, ...] | None = None
    layout: Layout | None = None

    @property
    def partial(self) -> bool:
        return self.stop is not None

    @property
    def size(self) -> int:
        return self.source.size if self.stop is None else self.stop - self.start


CHANGED = "changed while it was read"


def changed_range(piece: Piece) -> FileRecord:
    """The record of a range of a file that is another one now."""
    return FileRecord(piece.source.path, "skipped", CHANGED, start=piece.start, changed=True)


def whole_place(piece: Piece) -> Location | None:
    """Where a file that is read from its beginning lies in a store."""
    return None if piece.partial else piece.source.location


def renewed(piece: Piece) -> Piece:
    """The piece with what its file is now. One that is gone stays as it was: what reads it will tell."""
    place = piece.source.location
    if place is None:
        return piece
    try:
        found = now(place)
    except OSError:
        return piece
    if found == place:
        return piece
    return replace(piece, source=replace(piece.source, size=found.size, stamp=found.stamp, changed=True))


def is_uncertain(confidence: float | None) -> bool:
    """Whether an encoding may well be another one."""
    return confidence is not None and confidence < UNCERTAIN


def fault_of(error: Exception) -> str:
    """What nobody expected while a file was read, as the reason for leaving it out: a kind of error and its place.

    Raises MemoryError again, and what ends the scan: these are no matter of the file.
    """
    if isinstance(error, MemoryError | ScanError):
        raise error
    return f"cannot be read: {type(error).__name__} in {raised_in(error)}"


def skip(record: FileRecord, reason: str) -> None:
    """Mark a file as not measured."""
    record.status = "skipped"
    record.reason = reason
    record.utf8_bytes = record.documents = record.text_digest = 0
    record.words = record.unk_words = record.shattered_words = 0
    record.first_unk_line = None
