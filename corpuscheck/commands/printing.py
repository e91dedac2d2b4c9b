"""Standard output: a report as bytes or on a console, to readers that may go away and disks that may be full."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from corpuscheck.errors import CorpuscheckError
from corpuscheck.printable import guarded

if TYPE_CHECKING:
    from rich.console import Console


def print_bytes(report: bytes, commands: bool = False) -> None:
    """Print a finished report; only one that is made of commands to a runner may hold them."""
    if not commands:
        report = guarded(report.decode()).encode()
    with _to_standard_output():
        sys.stdout.buffer.write(report)
        sys.stdout.buffer.flush()


def print_text(render: Callable[[Console], None]) -> None:
    """Print what `render` puts on a console as wide as the terminal."""
    from corpuscheck.reports.terminal import terminal

    with _to_standard_output():
        render(terminal())


def print_paged(render: Callable[[Console], str], paged: bool) -> None:
    """Print what `render` gives for a console, with a pager where that is a terminal and too small for it."""
    from corpuscheck.commands.paging import pager_of
    from corpuscheck.reports.terminal import plain_terminal, terminal

    with _to_standard_output():
        console = terminal()
        pager = pager_of(os.environ) if paged and console.is_terminal and sys.stdin.isatty() else None
        if pager:
            text = render(console if pager.colours else plain_terminal(console.width))
            if text.count("\n") >= console.height and pager.show(text):
                return
        console.file.write(render(console))


@contextmanager
def _to_standard_output() -> Iterator[None]:
    """Leaves with 141 where the reader went away. Raises CorpuscheckError where nothing can be written."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _silence()
        sys.exit(141)
    except OSError as error:
        _silence()
        raise CorpuscheckError(f"the report cannot be written to standard output ({error.strerror})") from None


def _silence() -> None:
    """Keep the interpreter from complaining when it flushes."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
