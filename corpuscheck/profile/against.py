"""What of texts that a model will be tested with stands in the corpus: a bit for each stretch of them."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Ints
from corpuscheck.profile.part import Part, Way, merging, table_of
from corpuscheck.values.brief import brief

MOST_PLACED = 10_000
"""Documents of benchmarks of which is known where they first stand in the corpus."""

PlaceInCorpus = tuple[str, int, int]
"""The path of a file, the start of a range of it, and the number of a document there."""


@dataclass(frozen=True)
class Benchmark:
    """Texts that a model will be tested with.

    Attributes:
        name: as it was given.
        files: its files, and how many documents each has.
        short: documents that are too short to be looked for.
        stretches: how many stretches each document has, as uint32.
        shared: a bit for each stretch, the documents one after another: whether it is one that many of them share.
    """

    __repr__ = brief

    name: str
    files: tuple[tuple[str, int], ...]
    short: int
    stretches: bytes
    shared: bytes

    @property
    def counts(self) -> Ints:
        """How many stretches each document has."""
        return np.frombuffer(self.stretches, "<u4").astype(np.int64)

    def bits(self, packed: bytes) -> Bytes:
        """A byte for each stretch, from bits that are packed."""
        return np.unpackbits(np.frombuffer(packed, np.uint8), count=int(self.counts.sum()))

    def place(self, document: int) -> tuple[str, int]:
        """The file of a document and its number there, from 0."""
        for path, documents in self.files:
            if document < documents:
                return path, document
            document -= documents
        raise IndexError(document)


def _either(*packed: bytes) -> bytes:
    """The bits that are set in any of them."""
    rows = [np.frombuffer(bits, np.uint8) for bits in packed]
    longest = max(map(len, rows))
    either: Bytes = np.bitwise_or.reduce([np.pad(row, (0, longest - len(row))) for row in rows])
    return either.tobytes()


def _same(one: Benchmark, *others: Benchmark) -> Benchmark:
    return min((one, *others), key=lambda benchmark: (benchmark.name, benchmark.files))


def _written(found: Mapping[str, bytes]) -> list[list[str]]:
    return [[name, b64encode(bits).decode()] for name, bits in sorted(found.items())]


def _read(state: Iterable[Sequence[str]]) -> dict[str, bytes]:
    return {str(name): b64decode(bits, validate=True) for name, bits in state}


def _united(tables: Sequence[Mapping[str, bytes]]) -> dict[str, bytes]:
    names = {name for table in tables for name in table}
    return {name: _either(*(table[name] for table in tables if name in table)) for name in sorted(names)}


@dataclass(frozen=True)
class AgainstPart(Part):
    """By the fingerprints of benchmarks: what they are, a bit for each stretch that stands in the corpus, and the first
    place of documents that have such, of those with the smallest numbers."""

    __repr__ = brief

    benchmarks: dict[str, Benchmark] = table_of(_same)
    found: dict[str, bytes] = merging(Way(_united, _written, _read), default_factory=dict)
    places: dict[tuple[str, int], PlaceInCorpus] = table_of(min)

    def bounded(self) -> AgainstPart:
        if len(self.places) <= MOST_PLACED:
            return self
        return replace(self, places=dict(sorted(self.places.items())[:MOST_PLACED]))

    def valid(self) -> None:
        for name, benchmark in self.benchmarks.items():
            stretches = int(benchmark.counts.sum())
            if len(benchmark.shared) != -(-stretches // 8) or len(self.found.get(name, b"")) != len(benchmark.shared):
                raise ValueError("bits that do not belong to the stretches")
            if len(benchmark.counts) != sum(documents for _, documents in benchmark.files):
                raise ValueError("documents that do not belong to the files")
