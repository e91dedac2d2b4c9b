"""JSON: what is known of the domain of the text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corpuscheck.domain.mixture import MixtureShare
from corpuscheck.domain.report import DomainReport
from corpuscheck.domain.words import DistinctiveWord
from corpuscheck.reports.json.clean import scripts_by_document
from corpuscheck.reports.json.normalisation import scripts_document
from corpuscheck.result.result import Result


def domain_document(result: Result) -> dict[str, Any]:
    """``domain`` of schema.json."""
    part = result.profile.domain.whole
    report = result.domain or DomainReport(reason="there is no text")
    return {
        "scripts": scripts_document(result.scripts),
        "documents_by_script": scripts_by_document(result.profile.clean),
        "documents_looked_at": part.documents,
        "passages_looked_at": part.passages,
        "sampled_bytes": part.text_bytes,
        **_of_language(report),
        "languages": [{"share": one.share, **_of_language(one)} for one in (report, *report.others) if one.language],
        "tokens_per_word": None if report.fertility is None else dict(vars(report.fertility)),
    }


def _of_language(report: DomainReport) -> dict[str, Any]:
    return {
        "language": report.language or None,
        "verdict": report.verdict,
        "reason": report.reason or None,
        "distance_bits": report.distance_bits,
        "distance_interval": report.distance_interval and list(report.distance_interval),
        "nearest": report.nearest.name if report.nearest else None,
        "landmarks": [
            {
                "name": mark.name,
                "kind": mark.kind,
                "distance_bits": mark.distance_bits,
                "bits_from_here": mark.from_here,
            }
            for mark in report.landmarks
        ],
        "mixture": mixture_document(report.mixture),
        "signals": [{"name": one.name, "value": one.value, "says": one.says} for one in report.signals],
        "references": list(report.references),
        "general_bodies": report.general_bodies,
        "ratio": report.ratio,
        "spread_bits": report.spread,
        "within_bits": report.within,
        "share_differing_at_least": report.differing,
        "share_of_distinctive_words": report.word_weight,
        "tokens_times_general": report.token_ratio,
        "distinctive_words": list(map(distinctive_document, report.words)),
        "bytes_needed": report.needed_bytes or None,
    }


def mixture_document(mixture: Sequence[MixtureShare]) -> list[dict[str, Any]]:
    """``mixture`` of schema.json."""
    return [{"name": row.name, "share": row.share, "interval": list(row.interval)} for row in mixture]


def distinctive_document(word: DistinctiveWord) -> dict[str, Any]:
    """``distinctive_word`` of schema.json."""
    return {"word": word.word, "documents": word.documents, "times_as_frequent": word.ratio}
