"""Tokenizers side by side as one JSON document, see comparison_schema.json."""

from __future__ import annotations

from typing import Any

from corpuscheck.estimates.comparison import PERCENTILES, TokenizerComparison, TokenizerRow
from corpuscheck.profile.estimates import Interval
from corpuscheck.profile.wholeness import WholenessPart
from corpuscheck.values.json_text import report_bytes, versions

SCHEMA_VERSION = 1


def render(compared: TokenizerComparison) -> bytes:
    """UTF-8, indented, keys in a fixed order."""
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


def _row(row: TokenizerRow) -> dict[str, Any]:
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
        "shattered_words": row.shattered_words,
        "shattered_rate": row.shattered_rate,
        "held_out_shattered_rate": row.held_out_shattered_rate,
        "worst_words": [{"word": word, "count": n} for word, n in row.worst],
        "tokens_per_word": _interval(row.tokens_per_word),
        "bytes_per_token": _interval(row.bytes_per_token),
        "tokens_per_byte": 1 / row.bytes_per_token.value if row.bytes_per_token.value else None,
        "tokens": _interval(row.tokens),
        "document_tokens": {str(p): value for p, value in zip(PERCENTILES, row.lengths, strict=False)},
        "share_over_512_tokens": row.too_long,
        "unknown": row.unknown,
        "whole_words_rate": _optional(row.wholeness.whole_rate(row.wholeness.names)),
        "scripts_sampled_bytes": row.wholeness.sampled_bytes,
        "scripts": [_script(row.wholeness, script) for script in row.wholeness.names],
    }


def _script(kept: WholenessPart, script: str) -> dict[str, Any]:
    words, _, continued, tokens, characters = kept.of(script)
    return {
        "script": script,
        "words": words,
        "continued_words": continued,
        "tokens": tokens,
        "characters": characters,
        "tokens_per_word": _optional(kept.tokens_per_word([script])),
        "continued_rate": _optional(kept.continued_rate([script])),
    }


def _optional(interval: Interval | None) -> dict[str, Any] | None:
    return _interval(interval) if interval else None


def _interval(interval: Interval) -> dict[str, Any]:
    return {"value": interval.value, "interval": None if interval.exact else [interval.low, interval.high]}
