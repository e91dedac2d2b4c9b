"""Tokenizers side by side, for a person."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from corpuscheck.estimates.comparison import TokenizerComparison, TokenizerRow
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reports.compared import cells_of, remarks
from corpuscheck.reports.terminal.console import text_on
from corpuscheck.reports.terminal.parts import columns, safe
from corpuscheck.text.amounts import count, percent, size

_BAR = 40


def render_terminal(compared: TokenizerComparison, console: Console, by_script: bool = False) -> str:
    """The table, one column for each tokenizer, a bar for each, what each script pays if asked, the recommendation."""
    return text_on(console, _parts(compared, by_script))


def _parts(compared: TokenizerComparison, by_script: bool) -> Iterator[RenderableType]:
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
    if by_script:
        yield from (Text(), _scripts(compared.rows), Text(f"from {_sampled(compared.rows)} of the text", "dim"))
    yield from (Text(), *_bars(compared.rows))
    recommended = compared.recommended
    named = (safe(recommended, "bold", LONGEST_PATH), ": ") if recommended else ("no recommendation: ",)
    yield Text.assemble("\n→ ", *named, safe(compared.reason, limit=600))


def _bars(rows: tuple[TokenizerRow, ...]) -> Iterator[Text]:
    """What each tokenizer takes, with a token for each byte of what it loses: losing words makes none look cheap."""
    most = max((row.charged_tokens for row in rows), default=0.0) or 1.0
    for number, row in enumerate(rows, 1):
        whole = round(_BAR * row.charged_tokens / most)
        charge = min(whole, max(row.charge > 0, round(_BAR * row.charge / most)))
        told = f"  {count(row.judged_tokens)} tokens, {percent(row.judged_loss)} of the words lost"
        told += " or shattered" if row.shattered_words else ""
        bar = Text.assemble(("▇" * (whole - charge), "cyan"), ("░" * charge, "red"), " " * (_BAR - whole))
        yield Text.assemble((f"{number}  ", "bold"), bar, (told, "dim"))
    if any(row.charge for row in rows):
        yield Text("░ a token for each byte of what is lost", "dim")


def _scripts(rows: tuple[TokenizerRow, ...]) -> Table:
    """Tokens per word and continued words of each script, one column for each tokenizer."""
    named = dict.fromkeys(script for row in rows for script in row.wholeness.names if row.wholeness.of(script)[0])
    table = columns(("", "left"), *((f"{k + 1}", "right") for k in range(len(rows))), ("", "left"))
    for script in named:
        found = [row.wholeness for row in rows]
        per_word = [each.tokens_per_word([script]) for each in found]
        continued = [each.continued_rate([script]) for each in found]
        table.add_row(
            Text(script, "dim"), *(f"{each.value:.3f}" if each else "" for each in per_word), "tokens per word"
        )
        table.add_row("", *(percent(each.value) if each else "" for each in continued), "of its words continued")
    return table


def _sampled(rows: tuple[TokenizerRow, ...]) -> str:
    return size(max((row.wholeness.sampled_bytes for row in rows), default=0))
