"""The JSON document of each kind of conclusion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from corpuscheck.domain.sides import Sides
from corpuscheck.feasibility.comparison import TokenizerComparison
from corpuscheck.feasibility.estimate import Estimate
from corpuscheck.reports import comparison_json, estimate_json, peek_json, sides_json
from corpuscheck.reports.json_report import render_json
from corpuscheck.result import Result
from corpuscheck.showing import Peek

_RENDERERS: dict[type, Callable[[Any], bytes]] = {
    Result: render_json,
    Estimate: estimate_json.render,
    TokenizerComparison: comparison_json.render,
    Sides: sides_json.render,
    Peek: peek_json.render,
}


def document_of(conclusion: object) -> dict[str, Any]:
    """Exactly what is written as JSON, as Python reads it."""
    document: dict[str, Any] = orjson.loads(_RENDERERS[type(conclusion)](conclusion))
    return document
