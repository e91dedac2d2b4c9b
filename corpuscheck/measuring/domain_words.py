"""Words of a sample and the units that hold them, Korean nouns without their particles."""

from __future__ import annotations

from collections import Counter

import numpy as np

from corpuscheck.domain.korean import stems
from corpuscheck.kernels.arrays import Bytes, Flags, Ints
from corpuscheck.kernels.grams import count_words, word_spans
from corpuscheck.kernels.strings import StringTable
from corpuscheck.profile.domain_words import DomainWords

FEWEST_UNITS = 5
MOST_KEPT = 4096
LEAST_FORMS = 3
"""A Korean stem counts as a word of its own when it stands with so many particles, none being one of them."""

FEWEST_OF_A_FORM = 3
"""A form of fewer units is too rare to be looked at: half of all forms."""

_LONGEST = 40
_CHUNK = 1 << 20


def domain_words(data: Bytes, starts: Ints, ends: Ints, units: Ints, kinds: Flags) -> DomainWords:
    """The most frequent words of two or more characters that stand in at least `FEWEST_UNITS` units."""
    table = StringTable()
    numbers, holders = _numbered(table, data, starts, ends, units, kinds)
    documents, _ = _counted(numbers, holders, len(table))
    words, groups = _grouped(table, documents)
    documents, occurrences = _counted(groups[numbers], holders, len(table) + len(words))
    found = [
        (units_with, word, int(occurrences[number]))
        for number, word in words.items()
        if (units_with := int(documents[number])) >= FEWEST_UNITS and 1 < len(word) <= _LONGEST and not word.isdecimal()
    ]
    found.sort(key=lambda row: (-row[0], row[1]))
    unseen = found[MOST_KEPT][0] if len(found) > MOST_KEPT else FEWEST_UNITS - 1
    kept = {word: (units_with, n) for units_with, word, n in found[:MOST_KEPT]}
    return DomainWords(len(numbers), unseen, 0, kept).bounded()


def _numbered(
    table: StringTable, data: Bytes, starts: Ints, ends: Ints, units: Ints, kinds: Flags
) -> tuple[Ints, Ints]:
    """The number of each word, and its unit."""
    numbers: list[Ints] = [np.zeros(0, np.int64)]
    holders: list[Ints] = [np.zeros(0, np.int64)]
    first = 0
    while first < len(starts):
        last = max(first + 1, int(np.searchsorted(ends, starts[first] + _CHUNK, "right")))
        rows = np.empty((int(ends[last - 1] - starts[first]) + 1, 3), np.int64)
        rows = rows[: word_spans(data, starts[first:last], ends[first:last], kinds, rows)]
        columns = [np.ascontiguousarray(rows[:, k]) for k in range(3)]
        numbers.append(table.number(data, columns[0], columns[1], np.zeros(len(rows), np.int64)))
        holders.append(units[first:last][columns[2]])
        first = last
    return np.concatenate(numbers), np.concatenate(holders)


def _counted(numbers: Ints, holders: Ints, words: int) -> tuple[Ints, Ints]:
    """Units and occurrences by number of the word."""
    last = np.full(words, -1, np.int64)
    documents, occurrences = np.zeros(words, np.int64), np.zeros(words, np.int64)
    count_words(numbers, holders, last, documents, occurrences)
    return documents, occurrences


def _grouped(table: StringTable, documents: Ints) -> tuple[dict[int, str], Ints]:
    """Words by number, those of fewer than `FEWEST_OF_A_FORM` units left out, and what each number counts as.

    Of the stems that a Korean word may have, the one with most forms counts, of equal ones the longest.
    """
    words = {number: table.string(number).decode() for number in np.flatnonzero(documents >= FEWEST_OF_A_FORM).tolist()}
    candidates = {number: tuple(stems(word)) for number, word in words.items() if "가" <= word[:1] <= "힣"}
    forms = Counter(stem for found in candidates.values() for stem in found)
    groups = np.arange(len(table))
    known = {word: number for number, word in words.items()}
    for number, found in candidates.items():
        if len(found) < 2:
            continue  # it stands for itself
        stem = max(found, key=lambda s: (forms[s], len(s)))
        if forms[stem] >= LEAST_FORMS:
            groups[number] = known.setdefault(stem, len(table) + len(known))
    return {number: word for word, number in known.items()}, groups
