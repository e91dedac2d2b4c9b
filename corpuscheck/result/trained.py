"""Trained: a tokenizer made from all of the text, and what another one, made without a tenth of it, told of it."""

from __future__ import annotations

from dataclasses import dataclass

from corpuscheck.measuring.units import Unit
from corpuscheck.profile.estimates import Interval
from corpuscheck.profile.size import SizePart
from corpuscheck.profile.words import WordPart
from corpuscheck.result.result import LettersReport
from corpuscheck.settings import Training
from corpuscheck.tokenizer.alphabet import Alphabet
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.values.brief import brief


@dataclass(frozen=True)
class Trained:
    """The tokenizer to ship, and how it was judged.

    Attributes:
        artefact: made from all of the text.
        judge: made in the same way without the held-out units.
        alphabet: that of `artefact`, as it was chosen.
        unit: what was held out, documents or lines.
        size: all of the text.
        words: of all of the text, by `artefact`.
        judged: the same by `judge`; its held-out figures are those of text that it never saw.
        tokens_per_word: by `judge` on held-out text; None where there is none.
        settings: what was asked for.
        letters: the characters that the normaliser of both changes or deletes.
    """

    __repr__ = brief

    artefact: Artefact
    judge: Artefact
    alphabet: Alphabet
    unit: Unit
    size: SizePart
    words: WordPart
    judged: WordPart
    tokens_per_word: Interval | None
    settings: Training
    letters: LettersReport

    @property
    def held_out(self) -> bool:
        """Whether anything was held out to judge by."""
        return self.judged.held_out_words > 0
