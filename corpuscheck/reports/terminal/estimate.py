"""The estimate for a person: the answer first, each figure marked as what it is."""

from __future__ import annotations

from collections.abc import Callable
from math import log10

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from corpuscheck.estimates.estimate import Estimate, Model
from corpuscheck.estimates.figure import Figure
from corpuscheck.estimates.laws import EPOCHS, LADDER
from corpuscheck.estimates.plan import Plan
from corpuscheck.reports.terminal.console import text_on
from corpuscheck.reports.terminal.parts import columns, labelled, safe, section
from corpuscheck.text.amounts import about, count, percent, size

_MARKS = {"given": "from your figures", "measured": "measured", "rule": "rule", "forecast": "forecast"}
_WIDTH = 20

Written = Callable[[float], str]


def render_terminal(estimate: Estimate, console: Console) -> str:
    """The estimate as this console shows it."""
    parts: list[RenderableType] = [_answer(estimate), _collect(estimate), _ladder(estimate), _models(estimate)]
    if estimate.forecasts:
        parts.append(_forecasts(estimate))
    notes = Table.grid(padding=(0, 1))
    for note in estimate.notes:
        notes.add_row(Text("!", "yellow"), safe(note, limit=400))
    return text_on(console, [*parts, notes])


def figure_text(figure: Figure, how: Written, after: Figure | None = None) -> Text:
    """A figure with its interval and its mark; why not, where it is not known, unless that stands `after` another."""
    if not figure.known:
        if after and after.unknown == figure.unknown:
            return Text("not enough to tell", "dim")
        return Text(f"not enough to tell: {figure.unknown}", "dim")
    if figure.kind == "forecast" and how is count:
        how = about
    text = Text(how(figure.value), "bold")
    if figure.low != figure.high:
        text.append(f"  {how(figure.low)} to {how(figure.high)}")
    mark = _MARKS[figure.kind] + (", rough" if figure.rough else "")
    return text.append(f"  {mark}", "dim")


def figures_of(estimate: Estimate) -> list[tuple[str, str]]:
    """The key figures, each with its interval and its mark, as plain text."""
    figures: list[tuple[str, Figure, Written]] = [
        ("mean document", estimate.mean_document, size),
        ("usable", estimate.usable, percent),
        ("documents by the rule", estimate.by_rule, count),
        ("documents by your mean", estimate.by_mean, count),
        ("still missing", estimate.missing, count),
        *([("time", estimate.days, _days)] if estimate.plan.per_day else []),
        ("text in all", estimate.collectable, size),
        ("tokens", estimate.tokens, count),
    ]
    return [(label, figure_text(figure, how).plain) for label, figure, how in figures]


def _answer(estimate: Estimate) -> Group:
    """Enough or not, in one line; in a second, what all that could be had would make."""
    plan, missing = estimate.plan, estimate.missing
    have = f"{count(estimate.documents)} documents, {size(estimate.bytes)}"
    if not missing.known:
        answer = Text("not enough to tell how much is missing", "bold yellow")
    elif missing.value <= 0:
        answer = Text("enough", "bold green")
    else:
        answer = Text(f"{_short(missing, count)} documents like these are missing", "bold yellow")
    lines = [Text.assemble(answer, "  ", safe(f"for {size(plan.target_bytes)}; there are {have}"))]
    if plan.available and estimate.collectable.known and missing.known and missing.value > 0:
        share = estimate.collectable.value / plan.target_bytes
        verdict = "enough" if share >= 1 else f"{percent(share)} of it"
        lines.append(
            Text(f"all {count(plan.available)} available would be {size(estimate.collectable.value)}, {verdict}")
        )
    return Group(*lines)


def _collect(estimate: Estimate) -> Group:
    plan = estimate.plan
    usable = figure_text(estimate.usable, percent)
    if estimate.usable.kind == "measured":
        usable.append(", without copies and debris", "dim")
    rule = Text.assemble(
        figure_text(estimate.by_rule, count), (f", {count(plan.articles_per_gb)} articles per GB", "dim")
    )
    rows: list[tuple[str | Text, str | Text]] = [
        ("mean document", figure_text(estimate.mean_document, size)),
        ("usable", usable),
        ("by the rule", rule),
        ("by your mean", figure_text(estimate.by_mean, count, estimate.mean_document)),
        ("still missing", figure_text(estimate.missing, count, estimate.mean_document)),
    ]
    if plan.per_day:
        days = Text.assemble(
            figure_text(estimate.days, _days, estimate.mean_document), (f", at {plan.per_day:g} a day", "dim")
        )
        rows.append(("time", days))
    if plan.available or plan.articles:
        label = "all available" if plan.available else "all together"
        rows.append((label, figure_text(estimate.collectable, size, estimate.mean_document)))
        if estimate.collectable.known:
            share = estimate.collectable.times(1 / plan.target_bytes)
            rows.append(("  of the target", figure_text(share, _share)))
    return section(
        1, f"How many documents make {size(plan.target_bytes)}?", _short(estimate.by_mean, count), labelled(rows)
    )


