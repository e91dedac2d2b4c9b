"""Tables of counts, as the bytes that a part keeps and as they are written down."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corpuscheck.kernels.arrays import Ints
from corpuscheck.profile.checked import check

_COUNT = np.dtype("<i8")
_BEYOND = 1 << 46


def packed_counts(tables: Ints) -> bytes:
    """The counts as they are kept: nothing where all are 0."""
    return tables.astype(_COUNT).tobytes() if tables.any() else b""


def unpacked_counts(counts: bytes, rows: int, cells: int) -> Ints:
    """The counts, int64 [rows, cells]; zeros where there are none."""
    if not counts:
        return np.zeros((rows, cells), np.int64)
    return np.frombuffer(counts, _COUNT).reshape(rows, cells).astype(np.int64)


def joined_counts(tables: Sequence[bytes]) -> bytes:
    """Their sums."""
    held = [np.frombuffer(table, _COUNT) for table in tables if table]
    return np.sum(held, axis=0).astype(_COUNT).tobytes() if held else b""


def written_counts(counts: bytes, rows: int) -> list[list[int]]:
    """How many zeros stand before each count, and the counts; where few of them are 0, nothing and all of them.

    Those of one cell stand one after another: they are alike, which makes them small when they are compressed.
    """
    table = np.frombuffer(counts, _COUNT).reshape(rows, -1).T.ravel()
    held = np.flatnonzero(table)
    if 2 * len(held) > len(table):
        return [[], table.tolist()]
    return [(np.diff(held, prepend=-1) - 1).tolist(), table[held].tolist()]


def known_counts(state: list[list[int]], rows: int, cells: int) -> bytes:
    """What was written down. Raises ValueError for what cannot be."""
    zeros, counts = map(tuple, state)
    check((zeros, counts), tuple[tuple[int, ...], tuple[int, ...]], "n-grams")
    if not zeros and len(counts) == rows * cells:
        zeros = (0,) * len(counts)
    if len(zeros) != len(counts) or max(counts, default=0) > _BEYOND or max(zeros, default=0) > rows * cells:
        raise ValueError("n-grams that cannot be")
    if not counts:
        return b""
    places = np.cumsum(np.array(zeros, np.int64) + 1) - 1
    if places[-1] >= rows * cells:
        raise ValueError("n-grams that cannot be")
    table = np.zeros(rows * cells, _COUNT)
    table[places] = counts
    return table.reshape(-1, rows).T.tobytes()
