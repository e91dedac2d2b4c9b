"""Rows with equal keys, told without sorting; rows that also agree in nearly all of their signatures."""

from __future__ import annotations

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Flags, Hashes, Ints
from corpuscheck.kernels.hashing import mix
from corpuscheck.kernels.jit import at, inlined, kernel

HEADS = 4
"""Rows of one key that another one is compared with: the first ones that stay."""


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
def homes_of(
    signatures: Bytes, rows: Flags, groups: Flags, bands: Ints, room: Ints, least: int, filled: Flags, heads: Flags,
    homes: Flags,
) -> None:  # fmt: skip
    """Of each row the first one before it that stays and agrees with it in at least `least` columns; -1: it stays too.

    `rows`, ascending from each of the places `bands` to the next, are those that share a key there, `groups` tell which
    one. The rows of a group that stay are its heads, as many as there is `room` for: these alone are met by others. So
    whatever goes is like the one that stays for it, and of those that stay alone all would stay. `filled` says how many
    each group has, of rows before these at first.
    """
    n, many = homes.shape[0], bands.shape[0] - 1
    next_of = bands[:many].copy()
    for row in range(n):
        best = -1
        for b in range(many):
            k = next_of[b]
            if k < bands[b + 1] and rows[at(k)] == row:
                group = groups[at(k)]
                first = room[at(group)]
                for h in range(first, first + filled[at(group)]):
                    head = heads[at(h)]
                    if (best < 0 or head < best) and agreeing(signatures, row, head) >= least:
                        best = head
        homes[at(row)] = best
        for b in range(many):
            k = next_of[b]
            if k < bands[b + 1] and rows[at(k)] == row:
                next_of[b] += 1
                group = groups[at(k)]
                if best < 0 and filled[at(group)] < room[at(group + 1)] - room[at(group)]:
                    heads[at(room[at(group)] + filled[at(group)])] = row
                    filled[at(group)] += 1


@kernel
def repeated(keys: Hashes, firsts: Flags, out: Bytes) -> None:
    """Mark each row whose key another row has too. `firsts`, -1 throughout, has one place for each key."""
    for row in range(keys.shape[0]):
        place = place_of(keys, row, firsts, 1)
        if firsts[at(place)] < 0:
            firsts[at(place)] = row
        else:
            out[at(row)] = out[at(firsts[at(place)])] = 1
