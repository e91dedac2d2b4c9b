"""A bound on the time that a process itself takes: how busy the machine is does not count."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 20
"""Far more than anything takes that takes linear time, far less than what does not."""


@contextmanager
def in_time(seconds: float = SECONDS) -> Iterator[None]:
    """What is done inside ends before this process has worked on it for so long."""

    def end(*_: object) -> None:
        raise AssertionError(f"it takes over {seconds} seconds of the process's own time")

    if not hasattr(signal, "setitimer"):  # on Windows nothing is measured
        yield
        return
    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
