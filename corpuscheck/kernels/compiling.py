"""Who wants to know that kernels are being compiled, which takes a while on a machine's first scan."""

from __future__ import annotations

import time
from collections.abc import Callable

_WORTH_TELLING = 2.0
"""Seconds after the first kernel at which others are still compiled: one alone takes no time to speak of."""

_told: list[Callable[[], None]] = []
_since: list[float] = []


def when_compiling(tell: Callable[[], None]) -> None:
    """Call this once when it turns out that many kernels have to be compiled."""
    _told.append(tell)


def compiling() -> None:
    """A kernel is about to be compiled."""
    _since.append(time.monotonic())
    if _told and _since[-1] - _since[0] > _WORTH_TELLING:
        _told.pop()()
