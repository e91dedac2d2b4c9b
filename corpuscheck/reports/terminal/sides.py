"""Profiles side by side, for a person."""

from __future__ import annotations

from rich.console import Console, RenderableType
from rich.text import Text

from corpuscheck.domain.sides import Sides
from corpuscheck.domain.telling import bits
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reports.common import how_often
from corpuscheck.reports.terminal.console import text_on
from corpuscheck.reports.terminal.parts import columns, safe
from corpuscheck.text.amounts import count, times

_WORDS = 10


def render_terminal(compared: Sides, console: Console) -> str:
    """The names, the table of distances, and the distinctive words of each."""
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
    return text_on(console, parts)


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
