"""Words of a sample with the units that hold them, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from corpuscheck.brief import brief
from corpuscheck.profile.checked import check

MOST_WORDS = 1 << 14

Counts = tuple[int, int]
"""Units that hold a word, and its occurrences."""


def _hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


@dataclass(frozen=True)
class DomainWords:
    """Units and occurrences of each word, and the occurrences of all words together.

    Rare words were left out when the table was made: a word that is not here stood in at most `unseen` units. At a
    merge nothing is cut, but beyond `MOST_WORDS` words only those whose hash lies below 2^(64-level) stay, a sample
    that depends on the union alone.
    """

    __repr__ = brief

    total: int = 0
    unseen: int = 0
    level: int = 0
    counts: dict[str, Counts] = field(default_factory=dict)

    def holds(self, word: str) -> bool:
        """Whether the word would be here if it were frequent enough."""
        return not self.level or _hash(word) >> (64 - self.level) == 0

    def merge(self, other: DomainWords) -> DomainWords:
        counts = dict(self.counts)
        for word, (units, occurrences) in other.counts.items():
            before = counts.get(word, (0, 0))
            counts[word] = (before[0] + units, before[1] + occurrences)
        return DomainWords.bounded(
            self.total + other.total, self.unseen + other.unseen, max(self.level, other.level), counts
        )

    @classmethod
    def bounded(cls, total: int, unseen: int, level: int, counts: dict[str, Counts]) -> DomainWords:
        """Keep what fits, raising the level until it does."""
        if level or len(counts) > MOST_WORDS:
            hashes = {word: _hash(word) for word in counts}
            while level < 64 and sum(h >> (64 - level) == 0 for h in hashes.values()) > MOST_WORDS:
                level += 1
            counts = {word: both for word, both in counts.items() if hashes[word] >> (64 - level) == 0}
        return cls(total, unseen, level, counts)

    def to_state(self) -> dict[str, Any]:
        words = sorted(self.counts)
        return {
            "total": self.total,
            "unseen": self.unseen,
            "level": self.level,
            "words": words,
            "units": [self.counts[word][0] for word in words],
            "occurrences": [self.counts[word][1] for word in words],
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> DomainWords:
        """Raises ValueError for a table that cannot be."""
        figures = tuple(state[name] for name in ("total", "unseen", "level"))
        check(figures, tuple[int, int, int], "figures of words")
        total, unseen, level = figures
        columns = zip(state["units"], state["occurrences"], strict=True)
        counts = dict(zip(state["words"], columns, strict=True))
        check(counts, dict[str, Counts], "words")
        if len(counts) != len(state["words"]) or len(counts) > MOST_WORDS or level > 64:
            raise ValueError("words that cannot be")
        if any(not 0 < units <= occurrences <= total for units, occurrences in counts.values()):
            raise ValueError("words with more units than occurrences")
        return cls(total, unseen, level, counts)
