"""Units: what is held out or sampled as a whole, each known by the hash of its beginning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from corpuscheck.kernels.arrays import Hashes, Ints
from corpuscheck.kernels.hashing import hash_heads, hash_parts
from corpuscheck.kernels.utf8 import WINDOW, line_spans, passages
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.lines import most_line_ends

Unit = Literal["document", "line"]

ONE = 1 << 64


@dataclass(frozen=True)
class Units:
    """The units of one batch.

    Attributes:
        starts, ends: byte spans, int64.
        documents: the number of the document in the batch that each belongs to.
        keys: uint64; equal texts have equal keys wherever they stand.
        offset: bytes of the first unit that earlier batches held.
    """

    starts: Ints
    ends: Ints
    documents: Ints
    keys: Hashes
    offset: int = 0

    def held_out(self, share: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which units are held out: the same ones in whatever order and file they come."""
        if share <= 0:
            return np.zeros(len(self.keys), np.bool_)
        return self.keys < np.uint64(min(ONE - 1, round(share * ONE)))


class UnitSplitter:
    """Cuts batches into units; remembers the key of a document that goes on from batch to batch."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._open_key: int | None = None

    def split(self, batch: Batch) -> Units:
        if self._unit == "line":
            return self._lines(batch)
        keys = np.empty(len(batch.starts), np.uint64)
        hash_heads(batch.data, batch.starts, batch.ends, keys)
        if batch.shared is not None:
            keys[0] = batch.shared.key
        elif batch.offset and self._open_key is not None:
            keys[0] = self._open_key
        self._open_key = int(keys[-1]) if batch.unfinished else None
        return Units(batch.starts, batch.ends, np.arange(len(keys)), keys, batch.offset)

    def _lines(self, batch: Batch) -> Units:
        rows = np.empty((most_line_ends(batch.data) + 2 * len(batch.starts), 3), np.int64)
        n = line_spans(batch.data, batch.starts, batch.ends, rows)
        starts, ends, documents = (np.ascontiguousarray(rows[:n, k]) for k in range(3))
        keys = np.empty(n, np.uint64)
        hash_heads(batch.data, starts, ends, keys)
        return Units(starts, ends, documents, keys)


def passages_of(batch: Batch, units: Units) -> tuple[Ints, Hashes]:
    """The passages of the units, rows (start, end, unit, index), and the hash of each."""
    length = int((units.ends - units.starts).sum())
    rows = np.empty((2 * len(units.starts) + 2 * length // WINDOW + 2, 4), np.int64)
    n = passages(batch.data, units.starts, units.ends, units.offset, rows)
    rows = rows[:n]
    hashes = np.empty(n, np.uint64)
    hash_parts(units.keys[rows[:, 2]], np.ascontiguousarray(rows[:, 3]), hashes)
    return rows, hashes


def octaves_of(units: Units, unit: Ints, position: Ints) -> Ints:
    """The octave of the passage around each position: k with probability 2⁻⁽ᵏ⁺¹⁾."""
    before = np.where(unit == 0, units.offset, 0)
    index = (position - units.starts[unit] + before) // WINDOW
    hashes = np.empty(len(unit), np.uint64)
    hash_parts(units.keys[unit], np.ascontiguousarray(index), hashes)
    low = (hashes & np.uint64(0xFFFFFFFF)).astype(np.int64) | (1 << 31)
    return np.round(np.log2((low & -low).astype(np.float64))).astype(np.int64)
