"""The sections of the terminal report about sources, and about how documents and lines are spread."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from corpuscheck.domain.telling import bits, kind_of
from corpuscheck.reports.common import COME_FROM, SPREAD, lost_words, overlap_told, told_apart
from corpuscheck.reports.spreads import largest_told, over_told, spread_told
from corpuscheck.reports.terminal.parts import columns, labelled, safe, section
from corpuscheck.result.distributions import Histogram
from corpuscheck.result.result import Result
from corpuscheck.result.sources import SourceReport, Sources
from corpuscheck.text.amounts import percent, size

_ROWS, _OVERLAPS = 40, 5
_FEW = 5
_NAME = 22
"""Of a longer name the end is shown, which is what tells paths apart."""
_NEAREST = 30
_BARS = "▁▂▃▄▅▆▇█"
_MOST_BARS = 24


def sources(result: Result) -> Iterator[RenderableType]:
    """All of the sources, and which two of them share text; nothing where there is only one."""
    found = result.sources
    if found:
        told = [safe(overlap_told(overlap), limit=300) for overlap in found.overlaps[:_OVERLAPS]]
        domains = (Text(), _domains(found)) if any(source.domain for source in found.sources) else ()
        yield section(None, COME_FROM, told_apart(found), _table(found, _ROWS), *told, *domains)


def main_sources(result: Result) -> Iterator[RenderableType]:
    """Those that cost most, for the report that has what matters."""
    found = result.sources
    if found:
        yield Text(f"{COME_FROM}  ", "bold") + Text(told_apart(found))
        yield _table(found, _FEW)
        for overlap in found.overlaps[:1]:
            yield safe(overlap_told(overlap), limit=300)
        if found.domains_told:
            yield safe(found.domains_told, limit=600)


def _table(found: Sources, most: int) -> Table:
    figures = ("text", "share", lost_words(found), "usable", "copies", "of others")
    table = columns(("source", "left"), *((name, "right") for name in figures), ("", "left"))
    for source in found.sources[:most]:
        table.add_row(*_row(source, found.complete), "")
    if len(found) > most:
        table.add_row(Text(f"and {len(found) - most:,} more", "dim"))
    return table


def _row(source: SourceReport, exact: bool) -> tuple[str | Text, ...]:
    near = "" if exact else "~"
    return (
        safe(_short(source.name)),
        size(source.utf8_bytes),
        percent(source.share),
        percent(source.lost_rate),
        near + percent(source.usable_share),
        near + size(source.copies_inside_bytes),
        near + size(source.copies_elsewhere_bytes),
    )


def _domains(found: Sources) -> Table:
    """Whether each source is text of a domain, by general text of its language."""
    table = columns(("source", "left"), ("a domain?", "left"), ("bits", "right"), ("nearest to", "left"))
    for source in found.sources[:_ROWS]:
        report = source.domain
        far = "" if report is None or report.distance_bits is None else bits(report.distance_bits)
        near = report.nearest.name if report and report.nearest else ""
        table.add_row(safe(_short(source.name)), kind_of(report), far, safe(near, limit=_NEAREST))
    return table


def _short(name: str) -> str:
    return name if len(name) <= _NAME else "…" + name[1 - _NAME :]


def distributions(result: Result) -> Iterator[RenderableType]:
    """Each histogram as a row of bars with its percentiles."""
    found = result.distributions
    rows = [
        (f"{one.name} ({one.unit})", _bars(one) + Text(f"  {spread_told(one)}"))
        for one in found.histograms
        if one.unit != "tokens"
    ]
    over = [Text(told, "dim")] if (told := over_told(found)) else []
    if rows:
        yield section(None, SPREAD, largest_told(found), labelled(rows), *over)


def _bars(histogram: Histogram) -> Text:
    """Neighbouring bins together, so that there are few enough."""
    counts = [one.count for one in histogram.bins]
    each = -(-len(counts) // _MOST_BARS)
    groups = [sum(counts[k : k + each]) for k in range(0, len(counts), each)]
    highest = max(groups)
    heights = [-(-len(_BARS) * n // highest) for n in groups]
    return Text("".join(_BARS[height - 1] if height else " " for height in heights), "cyan")
