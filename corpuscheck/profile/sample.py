"""The one sampling primitive: keep the texts with the smallest hashes, as many as fit in a budget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Hashes, Ints
from corpuscheck.kernels.spans import gather, hash_spans
from corpuscheck.profile.part import Part, Way, merging
from corpuscheck.profile.table import equal_parts, first_rows, no_rows, ordered, written_as
from corpuscheck.values.brief import brief

FEW_DOCUMENTS = 30
"""With fewer documents than this, nothing is told of documents: passages are the units of what can be told."""

ALL = 1 << 64

_COLUMNS = ("hashes", "texts", "counts", "groups", "sources", "sizes")


def lowest_bound() -> Any:
    """The hash at and above which items were left out, `ALL` while none were; of several the lowest."""
    return merging(Way(min, str, _bound), default=ALL)


def _bound(state: Any) -> int:
    bound = int(state)
    if not 0 <= bound <= ALL:
        raise ValueError("a bound that cannot be")
    return bound


def _budget() -> Any:
    return merging(min, default=0)


def _column(dtype: str) -> Any:
    return merging(Way(np.concatenate, *written_as(dtype)), **no_rows(dtype))


def _text_of(data: Bytes) -> str:
    """Kept as text, which a cache can compress."""
    return data.tobytes().decode()


def _bytes_of(state: str) -> Bytes:
    return np.frombuffer(state.encode(), np.uint8)


@dataclass(frozen=True, eq=False, repr=False)
class Sample(Part):
    """Passages of text, those with the smallest hashes, of at most `budget` bytes together.

    Every passage whose hash lies below `bound` is here, with its count; `bound` only ever falls. What is in the final
    sample fits at every stage before, so merging is exact in any order.

    Attributes:
        budget: bytes of text, each distinct item counted once.
        bound: hashes at or above it were left out; `ALL` while nothing was.
        hashes: uint64, ascending; equal hashes of different texts are different rows.
        texts: uint64, the hash of each text by itself.
        counts: how often each occurs.
        groups: uint64, the same for passages of one document, for cluster intervals.
        sources: uint64, the id of the source of each, of several sources the smallest; 0 where nobody asked.
        sizes: bytes of each.
        data: the texts, one after another, uint8.
    """

    __repr__ = brief

    budget: int = _budget()
    bound: int = lowest_bound()
    hashes: Hashes = _column("<u8")
    texts: Hashes = _column("<u8")
    counts: Ints = _column("<i8")
    groups: Hashes = _column("<u8")
    sources: Hashes = _column("<u8")
    sizes: Ints = _column("<i8")
    data: Bytes = merging(Way(np.concatenate, _text_of, _bytes_of), **no_rows("u1"))

    @classmethod
    def of(cls, budget: int, rows: Iterable[tuple[int, bytes, int, int]], bound: int = ALL) -> Self:
        """From rows (hash, text, count, group) in any order."""
        table = list(rows)
        hashes, texts, counts, groups = zip(*table, strict=True) if table else ((), (), (), ())
        data = np.frombuffer(b"".join(texts), np.uint8)
        sizes = np.fromiter(map(len, texts), np.int64, len(texts))
        return cls.taken(
            budget, bound, np.array(hashes, np.uint64), np.array(groups, np.uint64), data, np.cumsum(sizes) - sizes,
            np.cumsum(sizes), np.array(counts, np.int64),
        )  # fmt: skip

    @classmethod
    def taken(
        cls,
        budget: int,
        bound: int,
        hashes: Hashes,
        groups: Hashes,
        data: Bytes,
        starts: Ints,
        ends: Ints,
        counts: Ints | None = None,
        sources: Hashes | None = None,
    ) -> Self:
        """From spans of a text, each once where no counts are given, of no source where none are."""
        texts, sizes = np.empty(len(starts), np.uint64), ends - starts
        hash_spans(data, starts, ends, texts)
        held = np.empty(int(sizes.sum()), np.uint8)
        gather(data, starts, ends, held)
        counts = np.ones(len(starts), np.int64) if counts is None else counts
        sources = np.zeros(len(starts), np.uint64) if sources is None else sources
        return cls(budget, bound, hashes, texts, counts, groups, sources, sizes, held).bounded()

    def __len__(self) -> int:
        return len(self.hashes)

    def __eq__(self, other: object) -> bool:
        return equal_parts(self, other) if isinstance(other, Sample) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    @property
    def complete(self) -> bool:
        """Whether nothing was left out."""
        return self.bound == ALL

    @property
    def size(self) -> int:
        """Bytes of text held, each distinct item once."""
        return len(self.data)

    @property
    def documents(self) -> int:
        """How many groups there are."""
        return len(np.unique(self.groups))

    @property
    def by_document(self) -> bool:
        """Whether its documents are the units of what is told of it, and not its passages."""
        return self.documents >= FEW_DOCUMENTS

    def items(self) -> Iterator[tuple[bytes, int, int]]:
        """(text, count, group) in the order of the hashes."""
        text, end = self.data.tobytes(), 0
        for size, count, group in zip(self.sizes.tolist(), self.counts.tolist(), self.groups.tolist(), strict=True):
            start, end = end, end + size
            yield text[start:end], count, group

    def smaller(self, budget: int) -> Self:
        """The sample a smaller budget would have kept."""
        kept = replace(self, budget=budget)
        return kept if self.size <= budget else kept.bounded()

    def parted(self, share: float) -> tuple[Self, Self]:
        """What stands in units that are held out by this share, and the rest. Neither is the whole text."""
        limit = round(share * ALL)
        bound = min(self.bound, ALL - 1) if limit else self.bound
        out = self.groups < np.uint64(min(limit, ALL - 1))
        return replace(self, bound=bound)._chosen(np.flatnonzero(out)), replace(self, bound=bound)._chosen(
            np.flatnonzero(~out)
        )

    def bounded(self) -> Self:
        """Equal items made one, in order, cut to the budget: the longest run of smallest hashes that fits."""
        order = ordered(self.hashes, self.texts)
        if self.bound < ALL:
            order = order[: np.searchsorted(self.hashes[order], np.uint64(self.bound))]
        hashes, texts = self.hashes[order], self.texts[order]
        first = first_rows(hashes, texts)
        rows, bound = order[first], self.bound
        reached = np.cumsum(self.sizes[rows])
        over = int(np.searchsorted(reached, self.budget, "right"))
        if over < len(rows):
            bound = int(hashes[first[over]])
            rows = rows[: np.searchsorted(hashes[first], np.uint64(bound))]
        if len(rows) == len(self) and np.array_equal(rows, np.arange(len(self))):
            return replace(self, bound=bound)
        last = first[len(rows)] if len(rows) < len(first) else len(order)
        counts, groups, sources = self.counts[order[:last]], self.groups[order[:last]], self.sources[order[:last]]
        kept = replace(self, bound=bound)._chosen(rows)
        if not len(rows):
            return kept
        first = first[: len(rows)]
        groups, sources = (np.minimum.reduceat(column, first) for column in (groups, sources))
        return replace(kept, counts=np.add.reduceat(counts, first), groups=groups, sources=sources)

    def _chosen(self, rows: Ints) -> Self:
        ends = np.cumsum(self.sizes)[rows]
        held = np.empty(int(self.sizes[rows].sum()), np.uint8)
        gather(self.data, ends - self.sizes[rows], ends, held)
        return replace(self, **{name: getattr(self, name)[rows] for name in _COLUMNS}, data=held)

    def valid(self) -> None:
        rows = {len(getattr(self, name)) for name in _COLUMNS}
        if len(rows) != 1 or int(self.sizes.sum()) != len(self.data):
            raise ValueError("columns that do not belong together")
