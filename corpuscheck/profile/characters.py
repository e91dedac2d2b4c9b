"""Which characters there are, and how often."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from corpuscheck.kernels.jit import Ints
from corpuscheck.profile.tables import added, earliest


@dataclass(frozen=True)
class CharacterPart:
    """Occurrences of each code point, and where each first stands: (path, line), the line 0 where it has none."""

    counts: dict[int, int] = field(default_factory=dict)
    places: dict[int, tuple[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, table: Ints, present: Ints | None = None) -> CharacterPart:
        """From a dense table of counts, one row per code point; `present` saves looking for those above 0."""
        present = np.flatnonzero(table) if present is None else present
        return cls(dict(zip(present.tolist(), table[present].tolist(), strict=True)))

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def share(self, first: int, last: int) -> float:
        """Share of the characters that lie in a range of code points; 0 where there are none."""
        inside = sum(n for cp, n in self.counts.items() if first <= cp <= last)
        return inside / self.total if inside else 0.0

    def merge(self, other: CharacterPart) -> CharacterPart:
        return CharacterPart(added(self.counts, other.counts), earliest(self.places, other.places))

    def to_state(self) -> dict[str, Any]:
        places = [(cp, path, line) for cp, (path, line) in sorted(self.places.items())]
        return {"counts": sorted(self.counts.items()), "places": places}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> CharacterPart:
        counts = {int(cp): int(n) for cp, n in state["counts"]}
        if max(counts, default=0) > 0x10FFFF:
            raise ValueError("characters beyond the last one")
        return cls(counts, {int(cp): (str(path), int(line)) for cp, path, line in state["places"]})
