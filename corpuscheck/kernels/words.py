"""Words: one pass that counts them, and hands over only those that may be lost.

A word is a pre-token: a longest run of word characters between white space and isolated characters
(punctuation, Han). What a code point is comes from a table that was filled by asking the tokenizer.
"""

from __future__ import annotations

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Flags, Ints
from corpuscheck.kernels.jit import at, inlined, kernel
from corpuscheck.kernels.utf8 import LONG_STRETCH, code_point, decode, stretch_end

# What a code point is (the low bits of its entry) ...
UNPROBED, WORD, SPACE, ISOLATED, DELETED, COMPLEX = 0, 1, 2, 3, 4, 5
KIND = 0b111
# ... and what may be wrong with it.
DOUBTFUL = 1 << 3  # a form is missing: the tokenizer decides
LOST = 1 << 4  # no piece holds it: the word is lost
TRIGGER = 1 << 5  # an added token may start here
UNSTABLE = 1 << 6  # NFC may change it

# What is handed over, a row of `spans`: start, end, unit, what it is.
IS_DOUBTFUL, IS_LOST, IS_CHUNK = 0, 1, 2


@kernel
def matches(data: Bytes, i: int, stop: int, patterns: Bytes, pattern_ends: Ints) -> bool:
    """Does one of the patterns, laid end to end, stand at byte `i`?"""
    start = 0
    for p in range(pattern_ends.shape[0]):
        length = pattern_ends[p] - start
        if i + length <= stop:
            same = True
            for j in range(length):
                if data[i + j] != patterns[start + j]:
                    same = False
                    break
            if same:
                return True
        start = pattern_ends[p]
    return False


@kernel
def uncount(data: Bytes, start: int, stop: int, counts: Ints) -> None:
    """Take the code points of `data[start:stop]` back out of `counts`."""
    i = start
    while i < stop:
        cp, width = code_point(data, i)
        counts[cp] -= 1
        i += width


@kernel
def first_lost(data: Bytes, spans: Ints, table: Flags, found: Ints) -> None:
    """The first code point of each span that is LOST; 0 where there is none."""
    for k in range(spans.shape[0]):
        found[k] = 0
        i = spans[k, 0]
        while i < spans[k, 1] and found[k] == 0:
            cp, width = code_point(data, i)
            if table[at(cp)] & LOST:
                found[k] = cp
            i += width


