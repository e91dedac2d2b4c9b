"""A mixture is seen: which share of the documents is nearest to each of several bodies of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpuscheck.domain.bodies import LENGTHS, Body
from corpuscheck.kernels.arrays import Floats
from corpuscheck.profile.domain import DomainPart, unpacked_grams

FEWEST_DOCUMENTS = 20

_ROUNDS = 60
_SHOWN = 0.01
_Z = 1.96
_DEPENDENCE = 0.5
"""What an n-gram tells of its document after others of it, as a share of what it tells alone."""

_LIKENESS = 0.03
"""The standard error that comes from bodies which are only like the ones that the documents are from, as planted
mixtures showed it."""


@dataclass(frozen=True)
class MixtureShare:
    """The share of the documents that are nearest to a body, with its interval of 95 %."""

    name: str
    kind: str
    share: float
    interval: tuple[float, float]


def mixture_of(corpus: DomainPart, bodies: Sequence[Body]) -> tuple[MixtureShare, ...]:
    """The shares that make the sketched documents likeliest, the largest first; empty with too few documents.

    By expectation and maximisation over whole documents: one that may be of either body counts for both. The errors
    are those of the likelihood and of the number of documents.
    """
    sketches = [unpacked_grams(sketch) for sketch in corpus.sketches.values() if len(sketch) >= 2 * LENGTHS[0]]
    if len(sketches) < FEWEST_DOCUMENTS or not bodies:
        return ()
    logs = np.log(np.array([body.shares for body in bodies])).T
    fits = np.array([logs[sketch].sum(axis=0) for sketch in sketches]) * _DEPENDENCE
    likely: Floats = np.exp(fits - fits.max(axis=1, keepdims=True))
    shares = np.full(len(bodies), 1 / len(bodies))
    for _ in range(_ROUNDS):
        told = likely * shares
        shares = (told / told.sum(axis=1, keepdims=True)).mean(axis=0)
    rows = [
        MixtureShare(body.name, body.kind, share, _interval(share, likely[:, k], likely @ shares))
        for k, (body, share) in enumerate(zip(bodies, shares.tolist(), strict=True))
    ]
    return tuple(sorted((row for row in rows if row.share >= _SHOWN), key=lambda row: (-row.share, row.name)))


def _interval(share: float, alone: Floats, together: Floats) -> tuple[float, float]:
    """From the curvature of the likelihood in this share, the others keeping their proportions; at least Wilson's."""
    n = len(alone)
    rest = (together - share * alone) / max(1e-9, 1 - share)
    slopes = (alone - rest) / np.maximum(together, 1e-300)
    curvature = float((np.minimum(np.abs(slopes), 1e6) ** 2).sum())
    spread = max(share * (1 - share) / n, 1 / curvature if curvature else 1.0) + _LIKENESS**2
    middle, wide = share + _Z**2 / (2 * n), _Z * (spread + _Z**2 / (4 * n * n)) ** 0.5
    scale = 1 + _Z**2 / n
    return max(0.0, (middle - wide) / scale), min(1.0, (middle + wide) / scale)
