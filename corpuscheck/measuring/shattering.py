"""Tally the words that a tokenizer shatters, and the documents that hold them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from corpuscheck.kernels.arrays import Ints
from corpuscheck.measuring.piecewise import Taken
from corpuscheck.measuring.units import Units
from corpuscheck.profile.lost import MOST_WORDS, LostWords
from corpuscheck.profile.shattered import ShatteredPart
from corpuscheck.reading.batch import Batch
from corpuscheck.tokenizer.spelling import Spelling

_MOST_DISTINCT = 1 << 16


class TouchedDocuments:
    """How many documents hold something, each once, also where several batches or work units hold it."""

    def __init__(self) -> None:
        self.whole = 0
        self.split: dict[str, bool] = {}
        self._open = False

    def add(self, batch: Batch, units: Units, found: Ints) -> None:
        """`found` counts what there is in each unit."""
        touched = np.zeros(len(batch.starts), np.bool_)
        touched[units.documents[found > 0]] = True
        if batch.shared is not None:
            self.split[batch.shared.path] = self.split.get(batch.shared.path, False) or bool(touched.any())
            return
        if not len(touched):
            return
        if batch.offset:
            touched[0] |= self._open
        self._open = bool(touched[-1]) and batch.unfinished
        self.whole += int(touched.sum()) - self._open


class ShatterTally:
    """Counts shattered words by their tokens; each distinct one is taken apart once."""

    def __init__(self, spelling: Spelling) -> None:
        self._spelling = spelling
        self._documents = TouchedDocuments()
        self._words = self._held_out = self._pieces = 0
        self._met: Counter[tuple[int, tuple[int, ...]]] = Counter()
        self._shown = LostWords()
        self._characters: dict[int, tuple[int, int, int]] = {}

    def meet(self, octave: int, words: Iterable[Sequence[int]], times: int = 1) -> None:
        """Take in words, each given as its tokens, that a passage of this octave holds so many times."""
        for word in words:
            self._met[octave, tuple(word)] += times
        if len(self._met) > _MOST_DISTINCT:
            self._take_apart()

    def take(self, pieces: Taken) -> None:
        """Take in the pieces that kernels met."""
        self._take_apart()
        self._pieces += pieces.cut_ones
        shown: dict[tuple[int, str], int] = {}
        known: dict[int, tuple[str, ...]] = {}
        for octave, row, times in pieces.shattered(self._shown.level):
            if row not in known:
                known[row] = self._spelling.shown(pieces.text(row), pieces.tokens(row))
            for part in known[row]:
                shown[octave, part] = shown.get((octave, part), 0) + times
            if len(shown) > MOST_WORDS:
                break  # what has a lower octave is no more in the sample
        self._shown = self._shown.merge(LostWords(0, shown))
        for cp, (words, times, tokens) in pieces.characters.items():
            before = self._characters.get(cp, (0, 0, 0))
            self._characters[cp] = before[0] + words, before[1] + times, before[2] + tokens

    def add(
        self, batch: Batch, units: Units, held_out: np.ndarray[tuple[int], np.dtype[np.bool_]], words: Ints
    ) -> None:
        """Take in how many words of each unit are shattered."""
        self._words += int(words.sum())
        self._held_out += int(words[held_out].sum())
        self._documents.add(batch, units, words)

    def _take_apart(self) -> None:
        shown: Counter[tuple[int, str]] = Counter()
        for (octave, tokens), times in self._met.items():
            word = self._spelling.shattered(tokens)
            self._pieces += word.pieces * times
            for part in word.shown:
                shown[octave, part] += times
            held: set[str] = set()
            for character, spelled in word.characters:
                words, cuts, spent = self._characters.get(ord(character), (0, 0, 0))
                first = character not in held
                held.add(character)
                self._characters[ord(character)] = words + first * times, cuts + times, spent + spelled * times
        self._met.clear()
        self._shown = self._shown.merge(LostWords(0, dict(shown)))

    def part(self) -> ShatteredPart:
        self._take_apart()
        return ShatteredPart(
            self._words,
            self._held_out,
            self._pieces,
            self._documents.whole,
            dict(self._documents.split),
            self._shown.bounded(),
            dict(self._characters),
        )
