"""Contamination: how much of each benchmark stands in the corpus, and where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corpuscheck.profile.against import AgainstPart, Benchmark
from corpuscheck.result.place import Place
from corpuscheck.values.brief import brief

WORST = 20


@dataclass(frozen=True)
class ContaminatedDocument:
    """A document of a benchmark: how many of its stretches stand in the corpus, and where the first of them is."""

    document: Place
    stretches: int
    found: int
    place: Place | None

    @property
    def share(self) -> float:
        return self.found / self.stretches if self.stretches else 0.0


@dataclass(frozen=True)
class Contamination:
    """A benchmark: its `documents`, those that are `contaminated`, and the worst of these.

    `too_short` are documents that nobody could look for, `shared_only` those that hold nothing but what many others
    hold too; of `stretches` without what is shared, `found` stand in the corpus.
    """

    __repr__ = brief

    name: str
    documents: int
    contaminated: int
    stretches: int
    found: int
    too_short: int = 0
    shared_only: int = 0
    worst: tuple[ContaminatedDocument, ...] = ()

    @property
    def share(self) -> float:
        """Of the stretches."""
        return self.found / self.stretches if self.stretches else 0.0


def contamination_of(part: AgainstPart) -> tuple[Contamination, ...]:
    """What was found of each benchmark, by name."""
    found = [_of_benchmark(part, key, benchmark) for key, benchmark in part.benchmarks.items()]
    return tuple(sorted(found, key=lambda one: one.name))


def _of_benchmark(part: AgainstPart, key: str, benchmark: Benchmark) -> Contamination:
    counts = benchmark.counts
    own = benchmark.bits(benchmark.shared) == 0
    hits = own & (benchmark.bits(part.found.get(key, b"\0" * len(benchmark.shared))) > 0)
    documents = np.repeat(np.arange(len(counts)), counts)
    of_each = np.bincount(documents[own], minlength=len(counts))
    held = np.bincount(documents[hits], minlength=len(counts))
    contaminated = np.flatnonzero(held)
    order = np.lexsort((contaminated, -of_each[contaminated], -held[contaminated] / of_each[contaminated]))

    def worst(document: int) -> ContaminatedDocument:
        path, number = benchmark.place(document)
        first = part.places.get((key, document))
        place = Place(first[0], document=first[2] + 1) if first else None
        return ContaminatedDocument(
            Place(path, document=number + 1), int(of_each[document]), int(held[document]), place
        )

    return Contamination(
        benchmark.name,
        len(counts),
        len(contaminated),
        int(own.sum()),
        int(hits.sum()),
        benchmark.short,
        int(((counts > 0) & (of_each == 0)).sum()),
        tuple(map(worst, contaminated[order][:WORST].tolist())),
    )
