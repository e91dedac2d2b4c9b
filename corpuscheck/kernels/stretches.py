"""Stretches: the words of folded text, and where stretches that are known stand in it."""

from __future__ import annotations

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Flags, Hashes, Ints
from corpuscheck.kernels.inspection import FOLDED, column_of, composed, is_blank, joins, power
from corpuscheck.kernels.jit import at, inlined, kernel
from corpuscheck.kernels.utf8 import LONG_STRETCH, code_point, decode, stretch_end

ANCHOR = 10
"""A stretch is looked for by so many of its first letters."""

LONGEST = 400
"""No stretch has more letters."""

_HALF, _ODD = np.uint64(32), np.uint64(0xD6E8FEB86659FD93)
_SIX, _LOW = np.uint64(6), np.uint64(63)
_ONE = np.uint64(1)
_AT_ONCE = 256


BASE = 0x9E3779B97F4A7C15 | 1
"""What a letter is multiplied by for each one after it, see `kernels.inspection`."""


@inlined
def anchored(h: np.uint64) -> np.uint64:
    """The hash of an anchor, whose low bits are as good as its high ones."""
    return (h ^ (h >> _HALF)) * _ODD


@kernel
def word_starts(data: Bytes, starts: Ints, ends: Ints, table: Flags, words: Ints, documents: Ints) -> int:
    """The number of the letter with which each word begins, and its document; gives how many words there are.

    Letters are what is left of characters when they are folded. A word goes on to the next blank.
    """
    points, firsts = np.empty(LONG_STRETCH + 1, np.int32), np.empty(LONG_STRETCH, np.uint8)
    scratch = np.empty(LONG_STRETCH + 1, np.int32)
    found = 0
    for d in range(starts.shape[0]):
        letters, blank, start = 0, True, starts[d]
        while start < ends[d]:
            stop = stretch_end(data, start, ends[d], LONG_STRETCH)
            n = decode(data, start, stop, scratch, firsts, points, 0)
            for j in range(n):
                entry = table[at(points[at(j)])]
                if entry & FOLDED:
                    if blank:
                        words[at(found)], documents[at(found)] = letters, d
                        found += 1
                    letters += 1
                    blank = False
                elif is_blank(column_of(entry)):
                    blank = True
            start = stop
    return found


@inlined
def hash_anchors(prefix: Hashes, first: int, n: int, factor: np.uint64, out: Hashes) -> None:
    """The hashes of `n` anchors that begin with neighbours, the first of them after row `first`."""
    for j in range(n):
        out[at(j)] = anchored(prefix[at(first + j + ANCHOR)] - prefix[at(first + j)] * factor)


@inlined
def may_hold(sieve: Hashes, shift: np.uint64, h: np.uint64) -> bool:
    """Whether the anchor may be a known one."""
    b = h >> shift
    return bool((sieve[at(b >> _SIX)] >> (b & _LOW)) & _ONE)


@inlined
def first_with(slots: Flags, anchors: Hashes, mask: int, h: np.uint64) -> int:
    """The first stretch that begins with this anchor; -1 where there is none."""
    slot = np.int64(h & np.uint64(mask))
    while slots[slot] >= 0 and anchors[slots[slot]] != h:
        slot = (slot + 1) & mask
    return np.int64(slots[slot])  # type: ignore[return-value]  # an integer of the kernel


@inlined
def stands(prefix: Hashes, begin: int, length: int, last: int, powers: Hashes, whole: np.uint64) -> bool:
    """Whether the letters from here on, in a document that ends at `last`, are those of a stretch."""
    end = begin + length
    return end <= last and prefix[end] - prefix[begin] * powers[length] == whole


