"""The sources of a corpus in a Markdown report."""

from __future__ import annotations

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
    headings = ("source", "text", "share", "documents", lost_words(found), "usable", "copies in it", "copies of others")
    parts = (
        prose(told_apart(found)),
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
    )


def _overlap(overlap: Overlap) -> str:
    return prose(overlap_told(overlap), names=(overlap.one, overlap.other))
