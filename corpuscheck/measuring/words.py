"""Count [UNK]: exactly what the tokenizer gives, at a fraction of its work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from corpuscheck.errors import TextError
from corpuscheck.kernels.arrays import Ints
from corpuscheck.kernels.pieces import TOKENS
from corpuscheck.kernels.strings import StringTable
from corpuscheck.kernels.words import IS_CHUNK, IS_LOST, first_lost
from corpuscheck.measuring.counted import MOST_DISTINCT, NO_PAIRS, Asker, Counted, WordTally, named
from corpuscheck.measuring.encoding import EncodingCounter, TextCounter
from corpuscheck.measuring.piecewise import Piecewise
from corpuscheck.measuring.text import Walked, Walker
from corpuscheck.measuring.units import Units, octaves_of
from corpuscheck.profile.words import WordPart
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.files import FileRecord
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.probing import CharacterTable
from corpuscheck.tokenizer.ranking import segmentation_artefact


class WordCounter(Protocol):
    """Counts the words of units and those with [UNK]; `walker` has counted their characters."""

    walker: Walker

    def observe(self, batch: Batch, units: Units, held_out: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Counted:
        """`first_lost` is the byte at which a unit's first [UNK] or shattered word stands, or somewhere before it."""
        ...

    def finish(self) -> WordPart: ...


def walked_with(artefact: Artefact) -> Artefact:
    """The tokenizer whose character table a counter walks with: its own, or BERT's plain segmentation."""
    return segmentation_artefact() if artefact.not_characterwise else artefact


def word_counter(
    artefact: Artefact,
    characters: CharacterTable,
    suspects: Suspects | None = None,
    records: Sequence[FileRecord] = (),
    texts: TextCounter | None = None,
) -> WordCounter:
    """The counter that looks at characters where it is sound for this tokenizer, else the one that encodes.

    `texts` are what it encodes with; where characters are enough, so that tokens are counted as well.
    """
    if artefact.not_characterwise:
        if texts is None:
            texts = TextCounter(artefact, records, None if artefact.recipe.reason else Piecewise(artefact))
        return EncodingCounter(artefact, characters, texts)
    return CharacterCounter(artefact, characters, suspects, records, texts)


class Suspects:
    """What a tokenizer makes of each distinct suspect: asked once, remembered from file to file."""

    def __init__(self, artefact: Artefact) -> None:
        self._asker = Asker(artefact)
        self.forget()

    def forget(self) -> None:
        self._strings = StringTable()
        self.outcomes = np.zeros((0, 3), np.int64)
        self.lost_in: list[tuple[tuple[int, str], ...]] = []
        self.special_in: dict[int, tuple[str, ...]] = {}

    @property
    def full(self) -> bool:
        return len(self._strings) > MOST_DISTINCT or self._strings.size > 1 << 23

    def numbers(self, batch: Batch, units: Units, walked: Walked) -> Ints:
        """The number of each span's string; strings not met before are judged.

        `outcomes` has a row (words, words with [UNK], [UNK] tokens) for each, `lost_in` the words it loses, each with
        the octave of its passage, `special_in` the special tokens of those that hold any. Raises TextError with the
        number of the unit where the tokenizer breaks down.
        """
        starts, ends, unit, what = (np.ascontiguousarray(walked.spans[:, k]) for k in range(4))
        labels = octaves_of(units, unit, starts) * 4 + what
        known = len(self._strings)
        ids = self._strings.number(batch.data, starts, ends, labels)
        new = range(known, len(self._strings))
        outcomes = np.zeros((len(new), 3), np.int64)
        questions: list[tuple[int, str]] = []
        for row, number in enumerate(new):
            text = self._strings.string(number).decode()
            octave, what_it_is = divmod(self._strings.label(number), 4)
            if what_it_is == IS_LOST:
                self.lost_in.append(((octave, text),))
            else:
                self.lost_in.append(())
                questions.append((row, text))
        try:
            answers = self._asker.outcomes([text for _, text in questions])
        except TextError as error:
            self.forget()
            first = np.flatnonzero(ids == known + questions[error.number][0])[0]
            raise TextError(error.what, int(unit[first])) from None
        for (row, _), seen in zip(questions, answers, strict=True):
            outcomes[row] = seen.words, seen.unk_words, seen.unk_tokens
            octave = self._strings.label(known + row) // 4
            self.lost_in[known + row] = tuple((octave, word) for word in seen.lost)
            if seen.special:
                self.special_in[known + row] = seen.special
        self.outcomes = np.concatenate((self.outcomes, outcomes))
        return ids


