"""The terminal report: what matters on one screen, the verdict at its end, where the cursor is; or all of it."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from typing import IO, Any, TextIO, cast

from rich.console import Console, Group, RenderableType

from corpuscheck.printable import guarded
from corpuscheck.reports.terminal_changes import changes
from corpuscheck.reports.terminal_clean import clean
from corpuscheck.reports.terminal_domain import domain
from corpuscheck.reports.terminal_findings import all_findings, main_findings, not_judged, verdict
from corpuscheck.reports.terminal_reading import enough, reading
from corpuscheck.reports.terminal_short import summary
from corpuscheck.reports.terminal_tokenizer import curve, tokenizer
from corpuscheck.result import Result

_SCREEN = 40
"""Lines of the report that has not all, if findings allow it."""

WIDTH = 100
"""Columns where there is no terminal to ask."""


def terminal() -> Console:
    """Standard output. Off a terminal it is 100 columns wide unless COLUMNS says otherwise."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that cannot show a character shows a question mark
    wide = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else WIDTH
    return _console(wide)


def plain_terminal(width: int) -> Console:
    """The same for what cannot show colours."""
    return _console(width, force_terminal=False, color_system=None)


def _console(width: int | None, **further: Any) -> Console:
    """Standard output, on which corpus text is never taken for markup."""
    return Console(
        file=cast(IO[str], _Guarded(sys.stdout)),
        width=width,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=False,
        **further,
    )


class _Guarded:
    """A stream that whole lines are written to, without commands to a runner of continuous integration."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(guarded(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def render(result: Result, full: bool = False) -> bytes:
    """The report as text of 100 columns without colours."""
    out = io.StringIO()
    console = Console(width=WIDTH, file=out, highlight=False, markup=False, emoji=False)
    render_terminal(result, console, full=full)
    return out.getvalue().encode()


def render_terminal(result: Result, console: Console, brief: bool = False, full: bool = False) -> None:
    """Print what matters, all of it (`full`), or findings and verdict alone (`brief`).

    Corpus text only ever reaches the console as escaped `Text`, never as markup.
    """
    with console.capture() as capture:
        for part in _brief(result, full) if brief else _full(result) if full else _short(result, console):
            console.print(part)
    for line in capture.get().strip("\n").splitlines():
        console.file.write(guarded(line.rstrip()) + "\n")


def _short(result: Result, console: Console) -> Iterator[RenderableType]:
    above = [*summary(result), *not_judged(result)]
    yield from above
    yield from main_findings(result, console, _SCREEN - len(console.render_lines(Group(*above))))
    yield ""
    yield verdict(result, "--full tells all of it")


def _full(result: Result) -> Iterator[RenderableType]:
    if result.comparison:
        yield changes(result.comparison, result.profile)
    for section in (reading, enough, tokenizer, curve, clean, domain):
        yield section(result)
    yield ""
    yield from _brief(result, full=True)


def _brief(result: Result, full: bool) -> Iterator[RenderableType]:
    yield from not_judged(result)
    yield from all_findings(result, full)
    yield ""
    yield verdict(result)
