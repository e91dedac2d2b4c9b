"""What sections of the terminal report are made of."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from corpuscheck.reports.answers import Quiet, Strong
from corpuscheck.text.printable import printable


def safe(text: str, style: str = "", limit: int = 120) -> Text:
    """Foreign text: escaped, and never markup."""
    return Text(printable(text, limit), style)


def section(number: int | None, title: str, answer: str, *body: RenderableType) -> Group:
    """A question, its answer in a few words, and what lies behind it; without a number it belongs to the one before."""
    head = Text.assemble("\n", (f"{number or ' '}  {title}", "bold"), "  ", (answer, "bold cyan"))
    return Group(head, *(Padding(part, (0, 0, 0, 3)) for part in body))


def labelled(rows: Iterable[tuple[str | Text, str | Text]]) -> Table:
    """Labels and their values."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in rows:
        grid.add_row(label, value)
    return grid


def columns(*headings: tuple[str, str]) -> Table:
    """A table; each heading comes with its justification; the last one takes what is left."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for k, (heading, justify) in enumerate(headings):
        last = k == len(headings) - 1
        table.add_column(heading, justify="right" if justify == "right" else "left", no_wrap=not last, overflow="fold")
    return table


def told(pieces: Iterable[str]) -> Text:
    """A sentence in pieces, drawn as they matter."""
    styles = {Strong: "bold", Quiet: "dim"}
    return Text.assemble(*((str(piece), styles.get(type(piece), "")) for piece in pieces))
