"""How many examples and cases are tried: few each time, many where the tests are thorough."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import hypothesis
import pytest

thorough = False
"""Set before any test is collected, by `--thorough`."""


def each(step: int, cases: Iterable[Any]) -> list[Any]:
    """Cases that are much alike, for parametrize: each second, third … always, the others where tests are thorough."""
    return [
        case if number % step == 0 else pytest.param(case, marks=pytest.mark.thorough)
        for number, case in enumerate(cases)
    ]


def each_but(like_another: Collection[Any], cases: Iterable[Any]) -> list[Any]:
    """Cases for parametrize, of which some are much like another: those where tests are thorough."""
    return [pytest.param(case, marks=pytest.mark.thorough) if case in like_another else case for case in cases]


def examples(most: int, **settings: Any) -> hypothesis.settings:
    """The settings of a test: the same examples each time, a quarter of them unless the tests are thorough."""
    number = most if thorough else max(10, most // 4)
    return hypothesis.settings(max_examples=number, deadline=None, derandomize=True, **settings)
