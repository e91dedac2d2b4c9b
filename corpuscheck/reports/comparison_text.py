"""Tokenizers side by side, for a person and as JSON, see comparison_schema.json."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from corpuscheck.feasibility.comparison import LONGEST_SEQUENCE, PERCENTILES, Row, TokenizerComparison
from corpuscheck.json_text import report_bytes, versions
from corpuscheck.profile.estimates import Interval
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reports.terminal_parts import columns, safe
from corpuscheck.rules.amounts import count, percent, size

SCHEMA_VERSION = 1
_LOSES_MUCH = 0.01


def render_terminal(compared: TokenizerComparison, console: Console) -> None:
    """Print the table, one column for each tokenizer, and the recommendation."""
    table = columns(
        ("", "left"), *((f"{number}", "right") for number in range(1, len(compared.rows) + 1)), ("", "left")
    )
    for label, cells in cells_of(compared.rows):
        table.add_row(Text(label, "dim"), *cells, "")
    with console.capture() as capture:
        head = f"{size(compared.utf8_bytes)} in {count(compared.documents)} documents"
        console.print(Text(f"Tokenizers on {head}", "bold"))
        for number, row in enumerate(compared.rows, 1):
            console.print(
                Text.assemble((f"{number}  ", "bold"), safe(row.name, limit=LONGEST_PATH), (f"  {row.model}", "dim"))
            )
        console.print(Text())
        console.print(table)
        console.print(Text(_how_counted(compared), "dim"))
        if any(row.judged_rate > _LOSES_MUCH for row in compared.rows):
            console.print(Text("a lost word is one token: who loses many looks cheaper than it is", "dim"))
        name = (
            (safe(compared.recommended, "bold", LONGEST_PATH), ": ")
            if compared.recommended
            else ("no recommendation: ",)
        )
        console.print(Text.assemble("\n→ ", *name, safe(compared.reason, limit=600)))
    for line in capture.get().splitlines():
        console.file.write(line.rstrip() + "\n")


def _how_counted(compared: TokenizerComparison) -> str:
    held_out = any(row.held_out_rate is not None for row in compared.rows)
    per_word = "; tokens per word are of held-out text, the rest is of all" if held_out else ""
    if all(row.tokens.exact for row in compared.rows):
        return f"tokens are counted, document lengths come from bytes and the mean bytes per token{per_word}"
    sampled = size(compared.sampled_bytes)
    return (
        f"tokens are estimated from {sampled} of the text, with 95 % intervals; words and [UNK] are counted{per_word}"
    )


def cells_of(rows: tuple[Row, ...]) -> list[tuple[str, list[str]]]:
    """What each row of the table is, and its cells, one for each tokenizer."""
    held_out = rows[0].held_out_rate is not None
    lines = [
        ("[UNK]", [percent(row.unk_rate) for row in rows]),
        *([("  held out", [percent(row.judged_rate) for row in rows])] if held_out else []),
        ("[UNK] words", [count(row.unk_words) for row in rows]),
        ("documents hit", [count(row.documents_with_unk) for row in rows]),
        ("words", [count(row.words) for row in rows]),
        ("tokens per word" + (", held out" if held_out else ""), [f"{row.tokens_per_word.value:.3f}" for row in rows]),
        ("bytes per token", [f"{row.bytes_per_token.value:.2f}" for row in rows]),
        ("tokens", [count(row.tokens.value) for row in rows]),
        *(_interval_lines(rows) if not all(row.tokens.exact for row in rows) else []),
        ("vocabulary", [count(row.vocab_size) for row in rows]),
        ("  used, at least", [count(row.pieces_used) for row in rows]),
    ]
    for k, percentile in enumerate(PERCENTILES):
        cells = [count(row.lengths[k]) if row.lengths else "" for row in rows]
        lines.append((f"{percentile} % of documents up to", cells))
    return [*lines, (f"documents over {LONGEST_SEQUENCE}", [percent(row.too_long) for row in rows])]


def _interval_lines(rows: tuple[Row, ...]) -> list[tuple[str, list[str]]]:
    return [
        ("  from", [count(row.tokens.low) for row in rows]),
        ("  to", [count(row.tokens.high) for row in rows]),
    ]


def render_json(compared: TokenizerComparison) -> bytes:
    """One JSON document, see comparison_schema.json."""
    document = {
        **versions(SCHEMA_VERSION),
        "utf8_bytes": compared.utf8_bytes,
        "documents": compared.documents,
        "sampled_bytes": compared.sampled_bytes,
        "tokenizers": [_row(row) for row in compared.rows],
        "recommended": compared.recommended or None,
        "reason": compared.reason,
        "nothing_held_out": compared.not_judged,
    }
    return report_bytes(document)


def _row(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "model": row.model,
        "fingerprint": row.fingerprint,
        "vocab_size": row.vocab_size,
        "pieces_used_at_least": row.pieces_used,
        "words": row.words,
        "unk_words": row.unk_words,
        "unk_rate": row.unk_rate,
        "held_out_unk_rate": row.held_out_rate,
        "documents_with_unk": row.documents_with_unk,
        "worst_words": [{"word": word, "count": n} for word, n in row.worst],
        "tokens_per_word": _interval(row.tokens_per_word),
        "bytes_per_token": _interval(row.bytes_per_token),
        "tokens": _interval(row.tokens),
        "document_tokens": {str(p): value for p, value in zip(PERCENTILES, row.lengths, strict=False)},
        "share_over_512_tokens": row.too_long,
    }


def _interval(interval: Interval) -> dict[str, Any]:
    return {"value": interval.value, "interval": None if interval.exact else [interval.low, interval.high]}
