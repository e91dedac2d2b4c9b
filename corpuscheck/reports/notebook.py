"""A conclusion as a small table in a notebook: HTML that is escaped throughout, without scripts, styles and links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any

from corpuscheck.cleaning.outcome import Cleaned
from corpuscheck.domain.sides import Sides
from corpuscheck.domain.telling import bits
from corpuscheck.estimates.comparison import TokenizerComparison
from corpuscheck.estimates.drawn import Drawn
from corpuscheck.estimates.estimate import Estimate
from corpuscheck.reports.answers import answers
from corpuscheck.reports.common import LONGEST_TEXT, VERDICTS, severities_told, worst_places
from corpuscheck.reports.compared import cells_of
from corpuscheck.reports.drawn import told
from corpuscheck.reports.estimated import figures_of
from corpuscheck.reports.terminal.cleaned import steps_of
from corpuscheck.reports.terminal.peek import head_of
from corpuscheck.result.result import Result
from corpuscheck.running.showing import Peek
from corpuscheck.text.amounts import count, size
from corpuscheck.text.printable import printable

_MOST_ROWS = 50
_EXCERPT = 300

Page = tuple[str, Sequence["NotebookTable"]]
NotebookTable = tuple[Sequence[str], Sequence[Sequence[str]]]
"""Headings, none where they are empty, and rows."""


def render(conclusion: object) -> str:
    """The table of any conclusion."""
    title, tables = _PAGES[type(conclusion)](conclusion)
    # these classes keep notebooks from reading $…$ in a corpus as mathematics
    return (
        f'<div class="tex2jax_ignore mathjax_ignore"><p><b>{_safe(title)}</b></p>{"".join(map(_table, tables))}</div>'
    )


def _safe(text: str) -> str:
    return escape(printable(text, LONGEST_TEXT))


def _table(table: NotebookTable) -> str:
    headings, rows = table
    if not rows:
        return ""
    head = _row("th", headings) if headings else ""
    body = "".join(_row("td", row) for row in rows[:_MOST_ROWS])
    more = f"<p>… and {len(rows) - _MOST_ROWS:,} more</p>" if len(rows) > _MOST_ROWS else ""
    return f"<table>{head}{body}</table>{more}"


def _row(tag: str, cells: Iterable[str]) -> str:
    return "<tr>" + "".join(f'<{tag} align="left">{_safe(cell)}</{tag}>' for cell in cells) + "</tr>"


def _result(result: Result) -> Page:
    findings = [
        (f.rule, f.severity, f.message, f.advice, worst_places(f.places, 2) if f.places else "")
        for f in result.findings
    ]
    return f"{VERDICTS[result.verdict]}: {severities_told(result)}", [
        (("rule", "", "finding", "what to do", "where"), findings),
        ((), [(answer.title, "".join(answer.whole)) for answer in answers(result)]),
    ]


def _estimate(estimate: Estimate) -> Page:
    title = (
        f"{count(estimate.documents)} documents, {size(estimate.bytes)}; aimed at {size(estimate.plan.target_bytes)}"
    )
    return title, [((), figures_of(estimate)), ((), [(note,) for note in estimate.notes])]


def _tokenizers(compared: TokenizerComparison) -> Page:
    rows = [(label, *cells) for label, cells in cells_of(compared.rows)]
    return f"{compared.recommended}: {compared.reason}", [(("", *(row.name for row in compared.rows)), rows)]


def _sides(sides: Sides) -> Page:
    names = [side.name for side in sides.sides]
    numbers = range(len(names))
    rows = [(names[one], *(_distance(sides, one, other) for other in numbers)) for one in numbers]
    return "Distances in bits", [(("", *names), rows)]


def _distance(sides: Sides, one: int, other: int) -> str:
    found = sides.between(one, other)
    return "" if one == other else "?" if found is None else bits(found)


def _peek(peek: Peek) -> Page:
    rows = [
        (
            shown.place.named,
            shown.why,
            printable(" ".join(shown.excerpt.text.split()), _EXCERPT),
        )
        for shown in peek.shown
    ]
    return head_of(peek), [(("where", "why", "text"), rows)]


def _cleaned(cleaned: Cleaned) -> Page:
    kept = f"{count(cleaned.documents_kept)} documents, {size(cleaned.bytes_kept)}"
    title = f"{kept} would stay" if cleaned.dry_run else f"{kept} in {cleaned.folder}"
    rows = [(name, count(utf8_bytes), count(documents)) for name, utf8_bytes, documents in steps_of(cleaned)]
    return title, [(("", "bytes", "documents"), rows)]


def _drawn(drawn: Drawn) -> Page:
    title, *notes = told(drawn)
    return title, [((), [(note,) for note in notes])]


_PAGES: dict[type, Callable[[Any], Page]] = {
    Result: _result,
    Estimate: _estimate,
    TokenizerComparison: _tokenizers,
    Sides: _sides,
    Peek: _peek,
    Cleaned: _cleaned,
    Drawn: _drawn,
}
