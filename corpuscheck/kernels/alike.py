"""Rows with equal keys, told without sorting; rows that also agree in nearly all of their signatures."""

from __future__ import annotations

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Flags, Hashes, Ints
from corpuscheck.kernels.hashing import mix
from corpuscheck.kernels.jit import at, inlined, kernel

HEADS = 4
"""Rows of one key that another one is compared with: the first, and the first that is not like those before."""


@inlined
def agreeing(signatures: Bytes, one: int, other: int) -> int:
    """The columns in which two rows are equal."""
    equal = 0
    for k in range(signatures.shape[1]):
        equal += signatures[at(one), at(k)] == signatures[at(other), at(k)]
    return equal


@inlined
def place_of(keys: Hashes, row: int, rows: Flags, each: int) -> int:
    """Where the rows with this one's key stand in `rows`, or may stand: `each` places for a key, -1 where empty.

    There are places for 2^k keys, more than there are rows.
    """
    mask = np.uint64(rows.shape[0] // each - 1)
    slot = int(mix(keys[at(row)]) & mask)
    while rows[at(slot * each)] >= 0 and keys[at(rows[at(slot * each)])] != keys[at(row)]:
        slot = int(np.uint64(slot + 1) & mask)
    return slot * each


@kernel
def pairs_alike(keys: Hashes, signatures: Bytes, least: int, heads: Flags, pairs: Ints) -> int:
    """Write (row, row before it) where both have one key and agree in at least `least` columns of `signatures`.

    Each row is compared with at most `HEADS` of its key, in their order, up to the first that it is like. `heads`, -1
    throughout, has `HEADS` places for each key, see `place_of`. Returns how many pairs.
    """
    n = 0
    for row in range(keys.shape[0]):
        place = place_of(keys, row, heads, HEADS)
        for k in range(place, place + HEADS):
            head = heads[at(k)]
            if head < 0:
                heads[at(k)] = row
                break
            if agreeing(signatures, row, head) >= least:
                pairs[at(n), 0] = row
                pairs[at(n), 1] = head
                n += 1
                break
    return n


@kernel
def repeated(keys: Hashes, firsts: Flags, out: Bytes) -> None:
    """Mark each row whose key another row has too. `firsts`, -1 throughout, has one place for each key."""
    for row in range(keys.shape[0]):
        place = place_of(keys, row, firsts, 1)
        if firsts[at(place)] < 0:
            firsts[at(place)] = row
        else:
            out[at(row)] = out[at(firsts[at(place)])] = 1
