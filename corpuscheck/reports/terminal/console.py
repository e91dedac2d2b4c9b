"""The consoles that reports are drawn on, and the one way from what is drawn to text."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console, RenderableType

from corpuscheck.text.printable import guarded

WIDTH = 100
"""Columns where there is no terminal to ask."""


def terminal() -> Console:
    """Standard output. Off a terminal it is 100 columns wide unless COLUMNS says otherwise."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that cannot show a character shows a question mark
    wide = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else WIDTH
    return _console(width=wide, file=sys.stdout)


def plain_terminal(width: int) -> Console:
    """The same for what cannot show colours."""
    return _console(width=width, file=sys.stdout, force_terminal=False, color_system=None)


def no_terminal() -> Console:
    """A console of 100 columns without colours."""
    return _console(width=WIDTH, file=io.StringIO())


def _console(**further: Any) -> Console:
    """A console on which corpus text is never taken for markup."""
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=False, **further)


def text_on(console: Console, parts: Iterable[RenderableType]) -> str:
    """The parts as this console shows them: lines without white space at their ends, and without commands to a runner
    of continuous integration."""
    with console.capture() as capture:
        for part in parts:
            console.print(part)
    return guarded("".join(f"{line.rstrip()}\n" for line in capture.get().splitlines()))
