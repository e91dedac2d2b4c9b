"""JSON of copies, debris, doubtful documents and what is usable."""

from __future__ import annotations

from typing import Any

from corpuscheck.profile.clean import CleanPart, Tally, Worst
from corpuscheck.profile.document_rules import DOCUMENT_RULES
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reports.json.normalisation import normalisation_document
from corpuscheck.result.copies import Cleanliness, CopyStep
from corpuscheck.result.place import Place
from corpuscheck.result.result import Result
from corpuscheck.result.shared import Shared, SharedLine
from corpuscheck.text.printable import printable


def clean_document(result: Result) -> dict[str, Any]:
    """Everything about cleanliness as plain values."""
    found, part = result.cleanliness, result.profile.clean
    return {
        "looked_into": found.looked_into,
        "complete": found.complete,
        "usable": _usable(found),
        "copies": {
            "exact": _step(found.exact),
            "normalised": _step(found.normalised),
            "near": _step(found.near) if found.near else None,
            "too_short_for_near": _short(found),
        },
        "lines": {**_shared(found.lines), "top": [_line(line) for line in found.top_lines]},
        "paragraphs": _shared(found.paragraphs),
        "rules": [_rule(rule.id, rule.name, part[rule.id]) for rule in DOCUMENT_RULES] if found.looked_into else [],
        "doubtful": {"documents": part["any"].documents, "bytes": part["any"].document_bytes},
        "short": {"documents": part["short"].documents, "bytes": part["short"].document_bytes},
        "debris": _tallies(part, "debris: "),
        "personal_data": _tallies(part, "shape: "),
        "normalisation": normalisation_document(result.normalisation),
    }


def scripts_by_document(part: CleanPart) -> list[dict[str, Any]]:
    """Documents by the script that most of their letters are of, the most bytes first."""
    return [
        {"name": name, "documents": tally.documents, "bytes": tally.document_bytes}
        for name, tally in part.named("script: ").items()
    ]


def _usable(found: Cleanliness) -> dict[str, Any]:
    return {
        "raw_bytes": found.raw_bytes,
        "debris_bytes": round(found.debris_bytes),
        "debris_standard_error_bytes": round(found.debris_left.error),
        "usable_bytes": found.usable_bytes,
        "usable_share": found.usable_share,
        "standard_error_bytes": round(found.usable_error),
        "exact": found.complete,
    }


def _step(step: CopyStep) -> dict[str, Any]:
    return {
        "documents": round(step.amount.documents),
        "bytes": round(step.amount.utf8_bytes),
        "standard_error_bytes": round(step.amount.error),
        "standard_error_documents": round(step.amount.documents_error),
        "exact": step.amount.exact,
        "pairs": [
            {"kept": _place(kept), "copy": _place(copy), "similarity": similarity}
            for kept, copy, similarity in step.pairs
        ],
    }


def _short(found: Cleanliness) -> dict[str, Any] | None:
    """Documents in which near copies were not looked for."""
    if found.near is None:
        return None
    share = found.short.utf8_bytes / found.raw_bytes if found.raw_bytes else 0.0
    return {"documents": round(found.short.documents), "bytes": round(found.short.utf8_bytes), "byte_share": share}


def _place(place: Place) -> dict[str, Any]:
    return {"path": printable(place.path, LONGEST_PATH), "document": place.document}


def _shared(shared: Shared) -> dict[str, Any]:
    return {
        "count": shared.units,
        "bytes": shared.utf8_bytes,
        "repeated_bytes": round(shared.repeated.utf8_bytes),
        "standard_error_bytes": round(shared.repeated.error),
        "repeated_share": shared.share,
        "exact": shared.repeated.exact,
        "not_compared_bytes": shared.left_out,
    }


def _line(line: SharedLine) -> dict[str, Any]:
    return {
        "text": printable(line.text, 160),
        "documents": round(line.documents),
        "standard_error_documents": round(line.error),
        "bytes": line.utf8_bytes,
        "exact": line.exact,
    }


def _rule(rule: str, name: str, tally: Tally) -> dict[str, Any]:
    return {
        "rule": rule,
        "name": name,
        "judged": tally.judged,
        "documents": tally.documents,
        "share": tally.share,
        "bytes": tally.document_bytes,
        "byte_share": tally.byte_share,
        "worst": [{**_worst(row), "score": row.score / 1e6} for row in tally.worst],
    }


def _worst(row: Worst) -> dict[str, Any]:
    return {
        "path": printable(row.path, LONGEST_PATH),
        "document": row.number + 1,
        "bytes": row.utf8_bytes,
        "score": row.score,
    }


def _tallies(part: CleanPart, prefix: str) -> list[dict[str, Any]]:
    """Of personal data there are no bytes: where it stands is told, and how often."""
    return [
        {
            "kind": name,
            "times": tally.amount,
            "bytes": tally.amount_bytes,
            "documents": tally.documents,
            "worst": [_worst(row) for row in tally.worst],
        }
        for name, tally in part.named(prefix).items()
    ]
