"""Tokenizers of several sizes as one JSON document, see sweep_schema.json."""

from __future__ import annotations

from typing import Any

from corpuscheck.result.swept import WIDTH, SizeRow, Sweep
from corpuscheck.values.json_text import report_bytes, versions

SCHEMA_VERSION = 1


def render(sweep: Sweep) -> bytes:
    """UTF-8, indented, keys in a fixed order."""
    document = {
        **versions(SCHEMA_VERSION),
        "model": sweep.model,
        "held_out_unit": sweep.unit,
        "made_from_bytes": sweep.made_from,
        "judged_on_bytes": sweep.judged_on,
        "embedding_width": WIDTH,
        "sizes": [_row(row) for row in sweep.rows],
        "knee": sweep.knee,
    }
    return report_bytes(document)


def _row(row: SizeRow) -> dict[str, Any]:
    per_word = row.tokens_per_word
    return {
        "vocab_size": row.asked,
        "pieces": row.pieces,
        "fingerprint": row.fingerprint,
        "held_out_lost_rate": row.lost_rate,
        "tokens_per_word": per_word.value,
        "tokens_per_word_interval": [per_word.low, per_word.high],
        "bytes_per_token": row.bytes_per_token,
        "held_out_bits_per_byte": row.bits_per_byte,
        "embedding_parameters": row.embedding_parameters,
    }
