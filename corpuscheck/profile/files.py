"""The files of a corpus, each with its own figures: what a baseline is compared by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from corpuscheck.brief import brief
from corpuscheck.printable import printable
from corpuscheck.profile import packing
from corpuscheck.profile.checked import BITS_64, check
from corpuscheck.profile.documents import file_id
from corpuscheck.reading.files import FileRecord

MOST_FILES = 1 << 18
LONGEST_PATH = 4096


@dataclass(frozen=True, slots=True)
class FileFigures:
    """One measured file. Equal texts have equal `digest`s; `unk_line` is the line of the first [UNK], 0 unknown."""

    encoding: str
    utf8_bytes: int
    documents: int
    words: int
    unk_words: int
    unk_line: int
    digest: int

    def merge(self, other: FileFigures) -> FileFigures:
        """Of files of the same name in two corpora."""
        lines = [line for line in (self.unk_line, other.unk_line) if line]
        return FileFigures(
            self.encoding if self.encoding == other.encoding else "mixed",
            self.utf8_bytes + other.utf8_bytes,
            self.documents + other.documents,
            self.words + other.words,
            self.unk_words + other.unk_words,
            min(lines, default=0),
            (self.digest + other.digest) % 2**64,
        )


@dataclass(frozen=True)
class FilesPart:
    """Figures by path.

    Up to `MOST_FILES` all files are here. Beyond, only those whose path's hash lies below 2^(64-level), a sample
    of 1 in 2^level files; the level depends on the union alone.
    """

    __repr__ = brief

    level: int = 0
    files: dict[str, FileFigures] = field(default_factory=dict)

    @classmethod
    def of(cls, records: Iterable[FileRecord]) -> FilesPart:
        """The part for files whose records are complete; those that were skipped are not in it."""
        measured = [record for record in records if record.status == "measured"]
        level = 0
        if len(measured) > MOST_FILES:
            ids = np.fromiter((file_id(_shown(record)) for record in measured), np.uint64, len(measured))
            level, _ = packing.bounded(np.unique(ids), MOST_FILES, 0)
            measured = [
                record for record, number in zip(measured, ids.tolist(), strict=True) if not number >> 64 - level
            ]
        return cls.bounded({_shown(record): _figures(record) for record in measured}, level)

    @classmethod
    def bounded(cls, files: dict[str, FileFigures], level: int = 0) -> FilesPart:
        """Keep what fits, raising the level until it does."""
        if level or len(files) > MOST_FILES:
            ids = {path: file_id(path) for path in files}
            while sum(number >> (64 - level) == 0 for number in ids.values()) > MOST_FILES:
                level += 1
            files = {path: row for path, row in files.items() if ids[path] >> (64 - level) == 0}
        return cls(level, files)

    @property
    def complete(self) -> bool:
        return self.level == 0

    def merge(self, other: FilesPart) -> FilesPart:
        both = {**self.files, **other.files}
        for path in self.files.keys() & other.files.keys():
            both[path] = self.files[path].merge(other.files[path])
        return FilesPart.bounded(both, max(self.level, other.level))

    def to_state(self) -> dict[str, Any]:
        rows = [[path, *(getattr(row, f.name) for f in fields(row))] for path, row in sorted(self.files.items())]
        return {"level": self.level, "files": rows}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> FilesPart:
        plain = tuple((path, name, *figures[:-1]) for path, name, *figures in state["files"])
        check(plain, tuple[tuple[str, str, int, int, int, int, int], ...], "files")
        rows = {path: FileFigures(name, *figures) for path, name, *figures in state["files"]}
        check(tuple(row.digest for row in rows.values()), tuple[int, ...], "files", BITS_64)
        if not 0 <= int(state["level"]) <= 64:
            raise ValueError("a level that cannot be")
        return cls(int(state["level"]), rows)


def _shown(record: FileRecord) -> str:
    return printable(record.path, LONGEST_PATH)


def _figures(record: FileRecord) -> FileFigures:
    return FileFigures(
        record.encoding or "ascii",
        record.utf8_bytes,
        record.documents,
        record.words,
        record.unk_words,
        record.first_unk_line or 0,
        record.text_digest,
    )
