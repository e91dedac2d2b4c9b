"""Twins: which documents are copies, and of which one, on disk beyond what memory holds."""

from __future__ import annotations

import os

import numpy as np

from corpuscheck.cleaning.columns import Parted
from corpuscheck.files.spilling import fitting
from corpuscheck.kernels.arrays import Bytes, Ints, RowArray

EXACT, NORMALISED = 1, 2
COPY_KINDS = (None, "exact", "normalised")
"""Of each kind; none of what is no copy."""


class Twins:
    """Of equal documents, and of those equal but for case, spaces, punctuation and marks, the longest is kept, then
    the first by path."""

    def __init__(self, folder: str, documents: int) -> None:
        self._folder = folder
        self._equal = Parted(folder, "equal", documents)
        self._alike = Parted(folder, "alike", documents)
        self._twins = np.memmap(os.path.join(folder, "twins"), "<i8", "w+", shape=(max(1, documents),))
        self._kinds = np.memmap(os.path.join(folder, "kinds"), "u1", "w+", shape=(max(1, documents),))

    def add(self, rows: RowArray, numbers: Ints) -> None:
        """Enter documents by their numbers, which ascend by path."""
        with fitting(self._folder):
            self._equal.add(rows["hash"], np.zeros_like(numbers), numbers)
            self._alike.add(rows["norm"], -rows["size"], numbers)

    def find(self) -> None:
        """Know all twins."""
        with fitting(self._folder):
            for numbers, kept in self._alike.twins():
                self._twins[numbers] = kept
                self._kinds[numbers] = NORMALISED
            for numbers, _ in self._equal.twins():
                self._kinds[numbers] = EXACT

    def of(self, numbers: Ints) -> tuple[Ints, Bytes]:
        """The number of the one that is kept for each, and which kind of copy it is."""
        return np.asarray(self._twins[numbers]), np.asarray(self._kinds[numbers])
