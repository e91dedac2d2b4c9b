"""Profiles side by side, for a person and as JSON, see sides_schema.json."""

from __future__ import annotations

from typing import Any

from rich.console import Console, RenderableType
from rich.text import Text

from corpuscheck.domain.sides import Side, Sides
from corpuscheck.json_text import report_bytes, versions
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reports.common import bits, how_often
from corpuscheck.reports.json_domain import distinctive_document
from corpuscheck.reports.terminal_parts import columns, safe
from corpuscheck.rules.amounts import count, times

SCHEMA_VERSION = 1
_WORDS = 10


def render_terminal(compared: Sides, console: Console) -> None:
    """Print the names, the table of distances, and the distinctive words of each."""
    parts: list[RenderableType] = [Text("How far are these from each other?", "bold")]
    for number, side in enumerate(compared.sides, 1):
        units = f"{count(side.documents)} documents" if side.documents else f"{count(side.passages)} passages"
        script = side.script or "no letters"
        parts.append(
            Text.assemble((f"{number}  ", "bold"), safe(side.name, limit=LONGEST_PATH), (f"  {units}, {script}", "dim"))
        )
    parts += [Text(), _matrix(compared), Text("D in bits; two samples of one source are 0.00 apart", "dim")]
    for number, side in enumerate(compared.sides, 1):
        if side.words:
            words = ", ".join(f"{word.word} ({how_often(word)})" for word in side.words[:_WORDS])
            parts.append(Text.assemble(("\n", ""), (f"{number}  ", "bold"), "sets apart: ", safe(words, limit=600)))
    with console.capture() as capture:
        for part in parts:
            console.print(part)
    for line in capture.get().splitlines():
        console.file.write(line.rstrip() + "\n")


def _matrix(compared: Sides) -> RenderableType:
    numbers = range(len(compared.sides))
    rated = any(side.ratio is not None for side in compared.sides)
    heads = [("", "right"), *((f"{k + 1}", "right") for k in numbers)]
    table = columns(*heads, *([("times the others", "left")] if rated else [("", "left")]))
    for one in numbers:
        cells = [_cell(compared, one, other) for other in numbers]
        ratio = compared.sides[one].ratio
        table.add_row(f"{one + 1}", *cells, times(ratio) if ratio is not None else "")
    return table


def _cell(compared: Sides, one: int, other: int) -> str:
    d = compared.between(one, other)
    return "" if one == other else "?" if d is None else bits(d)


def render_json(compared: Sides) -> bytes:
    """One JSON document, see sides_schema.json."""
    document = {
        **versions(SCHEMA_VERSION),
        "profiles": list(map(_side, compared.sides)),
        "distances": [{"profiles": [one, other], "bits": d} for (one, other), d in sorted(compared.distances.items())],
    }
    return report_bytes(document)


def _side(side: Side) -> dict[str, Any]:
    return {**vars(side), "words": list(map(distinctive_document, side.words))}
