"""Histograms with fixed bins: how documents, lines and rates are spread. They merge exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isqrt

import numpy as np

from corpuscheck.kernels.arrays import Ints
from corpuscheck.profile.part import Part, table
from corpuscheck.values.brief import brief

STEPS = 8
"""Bins from one power of two to the next."""

EDGES: Ints = np.array(sorted({isqrt(isqrt(isqrt(1 << power))) for power in range(48 * STEPS + 1)}), np.int64)
"""Where bins of lengths begin: 1, 2, 3, 4, … and later each is a twelfth wider than the one before. Bin 0 holds zeros,
bin k is from EDGES[k - 1] up to, but not including, EDGES[k]."""

LIMITS = (512, 2048, 8192)
"""Tokens that models read at once."""

RATES: Ints = np.array([1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000], np.int64)
"""Where bins of rates begin, in 1/10,000. Bin 0 holds documents without any, bin 1 those below the first."""


def bins_of(lengths: Ints) -> Ints:
    """The bin of each length."""
    bins: Ints = np.searchsorted(EDGES, lengths, "right")
    return bins


def rate_bins(part: Ints, whole: Ints) -> Ints:
    """The bin of each share."""
    bins: Ints = np.searchsorted(RATES, part * 10_000 // np.maximum(whole, 1), "right") + (part > 0)
    return bins


@dataclass(frozen=True)
class DistributionPart(Part):
    """Bytes of documents by the bin of their length, documents by the share of their words that are [UNK], lines by
    their characters. How many documents are in each bin is told by source.

    `document_tokens` has documents by the bin of their tokens, `over` those with more tokens than each of `LIMITS`;
    empty where tokens were not counted. Documents without tokens are left out.
    """

    __repr__ = brief

    document_bytes: dict[int, int] = table()
    unk_rates: dict[int, int] = table()
    lines: dict[int, int] = table()
    document_tokens: dict[int, int] = table()
    over: dict[int, int] = table()

    def valid(self) -> None:
        check_bins(self.document_bytes, self.lines, self.document_tokens)
        if max(self.unk_rates, default=0) > len(RATES) + 1 or self.over.keys() - set(LIMITS):
            raise ValueError("bins that cannot be")


def check_bins(*tables: Mapping[int, int]) -> None:
    """Raises ValueError where there are bins of lengths that there cannot be."""
    if max((number for one in tables for number in one), default=0) > len(EDGES):
        raise ValueError("bins that cannot be")
