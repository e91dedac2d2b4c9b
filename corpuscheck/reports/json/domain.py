"""JSON: what is known of the domain of the text."""

from __future__ import annotations

from typing import Any

from corpuscheck.domain.report import DomainReport
from corpuscheck.domain.words import DistinctiveWord
from corpuscheck.reports.json.clean import scripts_by_document
from corpuscheck.reports.json.normalisation import scripts_document
from corpuscheck.result.result import Result


def domain_document(result: Result) -> dict[str, Any]:
    """``domain`` of schema.json."""
    part = result.profile.domain
    return {
        "scripts": scripts_document(result.scripts),
        "documents_by_script": scripts_by_document(result.profile.clean),
        "documents_looked_at": part.documents,
        "passages_looked_at": part.passages,
        "sampled_bytes": part.text_bytes,
        "reference": None if result.domain is None else _reference(result.domain),
    }


def _reference(report: DomainReport) -> dict[str, Any]:
    return {
        "name": report.reference,
        "standing": report.standing,
        "ratio": report.ratio,
        "distance_bits": report.nearest.bits if report.nearest else None,
        "within_bits": report.nearest.within if report.nearest else None,
        "spread_bits": report.spread,
        "sources": [{"name": source.name, "distance_bits": source.bits} for source in report.sources],
        "left_out": [{"name": name, "reason": reason} for name, reason in report.left_out],
        "share_differing_at_least": report.differing,
        "share_unknown_because": report.not_shared or None,
        "distinctive_words": list(map(distinctive_document, report.words)),
        "tokens_per_word": None if report.fertility is None else dict(vars(report.fertility)),
        "unavailable_because": report.unavailable or None,
    }


def distinctive_document(word: DistinctiveWord) -> dict[str, Any]:
    """``distinctive_word`` of schema.json."""
    return {"word": word.word, "documents": word.documents, "times_as_frequent": word.ratio}
