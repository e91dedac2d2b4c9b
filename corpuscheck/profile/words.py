"""Does the tokenizer see it? Words, and those it loses."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from corpuscheck.brief import brief
from corpuscheck.errors import ProfileError
from corpuscheck.profile.lost import LostWords


@dataclass(frozen=True)
class WordPart:
    """Pre-tokens of one tokenizer, and how many of them hold an [UNK].

    `split_documents` tells, for documents that several work units share, whether any part held an [UNK].
    `encoded_tokens` counts all tokens where every document was encoded, else it is None.
    """

    __repr__ = brief

    fingerprint: str = ""
    words: int = 0
    unk_words: int = 0
    unk_tokens: int = 0
    held_out_words: int = 0
    held_out_unk_words: int = 0
    whole_documents_with_unk: int = 0
    split_documents: dict[str, bool] = field(default_factory=dict)
    encoded_tokens: int | None = None
    lost: LostWords = field(default_factory=LostWords)

    @property
    def unk_rate(self) -> float:
        return self.unk_words / self.words if self.words else 0.0

    @property
    def held_out_unk_rate(self) -> float:
        return self.held_out_unk_words / self.held_out_words if self.held_out_words else 0.0

    @property
    def documents_with_unk(self) -> int:
        return self.whole_documents_with_unk + sum(self.split_documents.values())

    def settled(self) -> WordPart:
        """The same, now that all parts of shared documents are in."""
        return replace(self, whole_documents_with_unk=self.documents_with_unk, split_documents={})

    def merge(self, *others: WordPart) -> WordPart:
        """Raises ProfileError where they were counted with different tokenizers."""
        parts = [part for part in (self, *others) if part.fingerprint]
        if not parts:
            return self
        if len({part.fingerprint for part in parts}) > 1:
            raise ProfileError("these profiles were measured with different tokenizers: scan again with the same one")
        split: dict[str, bool] = {}
        for part in parts:
            for document, unk in part.split_documents.items():
                split[document] = split.get(document, False) or unk
        encoded = [part.encoded_tokens for part in parts if part.encoded_tokens is not None]
        return WordPart(
            parts[0].fingerprint,
            sum(part.words for part in parts),
            sum(part.unk_words for part in parts),
            sum(part.unk_tokens for part in parts),
            sum(part.held_out_words for part in parts),
            sum(part.held_out_unk_words for part in parts),
            sum(part.whole_documents_with_unk for part in parts),
            split,
            sum(encoded) if len(encoded) == len(parts) else None,
            parts[0].lost.merge(*(part.lost for part in parts[1:])),
        )

    def to_state(self) -> dict[str, Any]:
        return {**vars(self), "lost": self.lost.to_state()}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> WordPart:
        return cls(**{**state, "lost": LostWords.from_state(state["lost"])})
