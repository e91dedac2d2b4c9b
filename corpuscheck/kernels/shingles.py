"""Shingles: short stretches of folded text, for finding documents that nearly agree or that repeat themselves."""

from __future__ import annotations

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Hashes, Ints
from corpuscheck.kernels.columns import REPEATED, SAMPLED
from corpuscheck.kernels.hashing import mix
from corpuscheck.kernels.inspection import power
from corpuscheck.kernels.jit import at, inlined, kernel

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

_PROBES = 32
_AT_ONCE = 256
"""Shingles that are hashed together."""

_ATTEMPTS, _ROUNDS = 4096, 16
"""How often an empty bin asks others, and how many of these rounds are looked up in a table."""


@inlined
def begin_set(table: Hashes, most: int) -> int:
    """Clear as much of the table as a set of up to `most` hashes needs; gives the mask of its slots."""
    size = 16
    while size < 8 * most and size < table.shape[0]:
        size *= 2
    table[:size] = 0
    return size - 1


@inlined
def holds(table: Hashes, first: np.int64, end: np.int64, h: np.uint64) -> bool:
    """Whether any of these slots has `h`. LLVM vectorises it."""
    found = False
    for slot in range(first, end):
        found |= table[at(slot)] == h
    return found


@inlined
def remembered(table: Hashes, mask: int, h: np.uint64) -> bool:
    """Whether the set holds `h`; it does afterwards, as long as there is room in `_PROBES` slots."""
    h = max(h, np.uint64(1))  # 0 is a free slot
    slot = first = np.int64(h & np.uint64(mask))
    for probe in range(_PROBES):
        if table[at(slot)] == 0:
            table[at(slot)] = h
            return False
        if table[at(slot)] == h:
            return True
        if probe == 3 and first + _PROBES <= mask and not holds(table, first, first + _PROBES, np.uint64(0)):
            return holds(table, first, first + _PROBES, h)
        slot = (slot + 1) & mask
    return False


@inlined
def known(table: Hashes, mask: int, h: np.uint64) -> bool:
    """Whether the set holds `h`, which it does not remember."""
    h = max(h, np.uint64(1))
    slot = np.int64(h & np.uint64(mask))
    for _ in range(_PROBES):
        if table[at(slot)] == h:
            return True
        if table[at(slot)] == 0:
            return False
        slot = (slot + 1) & mask
    return False


@inlined
def hash_shingles(prefix: Hashes, first: int, n: int, width: int, factor: np.uint64, out: Hashes) -> None:
    """The hashes of `n` shingles that end with neighbours: the first of them at `first` in `prefix`."""
    for j in range(n):
        h = prefix[at(first + j)] - prefix[at(first + j - width)] * factor
        out[at(j)] = (h ^ (h >> _HALF)) * _ODD


@inlined
def lower(smallest: Hashes, hashes: Hashes, n: int) -> None:
    """Keep the smallest hash of each bin. It is quicker to write each time than to guess wrong when to."""
    for j in range(n):
        b = at(hashes[at(j)] >> _BIN_BITS)
        smallest[b] = min(smallest[b], (hashes[at(j)] >> _VALUE_BITS) & _LOW)


@inlined
def sample(hashes: Hashes, n: int, out: Ints) -> int:
    """Which of the hashes are in the sample: fills in their numbers, gives how many there are."""
    found = 0
    for j in range(n):
        out[at(found)] = j
        found += (hashes[at(j)] >> _SAMPLE_BITS) & _SAMPLE == 0
    return found


@kernel
def shingle(
    prefix: Hashes, begins: Ints, stops: Ints, wide: Bytes, slots: Ints, goes_on: bool, unfinished: bool,
    table: Hashes, bins: Hashes, rows: Ints,
) -> None:  # fmt: skip
    """The smallest hash in each bin over the shingles of each document, in row `slots[d]` of `bins` (none below 0).

    An eighth of the shingles, chosen by hash, are also the ends of the longer stretches that are looked for again.
    `table` remembers them; it is carried on where the first document `goes_on` or the last is `unfinished`.
    """
    factors = (power(SHORT[0]), power(SHORT[1]))
    long_factors = (power(LONG[0]), power(LONG[1]))
    hashes, chosen = np.empty(_AT_ONCE, np.uint64), np.empty(_AT_ONCE, np.int64)
    for d in range(begins.shape[0]):
        if slots[d] < 0:
            continue
        narrow = 0 if wide[d] else 1
        width, length = SHORT[narrow], LONG[narrow]
        row, smallest = rows[d], bins[slots[d]]
        begin, stop = begins[d], stops[d] + 1
        mask = table.shape[0] - 1
        if d > 0 or not goes_on:
            whole = d < begins.shape[0] - 1 or not unfinished
            mask = begin_set(table, (stop - begin) // 8 if whole else table.shape[0])
        for first in range(begin + width, stop, _AT_ONCE):
            n = min(_AT_ONCE, stop - first)
            hash_shingles(prefix, first, n, width, factors[narrow], hashes)
            lower(smallest, hashes, n)
            for j in range(sample(hashes, n, chosen)):
                k = first + chosen[at(j)]
                if k - length >= begin:
                    row[SAMPLED] += 1
                    h = mix(prefix[at(k)] - prefix[at(k - length)] * long_factors[narrow])
                    row[REPEATED] += remembered(table, mask, h)


@inlined
def lender(b: int, attempt: int) -> np.int64:
    """The bin that bin `b` asks at this attempt to find one that is not empty."""
    return np.int64(mix(np.uint64(b * _ATTEMPTS + attempt)) >> _BIN_BITS)


@inlined
def borrow(row: Hashes, lenders: Ints, waiting: Ints, out: Ints) -> None:
    """The bin that each takes its value from: itself, or for the empty ones the first to be asked that is not empty."""
    n = 0
    for b in range(BINS):
        out[at(b)] = waiting[at(n)] = b
        n += row[at(b)] == EMPTY
    attempt = 0
    while n > 0 and attempt < _ATTEMPTS:
        attempt += 1
        asking, n = n, 0
        for j in range(asking):
            b = waiting[at(j)]
            other = lenders[at(attempt), at(b)] if attempt < _ROUNDS else lender(b, attempt)
            out[at(b)], waiting[at(n)] = other, b
            n += row[at(other)] == EMPTY


@kernel
def sign(bins: Hashes, signatures: Bytes, keys: Hashes) -> None:
    """Eight bits of each bin; an empty bin borrows from another one, chosen by its number (Shrivastava 2017).

    The key is the smallest hash of all bins: documents that are nearly the same mostly share it.
    """
    lenders = np.empty((_ROUNDS, BINS), np.int64)
    for attempt in range(_ROUNDS):
        for b in range(BINS):
            lenders[attempt, b] = lender(b, attempt)
    waiting, source, bits = np.empty(BINS + 1, np.int64), np.empty(BINS, np.int64), np.empty(BINS, np.uint8)
    for d in range(bins.shape[0]):
        row, smallest = bins[d], _LOW
        borrow(row, lenders, waiting, source)
        for b in range(BINS):
            smallest = min(smallest, row[at(b)])
            bits[at(b)] = np.uint8(mix(row[at(b)] * np.uint64(BINS) + np.uint64(b)) & np.uint64(0xFF))
        for b in range(BINS):
            signatures[at(d), at(b)] = bits[at(source[at(b)])]
        keys[d] = mix(smallest)
