"""What a sample of documents tells of those that are not in it. The document is the sampling unit."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from corpuscheck.brief import brief
from corpuscheck.profile.checked import BITS_64, check

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


@dataclass(frozen=True)
class ForecastPart:
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

    documents: int = 0
    bytes: int = 0
    squares: int = 0
    examined: int = 0
    examined_bytes: int = 0
    examined_squares: int = 0
    characters: Alone = field(default_factory=Alone)
    words: Alone = field(default_factory=Alone)
    covered: Alone = field(default_factory=Alone)
    once: int = 0
    twice: int = 0
    groups: tuple[tuple[int, int], ...] = ()
    touched: int = 0
    types: tuple[tuple[int, int, int], ...] = ()
    blocks: tuple[tuple[int, int, int], ...] = ()
    conflict: bool = False

    def merge(self, other: ForecastPart) -> ForecastPart:
        if not other.documents and not other.conflict:
            return self
        if not self.documents and not self.conflict:
            return other
        return ForecastPart(conflict=True)

    def to_state(self) -> dict[str, Any]:
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: vars(value) if isinstance(value, Alone) else value for name, value in plain.items()}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> ForecastPart:
        alone = {name: Alone(**state[name]) for name in ("characters", "words", "covered")}
        rows = {name: tuple(tuple(map(int, row)) for row in state[name]) for name in ("groups", "types", "blocks")}
        part = cls(**{**state, **alone, **rows})
        check(part, cls, "forecast", BITS_64)  # sums of squares are large
        return part
