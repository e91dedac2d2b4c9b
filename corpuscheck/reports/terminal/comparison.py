"""Tokenizers side by side, for a person."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.text import Text

from corpuscheck.estimates.comparison import TokenizerComparison
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reports.compared import cells_of, remarks
from corpuscheck.reports.terminal.console import text_on
from corpuscheck.reports.terminal.parts import columns, safe
from corpuscheck.text.amounts import count, size


def render_terminal(compared: TokenizerComparison, console: Console) -> str:
    """The table, one column for each tokenizer, and the recommendation."""
    return text_on(console, _parts(compared))


def _parts(compared: TokenizerComparison) -> Iterator[RenderableType]:
    yield Text(f"Tokenizers on {size(compared.utf8_bytes)} in {count(compared.documents)} documents", "bold")
    for number, row in enumerate(compared.rows, 1):
        name = safe(row.name, limit=LONGEST_PATH)
        yield Text.assemble((f"{number}  ", "bold"), name, (f"  {row.model}", "dim"))
    yield Text()
    table = columns(("", "left"), *((f"{k + 1}", "right") for k in range(len(compared.rows))), ("", "left"))
    for label, cells in cells_of(compared.rows):
        table.add_row(Text(label, "dim"), *cells, "")
    yield table
    for remark in remarks(compared):
        yield Text(remark, "dim")
    recommended = compared.recommended
    named = (safe(recommended, "bold", LONGEST_PATH), ": ") if recommended else ("no recommendation: ",)
    yield Text.assemble("\n→ ", *named, safe(compared.reason, limit=600))
