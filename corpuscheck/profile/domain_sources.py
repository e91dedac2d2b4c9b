"""N-grams of the sources of a corpus, one by one: those of a quarter of the buckets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import BUCKETS, Ints
from corpuscheck.profile.checked import BITS_64
from corpuscheck.profile.counts import joined_counts, known_counts, packed_counts, unpacked_counts, written_counts
from corpuscheck.profile.part import Part, Way, merging, total, united
from corpuscheck.values.brief import brief

Number = TypeVar("Number", np.int64, np.float64)

EVERY = 4
"""Of so many buckets one is kept: n-grams fall into them by hash, so that each quarter is a sample of them."""

CELLS = BUCKETS // EVERY + 1
"""The buckets that are kept, and last a cell for all the other n-grams."""

MOST_COMPARED = 32


def in_cells(tables: NDArray[Number]) -> NDArray[Number]:
    """Tables of n-grams, or of their shares, [rows, BUCKETS], by cell."""
    kept = tables[:, ::EVERY]
    rest = tables.sum(axis=1) - kept.sum(axis=1)
    cells: NDArray[Number] = np.concatenate((kept, rest[:, None]), axis=1)
    return cells


@dataclass(frozen=True)
class SourceGrams(Part):
    """What was looked at of one source in one language.

    Attributes:
        units: documents, or passages where there are few documents.
        text_bytes: of their text.
        counts: n-grams by half of the units and cell, `<i8` of shape [2, CELLS] or empty.
    """

    __repr__ = brief

    units: int = total()
    text_bytes: int = total()
    counts: bytes = merging(
        Way(joined_counts, lambda counts: written_counts(counts, 2), lambda state: known_counts(state, 2, CELLS)),
        default=b"",
    )

    @classmethod
    def of(cls, units: int, text_bytes: int, halves: Ints) -> SourceGrams:
        """From the n-grams of either half, [2, BUCKETS]."""
        return cls(units, text_bytes, packed_counts(in_cells(halves)))

    @property
    def halves(self) -> Ints:
        """The counts, int64 [2, CELLS]."""
        return unpacked_counts(self.counts, 2, CELLS)


def _smallest(tables: Sequence[dict[int, SourceGrams]]) -> dict[int, SourceGrams]:
    """Those with the smallest ids: what one table leaves out has 32 smaller ones in any union with it."""
    known = united(tables, lambda *parts: parts[0].merge(*parts[1:]))
    return {key: known[key] for key in sorted(known)[:MOST_COMPARED]}


def _written(parts: dict[int, SourceGrams]) -> dict[str, Any]:
    return {str(source): parts[source].to_state() for source in sorted(parts)}


def _known(state: dict[str, Any]) -> dict[int, SourceGrams]:
    parts = {int(source): SourceGrams.from_state(part) for source, part in state.items()}
    if len(parts) > MOST_COMPARED or len(parts) != len(state) or not all(0 <= source < BITS_64 for source in parts):
        raise ValueError("sources that cannot be")
    return parts


def by_source() -> Any:
    """A field: what was looked at of each source, by its id."""
    return merging(Way(_smallest, _written, _known), default_factory=dict)
