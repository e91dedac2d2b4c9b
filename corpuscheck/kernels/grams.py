"""Character n-grams hashed to buckets, and words as runs of letters: what tells one domain from another."""

from __future__ import annotations

import numpy as np

from corpuscheck.kernels.arrays import BUCKETS, Bytes, Flags, Ints, Rates
from corpuscheck.kernels.hashing import mix
from corpuscheck.kernels.jit import at, inlined, kernel
from corpuscheck.kernels.utf8 import code_point

APART, WORD, DENSE = 0, 1, 2
"""What a character is to a word: no part of one, a part, or of a script that is written without spaces."""

ALPHABETIC, SYLLABIC, IDEOGRAPHIC = 0, 1, 2
"""What a character is to an n-gram: how many of its kind hold a piece of meaning."""

STRETCH = 40
"""N-grams of a text that are looked at together: more of them at several places."""

_KIND_BIT = 21
DECOMPOSED = 1 << 24
"""Added to what a code point counts as, where it is a part of the character before it until they are composed."""

_SHORTEST, _LONGEST = np.array([2, 1, 1]), np.array([4, 3, 2])
"""N-grams that end in a character of each kind: 2 to 4 letters, 1 to 3 syllables, 1 or 2 ideographs."""

_SALTS = np.array([0xA0761D6478BD642F, 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93], np.uint64)
_SECOND, _THIRD = np.uint64(21), np.uint64(42)
_MASK = np.uint64(BUCKETS - 1)


def marked(code_point: int, kind: int) -> int:
    """A code point as n-grams count it, with its kind."""
    return code_point | kind << _KIND_BIT


@inlined
def bucket(length: int, a: np.uint64, b: np.uint64, c: np.uint64, d: np.uint64) -> int:
    """The bucket of the last `length` characters, `a` the last one of them and `d` the fourth from the end."""
    key = a
    if length > 1:
        key |= b << _SECOND
    if length > 2:
        key |= c << _THIRD
    if length > 3:
        key = mix(key) + d
    return int(mix(key + _SALTS[at(length - 1)]) & _MASK)


@kernel
def count_grams(data: Bytes, starts: Ints, ends: Ints, folded: Flags, groups: Ints, tables: Ints, totals: Ints) -> None:
    """Add the n-grams of each span to row `groups[u]` of `tables`, and their number to `totals[u]`.

    `folded` maps a code point to the one that it counts as, `marked` with its kind; 0 is white space, which no n-gram
    holds.
    """
    nothing = np.uint64(0)
    for u in range(starts.shape[0]):
        a = b = c = nothing
        run = 0
        i = starts[u]
        while i < ends[u]:
            cp, width = code_point(data, i)
            i += width
            d = c
            c = b
            b = a
            counted = folded[at(cp)]
            kind = counted >> _KIND_BIT
            a = np.uint64(counted & ((1 << _KIND_BIT) - 1))
            run = run + 1 if a != nothing else 0
            for length in range(_SHORTEST[at(kind)], min(run, _LONGEST[at(kind)]) + 1):
                tables[at(groups[u]), at(bucket(length, a, b, c, d))] += 1
                totals[u] += 1


@kernel
def grams_at(data: Bytes, starts: Ints, ends: Ints, folded: Flags, wanted: Ints, out: Ints) -> None:
    """The bucket of each n-gram whose number, counted through all spans from 0, is in `wanted` (ascending)."""
    nothing = np.uint64(0)
    number = n = 0
    for u in range(starts.shape[0]):
        a = b = c = nothing
        run = 0
        i = starts[u]
        while i < ends[u] and n < wanted.shape[0]:
            cp, width = code_point(data, i)
            i += width
            d = c
            c = b
            b = a
            counted = folded[at(cp)]
            kind = counted >> _KIND_BIT
            a = np.uint64(counted & ((1 << _KIND_BIT) - 1))
            run = run + 1 if a != nothing else 0
            for length in range(_SHORTEST[at(kind)], min(run, _LONGEST[at(kind)]) + 1):
                if n < wanted.shape[0] and wanted[n] == number:
                    out[n] = bucket(length, a, b, c, d)
                    n += 1
                number += 1


@kernel
def score_spans(data: Bytes, starts: Ints, ends: Ints, folded: Flags, most: int, logs: Rates, scores: Rates) -> None:
    """Add to `scores[u]` the columns of `logs` of the first `most` n-grams of each span, and their number in the last
    column."""
    nothing = np.uint64(0)
    for u in range(starts.shape[0]):
        a = b = c = nothing
        run = n = 0
        i = starts[u]
        while i < ends[u] and n < most:
            cp, width = code_point(data, i)
            i += width
            d = c
            c = b
            b = a
            counted = folded[at(cp)]
            kind = counted >> _KIND_BIT
            a = np.uint64(counted & ((1 << _KIND_BIT) - 1))
            run = run + 1 if a != nothing else 0
            for length in range(_SHORTEST[at(kind)], min(run, _LONGEST[at(kind)]) + 1):
                row = bucket(length, a, b, c, d)
                for k in range(logs.shape[1]):
                    scores[at(u), at(k)] += logs[at(row), at(k)]
                n += 1
        scores[at(u), at(logs.shape[1])] += n


