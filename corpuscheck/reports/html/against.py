"""Texts that a model will be tested with, and what of them stands in the corpus."""

from __future__ import annotations

from collections.abc import Iterator

from corpuscheck.reports.common import TESTED_WITH, contamination_told, left_out_told
from corpuscheck.reports.html.parts import Cell, Grid, Heading, PageSection, Room, grid, path, shown
from corpuscheck.result.contamination import ContaminatedDocument, Contamination
from corpuscheck.result.result import Result
from corpuscheck.text.amounts import percent


def against(result: Result, room: Room) -> Iterator[PageSection]:
    """A section for each benchmark."""
    mark = next((finding.severity for finding in result.findings if finding.rule == "CC710"), "fine")
    for number, found in enumerate(result.against, 1):
        told = left_out_told(found.too_short, found.shared_only)
        title, tone = contamination_told(found), mark if found.contaminated else "fine"
        further = (told,) if told else ()
        yield PageSection(f"against-{number}", TESTED_WITH, title, tone, shown(_table(found, room)), further)


def _table(found: Contamination, room: Room) -> Grid | None:
    columns = (Heading("in the corpus", number=True), Heading("document of the benchmark"), Heading("stands in"))
    return grid("", columns, found.worst, _row, room.rows) if found.worst else None


def _row(worst: ContaminatedDocument) -> tuple[Cell, ...]:
    place: Cell = path(worst.place.named) if worst.place else ""
    return percent(worst.share), path(worst.document.named), place
