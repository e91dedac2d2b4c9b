"""One hash for everything that is sampled, held out or told apart: 64 bits, the same everywhere."""

from __future__ import annotations

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Hashes, Ints
from corpuscheck.kernels.jit import at, inlined, kernel

HEAD = 4096
"""A document is known by its first bytes, so that no part of it has to wait for the others."""

_SEED = np.uint64(0x9E3779B97F4A7C15)
_ODD = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)
_BYTE = np.uint64(8)


@inlined
def mix(x: np.uint64) -> np.uint64:
    """A bijection of 64 bits in which every bit of the input moves every bit of the output."""
    x = (x ^ (x >> _HALF)) * _ODD
    x = (x ^ (x >> _HALF)) * _ODD
    return x ^ (x >> _HALF)


@kernel
def hash_bytes(data: Bytes, start: int, stop: int) -> np.uint64:
    """Eight bytes at a time; the length counts too."""
    h = mix(_SEED ^ np.uint64(stop - start))
    i = start
    while i + 8 <= stop:
        word = np.uint64(0)
        for j in range(8):
            word = (word << _BYTE) | np.uint64(data[at(i + j)])
        h = (h ^ word) * _ODD
        h ^= h >> _HALF
        i += 8
    word = np.uint64(0)
    while i < stop:
        word = (word << _BYTE) | np.uint64(data[i])
        i += 1
    return mix(h ^ word)


@kernel
def hash_heads(data: Bytes, starts: Ints, ends: Ints, out: Hashes) -> None:
    """The key of each span: the hash of its first `HEAD` bytes."""
    for u in range(starts.shape[0]):
        out[u] = hash_bytes(data, starts[u], min(ends[u], starts[u] + HEAD))


@kernel
def hash_parts(keys: Hashes, indexes: Ints, out: Hashes) -> None:
    """The hash of part number `indexes[i]` of the document with key `keys[i]`."""
    for i in range(keys.shape[0]):
        out[i] = mix(keys[i] + _SEED * np.uint64(indexes[i] + 1))


@kernel
def hash_passages(data: Bytes, rows: Ints, sums: Hashes) -> None:
    """Add the hash of each passage, row (start, end, span, index), to the sum of its span.

    The sum identifies a text however it was cut into blocks, because its passages are always the same.
    """
    for r in range(rows.shape[0]):
        h = hash_bytes(data, rows[r, 0], rows[r, 1])
        sums[rows[r, 2]] += mix(h + _SEED * np.uint64(rows[r, 3] + 1))
