"""Piecewise: what becomes of texts, counted by kernels that follow a tokenizer's recipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from corpuscheck.kernels.arrays import CODE_POINTS, Bytes, Ints
from corpuscheck.kernels.pieces import COLUMNS, MARKED, Cuts, Met, Scratch, count, enter_whole, take_all_apart
from corpuscheck.profile.lost import OCTAVES
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.points import Points
from corpuscheck.tokenizer.spelling import byte_letters
from corpuscheck.tokenizer.tables import laid, pieces_of

_ROWS = 1 << 19
_BYTES_OF_A_PIECE = 16


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
        self._met = _table(_ROWS, _ROWS * _BYTES_OF_A_PIECE)
        self._octaves: set[int] = set()
        self.checked = False
        """Whether some of what it counted was compared with what the tokenizer gives."""
        self._empty()

    def count(self, data: Bytes, starts: Ints, ends: Ints, octaves: Ints, take: Callable[[], None]) -> Ints:
        """The figures of each text, rows as in `kernels.pieces`. Before the table is emptied, `take` is called."""
        out = np.zeros((len(starts), COLUMNS), np.int64)
        manner, done = self.points.manner, 0
        most = int((ends - starts).max(initial=0)) * manner.growth + 1
        if len(self._scratch.rows) < most:
            self._scratch = _room(2 * most)
        while True:
            self._octaves.update(np.unique(octaves[done:]).tolist())
            done = count(
                data, starts, ends, octaves, done, manner, self._pieces, self._scratch, self._met, self._cuts, out
            )
            if done == len(starts):
                return out
            take()
            if self._met.used[0] == len(self._whole):
                self._met = _table(2 * most + len(self._met.ends), 2 * MARKED * most + len(self._met.arena))
            self._empty()

    def _empty(self) -> None:
        self._met.slots[:] = -1
        self._met.used[0] = 0
        if self._whole:
            data, ends = laid(list(self._whole))
            numbers = np.array(list(self._whole.values()), np.int64)
            enter_whole(data, ends, numbers, self._pieces.partial, self._met)

    @property
    def occurrences(self) -> Ints:
        """How often each piece was met since the last `forget`."""
        counts = self._met.counts[sorted(self._octaves), : int(self._met.used[0])]
        total: Ints = counts.sum(axis=0, dtype=np.int64)
        return total

    def partial_tokens(self) -> int:
        """How many tokens were no whole characters."""
        return int((self.occurrences * self._met.facts[: int(self._met.used[0]), 0]).sum())

    def noted(self, lowest: int, column: int) -> Iterator[tuple[int, int, int]]:
        """(octave, row, times) of the pieces that have a fact, those of the highest octaves first."""
        facts = self._met.facts[: int(self._met.used[0]), column] > 0
        for octave in sorted(self._octaves, reverse=True):
            if octave >= lowest:
                counts = self._met.counts[octave, : len(facts)]
                rows = np.flatnonzero(facts & (counts > 0))
                yield from zip([octave] * len(rows), rows.tolist(), counts[rows].tolist(), strict=True)

    def text(self, row: int) -> str:
        """A piece as the model gets it."""
        return self._bytes(row).decode()

    def _bytes(self, row: int) -> bytes:
        return self._met.arena[self._met.ends[row - 1] if row else 0 : self._met.ends[row]].tobytes()

    def tokens(self, row: int) -> list[int]:
        found: list[int] = self._met.tokens[
            self._met.token_ends[row - 1] if row else 0 : self._met.token_ends[row]
        ].tolist()
        return found

    def unknown(self, row: int) -> str:
        """What the first unknown token of a piece stands for."""
        start, end = self._met.facts[row, 2:].tolist()
        return self._bytes(row)[start:end].decode()

    def forget(self) -> dict[int, tuple[int, int, int]]:
        """Begin to count anew, with what is known; gives the characters that were cut, as ShatteredPart has them."""
        cuts = self._cuts
        if not self._one_word:
            take_all_apart(self.occurrences, self._pieces.sizes, self._met, cuts)
        found = np.flatnonzero(cuts.times[:-1])
        columns = (cuts.words[found].tolist(), cuts.times[found].tolist(), cuts.tokens[found].tolist())
        cut = dict(zip(found.tolist(), zip(*columns, strict=True), strict=True))
        for counts in (cuts.words, cuts.times, cuts.tokens):
            counts[found] = 0
        for octave in self._octaves:
            self._met.counts[octave, : int(self._met.used[0])] = 0
        self._octaves.clear()
        return cut


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


def _table(rows: int, size: int) -> Met:
    slots = 1 << (2 * rows).bit_length()
    return Met(
        np.empty(slots, np.int32),
        np.empty(rows, np.uint64),
        np.empty(rows, np.int64),
        np.empty(size, np.uint8),
        np.empty(rows, np.int64),
        np.empty(size, np.int32),
        np.empty((rows, 4), np.int32),
        np.zeros((OCTAVES + 1, rows), np.int32),
        np.zeros(1, np.int64),
    )


def _room(most: int) -> Scratch:
    """Room for a text of so many bytes."""
    size = MARKED * most + 16
    integers = (np.empty(size, np.int64) for _ in range(3))
    return Scratch(
        np.empty(size, np.uint8), np.empty(size, np.uint8), *integers, np.empty(size + 1, np.float64),
        np.empty(size + 1, np.int64), np.empty(size + 1, np.int64),
    )  # fmt: skip
