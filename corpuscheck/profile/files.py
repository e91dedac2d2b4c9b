"""The files of a corpus, each with its own figures: what a baseline is compared by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from corpuscheck.profile.checked import BITS_64, LARGEST
from corpuscheck.profile.documents import file_id
from corpuscheck.profile.part import Part, largest, table_of
from corpuscheck.profile.table import lowest_level
from corpuscheck.reading.files import FileRecord
from corpuscheck.text.printable import printable
from corpuscheck.values.brief import brief
from corpuscheck.values.packed import Packed

MOST_FILES = 1 << 18
LONGEST_PATH = 4096


@dataclass(frozen=True, slots=True)
class FileFigures:
    """One measured file. Equal texts have equal `digest`s; `unk_line` is the line of the first word that is
    [UNK] or shattered, 0 unknown."""

    encoding: str
    utf8_bytes: int
    documents: int
    words: int
    unk_words: int
    unk_line: int
    digest: int
    shattered_words: int = 0

    def merge(self, *others: Self) -> Self:
        """Of files of the same name in several corpora."""
        files = (self, *others)
        encodings = {file.encoding for file in files}
        return type(self)(
            encodings.pop() if len(encodings) == 1 else "mixed",
            sum(file.utf8_bytes for file in files),
            sum(file.documents for file in files),
            sum(file.words for file in files),
            sum(file.unk_words for file in files),
            min((file.unk_line for file in files if file.unk_line), default=0),
            sum(file.digest for file in files) % BITS_64,
            sum(file.shattered_words for file in files),
        )


@dataclass(frozen=True)
class FilesPart(Part):
    """Figures by path.

    Up to `MOST_FILES` all files are here. Beyond, only those whose path's hash lies below 2^(64-level), a sample
    of 1 in 2^level files; the level depends on the union alone.
    """

    __repr__ = brief

    level: int = largest()
    files: dict[str, FileFigures] = table_of(FileFigures.merge, BITS_64)

    @classmethod
    def of(cls, records: Packed[FileRecord]) -> Self:
        """The part for files whose records are complete; those that were skipped are not in it."""
        measured = records.chosen(records.where("status", lambda status: status == "measured"))
        level = 0
        if len(measured) > MOST_FILES:
            ids = np.fromiter((file_id(_shown(path)) for path in measured.values("path")), np.uint64, len(measured))
            level, _ = lowest_level(np.unique(ids), MOST_FILES, 0)
            if level:
                measured = measured.chosen(np.flatnonzero(ids < np.uint64(1 << 64 - level)))
        return cls(level, {_shown(record.path): _figures(record) for record in measured}).bounded()

    def bounded(self) -> Self:
        """Keep what fits, raising the level until it does."""
        level, files = self.level, self.files
        if level or len(files) > MOST_FILES:
            ids = {path: file_id(path) for path in files}
            while sum(number >> (64 - level) == 0 for number in ids.values()) > MOST_FILES:
                level += 1
            files = {path: row for path, row in files.items() if ids[path] >> (64 - level) == 0}
        return type(self)(level, files)

    @property
    def complete(self) -> bool:
        return self.level == 0

    def valid(self) -> None:
        figures = [
            n
            for f in self.files.values()
            for n in (f.utf8_bytes, f.documents, f.words, f.unk_words, f.unk_line, f.shattered_words)
        ]
        if self.level > 64 or max(figures, default=0) >= LARGEST:
            raise ValueError("figures that cannot be")


def _shown(path: str) -> str:
    return printable(path, LONGEST_PATH)


def _figures(record: FileRecord) -> FileFigures:
    return FileFigures(
        record.encoding or "ascii",
        record.utf8_bytes,
        record.documents,
        record.words,
        record.unk_words,
        record.first_unk_line or 0,
        record.text_digest,
        record.shattered_words,
    )