@kernel
def find_stretches(
    prefix: Hashes, firsts: Ints, lasts: Ints, sieve: Hashes, shift: int, slots: Flags, anchors: Hashes,
    wholes: Hashes, lengths: Flags, powers: Hashes, seen: Bytes, out: Ints,
) -> int:  # fmt: skip
    """Mark the stretches that stand in the documents, and list those that are met for the first time.

    The hashes of the beginnings of document d are in rows `firsts[d]` to `lasts[d]` of `prefix`. Stretches are
    ascending by `anchors`, the hashes of their beginnings; `slots` finds the first with an anchor by its low bits,
    `sieve` has a bit for each of the high ones. Row n of `out` becomes (stretch, document); gives how many there are.
    """
    factor, mask, high = power(ANCHOR), slots.shape[0] - 1, np.uint64(shift)
    hashes = np.empty(_AT_ONCE, np.uint64)
    found = 0
    for d in range(firsts.shape[0]):
        last = lasts[d]
        for first in range(firsts[d], last - ANCHOR + 1, _AT_ONCE):
            n = min(_AT_ONCE, last - ANCHOR + 1 - first)
            hash_anchors(prefix, first, n, factor, hashes)
            for j in range(n):
                h = hashes[at(j)]
                if not may_hold(sieve, high, h):
                    continue
                k = first_with(slots, anchors, mask, h)
                while k >= 0 and k < anchors.shape[0] and anchors[k] == h:
                    if not seen[k] and stands(prefix, first + j, lengths[k], last, powers, wholes[k]):
                        seen[k] = 1
                        out[found, 0], out[found, 1] = k, d
                        found += 1
                    k += 1
    return found


@kernel
def find_owned(
    prefix: Hashes, firsts: Ints, lasts: Ints, sieve: Hashes, shift: int, slots: Flags, anchors: Hashes,
    wholes: Hashes, lengths: Flags, powers: Hashes, owners: Ints, lowest: Ints, out: Ints,
) -> int:  # fmt: skip
    """Find all places of stretches that have an owner, as above; `lowest[d]` becomes the lowest owner of document d.

    Row n of `out`, as far as there is room, becomes (document, its first letter, the letter after its last); gives how
    many there are.
    """
    factor, mask, high = power(ANCHOR), slots.shape[0] - 1, np.uint64(shift)
    hashes = np.empty(_AT_ONCE, np.uint64)
    found = 0
    for d in range(firsts.shape[0]):
        last = lasts[d]
        for first in range(firsts[d], last - ANCHOR + 1, _AT_ONCE):
            n = min(_AT_ONCE, last - ANCHOR + 1 - first)
            hash_anchors(prefix, first, n, factor, hashes)
            for j in range(n):
                h = hashes[at(j)]
                if not may_hold(sieve, high, h):
                    continue
                k = first_with(slots, anchors, mask, h)
                while k >= 0 and k < anchors.shape[0] and anchors[k] == h:
                    if owners[k] >= 0 and stands(prefix, first + j, lengths[k], last, powers, wholes[k]):
                        lowest[d] = min(lowest[d], owners[k])
                        if found < out.shape[0]:
                            begin = first + j - firsts[d]
                            out[found, 0], out[found, 1], out[found, 2] = d, begin, begin + lengths[k]
                        found += 1
                    k += 1
    return found


@kernel
def letter_spans(data: Bytes, table: Flags, begins: Ints, ends: Ints) -> int:
    """The bytes that each letter of a text takes, as `inspect` folds and joins them; gives how many letters there are.

    What follows a letter up to the next one or the next blank belongs to it.
    """
    letters, held, i, blank = 0, 0, 0, True
    while i < data.shape[0]:
        cp, width = code_point(data, i)
        entry = table[at(cp)]
        folded = int(entry & FOLDED)
        if folded:
            syllable = composed(held, folded) if joins(folded) and letters > 0 else 0
            held = syllable if syllable else folded
            if not syllable:
                begins[at(letters)] = i
                letters += 1
            blank = False
        elif is_blank(column_of(entry)):
            blank = True
        i += width
        if not blank and letters > 0:
            ends[at(letters - 1)] = i
    return letters


@kernel
def fill_slots(anchors: Hashes, sieve: Hashes, shift: int, slots: Flags) -> None:
    """Enter ascending anchors, each where it first stands."""
    mask, high = slots.shape[0] - 1, np.uint64(shift)
    for k in range(anchors.shape[0]):
        if k > 0 and anchors[k] == anchors[k - 1]:
            continue
        slot = np.int64(anchors[k] & np.uint64(mask))
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = k
        b = anchors[k] >> high
        sieve[b >> _SIX] |= _ONE << (b & _LOW)


@kernel
def hash_between(befores: Hashes, afters: Hashes, out: Hashes) -> None:
    """The hash of each anchor, from those of the beginnings before it and after it."""
    factor = power(ANCHOR)
    for k in range(befores.shape[0]):
        out[k] = anchored(afters[k] - befores[k] * factor)
