"""Texts that a model will be tested with, by document of the corpus: which hold some, and where it stands in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from corpuscheck.kernels.arrays import Flagged, Hashes, Ints
from corpuscheck.kernels.columns import COLUMNS
from corpuscheck.kernels.inspection import inspect
from corpuscheck.kernels.stretches import find_owned, letter_spans
from corpuscheck.measuring.against import Benchmarks, StretchLooker, powers
from corpuscheck.measuring.cutting import CutSpans, CutTexts
from corpuscheck.measuring.documents import Ended
from corpuscheck.measuring.kinds import characters
from corpuscheck.profile.against import Benchmark
from corpuscheck.reading.batch import Batch

NOTHING = np.iinfo(np.int64).max
"""The number of no document."""


@dataclass(frozen=True)
class Contaminants:
    """Benchmarks whose documents are numbered, one benchmark after the other by name. Of stretches that many documents
    of a benchmark share, nobody is the owner: they do not count."""

    benchmarks: Benchmarks

    @cached_property
    def _ordered(self) -> list[tuple[str, Benchmark, int]]:
        """Fingerprint, benchmark, and the number of its first document."""
        ordered = sorted(self.benchmarks.known.items(), key=lambda item: (item[1].name, item[0]))
        firsts = np.cumsum([0, *(len(benchmark.counts) for _, benchmark in ordered)]).tolist()
        return [(key, benchmark, first) for (key, benchmark), first in zip(ordered, firsts, strict=False)]

    @cached_property
    def owners(self) -> Ints:
        """For each stretch the first document that it is of, -1 where it does not count."""
        owners = np.full(len(self.benchmarks.anchors), NOTHING, np.int64)
        for key, benchmark, first in self._ordered:
            numbers, counts = self.benchmarks.numbers[key], benchmark.counts
            own = benchmark.bits(benchmark.shared) == 0
            np.minimum.at(owners, numbers[own], np.repeat(np.arange(first, first + len(counts)), counts)[own])
        owners[owners == NOTHING] = -1
        return owners

    def place(self, document: int) -> tuple[str, str, int]:
        """The benchmark, the file and the number there, from 0, of a document."""
        _, benchmark, first = next(one for one in reversed(self._ordered) if one[2] <= document)
        return benchmark.name, *benchmark.place(document - first)

    def look(self, prefix: Hashes, firsts: Ints, lasts: Ints, lowest: Ints, out: Ints) -> int:
        """See `find_owned`."""
        known = self.benchmarks
        sieve, shift, slots = known.table
        return find_owned(
            prefix, firsts, lasts, sieve, shift, slots, known.anchors, known.wholes, known.lengths, powers(),
            self.owners, lowest, out,
        )  # fmt: skip

    def spans_in(self, texts: CutTexts) -> CutSpans:
        """Where stretches stand in texts, those that overlap as one, with the columns of `benchmark_column`."""
        found, lowest = self._found(texts)
        spans = [
            _joined(texts, document, found[found[:, 0] == document, 1:], benchmark_column(lowest[document]))
            for document in np.unique(found[:, 0]).tolist()
        ]
        rows = np.concatenate([np.zeros((0, 4), np.int64), *spans])
        return CutSpans(*(np.ascontiguousarray(rows[:, k]) for k in range(4)))

    def _found(self, texts: CutTexts) -> tuple[Ints, Ints]:
        """Rows (document, first letter, the letter after the last), and the lowest owner for each document."""
        data, n = texts.data, len(texts)
        rows, totals = np.zeros((n, COLUMNS), np.int64), np.zeros(n, np.uint64)
        prefix, begins, stops = np.zeros(len(data) + n + 1, np.uint64), np.zeros(n, np.int64), np.zeros(n, np.int64)
        inspect(data, texts.starts, texts.ends, characters(), rows, totals, prefix, begins, stops)
        lowest, out = np.full(n, NOTHING), np.empty((0, 3), np.int64)
        if found := self.look(prefix, begins, stops, lowest, out):
            out = np.empty((found, 3), np.int64)
            self.look(prefix, begins, stops, lowest, out)
        return out, lowest


def benchmark_column(owner: Ints | int) -> Ints | int:
    """The column of spans of bytes that are cut for a document of a benchmark; and the other way round."""
    return -1 - owner


def _joined(texts: CutTexts, document: int, letters: Ints, column: Ints | int) -> Ints:
    """Spans of bytes from spans of the letters of a document."""
    start, end = int(texts.starts[document]), int(texts.ends[document])
    begins, ends = np.empty(end - start, np.int64), np.empty(end - start, np.int64)
    letter_spans(texts.data[start:end], characters(), begins, ends)
    spans = np.stack((begins[letters[:, 0]], ends[letters[:, 1] - 1]), 1)
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    reached = np.maximum.accumulate(spans[:, 1])
    new = np.flatnonzero(np.append(True, spans[1:, 0] > reached[:-1]))
    last = np.append(new[1:], len(spans)) - 1
    of_each = np.full(len(new), document), np.full(len(new), column)
    return np.stack((start + spans[new, 0], start + reached[last], *of_each), 1)


class ContaminantFinder(StretchLooker):
    """Tells of each document of a work unit the first document of a benchmark that it holds a stretch of."""

    def __init__(self, contaminants: Contaminants) -> None:
        super().__init__()
        self._contaminants = contaminants
        self._lowest = np.full(1, NOTHING)
        self.ended = self._lowest[:0]

    def observe(self, batch: Batch, documents: Ended, prefix: Hashes, begins: Ints, stops: Ints) -> None:
        """Look into the next documents; `ended` tells of those that end here."""
        if not len(begins):
            self.ended = self._lowest[:0]
            return
        before = self._lowest[-1:] if batch.offset else self._lowest[:0]
        self._lowest = np.full(len(begins), NOTHING)
        self._lowest[:1] = before if len(before) else NOTHING
        super().observe(batch, documents, prefix, begins, stops)
        self.ended = self._lowest[: len(documents)]
        if not batch.unfinished:
            self._lowest = np.full(1, NOTHING)

    def _look(self, batch: Batch, documents: Ended, prefix: Hashes, firsts: Ints, lasts: Ints) -> None:
        self._contaminants.look(prefix, firsts, lasts, self._lowest[: len(firsts)], np.empty((0, 3), np.int64))


def beside(spans: CutSpans, others: CutSpans, texts: CutTexts) -> CutSpans:
    """Both, ascending, without what of the second stands in the first."""
    rows: list[Ints] = [np.stack((spans.starts, spans.ends, spans.documents, spans.columns), 1)]
    for document in np.unique(others.documents).tolist():
        start, size = int(texts.starts[document]), int(texts.sizes[document])
        held = _held(others, document, start, size) & ~_held(spans, document, start, size)
        edges = np.flatnonzero(np.diff(held, prepend=False, append=False)).reshape(-1, 2)
        column = others.columns[others.documents == document][0]
        of_each = np.full(len(edges), document), np.full(len(edges), column)
        rows.append(np.stack((start + edges[:, 0], start + edges[:, 1], *of_each), 1))
    both = np.concatenate(rows)
    both = both[np.argsort(both[:, 0], kind="stable")]
    return CutSpans(*(np.ascontiguousarray(both[:, k]) for k in range(4)))


def _held(spans: CutSpans, document: int, start: int, size: int) -> Flagged:
    """For each byte of a document whether a span holds it."""
    mine = spans.documents == document
    steps = np.zeros(size + 1, np.int64)
    np.add.at(steps, spans.starts[mine] - start, 1)
    np.add.at(steps, spans.ends[mine] - start, -1)
    held: Flagged = np.cumsum(steps)[:-1] > 0
    return held
