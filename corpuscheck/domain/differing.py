"""Which share of the documents clearly differs from general text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corpuscheck.domain.bodies import Body, document_scores
from corpuscheck.kernels.arrays import Floats
from corpuscheck.profile.domain import DomainPart

FEWEST_DOCUMENTS = 10
QUANTILE = 0.95
"""So many of the general documents differ less than one that clearly differs."""

_FEWEST_ALIKE = 40


def share_differing(corpus: DomainPart, shares: Floats, bodies: Sequence[Body]) -> float | None:
    """The share of the sketched documents that stand out more than 95 % of the general documents of their length.

    `shares` are those of the mixture of general text that the corpus is nearest to. The threshold is a quantile of the
    same score among the documents of the general bodies, each by the others. None where too few can be compared.
    """
    limits = _limits(bodies)
    found = [score > limits[length] for length, score in document_scores(corpus, shares) if length in limits]
    return sum(found) / len(found) if len(found) >= FEWEST_DOCUMENTS else None


def _limits(bodies: Sequence[Body]) -> dict[int, float]:
    """By class of length, the score that 95 % of the documents of all bodies stay below, those of each body counting
    as many as they are."""
    limits: dict[int, float] = {}
    for length in {length for body in bodies for length in body.scores}:
        rows = [body.scores[length] for body in bodies if length in body.scores]
        values = np.concatenate([found for _, found in rows])
        weights = np.concatenate([np.full(len(found), number / len(found)) for number, found in rows])
        if weights.sum() >= _FEWEST_ALIKE:
            order = np.argsort(values)
            reached = np.cumsum(weights[order]) / weights.sum()
            limits[length] = float(values[order][min(len(values) - 1, int(np.searchsorted(reached, QUANTILE)))])
    return limits
