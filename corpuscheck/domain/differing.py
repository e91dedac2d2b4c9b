"""Which share of the documents clearly differs from general text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from corpuscheck.kernels.arrays import Floats, Ints
from corpuscheck.profile.domain import DomainPart, unpacked_grams

FEWEST_DOCUMENTS = 100
QUANTILE = 0.95
"""So many of the general documents differ less than one that clearly differs."""

_LENGTHS = (20, 40, 80, 160)
"""Sketches are compared with those of similar size: the fewer n-grams, the more chance."""

_FEWEST_ALIKE = 40
_SMALLEST = 0.02
"""Added to each count, so that no n-gram is impossible."""


def share_differing(corpus: DomainPart, sources: Sequence[DomainPart], families: Sequence[int]) -> float | None:
    """The share of the sketched documents that stand out more than 95 % of the general documents of their length.

    A document's score is the mean of log ((p + r) / 2r) over its n-grams: p are the shares in the half of its corpus
    that it is not in, r those in general text. The threshold is the quantile of the same score among the documents
    of the sources, each against the sources of other families. None with fewer than `FEWEST_DOCUMENTS` sketches, or
    two families.
    """
    if len(corpus.sketches) < FEWEST_DOCUMENTS or len(set(families)) < 2:
        return None
    shares = [_shares(source.tables().sum(axis=0)) for source in sources]
    alike: dict[int, list[float]] = {}
    for k, source in enumerate(sources):
        others = np.mean([share for j, share in enumerate(shares) if families[j] != families[k]], axis=0)
        for length, score in _scores(source, others):
            alike.setdefault(length, []).append(score)
    thresholds = {
        length: float(np.quantile(scores, QUANTILE)) for length, scores in alike.items() if len(scores) >= _FEWEST_ALIKE
    }
    if not thresholds:
        return None
    general = np.mean(shares, axis=0)
    beyond = sum(score > thresholds.get(length, np.inf) for length, score in _scores(corpus, general))
    return beyond / len(corpus.sketches)


def _scores(part: DomainPart, general: Floats) -> list[tuple[int, float]]:
    """(class of length, score) of each document that is long enough."""
    halves = part.tables()
    gains = [np.log((_shares(halves[1 - half]) + general) / (2 * general)) for half in (0, 1)]
    scores = []
    for unit, sketch in part.sketches.items():
        grams = unpacked_grams(sketch)
        length = bisect_right(_LENGTHS, len(grams))
        if length:
            scores.append((length, float(gains[unit & 1][grams].mean())))
    return scores


def _shares(counts: Ints) -> Floats:
    smoothed = counts + _SMALLEST
    return np.asarray(smoothed / smoothed.sum(), np.float64)
