"""Tokenizers of several sizes, for a person."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.text import Text

from corpuscheck.reports.terminal.console import text_on
from corpuscheck.reports.terminal.parts import columns
from corpuscheck.result.swept import WIDTH, Sweep
from corpuscheck.text.amounts import count, percent, size

_BAR = 24


def render_terminal(sweep: Sweep, console: Console) -> str:
    """A row for each size, with a bar of its tokens, and the knee."""
    return text_on(console, _parts(sweep))


def _parts(sweep: Sweep) -> Iterator[RenderableType]:
    made = f"made from {size(sweep.made_from)}, judged on {size(sweep.judged_on)} of held-out {sweep.unit}s"
    yield Text(f"{sweep.model} tokenizers {made}", "bold")
    yield Text()
    table = columns(
        ("vocabulary", "right"),
        ("lost", "right"),
        ("tokens per word", "right"),
        ("", "left"),
        ("bits per byte", "right"),
        ("embedding", "right"),
    )
    most = max((row.tokens_per_word.value for row in sweep.rows), default=0.0) or 1.0
    for row in sweep.rows:
        bar = Text("▇" * round(_BAR * row.tokens_per_word.value / most), "cyan")
        table.add_row(
            count(row.pieces),
            percent(row.lost_rate),
            f"{row.tokens_per_word.value:.3f}",
            bar,
            f"{row.bits_per_byte:.3f}",
            count(row.embedding_parameters),
        )
    yield table
    yield Text(f"embedding: parameters at a width of {WIDTH}; bits per byte: of tokens by their frequency alone", "dim")
    if sweep.knee is None:
        yield Text("\n→ no knee: name three sizes or more, of which larger ones need fewer tokens")
    else:
        yield Text(f"\n→ {count(sweep.knee)} is the knee: further pieces save fewer tokens each")
