"""Which documents of a corpus have the smallest keys: as many of each source as may be drawn of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from corpuscheck.kernels.arrays import Hashes, Ints
from corpuscheck.profile.part import Part, Way, largest, merging, sums, table_of
from corpuscheck.profile.table import equal_parts, first_rows, no_rows, ordered, written_as
from corpuscheck.values.brief import brief


@dataclass(frozen=True)
class DrawBound:
    """What is drawn of a source: every text with a key below this one, and of the text that has it so many copies."""

    key: int
    copies: int = 0


EVERYTHING = DrawBound(1 << 64)


@dataclass(frozen=True, eq=False, repr=False)
class DrawnPart(Part):
    """One row for each text in each source, ascending by key: those with the smallest, of each source so many as hold
    `documents` documents or `bytes` bytes, and one more. What is drawn in the end is here at every stage before, so
    merging is exact in any order.

    Attributes:
        sources, keys: uint64, of the source and of the text.
        sizes, counts: bytes of one such document, and how many of them there are.
        totals: documents and bytes of each source in all.
    """

    __repr__ = brief

    documents: int = largest()
    bytes: int = largest()
    sources: Hashes = merging(Way(np.concatenate, *written_as("<u8")), **no_rows("<u8"))
    keys: Hashes = merging(Way(np.concatenate, *written_as("<u8")), **no_rows("<u8"))
    sizes: Ints = merging(Way(np.concatenate, *written_as("<i8")), **no_rows("<i8"))
    counts: Ints = merging(Way(np.concatenate, *written_as("<i8")), **no_rows("<i8"))
    totals: dict[int, tuple[int, int]] = table_of(sums)

    def __len__(self) -> int:
        return len(self.keys)

    def __eq__(self, other: object) -> bool:
        return equal_parts(self, other) if isinstance(other, DrawnPart) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    @property
    def most(self) -> int:
        """How much is drawn, in documents or in bytes."""
        return self.documents or self.bytes

    def amounts(self, sizes: Ints, counts: Ints) -> Ints:
        """What rows come to, in documents or in bytes."""
        return counts if self.documents else sizes * counts

    def bounded(self) -> DrawnPart:
        """Equal rows made one; of each source the first ones, up to the one with which it has more than enough."""
        order = ordered(self.sources, self.keys)
        sources, keys = self.sources[order], self.keys[order]
        starts = first_rows(sources, keys)
        sources, keys, sizes = sources[starts], keys[starts], self.sizes[order][starts]
        counts = np.add.reduceat(self.counts[order], starts) if len(starts) else self.counts
        kept = _before(sources, self.amounts(sizes, counts)) <= self.most
        return replace(self, sources=sources[kept], keys=keys[kept], sizes=sizes[kept], counts=counts[kept])

    def bounds(self) -> dict[int, DrawBound]:
        """What is drawn of each source: as much of each, as far as it has so much."""
        which = 0 if self.documents else 1
        quotas = shared_out({source: totals[which] for source, totals in self.totals.items()}, self.most)
        return {source: self._bound(source, quota) for source, quota in quotas.items()}

    def _bound(self, source: int, quota: int) -> DrawBound:
        first, last = (int(np.searchsorted(self.sources, np.uint64(source), side)) for side in ("left", "right"))
        rows = slice(first, last)
        sizes, counts = self.sizes[rows], self.counts[rows]
        reached = np.cumsum(self.amounts(sizes, counts))
        taken = int(np.searchsorted(reached, quota, "right"))
        if taken == len(reached):
            return EVERYTHING
        left = quota - (int(reached[taken - 1]) if taken else 0)
        each = 1 if self.documents else max(1, int(sizes[taken]))
        return DrawBound(int(self.keys[rows][taken]), left // each)

    def valid(self) -> None:
        if len({len(column) for column in (self.sources, self.keys, self.sizes, self.counts)}) != 1:
            raise ValueError("columns of different lengths")


def shared_out(totals: Mapping[int, int], amount: int) -> dict[int, int]:
    """Equal parts of an amount, and where one has less than its part, all of it and more of the others."""
    quotas: dict[int, int] = {}
    for number, (source, total) in enumerate(sorted(totals.items(), key=lambda item: (item[1], item[0]))):
        quotas[source] = min(total, amount // (len(totals) - number))
        amount -= quotas[source]
    return quotas


def _before(sources: Hashes, amounts: Ints) -> Ints:
    """What the rows of the same source before each row come to."""
    reached = np.cumsum(amounts) - amounts
    starts = first_rows(sources)
    lengths = np.diff(np.append(starts, len(sources)))
    result: Ints = reached - np.repeat(reached[starts], lengths)
    return result
