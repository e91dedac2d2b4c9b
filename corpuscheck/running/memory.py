"""Memory: what has been freed goes back to the system, which the C library leaves until much later."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

try:
    import resource
except ImportError:  # Windows limits no address space
    resource = None  # type: ignore[assignment]

_WORTH_IT = 4 << 20

_LEAST = 700_000 << 10
"""Bytes of address space that the smallest scan takes; with less, libraries may end the process instead of failing."""


def require_memory() -> None:
    """Raises MemoryError where a limit of the address space (``ulimit -v``) leaves too little for any scan."""
    if resource and 0 <= resource.getrlimit(resource.RLIMIT_AS)[0] < _LEAST:
        raise MemoryError


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
