"""Near copies of any number of documents: their signatures lie on disk."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Ints
from corpuscheck.profile.near import BINS
from corpuscheck.result.near import near_homes

_IN_MEMORY = 1 << 18
"""So many signatures are held in memory."""

_AT_ONCE = 1 << 16


class NearFinder:
    """Takes signatures in any order, and finds what a scan finds: see `near_homes`."""

    def __init__(self, folder: str) -> None:
        self._path = os.path.join(folder, "signatures")
        self._file = open(self._path, "wb")  # noqa: SIM115  # until all are added
        self._sizes: list[Ints] = []
        self._numbers: list[Ints] = []

    def add(self, signatures: Bytes, sizes: Ints, numbers: Ints) -> None:
        """Documents by number, which tells what comes first of equally long ones."""
        self._file.write(np.ascontiguousarray(signatures).tobytes())
        self._sizes.append(sizes.astype(np.int64))
        self._numbers.append(numbers)

    def twins(self) -> Iterator[tuple[Ints, Ints]]:
        """The numbers of the documents that go, and of those that stay for them. What was written is taken away."""
        self._file.close()
        numbers = np.concatenate([np.zeros(0, np.int64), *self._numbers])
        order = np.lexsort((numbers, -np.concatenate([np.zeros(0, np.int64), *self._sizes])))
        self._sizes.clear()
        self._numbers.clear()
        if len(order):
            homes = near_homes(self._ordered(order))
            copies = np.flatnonzero(homes >= 0)
            yield numbers[order[copies]], numbers[order[homes[copies]]]
        for path in (self._path, self._path + ".ordered"):
            if os.path.exists(path):
                os.unlink(path)

    def _ordered(self, order: Ints) -> Bytes:
        if len(order) <= _IN_MEMORY:
            signatures: Bytes = np.fromfile(self._path, np.uint8).reshape(-1, BINS)[order]
            return signatures
        source = np.memmap(self._path, np.uint8, "r").reshape(-1, BINS)
        path = self._path + ".ordered"
        with open(path, "wb") as file:
            for start in range(0, len(order), _AT_ONCE):
                file.write(source[order[start : start + _AT_ONCE]].tobytes())
                if hasattr(mmap, "MADV_DONTNEED"):
                    source.base._mmap.madvise(mmap.MADV_DONTNEED)  # type: ignore[union-attr]
        del source
        return np.asarray(np.memmap(path, np.uint8, "r")).reshape(-1, BINS)