def _share(share: float) -> str:
    return percent(share) if share < 1 else f"{count(100 * share)} %"


def _short(figure: Figure, how: Written) -> str:
    if not figure.known:
        return "not enough to tell"
    if figure.kind == "forecast" and how is count:
        return f"about {about(figure.value)}"
    return how(figure.value)


def _days(days: float) -> str:
    return f"{days:,.0f} days" if days < 730 else f"{days / 365.25:,.1f} years"


def _ladder(estimate: Estimate) -> Group:
    """Published corpora and this one, on a logarithmic scale."""
    table = columns(("", "left"), ("text", "right"), ("", "left"), ("", "left"))
    rungs = [(rung.size, rung.name, rung.source, "") for rung in LADDER]
    rungs.append((round(estimate.full_bytes), _full_size(estimate), "", "bold green"))
    rungs.append((estimate.bytes, "what there is now", "", "bold cyan"))
    top = log10(max(rung[0] for rung in rungs))
    for bytes_, name, source, style in sorted(rungs):
        reach = max(1, round(_WIDTH * max(0.0, log10(max(bytes_, 1)) - 5) / (top - 5)))
        table.add_row(Text(name, style), size(bytes_), Text("▇" * reach, style or "dim"), Text(source, "dim"))
    return section(
        2,
        f"Where would {size(estimate.full_bytes)} stand?",
        _place(estimate),
        table,
        Text("the bars are logarithmic; sizes of text as the sources give them", "dim"),
    )


def _full_size(estimate: Estimate) -> str:
    plan = estimate.plan
    if plan.available or plan.articles:
        return "all that is available" if plan.available else "all of it"
    return "your target" if round(estimate.full_bytes) == plan.target_bytes else "all of it"


def _place(estimate: Estimate) -> str:
    below, above = estimate.below, estimate.above
    if below is None:
        return f"below {above.name}" if above else ""
    if below.size == round(estimate.full_bytes):
        return f"as large as {below.name}"
    return f"above {below.name}" + (f", below {above.name}" if above else "")


def _models(estimate: Estimate) -> Group:
    plan = estimate.plan
    rows: list[tuple[str | Text, str | Text]] = [
        ("words", figure_text(estimate.words, count, estimate.mean_document)),
        ("tokens", figure_text(estimate.tokens, about, estimate.mean_document)),
    ]
    table = columns(("model", "left"), ("tokens by the rule", "right"), ("passes", "right"), ("", "left"))
    for model in estimate.models:
        mark = Text("enough", "green") if model.fed(plan.epochs) else Text(_why_not(model, plan.epochs), "dim")
        passes = _passes(model.passes.value) if model.passes.known else "?"
        table.add_row(_named(model, plan), count(model.tokens), passes, mark)
    laws = (
        "rules for decoder models: 20 tokens per parameter (arXiv 2203.15556),\n"
        f"{EPOCHS} passes over the same text lose little (arXiv 2305.16264)"
    )
    title = f"What could {size(estimate.full_bytes)} feed?"
    return section(3, title, _fed(estimate), labelled(rows), Text(), table, Text(laws, "dim"))


def _named(model: Model, plan: Plan) -> str:
    return f"{model.name}, {count(model.parameters)}" if plan.parameters else model.name


def _why_not(model: Model, epochs: int) -> str:
    return f"more than {epochs}" if model.passes.known else ""


def _fed(estimate: Estimate) -> str:
    if not estimate.tokens.known:
        return "not enough to tell"
    fed = [model for model in estimate.models if model.fed(estimate.plan.epochs)]
    if estimate.plan.parameters:
        return "your model" if fed else "not your model"
    return f"up to {fed[-1].name}" if fed else "none of these"


def _passes(value: float) -> str:
    return count(value) if value >= 10 else f"{value:.2g}"


_NAMES: dict[str, tuple[str, Written]] = {
    "unseen_character_mass": ("unseen characters", percent),
    "unk_rate_all_characters": ("[UNK], every character kept", percent),
    "unk_rate_alphabet_by_coverage": ("[UNK], 0.9995 coverage", percent),
    "documents_touched": ("documents hit", percent),
    "new_characters": ("new characters", count),
    "new_words": ("new words", count),
}


def _forecasts(estimate: Estimate) -> Group:
    rows: list[tuple[str | Text, str | Text]] = [
        (label, figure_text(estimate.forecasts[name], how))
        for name, (label, how) in _NAMES.items()
        if name in estimate.forecasts
    ]
    body: list[RenderableType] = [
        labelled(rows),
        Text("of the text still to come; intervals should hold 9 times in 10, see docs/method.md", "dim"),
    ]
    lost = estimate.forecasts["unk_rate_alphabet_by_coverage"]
    answer = f"about {percent(lost.value)} [UNK]" if lost.known else "not enough to tell"
    title = f"What would a tokenizer from this lose at {size(estimate.full_bytes)}?"
    return section(4, title, answer, *body)
