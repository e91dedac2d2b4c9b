"""Judge documents by their counts: what `clean.document_rules` says of arrays, said of one row after the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from corpuscheck.arrays import Ints
from corpuscheck.counted import (
    BRACES,
    BULLET_LINES,
    BYTES,
    CONTROLS,
    DEBRIS,
    DIGITS,
    ENDED_LINES,
    FIRST_DEBRIS,
    FIRST_PII,
    KINDS,
    LATIN_RUNS,
    LETTERS,
    LINE_BYTES,
    LINE_ENDS,
    LINES,
    LONG_WORDS,
    PII,
    PRIVATE,
    PUNCTUATION,
    REPEATED,
    REPEATED_LINE_BYTES,
    REPLACEMENTS,
    RUN_BYTES,
    SAMPLED,
    SHORT_DOCUMENT,
    SHORT_LINES,
    SPACES,
    SYMBOLS,
    UNSPACED,
    WORDS,
)
from corpuscheck.kernels.jit import at, inlined, kernel
from corpuscheck.scripts import SCRIPTS

(
    _FEW_LETTERS,
    _MANY_DIGITS,
    _MANY_SYMBOLS,
    _REPEATS_ITSELF,
    _REPEATED_LINES,
    _ONLY_SHORT_LINES,
    _LONG_RUNS,
    _UNREADABLE,
    _WRONGLY_DECODED,
    _MANY_LONG_WORDS,
    _MANY_BRACES,
    _ONLY_BULLETS,
) = range(12)
RULES = 12
"""The rules of documents, in their order."""

ANY, SHORT, DEBRIS_FROM = RULES, RULES + 1, RULES + 2
SHAPES_FROM = DEBRIS_FROM + len(DEBRIS)
NO_SCRIPT = SHAPES_FROM + len(PII)
SCRIPTS_FROM = NO_SCRIPT + 1
HAN_AND_KANA, HANGUL_AND_HAN, MIXED = range(SCRIPTS_FROM + LETTERS, SCRIPTS_FROM + LETTERS + 3)
TALLIES = MIXED + 1
"""A tally for each rule, for each kind of debris and of shapes, and for each script that documents are of."""

JUDGED, JUDGED_BYTES, DOCUMENTS, DOCUMENT_BYTES, AMOUNT, AMOUNT_BYTES = range(6)
"""The columns of a tally."""

_HAN, _KANA, _HANGUL = SCRIPTS.index("Han"), SCRIPTS.index("Kana"), SCRIPTS.index("Hangul")
_MAIN = 0.7
"""A document is mostly of a script that so many of its letters are of."""


@inlined
def ratio(part: int, whole: int) -> float:
    """0 where there is nothing to divide by."""
    return part / max(whole, 1)


@inlined
def total(row: Ints, first: int, end: int) -> int:
    """The sum of neighbouring columns."""
    n = 0
    for k in range(first, end):
        n += row[at(k)]
    return n


@inlined
def judge(row: Ints, letters: int, visible: int, applies: NDArray[np.bool_], scores: NDArray[np.float64]) -> None:
    """Which rules apply to a document, and how bad it is by each of them."""
    long, lines = row[BYTES] >= SHORT_DOCUMENT, row[LINES]
    unspaced = 0
    for column in UNSPACED:
        unspaced += row[column]
    applies[:] = long
    applies[_REPEATED_LINES] = long and lines >= 5
    applies[_ONLY_SHORT_LINES] = long and lines >= 10
    applies[_UNREADABLE] = row[BYTES] > 0
    applies[_MANY_LONG_WORDS] = long and ratio(unspaced, letters) <= 0.3
    applies[_ONLY_BULLETS] = long and lines >= 5
    scores[_FEW_LETTERS] = 1 - ratio(letters, visible)
    scores[_MANY_DIGITS] = ratio(row[DIGITS], visible)
    scores[_MANY_SYMBOLS] = ratio(row[PUNCTUATION] + row[SYMBOLS] + row[BRACES], visible)
    scores[_REPEATS_ITSELF] = ratio(row[REPEATED], row[SAMPLED]) if row[SAMPLED] >= 8 else 0.0
    scores[_REPEATED_LINES] = ratio(row[REPEATED_LINE_BYTES], row[LINE_BYTES])
    scores[_ONLY_SHORT_LINES] = ratio(row[SHORT_LINES], lines) if ratio(row[ENDED_LINES], lines) < 0.12 else 0.0
    scores[_LONG_RUNS] = ratio(row[RUN_BYTES], row[BYTES])
    scores[_UNREADABLE] = ratio(row[CONTROLS] + row[PRIVATE] + row[REPLACEMENTS], visible)
    scores[_WRONGLY_DECODED] = ratio(row[LATIN_RUNS], visible)
    scores[_MANY_LONG_WORDS] = ratio(row[LONG_WORDS], row[WORDS])
    scores[_MANY_BRACES] = ratio(row[BRACES], visible)
    scores[_ONLY_BULLETS] = ratio(row[BULLET_LINES], lines)


@inlined
def script(row: Ints, letters: int) -> int:
    """The tally of the script that most letters are of; some languages write two side by side."""
    if letters == 0:
        return NO_SCRIPT
    largest = 0
    for k in range(LETTERS):
        if row[at(k)] > row[at(largest)]:
            largest = k
    if ratio(row[at(largest)], letters) >= _MAIN:
        return SCRIPTS_FROM + largest
    if ratio(row[_HAN] + row[_KANA], letters) >= _MAIN:
        return HAN_AND_KANA
    return HANGUL_AND_HAN if ratio(row[_HANGUL] + row[_HAN], letters) >= _MAIN else MIXED


@inlined
def is_among_the_worst(worst: Ints, score: int, size: int) -> bool:
    """Whether no more than the rows of `worst`, (score, size) in descending order, are worse; enters it if so."""
    k = worst.shape[0] - 1
    if score < worst[k, 0] or (score == worst[k, 0] and size < worst[k, 1]):
        return False
    while k > 0 and (score > worst[k - 1, 0] or (score == worst[k - 1, 0] and size > worst[k - 1, 1])):
        worst[k, 0], worst[k, 1] = worst[k - 1, 0], worst[k - 1, 1]
        k -= 1
    worst[k, 0], worst[k, 1] = score, size
    return True


@inlined
def count(tally: Ints, worst: Ints, size: int, score: int) -> bool:
    """Count a document that is of the kind. Says whether it is among the worst of them so far."""
    tally[DOCUMENTS] += 1
    tally[DOCUMENT_BYTES] += size
    return is_among_the_worst(worst, score, size)


@kernel
def tally(rows: Ints, beyond: NDArray[np.float64], tallies: Ints, worst: Ints, found: Ints) -> int:
    """Add documents to the tallies. A rule names those that it applies to whose score is above its `beyond`.

    `worst` has for each tally the (score, size) of its worst documents so far. Those that may be among them are written
    to `found`, rows (tally, document, score). Gives the number of these rows.
    """
    applies, scores = np.empty(RULES, np.bool_), np.empty(RULES, np.float64)
    n = 0
    for d in range(rows.shape[0]):
        row = rows[d]
        size, letters = row[BYTES], total(row, 0, LETTERS)
        judge(row, letters, total(row, 0, KINDS) - row[SPACES] - row[LINE_ENDS], applies, scores)
        named = False
        for t in range(RULES):
            if applies[t]:
                tallies[t, JUDGED] += 1
                tallies[t, JUDGED_BYTES] += size
                if scores[t] > beyond[t]:
                    named = True
                    score = int(np.rint(scores[t] * 1e6))
                    found[n, 0], found[n, 1], found[n, 2] = t, d, score
                    n += count(tallies[t], worst[t], size, score)
        for t in (ANY, SHORT):
            tallies[t, JUDGED] += 1
            tallies[t, JUDGED_BYTES] += size
        if named:
            found[n, 0], found[n, 1], found[n, 2] = ANY, d, size
            n += count(tallies[ANY], worst[ANY], size, size)
        if size < SHORT_DOCUMENT:
            tallies[SHORT, DOCUMENTS] += 1
            tallies[SHORT, DOCUMENT_BYTES] += size
        for k in range(len(DEBRIS) + len(PII)):
            is_debris = k < len(DEBRIS)
            amount = row[at(FIRST_DEBRIS + 2 * k)] if is_debris else row[at(FIRST_PII + k - len(DEBRIS))]
            if amount > 0:
                t = DEBRIS_FROM + k
                tallies[t, JUDGED] += 1
                tallies[t, JUDGED_BYTES] += size
                tallies[t, AMOUNT] += amount
                tallies[t, AMOUNT_BYTES] += row[at(FIRST_DEBRIS + 2 * k + 1)] if is_debris else 0
                found[n, 0], found[n, 1], found[n, 2] = t, d, amount
                n += count(tallies[t], worst[t], size, amount)
        t = script(row, letters)
        tallies[t, JUDGED] += 1
        tallies[t, JUDGED_BYTES] += size
        found[n, 0], found[n, 1], found[n, 2] = t, d, letters
        n += count(tallies[t], worst[t], size, letters)
    return n
