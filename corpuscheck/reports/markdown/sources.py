"""The sources of a corpus in a Markdown report."""

from __future__ import annotations

from corpuscheck.domain.report import DomainReport
from corpuscheck.domain.telling import bits, kind_of
from corpuscheck.reports.common import COME_FROM, lost_words, overlap_told, told_apart
from corpuscheck.reports.markdown.text import bullets, code, details, prose, table
from corpuscheck.result.sources import Overlap, SourceReport, Sources
from corpuscheck.text.amounts import count, percent, size

_MOST = 40
_OVERLAPS = 10


def sources(found: Sources) -> str:
    """A table of the sources, folded; nothing where there is only one."""
    if not found:
        return ""
    headings = (
        "source",
        "text",
        "share",
        "documents",
        lost_words(found),
        "usable",
        "copies in it",
        "copies of others",
        "domain",
    )
    parts = (
        prose(told_apart(found)),
        prose(found.domains_told, names=[source.name for source in found.sources]),
        table(headings, found.sources[:_MOST], _row),
        bullets(found.overlaps[:_OVERLAPS], _overlap),
    )
    return details(COME_FROM, "\n\n".join(filter(None, parts)))


def _row(source: SourceReport) -> tuple[str, ...]:
    return (
        code(source.name, 80),
        size(source.utf8_bytes),
        percent(source.share),
        count(source.documents),
        percent(source.lost_rate),
        percent(source.usable_share),
        size(source.copies_inside_bytes),
        size(source.copies_elsewhere_bytes),
        prose(_domain(source.domain)),
    )


def _domain(report: DomainReport | None) -> str:
    """a domain, 0.163 bits, nearest to civil rulings"""
    if report is None or report.distance_bits is None:
        return kind_of(report)
    near = f", nearest to {report.nearest.name}" if report.nearest else ""
    return f"{kind_of(report)}, {bits(report.distance_bits)} bits{near}"


def _overlap(overlap: Overlap) -> str:
    return prose(overlap_told(overlap), names=(overlap.one, overlap.other))
