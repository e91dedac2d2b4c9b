"""The alphabet curve: how many words every possible alphabet would lose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from corpuscheck.profile.part import Part, agreed, largest, some, table, total
from corpuscheck.values.brief import brief

DEFAULT_ALPHABET = 1000
"""What Hugging Face's `BertWordPieceTokenizer.train` keeps in silence."""


@dataclass(frozen=True)
class CurvePart(Part):
    """Words by the rank of their rarest character, under one ranking of the characters.

    `by_rank` maps a rank (0 is the most frequent character) to words; `overlong` words are lost whatever
    the alphabet. `characters` is the number of distinct characters ranked. `sampled` tells that the words
    are those of a sample. Two curves under different
    rankings have no sum: merging them gives a `conflict`, which says so and holds no figures.
    """

    __repr__ = brief

    ranking: str = agreed()
    characters: int = largest()
    by_rank: dict[int, int] = table()
    overlong: int = total()
    sampled: bool = some()
    conflict: bool = some()

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

    def merge(self, *others: Self) -> Self:
        """A conflict where they are under different rankings, or one of them is."""
        if len({part.ranking for part in (self, *others) if part.filled}) > 1:
            return type(self)(conflict=True)
        return super().merge(*others)
