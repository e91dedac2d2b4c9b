"""Tables of counts, and the bounded lists of examples beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

K = TypeVar("K")
T = TypeVar("T")
P = TypeVar("P", bound=tuple[str, int] | tuple[str, int, int])

EXAMPLES = 50
"""Examples kept of each kind; the counts beside them are never cut."""


def added(*tables: Mapping[K, int]) -> dict[K, int]:
    """The sum of tables of counts."""
    first, *others = sorted(tables, key=len, reverse=True)
    total = dict(first)
    known = total.get
    for table in others:
        for key, count in table.items():
            total[key] = known(key, 0) + count
    return total


def worst(examples: Iterable[tuple[int, str, T]]) -> tuple[tuple[int, str, T], ...]:
    """The `EXAMPLES` largest by (amount, name, detail). Each example is whole when it gets here, so any order of
    merging keeps the same ones."""
    return tuple(sorted(examples, key=lambda e: (-e[0], e[1], str(e[2])))[:EXAMPLES])


def earliest(*tables: Mapping[K, P]) -> dict[K, P]:
    """Of tables of places, for each key the one that comes first."""
    first, *others = sorted(tables, key=len, reverse=True)
    total = dict(first)
    for table in others:
        for key, place in table.items():
            if key not in total or place < total[key]:
                total[key] = place
    return total
