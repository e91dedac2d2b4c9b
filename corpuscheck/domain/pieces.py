"""Tokens per word by a vocabulary of general text: its most frequent words, and single characters."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from corpuscheck.kernels.arrays import Floats
from corpuscheck.profile.domain_words import DomainWords

MOST_WORDS = 3000
"""Of each body of general text, those that stand in most documents."""

SHARES = tuple(k / 20 for k in range(1, 20))
"""Tokens per word are known of the most frequent words that have so much of all words together: the rarer the words of
a table, the more tokens they take, and how rare they are depends on how much text there was."""

_LONGEST = 12


def most_frequent(words: DomainWords) -> list[tuple[str, tuple[int, int]]]:
    """The words of a table that stand in most documents."""
    return sorted(words.counts.items(), key=lambda row: (-row[1][0], row[0]))[:MOST_WORDS]


def vocabulary_of(tables: Iterable[DomainWords]) -> frozenset[str]:
    """The most frequent words of all of them."""
    return frozenset(word for table in tables for word, _ in most_frequent(table))


def tokens_of(word: str, vocabulary: frozenset[str]) -> int:
    """How many pieces it takes, the longest first."""
    if word in vocabulary:
        return 1
    place = tokens = 0
    while place < len(word):
        for end in range(min(len(word), place + _LONGEST), place, -1):
            if end == place + 1 or word[place:end] in vocabulary:
                place = end
                break
        tokens += 1
    return tokens


def tokens_per_word(words: DomainWords, vocabulary: frozenset[str]) -> tuple[float, float] | None:
    """The share that the words of a table have of all words, and the tokens that one of them takes."""
    known = sum(n for _, n in words.counts.values())
    if not known:
        return None
    return known / words.total, sum(n * tokens_of(word, vocabulary) for word, (_, n) in words.counts.items()) / known


def tokens_by_share(words: DomainWords, vocabulary: frozenset[str]) -> Floats:
    """Tokens per word of the most frequent words that have each of `SHARES` of all words; of fewer where there are no
    more; empty without words."""
    if not words.counts:
        return np.zeros(0)
    rows = sorted(words.counts.items(), key=lambda row: (-row[1][1], row[0]))
    counts = np.array([n for _, (_, n) in rows])
    tokens = np.cumsum(counts * np.array([tokens_of(word, vocabulary) for word, _ in rows]))
    found = np.cumsum(counts)
    return np.asarray(np.interp(SHARES, found / words.total, tokens / found))
