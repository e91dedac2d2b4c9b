"""Lost words: the distinct words that became [UNK], with their counts, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from corpuscheck.brief import brief
from corpuscheck.profile.tables import added

MOST_WORDS = 1 << 17
OCTAVES = 32


@dataclass(frozen=True)
class LostWords:
    """Counts of (octave, word).

    A passage of text has octave k with probability 2⁻⁽ᵏ⁺¹⁾, by its hash. Up to `MOST_WORDS` entries all
    octaves are kept and every count is exact. Beyond, the lowest `level` octaves are dropped: what is left
    is a sample of 1 in 2^level passages. The level depends on the union alone, so merging is exact in any
    order.
    """

    __repr__ = brief

    level: int = 0
    counts: dict[tuple[int, str], int] = field(default_factory=dict)

    @property
    def exact(self) -> bool:
        return self.level == 0

    def words(self) -> dict[str, int]:
        """Occurrences by word, scaled up to the whole where the table is a sample."""
        total: dict[str, int] = {}
        for (_, word), count in self.counts.items():
            total[word] = total.get(word, 0) + count
        return {word: count << self.level for word, count in total.items()}

    def merge(self, *others: LostWords) -> LostWords:
        parts = (self, *others)
        return LostWords.bounded(added(*(p.counts for p in parts)), max(p.level for p in parts))

    @classmethod
    def bounded(cls, counts: dict[tuple[int, str], int], level: int = 0) -> LostWords:
        """Keep what fits, raising the level until it does."""
        if level or len(counts) > MOST_WORDS:
            sizes = [0] * (OCTAVES + 1)
            for octave, _ in counts:
                sizes[octave] += 1
            while level < OCTAVES and sum(sizes[level:]) > MOST_WORDS:
                level += 1
            counts = {key: count for key, count in counts.items() if key[0] >= level}
        return cls(level, counts)

    def to_state(self) -> dict[str, Any]:
        rows = sorted(self.counts)
        return {
            "level": self.level,
            "octaves": [octave for octave, _ in rows],
            "words": [word for _, word in rows],
            "counts": list(map(self.counts.__getitem__, rows)),
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> LostWords:
        octaves = list(map(int, state["octaves"]))
        if int(state["level"]) > OCTAVES or max(octaves, default=0) > OCTAVES:
            raise ValueError("octaves beyond the last one")
        keys = zip(octaves, map(str, state["words"]), strict=True)
        return cls(int(state["level"]), dict(zip(keys, map(int, state["counts"]), strict=True)))