@kernel
def count_kinds(data: Bytes, starts: Ints, ends: Ints, kinds: Flags, counts: Ints) -> None:
    """Add the characters of each span to `counts[u]` by their kind."""
    for u in range(starts.shape[0]):
        i = starts[u]
        while i < ends[u]:
            cp, width = code_point(data, i)
            i += width
            counts[at(u), at(kinds[at(cp)])] += 1


@kernel
def word_spans(data: Bytes, starts: Ints, ends: Ints, kinds: Flags, rows: Ints) -> int:
    """Rows (start, end, span) of words: runs of `WORD`, and each pair of neighbours of a run of `DENSE`.

    `rows` needs one row for each byte. Returns the number of rows.
    """
    n = 0
    for u in range(starts.shape[0]):
        i = first = before = starts[u]
        last = APART
        while i <= ends[u]:
            kind, width = APART, 1
            if i < ends[u]:
                cp, width = code_point(data, i)
                kind = kinds[at(cp)]
            if last == WORD and kind != WORD:
                rows[n, 0], rows[n, 1], rows[n, 2] = first, i, u
                n += 1
            if kind == WORD and last != WORD:
                first = i
            if kind == DENSE and last == DENSE:
                rows[n, 0], rows[n, 1], rows[n, 2] = before, i + width, u
                n += 1
            before = i
            last = kind
            i += width
    return n


@kernel
def count_words(numbers: Ints, units: Ints, last: Ints, documents: Ints, occurrences: Ints) -> None:
    """For each numbered word its occurrences and the units that hold it. `last` is -1; units come one after another."""
    for r in range(numbers.shape[0]):
        word = numbers[r]
        occurrences[word] += 1
        if last[word] != units[r]:
            last[word] = units[r]
            documents[word] += 1


@inlined
def told_apart(sums: Flags, beyond: int) -> int:
    """The number of the smallest, or -1 where another one is not `beyond` larger."""
    best = 0
    for k in range(1, sums.shape[0]):
        if sums[at(k)] < sums[at(best)]:
            best = k
    for k in range(sums.shape[0]):
        if k != best and sums[at(k)] - sums[at(best)] < beyond:
            return -1
    return best


@kernel
def nearest_bodies(
    data: Bytes, starts: Ints, ends: Ints, folded: Flags, levels: Bytes, most: int, least: int, beyond: int, out: Ints
) -> None:
    """For each span the column of `levels` in which its n-grams have the smallest sum, or -1.

    `levels` say how rare each bucket is in each of several texts. Of a span one n-gram for two bytes is looked at, but
    `least` or `most` where that is fewer or more, in stretches that are evenly spread. No column is told where there
    are fewer than `least`, nor where the sum of the next one is not `beyond` larger; and -2 for a span with characters
    that are `DECOMPOSED`.
    """
    nothing = np.uint64(0)
    columns = levels.shape[1]
    sums = np.empty(columns, np.int32)
    for u in range(starts.shape[0]):
        sums[:] = 0
        n = 0
        size = ends[u] - starts[u]
        looked_at = min(most, max(least, size // 2))
        stretches = max(1, looked_at // STRETCH)
        i = starts[u]
        in_parts = False
        for stretch in range(stretches):
            i = max(i, starts[u] + size * stretch // stretches)
            while i < ends[u] and data[at(i)] & 0xC0 == 0x80:
                i += 1
            a = b = c = nothing
            run = 0
            enough = looked_at * (stretch + 1) // stretches
            while i < ends[u] and n < enough:
                cp, width = code_point(data, i)
                i += width
                d = c
                c = b
                b = a
                counted = folded[at(cp)]
                in_parts |= counted >= DECOMPOSED
                kind = (counted >> _KIND_BIT) & 3
                a = np.uint64(counted & ((1 << _KIND_BIT) - 1))
                run = run + 1 if a != nothing else 0
                for length in range(_SHORTEST[at(kind)], min(run, _LONGEST[at(kind)]) + 1):
                    row = bucket(length, a, b, c, d)
                    for k in range(columns):
                        sums[at(k)] += levels[at(row), at(k)]
                    n += 1
        out[u] = -2 if in_parts else told_apart(sums, beyond) if n >= least else -1
