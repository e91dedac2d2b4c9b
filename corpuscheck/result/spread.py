"""How documents and lines of a profile are spread: its histograms as a report shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from corpuscheck.profile.distributions import LIMITS, RATES, bins_of
from corpuscheck.profile.documents import DocumentPart
from corpuscheck.profile.estimates import Interval
from corpuscheck.profile.profile import Profile
from corpuscheck.profile.table import first_rows
from corpuscheck.result.distributions import PERCENTILES, Bin, Distributions, Histogram
from corpuscheck.result.percentiles import bounds_of, percentile, rank_shares


def distributions_of(profile: Profile, tokens: Interval | None) -> Distributions:
    """The histograms; those of tokens are of bytes by the bytes of a token, where tokens were not counted."""
    part, nothing = profile.distributions, Distributions()
    lengths = profile.sources.everything.lengths
    of_bytes = _of_lengths(nothing.document_bytes, lengths, part.document_bytes)
    per_token = profile.size.utf8_bytes / tokens.value if tokens and tokens.value else None
    return Distributions(
        of_bytes,
        _of_tokens(nothing.document_tokens, profile, of_bytes, per_token),
        _of_lengths(nothing.line_characters, part.lines),
        _of_rates(nothing.unk_rate, part.unk_rates),
        _of_copies(nothing.copies, profile.documents),
        rank_shares(lengths, part.document_bytes),
        *(_over(profile, limit, per_token) for limit in LIMITS),
    )


def _counted(profile: Profile) -> Mapping[int, int]:
    """Documents by the bin of their tokens, where all were counted."""
    return profile.distributions.document_tokens if profile.words.encoded_tokens is not None else {}


def _of_tokens(kind: Histogram, profile: Profile, of_bytes: Histogram, per_token: float | None) -> Histogram:
    if counted := _counted(profile):
        return _of_lengths(kind, counted)
    return _scaled(of_bytes, per_token) if per_token else kind


def _over(profile: Profile, limit: int, per_token: float | None) -> float | None:
    """The share of documents with more tokens than this."""
    lengths = profile.sources.everything.lengths
    if counted := _counted(profile):
        return profile.distributions.over.get(limit, 0) / sum(counted.values())
    return _share_over(lengths, limit * per_token) if per_token and lengths else None


def _of_lengths(kind: Histogram, counts: Mapping[int, int], sizes: Mapping[int, int] | None = None) -> Histogram:
    if not counts:
        return kind
    bins = tuple(
        Bin(*bounds_of(k), counts.get(k, 0), (sizes or {}).get(k, 0)) for k in range(min(counts), max(counts) + 1)
    )
    return replace(kind, bins=bins, percentiles={percent: percentile(counts, percent) for percent in PERCENTILES})


def _scaled(histogram: Histogram, per_token: float) -> Histogram:
    bins = tuple(
        replace(one, low=one.low / per_token, high=None if one.high is None else one.high / per_token)
        for one in histogram.bins
    )
    percentiles = {percent: value / per_token for percent, value in histogram.percentiles.items()}
    return Histogram("document length", "tokens", "documents", bins, percentiles, True)


def _of_rates(kind: Histogram, counts: Mapping[int, int]) -> Histogram:
    if not counts:
        return kind
    edges = [0.0, 0.0, *(int(edge) / 10_000 for edge in RATES)]
    bins = [Bin(0.0, 0.0, counts.get(0, 0))]
    for k in range(1, len(edges)):
        bins.append(Bin(edges[k], edges[k + 1] if k + 1 < len(edges) else None, counts.get(k, 0)))
    last = max(counts)
    return replace(kind, bins=tuple(bins[: last + 1]))


def _of_copies(kind: Histogram, rows: DocumentPart) -> Histogram:
    """Different texts by how often each stands in the corpus."""
    if not len(rows):
        return kind
    first = first_rows(rows.hashes)
    times, weights = np.add.reduceat(rows.counts, first), rows.weights()[first]
    bins = bins_of(times)
    counts = np.bincount(bins, weights)
    sizes = np.bincount(bins, weights * times * rows.sizes[first])
    held = range(int(bins.min()), len(counts))
    shown = tuple(Bin(*bounds_of(k), round(counts[k]), round(sizes[k])) for k in held)
    return replace(kind, bins=shown, estimated=not rows.exact)


def _share_over(lengths: Mapping[int, int], limit: float) -> float:
    """The share of documents above a length, those of its own bin in proportion."""
    over = 0.0
    for number, count in lengths.items():
        low, high = bounds_of(number)
        if high is None or low >= limit:
            over += count
        elif high > limit:
            over += count * (high - limit) / (high - low)
    return over / sum(lengths.values())
