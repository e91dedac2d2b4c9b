"""What a sample of documents tells of those that are not in it. The document is the sampling unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from corpuscheck.profile.checked import BITS_64
from corpuscheck.profile.part import Part, Way, merging, rows, some, total
from corpuscheck.values.brief import brief

BLOCKS = 20
GROUPS = 20


@dataclass(frozen=True)
class Alone:
    """Occurrences, per document i, of what stands in that document alone: Σuᵢ, Σuᵢ², and the largest uᵢ.

    `documents` have any, `pairs` is Σ a·b over what stands in just two documents, a and b times; `total` counts all
    occurrences.
    """

    total: int = 0
    sum: int = 0
    squares: int = 0
    largest: int = 0
    documents: int = 0
    pairs: int = 0


def _alone() -> Any:
    return merging(Way(list, beyond=BITS_64), default_factory=Alone)


@dataclass(frozen=True)
class ForecastPart(Part):
    """State for forecasts, all of it integers.

    Attributes:
        documents, bytes, squares: n, Σb and Σb² over the documents' UTF-8 bytes.
        examined, examined_bytes, examined_squares: the same of the documents whose text was looked at.
        characters: characters in words that stand in one document alone.
        words: words that hold such a character.
        covered: words that an alphabet of 0.9995 coverage, made without a tenth of the documents, loses in it.
        once, twice: characters in exactly one document, and in exactly two.
        groups: (once, twice) without each of `GROUPS` groups of documents, for a jackknife.
        touched: documents that hold a character no other document has.
        types: per nested sample of 1/16, 1/4 and all documents: its bytes, distinct words, words in one document alone.
        blocks: in the order of reading, per block of equal bytes: documents, Σx and Σx² of x = 1000 ln(bytes).
        conflict: two samples were added up, of which nothing more can be told.
    """

    __repr__ = brief

    documents: int = total()
    bytes: int = total()
    squares: int = total(BITS_64)
    examined: int = total()
    examined_bytes: int = total()
    examined_squares: int = total(BITS_64)
    characters: Alone = _alone()
    words: Alone = _alone()
    covered: Alone = _alone()
    once: int = total()
    twice: int = total()
    groups: tuple[tuple[int, int], ...] = rows()
    touched: int = total()
    types: tuple[tuple[int, int, int], ...] = rows()
    blocks: tuple[tuple[int, int, int], ...] = rows(beyond=BITS_64)
    conflict: bool = some()

    def merge(self, *others: Self) -> Self:
        """A conflict, where there is more than one."""
        parts = [part for part in (self, *others) if part.filled]
        if len(parts) > 1:
            return type(self)(conflict=True)
        return parts[0] if parts else self
