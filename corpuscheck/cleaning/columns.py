"""Columns on disk: keys of documents, gathered a part at a time, and one figure for each document."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import Hashes, Ints

_PART_ROWS = 1 << 21
"""Rows that are sorted together in memory, about."""

_MOST_PARTS = 256


class Parted:
    """Rows (key, rank, number) in files by the first bits of their keys: what has one key is in one part."""

    _ROW = np.dtype([("key", "<u8"), ("rank", "<i8"), ("number", "<i8")])

    def __init__(self, folder: str, name: str, expected: int) -> None:
        parts = 1
        while parts < _MOST_PARTS and parts * _PART_ROWS < expected:
            parts *= 2
        self._shift = np.uint64(65 - parts.bit_length()) if parts > 1 else None
        self._paths = [os.path.join(folder, f"{name}.{k}") for k in range(parts)]
        self._files = [open(path, "wb") for path in self._paths]  # noqa: SIM115  # until all are added

    def add(self, keys: Hashes, ranks: Ints, numbers: Ints) -> None:
        rows = np.empty(len(keys), self._ROW)
        rows["key"], rows["rank"], rows["number"] = keys, ranks, numbers
        if self._shift is None:
            self._files[0].write(rows.tobytes())
            return
        part = keys >> self._shift
        order = np.argsort(part, kind="stable")
        bounds = np.searchsorted(part[order], np.arange(len(self._files) + 1))
        for k in np.flatnonzero(np.diff(bounds)).tolist():
            self._files[k].write(rows[order[bounds[k] : bounds[k + 1]]].tobytes())

    def twins(self) -> Iterator[tuple[Ints, Ints]]:
        """Of each key the first by rank, then by number, stays: the numbers of the others, and of the one that stays.

        What was written is taken away.
        """
        for file, path in zip(self._files, self._paths, strict=True):
            file.close()
            rows = np.fromfile(path, self._ROW)
            os.unlink(path)
            order = np.lexsort((rows["number"], rows["rank"], rows["key"]))
            keys, numbers = rows["key"][order], rows["number"][order]
            del rows, order
            new = np.concatenate(([True], keys[1:] != keys[:-1])) if len(keys) else np.zeros(0, np.bool_)
            firsts = np.flatnonzero(new)
            kept = np.repeat(numbers[firsts], np.diff(np.append(firsts, len(keys))))
            yield numbers[~new], kept[~new]


class DiskColumn:
    """One figure for each document, in a file: read and written by stretches, by number."""

    def __init__(self, path: str, dtype: str) -> None:
        self.path, self._dtype = path, np.dtype(dtype)

    def write(self, first: int, figures: NDArray[Any]) -> None:
        with open(self.path, "r+b" if os.path.exists(self.path) else "wb") as file:
            file.seek(first * self._dtype.itemsize)
            file.write(figures.astype(self._dtype).tobytes())

    def pick(self, numbers: Ints) -> NDArray[Any]:
        """The figures of some documents."""
        figures: NDArray[Any] = np.array(np.memmap(self.path, self._dtype, "r")[numbers])
        return figures

    def read(self, first: int, count: int) -> NDArray[Any]:
        with open(self.path, "rb") as file:
            file.seek(first * self._dtype.itemsize)
            return np.frombuffer(file.read(count * self._dtype.itemsize), self._dtype)
