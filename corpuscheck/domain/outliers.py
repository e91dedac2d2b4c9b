"""What does not belong into a reference of general text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from corpuscheck.domain.bodies import Body, general, placed
from corpuscheck.domain.distance import distance
from corpuscheck.domain.judging import against
from corpuscheck.domain.report import DomainReport
from corpuscheck.domain.shipped import shipped
from corpuscheck.domain.source import ReferenceSource
from corpuscheck.domain.spread import SAME_SOURCE

_ENOUGH = 3
"""With so many shipped bodies these alone judge: two sources of one domain would speak for each other."""


def outliers(sources: Sequence[ReferenceSource]) -> list[tuple[ReferenceSource, DomainReport]]:
    """The sources that are text of a domain, with what is known of them, by the shipped bodies of their language.

    Where few are shipped, the other sources judge too.
    """
    judged = [(source, against(source.language, source.part, _judges(source, sources))) for source in sources]
    return [(source, report) for source, report in judged if report.verdict == "domain"]


def _judges(source: ReferenceSource, sources: Sequence[ReferenceSource]) -> Sequence[Body]:
    bodies = shipped(source.language)
    if len(general(bodies)) >= _ENOUGH:
        return bodies
    others = [other for other in sources if other is not source and other.language == source.language]
    return [*bodies, *placed(others, bodies)]


def alike(sources: Sequence[ReferenceSource]) -> list[tuple[str, str]]:
    """Pairs of sources that are the same kind of text."""
    found = []
    for one, other in combinations(sources, 2):
        d = distance(one.part.tables(), other.part.tables()) if one.language == other.language else None
        if d and d.bits < SAME_SOURCE:
            found.append((one.name, other.name))
    return found
