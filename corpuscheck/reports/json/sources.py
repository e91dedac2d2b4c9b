"""JSON: the sources of a corpus, and how its documents and lines are spread."""

from __future__ import annotations

from typing import Any

from corpuscheck.domain.report import DomainReport
from corpuscheck.reports.json.domain import mixture_document
from corpuscheck.result.distributions import Distributions, Histogram
from corpuscheck.result.sources import SourceReport, Sources


def sources_document(sources: Sources) -> list[dict[str, Any]]:
    """``sources`` of schema.json: the one that costs the whole most first."""
    return [_source(source) for source in sources.sources]


def _source(source: SourceReport) -> dict[str, Any]:
    return {
        "name": source.name,
        "files": source.files,
        "documents": source.documents,
        "utf8_bytes": source.utf8_bytes,
        "share": source.share,
        "mean_document_bytes": source.mean_document,
        "median_document_bytes": source.median_document,
        "words": source.words,
        "unk_words": source.unk_words,
        "unk_rate": source.unk_rate,
        "shattered_words": source.shattered_words,
        "shattered_rate": source.shattered_rate,
        "worst_character": source.worst_character,
        "tokens": source.tokens,
        "usable_bytes": source.usable_bytes,
        "usable_share": source.usable_share,
        "usable_error": source.error,
        "copies_inside_bytes": source.copies_inside_bytes,
        "copies_elsewhere_bytes": source.copies_elsewhere_bytes,
        "debris_bytes": source.debris_bytes,
        "doubtful_documents": source.doubtful_documents,
        "scripts": source.scripts,
        "encodings": source.encodings,
        "distance_bits": source.distance,
        "domain": source.domain and _domain(source.domain),
    }


def _domain(report: DomainReport) -> dict[str, Any]:
    return {
        "language": report.language or None,
        "verdict": report.verdict,
        "reason": report.reason or None,
        "distance_bits": report.distance_bits,
        "nearest": report.nearest.name if report.nearest else None,
        "mixture": mixture_document(report.mixture),
        "bytes_needed": report.needed_bytes or None,
    }


def sources_told_document(sources: Sources) -> dict[str, Any]:
    """``sources_told_apart`` of schema.json."""
    return {
        "by": sources.by or None,
        "found": sources.found,
        "others": sources.others or None,
        "exact": sources.complete,
        "overlaps": [dict(vars(overlap)) for overlap in sources.overlaps],
    }


def distributions_document(found: Distributions) -> dict[str, Any]:
    """``distributions`` of schema.json."""
    return {
        "document_bytes": _histogram(found.document_bytes),
        "document_tokens": _histogram(found.document_tokens),
        "line_characters": _histogram(found.line_characters),
        "unk_rate": _histogram(found.unk_rate),
        "copies": _histogram(found.copies),
        "largest_documents": [{"share": rank.documents, "share_of_text": rank.text} for rank in found.ranks],
        "share_over_512_tokens": found.over_512,
        "share_over_2048_tokens": found.over_2048,
        "share_over_8192_tokens": found.over_8192,
    }


def _histogram(histogram: Histogram) -> dict[str, Any] | None:
    if not histogram:
        return None
    return {
        "unit": histogram.unit,
        "of": histogram.of,
        "estimated": histogram.estimated,
        "percentiles": {f"p{percent}": value for percent, value in histogram.percentiles.items()},
        "bins": [
            {"from": one.low, "below": one.high, "count": one.count, "utf8_bytes": one.utf8_bytes}
            for one in histogram.bins
        ],
    }
