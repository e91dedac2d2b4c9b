"""Piecewise: what becomes of texts, counted by kernels that follow a tokenizer's recipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from corpuscheck.kernels.arrays import CODE_POINTS, Bytes, Flags, Ints
from corpuscheck.kernels.pieces import (
    COLUMNS,
    CUT,
    HEAD,
    LENGTH,
    MARKED,
    MOST_WORDS,
    SIZE,
    SPAN_END,
    SPAN_START,
    UNKNOWN,
    Cuts,
    Met,
    Scratch,
    count,
    enter_whole,
    take_all,
    take_all_apart,
    tokens_at,
)
from corpuscheck.profile.lost import OCTAVES
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.points import Points
from corpuscheck.tokenizer.spelling import byte_letters
from corpuscheck.tokenizer.tables import laid, pieces_of

_WORDS, _NOTES = 1 << 23, 1 << 19
"""Room for the records of half a million pieces."""


class Piecewise:
    """What a worker knows of a tokenizer: its tables, and the distinct pieces that it met."""

    def __init__(self, artefact: Artefact) -> None:
        recipe = artefact.recipe
        self.points = Points(recipe, artefact.literals)
        self._pieces = pieces_of(artefact.model, recipe, artefact.vocabulary, artefact.spelling)
        self._whole = _whole(artefact) if artefact.model.get("ignore_merges") else {}
        self._one_word = recipe.one_word
        self._cuts = Cuts(*(np.zeros(CODE_POINTS + 1, np.int64) for _ in range(4)))
        self._scratch = _room(1 << 16)
        self._met = _table(_WORDS, _NOTES)
        self._octaves: set[int] = set()
        self.checked = False
        """Whether some of what it counted was compared with what the tokenizer gives."""
        self._empty()

    def count(self, data: Bytes, starts: Ints, ends: Ints, octaves: Ints, take: Callable[[], None]) -> Ints:
        """The figures of each text, rows as in `kernels.pieces`. Before the table is emptied, `take` is called."""
        out = np.zeros((len(starts), COLUMNS), np.int64)
        manner, done = self.points.manner, 0
        most = int((ends - starts).max(initial=0)) * manner.growth + 1
        if len(self._scratch.records) < most:
            self._scratch = _room(2 * most)
        while True:
            self._octaves.update(np.unique(octaves[done:]).tolist())
            done = count(
                data, starts, ends, octaves, done, manner, self._pieces, self._scratch, self._met, self._cuts, out
            )
            if done == len(starts):
                return out
            take()
            if self._met.used[0] == self._first:
                self._met = _table(len(self._met.words) + MOST_WORDS * most, self._met.counts.shape[1] + most)
            self._empty()

    def _empty(self) -> None:
        self._met.slots[:] = 0
        self._met.used[:] = 0
        if self._whole:
            data, ends = laid(list(self._whole))
            numbers = np.array(list(self._whole.values()), np.int64)
            enter_whole(data, ends, numbers, self._pieces.partial, self._met)
        self._first = int(self._met.used[0])

    def taken(self) -> Taken:
        """What was met since it was last asked; it begins to count anew, with what is known."""
        met, cuts, pieces = self._met, self._cuts, self._pieces
        notes, octaves = int(met.used[1]), sorted(self._octaves, reverse=True)
        noted, of_ids = np.zeros(notes, np.int64), np.zeros(len(pieces.partial), np.int64)
        cut_ones = take_all(met, noted, of_ids)
        counts = met.counts[octaves, :notes]
        met.counts[octaves, :notes] = 0
        self._octaves.clear()
        if not self._one_word:
            take_all_apart(noted, counts.sum(axis=0, dtype=np.int64), pieces.sizes, met, cuts)
        found = np.flatnonzero(cuts.times[:-1])
        columns = [column[found].tolist() for column in cuts[:3]]
        for column in cuts[:3]:
            column[found] = 0
        characters = dict(zip(found.tolist(), zip(*columns, strict=True), strict=True))
        return Taken(self._met, noted, dict(zip(octaves, counts, strict=True)), characters, cut_ones, of_ids)


@dataclass(frozen=True)
class Taken:
    """What was met: the records that are to be noted and how often each was, by octaves, the highest first.

    `characters` are those that were cut, as ShatteredPart has them, `cut_ones` how many tokens are no whole ones,
    `of_ids` how often each token was met. Good until more is counted.
    """

    _met: Met
    _noted: Ints
    _counts: dict[int, Flags]
    characters: dict[int, tuple[int, int, int]]
    cut_ones: int
    of_ids: Ints

    def shattered(self, lowest: int) -> Iterator[tuple[int, int, int]]:
        """(octave, record, times) of pieces that are shattered, from this octave on."""
        return self._with(CUT, lowest)

    def lost(self) -> Iterator[tuple[int, str, int]]:
        """(octave, what the first unknown token of a piece stands for, times)."""
        for octave, record, times in self._with(UNKNOWN, 0):
            start, end = self._met.words[record + SPAN_START], self._met.words[record + SPAN_END]
            yield octave, self._bytes(record)[start:end].decode(), times

    def _with(self, fact: int, lowest: int) -> Iterator[tuple[int, int, int]]:
        has = self._met.words[self._noted + fact] > 0
        for octave, counts in self._counts.items():
            if octave >= lowest:
                rows = np.flatnonzero(has & (counts > 0))
                yield from zip([octave] * len(rows), self._noted[rows].tolist(), counts[rows].tolist(), strict=True)

    def text(self, record: int) -> str:
        """A piece as the model gets it."""
        return self._bytes(record).decode()

    def _bytes(self, record: int) -> bytes:
        start = 4 * (record + HEAD)
        return self._met.data[start : start + int(self._met.words[record + SIZE])].tobytes()

    def tokens(self, record: int) -> list[int]:
        """The ids that a piece is encoded to."""
        first = tokens_at(record, int(self._met.words[record + SIZE]))
        found: list[int] = self._met.words[first : first + int(self._met.words[record + LENGTH])].tolist()
        return found


def _whole(artefact: Artefact) -> dict[bytes, int]:
    """The pieces that are taken whole where a text is cut so, as the kernels get them."""
    if not artefact.byte_level:
        return {piece.encode(): number for piece, number in artefact.vocabulary.items()}
    of_letter = byte_letters()
    return {
        bytes(of_letter[letter] for letter in piece): number
        for piece, number in artefact.vocabulary.items()
        if of_letter.keys() >= set(piece)
    }


def _table(words: int, notes: int) -> Met:
    records = np.empty(words, np.int32)
    slots = np.empty(1 << (words // MOST_WORDS).bit_length(), np.int64)
    counts = np.zeros((OCTAVES + 1, notes), np.int32)
    return Met(slots, records, records.view(np.uint8), counts, np.zeros(2, np.int64))


def _room(most: int) -> Scratch:
    """Room for a text of so many bytes."""
    size = MARKED * most + 16
    text, marks, best = np.empty(size, np.uint8), np.empty(size, np.uint8), np.empty(size, np.float64)
    records, symbols, ranks, came, by = (np.empty(size, np.int64) for _ in range(5))
    return Scratch(text, marks, records, symbols, ranks, best, came, by, np.zeros(CODE_POINTS + 1, np.int64))
