"""Texts that a model will be tested with, in a Markdown report."""

from __future__ import annotations

from collections.abc import Sequence

from corpuscheck.reports.common import TESTED_WITH, contamination_told, left_out_told
from corpuscheck.reports.markdown.text import code_of, details, prose, table
from corpuscheck.result.contamination import ContaminatedDocument, Contamination
from corpuscheck.text.amounts import percent


def against(found: Sequence[Contamination]) -> str:
    """Each benchmark, folded; nothing where there is none."""
    parts = [part for one in found for part in _of_benchmark(one)]
    return details(TESTED_WITH, "\n\n".join(filter(None, parts))) if parts else ""


def _of_benchmark(found: Contamination) -> tuple[str, ...]:
    headings = ("in the corpus", "document of the benchmark", "stands in")
    told = prose(contamination_told(found), names=(found.name,))
    return told, table(headings, found.worst, _row), prose(left_out_told(found.too_short, found.shared_only))


def _row(worst: ContaminatedDocument) -> tuple[str, ...]:
    return percent(worst.share), code_of(worst.document), code_of(worst.place) if worst.place else ""
