"""Near copies of any number of documents: their signatures lie on disk."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Self

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Flags, Ints
from corpuscheck.profile.near import BINS
from corpuscheck.result.near import near_homes

_IN_MEMORY = 1 << 18
"""So many signatures are held in memory."""

_PART = 1 << 18
"""Rows that are put in order together."""


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
        self._numbers.append(numbers.astype(np.int64))

    def twins(self) -> Iterator[tuple[Ints, Ints]]:
        """The numbers of the documents that go, and of those that stay for them. What was written is taken away."""
        self._file.close()
        numbers = np.concatenate([np.zeros(0, np.int64), *self._numbers])
        self._numbers.clear()
        sizes = np.concatenate([np.zeros(0, np.int64), *self._sizes])
        self._sizes.clear()
        order = np.lexsort((numbers, -sizes)).astype(np.int32)
        numbers = numbers[order]
        del sizes
        if len(order):
            homes = self._homes(order)
            copies = np.flatnonzero(homes >= 0)
            yield numbers[copies], numbers[homes[copies]]
        for path in (self._path, self._path + ".ordered"):
            if os.path.exists(path):
                os.unlink(path)

    def _homes(self, order: Flags) -> Flags:
        """See `near_homes`; rows are in this order."""
        if len(order) <= _IN_MEMORY:
            return near_homes(np.fromfile(self._path, np.uint8).reshape(-1, BINS)[order])
        self._put_in_order(order)
        with _Mapped(self._path + ".ordered") as ordered:
            return near_homes(ordered.signatures, ordered.let_go)

    def _put_in_order(self, order: Flags) -> None:
        """The signatures in this order, in another file: by way of parts that fit in memory."""
        ranks = np.empty(len(order), np.int32)
        ranks[order] = np.arange(len(order), dtype=np.int32)
        part_of = ranks // _PART
        paths = [f"{self._path}.{k}" for k in range(int(part_of.max()) + 1)]
        parts = [open(path, "wb") for path in paths]  # noqa: SIM115  # all at once
        with open(self._path, "rb") as source:
            for start in range(0, len(order), _PART):
                rows = np.frombuffer(source.read(_PART * BINS), np.uint8).reshape(-1, BINS)
                here = part_of[start : start + _PART]
                for k in np.unique(here).tolist():
                    parts[k].write(rows[here == k].tobytes())
        with open(self._path + ".ordered", "wb") as file:
            for k, (part, path) in enumerate(zip(parts, paths, strict=True)):
                part.close()
                rows = np.fromfile(path, np.uint8).reshape(-1, BINS)
                file.write(rows[np.argsort(ranks[part_of == k])].tobytes())
                os.unlink(path)


class _Mapped:
    """Signatures in a file, of which memory holds what is being looked at."""

    def __init__(self, path: str) -> None:
        with open(path, "rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.signatures: Bytes = np.frombuffer(self._map, np.uint8).reshape(-1, BINS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        del self.signatures
        with suppress(BufferError):  # an error may still hold a part of it
            self._map.close()

    def let_go(self) -> None:
        """Whatever is held of the file can be read again."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)
