"""Signals: a row for each document of what was found of it, in a file by work unit, beyond what memory holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from corpuscheck.files.spilling import fitting
from corpuscheck.kernels.arrays import Bytes, Hashes, Ints, RowArray
from corpuscheck.kernels.columns import BRACES, FIRST_PII, KINDS, LINES, PII, WORDS
from corpuscheck.measuring.documents import Ended, Fragment, text_hash
from corpuscheck.measuring.inspecting import Inspected, debris_of, only_korean
from corpuscheck.measuring.landmarks import LandmarkFinder, Landmarks, head_of
from corpuscheck.measuring.tallying import NAMES, Tallies
from corpuscheck.profile.documents import marked_long
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.files import FileRecord

ROW = np.dtype([
    ("hash", "<u8"), ("norm", "<u8"), ("size", "<i8"), ("debris", "<i8"), ("source", "<u8"), ("words", "<i8", 4),
    ("characters", "<i8"), ("lines", "<i8"), ("spaced_words", "<i8"), ("braces", "<i8"), ("rules", "<u4"),
    ("shapes", "<u4", len(PII)), ("script", "u1"), ("landmark", "<i4"),
])  # fmt: skip
"""A document: its hash and that of its letters, its bytes and those that are debris, the id of its source; its words,
those that are [UNK], those that are shattered, and its tokens; characters, lines, words between spaces, braces; a bit
for each rule that names it; how often it has each shape of personal data; its script's number in `SCRIPT_NAMES`; the
number of the nearest of the `Landmarks`, or -1."""


_FIRST_SCRIPT = next(number for number, name in enumerate(NAMES) if name.startswith("script: "))
SCRIPT_NAMES = tuple(name.removeprefix("script: ") for name in NAMES[_FIRST_SCRIPT:])

Beginning = tuple[int, str]
"""Where a part of a document begins in its file, and the text there."""


def _rows(counts: Ints, hashes: Hashes, norms: Hashes, sizes: Ints, judged: Ints, debris: Ints) -> RowArray:
    """Rows from what was counted in documents, and how they were judged by `Tallies`."""
    rows = np.zeros(len(hashes), ROW)
    rows["hash"], rows["norm"], rows["size"], rows["debris"] = hashes, norms, sizes, debris
    rows["characters"], rows["lines"] = counts[:, :KINDS].sum(1), counts[:, LINES]
    rows["spaced_words"], rows["braces"] = counts[:, WORDS], counts[:, BRACES]
    rows["shapes"] = counts[:, FIRST_PII : FIRST_PII + len(PII)]
    rows["rules"], rows["script"] = judged[:, 0], judged[:, 1] - _FIRST_SCRIPT
    return rows


class UnitFile(Protocol):
    """Where the rows of one work unit go, and the signatures of documents that are long enough for one."""

    def add(self, rows: RowArray, files: Ints, signatures: Bytes, made_signatures: Bytes) -> None: ...

    def finish(self, places: Sequence[tuple[str, int]], **more: Any) -> str:
        """Close it; gives its name."""
        ...


class SignalRows:
    """Writes the rows of the documents of one work unit as they end."""

    def __init__(self, records: Sequence[FileRecord], folder: str, file: UnitFile, landmarks: Landmarks) -> None:
        self._records, self._folder, self._file = records, folder, file
        self._landmarks = LandmarkFinder(landmarks)
        self._heads: dict[str, Beginning] = {}

    def add(
        self, batch: Batch, documents: Ended, found: Inspected, judged: Ints, signatures: Bytes, sources: Hashes,
        words: Ints,
    ) -> None:  # fmt: skip
        """Enter the documents that end in a batch. Raises CorpuscheckError where no more fits."""
        if batch.shared is not None:
            if batch.shared.path not in self._heads:
                self._heads[batch.shared.path] = (self._records[0].start, head_of(batch).tobytes().decode())
            return
        rows = _rows(found.rows, documents.hashes, found.norms, documents.sizes, judged, found.debris)
        rows["landmark"] = self._landmarks.of(batch, found.rows)
        rows["source"] = sources
        if len(words):
            rows["words"] = words
        with fitting(self._folder):
            self._file.add(rows, documents.files[: len(rows)], signatures, signatures[:0])

    def finish(self, sources: Mapping[int, str]) -> dict[str, Any]:
        """The name of the file with the rows; `sources` are names by their ids."""
        known = [(record.path, record.start) for record in self._records]
        with fitting(self._folder):
            return {"written": (self._file.finish(known, sources=list(sources.items()), heads=self._heads),)}


@dataclass(frozen=True)
class SharedRows:
    """The rows of documents that several work units shared, by path."""

    paths: tuple[str, ...]
    rows: RowArray

    @classmethod
    def of(
        cls,
        split: Mapping[str, Fragment],
        sources: Mapping[str, int],
        heads: Mapping[str, Beginning],
        landmarks: Landmarks,
    ) -> SharedRows:
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
        norms = marked_long(hashes, np.zeros(len(known), np.bool_))
        rows = _rows(counts, hashes, norms, sizes, judged, debris_of(counts))
        rows["words"] = [shared.words for shared in known.values()]
        rows["source"] = [sources[path] for path in known]
        texts = [heads[path][1].encode() for path in known]
        ends = np.cumsum([len(text) for text in texts])
        data = np.frombuffer(b"".join(texts), np.uint8)
        rows["landmark"] = LandmarkFinder(landmarks).of_spans(data, np.append(0, ends[:-1]), ends, counts)
        return cls(tuple(known), rows)
