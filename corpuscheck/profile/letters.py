"""What the tokenizer makes of the words of a sample: those whose letters change, and what another reading loses."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from corpuscheck.brief import brief
from corpuscheck.profile.tables import added

MOST_EXAMPLES = 512


@dataclass(frozen=True)
class LettersPart:
    """Sums over the words of a sample.

    `words` are those between white space, `changed` those that lose a letter; `examples` counts the changed ones with
    the smallest hashes. `other_words` and `other_unk_words` are what the other reading of a bare vocabulary gives.
    `complete` tells that the sample is the whole text.
    """

    __repr__ = brief

    words: int = 0
    changed: int = 0
    examples: dict[str, int] = field(default_factory=dict)
    other_words: int = 0
    other_unk_words: int = 0
    complete: bool = True

    @property
    def share(self) -> float:
        """Of the words that change."""
        return self.changed / self.words if self.words else 0.0

    @property
    def other_unk_rate(self) -> float:
        return self.other_unk_words / self.other_words if self.other_words else 0.0

    def merge(self, other: LettersPart) -> LettersPart:
        return LettersPart(
            self.words + other.words,
            self.changed + other.changed,
            bounded(added(self.examples, other.examples)),
            self.other_words + other.other_words,
            self.other_unk_words + other.other_unk_words,
            self.complete and other.complete,
        )

    def to_state(self) -> dict[str, Any]:
        return {**vars(self), "examples": sorted(self.examples.items())}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> LettersPart:
        examples = {str(word): int(n) for word, n in state["examples"]}
        counts = {name: int(state[name]) for name in ("words", "changed", "other_words", "other_unk_words")}
        return cls(**counts, examples=examples, complete=bool(state["complete"]))


def bounded(words: dict[str, int]) -> dict[str, int]:
    """Those with the smallest hashes, as many as are kept: the same ones in whatever order they come."""
    if len(words) <= MOST_EXAMPLES:
        return words
    kept = sorted(words, key=lambda word: (blake2b(word.encode(), digest_size=8).digest(), word))[:MOST_EXAMPLES]
    return {word: words[word] for word in kept}
