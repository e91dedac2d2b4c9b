"""Which characters there are, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from corpuscheck.kernels.arrays import CODE_POINTS, Ints
from corpuscheck.profile.part import Part, table, table_of
from corpuscheck.values.brief import brief


@dataclass(frozen=True)
class CharacterPart(Part):
    """Occurrences of each code point, and where each first stands: (path, line), the line 0 where it has none."""

    __repr__ = brief

    counts: dict[int, int] = table()
    places: dict[int, tuple[str, int]] = table_of(min)

    @classmethod
    def of(cls, counts: Ints, present: Ints | None = None) -> Self:
        """From a dense table of counts, one row per code point; `present` saves looking for those above 0."""
        present = np.flatnonzero(counts) if present is None else present
        return cls(dict(zip(present.tolist(), counts[present].tolist(), strict=True)))

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def share(self, first: int, last: int) -> float:
        """Share of the characters that lie in a range of code points; 0 where there are none."""
        inside = sum(n for cp, n in self.counts.items() if first <= cp <= last)
        return inside / self.total if inside else 0.0

    def valid(self) -> None:
        if max(self.counts, default=0) >= CODE_POINTS:
            raise ValueError("characters beyond the last one")
