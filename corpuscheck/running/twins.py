"""Twins: which documents are copies, and of which one, on disk beyond what memory holds."""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

from corpuscheck.files.spilling import append
from corpuscheck.kernels.arrays import Bytes, Ints, RowArray
from corpuscheck.profile.table import first_rows

_ENTRY = np.dtype([("norm", "<u8"), ("hash", "<u8"), ("size", "<i8"), ("number", "<i8")])
_EACH = 1 << 20
"""Documents that are sorted together, about."""

ORIGINAL, EXACT, NORMALISED = range(3)
COPY_KINDS = (None, "exact", "normalised")


class Twins:
    """Of equal documents, and of those equal but for case, spaces, punctuation and marks, the longest is kept, then
    the first by path."""

    def __init__(self, folder: str, documents: int) -> None:
        self._folder = folder
        parts = max(1, documents // _EACH)
        self._bits = np.uint64(max(0, (parts - 1).bit_length()))
        self._twins = np.memmap(os.path.join(folder, "twins"), "<i8", "w+", shape=(max(1, documents),))
        self._kinds = np.memmap(os.path.join(folder, "kinds"), "u1", "w+", shape=(max(1, documents),))

    def add(self, rows: RowArray, numbers: Ints) -> None:
        """Enter documents by their numbers, which ascend by path."""
        entries = np.zeros(len(rows), _ENTRY)
        for name in ("norm", "hash", "size"):
            entries[name] = rows[name]
        entries["number"] = numbers
        part = entries["norm"] >> np.uint64(64 - int(self._bits)) if self._bits else np.zeros(len(rows), np.uint64)
        for which in np.unique(part).tolist():
            append(self._folder, f"part.{which}", entries[part == np.uint64(which)].tobytes())

    def find(self) -> None:
        """Know all twins."""
        for which in range(1 << int(self._bits)):
            if os.path.exists(self._path(which)):
                self._find_in(np.fromfile(self._path(which), _ENTRY))
                os.unlink(self._path(which))

    def _path(self, part: int) -> str:
        return os.path.join(self._folder, f"part.{part}")

    def _find_in(self, entries: NDArray[np.void]) -> None:
        entries = entries[np.lexsort((entries["number"], -entries["size"], entries["norm"]))]
        starts = first_rows(entries["norm"])
        kept = np.repeat(entries["number"][starts], np.diff(np.append(starts, len(entries))))
        equal = entries[np.lexsort((entries["number"], entries["hash"]))]
        first = np.zeros(len(entries), np.bool_)
        first[first_rows(equal["hash"], equal["size"])] = True
        copies = entries["number"] != kept
        self._twins[entries["number"]] = kept
        self._kinds[entries["number"]] = np.where(copies, NORMALISED, ORIGINAL)
        exact = equal["number"][~first]
        self._kinds[exact] = EXACT

    def of(self, numbers: Ints) -> tuple[Ints, Bytes]:
        """The number of the one that is kept for each, and which kind of copy it is."""
        return np.asarray(self._twins[numbers]), np.asarray(self._kinds[numbers])
