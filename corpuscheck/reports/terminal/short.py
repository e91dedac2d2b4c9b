"""The head of the terminal report: what was read, a line for each question, a table where one explains a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reports.answers import answers
from corpuscheck.reports.common import in_which_encodings, what_was_read
from corpuscheck.reports.terminal.against import main_against
from corpuscheck.reports.terminal.changes import figures, newly_lost, title_of, what_changed
from corpuscheck.reports.terminal.clean import top_lines_table, waterfall
from corpuscheck.reports.terminal.findings import MARKS
from corpuscheck.reports.terminal.parts import safe
from corpuscheck.reports.terminal.sources import main_sources
from corpuscheck.reports.terminal.tokenizer import shattered_characters, worst_words
from corpuscheck.result.result import Result

_ROWS = 5
_LINES = 3
_QUESTION = 27
"""Cells of the longest question."""


def summary(result: Result) -> Iterator[RenderableType]:
    """What has changed comes first where that is asked, then what was read, then the questions."""
    if result.comparison:
        title = title_of(result.comparison)
        yield _question(result, ("CC7",), title, what_changed(result.comparison))
        yield _below(figures(result.comparison, result.profile))
        yield from _tables(result, ("CC7",))
        yield ""
    yield Text(what_was_read(result), "bold")
    yield safe(in_which_encodings(result), limit=LONGEST_PATH)
    yield ""
    for answer in answers(result):
        if answer.rules:
            yield _question(result, answer.rules, answer.title, answer.brief)
            yield from _tables(result, answer.rules)
    for part in main_against(result):
        yield _below(part)
    for part in main_sources(result):
        yield _below(part)
    yield ""


def _question(result: Result, families: tuple[str, ...], title: str, answer_: str) -> RenderableType:
    grave = next((finding.severity for finding in result.findings if finding.rule.startswith(families)), None)
    mark, style = MARKS[grave] if grave else ("-", "dim") if answer_.startswith("not known") else ("✓", "green")
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(min_width=_QUESTION)
    grid.add_column(overflow="fold")
    grid.add_row(Text(mark, style), Text(f"{title} ", "bold"), safe(answer_, limit=LONGEST_PATH))
    return grid


def _below(part: RenderableType) -> RenderableType:
    return Padding(part, (0, 0, 0, 2))


def _lost_words(result: Result) -> RenderableType | None:
    report = result.tokenizer
    return (
        worst_words(report.worst_words, result.profile.words.unk_words, report.words_exact, _ROWS)
        if report.worst_words
        else None
    )


def _shattered(result: Result) -> RenderableType | None:
    report = result.tokenizer.shattered
    return shattered_characters(report, _ROWS) if report.characters else None


def _lines(result: Result) -> RenderableType | None:
    return top_lines_table(result.cleanliness, _LINES) if result.cleanliness.top_lines else None


def _newly_lost(result: Result) -> RenderableType | None:
    return newly_lost(result.comparison.newly_lost, _ROWS) if result.comparison else None


_EXPLAINED: tuple[tuple[tuple[str, ...], Callable[[Result], RenderableType | None]], ...] = (
    (("CC301", "CC302"), _lost_words),
    (("CC304",), _shattered),
    (("CC501", "CC502", "CC503", "CC416"), waterfall),
    (("CC504",), _lines),
    (("CC701", "CC702", "CC703"), _newly_lost),
)
"""Which findings a table explains."""


def _tables(result: Result, families: tuple[str, ...]) -> Iterator[RenderableType]:
    found = {finding.rule for finding in result.findings if finding.severity != "info"}
    for rules, table in _EXPLAINED:
        if any(rule.startswith(families) for rule in rules) and not found.isdisjoint(rules):
            told = table(result)
            if told:
                yield _below(told)
