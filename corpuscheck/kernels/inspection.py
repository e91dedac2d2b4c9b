"""Look into documents: kinds of characters, runs, words, and hashes of the text without its trimmings."""

from __future__ import annotations

import numpy as np

from corpuscheck.arrays import Bytes, Flags, Hashes, Ints
from corpuscheck.counted import (
    CONTROLS,
    FIRST_DEBRIS,
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
from corpuscheck.kernels.utf8 import code_point

LONG_RUN = 5
"""So many equal characters are a run."""

LATIN_RUN = 3
"""So many neighbours between U+0080 and U+00FF are hardly a language."""

LONG_WORD = 100

_BASE = np.uint64(0x9E3779B97F4A7C15 | 1)
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


@kernel
def inspect(
    data: Bytes, starts: Ints, ends: Ints, kinds: Bytes, folds: Flags, rows: Ints, totals: Hashes, prefix: Hashes,
    begins: Ints, stops: Ints,
) -> None:  # fmt: skip
    """Count the characters of each document by kind, with runs and words; hash what `folds` leaves of them.

    `prefix[begins[d] + k]` is the polynomial hash of the first k folded characters of document d here, on top of
    `totals[d]`, so that the hash of any stretch is a subtraction; `totals[d]` becomes the hash of them all.
    """
    n = 0
    for d in range(starts.shape[0]):
        row = rows[d]
        h = totals[d]
        begins[d] = n
        prefix[n] = h
        last, run, latin, word, held = -1, 0, 0, 0, 0
        i = starts[d]
        while i < ends[d]:
            cp, width = code_point(data, i)
            i += width
            kind = int(kinds[at(cp)])
            row[at(kind)] += 1
            if kind == SPACES or kind == LINE_ENDS:
                if word > 0:
                    row[at(WORDS)] += 1
                    if word > LONG_WORD:
                        row[at(LONG_WORDS)] += 1
                word, latin, last = 0, 0, -1
                continue
            if CONTROLS <= kind <= REPLACEMENTS:
                row[at(FIRST_DEBRIS + 2 * UNREADABLE)] += 1
                row[at(FIRST_DEBRIS + 2 * UNREADABLE + 1)] += width
            word += 1
            if cp == last:
                run += 1
                if run >= LONG_RUN:
                    row[at(RUN_BYTES)] += LONG_RUN * width if run == LONG_RUN else width
            else:
                last, run = cp, 1
            if 0x80 <= cp < 0x100:
                latin += 1
                if latin >= LATIN_RUN:
                    row[at(LATIN_RUNS)] += LATIN_RUN if latin == LATIN_RUN else 1
            else:
                latin = 0
            folded = int(folds[at(cp)])
            if folded:
                joins = _VOWEL <= folded <= _TAIL + 27 or folded == VOICED or folded == VOICED + 1
                syllable = composed(held, folded) if joins else 0
                if syllable and n > begins[d]:
                    n -= 1
                    h = prefix[at(n)]
                    folded = syllable
                held = folded
                n += 1
                h = h * _BASE + np.uint64(folded)
                prefix[at(n)] = h
        if word > 0:
            row[at(WORDS)] += 1
            if word > LONG_WORD:
                row[at(LONG_WORDS)] += 1
        totals[d] = h
        stops[d] = n
        n += 1


@inlined
def power(width: int) -> np.uint64:
    """What the first of `width` characters is multiplied by in the hash of them all."""
    p = np.uint64(1)
    for _ in range(width):
        p *= _BASE
    return p
