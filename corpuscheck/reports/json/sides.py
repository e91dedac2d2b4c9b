"""Profiles side by side as one JSON document, see sides_schema.json."""

from __future__ import annotations

from typing import Any

from corpuscheck.domain.sides import Side, Sides
from corpuscheck.reports.json.domain import distinctive_document
from corpuscheck.values.json_text import report_bytes, versions

SCHEMA_VERSION = 1


def render(compared: Sides) -> bytes:
    """UTF-8, indented, keys in a fixed order."""
    document = {
        **versions(SCHEMA_VERSION),
        "profiles": list(map(_side, compared.sides)),
        "distances": [{"profiles": [one, other], "bits": d} for (one, other), d in sorted(compared.distances.items())],
    }
    return report_bytes(document)


def _side(side: Side) -> dict[str, Any]:
    return {**vars(side), "words": list(map(distinctive_document, side.words))}
