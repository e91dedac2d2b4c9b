"""The estimate as a page: the answer, then how much to collect, where that would stand, and what it could feed."""

from __future__ import annotations

from collections.abc import Iterable

from corpuscheck.estimates.estimate import Estimate, Model
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
from corpuscheck.reports.headlines import as_title
from corpuscheck.reports.html.page import bytes_of
from corpuscheck.reports.html.parts import (
    Bar,
    Cell,
    Grid,
    Heading,
    HtmlPage,
    PageBlock,
    PageFinding,
    PageSection,
    Paragraph,
    Room,
    labelled,
    said,
)
from corpuscheck.reports.html.reading import ladder
from corpuscheck.text.amounts import count

_ANCHORS = ("documents", "standing", "models", "forecasts")


def render(estimate: Estimate) -> bytes:
    """One page, at most 300 kB, the same for the same estimate."""
    return bytes_of(lambda room: _page(estimate, room))


def _page(estimate: Estimate, room: Room) -> HtmlPage:
    answer, have = answer_told(estimate)
    enough, known = answer == "enough", estimate.missing.known
    notes = tuple(PageFinding("info", said(note)) for note in estimate.notes)
    blocks = (_rows(collecting(estimate)),), (_standing(estimate),), _models(estimate), _forecasts(estimate)
    return HtmlPage(
        kind="corpuscheck estimate: is it worth collecting, and how much is missing?",
        verdict="ENOUGH" if enough else "NOT YET ENOUGH" if known else "NOT KNOWN",
        tone="fine" if enough else "warning",
        title=as_title(answer),
        lead=tuple(filter(None, (have, available_told(estimate)))),
        told=notes[: room.rows],
        left_out=max(0, len(notes) - room.rows),
        heading="What to bear in mind",
        sections=tuple(
            PageSection(anchor, question, as_title(told), "", body)
            for anchor, (question, told), body in zip(_ANCHORS, titles(estimate), blocks, strict=False)
        ),
    )


def _rows(facts: Iterable[Fact]) -> Grid:
    return labelled("", facts)


def _standing(estimate: Estimate) -> Grid:
    rungs = [(rung.size, rung.name, "", rung.source) for rung in LADDER]
    rungs.append((round(estimate.full_bytes), full_size(estimate), "good", ""))
    rungs.append((estimate.bytes, "what there is now", "strong", ""))
    return ladder("", rungs)


def _models(estimate: Estimate) -> tuple[PageBlock, ...]:
    plan = estimate.plan
    columns = (
        Heading("model"),
        Heading("share of the tokens that it needs", bar=True),
        Heading("tokens by the rule", number=True),
        Heading("passes", number=True),
        Heading("enough?"),
    )

    def row(model: Model) -> tuple[Cell, ...]:
        known, fed = model.passes.known, model.fed(plan.epochs)
        share = min(1.0, plan.epochs / model.passes.value) if known and model.passes.value else 0.0
        bar = Bar(share, tone="good" if fed else "doubt")
        times = passes(model.passes.value) if known else "?"
        return (
            model_named(model, plan),
            bar,
            count(model.tokens),
            times,
            "enough" if fed else why_not(model, plan.epochs),
        )

    note = f"The bars show how much of it there would be in {plan.epochs} passes; {' '.join(LAWS)}."
    return labelled("", feeding(estimate)), Grid("", columns, tuple(map(row, estimate.models)), note=note)


def _forecasts(estimate: Estimate) -> tuple[PageBlock, ...]:
    return _rows(forecasts(estimate)), Paragraph(COMING)
