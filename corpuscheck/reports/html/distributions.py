"""Distributions: the lengths of documents as columns, and what is read off them."""

from __future__ import annotations

from collections.abc import Iterator

from corpuscheck.reports.headlines import as_title
from corpuscheck.reports.html.parts import Cell, Folded, Grid, Heading, PageBlock, Plot, shown
from corpuscheck.reports.spreads import largest_told, over_told, spread_told
from corpuscheck.result.distributions import PERCENTILES, Distributions, Histogram
from corpuscheck.text.amounts import about, count, percent, size

_LABELS = 4


def distributions(found: Distributions) -> Iterator[PageBlock]:
    """The lengths of documents; folded, all other histograms and the percentiles of each."""
    histograms = found.histograms
    if not histograms:
        return
    first = found.document_bytes or histograms[0]
    title = as_title(largest_told(found)) or as_title(first.name)
    yield _plot(first, title, "; ".join(filter(None, (spread_told(first), over_told(found)))))
    rest = [one for one in histograms if one is not first]
    others = (_plot(one, f"{as_title(one.name)} in {one.unit}", spread_told(one)) for one in rest)
    yield Folded("All distributions", shown(*others, _percentiles(found)))


def _plot(histogram: Histogram, title: str, told: str) -> Plot:
    """Columns of even width: bins are even on the scale that they were made for, which is mostly logarithmic."""
    bins = histogram.bins
    most = max(one.count for one in bins) or 1
    n = len(bins)
    columns = tuple((k / n, (k + 1) / n, one.count / most) for k, one in enumerate(bins) if one.count)
    every = max(1, -(-n // _LABELS))
    below = tuple((k / n, _told(one.low, histogram)) for k, one in enumerate(bins) if k % every == 0)
    estimated = " (estimated)" if histogram.estimated else ""
    return Plot(
        title,
        f"{as_title(histogram.name)}: {told}.",
        columns=columns,
        top=f"{count(most)} {histogram.of}",
        below=below,
        note=f"{as_title(histogram.name)}{estimated}: {told}.",
    )


def _told(value: float, histogram: Histogram) -> str:
    match histogram.unit:
        case "bytes":
            return size(value)
        case "share":
            return percent(value)
    return f"{count(value)} {histogram.unit}"


def _percentiles(found: Distributions) -> Grid:
    columns = (Heading("percentile"), *(Heading(f"{p} %", number=True) for p in PERCENTILES))

    def row(histogram: Histogram) -> tuple[Cell, ...]:
        cells = (histogram.percentiles.get(p) for p in PERCENTILES)
        name = f"{histogram.name} in {histogram.unit}"
        tell = size if histogram.unit == "bytes" else about
        return name, *("" if value is None else tell(value) for value in cells)

    return Grid("", columns, tuple(row(histogram) for histogram in found.histograms if histogram.percentiles))
