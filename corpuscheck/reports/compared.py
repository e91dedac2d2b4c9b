"""What is said of tokenizers side by side: the figures of each, and how they were counted."""

from __future__ import annotations

from corpuscheck.estimates.comparison import LONGEST_SEQUENCE, PERCENTILES, TokenizerComparison, TokenizerRow
from corpuscheck.profile.estimates import Interval
from corpuscheck.text.amounts import count, percent, size

LOSES_MUCH = 0.01


def remarks(compared: TokenizerComparison) -> list[str]:
    """What has to be known to read the figures."""
    told = [how_counted(compared)]
    if any(row.judged_rate > LOSES_MUCH for row in compared.rows):
        told.append("a lost word is one token: who loses many looks cheaper than it is")
    return told


def how_counted(compared: TokenizerComparison) -> str:
    """Which figures are counted, and which are estimated."""
    held_out = any(row.held_out_rate is not None for row in compared.rows)
    per_word = "; tokens per word are of held-out text, the rest is of all" if held_out else ""
    if all(row.tokens.exact for row in compared.rows):
        return f"tokens are counted, document lengths come from bytes and the mean bytes per token{per_word}"
    sampled = size(compared.sampled_bytes)
    return (
        f"tokens are estimated from {sampled} of the text, with 95 % intervals; words and [UNK] are counted{per_word}"
    )


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
