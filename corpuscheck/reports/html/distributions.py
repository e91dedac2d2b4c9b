"""Distributions: the lengths of documents as columns, and what is read off them."""

from __future__ import annotations

from collections.abc import Iterator

from corpuscheck.reports.html.parts import Cell, Folded, Grid, Heading, PageBlock, Plot
from corpuscheck.result.distributions import PERCENTILES, Distributions, Histogram
from corpuscheck.text.amounts import count, percent, size

_LABELS = 4


def distributions(found: Distributions) -> Iterator[PageBlock]:
    """The lengths of documents; folded, all other histograms and the percentiles of each."""
    histograms = found.histograms
    if not histograms:
        return
    first = found.document_bytes or histograms[0]
    yield _plot(first, found)
    yield Folded(
        "All distributions", (*(_plot(other, found) for other in histograms if other is not first), _table(found))
    )


def _plot(histogram: Histogram, found: Distributions) -> Plot:
    """Columns of even width: bins are even on the scale that they were made for, which is mostly logarithmic."""
    bins = histogram.bins
    most = max(one.count for one in bins) or 1
    n = len(bins)
    columns = tuple((k / n, (k + 1) / n, one.count / most) for k, one in enumerate(bins) if one.count)
    every = max(1, round(n / _LABELS))
    below = tuple((k / n, _told(one.low, histogram)) for k, one in enumerate(bins) if k % every == 0)
    title = _title(histogram, found)
    told = ", ".join(f"{p} % up to {_told(value, histogram)}" for p, value in histogram.percentiles.items())
    note = "estimated" if histogram.estimated else ""
    return Plot(
        title,
        f"{histogram.name}: {title}. {told}",
        columns=columns,
        top=f"{count(most)} {histogram.of}",
        below=below,
        note=note,
    )


def _title(histogram: Histogram, found: Distributions) -> str:
    """Where the middle is, and what of the text the largest have."""
    middle = histogram.percentiles.get(50)
    name = histogram.name[:1].upper() + histogram.name[1:]
    told = f"{name}: half of the {histogram.of} up to {_told(middle, histogram)}" if middle is not None else name
    if histogram is found.document_bytes and found.ranks:
        first = min(found.ranks, key=lambda rank: rank.documents)
        told += f"; the largest {_share(first.documents)} hold {percent(first.text)} of the text"
    if histogram is found.document_tokens and found.over_512 is not None:
        told += f"; {percent(found.over_512)} have over 512 tokens"
    return told


def _share(share: float) -> str:
    return f"{100 * share:g} %"


def _told(value: float, histogram: Histogram) -> str:
    match histogram.unit:
        case "bytes":
            return size(value)
        case "share":
            return percent(value)
    return f"{count(value)} {histogram.unit}"


def _table(found: Distributions) -> Grid:
    columns = (Heading("percentile"), *(Heading(f"{p} %", number=True) for p in PERCENTILES))

    def row(histogram: Histogram) -> tuple[Cell, ...]:
        cells = (histogram.percentiles.get(p) for p in PERCENTILES)
        name = f"{histogram.name} in {histogram.unit}"
        return name, *("" if value is None else _told(value, histogram) for value in cells)

    return Grid("", columns, tuple(map(row, found.histograms)))
