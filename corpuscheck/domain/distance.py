"""How far a corpus is from other text, in bits, free of what its size and its variety add."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from corpuscheck.kernels.arrays import Floats, Ints

FEWEST_GRAMS = 10_000
"""Below so many n-grams in a half, a distance is mostly chance."""

SMALLEST = 0.02
"""Added to each count, so that no n-gram is impossible."""

_ROUNDS = 40


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
    return _between(mine, yours, _entropies(mine))


@dataclass(frozen=True)
class Halves:
    """The halves of a corpus, thinned to the same number of n-grams, to be compared with text of known shares."""

    shares: tuple[Floats, Floats]
    grams: int
    seed: int
    entropies: tuple[float, float]
    """The mean of either half, and that of the mixture of both."""

    @classmethod
    def of(cls, corpus: Ints) -> Self | None:
        """From the counts, int64 [2, buckets]; None where there are too few."""
        least = int(corpus.sum(axis=1).min())
        if least < FEWEST_GRAMS:
            return None
        halves = _thinned(corpus[0], least), _thinned(corpus[1], least)
        return cls(halves, least, zlib.crc32(corpus.tobytes()), _entropies(halves))

    def distance_from(self, shares: Floats) -> Distance:
        """D from the text that these shares are of, which are known exactly.

        Two samples of them as large as the halves of the corpus stand in for halves, so that sampling adds the same
        on both sides.
        """
        dice = np.random.RandomState(self.seed)
        drawn = [dice.poisson(shares * self.grams) for _ in range(2)]
        return _between(self.shares, [counts / counts.sum() for counts in drawn], self.entropies)


def _between(mine: Sequence[Floats], yours: Sequence[Floats], entropies: tuple[float, float]) -> Distance:
    """From the entropies of mixtures: those of the halves themselves are in both terms of D."""
    across = sum(_entropy((a + b) / 2) for a in mine for b in yours) / 4
    one, both = entropies
    other, of_both = _entropies(yours)
    return Distance(across - (both + of_both) / 2, (both - one + of_both - other) / 2)


def _entropies(halves: Sequence[Floats]) -> tuple[float, float]:
    a, b = halves
    return (_entropy(a) + _entropy(b)) / 2, _entropy((a + b) / 2)


def shares_of(counts: Ints) -> Floats:
    """What share of all n-grams each bucket has, none of them 0."""
    smoothed = counts + SMALLEST
    return np.asarray(smoothed / smoothed.sum(), np.float64)


def nearest_mixture(counts: Ints, sources: Floats, rounds: int = _ROUNDS) -> Floats:
    """The weights of the sources, shares [sources, buckets], in the mixture of them that these counts are likeliest in.

    By expectation and maximisation (Dempster, Laird and Rubin 1977).
    """
    weights = np.full(len(sources), 1 / len(sources))
    if len(sources) == 1 or not counts.sum():
        return weights
    there = np.flatnonzero(counts)
    known, held = np.ascontiguousarray(sources[:, there]), counts[there] / counts.sum()
    for _ in range(rounds):
        weights = weights * (known @ (held / (weights @ known)))
    return np.asarray(weights / weights.sum())


def standard_error(groups: Ints, shares: Floats) -> float:
    """Of D of a corpus from these shares: the infinitesimal jackknife over its groups of documents, [groups, buckets].

    The influence of a group is its mean of ½ log2 (2p / (p + q)) less that of the whole, p being the corpus.
    """
    sizes = groups.sum(axis=1)
    held = np.flatnonzero(sizes)
    if len(held) < 2:
        return 1.0
    whole = shares_of(groups.sum(axis=0))
    gain = np.log2(2 * whole / (whole + shares)) / 2
    means = groups[held] @ gain / sizes[held]
    weights = sizes[held] / sizes.sum()
    influence = weights * (means - weights @ means)
    return float(np.sqrt(len(held) / (len(held) - 1) * (influence**2).sum()))


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
