"""Pages of each kind, made by hand, for tests that look at them in several ways."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from results import full_result, hostile_result

from corpuscheck.domain.report import DomainReport
from corpuscheck.domain.sides import Side, Sides
from corpuscheck.domain.words import DistinctiveWord
from corpuscheck.estimates.comparison import TokenizerComparison, TokenizerRow
from corpuscheck.estimates.estimate import from_numbers
from corpuscheck.estimates.plan import Plan
from corpuscheck.profile.estimates import Interval
from corpuscheck.reports.html import comparison as comparison_html
from corpuscheck.reports.html import estimate as estimate_html
from corpuscheck.reports.html import sides as sides_html
from corpuscheck.reports.registry import render
from corpuscheck.result.distributions import Bin, Distributions, Histogram, RankShare
from corpuscheck.result.result import Result
from corpuscheck.result.sources import Overlap, SourceReport, Sources


def sources(names: Sequence[str] = ("news", "books", "웹")) -> Sources:
    """Sources of like size, of which the first is a third copies and debris."""
    kinds = tuple(
        SourceReport(
            name, 3, 100, 10_000, 1 / len(names), 100.0, 80.0, 2_000, 20 * n, 0, "뷁", 10_000 - 3_000 // (n + 1),
            1_000, 1_000, 1_000, 0.0, 4, {"Hangul": 9_000, "Latin": 1_000}, {"utf-8": 10_000}, 3_000,
            DomainReport("ko", verdict="general" if n else "domain", distance_bits=0.12 / (n + 1)),
        )
        for n, name in enumerate(names)
    )  # fmt: skip
    return Sources("folder", True, kinds, (Overlap(names[0], names[1], 10, 1_000, 0.1, 0.1),))


def distributions() -> Distributions:
    """Lengths that are spread over decades."""
    bins = tuple(Bin(2.0**k, 2.0 ** (k + 1), count) for k, count in enumerate((1, 4, 0, 30, 90, 40, 12, 1), 4))
    percentiles = {1: 20.0, 5: 40.0, 25: 150.0, 50: 300.0, 75: 500.0, 95: 1_200.0, 99: 2_500.0}
    lengths = Histogram("document length", "bytes", "documents", bins, percentiles)
    rates = Histogram("[UNK] rate", "share", "documents", (Bin(0.0, 0.0, 7), Bin(0.0, None, 2)))
    return Distributions(lengths, unk_rate=rates, ranks=(RankShare(0.01, 0.38),), over_512=0.02)


def everything() -> Result:
    """A result with something to say in every section."""
    return replace(full_result(), sources=sources(), distributions=distributions())


def _quiet() -> Result:
    return replace(full_result(), findings=(), skipped_rules=(), comparison=None, domain=None)


def _tokenizers(names: Sequence[str] = ("trained here", "models/koelectra/vocab.txt")) -> TokenizerComparison:
    rows = tuple(
        TokenizerRow(name, "WordPiece", "0" * 16, 32_000, 20_000, 5_000, 50 * n, 0.01 * n, 3 * n, (("뷁다", 4),),
                     Interval(1.4, 1.3, 1.5), Interval(4.0, 3.9, 4.1), Interval(7_000, 6_900, 7_100), (1, 2, 3), 0.1)
        for n, name in enumerate(names)
    )  # fmt: skip
    return TokenizerComparison(20_000, 30, 20_000, rows, names[0], "it loses least (0 % of the words)")


def _sides() -> Sides:
    words = (DistinctiveWord("원고", 423, 100.0),)
    sides = tuple(Side(name, "Hangul", 10, 0, 1.5, words) for name in ("news", "law", "소설"))
    return Sides(sides, {(0, 1): 0.2, (0, 2): 0.1, (1, 2): None})


PAGES: dict[str, Callable[[], bytes]] = {
    "everything": lambda: render(everything(), "html"),
    "nothing": lambda: render(_quiet(), "html"),
    "hostile": lambda: render(replace(hostile_result(), sources=sources(), distributions=distributions()), "html"),
    "estimate": lambda: estimate_html.render(from_numbers(Plan(articles=30_000, mean_bytes=4_000, available=900_000))),
    "tokenizers": lambda: comparison_html.render(_tokenizers()),
    "sides": lambda: sides_html.render(_sides()),
}
"""Pages by name. They are made in the root of the repository."""


@cache
def made(name: str) -> bytes:
    return PAGES[name]()
