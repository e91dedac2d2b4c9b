"""Kernels are compiled once for all processes of the tests, however many of them want one at the same time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numba.core.compiler_lock import global_compiler_lock
from numba.core.dispatcher import Dispatcher

try:
    import fcntl
except ImportError:  # on Windows each process compiles for itself
    fcntl = None  # type: ignore[assignment]

_compile = Dispatcher.compile


def _compiled_once(kernel: Any, signature: Any) -> Any:
    """Compile a kernel, or wait for the process that compiles it, and take what that has kept."""
    file = getattr(kernel._cache, "_cache_file", None)
    if not file:  # one of Numba's own, of which nothing is kept
        return _compile(kernel, signature)
    index = Path(file._index_path)
    index.parent.mkdir(parents=True, exist_ok=True)
    # Numba's own lock first: a thread that has it may want this file for a kernel that it calls
    with global_compiler_lock, open(index.with_suffix(".lock"), "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _compile(kernel, signature)


def compile_once() -> None:
    """Make it so in this process."""
    if fcntl:
        Dispatcher.compile = _compiled_once  # type: ignore[method-assign, assignment]
