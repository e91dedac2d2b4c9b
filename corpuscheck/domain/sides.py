"""Profiles side by side: how far each is from each, and what sets it apart from the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from corpuscheck.domain.distance import distance
from corpuscheck.domain.languages import script_of_label
from corpuscheck.domain.reference import Reference
from corpuscheck.domain.source import ReferenceSource
from corpuscheck.domain.spread import spread_of
from corpuscheck.domain.words import DistinctiveWord, distinctive_words
from corpuscheck.values.brief import brief
from corpuscheck.values.presentable import Presentable


@dataclass(frozen=True)
class Side:
    """One of the bodies of text.

    `ratio` is D from the nearest other over the spread among the others, None with fewer than three sides; `words`
    are distinctive against all others of the same script.
    """

    __repr__ = brief

    name: str
    script: str
    documents: int
    passages: int
    ratio: float | None
    words: tuple[DistinctiveWord, ...]


@dataclass(frozen=True)
class Sides(Presentable):
    """The bodies of text, and D in bits of each pair by their numbers, None where there is too little text."""

    __repr__ = brief

    sides: tuple[Side, ...]
    distances: dict[tuple[int, int], float | None]

    def between(self, one: int, other: int) -> float | None:
        """D of two sides, in either order; None too for one with itself."""
        return self.distances.get((min(one, other), max(one, other)))


def sides_of(references: Sequence[Reference]) -> Sides:
    """All sources of the references against each other; a saved profile is a reference with one source."""
    many = len(references) > 1
    sources = [
        ReferenceSource(
            f"{reference.name}: {source.name}" if many and len(reference.sources) > 1 else source.name,
            source.language,
            source.part,
        )
        for reference in references
        for source in reference.sources
    ]
    tables = [source.part.tables() for source in sources]
    distances: dict[tuple[int, int], float | None] = {}
    for one, other in combinations(range(len(sources)), 2):
        found = distance(tables[one], tables[other])
        distances[one, other] = found.bits if found else None
    return Sides(tuple(_side(number, sources, distances) for number in range(len(sources))), distances)


def _side(number: int, sources: Sequence[ReferenceSource], distances: dict[tuple[int, int], float | None]) -> Side:
    source = sources[number]
    script = script_of_label(source.language)
    others = [
        other.part.words for k, other in enumerate(sources) if k != number and script_of_label(other.language) == script
    ]
    return Side(
        source.name,
        script,
        source.part.documents,
        source.part.passages,
        _ratio(number, len(sources), distances),
        distinctive_words(source.part, others),
    )


def _ratio(number: int, sides: int, distances: dict[tuple[int, int], float | None]) -> float | None:
    nearest = [d for pair, d in distances.items() if number in pair and d is not None]
    between = {
        (str(a), str(b)): d
        for (one, other), d in distances.items()
        if number not in (one, other) and d is not None
        for a, b in ((one, other), (other, one))
    }
    spread = spread_of([str(k) for k in range(sides) if k != number], between)
    return max(0.0, min(nearest)) / spread if spread and nearest else None
