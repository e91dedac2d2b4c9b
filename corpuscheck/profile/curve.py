"""The alphabet curve: how many words every possible alphabet would lose."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from corpuscheck.brief import brief
from corpuscheck.profile.tables import added

DEFAULT_ALPHABET = 1000
"""What Hugging Face's `BertWordPieceTokenizer.train` keeps in silence."""


@dataclass(frozen=True)
class CurvePart:
    """Words by the rank of their rarest character, under one ranking of the characters.

    `by_rank` maps a rank (0 is the most frequent character) to words; `overlong` words are lost whatever
    the alphabet. `characters` is the number of distinct characters ranked. `sampled` tells that the words
    are those of a sample. Two curves under different
    rankings have no sum: merging them gives a `conflict`, which says so and holds no figures.
    """

    __repr__ = brief

    ranking: str = ""
    characters: int = 0
    by_rank: dict[int, int] = field(default_factory=dict)
    overlong: int = 0
    sampled: bool = False
    conflict: bool = False

    @property
    def words(self) -> int:
        return sum(self.by_rank.values()) + self.overlong

    def unk_words(self, alphabet: int) -> int:
        """Words lost by an alphabet of the `alphabet` most frequent characters."""
        return self.overlong + sum(n for rank, n in self.by_rank.items() if rank >= alphabet)

    def smallest_under(self, rate: float) -> int | None:
        """The smallest alphabet that loses at most this share of the words; None where none does."""
        allowed = int(rate * self.words)
        lost = self.overlong
        if not self.words or lost > allowed:
            return None
        smallest = 0
        for rank, n in sorted(self.by_rank.items(), reverse=True):
            if lost + n > allowed:
                smallest = rank + 1
                break
            lost += n
        return smallest

    def merge(self, *others: CurvePart) -> CurvePart:
        parts = [part for part in (self, *others) if part.ranking or part.conflict]
        if not parts:
            return self
        if len({part.ranking for part in parts}) > 1 or parts[0].conflict:
            return CurvePart(conflict=True)
        return CurvePart(
            parts[0].ranking, max(part.characters for part in parts), added(*(part.by_rank for part in parts)),
            sum(part.overlong for part in parts), any(part.sampled for part in parts),
        )  # fmt: skip

    def to_state(self) -> dict[str, Any]:
        return {**vars(self), "by_rank": sorted(self.by_rank.items())}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> CurvePart:
        return cls(**{**state, "by_rank": {int(rank): int(n) for rank, n in state["by_rank"]}})
