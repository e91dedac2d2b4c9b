"""The estimate for a person: the answer first, each figure marked as what it is."""

from __future__ import annotations

from collections.abc import Iterable
from math import log10

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from corpuscheck.estimates.estimate import Estimate
from corpuscheck.estimates.laws import LADDER
from corpuscheck.reports.estimated import (
    COMING,
    LAWS,
    answer_told,
    available_told,
    collecting,
    feeding,
    forecasts,
    full_size,
    model_named,
    passes,
    titles,
    why_not,
)
from corpuscheck.reports.facts import Fact
from corpuscheck.reports.terminal.console import text_on
from corpuscheck.reports.terminal.parts import columns, labelled, safe, section, told
from corpuscheck.text.amounts import count, size

_WIDTH = 20


def render_terminal(estimate: Estimate, console: Console) -> str:
    """The estimate as this console shows it."""
    parts: list[RenderableType] = [_answer(estimate), _collect(estimate), _ladder(estimate), _models(estimate)]
    if estimate.forecasts:
        parts.append(_forecasts(estimate))
    notes = Table.grid(padding=(0, 1))
    for note in estimate.notes:
        notes.add_row(Text("!", "yellow"), safe(note, limit=400))
    return text_on(console, [*parts, notes])


def _answer(estimate: Estimate) -> Group:
    """Enough or not, in one line; in a second, what all that could be had would make."""
    answer, have = answer_told(estimate)
    lines = [Text.assemble((answer, "bold green" if answer == "enough" else "bold yellow"), "  ", safe(have))]
    further = available_told(estimate)
    return Group(*lines, *([Text(further)] if further else []))


def _rows(facts: Iterable[Fact]) -> Table:
    return labelled([(label, told(pieces)) for label, pieces in facts])


def _collect(estimate: Estimate) -> Group:
    return section(1, *titles(estimate)[0], _rows(collecting(estimate)))


def _ladder(estimate: Estimate) -> Group:
    """Published corpora and this one, on a logarithmic scale."""
    table = columns(("", "left"), ("text", "right"), ("", "left"), ("", "left"))
    rungs = [(rung.size, rung.name, rung.source, "") for rung in LADDER]
    rungs.append((round(estimate.full_bytes), full_size(estimate), "", "bold green"))
    rungs.append((estimate.bytes, "what there is now", "", "bold cyan"))
    top = log10(max(rung[0] for rung in rungs))
    for bytes_, name, source, style in sorted(rungs):
        reach = max(1, round(_WIDTH * max(0.0, log10(max(bytes_, 1)) - 5) / (top - 5)))
        table.add_row(Text(name, style), size(bytes_), Text("▇" * reach, style or "dim"), Text(source, "dim"))
    note = Text("the bars are logarithmic; sizes of text as the sources give them", "dim")
    return section(2, *titles(estimate)[1], table, note)


def _models(estimate: Estimate) -> Group:
    plan = estimate.plan
    table = columns(("model", "left"), ("tokens by the rule", "right"), ("passes", "right"), ("", "left"))
    for model in estimate.models:
        mark = Text("enough", "green") if model.fed(plan.epochs) else Text(why_not(model, plan.epochs), "dim")
        times = passes(model.passes.value) if model.passes.known else "?"
        table.add_row(model_named(model, plan), count(model.tokens), times, mark)
    laws = Text("\n".join(LAWS), "dim")
    return section(3, *titles(estimate)[2], _rows(feeding(estimate)), Text(), table, laws)


def _forecasts(estimate: Estimate) -> Group:
    return section(4, *titles(estimate)[3], _rows(forecasts(estimate)), Text(COMING, "dim"))
