"""Bodies of text that a corpus is compared with, each with its place among the others."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from corpuscheck.domain.distance import Halves, nearest_mixture, shares_of
from corpuscheck.domain.pieces import tokens_by_share, vocabulary_of
from corpuscheck.domain.source import BodyKind, ReferenceSource
from corpuscheck.kernels.arrays import Floats, Ints
from corpuscheck.profile.domain import DomainPart, unpacked_grams
from corpuscheck.profile.domain_words import DomainWords
from corpuscheck.values.brief import brief

LENGTHS = (20, 40, 80, 120)
"""Sketches are compared with those of similar size: the fewer n-grams, the more chance."""

_KEPT_SCORES = 25


@dataclass(frozen=True)
class Body:
    """One body of text.

    Attributes:
        shares: of its n-grams, by bucket.
        words: their frequencies.
        distance: D in bits from the general bodies without this one; None where that is not known.
        tokens: per word, by the vocabulary of the general bodies without this one, for each of `SHARES`; empty where
            that is not known.
        scores: by class of length, (number of documents, quantiles of how much each differs from the general bodies
            without this one).
        licence, origin: of the text.
    """

    __repr__ = brief

    name: str
    kind: BodyKind
    shares: Floats
    words: DomainWords
    distance: float | None = None
    tokens: Floats = field(default_factory=lambda: np.zeros(0))
    scores: Mapping[int, tuple[int, Floats]] = field(default_factory=dict)
    licence: str = ""
    origin: str = ""
    documents: int = 0
    text_bytes: int = 0


def general(bodies: Sequence[Body]) -> list[Body]:
    """Those of general text."""
    return [body for body in bodies if body.kind == "general"]


def mixed(counts: Ints, bodies: Sequence[Body]) -> tuple[Floats, Floats]:
    """The weights of the bodies in the mixture of them that is nearest to these n-grams, and its shares."""
    shares = np.array([body.shares for body in bodies])
    weights = nearest_mixture(counts, shares)
    return weights, weights @ shares


def placed(sources: Sequence[ReferenceSource], alongside: Sequence[Body]) -> list[Body]:
    """The sources as bodies, each placed by the general ones among the rest and `alongside`."""
    bodies = [
        Body(
            source.name, source.kind, shares_of(source.part.groups().sum(axis=0)), source.part.words,
            licence=source.licence, origin=source.origin, documents=source.part.documents,
            text_bytes=source.part.text_bytes,
        )
        for source in sources
    ]  # fmt: skip
    return [
        _placed(source.part, body, general([*alongside, *bodies[:k], *bodies[k + 1 :]]))
        for k, (source, body) in enumerate(zip(sources, bodies, strict=True))
    ]


def _placed(part: DomainPart, body: Body, others: Sequence[Body]) -> Body:
    halves = Halves.of(part.tables())
    if not others or halves is None:
        return body
    _, shares = mixed(part.groups().sum(axis=0), others)
    by_length: dict[int, list[float]] = {}
    for length, score in document_scores(part, shares):
        by_length.setdefault(length, []).append(score)
    scores = {
        length: (len(found), np.quantile(found, np.linspace(0, 1, _KEPT_SCORES))) for length, found in by_length.items()
    }
    tokens = tokens_by_share(body.words, vocabulary_of(other.words for other in others))
    return replace(body, distance=halves.distance_from(shares).bits, tokens=tokens, scores=scores)


def document_scores(part: DomainPart, elsewhere: Floats) -> list[tuple[int, float]]:
    """(class of length, score) of each document that is long enough.

    The score is the mean of log ((p + r) / 2r) over its n-grams: p are the shares in the half of its corpus that it is
    not in, r those elsewhere.
    """
    gains = [np.log((shares_of(half) + elsewhere) / (2 * elsewhere)) for half in part.tables()]
    scores = []
    for unit, sketch in part.sketches.items():
        grams = unpacked_grams(sketch)
        length = bisect_right(LENGTHS, len(grams))
        if length:
            scores.append((length, float(gains[1 - (unit & 1)][grams].mean())))
    return scores
