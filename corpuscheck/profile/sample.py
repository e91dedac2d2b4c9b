"""The one sampling primitive: keep the items with the smallest hashes, as many as fit in a budget."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from corpuscheck.brief import brief

ALL = 1 << 64

Item = tuple[int, bytes]
"""(hash, text): equal hashes of different texts are different items."""


@dataclass(frozen=True)
class Sample:
    """Passages of text, those with the smallest hashes, of at most `budget` bytes together.

    Every item whose hash lies below `bound` is here, with its count; `bound` only ever falls. An item of
    the final sample fits at every stage before, so merging is exact in any order.

    Attributes:
        budget: bytes of text, each distinct item counted once.
        bound: hashes at or above it were left out; `ALL` while nothing was.
        items: how often each item occurs.
        groups: a number for each item, the same for passages of one document, for cluster intervals.
    """

    __repr__ = brief

    budget: int
    bound: int = ALL
    items: dict[Item, int] = field(default_factory=dict)
    groups: dict[Item, int] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether nothing was left out."""
        return self.bound == ALL

    @property
    def size(self) -> int:
        """Bytes of text held, each distinct item once."""
        return sum(len(text) for _, text in self.items)

    def texts(self) -> Iterable[tuple[bytes, int, int]]:
        """(text, count, group) in the order of the hashes."""
        for item in sorted(self.items):
            yield item[1], self.items[item], self.groups[item]

    def smaller(self, budget: int) -> Sample:
        """The sample a smaller budget would have kept."""
        return Sample(budget, self.bound, self.items, self.groups).trimmed()

    def merge(self, *others: Sample) -> Sample:
        parts = (self, *others)
        bound = min(part.bound for part in parts)
        counts: dict[Item, int] = {}
        groups: dict[Item, int] = {}
        for part in parts:
            for item, count in part.items.items():
                if item[0] < bound:
                    counts[item] = counts.get(item, 0) + count
                    groups[item] = part.groups[item]
        return Sample(min(part.budget for part in parts), bound, counts, groups).trimmed()

    def trimmed(self) -> Sample:
        """Cut to the budget: the longest run of smallest hashes that fits."""
        if self.size <= self.budget:
            return self
        total, bound = 0, self.bound
        for hashed, text in sorted(self.items):
            total += len(text)
            if total > self.budget:
                bound = hashed
                break
        kept = {item: count for item, count in self.items.items() if item[0] < bound}
        return Sample(self.budget, bound, kept, {item: self.groups[item] for item in kept})

    def to_state(self) -> dict[str, Any]:
        rows = [(h, text.decode(), self.items[h, text], self.groups[h, text]) for h, text in sorted(self.items)]
        return {"budget": self.budget, "bound": str(self.bound), "items": rows}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Sample:
        items: dict[Item, int] = {}
        groups: dict[Item, int] = {}
        for hashed, text, count, group in state["items"]:
            item = (int(hashed), str(text).encode())
            items[item], groups[item] = int(count), int(group)
        return cls(int(state["budget"]), int(state["bound"]), items, groups)
