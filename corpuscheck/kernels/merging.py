"""Merging: what BPE makes of a piece. Of all pairs that a rule joins, that of the lowest rank, leftmost, goes first."""

from __future__ import annotations

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Flags, Ints
from corpuscheck.kernels.hashing import mix
from corpuscheck.kernels.jit import at, inlined, kernel
from corpuscheck.kernels.utf8 import code_point

_LOW = 0xFFFFFFFF
NO_RULE = 1 << 62
_SHORT = 40
"""Symbols up to which the lowest rank is looked for among all, which is faster than a heap."""


@inlined
def first_slot(left: int, right: int, rules: Ints) -> int:
    """Where to look for a pair."""
    return int(np.int64(mix(np.uint64(left << 32 | right)) & np.uint64(len(rules) // 2 - 1)))


@kernel
def enter_rules(pairs: Ints, rules: Ints) -> None:
    """Fill a table with rules, rows (left, right, new) in the order of their ranks; of two for a pair the last one.

    What a pair is found by, 0 where a slot is free, and its rank and new id follow each other.
    """
    mask = len(rules) // 2 - 1
    for rank in range(pairs.shape[0]):
        left, right = pairs[rank, 0], pairs[rank, 1]
        key = (left + 1) << 32 | right
        slot = first_slot(left, right, rules)
        while rules[2 * slot] != 0 and rules[2 * slot] != key:
            slot = (slot + 1) & mask
        rules[2 * slot] = key
        rules[2 * slot + 1] = rank << 32 | pairs[rank, 2]


@inlined
def rule_of(left: int, right: int, rules: Ints) -> int:
    """Rank and new id of the rule that joins a pair; NO_RULE where none does."""
    key = (left + 1) << 32 | right
    slot = first_slot(left, right, rules)
    while rules[at(2 * slot)] != 0:
        if rules[at(2 * slot)] == key:
            return int(rules[at(2 * slot + 1)])
        slot = (slot + 1) & (len(rules) // 2 - 1)
    return NO_RULE


@kernel
def symbols_of(
    data: Bytes, i: int, stop: int, byte_ids: Flags, point_ids: Flags, unk: int, fuse: bool, out: Ints
) -> tuple[int, int, int, int]:
    """Write the symbols that merging begins with; gives (how many, unknown ones, start and end of the first of these).

    A character that no piece is (`point_ids` below 0; where there are none, none is) is its bytes, if these are
    pieces, else `unk`; several in a row are one where they `fuse`. How many is -1 where it would be nothing.
    """
    n, unknown, first, last, before = 0, 0, i, i, -1
    while i < stop:
        width = 1
        if point_ids.shape[0]:
            cp, width = code_point(data, i)
            number = point_ids[at(cp)]
            if number >= 0:
                out[at(n)] = number
                n += 1
                i += width
                continue
        if byte_ids[at(0)] < 0:
            if unk < 0:
                return -1, 0, 0, 0
            if fuse and unknown and before == i:
                last = i + width if unknown == 1 else last
            else:
                out[at(n)] = unk
                n += 1
                if unknown == 0:
                    first, last = i, i + width
                unknown += 1
            before = i + width
        else:
            for j in range(i, i + width):
                out[at(n)] = byte_ids[at(data[at(j)])]
                n += 1
        i += width
    return n, unknown, first, last


@kernel
def merge_few(symbols: Ints, n: int, rules: Ints, ranks: Ints) -> int:
    """Merge in place; gives how many symbols are left."""
    for k in range(n - 1):
        ranks[at(k)] = rule_of(symbols[at(k)], symbols[at(k + 1)], rules)
    while n > 1:
        best = 0
        for k in range(1, n - 1):
            if ranks[at(k)] >> 32 < ranks[at(best)] >> 32:
                best = k
        if ranks[at(best)] == NO_RULE:
            break
        symbols[at(best)] = ranks[at(best)] & _LOW
        n -= 1
        for k in range(best + 1, n):
            symbols[at(k)] = symbols[at(k + 1)]
            ranks[at(k - 1)] = ranks[at(k)]
        if best < n - 1:
            ranks[at(best)] = rule_of(symbols[at(best)], symbols[at(best + 1)], rules)
        if best:
            ranks[at(best - 1)] = rule_of(symbols[at(best - 1)], symbols[at(best)], rules)
    return n


@kernel
def push(heap: Ints, size: int, value: int) -> int:
    """Put a value in; gives the new size."""
    k = size
    while k and heap[at((k - 1) >> 1)] > value:
        heap[at(k)] = heap[at((k - 1) >> 1)]
        k = (k - 1) >> 1
    heap[at(k)] = value
    return size + 1


@kernel
def pop(heap: Ints, size: int) -> int:
    """Take the lowest value off; gives the new size, at which the value then stands."""
    top, size = heap[0], size - 1
    value, k = heap[at(size)], 0
    while 2 * k + 1 < size:
        child = 2 * k + 1
        if child + 1 < size and heap[at(child + 1)] < heap[at(child)]:
            child += 1
        if heap[at(child)] >= value:
            break
        heap[at(k)] = heap[at(child)]
        k = child
    heap[at(k)] = value
    heap[at(size)] = top
    return size


@kernel
def merge_many(symbols: Ints, n: int, rules: Ints) -> int:
    """Merge in place; gives how many symbols are left. What waits in the heap is (rank, place): a pair may be gone."""
    before, after = np.arange(-1, n - 1), np.arange(1, n + 1)
    heap, size = np.empty(3 * n, np.int64), 0
    for k in range(n - 1):
        rule = rule_of(symbols[at(k)], symbols[at(k + 1)], rules)
        if rule != NO_RULE:
            size = push(heap, size, (rule >> 32) << 32 | k)
    while size:
        size = pop(heap, size)
        rank, k = heap[at(size)] >> 32, heap[at(size)] & _LOW
        right = after[at(k)]
        if symbols[at(k)] < 0 or right >= n:
            continue
        rule = rule_of(symbols[at(k)], symbols[at(right)], rules)
        if rule == NO_RULE or rule >> 32 != rank:
            continue
        symbols[at(k)], symbols[at(right)] = rule & _LOW, -1
        following, left = after[at(right)], before[at(k)]
        after[at(k)] = following
        if following < n:
            before[at(following)] = k
            rule = rule_of(symbols[at(k)], symbols[at(following)], rules)
            if rule != NO_RULE:
                size = push(heap, size, (rule >> 32) << 32 | k)
        if left >= 0:
            rule = rule_of(symbols[at(left)], symbols[at(k)], rules)
            if rule != NO_RULE:
                size = push(heap, size, (rule >> 32) << 32 | left)
    left_over = 0
    for k in range(n):
        if symbols[at(k)] >= 0:
            symbols[at(left_over)] = symbols[at(k)]
            left_over += 1
    return left_over


@inlined
def merge(symbols: Ints, n: int, rules: Ints, ranks: Ints) -> int:
    """Merge in place; gives how many symbols are left."""
    return merge_few(symbols, n, rules, ranks) if n <= _SHORT else merge_many(symbols, n, rules)
