"""How many examples and cases are tried: few each time, many where the tests are thorough."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import hypothesis

thorough = False
"""Set before any test is collected, by `--thorough`."""


def spread(cases: Sequence[Any], few: int) -> list[Any]:
    """So few of the cases, the first among them, as far apart as can be."""
    return [cases[k * len(cases) // few] for k in range(min(few, len(cases)))]


def each_but(like_another: Collection[Any], cases: Iterable[Any]) -> list[Any]:
    """Cases for parametrize, of which some are much like another: those where tests are thorough."""
    return [case for case in cases if thorough or case not in like_another]


def examples(most: int, **settings: Any) -> hypothesis.settings:
    """The settings of a test: the same examples each time, a quarter of them unless the tests are thorough."""
    number = most if thorough else max(10, most // 4)
    return hypothesis.settings(max_examples=number, deadline=None, derandomize=True, **settings)
