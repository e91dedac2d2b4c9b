"""Judge documents by their counts, one row after the other: what `profile.document_rules` defines, as a loop."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import Ints
from corpuscheck.kernels.columns import (
    BYTES,
    COLUMNS,
    DEBRIS,
    FIRST_DEBRIS,
    FIRST_PII,
    KINDS,
    LETTERS,
    LINE_ENDS,
    LINES,
    PII,
    SHORT_DOCUMENT,
    SPACES,
)
from corpuscheck.kernels.jit import at, inlined, kernel
from corpuscheck.text.scripts import SCRIPTS

ALL_LETTERS, VISIBLE, NOTHING = COLUMNS, COLUMNS + 1, -1
"""In the place of a column: the sum of all letters, of all that is written; and what stands after the last column."""


class Definitions(NamedTuple):
    """The rules of documents, a row for each.

    `columns` has six lists of columns that are added up: part and whole of the score, of the bound where it counts, of
    the bound where it is judged. `limits` are those of the three. `least` has the least whole, bytes and lines.
    """

    columns: Ints
    limits: NDArray[np.float64]
    least: Ints
    rest: NDArray[np.bool_]


SCORE, UNLESS, ONLY = range(3)
ENOUGH, LEAST_BYTES, LEAST_LINES = range(3)
NOT_JUDGED = -1.0

ANY, SHORT, DEBRIS_FROM = range(3)
SHAPES_FROM = DEBRIS_FROM + len(DEBRIS)
NO_SCRIPT = SHAPES_FROM + len(PII)
SCRIPTS_FROM = NO_SCRIPT + 1
HAN_AND_KANA, HANGUL_AND_HAN, MIXED = range(SCRIPTS_FROM + LETTERS, SCRIPTS_FROM + LETTERS + 3)
"""After a tally for each rule: one for each kind of debris and of shapes, and for each script that documents are of."""

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
def amount(row: Ints, columns: Ints, letters: int, visible: int) -> int:
    """The sum of the columns that are listed."""
    n = 0
    for column in columns:
        if column == NOTHING:
            break
        n += letters if column == ALL_LETTERS else visible if column == VISIBLE else row[at(column)]
    return n


@inlined
def judge(row: Ints, rules: Definitions, r: int, letters: int, visible: int) -> float:
    """How bad a document is by a rule; below zero where it is not judged."""
    if row[BYTES] < rules.least[r, LEAST_BYTES] or row[LINES] < rules.least[r, LEAST_LINES]:
        return NOT_JUDGED
    for which in (ONLY, UNLESS):
        columns = rules.columns[r, 2 * which], rules.columns[r, 2 * which + 1]
        if columns[0][0] != NOTHING:
            part, whole = amount(row, columns[0], letters, visible), amount(row, columns[1], letters, visible)
            if ratio(part, whole) > rules.limits[r, which]:
                return NOT_JUDGED if which == ONLY else 0.0
    whole = amount(row, rules.columns[r, 1], letters, visible)
    if whole < rules.least[r, ENOUGH]:
        return 0.0
    share = ratio(amount(row, rules.columns[r, 0], letters, visible), whole)
    return 1 - share if rules.rest[r] else share


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
def tally(rows: Ints, rules: Definitions, tallies: Ints, worst: Ints, found: Ints, judged: Ints) -> int:
    """Add documents to the tallies. A rule names those that it judges whose score is above its limit.

    `worst` has for each tally the (score, size) of its worst documents so far. Those that may be among them are written
    to `found`, rows (tally, document, score). Gives the number of these rows. `judged` has of each document a bit for
    each rule that names it, and the tally of its script.
    """
    further = len(rules.rest)
    any_rule, short = further + ANY, further + SHORT
    n = 0
    for d in range(rows.shape[0]):
        row = rows[d]
        size, letters = row[BYTES], total(row, 0, LETTERS)
        visible = total(row, 0, KINDS) - row[SPACES] - row[LINE_ENDS]
        named = 0
        for t in range(further):
            how_bad = judge(row, rules, t, letters, visible)
            if how_bad >= 0:
                tallies[t, JUDGED] += 1
                tallies[t, JUDGED_BYTES] += size
                if how_bad > rules.limits[t, SCORE]:
                    named |= 1 << t
                    score = int(np.rint(how_bad * 1e6))
                    found[n, 0], found[n, 1], found[n, 2] = t, d, score
                    n += count(tallies[t], worst[t], size, score)
        for t in (any_rule, short):
            tallies[t, JUDGED] += 1
            tallies[t, JUDGED_BYTES] += size
        if named != 0:
            found[n, 0], found[n, 1], found[n, 2] = any_rule, d, size
            n += count(tallies[any_rule], worst[any_rule], size, size)
        if size < SHORT_DOCUMENT:
            tallies[short, DOCUMENTS] += 1
            tallies[short, DOCUMENT_BYTES] += size
        for k in range(len(DEBRIS) + len(PII)):
            is_debris = k < len(DEBRIS)
            held = row[at(FIRST_DEBRIS + 2 * k)] if is_debris else row[at(FIRST_PII + k - len(DEBRIS))]
            if held > 0:
                t = further + DEBRIS_FROM + k
                tallies[t, JUDGED] += 1
                tallies[t, JUDGED_BYTES] += size
                tallies[t, AMOUNT] += held
                tallies[t, AMOUNT_BYTES] += row[at(FIRST_DEBRIS + 2 * k + 1)] if is_debris else 0
                found[n, 0], found[n, 1], found[n, 2] = t, d, held
                n += count(tallies[t], worst[t], size, held)
        t = further + script(row, letters)
        judged[d, 0], judged[d, 1] = named, t
        tallies[t, JUDGED] += 1
        tallies[t, JUDGED_BYTES] += size
        found[n, 0], found[n, 1], found[n, 2] = t, d, letters
        n += count(tallies[t], worst[t], size, letters)
    return n
