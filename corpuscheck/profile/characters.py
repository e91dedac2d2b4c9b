"""Which characters there are, and how often."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from corpuscheck.arrays import Ints
from corpuscheck.brief import brief
from corpuscheck.profile.tables import added, earliest


@dataclass(frozen=True)
class CharacterPart:
    """Occurrences of each code point, and where each first stands: (path, line), the line 0 where it has none."""

    __repr__ = brief

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

    def merge(self, *others: CharacterPart) -> CharacterPart:
        parts = (self, *others)
        return CharacterPart(added(*(p.counts for p in parts)), earliest(*(p.places for p in parts)))

    def to_state(self) -> dict[str, Any]:
        """Columns, in the order of the code points; paths are named once."""
        code_points = np.sort(np.fromiter(self.counts, np.int64, len(self.counts))).tolist()
        placed = [cp for cp in code_points if cp in self.places]
        paths = sorted({self.places[cp][0] for cp in placed})
        number = {path: k for k, path in enumerate(paths)}
        return {
            "code_points": code_points,
            "counts": list(map(self.counts.__getitem__, code_points)),
            "placed": placed,
            "paths": paths,
            "files": [number[self.places[cp][0]] for cp in placed],
            "lines": [self.places[cp][1] for cp in placed],
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> CharacterPart:
        counts = dict(zip(map(int, state["code_points"]), map(int, state["counts"]), strict=True))
        if max(counts, default=0) > 0x10FFFF:
            raise ValueError("characters beyond the last one")
        paths = [str(path) for path in state["paths"]]
        places = zip(map(paths.__getitem__, state["files"]), map(int, state["lines"]), strict=True)
        return cls(counts, dict(zip(map(int, state["placed"]), places, strict=True)))
