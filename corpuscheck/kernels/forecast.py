"""Forecasts: which characters and words stand in one document alone, or in just two."""

from __future__ import annotations

from corpuscheck.kernels.arrays import Bytes, Flags, Hashes, Ints
from corpuscheck.kernels.hashing import hash_bytes
from corpuscheck.kernels.jit import at, kernel
from corpuscheck.kernels.utf8 import code_point
from corpuscheck.kernels.words import COMPLEX, DELETED, ISOLATED, KIND, WORD


@kernel
def document_frequencies(
    data: Bytes, starts: Ints, ends: Ints, table: Flags, scratch: Ints, frequency: Ints, holders: Ints, counts: Ints
) -> int:
    """For each code point of words: the documents that hold it, the first two of them, its count in each.

    `frequency` has one row per code point, `holders` and `counts` two columns. `scratch` is 0 and is left so.
    Returns the number of such characters in all documents.
    """
    total = 0
    for u in range(starts.shape[0]):
        for drain in range(2):  # count the document's characters, then take them out again
            i = starts[u]
            while i < ends[u]:
                cp, width = code_point(data, i)
                i += width
                kind = table[at(cp)] & KIND
                if kind != WORD and kind != ISOLATED and kind != COMPLEX:
                    continue
                if drain == 0:
                    scratch[at(cp)] += 1
                    total += 1
                elif scratch[at(cp)]:
                    n = frequency[at(cp)]
                    if n < 2:
                        holders[at(cp), n] = u
                        counts[at(cp), n] = scratch[at(cp)]
                    frequency[at(cp)] += 1
                    scratch[at(cp)] = 0
    return total


@kernel
def words_with(
    data: Bytes, starts: Ints, ends: Ints, table: Flags, marked: Bytes, longest: int, words: Ints, hit: Ints
) -> None:
    """Words of each span, and those that hold a marked code point or are over `longest` characters."""
    for u in range(starts.shape[0]):
        i = starts[u]
        length, bad = 0, False
        while True:
            cp, width, kind = 0x20, 0, -1
            if i < ends[u]:
                cp, width = code_point(data, i)
                kind = table[at(cp)] & KIND
            if kind == WORD or kind == COMPLEX:
                length += 1
                bad = bad or marked[at(cp)] != 0
            elif kind != DELETED:
                if length:
                    words[u] += 1
                    hit[u] += bad or length > longest
                length, bad = 0, False
                if kind == ISOLATED:
                    words[u] += 1
                    hit[u] += marked[at(cp)] != 0
                if kind == -1:
                    break
            i += width


@kernel
def word_types(
    data: Bytes, starts: Ints, ends: Ints, table: Flags, highest: int, hashes: Hashes, holders: Ints, start: int
) -> tuple[int, int]:
    """The hash and the document of each word, from document `start` on, with a hash of at most 2·`highest` + 1.

    Returns (documents done, rows); not all are done where the rows did not suffice.
    """
    n = 0
    for u in range(start, starts.shape[0]):
        if n + (ends[u] - starts[u]) + 1 > hashes.shape[0]:
            return u, n
        i = starts[u]
        first = i
        length = 0
        while True:
            width, kind = 0, -1
            if i < ends[u]:
                cp, width = code_point(data, i)
                kind = table[at(cp)] & KIND
            if kind == WORD or kind == COMPLEX:
                if length == 0:
                    first = i
                length += 1
            elif kind != DELETED:
                if length:
                    h = hash_bytes(data, first, i)
                    if int(h >> 1) <= highest:
                        hashes[n] = h
                        holders[n] = u
                        n += 1
                length = 0
                if kind == -1:
                    break
            i += width
    return starts.shape[0], n
