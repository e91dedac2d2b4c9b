"""What is said of how documents and lines are spread: the same in every medium."""

from __future__ import annotations

from corpuscheck.result.distributions import Bin, Distributions, Histogram
from corpuscheck.text.amounts import about, count, percent, size


def spread_told(histogram: Histogram) -> str:
    """Where the middle and the ends of it are, or how many are out of the ordinary."""
    tell = size if histogram.unit == "bytes" else about
    if histogram.percentiles:
        p = {percent: tell(value) for percent, value in histogram.percentiles.items()}
        return f"half up to {p[50]}, 5 % up to {p[5]}, 5 % over {p[95]}, 1 % over {p[99]}"
    if histogram.unit == "share":
        none = sum(one.count for one in histogram.bins if one.high == 0)
        return f"{percent(none / histogram.count)} of {histogram.of} without any, {_over_share(histogram.bins)}"
    again = histogram.count - sum(one.count for one in histogram.bins if one.high == 2)
    most = histogram.bins[-1]
    told = f"{count(again)} of {count(histogram.count)} {histogram.of} stand more than once"
    return f"{told}, the most frequent one at least {count(most.low)} times" if again else told


def _over_share(bins: tuple[Bin, ...]) -> str:
    """How many documents lose a tenth of their words."""
    whole, over = sum(one.count for one in bins), sum(one.count for one in bins if one.low >= 0.1)
    return f"{percent(over / whole)} lose 10 % of their words or more"


def largest_told(found: Distributions) -> str:
    """the largest 1 % of documents hold 38 % of the text"""
    ranks = [rank for rank in found.ranks if rank.documents <= 0.01] or list(found.ranks)
    return f"the largest {percent(ranks[-1].documents)} of documents hold {percent(ranks[-1].text)}" if ranks else ""


def over_told(found: Distributions) -> str:
    """How many documents are longer than a model reads at once; nothing where that is not known."""
    if found.over_512 is None or found.over_2048 is None or found.over_8192 is None:
        return ""
    about_so = "about " if found.document_tokens.estimated else ""
    if not found.over_512:
        return "no document has over 512 tokens" + (", by an estimate" if about_so else "")
    longest = f"{percent(found.over_2048)} over 2,048, {percent(found.over_8192)} over 8,192"
    return f"{about_so}{percent(found.over_512)} of documents have over 512 tokens, {longest}"