class CharacterCounter:
    """Words of safe characters are never [UNK]; only the others are looked at, each distinct one once."""

    def __init__(
        self,
        artefact: Artefact,
        characters: CharacterTable,
        suspects: Suspects | None,
        records: Sequence[FileRecord] = (),
        texts: TextCounter | None = None,
    ) -> None:
        self.walker = Walker(characters, artefact.longest_word)
        self._texts = texts
        self._suspects = suspects or Suspects(artefact)
        self._records = records
        self._tally = WordTally(artefact)
        self._occurrences = np.zeros(0, np.int64)

    def observe(self, batch: Batch, units: Units, held_out: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Counted:
        walked = self.walker.walk(batch, units)
        words, unk_words = walked.words, walked.lost
        unk_tokens = int(walked.lost.sum())
        first_unk, guilty = units.ends.copy(), NO_PAIRS
        if len(walked.spans):
            try:
                ids = self._suspects.numbers(batch, units, walked)
            except TextError as error:
                raise named(error, batch, units.documents[error.number], self._records) from None
            unit, what = walked.spans[:, 2], walked.spans[:, 3]
            outcomes = self._suspects.outcomes
            open_question = what != IS_LOST
            found = outcomes[ids[open_question]]
            np.add.at(words, unit[open_question], np.where(what[open_question] == IS_CHUNK, found[:, 0], 0))
            np.add.at(unk_words, unit[open_question], found[:, 1])
            unk_tokens += int(found[:, 2].sum())
            is_lost = ~open_question | (outcomes[ids, 1] > 0)
            lost = np.ascontiguousarray(walked.spans[is_lost])
            np.minimum.at(first_unk, lost[:, 2], lost[:, 0])
            guilty = self._guilty(batch, lost)
            occurrences = np.bincount(ids, minlength=len(outcomes))
            occurrences[: len(self._occurrences)] += self._occurrences
            self._occurrences = occurrences
        shattered = np.zeros_like(words)  # WordPiece has no bytes to spell in
        self._tally.add(batch, units, held_out, words, unk_words, unk_tokens, shattered)
        if self._suspects.full:
            self._flush()
            self._suspects.forget()
        tokens = None
        if self._texts:
            tokens = self._texts.observe(batch, units, walked.new, _nobody, _nobody)[:, TOKENS].copy()
        return Counted(words, unk_words, shattered, first_unk, walked.new, walked.places, guilty, tokens)

    def _guilty(self, batch: Batch, lost: Ints) -> Ints:
        """The unit of each lost word, and the first character in it that no piece holds."""
        rows = np.stack((lost[:, 2], np.empty(len(lost), np.int64)))
        first_lost(batch.data, lost, self.walker.characters.table, rows[1])
        pairs: Ints = rows[:, rows[1] > 0].T
        return pairs

    def _flush(self) -> None:
        met = np.flatnonzero(self._occurrences)
        lost_in, counts = self._suspects.lost_in, self._occurrences[met].tolist()
        self._tally.lose((key, n) for number, n in zip(met.tolist(), counts, strict=True) for key in lost_in[number])
        for number, tokens in self._suspects.special_in.items():
            if number < len(self._occurrences) and self._occurrences[number]:
                for token in tokens:
                    self._tally.special[token] += int(self._occurrences[number])
        self._occurrences = np.zeros(0, np.int64)

    def finish(self) -> WordPart:
        self._flush()
        if self._texts is None:
            return self._tally.part(None)
        texts = self._texts
        texts.finish(_nobody)
        return replace(self._tally.part(texts.tokens), encoded_texts=texts.encoded, differing_texts=texts.differing)


def _nobody(*_: object) -> None:
    """Nobody has to be told."""
