"""Columns on disk: keys of documents, gathered a part at a time, and one figure for each document."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import Hashes, Ints, RowArray
from corpuscheck.profile.table import first_rows, several

_PART_ROWS = 1 << 21
"""Rows that are sorted together in memory, about."""

_BLOCK_ROWS = 1 << 22
"""Rows of a part that are read together: more than it has, but where very many share a key."""

_MOST_PARTS = 256

_PICKED = 1 << 14
"""Figures that are picked together, each from a page of its own."""


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
        for blocks in self._parts():
            if len(blocks) == 1:
                yield _twins_of(blocks[0].rows())
                continue
            first = np.zeros(0, self._ROW)
            for block in blocks:
                every = _in_order(np.concatenate((first, block.rows())))
                first = every[first_rows(every["key"])]
            for block in blocks:
                rows = block.rows()
                kept = first["number"][np.searchsorted(first["key"], rows["key"])]
                going = kept != rows["number"]
                yield rows["number"][going], kept[going]

    def shared(self) -> Iterator[tuple[Ints, Ints, Ints]]:
        """Rows whose key others have too: the numbers, which key it is, counted from 0, and the next number with it, -1
        after the last. Numbers were added ascending. What was written is taken away."""
        before = 0
        for blocks in self._parts():
            keys = _repeated(blocks)
            next_of = np.full(len(keys), -1, np.int64)
            for block in reversed(blocks):
                rows = block.rows()
                rows = rows[several(rows["key"]) if len(blocks) == 1 else np.isin(rows["key"], keys)]
                if not len(rows):
                    continue
                rows = rows[np.argsort(rows["key"], kind="stable")]
                numbers, starts = rows["number"], first_rows(rows["key"])
                ends = np.append(starts[1:], len(rows))
                which = np.searchsorted(keys, rows["key"][starts])
                following = np.append(numbers[1:], -1)
                following[ends - 1] = next_of[which]
                next_of[which] = numbers[starts]
                yield numbers, np.repeat(which + before, ends - starts), following
            before += len(keys)

    def _parts(self) -> Iterator[list[_Block]]:
        """The blocks of each part."""
        for file, path in zip(self._files, self._paths, strict=True):
            file.close()
            size = os.path.getsize(path) // self._ROW.itemsize
            yield [_Block(path, start, _BLOCK_ROWS) for start in range(0, size, _BLOCK_ROWS)]
            os.unlink(path)


@dataclass(frozen=True)
class _Block:
    """Rows of a part that are in memory together: a key that very many have makes a part large."""

    path: str
    start: int
    count: int

    def rows(self) -> RowArray:
        row = Parted._ROW
        return np.fromfile(self.path, row, self.count, offset=self.start * row.itemsize)


def _in_order(rows: RowArray) -> RowArray:
    """By key, then by rank, then by number."""
    return rows[np.lexsort((rows["number"], rows["rank"], rows["key"]))]


def _twins_of(rows: RowArray) -> tuple[Ints, Ints]:
    """The numbers of rows whose key one has that comes before them, and of that one."""
    rows = _in_order(rows)
    starts = first_rows(rows["key"])
    kept = np.repeat(rows["number"][starts], np.diff(np.append(starts, len(rows))))
    going = kept != rows["number"]
    return rows["number"][going], kept[going]


def _repeated(blocks: list[_Block]) -> Hashes:
    """The keys that several rows have, ascending."""
    keys, counts = np.zeros(0, np.uint64), np.zeros(0, np.int64)
    if len(blocks) == 1:
        keys = blocks[0].rows()["key"]
        return np.unique(keys[several(keys)])
    for block in blocks:
        every = np.concatenate((keys, block.rows()["key"]))
        weights = np.concatenate((counts, np.ones(len(every) - len(keys), np.int64)))
        keys, which = np.unique(every, return_inverse=True)
        counts = np.bincount(which, weights, len(keys)).astype(np.int64)
    return keys[counts > 1]


@dataclass(frozen=True)
class Dealt:
    """Rows in files by a number of each: whoever needs those of one number takes them."""

    start: str
    dtype: np.dtype[Any]

    def add(self, files: Ints, rows: NDArray[Any]) -> None:
        order = np.argsort(files, kind="stable")
        starts = first_rows(files[order])
        for start, end in pairwise([*starts.tolist(), len(order)]):
            with open(self._path(int(files[order[start]])), "ab") as file:
                file.write(rows[order[start:end]].tobytes())

    def take(self, number: int) -> NDArray[Any]:
        """What was put into one file, which is taken away."""
        path = self._path(number)
        if not os.path.exists(path):
            return np.zeros(0, self.dtype)
        rows = np.fromfile(path, self.dtype)
        os.unlink(path)
        return rows

    def _path(self, number: int) -> str:
        return f"{self.start}.{number}"


class DiskColumn:
    """One figure for each document, in a file: read and written by stretches, by number."""

    def __init__(self, path: str, dtype: str) -> None:
        self.path, self._dtype = path, np.dtype(dtype)

    def write(self, first: int, figures: NDArray[Any]) -> None:
        with open(self.path, "r+b" if os.path.exists(self.path) else "wb") as file:
            file.seek(first * self._dtype.itemsize)
            file.write(figures.astype(self._dtype).tobytes())

    def pick(self, numbers: Ints) -> NDArray[Any]:
        """The figures of some documents. Memory does not hold more of the file than is looked at."""
        picked = np.empty(len(numbers), self._dtype)
        order = np.argsort(numbers, kind="stable")
        with MappedFile(self.path) as file:
            for start in range(0, len(order), _PICKED):
                some = order[start : start + _PICKED]
                picked[some] = file.rows(self._dtype)[numbers[some]]
                file.let_go()
        return picked

    def read(self, first: int, count: int) -> NDArray[Any]:
        with open(self.path, "rb") as file:
            file.seek(first * self._dtype.itemsize)
            return np.frombuffer(file.read(count * self._dtype.itemsize), self._dtype)


class MappedFile:
    """A file of which memory holds what is being looked at."""

    def __init__(self, path: str) -> None:
        with open(path, "rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if os.path.getsize(path) else None

    def rows(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        return np.frombuffer(self._map or b"", dtype)

    def let_go(self) -> None:
        """Whatever is held of the file can be read again."""
        if self._map is not None and hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._map is not None:
            with suppress(BufferError):  # somebody may still hold a part of it
                self._map.close()
