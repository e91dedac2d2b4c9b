"""What the tokenizer makes of the words of a sample: those whose letters change, and what another reading loses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Self

from corpuscheck.profile.part import Part, every, table, total
from corpuscheck.values.brief import brief

MOST_EXAMPLES = 512


@dataclass(frozen=True)
class LettersPart(Part):
    """Sums over the words of a sample.

    `words` are those between white space, `changed` those that lose a letter; `examples` counts the changed ones with
    the smallest hashes. `other_words` and `other_unk_words` are what the other reading of a bare vocabulary gives.
    `complete` tells that the sample is the whole text.
    """

    __repr__ = brief

    words: int = total()
    changed: int = total()
    examples: dict[str, int] = table()
    other_words: int = total()
    other_unk_words: int = total()
    complete: bool = every()

    @property
    def share(self) -> float:
        """Of the words that change."""
        return self.changed / self.words if self.words else 0.0

    @property
    def other_unk_rate(self) -> float:
        return self.other_unk_words / self.other_words if self.other_words else 0.0

    def bounded(self) -> Self:
        return replace(self, examples=smallest(self.examples))


def smallest(words: dict[str, int]) -> dict[str, int]:
    """Those with the smallest hashes, as many as are kept: the same ones in whatever order they come."""
    if len(words) <= MOST_EXAMPLES:
        return words
    kept = sorted(words, key=lambda word: (blake2b(word.encode(), digest_size=8).digest(), word))[:MOST_EXAMPLES]
    return {word: words[word] for word in kept}
