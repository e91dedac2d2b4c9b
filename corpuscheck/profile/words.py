"""Does the tokenizer see it? Words, and those it loses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from corpuscheck.errors import ProfileError
from corpuscheck.profile.lost import LostWords
from corpuscheck.profile.part import Part, agreed, merging, part, table, table_of, total
from corpuscheck.profile.shattered import ShatteredPart
from corpuscheck.values.brief import brief


def _total_of_all(tokens: Sequence[int | None]) -> int | None:
    known = [n for n in tokens if n is not None]
    return sum(known) if len(known) == len(tokens) else None


@dataclass(frozen=True)
class WordPart(Part):
    """Pre-tokens of one tokenizer, and how many of them hold an [UNK].

    `split_documents` tells, for documents that several work units share, whether any part held an [UNK].
    `encoded_tokens` counts all tokens where every document was encoded, else it is None. Of the texts `encoded_texts`
    were encoded by the tokenizer itself, the others by kernels; `differing_texts` of those on which the two were
    compared are not the same. `special` counts special tokens that stand in the text, such as a literal [MASK].
    """

    __repr__ = brief

    fingerprint: str = agreed()
    words: int = total()
    unk_words: int = total()
    unk_tokens: int = total()
    held_out_words: int = total()
    held_out_unk_words: int = total()
    whole_documents_with_unk: int = total()
    split_documents: dict[str, bool] = table_of(lambda *parts: any(parts))
    encoded_tokens: int | None = merging(_total_of_all, default=None)
    lost: LostWords = part(LostWords)
    special: dict[str, int] = table()
    shattered: ShatteredPart = part(ShatteredPart)
    encoded_texts: int = total()
    differing_texts: int = total()

    @property
    def shattered_rate(self) -> float:
        return self.shattered.words / self.words if self.words else 0.0

    @property
    def held_out_shattered_rate(self) -> float:
        return self.shattered.held_out_words / self.held_out_words if self.held_out_words else 0.0

    @property
    def tokens_if_whole(self) -> int | None:
        """The tokens that the text would take if each shattered character were one; None where they are not counted."""
        return None if self.encoded_tokens is None else self.encoded_tokens - self.shattered.saving

    @property
    def unk_rate(self) -> float:
        return self.unk_words / self.words if self.words else 0.0

    @property
    def held_out_unk_rate(self) -> float:
        return self.held_out_unk_words / self.held_out_words if self.held_out_words else 0.0

    @property
    def documents_with_unk(self) -> int:
        return self.whole_documents_with_unk + sum(self.split_documents.values())

    def settled(self) -> Self:
        """The same, now that all parts of shared documents are in."""
        return replace(
            self,
            whole_documents_with_unk=self.documents_with_unk,
            split_documents={},
            shattered=self.shattered.settled(),
        )

    def merge(self, *others: Self) -> Self:
        """Raises ProfileError where they were counted with different tokenizers."""
        if len({part.fingerprint for part in (self, *others) if part.filled}) > 1:
            raise ProfileError("these profiles were measured with different tokenizers: scan again with the same one")
        return super().merge(*others)
