"""Tables of counts, as the bytes that a part keeps and as they are written down."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corpuscheck.kernels.arrays import Ints
from corpuscheck.profile.checked import check

_COUNT = np.dtype("<i8")
_BEYOND = 1 << 46


def packed_counts(tables: Ints) -> bytes:
    """The counts as they are kept."""
    return tables.astype(_COUNT).tobytes()


def unpacked_counts(counts: bytes, rows: int, cells: int) -> Ints:
    """The counts, int64 [rows, cells]; zeros where there are none."""
    if not counts:
        return np.zeros((rows, cells), np.int64)
    return np.frombuffer(counts, _COUNT).reshape(rows, cells).astype(np.int64)


def joined_counts(tables: Sequence[bytes]) -> bytes:
    """Their sums."""
    held = [np.frombuffer(table, _COUNT) for table in tables if table]
    return np.sum(held, axis=0).astype(_COUNT).tobytes() if held else b""


def written_counts(counts: bytes, rows: int) -> list[int]:
    """All counts of a cell one after another: they are alike, which makes them small when they are compressed."""
    written: list[int] = np.frombuffer(counts, _COUNT).reshape(rows, -1).T.ravel().tolist()
    return written


def known_counts(state: list[int], rows: int, cells: int) -> bytes:
    """What was written down. Raises ValueError for what cannot be."""
    counts = tuple(state)
    check(counts, tuple[int, ...], "n-grams")
    if len(counts) not in (0, rows * cells) or max(counts, default=0) > _BEYOND:
        raise ValueError("n-grams that cannot be")
    return np.array(counts, _COUNT).reshape(-1, rows).T.tobytes() if counts else b""
