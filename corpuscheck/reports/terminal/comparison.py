"""Tokenizers side by side, for a person."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from corpuscheck.estimates.comparison import LONGEST_SEQUENCE, PERCENTILES, TokenizerComparison, TokenizerRow
from corpuscheck.profile.estimates import Interval
from corpuscheck.profile.files import LONGEST_PATH
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
    yield Text(_how_counted(compared), "dim")
    if by_script:
        yield from (Text(), _scripts(compared.rows), Text(f"from {_sampled(compared.rows)} of the text", "dim"))
    yield from (Text(), *_bars(compared.rows))
    recommended = compared.recommended
    named = (safe(recommended, "bold", LONGEST_PATH), ": ") if recommended else ("no recommendation: ",)
    yield Text.assemble("\n→ ", *named, safe(compared.reason, limit=600))


def _how_counted(compared: TokenizerComparison) -> str:
    held_out = any(row.held_out_rate is not None for row in compared.rows)
    per_word = "; tokens per word are of held-out text, the rest is of all" if held_out else ""
    if all(row.tokens.exact for row in compared.rows):
        return f"tokens are counted, document lengths come from bytes and the mean bytes per token{per_word}"
    sampled = size(compared.sampled_bytes)
    return (
        f"tokens are estimated from {sampled} of the text, with 95 % intervals; words and [UNK] are counted{per_word}"
    )


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


def cells_of(rows: tuple[TokenizerRow, ...]) -> list[tuple[str, list[str]]]:
    """What each row of the table is, and its cells, one for each tokenizer."""
    held_out = rows[0].held_out_rate is not None
    lines = [
        ("[UNK]", [percent(row.unk_rate) for row in rows]),
        *([("  held out", [percent(row.judged_rate) for row in rows])] if held_out else []),
        *_shattered_lines(rows),
        *_unknown_lines(rows),
        ("[UNK] words", [count(row.unk_words) for row in rows]),
        ("documents hit", [count(row.documents_with_unk) for row in rows]),
        ("words", [count(row.words) for row in rows]),
        ("tokens per word" + (", held out" if held_out else ""), [f"{row.tokens_per_word.value:.3f}" for row in rows]),
        ("whole words", [_rate(row.wholeness.whole_rate(row.wholeness.names)) for row in rows]),
        ("bytes per token", [f"{row.bytes_per_token.value:.2f}" for row in rows]),
        ("tokens per byte", [f"{_inverted(row.bytes_per_token.value):.3f}" for row in rows]),
        ("tokens", [count(row.tokens.value) for row in rows]),
        *(_interval_lines(rows) if not all(row.tokens.exact for row in rows) else []),
        ("vocabulary", [count(row.vocab_size) for row in rows]),
        ("  used, at least", [count(row.pieces_used) for row in rows]),
    ]
    for k, percentile in enumerate(PERCENTILES):
        cells = [count(row.lengths[k]) if row.lengths else "" for row in rows]
        lines.append((f"{percentile} % of documents up to", cells))
    return [*lines, (f"documents over {LONGEST_SEQUENCE}", [percent(row.too_long) for row in rows])]


def _rate(interval: Interval | None) -> str:
    return percent(interval.value) if interval else ""


def _inverted(value: float) -> float:
    return 1 / value if value else 0.0


def _shattered_lines(rows: tuple[TokenizerRow, ...]) -> list[tuple[str, list[str]]]:
    """Nothing where no tokenizer shatters words."""
    if not any(row.shattered_words for row in rows):
        return []
    lines = [("shattered", [percent(row.shattered_rate) for row in rows])]
    if rows[0].held_out_shattered_rate is not None:
        lines.append(("  held out", [percent(row.held_out_shattered_rate or 0.0) for row in rows]))
    return lines


def _unknown_lines(rows: tuple[TokenizerRow, ...]) -> list[tuple[str, list[str]]]:
    """What becomes of the unknown, where it is not what it seems."""
    told = {"dropped": "dropped", "ordinary": "another's id"}
    if not any(row.unknown in told for row in rows):
        return []
    return [("unknown is", [told.get(row.unknown, "[UNK]" if row.unknown == "token" else "") for row in rows])]


def _interval_lines(rows: tuple[TokenizerRow, ...]) -> list[tuple[str, list[str]]]:
    return [
        ("  from", [count(row.tokens.low) for row in rows]),
        ("  to", [count(row.tokens.high) for row in rows]),
    ]
