"""The estimate for a person: the answer first, each figure marked as what it is."""

from __future__ import annotations

import io
from collections.abc import Callable
from math import log10

from rich.console import Console, Group, RenderableType
from rich.text import Text

from corpuscheck.feasibility.estimate import Estimate, Figure
from corpuscheck.feasibility.laws import LADDER
from corpuscheck.reports.terminal_parts import columns, labelled, safe, section
from corpuscheck.rules.amounts import count, percent, size

_MARKS = {"given": "from your figures", "measured": "measured", "rule": "rule", "forecast": "forecast"}
_WIDTH = 20

Shown = Callable[[float], str]


def render(estimate: Estimate) -> bytes:
    """The report as text of 100 columns without colours."""
    out = io.StringIO()
    render_terminal(estimate, Console(width=100, file=out, highlight=False, markup=False, emoji=False))
    return out.getvalue().encode()


def render_terminal(estimate: Estimate, console: Console) -> None:
    """Print the estimate."""
    parts = [_answer(estimate), _collect(estimate), _ladder(estimate), _models(estimate)]
    if estimate.forecasts:
        parts.append(_forecasts(estimate))
    with console.capture() as capture:
        for part in parts:
            console.print(part)
        for note in estimate.notes:
            console.print(Text.assemble(("! ", "yellow"), safe(note, limit=400)))
    for line in capture.get().splitlines():
        console.file.write(line.rstrip() + "\n")


def shown(figure: Figure, how: Shown) -> Text:
    """A figure with its interval and its mark; why not, where it is not known."""
    if not figure.known:
        return Text(f"not enough to tell: {figure.unknown}", "dim")
    text = Text(how(figure.value), "bold")
    if figure.low != figure.high:
        text.append(f"  {how(figure.low)} to {how(figure.high)}")
    mark = _MARKS[figure.kind] + (", order of magnitude" if figure.rough else "")
    return text.append(f"  {mark}", "dim")


def _answer(estimate: Estimate) -> Group:
    plan, missing = estimate.plan, estimate.missing
    have = f"{count(plan.articles or estimate.documents)} documents, {size(estimate.bytes)}"
    if not missing.known:
        answer = Text("not enough to tell how much is missing", "bold yellow")
    elif missing.value <= 0:
        answer = Text("enough", "bold green")
    else:
        answer = Text(f"{count(missing.value)} documents like these are missing", "bold yellow")
    return Group(Text.assemble(answer, "  ", safe(f"for {size(plan.target_bytes)}; there are {have}")))


def _collect(estimate: Estimate) -> Group:
    plan = estimate.plan
    rows: list[tuple[str | Text, str | Text]] = [
        ("mean document", shown(estimate.mean_document, size)),
        ("usable", shown(estimate.usable, percent)),
        (
            "by the rule",
            Text.assemble(shown(estimate.by_rule, count), f"  {count(plan.articles_per_gb)} articles per GB"),
        ),
        ("by your mean", shown(estimate.by_mean, count)),
        ("still missing", shown(estimate.missing, count)),
    ]
    if plan.per_day:
        rows.append(("time", Text.assemble(shown(estimate.days, _days), f"  at {plan.per_day:g} a day")))
    if plan.available or plan.articles:
        label = "all available" if plan.available else "all together"
        rows.append((label, shown(estimate.collectable, size)))
        if estimate.collectable.known:
            share = estimate.collectable.times(1 / plan.target_bytes)
            rows.append(("  of the target", shown(share, percent)))
    return section(
        1, f"How many documents make {size(plan.target_bytes)}?", _short(estimate.by_mean, count), labelled(rows)
    )


def _short(figure: Figure, how: Shown) -> str:
    return how(figure.value) if figure.known else "not known"


def _days(days: float) -> str:
    return f"{days:,.0f} days" if days < 730 else f"{days / 365.25:,.1f} years"


def _ladder(estimate: Estimate) -> Group:
    """Published corpora and this one, on a logarithmic scale."""
    table = columns(("", "left"), ("text", "right"), ("", "left"), ("", "left"))
    rungs = [(rung.size, rung.name, rung.source, "") for rung in LADDER]
    rungs.append((round(estimate.full_bytes), "this corpus, at full size", "", "bold green"))
    rungs.append((estimate.bytes, "what there is now", "", "bold cyan"))
    top = log10(max(rung[0] for rung in rungs))
    for bytes_, name, source, style in sorted(rungs):
        reach = max(1, round(_WIDTH * max(0.0, log10(max(bytes_, 1)) - 5) / (top - 5)))
        table.add_row(Text(name, style), size(bytes_), Text("▇" * reach, style or "dim"), Text(source, "dim"))
    below = estimate.below.name if estimate.below else "nothing on the ladder"
    note = f"above {below}" + (f", below {estimate.above.name}" if estimate.above else "")
    return section(2, "Where does that stand?", note, table, Text("each step of the bar is a factor, not a sum", "dim"))


def _models(estimate: Estimate) -> Group:
    plan = estimate.plan
    rows: list[tuple[str | Text, str | Text]] = [
        ("words", shown(estimate.words, count)),
        ("tokens", shown(estimate.tokens, count)),
    ]
    table = columns(("model", "left"), ("tokens by the rule", "right"), ("passes over it", "right"), ("", "left"))
    fed = [model for model in estimate.models if model.fed(plan.epochs)]
    for model in estimate.models:
        mark = Text("fed", "green") if model.fed(plan.epochs) else Text(f"more than {plan.epochs}", "dim")
        passes = _passes(model.passes.value) if model.passes.known else "?"
        table.add_row(f"{model.name} ({count(model.parameters)})", count(model.tokens), passes, mark)
    answer = f"up to {fed[-1].name}" if fed else "none of these"
    law = "20 tokens per parameter and up to 4 passes are laws of decoder models (arXiv 2203.15556, 2305.16264)"
    return section(3, "What can it feed?", answer, labelled(rows), Text(), table, Text(law, "dim"))


def _passes(value: float) -> str:
    return count(value) if value >= 10 else f"{value:.2g}"


_NAMES: dict[str, tuple[str, Shown]] = {
    "unseen_character_mass": ("characters never seen here", percent),
    "unk_rate_all_characters": ("[UNK], every character kept", percent),
    "unk_rate_alphabet_by_coverage": ("[UNK], 0.9995 coverage", percent),
    "documents_touched": ("documents touched", percent),
    "new_characters": ("new characters", count),
    "new_words": ("new words", count),
}


def _forecasts(estimate: Estimate) -> Group:
    rows: list[tuple[str | Text, str | Text]] = [
        (label, shown(estimate.forecasts[name], how))
        for name, (label, how) in _NAMES.items()
        if name in estimate.forecasts
    ]
    body: list[RenderableType] = [
        labelled(rows),
        Text("in the text still to come; intervals hold 90 % of the time", "dim"),
    ]
    answer = _short(estimate.forecasts["unk_rate_alphabet_by_coverage"], percent) + " [UNK]"
    return section(4, f"What will a tokenizer made now lose at {size(estimate.full_bytes)}?", answer, *body)
