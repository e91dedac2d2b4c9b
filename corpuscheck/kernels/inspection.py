"""Look into documents: kinds of characters, runs, words, and hashes of the text without its trimmings."""

from __future__ import annotations

import numpy as np

from corpuscheck.arrays import Bytes, Flags, Hashes, Ints
from corpuscheck.counted import (
    CONTROLS,
    FIRST_DEBRIS,
    KINDS,
    LATIN_RUNS,
    LINE_ENDS,
    LONG_WORDS,
    REPLACEMENTS,
    RUN_BYTES,
    SPACES,
    UNREADABLE,
    WORDS,
)
from corpuscheck.kernels.jit import at, inlined, kernel
from corpuscheck.kernels.utf8 import LONG_STRETCH, character_width, decode, stretch_end

LONG_RUN = 5
"""So many equal characters are a run."""

LATIN_RUN = 3
"""So many neighbours between U+0080 and U+00FF are hardly a language."""

LONG_WORD = 100

BEFORE = 5
"""Characters before a stretch that are kept, to tell where a run begins."""

_BASE = np.uint64(0x9E3779B97F4A7C15 | 1)
_SQUARE = np.uint64(0x9E3779B97F4A7C15**2 % 2**64)
VOICED = 0x3099
"""The voicing mark of Kana; the one after it is the half-voiced one."""

_LEAD, _VOWEL, _TAIL, _SYLLABLE = 0x1100, 0x1161, 0x11A7, 0xAC00


@inlined
def voiced(held: int, mark: int) -> int:
    """The kana of one and a voicing mark after it, 0 where they make none."""
    base = held - 0x60 if held >= 0x30A1 else held
    if mark == VOICED and base == 0x3046:
        return held + 0x4E
    if mark == VOICED and 0x30EF <= held <= 0x30F2:
        return held + 8
    if mark == VOICED and (
        (0x304B <= base <= 0x3061 and base & 1) or base == 0x3064 or base == 0x3066 or base == 0x3068
    ):
        return held + 1
    if 0x306F <= base <= 0x307B and (base - 0x306F) % 3 == 0:
        return held + mark - VOICED + 1
    return 0


@inlined
def composed(held: int, cp: int) -> int:
    """The letter of a jamo or voicing mark and what stands before it, 0 where they make none.

    Syllables after The Unicode Standard, section 3.12.
    """
    if cp >= VOICED:
        return voiced(held, cp)
    if _VOWEL <= cp < _VOWEL + 21 and _LEAD <= held < _LEAD + 19:
        return _SYLLABLE + ((held - _LEAD) * 21 + cp - _VOWEL) * 28
    if _TAIL < cp < _TAIL + 28 and _SYLLABLE <= held < _SYLLABLE + 11172 and (held - _SYLLABLE) % 28 == 0:
        return held + cp - _TAIL
    return 0


@inlined
def is_blank(kind: int) -> bool:
    """Whether characters of this kind part words."""
    return (kind == SPACES) | (kind == LINE_ENDS)


@inlined
def has_runs(points: Flags, n: int) -> bool:
    """Whether so many equal characters stand together that it is a run. LLVM vectorises it, and the next one."""
    found = False
    for j in range(BEFORE, BEFORE + n):
        cp = points[at(j)]
        same = (cp == points[at(j - 1)]) & (cp == points[at(j - 2)]) & (cp == points[at(j - 3)])
        found |= same & (cp == points[at(j - 4)])
    return found


@inlined
def has_latin(points: Flags, n: int) -> bool:
    """Whether there is any character between U+0080 and U+00FF."""
    found = False
    for j in range(BEFORE, BEFORE + n):
        found |= (points[at(j)] >= 0x80) & (points[at(j)] < 0x100)
    return found


@inlined
def run_bytes(points: Flags, n: int, kinds: Bytes) -> int:
    """The bytes of runs of equal characters, as far as they are known here and were not before."""
    size = 0
    for j in range(BEFORE, BEFORE + n):
        cp, length = points[at(j)], 1
        while length <= LONG_RUN and points[at(j - length)] == cp:
            length += 1
        if length >= LONG_RUN and not is_blank(kinds[at(cp)]):
            size += character_width(cp) * (LONG_RUN if length == LONG_RUN else 1)
    return size


