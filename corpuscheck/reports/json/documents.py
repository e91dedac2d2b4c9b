"""The JSON document of each kind of conclusion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from corpuscheck._version import __version__
from corpuscheck.cleaning.outcome import Cleaned
from corpuscheck.domain.sides import Sides
from corpuscheck.estimates.comparison import TokenizerComparison
from corpuscheck.estimates.drawn import Drawn
from corpuscheck.estimates.estimate import Estimate
from corpuscheck.reports.json import comparison as comparison_json
from corpuscheck.reports.json import estimate as estimate_json
from corpuscheck.reports.json import peek as peek_json
from corpuscheck.reports.json import report as report_json
from corpuscheck.reports.json import sides as sides_json
from corpuscheck.result.result import Result
from corpuscheck.running.showing import Peek
from corpuscheck.values.json_text import report_bytes

_RENDERERS: dict[type, Callable[[Any], bytes]] = {
    Result: report_json.render,
    Estimate: estimate_json.render,
    TokenizerComparison: comparison_json.render,
    Sides: sides_json.render,
    Peek: peek_json.render,
    Cleaned: lambda cleaned: report_bytes(cleaned.manifest(__version__)),
    Drawn: lambda drawn: report_bytes({**vars(drawn), "needed": drawn.needed, "worth": drawn.worth}),
}


def document_of(conclusion: object) -> dict[str, Any]:
    """Exactly what is written as JSON, as Python reads it."""
    document: dict[str, Any] = orjson.loads(_RENDERERS[type(conclusion)](conclusion))
    return document
