"""Percentiles, and what the largest documents hold, read off histograms with fixed bins."""

from __future__ import annotations

from collections.abc import Mapping

from corpuscheck.profile.distributions import EDGES
from corpuscheck.result.distributions import RankShare

_LARGEST = (0.001, 0.01, 0.1, 0.5)


def bounds_of(number: int) -> tuple[int, int | None]:
    """Where a bin of lengths begins, and where the next one does."""
    low = int(EDGES[number - 1]) if number else 0
    return low, int(EDGES[number]) if number < len(EDGES) else None


def percentile(counts: Mapping[int, int], percent: float) -> float:
    """The length that so many percent do not exceed, in between the bounds of its bin; 0 of nothing."""
    wanted = sum(counts.values()) * percent / 100
    before = 0
    for number, count in sorted(counts.items()):
        if before + count >= wanted:
            low, high = bounds_of(number)
            width = (high if high is not None else low + 1) - 1 - low
            return low + width * max(0.0, min(1.0, (wanted - before) / count)) if count else low
        before += count
    return 0.0


def rank_shares(counts: Mapping[int, int], sizes: Mapping[int, int]) -> tuple[RankShare, ...]:
    """What the largest documents hold of all text: those of one bin are taken to be of its mean size."""
    documents, text = sum(counts.values()), sum(sizes.values())
    shares = []
    for share in _LARGEST:
        left, held = share * documents, 0.0
        for number in sorted(counts, reverse=True):
            taken = min(left, counts[number])
            held += taken * sizes.get(number, 0) / counts[number] if counts[number] else 0
            left -= taken
        if text and documents * share >= 1:
            shares.append(RankShare(share, held / text))
    return tuple(shares)
