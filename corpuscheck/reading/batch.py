"""Batch: the one in-memory form of text that every measure sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Ints
from corpuscheck.kernels.utf8 import whole_spans
from corpuscheck.values.brief import brief

BLOCK_BYTES = 1 << 20
"""Text is read, decoded and measured in blocks of about this size: small enough for a CPU's cache."""


@dataclass(frozen=True)
class SharedDocument:
    """The document that several work units share: its path, and the key made of its first bytes."""

    path: str
    key: int


@dataclass(frozen=True)
class Named:
    """A name for each document: its number among `names`."""

    __repr__ = brief

    numbers: Ints
    names: tuple[str, ...]

    @classmethod
    def of(cls, names: Sequence[str]) -> Named:
        """The names of documents, one after the other."""
        known = {name: number for number, name in enumerate(dict.fromkeys(names))}
        return cls(np.fromiter((known[name] for name in names), np.int64, len(names)), tuple(known))

    def some(self, rows: slice | Ints) -> Named:
        return Named(self.numbers[rows], self.names)


@dataclass(frozen=True)
class Batch:
    """Documents laid end to end as valid UTF-8, with the span of each.

    Attributes:
        data: the bytes, uint8.
        starts, ends: byte spans of the documents, int64, ascending; bytes between them are separators. None of them
            begins or ends inside a character, which is checked for whoever makes a batch.
        offset: bytes of the first document that earlier batches held; 0 when it starts here.
        unfinished: the last document goes on in the next batch.
        shared: set where the one document here is shared with other work units.
        lines: for each document the line of its file on which this part of it starts, from 1; 0 where the
            format has no lines or they are not known.
        files: for each document the number of its file among those of the work unit.
        sources: the source of each document, where records say it and it was asked for.
    """

    __repr__ = brief

    data: Bytes
    starts: Ints
    ends: Ints
    offset: int = 0
    unfinished: bool = False
    shared: SharedDocument | None = None
    lines: Ints | None = None
    files: Ints | None = None
    sources: Named | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for documents that kernels could read past the end of."""
        self.data.setflags(write=False)  # so that no kernel is compiled twice, for text that may be written too
        if len(self.starts) != len(self.ends) or not whole_spans(self.data, self.starts, self.ends):
            raise ValueError("a document is cut inside a character")

    @property
    def utf8_bytes(self) -> int:
        return int((self.ends - self.starts).sum())

    @property
    def documents(self) -> int:
        """Documents that start here."""
        return len(self.starts) - (self.offset > 0)

    @property
    def whole(self) -> bool:
        return self.offset == 0 and not self.unfinished and self.shared is None

    def of_file(self, number: int) -> Batch:
        """The same batch, known to come from this file of the work unit."""
        return replace(self, files=np.full(len(self.starts), number, np.int64))


def batch_of(texts: Iterable[bytes], lines: Iterable[int] | None = None, sources: Sequence[str] | None = None) -> Batch:
    """A batch of complete documents, one for each UTF-8 string."""
    strings = list(texts)
    data = np.frombuffer(b"".join(strings), np.uint8)
    ends = np.cumsum(np.fromiter(map(len, strings), np.int64, len(strings)))
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1])) if strings else ends
    numbers = None if lines is None else np.fromiter(lines, np.int64, len(strings))
    return Batch(data, starts, ends, lines=numbers, sources=Named.of(sources) if sources else None)


def packed(batches: Iterable[Batch]) -> Iterator[Batch]:
    """The same documents in the same order, small batches of whole documents joined into larger ones."""
    waiting: list[Batch] = []
    size = 0
    for batch in batches:
        if not batch.whole or len(batch.data) >= BLOCK_BYTES:
            yield from _joined(waiting)
            waiting, size = [], 0
            yield batch
            continue
        waiting.append(batch)
        size += len(batch.data)
        if size >= BLOCK_BYTES:
            yield from _joined(waiting)
            waiting, size = [], 0
    yield from _joined(waiting)


def _joined(batches: list[Batch]) -> Iterator[Batch]:
    if len(batches) == 1:
        yield batches[0]
    elif batches:
        shifts = np.cumsum([0] + [len(b.data) for b in batches[:-1]])
        yield Batch(
            np.concatenate([b.data for b in batches]),
            np.concatenate([b.starts + s for b, s in zip(batches, shifts, strict=True)]),
            np.concatenate([b.ends + s for b, s in zip(batches, shifts, strict=True)]),
            lines=np.concatenate([_or_zeros(b.lines, b) for b in batches]),
            files=np.concatenate([_or_zeros(b.files, b) for b in batches]),
            sources=_joined_names(batches),
        )


def _joined_names(batches: Sequence[Batch]) -> Named | None:
    """The sources of all; those of batches that have none are empty."""
    if not any(b.sources for b in batches):
        return None
    each = [b.sources or Named(np.zeros(len(b.starts), np.int64), ("",)) for b in batches]
    known = {name: number for number, name in enumerate(dict.fromkeys(name for one in each for name in one.names))}
    numbers = [np.array([known[name] for name in one.names], np.int64)[one.numbers] for one in each]
    return Named(np.concatenate(numbers), tuple(known))


def _or_zeros(numbers: Ints | None, batch: Batch) -> Ints:
    return np.zeros(len(batch.starts), np.int64) if numbers is None else numbers