@inlined
def is_latin(cp: int, kinds: Bytes) -> bool:
    """Whether it is between U+0080 and U+00FF, and no space."""
    return 0x80 <= cp < 0x100 and not is_blank(kinds[at(cp)])


@inlined
def latin_runs(points: Flags, n: int, kinds: Bytes) -> int:
    """The characters of runs between U+0080 and U+00FF, as far as they are known here and were not before."""
    count = 0
    for j in range(BEFORE, BEFORE + n):
        length = 0
        while length <= LATIN_RUN and is_latin(points[at(j - length)], kinds):
            length += 1
        if length >= LATIN_RUN:
            count += LATIN_RUN if length == LATIN_RUN else 1
    return count


@inlined
def look_up(points: Flags, n: int, kinds: Bytes, out: Bytes) -> None:
    """The kind of each character, from row 1 on."""
    for j in range(n):
        out[at(1 + j)] = kinds[at(points[at(BEFORE + j)])]


@inlined
def count_kinds(kinds: Bytes, n: int, row: Ints, odd: Ints) -> None:
    """Count characters by kind. Every other one is counted apart: the same number twice in a row would have to wait."""
    for j in range(1, n, 2):
        row[at(kinds[at(j)])] += 1
        odd[at(kinds[at(j + 1)])] += 1
    if n & 1:
        row[at(kinds[at(n)])] += 1
    for k in range(KINDS):
        row[at(k)] += odd[at(k)]
        odd[at(k)] = 0


@inlined
def count_beginnings(kinds: Bytes, n: int) -> int:
    """The words that begin here. LLVM vectorises it."""
    words = 0
    for j in range(1, n + 1):
        words += is_blank(kinds[at(j - 1)]) & (not is_blank(kinds[at(j)]))
    return words


@inlined
def any_blank(kinds: Bytes, first: int, end: int) -> bool:
    """Whether words are parted here. LLVM vectorises it, and the next one."""
    found = False
    for j in range(first, end):
        found |= is_blank(kinds[at(j)])
    return found


@inlined
def any_unreadable(kinds: Bytes, n: int) -> bool:
    """Whether there is anything that nobody can read."""
    found = False
    for j in range(1, n + 1):
        found |= (kinds[at(j)] >= CONTROLS) & (kinds[at(j)] <= REPLACEMENTS)
    return found


@inlined
def count_unreadable(points: Flags, kinds: Bytes, n: int, row: Ints) -> None:
    """Count what nobody can read, and its bytes."""
    for j in range(n):
        if CONTROLS <= kinds[at(1 + j)] <= REPLACEMENTS:
            row[at(FIRST_DEBRIS + 2 * UNREADABLE)] += 1
            row[at(FIRST_DEBRIS + 2 * UNREADABLE + 1)] += character_width(points[at(BEFORE + j)])


@inlined
def may_be_long(kinds: Bytes, n: int, word: int) -> bool:
    """Whether a word here may be long, or is so already: there are steps of half its length without a blank."""
    step = LONG_WORD // 2 - 1
    found = word > step
    for first in range(1, n + 1, step):
        found |= first + step <= n + 1 and not any_blank(kinds, first, first + step)
    return found


@inlined
def count_long(kinds: Bytes, n: int, word: int) -> int:
    """The words that become long here; `word` is the length of the one that goes on."""
    long_words = 0
    for j in range(1, n + 1):
        word = 0 if is_blank(kinds[at(j)]) else word + 1
        long_words += word == LONG_WORD + 1
    return long_words


@inlined
def open_word(kinds: Bytes, n: int, word: int) -> int:
    """The length of the word that may go on after this."""
    length = 0
    while length < n and not is_blank(kinds[at(n - length)]):
        length += 1
    return length if length < n else word + n


@inlined
def fold(points: Flags, n: int, folds: Flags, out: Flags) -> int:
    """What is left of the characters without their trimmings; gives how many."""
    found = 0
    for j in range(BEFORE, BEFORE + n):
        folded = folds[at(points[at(j)])]
        out[at(found)] = folded
        found += folded != 0
    return found


