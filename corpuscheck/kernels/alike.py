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


@kernel
def pairs_alike(keys: Hashes, signatures: Bytes, least: int, heads: Flags, pairs: Ints) -> int:
    """Write (row, row before it) where both have one key and agree in at least `least` columns of `signatures`.

    Each row is compared with at most `HEADS` of its key, in their order, up to the first that it is like. `heads`, -1
    throughout, has a place for each of them in each of 2^k slots, more than there are rows. Returns how many pairs.
    """
    mask = np.uint64(heads.shape[0] // HEADS - 1)
    n = 0
    for row in range(keys.shape[0]):
        slot = int(mix(keys[at(row)]) & mask)
        while heads[at(slot * HEADS)] >= 0 and keys[at(heads[at(slot * HEADS)])] != keys[at(row)]:
            slot = int(np.uint64(slot + 1) & mask)
        for k in range(slot * HEADS, slot * HEADS + HEADS):
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
    """Mark each row whose key another row has too. `firsts`, -1 throughout, has 2^k slots, more than there are rows."""
    mask = np.uint64(firsts.shape[0] - 1)
    for row in range(keys.shape[0]):
        slot = int(mix(keys[at(row)]) & mask)
        while firsts[at(slot)] >= 0 and keys[at(firsts[at(slot)])] != keys[at(row)]:
            slot = int(np.uint64(slot + 1) & mask)
        if firsts[at(slot)] < 0:
            firsts[at(slot)] = row
        else:
            out[at(row)] = out[at(firsts[at(slot)])] = 1
