"""Near copies of any number of documents: their signatures lie on disk, and are put in order a part at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np

from corpuscheck.cleaning.columns import DiskColumn
from corpuscheck.cleaning.homes import homes_in_parts
from corpuscheck.kernels.arrays import Bytes, Hashes, Ints, RowArray
from corpuscheck.profile.near import BINS
from corpuscheck.result.near import near_homes

_IN_MEMORY = 1 << 17
"""So many signatures are held in memory."""

_PART, _MOST_PARTS = 1 << 17, 256
"""Rows that are put in order together, about, and files for them."""

_SAMPLED = 1 << 16

_ROW = np.dtype([("size", "<i8"), ("number", "<i8"), ("signature", "u1", BINS)])

_LARGEST, _NUMBER_BITS = 1 << 40, 23


class NearFinder:
    """Takes signatures in any order, and finds what a scan finds: see `near_homes`."""

    def __init__(self, folder: str) -> None:
        self._start = os.path.join(folder, "signatures")
        self._file = open(self._start, "wb")  # noqa: SIM115  # until all are added
        self._count = self._last = 0

    def add(self, signatures: Bytes, sizes: Ints, numbers: Ints) -> None:
        """Documents by number, which tells what comes first of equally long ones."""
        rows = np.empty(len(numbers), _ROW)
        rows["size"], rows["number"], rows["signature"] = sizes, numbers, signatures
        self._file.write(rows.tobytes())
        self._count += len(rows)
        self._last = max(self._last, int(numbers.max(initial=0)))

    def twins(self) -> Iterator[tuple[Ints, Ints]]:
        """The numbers of the documents that go, and of those that stay for them. What was written is taken away."""
        self._file.close()
        if self._count <= _IN_MEMORY:
            rows = _in_order(np.fromfile(self._start, _ROW))
            os.unlink(self._start)
            if len(rows):
                homes = near_homes(np.ascontiguousarray(rows["signature"]))
                copies = np.flatnonzero(homes >= 0)
                yield rows["number"][copies], rows["number"][homes[copies]]
            return
        self._put_in_order()
        numbers = DiskColumn(self._start + ".numbers", "<i8")
        for copies, kept in homes_in_parts(self._start + ".ordered", self._count):
            yield numbers.pick(copies), numbers.pick(kept)
        for ending in (".ordered", ".numbers"):
            os.unlink(self._start + ending)

    def _put_in_order(self) -> None:
        """The signatures and the numbers in the order in which documents stay: by way of parts that fit in memory."""
        borders = self._borders()
        paths = [f"{self._start}.{k}" for k in range(len(borders) + 1)]
        parts = [open(path, "wb") for path in paths]  # noqa: SIM115  # all at once
        for rows in self._blocks():
            of = np.searchsorted(borders, self._places(rows), "right")
            for k in np.unique(of).tolist():
                parts[k].write(rows[of == k].tobytes())
        os.unlink(self._start)
        with open(self._start + ".ordered", "wb") as signatures, open(self._start + ".numbers", "wb") as numbers:
            for part, path in zip(parts, paths, strict=True):
                part.close()
                rows = _in_order(np.fromfile(path, _ROW))
                os.unlink(path)
                signatures.write(rows["signature"].tobytes())
                numbers.write(rows["number"].tobytes())

    def _borders(self) -> Hashes:
        """Where parts of about one size begin, by `_places`."""
        step = max(1, self._count // _SAMPLED)
        sample = np.sort(np.concatenate([self._places(rows[::step]) for rows in self._blocks()]))
        parts = min(_MOST_PARTS, -(-self._count // _PART))
        return np.unique(sample[np.arange(1, parts) * len(sample) // parts])

    def _blocks(self) -> Iterator[RowArray]:
        with open(self._start, "rb") as file:
            while len(rows := np.frombuffer(file.read(_PART * _ROW.itemsize), _ROW)):
                yield rows

    def _places(self, rows: RowArray) -> Hashes:
        """Figures that ascend as rows do in order, as far as they differ."""
        less = max(0, self._last.bit_length() - _NUMBER_BITS)
        sizes = np.minimum(rows["size"], _LARGEST)
        numbers = np.where(sizes < _LARGEST, rows["number"] >> less, 0)
        places: Hashes = ((_LARGEST - sizes) << _NUMBER_BITS | numbers).astype(np.uint64)
        return places


def _in_order(rows: RowArray) -> RowArray:
    """The longest first, then by number."""
    return rows[np.lexsort((rows["number"], -rows["size"]))]
