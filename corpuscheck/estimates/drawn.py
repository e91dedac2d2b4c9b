"""What was drawn at random, and whether it is enough to forecast from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil

from corpuscheck.estimates.forecast import FURTHEST, effective
from corpuscheck.values.brief import brief
from corpuscheck.values.presentable import Presentable

WORTH = 100
"""Documents of equal size that a sample must be worth for every forecast that depends on their number."""


@dataclass(frozen=True)
class Drawn(Presentable):
    """What was drawn, `all_documents` and `all_bytes` being those of the corpus; `squares` are of the sizes drawn.

    `sources` are how many documents are of each, and `equal` whether each was to give as much as the others.
    """

    __repr__ = brief

    path: str
    documents: int = 0
    bytes: int = 0
    squares: int = 0
    all_documents: int = 0
    all_bytes: int = 0
    sources: Mapping[str, int] = field(default_factory=dict)
    equal: bool = False

    @property
    def worth(self) -> float:
        """As many documents of equal size would tell as much."""
        return effective(self.bytes, self.squares)

    @property
    def whole(self) -> bool:
        return self.documents == self.all_documents

    @property
    def needed(self) -> int:
        """How many documents, drawn in the same way, a forecast takes; 0 where these are enough."""
        for_their_number = ceil(self.documents * WORTH / self.worth) if self.worth < WORTH else 0
        for_their_share = ceil(self.all_documents / FURTHEST) if self.bytes * FURTHEST < self.all_bytes else 0
        needed = max(for_their_number, for_their_share)
        return max(needed, self.documents + 1) if needed else 0
