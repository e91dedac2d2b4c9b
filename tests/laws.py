"""How many made-up examples a law is tried on: few each time, many where the tests are thorough."""

from __future__ import annotations

from typing import Any

import hypothesis

thorough = False
"""Set before any test is collected, by `--thorough`."""


def examples(most: int, **settings: Any) -> hypothesis.settings:
    """The settings of a test: the same examples each time, a quarter of them unless the tests are thorough."""
    number = most if thorough else max(10, most // 4)
    return hypothesis.settings(max_examples=number, deadline=None, derandomize=True, **settings)
