"""Words of a sample with the units that hold them, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Self

from corpuscheck.profile.part import Part, largest, sums, table_of
from corpuscheck.profile.part import total as added_up
from corpuscheck.values.brief import brief

MOST_WORDS = 1 << 14

Occurrences = tuple[int, int]
"""Units that hold a word, and its occurrences."""


def _hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


@dataclass(frozen=True)
class DomainWords(Part):
    """Units and occurrences of each word, and the occurrences of all words together.

    Rare words were left out when the table was made: a word that is not here stood in at most `unseen` units. At a
    merge nothing is cut, but beyond `MOST_WORDS` words only those whose hash lies below 2^(64-level) stay, a sample
    that depends on the union alone.
    """

    __repr__ = brief

    total: int = added_up()
    unseen: int = added_up()
    level: int = largest()
    counts: dict[str, Occurrences] = table_of(sums)

    def holds(self, word: str) -> bool:
        """Whether the word would be here if it were frequent enough."""
        return not self.level or _hash(word) >> (64 - self.level) == 0

    def bounded(self) -> Self:
        """Keep what fits, raising the level until it does."""
        level, counts = self.level, self.counts
        if level or len(counts) > MOST_WORDS:
            hashes = {word: _hash(word) for word in counts}
            while level < 64 and sum(h >> (64 - level) == 0 for h in hashes.values()) > MOST_WORDS:
                level += 1
            counts = {word: both for word, both in counts.items() if hashes[word] >> (64 - level) == 0}
        return type(self)(self.total, self.unseen, level, counts)

    def valid(self) -> None:
        if len(self.counts) > MOST_WORDS or self.level > 64:
            raise ValueError("words that cannot be")
        if any(not 0 < units <= occurrences <= self.total for units, occurrences in self.counts.values()):
            raise ValueError("words with more units than occurrences")
