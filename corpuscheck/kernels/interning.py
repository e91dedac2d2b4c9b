"""An exact table of distinct byte strings: open addressing, the strings laid end to end."""

from __future__ import annotations

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Hashes, Ints
from corpuscheck.kernels.hashing import hash_bytes, mix
from corpuscheck.kernels.jit import kernel


@kernel
def intern(
    data: Bytes,
    starts: Ints,
    ends: Ints,
    labels: Ints,
    first: int,
    slots: Ints,
    hashes: Hashes,
    string_labels: Ints,
    string_ends: Ints,
    arena: Bytes,
    used: int,
    ids: Ints,
) -> tuple[int, int]:
    """Give each labelled string of `data` its number in the table, from row `first` on.

    `slots` is a power of two long, -1 where free. Returns (rows done, strings in the table): fewer
    rows than asked for means that the table or its arena is full and has to grow first.
    """
    mask = slots.shape[0] - 1
    for r in range(first, starts.shape[0]):
        length = ends[r] - starts[r]
        h = mix(hash_bytes(data, starts[r], ends[r]) + np.uint64(labels[r]))
        slot = np.int64(h & np.uint64(mask))
        while True:
            s = slots[slot]
            if s < 0:
                begin = string_ends[used - 1] if used else 0
                if 2 * (used + 1) > slots.shape[0] or begin + length > arena.shape[0]:
                    return r, used
                for j in range(length):
                    arena[begin + j] = data[starts[r] + j]
                slots[slot] = used
                hashes[used] = h
                string_labels[used] = labels[r]
                string_ends[used] = begin + length
                ids[r] = used
                used += 1
                break
            if hashes[s] == h and string_labels[s] == labels[r]:
                begin = string_ends[s - 1] if s else 0
                same = string_ends[s] - begin == length
                for j in range(length if same else 0):
                    if arena[begin + j] != data[starts[r] + j]:
                        same = False
                        break
                if same:
                    ids[r] = s
                    break
            slot = (slot + 1) & mask
    return starts.shape[0], used


@kernel
def place(hashes: Hashes, used: int, slots: Ints) -> None:
    """Fill empty `slots` with the strings already in the table."""
    mask = slots.shape[0] - 1
    for s in range(used):
        slot = np.int64(hashes[s] & np.uint64(mask))
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = s
