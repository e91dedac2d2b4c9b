"""The section of the terminal report about texts that a model will be tested with."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reports.common import TESTED_WITH, contamination_told, left_out_told
from corpuscheck.reports.terminal.parts import columns, safe, section
from corpuscheck.result.contamination import ContaminatedDocument, Contamination
from corpuscheck.result.result import Result
from corpuscheck.text.amounts import percent

_DOCUMENTS = 10


def against(result: Result) -> Iterator[RenderableType]:
    """Each benchmark, with the documents of which most stands in the corpus; nothing where there is none."""
    for found in result.against:
        left_out = [Text(told, "dim")] if (told := left_out_told(found.too_short, found.shared_only)) else []
        table = [_table(found)] if found.worst else []
        yield section(None, TESTED_WITH, contamination_told(found), *table, *left_out)


def main_against(result: Result) -> Iterator[RenderableType]:
    """A line for each benchmark."""
    for found in result.against:
        yield Text(f"{TESTED_WITH}  ", "bold") + safe(contamination_told(found), limit=LONGEST_PATH)


def _table(found: Contamination) -> RenderableType:
    table = columns(("in the corpus", "right"), ("document of the benchmark", "left"), ("stands in", "left"))
    for worst in found.worst[:_DOCUMENTS]:
        table.add_row(*_row(worst))
    if found.contaminated > _DOCUMENTS:
        table.add_row("", Text(f"and {found.contaminated - _DOCUMENTS:,} more", "dim"))
    return table


def _row(worst: ContaminatedDocument) -> tuple[str | Text, ...]:
    place = safe(worst.place.named, limit=LONGEST_PATH) if worst.place else ""
    return percent(worst.share), safe(worst.document.named, limit=LONGEST_PATH), place
