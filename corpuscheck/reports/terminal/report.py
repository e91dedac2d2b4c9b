"""The terminal report: what matters on one screen, the verdict at its end, where the cursor is; or all of it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType

from corpuscheck.reports.terminal.against import against
from corpuscheck.reports.terminal.changes import changes
from corpuscheck.reports.terminal.clean import clean
from corpuscheck.reports.terminal.console import no_terminal, text_on
from corpuscheck.reports.terminal.domain import domain
from corpuscheck.reports.terminal.findings import all_findings, main_findings, not_judged, verdict
from corpuscheck.reports.terminal.reading import enough, reading
from corpuscheck.reports.terminal.short import summary
from corpuscheck.reports.terminal.sources import distributions, sources
from corpuscheck.reports.terminal.tokenizer import curve, tokenizer
from corpuscheck.result.result import Result

_SCREEN = 40
"""Lines of the report that has not all, if findings allow it."""


def render(result: Result, full: bool = False) -> bytes:
    """The report as text of 100 columns without colours."""
    return render_terminal(result, no_terminal(), full=full).encode()


def render_terminal(result: Result, console: Console, brief: bool = False, full: bool = False) -> str:
    """What matters, all of it (`full`), or findings and verdict alone (`brief`), as this console shows it.

    Corpus text only ever reaches the console as escaped `Text`, never as markup.
    """
    parts = _brief(result, full) if brief else _full(result) if full else _short(result, console)
    return text_on(console, parts).strip("\n") + "\n"


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
    yield from against(result)
    yield from sources(result)
    yield from distributions(result)
    yield ""
    yield from _brief(result, full=True)


def _brief(result: Result, full: bool) -> Iterator[RenderableType]:
    yield from not_judged(result)
    yield from all_findings(result, full)
    yield ""
    yield verdict(result)
