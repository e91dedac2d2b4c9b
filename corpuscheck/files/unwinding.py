"""Unwinding: a signal that ends the program lets it take back first what it has begun."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_NAMES = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGXCPU", "SIGBREAK")  # the last one is Ctrl-Break of Windows
_ENDING = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]


class _EndedError(BaseException):
    def __init__(self, number: int) -> None:
        self.number = number


def _raise(number: int, _: object) -> None:
    raise _EndedError(number)


@contextmanager
def unwinding() -> Iterator[None]:
    """While it is open, such a signal is raised as an exception; the program ends by it afterwards."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = [number for number in _ENDING if signal.getsignal(number) is signal.SIG_DFL]
    for number in before:
        signal.signal(number, _raise)
    try:
        yield
    except _EndedError as error:
        signal.signal(error.number, signal.SIG_DFL)
        os.kill(os.getpid(), error.number)
        raise
    finally:
        for number in before:
            signal.signal(number, signal.SIG_DFL)
