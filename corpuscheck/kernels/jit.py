"""How a loop becomes a kernel."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numpy as np
from numba import njit
from numba.core import event

from corpuscheck.kernels.compiling import compiling

F = TypeVar("F", bound=Callable[..., object])

at = np.uintp
"""An index that is known not to be negative, which saves a check at each access: a fifth of the time."""


class _Compiling(event.Listener):
    def on_start(self, event: object) -> None:
        compiling()

    def on_end(self, event: object) -> None:
        pass


event.register("numba:compile", _Compiling())  # type: ignore[no-untyped-call]


def kernel(loop: F) -> F:
    """Compile a loop without the GIL; keep the machine code where a cache can be written."""
    return _compiled(loop, inline=False)


def inlined(step: F) -> F:
    """Compile a step into each loop that takes it: to call it for every byte would cost more than the step."""
    return _compiled(step, inline=True)


def _compiled(loop: F, inline: bool) -> F:
    try:
        return cast(F, njit(nogil=True, cache=True, forceinline=inline)(loop))
    except RuntimeError:  # no writable place for the cache: compile anew in each process
        return cast(F, njit(nogil=True, forceinline=inline)(loop))
