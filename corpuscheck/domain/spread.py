"""What is ordinary among sources of general text: how far each is from the nearest other one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

SAME_SOURCE = 0.015
"""Sources nearer than this, such as two parts of one encyclopedia, are one source."""

Between = Mapping[tuple[str, str], float]
"""D in bits of pairs of sources by name, both ways."""


def families(names: Sequence[str], between: Between) -> list[int]:
    """A number for each source, the same for those that are one source."""
    numbers = list(range(len(names)))
    for (one, other), d in between.items():
        if d < SAME_SOURCE:
            joined = numbers[names.index(one)], numbers[names.index(other)]
            numbers = [min(joined) if number in joined else number for number in numbers]
    return numbers


def spread_of(names: Sequence[str], between: Between) -> float | None:
    """The median D of a source from the nearest one that is another source; None with fewer than two."""
    of = dict(zip(names, families(names, between), strict=True))
    nearest = [
        min((d for (a, b), d in between.items() if a == name and of[a] != of[b]), default=None) for name in names
    ]
    known = [d for d in nearest if d is not None]
    return median(known) if known else None
