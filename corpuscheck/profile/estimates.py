"""Figures from a sample of passages: tokens, and the alphabet curve where no ranking was known beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from corpuscheck.profile.part import Part, every, table
from corpuscheck.values.brief import brief

GROUPS = 20
Z_95 = 1.96


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % interval; all three are equal where it was counted."""

    value: float
    low: float
    high: float

    @property
    def exact(self) -> bool:
        return self.low == self.high

    def times(self, factor: float) -> Interval:
        return Interval(self.value * factor, self.low * factor, self.high * factor)


@dataclass(frozen=True)
class TokenSample(Part):
    """Sums over sampled passages in `GROUPS` groups; passages of one document share a group.

    `curve_lost` counts the words that an alphabet of 1,000 would lose among `curve_words`; both are empty
    where the curve was counted. `complete` tells that the sample is the whole text, so that its ratios
    are exact.
    """

    __repr__ = brief

    bytes: dict[int, int] = table()
    tokens: dict[int, int] = table()
    words: dict[int, int] = table()
    curve_words: dict[int, int] = table()
    curve_lost: dict[int, int] = table()
    complete: bool = every()

    @property
    def sampled_bytes(self) -> int:
        return sum(self.bytes.values())

    def tokens_per_word(self) -> Interval | None:
        """None without a sample that holds words."""
        return ratio(self.tokens, self.words, self.complete)

    def rate_at_1000(self) -> Interval | None:
        """Share of the words that an alphabet of 1,000 would lose; None where it was counted instead."""
        return ratio(self.curve_lost, self.curve_words, exact=False)


def ratio(above: dict[int, int], below: dict[int, int], exact: bool) -> Interval | None:
    """Σ above / Σ below, with the interval of a jackknife over groups (Efron and Tibshirani 1993, chapter 11)."""
    total_above, total_below = sum(above.values()), sum(below.values())
    if not total_below:
        return None
    value = total_above / total_below
    if exact:
        return Interval(value, value, value)
    groups = [g for g, n in below.items() if 0 < n < total_below]
    if len(groups) < 5:
        return Interval(value, 0.0, 2 * value)
    without = [(total_above - above.get(g, 0)) / (total_below - below[g]) for g in groups]
    mean = sum(without) / len(without)
    error = sqrt((len(groups) - 1) / len(groups) * sum((r - mean) ** 2 for r in without))
    return Interval(value, max(0.0, value - Z_95 * error), value + Z_95 * error)
