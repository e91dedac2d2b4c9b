"""What is said of an estimate: the answer, and each figure with its interval and what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from corpuscheck.estimates.estimate import Estimate, Model
from corpuscheck.estimates.figure import Figure
from corpuscheck.estimates.laws import EPOCHS
from corpuscheck.estimates.plan import Plan
from corpuscheck.reports.answers import Quiet, Strong
from corpuscheck.reports.facts import Fact
from corpuscheck.text.amounts import about, count, percent, size
from corpuscheck.text.printable import printable

NOT_ENOUGH = "not enough to tell"
_MARKS = {"given": "from your figures", "measured": "measured", "rule": "rule", "forecast": "forecast"}

Written = Callable[[float], str]


def figure_told(figure: Figure, how: Written, after: Figure | None = None) -> tuple[str, ...]:
    """A figure with its interval and its mark; why not, where it is not known, unless that stands `after` another."""
    if not figure.known:
        again = after and after.unknown == figure.unknown
        return (Quiet(NOT_ENOUGH if again else f"{NOT_ENOUGH}: {printable(figure.unknown, 300)}"),)
    if figure.kind == "forecast" and how is count:
        how = about
    interval = f"  {how(figure.low)} to {how(figure.high)}" if figure.low != figure.high else ""
    mark = _MARKS[figure.kind] + (", rough" if figure.rough else "")
    return Strong(how(figure.value)), interval, Quiet(f"  {mark}")


def figures_of(estimate: Estimate) -> list[tuple[str, str]]:
    """The key figures, each with its interval and its mark, as plain text."""
    figures: list[tuple[str, Figure, Written]] = [
        ("mean document", estimate.mean_document, size),
        ("usable", estimate.usable, percent),
        ("documents by the rule", estimate.by_rule, count),
        ("documents by your mean", estimate.by_mean, count),
        ("still missing", estimate.missing, count),
        *([("time", estimate.days, days)] if estimate.plan.per_day else []),
        ("text in all", estimate.collectable, size),
        ("tokens", estimate.tokens, count),
    ]
    return [(label, "".join(figure_told(figure, how))) for label, figure, how in figures]


def answer_told(estimate: Estimate) -> tuple[str, str]:
    """Enough or not, and for what."""
    plan, missing = estimate.plan, estimate.missing
    have = f"for {size(plan.target_bytes)}; there are {count(estimate.documents)} documents, {size(estimate.bytes)}"
    if not missing.known:
        return "not enough to tell how much is missing", have
    if missing.value <= 0:
        return "enough", have
    return f"{short(missing, count)} documents like these are missing", have


def available_told(estimate: Estimate) -> str:
    """What all that could be had would make; nothing where that is not asked."""
    plan, missing = estimate.plan, estimate.missing
    if not (plan.available and estimate.collectable.known and missing.known and missing.value > 0):
        return ""
    share = estimate.collectable.value / plan.target_bytes
    verdict = "enough" if share >= 1 else f"{percent(share)} of it"
    return f"all {count(plan.available)} available would be {size(estimate.collectable.value)}, {verdict}"


def share_of(share: float) -> str:
    """50 %, or 250 %"""
    return percent(share) if share < 1 else f"{count(100 * share)} %"


def short(figure: Figure, how: Written) -> str:
    """The figure alone, for a title."""
    if not figure.known:
        return NOT_ENOUGH
    if figure.kind == "forecast" and how is count:
        return f"about {about(figure.value)}"
    return how(figure.value)


def days(n: float) -> str:
    """300 days, or 2.5 years"""
    return f"{n:,.0f} days" if n < 730 else f"{n / 365.25:,.1f} years"


def full_size(estimate: Estimate) -> str:
    """What the corpus at full size is called."""
    plan = estimate.plan
    if plan.available or plan.articles:
        return "all that is available" if plan.available else "all of it"
    return "your target" if round(estimate.full_bytes) == plan.target_bytes else "all of it"


def standing(estimate: Estimate) -> str:
    """Between which published corpora it would stand."""
    below, above = estimate.below, estimate.above
    if below is None:
        return f"below {above.name}" if above else ""
    if below.size == round(estimate.full_bytes):
        return f"as large as {below.name}"
    return f"above {below.name}" + (f", below {above.name}" if above else "")


def model_named(model: Model, plan: Plan) -> str:
    """Its name, with its size where that was given."""
    return f"{model.name}, {count(model.parameters)}" if plan.parameters else model.name


def why_not(model: Model, epochs: int) -> str:
    """Why a model is not fed, where that is known."""
    return f"more than {epochs}" if model.passes.known else ""


def fed_models(estimate: Estimate) -> str:
    """Up to which model there is enough."""
    if not estimate.tokens.known:
        return NOT_ENOUGH
    fed = [model for model in estimate.models if model.fed(estimate.plan.epochs)]
    if estimate.plan.parameters:
        return "your model" if fed else "not your model"
    return f"up to {fed[-1].name}" if fed else "none of these"


def passes(value: float) -> str:
    """2.5, or 1,200"""
    return count(value) if value >= 10 else f"{value:.2g}"


FORECASTS: dict[str, tuple[str, Written]] = {
    "unseen_character_mass": ("unseen characters", percent),
    "unk_rate_all_characters": ("[UNK], every character kept", percent),
    "unk_rate_alphabet_by_coverage": ("[UNK], 0.9995 coverage", percent),
    "documents_touched": ("documents hit", percent),
    "new_characters": ("new characters", count),
    "new_words": ("new words", count),
}
"""What forecasts are called, and how they are written."""


def collecting(estimate: Estimate) -> Iterator[Fact]:
    """How many documents the target takes, and how many are missing."""
    plan, mean = estimate.plan, estimate.mean_document
    measured = (Quiet(", without copies and debris"),) if estimate.usable.kind == "measured" else ()
    yield "mean document", figure_told(mean, size)
    yield "usable", (*figure_told(estimate.usable, percent), *measured)
    per_gb = Quiet(f", {count(plan.articles_per_gb)} articles per GB")
    yield "by the rule", (*figure_told(estimate.by_rule, count), per_gb)
    yield "by your mean", figure_told(estimate.by_mean, count, mean)
    yield "still missing", figure_told(estimate.missing, count, mean)
    if plan.per_day:
        yield "time", (*figure_told(estimate.days, days, mean), Quiet(f", at {plan.per_day:g} a day"))
    if plan.available or plan.articles:
        label = "all available" if plan.available else "all together"
        yield label, figure_told(estimate.collectable, size, mean)
        if estimate.collectable.known:
            yield "  of the target", figure_told(estimate.collectable.times(1 / plan.target_bytes), share_of)


def feeding(estimate: Estimate) -> Iterator[Fact]:
    """Words and tokens."""
    yield "words", figure_told(estimate.words, count, estimate.mean_document)
    yield "tokens", figure_told(estimate.tokens, about, estimate.mean_document)


def forecasts(estimate: Estimate) -> Iterator[Fact]:
    """What a tokenizer would lose of the text still to come."""
    for name, (label, how) in FORECASTS.items():
        if name in estimate.forecasts:
            yield label, figure_told(estimate.forecasts[name], how)


def titles(estimate: Estimate) -> tuple[tuple[str, str], ...]:
    """The questions that an estimate answers, and the answers in a few words."""
    full = size(estimate.full_bytes)
    asked = [
        (f"How many documents make {size(estimate.plan.target_bytes)}?", short(estimate.by_mean, count)),
        (f"Where would {full} stand?", standing(estimate)),
        (f"What could {full} feed?", fed_models(estimate)),
    ]
    if estimate.forecasts:
        lost = estimate.forecasts["unk_rate_alphabet_by_coverage"]
        answer = f"about {percent(lost.value)} [UNK]" if lost.known else NOT_ENOUGH
        asked.append((f"What would a tokenizer from this lose at {full}?", answer))
    return tuple(asked)


LAWS = (
    "rules for decoder models: 20 tokens per parameter (arXiv 2203.15556),",
    f"{EPOCHS} passes over the same text lose little (arXiv 2305.16264)",
)
COMING = "of the text still to come; intervals should hold 9 times in 10, see docs/method.md"
