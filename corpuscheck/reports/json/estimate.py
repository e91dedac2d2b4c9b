"""The estimate as one JSON document, see estimate_schema.json."""

from __future__ import annotations

from typing import Any

from corpuscheck.estimates.estimate import Estimate
from corpuscheck.estimates.figure import Figure
from corpuscheck.values.json_text import report_bytes, versions

SCHEMA_VERSION = 1


def render(estimate: Estimate) -> bytes:
    """UTF-8, indented, keys in a fixed order."""
    return report_bytes(as_document(estimate))


def as_document(estimate: Estimate) -> dict[str, Any]:
    """The estimate as plain values. A figure is null, with a reason, where there is not enough to tell."""
    plan = estimate.plan
    return {
        **versions(SCHEMA_VERSION),
        "source": estimate.source,
        "plan": dict(vars(plan)),
        "documents": estimate.documents,
        "utf8_bytes": estimate.bytes,
        "mean_document_bytes": _figure(estimate.mean_document),
        "usable_share": _figure(estimate.usable),
        "documents_for_target": {"by_rule": _figure(estimate.by_rule), "by_mean": _figure(estimate.by_mean)},
        "documents_missing": _figure(estimate.missing),
        "days": _figure(estimate.days),
        "collectable_bytes": _figure(estimate.collectable),
        "full_size_bytes": round(estimate.full_bytes),
        "words": _figure(estimate.words),
        "tokens": _figure(estimate.tokens),
        "models": [
            {
                "name": model.name,
                "parameters": model.parameters,
                "tokens_by_rule": model.tokens,
                "passes": _figure(model.passes),
                "fed": model.fed(plan.epochs),
            }
            for model in estimate.models
        ],
        "ladder": {
            "below": estimate.below and dict(vars(estimate.below)),
            "above": estimate.above and dict(vars(estimate.above)),
        },
        "forecasts": {name: _figure(figure) for name, figure in estimate.forecasts.items()},
        "notes": list(estimate.notes),
    }


def _figure(figure: Figure) -> dict[str, Any]:
    if not figure.known:
        return {"kind": figure.kind, "value": None, "interval": None, "reason": figure.unknown}
    interval = [figure.low, figure.high] if figure.low != figure.high else None
    return {"kind": figure.kind, "value": figure.value, "interval": interval, "order_of_magnitude": figure.rough}
