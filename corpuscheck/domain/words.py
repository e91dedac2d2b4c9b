"""The words that set a corpus apart from others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

from corpuscheck.domain.korean import JOSA, stems
from corpuscheck.kernels.arrays import Floats
from corpuscheck.profile.domain import DomainPart
from corpuscheck.profile.domain_words import DomainWords

MOST_RATIO = 100.0
SHOWN = 20

_LEAST_RATIO = 4.0
_CANDIDATES = 400
_CLEARLY = 16.0
_LEAST_SHARE, _FEWEST_UNITS = 0.02, 5


@dataclass(frozen=True)
class DistinctiveWord:
    """A word, the documents among those looked at that hold it, and how many times as frequent it is as elsewhere, at
    most `MOST_RATIO`."""

    word: str
    documents: int
    ratio: float


def distinctive_words(
    corpus: DomainPart, others: Sequence[DomainWords], most: int = SHOWN
) -> tuple[DistinctiveWord, ...]:
    """The words with the largest (documents / all documents) · min(ln ratio, ln 100), the largest first.

    The ratio is that of the shares among all words, the mean of the others' shares counting; of a word that another
    corpus does not list, half of what it may have had unseen is taken.
    """
    elsewhere = [other for other in others if other.total]
    if not elsewhere or not corpus.words.total:
        return ()
    found = _scored(corpus, elsewhere, _candidates(corpus, elsewhere))
    return tuple(row for _, row in found[:most])


def weight_of_words(corpus: DomainPart, others: Sequence[DomainWords], weights: Floats) -> float | None:
    """The share that clearly distinctive words have of all words; None without words.

    They are at least 16 times as frequent as in the mixture of the others, and stand in 2 % of the documents and in 5.
    """
    if not corpus.words.total or not any(other.total for other in others):
        return None
    elsewhere = [(other, float(weight)) for other, weight in zip(others, weights, strict=True) if other.total]
    least = max(_FEWEST_UNITS, _LEAST_SHARE * corpus.units)
    found = 0
    for word, (documents, here) in corpus.words.counts.items():
        rate = here / corpus.words.total / _CLEARLY
        if documents >= least and all(
            sum(weight * _occurrences(table, forms) / table.total for table, weight in elsewhere) <= rate
            for forms in (_as_it_is(word), _all_forms(word))
        ):
            found += here
    return found / corpus.words.total


def _candidates(corpus: DomainPart, elsewhere: Sequence[DomainWords]) -> list[str]:
    """The words with the largest scores, each as it is."""
    base, more = 0.0, dict[str, float]()
    for table in elsewhere:
        least = _unseen(table)
        base += least / table.total
        for word, (_, n) in table.counts.items():
            more[word] = more.get(word, 0.0) + (n - least) / table.total
    rows = []
    for word, (documents, here) in corpus.words.counts.items():
        ratio = here / corpus.words.total * len(elsewhere) / (base + more.get(word, 0.0))
        if ratio >= _LEAST_RATIO and all(table.holds(word) for table in elsewhere):
            rows.append((-documents * log(min(MOST_RATIO, ratio)), word))
    return [word for _, word in sorted(rows)[:_CANDIDATES]]


def _scored(
    corpus: DomainPart, elsewhere: Sequence[DomainWords], words: Iterable[str]
) -> list[tuple[float, DistinctiveWord]]:
    """(score, word), the largest first, of those that are clearly more frequent here, with all their forms."""
    rows = []
    for word in words:
        documents, here = corpus.words.counts[word]
        forms = _all_forms(word)
        rate = sum(_occurrences(table, forms) / table.total for table in elsewhere) / len(elsewhere)
        ratio = min(MOST_RATIO, here / corpus.words.total / rate)
        if ratio >= _LEAST_RATIO:
            rows.append((documents * log(ratio), DistinctiveWord(word, documents, ratio)))
    return sorted(rows, key=lambda row: (-row[0], row[1].word))


def _as_it_is(word: str) -> set[str]:
    return {word}


def _all_forms(word: str) -> set[str]:
    """With the forms that one table counts as one word and the other one by one."""
    return {word, *stems(word), *(word + josa for josa in JOSA if "가" <= word[-1] <= "힣")}


def _occurrences(table: DomainWords, forms: set[str]) -> float:
    """Of all of these forms; of one that is not listed, half of what there may have been unseen."""
    known = sum(table.counts[form][1] for form in forms & table.counts.keys())
    return float(known) if known else _unseen(table)


def _unseen(table: DomainWords) -> float:
    return max(0.5, table.unseen / 2)
