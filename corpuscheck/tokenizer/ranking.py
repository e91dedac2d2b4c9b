"""Rank: the characters of a text by frequency, as BERT's normaliser leaves them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from tokenizers import Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import WordPiece

from corpuscheck.kernels.arrays import CODE_POINTS, Flags
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.encoder import Encoder
from corpuscheck.tokenizer.loading import UNK

LONGEST_WORD = 100


def segmentation(lowercase: bool = False) -> Tokenizer:
    """BERT's normaliser and pre-tokenizer with an empty model: how text is cut before any vocabulary."""
    tokenizer = Tokenizer(WordPiece({UNK: 0}, unk_token=UNK, max_input_chars_per_word=LONGEST_WORD))
    tokenizer.normalizer = normalizers.BertNormalizer(
        clean_text=True, handle_chinese_chars=True, strip_accents=lowercase, lowercase=lowercase
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def segmentation_artefact(lowercase: bool = False) -> Artefact:
    """The same as an artefact, to probe characters with."""
    return Artefact(segmentation(lowercase).to_str(), "segmentation")


@dataclass(frozen=True)
class Ranking:
    """Characters by frequency after normalisation, the most frequent first; ties in code point order.

    `ranks` maps a raw code point to the rank of the rarest character it is normalised to.
    """

    characters: str
    counts: tuple[int, ...]
    ranks: dict[int, int]

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def seen(self) -> int:
        """How many of the characters the text shows."""
        return sum(1 for count in self.counts if count)

    @cached_property
    def table(self) -> Flags:
        """The ranks by code point, int32; that of a character which was never seen is beyond all others."""
        table = np.full(CODE_POINTS, len(self.characters), np.int32)
        table[list(self.ranks)] = list(self.ranks.values())
        return table

    @cached_property
    def name(self) -> str:
        return hashlib.sha256(self.characters.encode()).hexdigest()[:16]

    def covering(self, share: float) -> int:
        """The fewest characters that make up this share of the text."""
        needed = share * self.total
        reached = 0
        for size, count in enumerate(self.counts, 1):
            reached += count
            if reached >= needed:
                return size
        return len(self.counts)


def rank(counts: dict[int, int], lowercase: bool = False, seen: dict[int, int] | None = None) -> Ranking:
    """The ranking by `counts` (raw code points). Characters only in `seen` come last, in code point order."""
    normalizer = segmentation(lowercase).normalizer
    normal: dict[int, str] = {}
    for cp in {**counts, **(seen or {})}:
        between = str(normalizer.normalize_str(f"a{chr(cp)}a"))
        normal[cp] = "".join(between[1:-1].split())
    totals: dict[str, int] = {}
    for cp, text in normal.items():
        for ch in text:
            totals[ch] = totals.get(ch, 0) + counts.get(cp, 0)
    order = sorted(totals, key=lambda ch: (-totals[ch], ch))
    place = {ch: number for number, ch in enumerate(order)}
    ranks = {cp: max((place[ch] for ch in text), default=0) for cp, text in normal.items()}
    return Ranking("".join(order), tuple(totals[ch] for ch in order), ranks)


def standing_alone(encoder: Encoder, characters: Sequence[str]) -> frozenset[str]:
    """The characters that it always cuts off from their neighbours, such as Han: these need no ``##c``."""
    found = encoder.pieces([f"a{ch}a" for ch in characters])
    return frozenset(ch for ch, pieces in zip(characters, found, strict=True) if ch in pieces)
