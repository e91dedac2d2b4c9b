"""Lost words: the distinct words that became [UNK], with their counts, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from corpuscheck.profile.part import Part, largest, table
from corpuscheck.values.brief import brief

MOST_WORDS = 1 << 17
OCTAVES = 32


@dataclass(frozen=True)
class LostWords(Part):
    """Counts of (octave, word).

    A passage of text has octave k with probability 2⁻⁽ᵏ⁺¹⁾, by its hash. Up to `MOST_WORDS` entries all
    octaves are kept and every count is exact. Beyond, the lowest `level` octaves are dropped: what is left
    is a sample of 1 in 2^level passages. The level depends on the union alone, so merging is exact in any
    order.
    """

    __repr__ = brief

    level: int = largest()
    counts: dict[tuple[int, str], int] = table()

    @property
    def exact(self) -> bool:
        return self.level == 0

    def words(self) -> dict[str, int]:
        """Occurrences by word, scaled up to the whole where the table is a sample."""
        total: dict[str, int] = {}
        for (_, word), count in self.counts.items():
            total[word] = total.get(word, 0) + count
        return {word: count << self.level for word, count in total.items()}

    def bounded(self) -> Self:
        """Keep what fits, raising the level until it does."""
        level, counts = self.level, self.counts
        if level or len(counts) > MOST_WORDS:
            sizes = [0] * (OCTAVES + 1)
            for octave, _ in counts:
                sizes[octave] += 1
            while level < OCTAVES and sum(sizes[level:]) > MOST_WORDS:
                level += 1
            counts = {key: count for key, count in counts.items() if key[0] >= level}
        return type(self)(level, counts)

    def valid(self) -> None:
        if self.level > OCTAVES or max((octave for octave, _ in self.counts), default=0) > OCTAVES:
            raise ValueError("octaves beyond the last one")