@inlined
def has_joining(folded: Flags, n: int) -> bool:
    """Whether there are vowels or tails of jamo, or voicing marks. LLVM vectorises it."""
    found = False
    for j in range(n):
        found |= joins(folded[at(j)])
    return found


@inlined
def joins(folded: int) -> bool:
    """Whether it may make one letter with what stands before it."""
    return ((folded >= _VOWEL) & (folded <= _TAIL + 27)) | (folded == VOICED) | (folded == VOICED + 1)


@inlined
def extend(prefix: Hashes, at_row: int, folded: Flags, n: int) -> int:
    """Go on with the hashes of all beginnings after row `at_row`, two at a time; gives the last row."""
    h = prefix[at(at_row)]
    for j in range(0, n - 1, 2):
        one, two = np.uint64(folded[at(j)]), np.uint64(folded[at(j + 1)])
        prefix[at(at_row + j + 1)] = h * _BASE + one
        h = h * _SQUARE + (one * _BASE + two)
        prefix[at(at_row + j + 2)] = h
    if n & 1:
        prefix[at(at_row + n)] = h * _BASE + np.uint64(folded[at(n - 1)])
    return at_row + n


@inlined
def extend_joined(prefix: Hashes, first: int, at_row: int, folded: Flags, n: int, held: int) -> tuple[int, int]:
    """The same where characters may join the one before, which is `held` and not before row `first`."""
    for j in range(n):
        letter = int(folded[at(j)])
        syllable = composed(held, letter) if joins(letter) else 0
        if syllable and at_row > first:
            at_row -= 1
            letter = syllable
        held = letter
        prefix[at(at_row + 1)] = prefix[at(at_row)] * _BASE + np.uint64(letter)
        at_row += 1
    return at_row, held


@kernel
def inspect(
    data: Bytes, starts: Ints, ends: Ints, kinds: Bytes, folds: Flags, rows: Ints, totals: Hashes, prefix: Hashes,
    begins: Ints, stops: Ints,
) -> None:  # fmt: skip
    """Count the characters of each document by kind, with runs and words; hash what `folds` leaves of them.

    `prefix[begins[d] + k]` is the polynomial hash of the first k folded characters of document d here, on top of
    `totals[d]`, so that the hash of any stretch is a subtraction; `totals[d]` becomes the hash of them all.
    """
    points, folded = np.empty(BEFORE + LONG_STRETCH + 1, np.int32), np.empty(LONG_STRETCH + 1, np.int32)
    here, odd = np.empty(LONG_STRETCH + 1, np.uint8), np.zeros(KINDS, np.int64)
    k = 0
    for d in range(starts.shape[0]):
        row, word, held, n = rows[d], 0, 0, 0
        points[:BEFORE] = -1
        here[0] = SPACES
        begins[d] = k
        prefix[k] = totals[d]
        start = starts[d]
        while start < ends[d]:
            stop = stretch_end(data, start, ends[d], LONG_STRETCH)
            for j in range(BEFORE):
                points[at(j)] = points[at(n + j)]
            here[0] = here[at(n)]
            n = decode(data, start, stop, folded, points, BEFORE) - BEFORE
            look_up(points, n, kinds, here)
            count_kinds(here, n, row, odd)
            row[at(WORDS)] += count_beginnings(here, n)
            if may_be_long(here, n, word):
                row[at(LONG_WORDS)] += count_long(here, n, word)
            word = open_word(here, n, word)
            if any_unreadable(here, n):
                count_unreadable(points, here, n, row)
            if has_runs(points, n):
                row[at(RUN_BYTES)] += run_bytes(points, n, kinds)
            if has_latin(points, n):
                row[at(LATIN_RUNS)] += latin_runs(points, n, kinds)
            letters = fold(points, n, folds, folded)
            if has_joining(folded, letters):
                k, held = extend_joined(prefix, begins[d], k, folded, letters, held)
            elif letters:
                k, held = extend(prefix, k, folded, letters), int(folded[at(letters - 1)])
            start = stop
        totals[d] = prefix[k]
        stops[d] = k
        k += 1


@inlined
def power(width: int) -> np.uint64:
    """What the first of `width` characters is multiplied by in the hash of them all."""
    p = np.uint64(1)
    for _ in range(width):
        p *= _BASE
    return p
