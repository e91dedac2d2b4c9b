"""Shattered words: those that a tokenizer spells in tokens that are no whole characters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from corpuscheck.profile.lost import LostWords
from corpuscheck.profile.part import Part, part, sums, table_of, total
from corpuscheck.values.brief import brief


@dataclass(frozen=True)
class ShatteredPart(Part):
    """What [UNK] is to other tokenizers: words in which a token is a piece of a character.

    `pieces` counts those tokens. `characters` has for each code point that is cut (words that hold it cut, how often
    it is, tokens that spell it). `split_documents` is as that of [UNK].
    """

    __repr__ = brief

    words: int = total()
    held_out_words: int = total()
    pieces: int = total()
    whole_documents: int = total()
    split_documents: dict[str, bool] = table_of(lambda *parts: any(parts))
    shown: LostWords = part(LostWords)
    characters: dict[int, tuple[int, int, int]] = table_of(sums)

    @property
    def documents(self) -> int:
        return self.whole_documents + sum(self.split_documents.values())

    @property
    def saving(self) -> int:
        """Tokens that the text would take less if each shattered character were one."""
        return max(0, self.pieces - sum(times for _, times, _ in self.characters.values()))

    def settled(self) -> Self:
        """The same, now that all parts of shared documents are in."""
        return replace(self, whole_documents=self.documents, split_documents={})

    def valid(self) -> None:
        if not all(0 <= code_point < 0x110000 for code_point in self.characters):
            raise ValueError("characters that cannot be")
