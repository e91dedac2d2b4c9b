"""Memory: what has been freed goes back to the system, which the C library leaves until much later."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

_WORTH_IT = 4 << 20


class Returning:
    """Gives memory back after every few megabytes of text. glibc keeps what each thread has freed for that thread: half
    as much again as is in use."""

    def __init__(self) -> None:
        self._seen = 0

    def after(self, size: int) -> None:
        """So many more bytes of text were measured."""
        self._seen += size
        if self._seen >= _WORTH_IT:
            self._seen = 0
            give_back()


def give_back() -> None:
    """Whatever has been freed so far."""
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Any:
    """`malloc_trim` of glibc; None where there is no such thing."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
