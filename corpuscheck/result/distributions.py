"""Distributions: exact histograms with fixed bins, and what is read off them."""

from __future__ import annotations

from dataclasses import dataclass, field

from corpuscheck.values.brief import brief

PERCENTILES = (1, 5, 25, 50, 75, 95, 99)


@dataclass(frozen=True)
class Bin:
    """What lies from `low` up to, but not including, `high`: how many, and their bytes. `high` is None of the last."""

    low: float
    high: float | None
    count: int
    utf8_bytes: int = 0


@dataclass(frozen=True)
class Histogram:
    """Counts by bins from the first that holds something to the last. `unit` is what is measured (``bytes``,
    ``tokens``, ``characters``, ``share``, ``copies``), `of` what is counted (``documents``, ``lines``, ``texts``).

    `percentiles` are interpolated within a bin. `estimated` tells that the bins are those of another figure times a
    factor (tokens from bytes), or come from a sample.
    """

    __repr__ = brief

    name: str
    unit: str
    of: str
    bins: tuple[Bin, ...] = ()
    percentiles: dict[int, float] = field(default_factory=dict)
    estimated: bool = False

    @property
    def count(self) -> int:
        return sum(one.count for one in self.bins)

    def __bool__(self) -> bool:
        return bool(self.bins)


@dataclass(frozen=True)
class RankShare:
    """The largest documents, as a share of all, hold this share of the text: "the largest 1 % hold 38 %"."""

    documents: float
    text: float


@dataclass(frozen=True)
class Distributions:
    """Every histogram is empty where nothing was counted for it.

    `over_512`, `over_2048` and `over_8192` are the shares of documents with more tokens than that, estimated as
    `document_tokens` is; None where tokens are not known.
    """

    __repr__ = brief

    document_bytes: Histogram = Histogram("document length", "bytes", "documents")
    document_tokens: Histogram = Histogram("document length", "tokens", "documents")
    line_characters: Histogram = Histogram("line length", "characters", "lines")
    unk_rate: Histogram = Histogram("[UNK] rate", "share", "documents")
    copies: Histogram = Histogram("copies", "copies", "texts")
    ranks: tuple[RankShare, ...] = ()
    over_512: float | None = None
    over_2048: float | None = None
    over_8192: float | None = None

    @property
    def histograms(self) -> tuple[Histogram, ...]:
        """Those that hold something."""
        every = (self.document_bytes, self.document_tokens, self.line_characters, self.unk_rate, self.copies)
        return tuple(histogram for histogram in every if histogram)
