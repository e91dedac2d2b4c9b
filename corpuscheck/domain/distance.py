"""How far two corpora are from each other, in bits, free of what their size and their variety add."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from corpuscheck.kernels.arrays import Floats, Ints

FEWEST_GRAMS = 10_000
"""Below so many n-grams in a half, a distance is mostly chance."""


@dataclass(frozen=True)
class Distance:
    """D between two corpora in bits, and the divergence between halves of one corpus that was taken off.

    D is 0 on average for two samples of one source, and may fall slightly below it.
    """

    bits: float
    within: float


def distance(one: Ints, other: Ints) -> Distance | None:
    """D of two corpora, from the n-gram counts of their halves, int64 [2, buckets] each; None where there are too few.

    The mean Jensen–Shannon divergence (Lin 1991) of the four pairs of halves across, less the mean of that within
    each corpus: what sampling adds to the one it adds to the other. All four tables are thinned to the smallest.
    """
    least = int(min(one.sum(axis=1).min(), other.sum(axis=1).min()))
    if least < FEWEST_GRAMS:
        return None
    mine, yours = ([_thinned(half, least) for half in tables] for tables in (one, other))
    across = sum(divergence(a, b) for a in mine for b in yours) / 4
    within = (divergence(*mine) + divergence(*yours)) / 2
    return Distance(across - within, within)


def divergence(p: Floats, q: Floats) -> float:
    """The Jensen–Shannon divergence of two distributions in bits: H((p + q) / 2) − (H(p) + H(q)) / 2."""
    return _entropy((p + q) / 2) - (_entropy(p) + _entropy(q)) / 2


def _thinned(counts: Ints, total: int) -> Floats:
    """Shares of about `total` of the counted n-grams, each kept with the same chance.

    The dice are thrown by the counts themselves, by a generator that NumPy keeps as it is (NEP 19).
    """
    dice = np.random.RandomState(zlib.crc32(counts.tobytes()))
    kept = dice.binomial(counts, min(1.0, total / counts.sum()))
    return np.asarray(kept / kept.sum(), np.float64)


def _entropy(shares: Floats) -> float:
    positive = shares[shares > 0]
    return float(-(positive * np.log2(positive)).sum())
