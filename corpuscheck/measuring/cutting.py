"""Cutting: what is no text is taken out of documents, many at a time, until none is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Flagged, Flags, Ints
from corpuscheck.kernels.columns import COLUMNS, DEBRIS, FIRST_DEBRIS, FIRST_PII, UNREADABLE
from corpuscheck.kernels.debris import TAGS, find_debris, packed_names, triggers
from corpuscheck.kernels.inspection import IS_UNREADABLE
from corpuscheck.kernels.spans import gather
from corpuscheck.measuring.kinds import characters

_UNREADABLE = FIRST_DEBRIS + 2 * UNREADABLE

"""One for each document."""


@dataclass(frozen=True)
class CutTexts:
    """Documents laid end to end as UTF-8, as in a batch."""

    data: Bytes
    starts: Ints
    ends: Ints

    @classmethod
    def of(cls, texts: list[bytes]) -> CutTexts:
        sizes = np.fromiter(map(len, texts), np.int64, len(texts))
        ends = np.cumsum(sizes)
        return cls(np.frombuffer(b"".join(texts), np.uint8), ends - sizes, ends)

    @property
    def sizes(self) -> Ints:
        return self.ends - self.starts

    def __len__(self) -> int:
        return len(self.starts)

    def bytes_of(self, k: int) -> bytes:
        return self.data[self.starts[k] : self.ends[k]].tobytes()


@dataclass(frozen=True)
class CutSpans:
    """Stretches of bytes, ascending: where each begins and ends, its document, and a column of `counted`."""

    starts: Ints
    ends: Ints
    documents: Ints
    columns: Ints


def debris_in(texts: CutTexts, unreadable: Flagged | None = None) -> CutSpans:
    """All that is debris; characters that nobody can read are looked for in the documents that are flagged."""
    rows = _found(texts, FIRST_DEBRIS, FIRST_PII)
    if unreadable is not None and unreadable.any():
        odd = _unreadable(texts, np.flatnonzero(unreadable))
        rows = np.concatenate((rows, odd[~_inside(odd, rows)]))
        rows = rows[np.argsort(rows[:, 0], kind="stable")]
    return _spans(rows)


def shapes_in(texts: CutTexts) -> CutSpans:
    """All that has the shape of personal data."""
    return _spans(_found(texts, FIRST_PII, COLUMNS))


def counted_twice(texts: CutTexts) -> tuple[Ints, Ints]:
    """Of each document the characters that nobody can read which stand in other debris: how many, and their bytes."""
    odd = _unreadable(texts, np.arange(len(texts)))
    odd = odd[_inside(odd, _found(texts, FIRST_DEBRIS, FIRST_PII))]
    sizes = np.bincount(odd[:, 2], odd[:, 1] - odd[:, 0], len(texts)).astype(np.int64)
    return np.bincount(odd[:, 2], minlength=len(texts)), sizes


def _spans(rows: Ints) -> CutSpans:
    return CutSpans(*(np.ascontiguousarray(rows[:, k]) for k in range(4)))


def kind_of(column: int) -> str:
    """The kind of debris that a column counts."""
    return DEBRIS[(column - FIRST_DEBRIS) // 2]


def without(texts: CutTexts, spans: CutSpans) -> CutTexts:
    """The texts without these stretches."""
    keep_starts = np.sort(np.concatenate((texts.starts, spans.ends)))
    keep_ends = np.sort(np.concatenate((spans.starts, texts.ends)))
    lost = np.bincount(spans.documents, spans.ends - spans.starts, len(texts)).astype(np.int64)
    sizes = texts.sizes - lost
    out = np.empty(int(sizes.sum()), np.uint8)
    gather(texts.data, keep_starts, keep_ends, out)
    ends = np.cumsum(sizes)
    return CutTexts(out, ends - sizes, ends)


def _found(texts: CutTexts, first: int, end: int, room: int = 0) -> Ints:
    """Rows (start, end, document, column) of some columns. Looks once more where there is too little room."""
    rows, spans = np.zeros((len(texts), COLUMNS), np.int64), np.empty((room, 4), np.int64)
    n = find_debris(texts.data, texts.starts, texts.ends, triggers(), packed_names(TAGS), rows, spans)
    held = int(rows[:, FIRST_DEBRIS:FIRST_PII:2].sum() + rows[:, FIRST_PII:].sum())
    if held > room:
        return _found(texts, first, end, held)
    spans = spans[:n]
    return spans[(spans[:, 3] >= first) & (spans[:, 3] < end)]


def _unreadable(texts: CutTexts, documents: Ints) -> Ints:
    """Rows of the characters that nobody can read in these documents."""
    table: Flags = characters()
    rows = []
    for d in documents.tolist():
        data = texts.bytes_of(d)
        points = np.frombuffer(data.decode().encode("utf-32-le"), np.uint32)
        here = np.flatnonzero(table[points] & IS_UNREADABLE)
        if len(here):
            lead = np.flatnonzero((np.frombuffer(data, np.uint8) & 0xC0) != 0x80)
            ends = np.append(lead, len(data))
            of_each = np.full(len(here), d), np.full(len(here), _UNREADABLE)
            rows.append(np.stack((texts.starts[d] + lead[here], texts.starts[d] + ends[here + 1], *of_each), 1))
    return np.concatenate(rows) if rows else np.empty((0, 4), np.int64)


def _inside(rows: Ints, others: Ints) -> Flagged:
    """Which of the rows begin within one of the others, which ascend."""
    if not len(others):
        return np.zeros(len(rows), np.bool_)
    k = np.searchsorted(others[:, 0], rows[:, 0], "right") - 1
    inside: Flagged = (k >= 0) & (others[np.maximum(k, 0), 1] > rows[:, 0])
    return inside
