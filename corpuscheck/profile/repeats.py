"""Lines and paragraphs, in how many documents each stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any

import numpy as np

from corpuscheck.arrays import Hashes, Ints
from corpuscheck.brief import brief
from corpuscheck.profile.packing import (
    COUNTS,
    HASHES,
    bounded,
    check_counts,
    check_products,
    columns_of,
    first_rows,
    packed_state,
)
from corpuscheck.profile.sample import ALL

MOST_UNITS = 1 << 17
MOST_OCCURRENCES = 1 << 11

_COLUMNS = ("hashes", "counts", "sizes")


@dataclass(frozen=True)
class RepeatsPart:
    """Units of text (lines, or paragraphs) by hash: in how many documents each stands, and its bytes.

    `units` and `utf8_bytes` are of all of them, each counted once in a document. Beyond `MOST_UNITS` rows only
    hashes below 2^(64-level) are kept, a sample of 1 in 2^level distinct units.
    """

    __repr__ = brief

    level: int = 0
    units: int = 0
    utf8_bytes: int = 0
    hashes: bytes = b""
    counts: bytes = b""
    sizes: bytes = b""

    @classmethod
    def of(cls, units: int, utf8_bytes: int, hashes: Hashes, counts: Ints, sizes: Ints, level: int = 0) -> RepeatsPart:
        """From rows in any order; equal units are added up."""
        if not len(hashes):
            return cls(level, units, utf8_bytes)
        order = np.argsort(hashes, kind="stable")
        hashes, counts, sizes = hashes[order], counts[order], sizes[order]
        first = first_rows(hashes)
        hashes, counts, sizes = hashes[first], np.add.reduceat(counts, first), sizes[first]
        level, below = bounded(hashes, MOST_UNITS, level)
        columns = (hashes.astype(HASHES), counts.astype(COUNTS), sizes.astype(COUNTS))
        return cls(level, units, utf8_bytes, *(column[:below].tobytes() for column in columns))

    @property
    def exact(self) -> bool:
        return self.level == 0

    def columns(self) -> tuple[Hashes, Ints, Ints]:
        """Hashes, documents, bytes of one."""
        return np.frombuffer(self.hashes, HASHES), np.frombuffer(self.counts, COUNTS), np.frombuffer(self.sizes, COUNTS)

    def repeated_bytes(self) -> tuple[float, float]:
        """Bytes of units that another document has too, the first of each left out; and their standard error
        (Horvitz and Thompson 1952, each distinct unit drawn with probability 2^-level)."""
        _, counts, sizes = self.columns()
        extra = ((counts - 1) * sizes).astype(np.float64)
        scale = float(2**self.level)
        return scale * float(extra.sum()), float(np.sqrt(scale * (scale - 1) * (extra**2).sum()))

    def merge(self, *others: RepeatsPart) -> RepeatsPart:
        parts = (self, *others)
        hashes, counts, sizes = (np.concatenate(c) for c in zip(*(p.columns() for p in parts), strict=True))
        units, utf8_bytes = sum(part.units for part in parts), sum(part.utf8_bytes for part in parts)
        return RepeatsPart.of(units, utf8_bytes, hashes, counts, sizes, max(part.level for part in parts))

    def to_state(self) -> dict[str, Any]:
        return {**packed_state(self, _COLUMNS), "units": self.units, "utf8_bytes": self.utf8_bytes}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> RepeatsPart:
        """Raises ValueError for columns that do not belong together."""
        level, columns = columns_of(state, dict.fromkeys(_COLUMNS, 8))
        check_counts(columns["counts"], columns["sizes"])
        check_products(columns["counts"], columns["sizes"])
        units, utf8_bytes = int(state["units"]), int(state["utf8_bytes"])
        if min(units, utf8_bytes) < 0:
            raise ValueError("figures below zero")
        return cls(level, units, utf8_bytes, **columns)


@dataclass(frozen=True)
class LinesSeen:
    """A sample of lines by occurrence: what stands in many documents is surely among them.

    `rows` maps the hash of a line in a document to the hash of the line, its bytes and its beginning; those with
    hashes below `bound` are here, at most `MOST_OCCURRENCES`.
    """

    __repr__ = brief

    bound: int = ALL
    rows: dict[int, tuple[int, int, str]] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether every line of every document is here."""
        return self.bound == ALL

    def merge(self, *others: LinesSeen) -> LinesSeen:
        bound = min(part.bound for part in (self, *others))
        rows = {key: row for part in (self, *others) for key, row in part.rows.items() if key < bound}
        if len(rows) > MOST_OCCURRENCES:
            bound = nsmallest(MOST_OCCURRENCES + 1, rows)[-1]
            rows = {key: row for key, row in rows.items() if key < bound}
        return LinesSeen(bound, rows)

    def to_state(self) -> dict[str, Any]:
        rows = [(str(key), str(line), size, text) for key, (line, size, text) in sorted(self.rows.items())]
        return {"bound": str(self.bound), "rows": rows}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> LinesSeen:
        rows = {int(key): (int(line), int(size), str(text)) for key, line, size, text in state["rows"]}
        if any(min(key, line, size) < 0 or max(key, line) >= ALL for key, (line, size, _) in rows.items()):
            raise ValueError("figures that cannot be")
        return cls(int(state["bound"]), rows)
