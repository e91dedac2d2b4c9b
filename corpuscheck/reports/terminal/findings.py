"""The end of the terminal report: what was found, the gravest first, and the verdict as the last line."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from corpuscheck.reports.common import LONGEST_TEXT, VERDICTS, detail, severities_told
from corpuscheck.reports.terminal.parts import safe
from corpuscheck.result.place import Place
from corpuscheck.result.result import Finding, Result, Verdict
from corpuscheck.settings import Severity
from corpuscheck.text.amounts import plural

MARKS: dict[Severity, tuple[str, str]] = {"error": ("✗", "red"), "warning": ("!", "yellow"), "info": ("·", "cyan")}

_STYLES: dict[Verdict, str] = {"ready": "bold green", "caution": "bold yellow", "not_ready": "bold red"}
_LEAST = 5
"""Lines for findings that are told by their messages, however little room there is; twice as many for those before."""

_PLACES = 3


def verdict(result: Result, hint: str = "") -> Text:
    """The last line: the verdict in a word, how many errors and warnings, and what else can be asked for."""
    word, style = VERDICTS[result.verdict], _STYLES[result.verdict]
    return Text.assemble(
        (f" {word} ", f"{style} reverse"), "  ", severities_told(result), (f"; {hint}" if hint else "", "dim")
    )


def not_judged(result: Result) -> Iterator[RenderableType]:
    """One line for each reason for which rules could not be judged."""
    reasons: dict[str, list[str]] = {}
    for rule in result.skipped_rules:
        reasons.setdefault(rule.reason, []).append(rule.rule)
    for reason, rules in reasons.items():
        yield safe(f"{', '.join(rules)} not judged: {reason}", "dim", LONGEST_TEXT)


def all_findings(result: Result, full: bool) -> Iterator[RenderableType]:
    """Each finding with its advice, and with its worst places or the worst one alone."""
    return (_told(finding, _PLACES if full else 1) for finding in result.findings)


def main_findings(result: Result, console: Console, room: int) -> Iterator[RenderableType]:
    """In about so many lines: first with place and advice, then by their messages, then by their rules."""
    left = list(result.findings)
    messages = max(_LEAST, room // 3)
    for lines, tell in ((max(2 * _LEAST, room - messages), _with_one_place), (messages, _message)):
        while left:
            told = tell(left[0])
            lines -= len(console.render_lines(told))
            if lines < 0 and left[0] is not result.findings[0]:
                break
            yield told
            left.pop(0)
    if left:
        rules = ", ".join(dict.fromkeys(finding.rule for finding in left))
        yield safe(f"… and {plural(len(left), 'more finding')}: {rules}", "dim", LONGEST_TEXT)


def _with_one_place(finding: Finding) -> RenderableType:
    return _told(finding, 1)


def _grid(finding: Finding) -> Table:
    mark, style = MARKS[finding.severity]
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    grid.add_row(Text(mark, style), finding.rule, safe(finding.message, limit=LONGEST_TEXT))
    return grid


def _message(finding: Finding) -> RenderableType:
    return _grid(finding)


def _told(finding: Finding, places: int) -> RenderableType:
    grid = _grid(finding)
    for line in _places(finding, places):
        grid.add_row("", "", line)
    grid.add_row("", "", Text.assemble(("→ ", "dim"), safe(finding.advice, "dim", limit=LONGEST_TEXT)))
    return Group(grid)


def _places(finding: Finding, most: int) -> Iterator[Text]:
    """The worst places, unless it is one and the message names it; the last of them says how many there are more."""
    shown = finding.places[:most]
    if len(shown) == 1 and _named(shown[0], finding.message):
        return
    for n, place in enumerate(shown, 1):
        left = len(finding.places) - n
        more = f", and {plural(left, 'more place')}" if n == len(shown) and left else ""
        told = f"  {detail(place)}" if place.detail else ""
        yield Text.assemble(place.named, (told + more, "dim"))


def _named(place: Place, message: str) -> bool:
    told = bool(place.detail) and place.detail in message
    return place.path in message and (told or (place.line is None and place.document is None))
