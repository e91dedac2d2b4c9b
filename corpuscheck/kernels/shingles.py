"""Shingles: short stretches of folded text, for finding documents that nearly agree or that repeat themselves."""

from __future__ import annotations

import numpy as np

from corpuscheck.arrays import Bytes, Hashes, Ints
from corpuscheck.counted import REPEATED, SAMPLED
from corpuscheck.kernels.hashing import mix
from corpuscheck.kernels.inspection import power
from corpuscheck.kernels.jit import at, kernel

BINS = 128
"""Bins of one-permutation MinHash (Li, Owen & Zhang, NIPS 2012)."""

EMPTY = 0xFFFFFFFF

SHORT, LONG = (5, 10), (16, 40)
"""Characters of a shingle, and of a stretch that counts as repeated: in wide scripts, in narrow ones."""

_BIN_BITS = np.uint64(57)
_VALUE_BITS = np.uint64(25)
_SAMPLE_BITS, _SAMPLE = np.uint64(22), np.uint64(7)
_HALF, _ODD = np.uint64(32), np.uint64(0xD6E8FEB86659FD93)
_LOW = np.uint64(0xFFFFFFFF)


@kernel
def remembered(table: Hashes, stamps: Ints, stamp: int, h: np.uint64) -> bool:
    """Whether the set of this stamp holds `h`; it does afterwards, as long as there is room.

    A slot belongs to the set whose stamp it carries, so that a new set needs no clearing.
    """
    mask = table.shape[0] - 1
    slot = np.int64(h & np.uint64(mask))
    for _ in range(32):
        if stamps[at(slot)] != stamp:
            table[at(slot)], stamps[at(slot)] = h, stamp
            return False
        if table[at(slot)] == h:
            return True
        slot = (slot + 1) & mask
    return False


@kernel
def known(table: Hashes, stamps: Ints, stamp: int, h: np.uint64) -> bool:
    """Whether the set of this stamp holds `h`."""
    mask = table.shape[0] - 1
    slot = np.int64(h & np.uint64(mask))
    for _ in range(32):
        if stamps[at(slot)] != stamp:
            return False
        if table[at(slot)] == h:
            return True
        slot = (slot + 1) & mask
    return False


@kernel
def shingle(
    prefix: Hashes, begins: Ints, stops: Ints, wide: Bytes, slots: Ints, first_stamp: int, table: Hashes,
    stamps: Ints, bins: Hashes, rows: Ints,
) -> None:  # fmt: skip
    """The smallest hash in each bin over the shingles of each document, in row `slots[d]` of `bins` (none below 0).

    An eighth of the shingles, chosen by hash, are also the ends of the longer stretches that are looked for again.
    """
    short_power = (power(SHORT[0]), power(SHORT[1]))
    long_power = (power(LONG[0]), power(LONG[1]))
    for d in range(begins.shape[0]):
        if slots[d] < 0:
            continue
        narrow = 0 if wide[d] else 1
        width, length = SHORT[narrow], LONG[narrow]
        p, q = short_power[narrow], long_power[narrow]
        sampled = repeated = 0
        smallest = bins[slots[d]]
        for k in range(begins[d] + width, stops[d] + 1):
            h = prefix[at(k)] - prefix[at(k - width)] * p
            h = (h ^ (h >> _HALF)) * _ODD
            value = (h >> _VALUE_BITS) & _LOW
            b = at(h >> _BIN_BITS)
            if value < smallest[b]:  # noqa: PLR1730 - writing always would cost a fifth more
                smallest[b] = value
            if (h >> _SAMPLE_BITS) & _SAMPLE == 0 and k - length >= begins[d]:
                sampled += 1
                if remembered(table, stamps, first_stamp + d, mix(prefix[at(k)] - prefix[at(k - length)] * q)):
                    repeated += 1
        row = rows[d]
        row[SAMPLED] += sampled
        row[REPEATED] += repeated


@kernel
def sign(bins: Hashes, signatures: Bytes, keys: Hashes) -> None:
    """Eight bits of each bin; an empty bin borrows from another one, chosen by its number (Shrivastava 2017).

    The key is the smallest hash of all bins: documents that are nearly the same mostly share it.
    """
    for d in range(bins.shape[0]):
        smallest = _LOW
        for b in range(BINS):
            other = np.int64(b)
            attempt = 0
            while bins[d, other] == EMPTY and attempt < 4096:
                attempt += 1
                other = np.int64(mix(np.uint64(b * 4096 + attempt)) >> _BIN_BITS)
            value = bins[d, other]
            smallest = min(smallest, value)
            signatures[d, b] = np.uint8(mix(value * np.uint64(BINS) + np.uint64(other)) & np.uint64(0xFF))
        keys[d] = mix(smallest)
