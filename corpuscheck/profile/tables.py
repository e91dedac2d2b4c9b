"""Tables of counts, and the bounded lists of examples beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

K = TypeVar("K")
T = TypeVar("T")
P = TypeVar("P", bound=tuple[str, int] | tuple[str, int, int])

EXAMPLES = 50
"""Examples kept of each kind; the counts beside them are never cut."""


def added(a: Mapping[K, int], b: Mapping[K, int]) -> dict[K, int]:
    """The sum of two tables of counts."""
    if not a or not b:
        return dict(a or b)
    total = dict(a)
    for key, count in b.items():
        total[key] = total.get(key, 0) + count
    return total


def worst(examples: Iterable[tuple[int, str, T]]) -> tuple[tuple[int, str, T], ...]:
    """The `EXAMPLES` largest by (amount, name). Each example is whole when it gets here, so any order of
    merging keeps the same ones."""
    return tuple(sorted(examples, key=lambda e: (-e[0], e[1]))[:EXAMPLES])


def earliest(a: Mapping[K, P], b: Mapping[K, P]) -> dict[K, P]:
    """Of two tables of places, for each key the one that comes first."""
    if not a or not b:
        return dict(a or b)
    both = {**a, **b}
    for key in a.keys() & b.keys():
        both[key] = min(a[key], b[key])
    return both
