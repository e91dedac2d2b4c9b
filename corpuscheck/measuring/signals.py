"""Signals: a row for each document of what was found of it, in a file by work unit, beyond what memory holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from corpuscheck.files.spilling import Spill
from corpuscheck.kernels.arrays import Hashes, Ints, RowArray
from corpuscheck.kernels.columns import BRACES, FIRST_PII, KINDS, LINES, PII, WORDS
from corpuscheck.measuring.documents import Ended, Fragment, text_hash
from corpuscheck.measuring.inspecting import debris_of, only_korean
from corpuscheck.measuring.tallying import NAMES, Tallies
from corpuscheck.profile.document_rules import DOCUMENT_RULES, Counts
from corpuscheck.profile.documents import marked_long
from corpuscheck.profile.spilled import SpilledFile, SpilledRows
from corpuscheck.reading.files import FileRecord

ROW = np.dtype([
    ("hash", "<u8"), ("norm", "<u8"), ("size", "<i8"), ("debris", "<i8"), ("source", "<u8"), ("words", "<i8", 4),
    ("characters", "<i8"), ("lines", "<i8"), ("spaced_words", "<i8"), ("braces", "<i8"), ("rules", "<u4"),
    ("shapes", "<u4", len(PII)), ("script", "u1"),
])  # fmt: skip
"""A document: its hash and that of its letters, its bytes and those that are debris, the id of its source; its words,
those that are [UNK], those that are shattered, and its tokens; characters, lines, words between spaces, braces; a bit
for each rule that names it; how often it has each shape of personal data; its script's number in `SCRIPT_NAMES`."""


_FIRST_SCRIPT = next(number for number, name in enumerate(NAMES) if name.startswith("script: "))
SCRIPT_NAMES = tuple(name.removeprefix("script: ") for name in NAMES[_FIRST_SCRIPT:])


def rows_of(counts: Ints, hashes: Hashes, norms: Hashes, sizes: Ints, judged: Ints) -> RowArray:
    """Rows from what was counted in documents, and how they were judged by `Tallies`."""
    rows = np.zeros(len(hashes), ROW)
    rows["hash"], rows["norm"], rows["size"], rows["debris"] = hashes, norms, sizes, debris_of(counts)
    rows["characters"], rows["lines"] = counts[:, :KINDS].sum(1), counts[:, LINES]
    rows["spaced_words"], rows["braces"] = counts[:, WORDS], counts[:, BRACES]
    rows["shapes"] = counts[:, FIRST_PII : FIRST_PII + len(PII)]
    rows["script"] = judged[:, 1] - _FIRST_SCRIPT
    held = Counts(counts)
    for bit, rule in enumerate(DOCUMENT_RULES):
        rows["rules"] |= rule.names(held).astype(np.uint32) << np.uint32(bit)
    return rows


class SignalRows:
    """Writes the rows of the documents of one work unit as they end."""

    def __init__(self, records: Sequence[FileRecord], folder: str) -> None:
        self._records, self._spill = records, Spill(folder)
        self._files: list[int] = []
        self._counts: list[int] = []

    def add(self, documents: Ended, rows: RowArray, sources: Hashes, words: Ints) -> None:
        """Enter documents."""
        rows["source"] = sources
        if len(words):
            rows["words"] = words
        self._spill.add(rows.tobytes())
        files, counts = np.unique(documents.files[: len(rows)], return_counts=True)
        for file, count in zip(files.tolist(), counts.tolist(), strict=True):
            if self._files and self._files[-1] == file:
                self._counts[-1] += count
            else:
                self._files.append(file)
                self._counts.append(count)

    def finish(self, sources: Mapping[int, str]) -> dict[str, Any]:
        """Where the rows are; `sources` are names by their ids."""
        name = self._spill.finish()
        if not name:
            return {}
        records = [self._records[number] for number in self._files]
        files = tuple(
            SpilledFile(record.path, record.start, count) for record, count in zip(records, self._counts, strict=True)
        )
        return {"spilled": (SpilledRows(files[0].path, files[0].start, name, sum(self._counts), files, dict(sources)),)}


@dataclass(frozen=True)
class SharedRows:
    """The rows of documents that several work units shared, by path."""

    paths: tuple[str, ...]
    rows: RowArray

    @classmethod
    def of(cls, split: Mapping[str, Fragment], sources: Mapping[str, int]) -> SharedRows:
        """Of such as were looked into; only equal ones of them are known as copies."""
        known = {path: shared for path, shared in split.items() if shared.counts}
        if not known:
            return cls((), np.zeros(0, ROW))
        counts = np.array([shared.counts for shared in known.values()], np.int64)
        only_korean(counts)
        hashes = np.array([text_hash(shared.total, shared.size) for shared in known.values()], np.uint64)
        sizes = np.array([shared.size for shared in known.values()], np.int64)
        numbers = np.arange(len(known))
        judged = Tallies([FileRecord(path) for path in known]).add(counts, numbers, np.zeros_like(numbers))
        rows = rows_of(counts, hashes, marked_long(hashes, np.zeros(len(known), np.bool_)), sizes, judged)
        rows["words"] = [shared.words for shared in known.values()]
        rows["source"] = [sources[path] for path in known]
        return cls(tuple(known), rows)
