"""Encode documents: by kernels where a tokenizer's definition shows what it does, else by the tokenizer itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from corpuscheck.errors import TextError
from corpuscheck.kernels.arrays import Ints
from corpuscheck.kernels.pieces import ASIDE, COLUMNS, SHATTERED, TOKENS, UNK_TOKENS, UNK_WORDS, WORDS
from corpuscheck.measuring.counted import NO_PAIRS, Asker, Counted, Outcome, WordTally, named
from corpuscheck.measuring.piecewise import Piecewise, Taken
from corpuscheck.measuring.text import Walker
from corpuscheck.measuring.units import Units, octaves_of, passages_of
from corpuscheck.profile.words import WordPart
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.files import FileRecord
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.probing import CharacterTable

LONGEST_ENCODED = 1 << 18
"""Bytes of a text that is encoded as a whole; of a longer one it is passages that are."""

_CHECKED_OCTAVE, _CHECKED_FIRST = 10, 1 << 15
"""Of the texts that kernels count, those of this octave and above are encoded as well, one in 1,024, and so many bytes
of the first that a worker meets."""

FIGURES = (TOKENS, WORDS, SHATTERED, UNK_WORDS, UNK_TOKENS)


Note = Callable[[int, Outcome], None]
"""Told the octave of a text that the tokenizer itself has encoded, and what it made of it."""


class TextCounter:
    """Counts what every text is encoded to. `records` name the files of the batches.

    With `piecewise`, which it gives back in the end, that is worked out by kernels; the tokenizer itself encodes what
    these leave aside, and some of the others, to see that they agree. `encoded` tells how many texts it had to,
    `differing` how many of those looked at do not agree. Raises TokenizerError naming the file on which a tokenizer
    breaks down.
    """

    def __init__(
        self,
        artefact: Artefact,
        records: Sequence[FileRecord] = (),
        piecewise: Piecewise | None = None,
        give_back: Callable[[Piecewise], None] | None = None,
    ) -> None:
        self._give_back = give_back
        self._asker = Asker(artefact)
        self._records = records
        self._piecewise = piecewise
        self.tokens = self.encoded = self.differing = 0

    def observe(self, batch: Batch, units: Units, new: Ints, note: Note, take: Callable[[Taken], None]) -> Ints:
        """The figures of each unit, rows as in `kernels.pieces`. `new` are the characters that were not met before,
        `take` is told what kernels met as often as they forget it."""
        texts = texts_of(batch, units)
        octaves = octaves_of(units, np.arange(len(units.starts)), units.starts)[texts[:, 0]]
        figures = self._figures(batch, texts, octaves, new, take)
        self._check(batch, units, texts, octaves, figures)
        aside = np.flatnonzero(figures[:, ASIDE])
        for rows in _groups(texts, aside):
            for row, seen in zip(rows.tolist(), self._outcomes(batch, units, texts[rows]), strict=True):
                figures[row] = _figures_of(seen)
                note(int(octaves[row]), seen)
        self.encoded += len(aside)
        self.tokens += int(figures[:, TOKENS].sum())
        by_unit = np.zeros((len(units.starts), COLUMNS), np.int64)
        np.add.at(by_unit, texts[:, 0], figures)
        return by_unit

    def finish(self, take: Callable[[Taken], None]) -> None:
        """Let `take` be told the rest."""
        pieces, self._piecewise = self._piecewise, None
        if pieces:
            take(pieces.taken())
            if self._give_back:
                self._give_back(pieces)

    def _figures(self, batch: Batch, texts: Ints, octaves: Ints, new: Ints, take: Callable[[Taken], None]) -> Ints:
        """What kernels know of each text."""
        pieces = self._piecewise
        if pieces is None:
            figures = np.zeros((len(texts), COLUMNS), np.int64)
            figures[:, ASIDE] = 1
            return figures
        pieces.points.learn(new)
        starts, ends = np.ascontiguousarray(texts[:, 1]), np.ascontiguousarray(texts[:, 2])
        return pieces.count(batch.data, starts, ends, octaves, lambda: take(pieces.taken()))

    def _check(self, batch: Batch, units: Units, texts: Ints, octaves: Ints, figures: Ints) -> None:
        """Encode some of the texts that kernels have counted."""
        if self._piecewise is None:
            return
        chosen = (figures[:, ASIDE] == 0) & (octaves >= _CHECKED_OCTAVE)
        if not self._piecewise.checked:
            self._piecewise.checked = len(texts) > 0
            chosen |= (figures[:, ASIDE] == 0) & (np.cumsum(texts[:, 2] - texts[:, 1]) <= _CHECKED_FIRST)
        for rows in _groups(texts, np.flatnonzero(chosen)):
            for row, seen in zip(rows.tolist(), self._outcomes(batch, units, texts[rows]), strict=True):
                self.differing += tuple(figures[row].tolist()) != _figures_of(seen)

    def _outcomes(self, batch: Batch, units: Units, texts: Ints) -> list[Outcome]:
        try:
            return self._asker.outcomes(
                [batch.data[start:stop].tobytes().decode() for _, start, stop in texts.tolist()]
            )
        except TextError as error:
            raise named(error, batch, int(units.documents[texts[error.number, 0]]), self._records) from None


class EncodingCounter:
    """Counts the words of every document as it is encoded, see `TextCounter`."""

    def __init__(self, artefact: Artefact, characters: CharacterTable, texts: TextCounter) -> None:
        self.walker = Walker(characters, artefact.longest_word)
        self._texts = texts
        self._tally = WordTally(artefact)

    def observe(self, batch: Batch, units: Units, held_out: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Counted:
        walked = self.walker.walk(batch, units)
        figures = self._texts.observe(batch, units, walked.new, self._tally.note, self._tally.take)
        tokens, words, shattered, unk_words, unk_tokens = (figures[:, k].copy() for k in FIGURES)
        self._tally.add(batch, units, held_out, words, unk_words, int(unk_tokens.sum()), shattered)
        return Counted(words, unk_words, shattered, units.starts, walked.new, walked.places, NO_PAIRS, tokens)

    def finish(self) -> WordPart:
        texts = self._texts
        texts.finish(self._tally.take)
        return replace(self._tally.part(texts.tokens), encoded_texts=texts.encoded, differing_texts=texts.differing)


def _figures_of(seen: Outcome) -> tuple[int, ...]:
    """As `kernels.pieces` has them."""
    return seen.tokens, seen.words, len(seen.shattered), seen.unk_words, seen.unk_tokens, 0


def texts_of(batch: Batch, units: Units) -> Ints:
    """What is encoded, rows (unit, start, stop): a unit whole, or the passages of one that is too long.

    The passages depend on the document alone, so that the figures do not depend on how it was cut for reading.
    """
    numbers = np.arange(len(units.starts))
    whole = units.ends - units.starts <= LONGEST_ENCODED
    if len(whole):
        whole[0] &= not units.offset
        whole[-1] &= not batch.unfinished
    rows = np.stack((numbers, units.starts, units.ends), axis=1)[whole]
    if whole.all():
        return rows
    passages = passages_of(batch, units)[0]
    cut = passages[~whole[passages[:, 2]]][:, [2, 0, 1]]
    rows = np.concatenate((rows, cut))
    return rows[np.argsort(rows[:, 0], kind="stable")]


def _groups(texts: Ints, rows: Ints) -> Iterator[Ints]:
    """Numbers of texts, about a quarter of a megabyte of them at a time."""
    sizes = np.cumsum(texts[rows, 2] - texts[rows, 1])
    group = sizes // LONGEST_ENCODED
    for start, stop in pairwise([0, *(np.flatnonzero(np.diff(group)) + 1).tolist(), len(rows)]):
        if stop > start:
            yield rows[start:stop]
