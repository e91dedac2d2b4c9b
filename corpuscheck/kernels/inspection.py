"""Look into documents: kinds of characters, runs, words, and hashes of the text without its trimmings."""

from __future__ import annotations

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Flags, Hashes, Ints
from corpuscheck.kernels.columns import (
    FIRST_DEBRIS,
    KINDS,
    LATIN_RUNS,
    LINE_ENDS,
    LONG_WORDS,
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

FOLDED = (1 << 21) - 1
"""The low bits of a character's entry: what it folds to, 0 where it is no text. Its kind follows, then three flags."""

KIND_SHIFT, IS_UNREADABLE, IS_LATIN, IS_JOINING = 21, 1 << 27, 1 << 28, 1 << 29
"""Latin are those from U+0080 to U+00FF but for spaces; joining are vowels and tails of jamo, and voicing marks."""

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
def column_of(entry: int) -> int:
    """The column of `counted` that a character counts in, by its entry in the table."""
    return entry >> KIND_SHIFT & 0x3F


@inlined
def is_blank(kind: int) -> bool:
    """Whether characters of this kind part words."""
    return (kind == SPACES) | (kind == LINE_ENDS)


@inlined
def look_up(points: Flags, n: int, table: Flags, out: Flags) -> int:
    """The entries of the characters, and all that is set in any of them."""
    seen = np.int32(0)
    for j in range(BEFORE, BEFORE + n):
        entry = table[at(points[at(j)])]
        out[at(j)] = entry
        seen |= entry
    return int(seen)


@inlined
def count_kinds(entries: Flags, n: int, word: bool, row: Ints, odd: Ints) -> None:
    """Count characters by kind, and words where they begin, but for the first if a word goes on.

    Every other character is counted apart: to add twice in a row to the same number has to wait.
    """
    words, blank = 0, not word
    for j in range(BEFORE, BEFORE + n - 1, 2):
        one, two = column_of(entries[at(j)]), column_of(entries[at(j + 1)])
        row[at(one)] += 1
        odd[at(two)] += 1
        words += (blank > is_blank(one)) + (is_blank(one) > is_blank(two))
        blank = is_blank(two)
    if n & 1:
        last = column_of(entries[at(BEFORE + n - 1)])
        row[at(last)] += 1
        words += blank > is_blank(last)
    row[at(WORDS)] += words
    for k in range(KINDS):
        row[at(k)] += odd[at(k)]
        odd[at(k)] = 0


@inlined
def count_long(entries: Flags, n: int, word: int, row: Ints) -> int:
    """Count the words that become long here; `word` is the length of the one that goes on, now and after this."""
    for j in range(BEFORE, BEFORE + n):
        word = 0 if is_blank(column_of(entries[at(j)])) else word + 1
        row[at(LONG_WORDS)] += word == LONG_WORD + 1
    return word


@inlined
def last_word(entries: Flags, n: int, word: int) -> int:
    """The length of the word that goes on after this; `word` is that of the one that goes on before it."""
    length = 0
    while length < n and not is_blank(column_of(entries[at(BEFORE + n - 1 - length)])):
        length += 1
    return length if length < n else word + n


@inlined
def may_be_long(entries: Flags, n: int, word: int) -> bool:
    """Whether a word here may be long: somewhere half its length is without a blank."""
    step = LONG_WORD // 2 - 1
    if word > step:
        return True
    for first in range(BEFORE, BEFORE + n - step + 1, step):
        blanks = 0
        for j in range(first, first + step):
            blanks += is_blank(column_of(entries[at(j)]))
        if not blanks:
            return True
    return False


@inlined
def count_unreadable(points: Flags, entries: Flags, n: int, row: Ints) -> None:
    """Count what nobody can read, and its bytes."""
    for j in range(BEFORE, BEFORE + n):
        if entries[at(j)] & IS_UNREADABLE:
            row[at(FIRST_DEBRIS + 2 * UNREADABLE)] += 1
            row[at(FIRST_DEBRIS + 2 * UNREADABLE + 1)] += character_width(points[at(j)])


@inlined
def has_runs(points: Flags, n: int) -> bool:
    """Whether so many equal characters stand together that it is a run. LLVM vectorises it."""
    found = False
    for j in range(BEFORE, BEFORE + n):
        cp = points[at(j)]
        same = (cp == points[at(j - 1)]) & (cp == points[at(j - 2)]) & (cp == points[at(j - 3)])
        found |= same & (cp == points[at(j - 4)])
    return found


@inlined
def count_runs(points: Flags, entries: Flags, n: int, row: Ints) -> None:
    """Count the bytes of runs of equal characters, as far as they are known here and were not before."""
    for j in range(BEFORE, BEFORE + n):
        cp, length = points[at(j)], 1
        while length <= LONG_RUN and points[at(j - length)] == cp:
            length += 1
        if length >= LONG_RUN and not is_blank(column_of(entries[at(j)])):
            row[at(RUN_BYTES)] += character_width(cp) * (LONG_RUN if length == LONG_RUN else 1)


@inlined
def count_latin(entries: Flags, n: int, row: Ints) -> None:
    """Count runs of characters between U+0080 and U+00FF, as far as they are known here and were not before."""
    for j in range(BEFORE, BEFORE + n):
        length = 0
        while length <= LATIN_RUN and entries[at(j - length)] & IS_LATIN:
            length += 1
        if length >= LATIN_RUN:
            row[at(LATIN_RUNS)] += LATIN_RUN if length == LATIN_RUN else 1


@inlined
def fold(entries: Flags, n: int, out: Flags) -> int:
    """What is left of the characters without their trimmings; gives how many."""
    found = 0
    for j in range(BEFORE, BEFORE + n):
        folded = entries[at(j)] & FOLDED
        out[at(found)] = folded
        found += folded != 0
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
    data: Bytes, starts: Ints, ends: Ints, table: Flags, rows: Ints, totals: Hashes, prefix: Hashes, begins: Ints,
    stops: Ints,
) -> None:  # fmt: skip
    """Count the characters of each document by kind, with runs and words; hash what is left of them when folded.

    `table` has for each code point what it folds to, its kind, and whether it is of those that are looked at closely.
    `prefix[begins[d] + k]` is the polynomial hash of the first k folded characters of document d here, on top of
    `totals[d]`, so that the hash of any stretch is a subtraction; `totals[d]` becomes the hash of them all.
    """
    size = BEFORE + LONG_STRETCH + 1
    points, entries, folded = np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size, np.int32)
    firsts, odd = np.empty(LONG_STRETCH, np.uint8), np.zeros(KINDS, np.int64)
    k = 0
    for d in range(starts.shape[0]):
        row, word, held = rows[d], 0, 0
        points[:BEFORE], entries[:BEFORE] = -1, 0
        begins[d] = k
        prefix[k] = totals[d]
        start = starts[d]
        while start < ends[d]:
            stop = stretch_end(data, start, ends[d], LONG_STRETCH)
            n = decode(data, start, stop, folded, firsts, points, BEFORE) - BEFORE
            seen = look_up(points, n, table, entries)
            count_kinds(entries, n, word > 0, row, odd)
            if may_be_long(entries, n, word):
                word = count_long(entries, n, word, row)
            elif stop < ends[d]:
                word = last_word(entries, n, word)
            if seen & IS_UNREADABLE:
                count_unreadable(points, entries, n, row)
            if seen & IS_LATIN:
                count_latin(entries, n, row)
            if has_runs(points, n):
                count_runs(points, entries, n, row)
            letters = fold(entries, n, folded)
            if seen & IS_JOINING:
                k, held = extend_joined(prefix, begins[d], k, folded, letters, held)
            elif letters:
                k, held = extend(prefix, k, folded, letters), int(folded[at(letters - 1)])
            for j in range(BEFORE):
                points[at(j)], entries[at(j)] = points[at(n + j)], entries[at(n + j)]
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