@kernel
def walk(
    data: Bytes,
    starts: Ints,
    ends: Ints,
    unit: int,
    position: int,
    table: Flags,
    counts: Ints,
    first_seen: Ints,
    doubtful_length: int,
    longest: int,
    patterns: Bytes,
    pattern_ends: Ints,
    words: Ints,
    lost: Ints,
    spans: Ints,
) -> tuple[int, int, int, int]:
    """Walk the units (documents or lines) from byte `position` of number `unit`.

    Adds to `counts` per code point (`first_seen` is where a count left 0), to `words` and `lost` per unit,
    and writes the words that may be lost to `spans`. A word of over `longest` characters is lost; over
    `doubtful_length` it may be. White-space-delimited chunks that hold a COMPLEX character or an added
    token are handed over whole. Chunks that hold an UNSTABLE character are written from the far end of `spans`.

    Returns (unit, position, rows of `spans`, rows at its far end). It is done when `unit` is the number of
    units; else an UNPROBED character stands in the chunk at `position`: probe it and go on from there.
    """
    n = 0
    far = 0
    for u in range(unit, starts.shape[0]):
        i = position if u == unit else starts[u]
        stop = ends[u]
        chunk, chunk_words, chunk_lost, chunk_spans, whole = i, words[u], lost[u], n, False
        length, flags, first, last, seen = 0, 0, i, i, 0
        while True:
            entry, width = SPACE, 0
            while i < stop:
                cp, width = code_point(data, i)
                seen_before = counts[at(cp)]
                counts[at(cp)] = seen_before + 1
                if seen_before == 0:
                    first_seen[at(cp)] = i
                entry = table[at(cp)]
                if entry & KIND != WORD:
                    break
                if length == 0:
                    first = i
                length += 1
                flags |= entry
                i += width
                last = i
            if i >= stop:
                entry, width = SPACE, 0
            kind = entry & KIND
            seen |= entry
            if kind == DELETED:
                i += width
                continue
            if kind == UNPROBED:
                uncount(data, chunk, i + width, counts)
                words[u], lost[u] = chunk_words, chunk_lost
                return u, chunk, chunk_spans, far
            if length:
                words[u] += 1
                seen |= flags
                if flags & LOST or length > longest:
                    lost[u] += 1
                    if last - first > 4 * (longest + 1):  # hand over enough of it to show
                        last = first + 4 * (longest + 1)
                        while data[last] & 0xC0 == 0x80:
                            last -= 1
                    spans[n, 0], spans[n, 1], spans[n, 2], spans[n, 3] = first, last, u, IS_LOST
                    n += 1
                elif flags & DOUBTFUL or length > doubtful_length:
                    spans[n, 0], spans[n, 1], spans[n, 2], spans[n, 3] = first, last, u, IS_DOUBTFUL
                    n += 1
                length = 0
                flags = 0
            if kind == ISOLATED:
                words[u] += 1
                if entry & LOST:
                    lost[u] += 1
                    spans[n, 0], spans[n, 1], spans[n, 2], spans[n, 3] = i, i + width, u, IS_LOST
                    n += 1
                if entry & TRIGGER and matches(data, i, stop, patterns, pattern_ends):
                    whole = True
            elif kind == COMPLEX:
                whole = True
            else:
                if whole:
                    words[u], lost[u], n, whole = chunk_words, chunk_lost, chunk_spans, False
                    spans[n, 0], spans[n, 1], spans[n, 2], spans[n, 3] = chunk, i, u, IS_CHUNK
                    n += 1
                if seen & UNSTABLE:
                    far += 1
                    spans[-far, 0], spans[-far, 1] = chunk, i
                seen = 0
                if i >= stop:
                    break
                chunk, chunk_words, chunk_lost, chunk_spans = i + width, words[u], lost[u], n
            i += width
    return starts.shape[0], 0, n, far


@inlined
def any_unprobed(points: Flags, n: int, table: Flags) -> bool:
    """Whether any of the code points was never probed."""
    found = False
    for j in range(n):
        found |= table[at(points[at(j)])] & KIND == UNPROBED
    return found


@kernel
def find_unprobed(data: Bytes, start: int, stop: int, table: Flags, out: Ints) -> int:
    """The code points of `data[start:stop]` that were never probed, each once."""
    scratch, points = np.empty(LONG_STRETCH + 1, np.int32), np.empty(LONG_STRETCH + 1, np.int32)
    begins = np.empty(LONG_STRETCH, np.uint8)
    n = 0
    while start < stop:
        end = stretch_end(data, start, stop, LONG_STRETCH)
        found = decode(data, start, end, scratch, begins, points, 0)
        if any_unprobed(points, found, table):
            for j in range(found):
                cp = points[at(j)]
                if table[at(cp)] & KIND == UNPROBED:
                    table[at(cp)] = COMPLEX  # so that it is listed once; the probe overwrites it
                    out[at(n)] = cp
                    n += 1
        start = end
    return n


@kernel
def words_by_rank(
    data: Bytes, starts: Ints, ends: Ints, groups: Ints, table: Flags, ranks: Flags, longest: int, hist: Ints
) -> None:
    """For each word add one to `hist[group, highest rank among its characters]`.

    An alphabet of the A most frequent characters loses just the words whose highest rank is A or
    more, so the cumulative sum of a row is the [UNK] count of every alphabet. The last column holds
    words of over `longest` characters, which no alphabet saves.
    """
    overlong = hist.shape[1] - 1
    for u in range(starts.shape[0]):
        i = starts[u]
        stop = ends[u]
        row = groups[u]
        length, highest = 0, 0
        while True:
            kind = SPACE
            rank = 0
            width = 0
            if i < stop:
                cp, width = code_point(data, i)
                kind = table[at(cp)] & KIND
                rank = ranks[at(cp)]
            if kind == WORD or kind == COMPLEX:
                length += 1
                highest = max(highest, rank)
            elif kind != DELETED:
                if length:
                    hist[row, highest if length <= longest else overlong] += 1
                    length, highest = 0, 0
                if kind == ISOLATED:
                    hist[row, rank] += 1
                elif i >= stop:
                    break
            i += width
