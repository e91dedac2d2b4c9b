"""StringTable: distinct byte strings, numbered in the order in which they came."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import Bytes, Ints
from corpuscheck.kernels.interning import intern, place

Scalar = TypeVar("Scalar", np.uint8, np.int64, np.uint64)


class StringTable:
    """Exact and growing; the strings lie end to end in one array."""

    def __init__(self) -> None:
        self._slots = np.full(1 << 12, -1, np.int64)
        self._hashes = np.empty(1 << 12, np.uint64)
        self._labels = np.empty(1 << 12, np.int64)
        self._ends = np.empty(1 << 12, np.int64)
        self._arena = np.empty(1 << 16, np.uint8)
        self._used = 0

    def __len__(self) -> int:
        return self._used

    @property
    def size(self) -> int:
        """Bytes of all strings together."""
        return int(self._ends[self._used - 1]) if self._used else 0

    def number(self, data: Bytes, starts: Ints, ends: Ints, labels: Ints) -> Ints:
        """The number of each labelled string `data[start:end]`; new ones are entered."""
        ids = np.empty(len(starts), np.int64)
        done = 0
        while True:
            done, self._used = intern(
                data, starts, ends, labels, done,
                self._slots, self._hashes, self._labels, self._ends, self._arena, self._used, ids,
            )  # fmt: skip
            if done == len(starts):
                return ids
            self._grow(int(ends[done] - starts[done]))

    def _grow(self, wanted: int) -> None:
        size = 2 * len(self._slots)
        self._slots = np.full(size, -1, np.int64)
        self._hashes = _grown(self._hashes, size)
        self._labels = _grown(self._labels, size)
        self._ends = _grown(self._ends, size)
        self._arena = _grown(self._arena, max(2 * len(self._arena), self.size + 2 * wanted))
        place(self._hashes, self._used, self._slots)

    def string(self, number: int) -> bytes:
        start = int(self._ends[number - 1]) if number else 0
        return self._arena[start : self._ends[number]].tobytes()

    def label(self, number: int) -> int:
        return int(self._labels[number])


def _grown(array: NDArray[Scalar], size: int) -> NDArray[Scalar]:
    """A longer array that begins the same."""
    longer = np.empty(size, array.dtype)
    longer[: len(array)] = array
    return longer
