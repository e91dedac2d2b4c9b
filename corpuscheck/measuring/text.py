"""Walk batches with a character table: words, characters, suspects, and what NFC would save."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from corpuscheck.kernels.arrays import CODE_POINTS, Ints
from corpuscheck.kernels.strings import StringTable
from corpuscheck.kernels.words import find_unprobed, walk
from corpuscheck.measuring.units import Units
from corpuscheck.profile.characters import CharacterPart
from corpuscheck.profile.size import SizePart
from corpuscheck.reading.batch import Batch
from corpuscheck.text.composing import cut_runs, normalised
from corpuscheck.tokenizer.probing import CharacterTable


@dataclass(frozen=True)
class Walked:
    """What the kernel found in one batch: words and lost words per unit, and suspect spans.

    `spans`, good until the next batch is walked, has rows (start, end, unit, what), see `kernels.words`.
    `new` are the code points that no batch before held, `places` the byte at which each first stands.
    """

    words: Ints
    lost: Ints
    spans: Ints
    new: Ints
    places: Ints


class Walker:
    """Runs the kernel over batches, probing characters as they are met."""

    def __init__(self, characters: CharacterTable, longest: int) -> None:
        self.characters = characters
        self._longest = longest
        self._counts, self._first_seen = characters.borrow()
        self._met = np.zeros(0, np.int64)
        self._rows = np.empty((0, 4), np.int64)
        self._unstable = StringTable()
        self._composed: list[tuple[int, int]] = []
        self._nfc = np.zeros(2, np.int64)

    def walk(self, batch: Batch, units: Units) -> Walked:
        """Count the batch's characters and words; find the words that may be lost."""
        words, lost = np.zeros(len(units.starts), np.int64), np.zeros(len(units.starts), np.int64)
        pieces = list(self._pieces(batch, units, words, lost))
        met = self._present()
        new = np.setdiff1d(met, self._met, assume_unique=True) if len(met) > len(self._met) else met[:0]
        self._met = met
        spans = np.concatenate(pieces) if len(pieces) > 1 else pieces[0]
        return Walked(words, lost, spans, new, self._first_seen[new])

    def _present(self) -> Ints:
        known = self.characters.code_points
        return known[self._counts[known] > 0]

    def _pieces(self, batch: Batch, units: Units, words: Ints, lost: Ints) -> Iterator[Ints]:
        """The spans, up to where unknown characters have to be probed, and on from there."""
        characters = self.characters
        unit = 0
        position = int(units.starts[0]) if len(units.starts) else 0
        rows = self._rows
        most = len(batch.data) + len(units.starts) + 2
        if len(rows) < most:
            rows = self._rows = np.empty((most, 4), np.int64)
        while True:
            unit, position, n, far = walk(
                batch.data, units.starts, units.ends, unit, position,
                characters.table, self._counts, self._first_seen, self._longest // characters.expansion, self._longest,
                characters.patterns, characters.pattern_ends, words, lost, rows,
            )  # fmt: skip
            if far:
                self._compose(batch, rows[-far:])
            if unit == len(units.starts):
                yield rows[:n]
                return
            yield rows[:n].copy()
            new = np.empty(CODE_POINTS, np.int64)
            n = find_unprobed(batch.data, position, int(units.ends[-1]), characters.table, new)
            characters.learn(new[:n].tolist())

    def _compose(self, batch: Batch, rows: Ints) -> None:
        """Count the bytes that NFC saves and the runs of marks that are cut, normalising each distinct chunk once."""
        if len(self._composed) > 1 << 17 or self._unstable.size > 1 << 24:
            self._unstable, self._composed = StringTable(), []
        starts, ends = np.ascontiguousarray(rows[:, 0]), np.ascontiguousarray(rows[:, 1])
        ids = self._unstable.number(batch.data, starts, ends, np.zeros(len(rows), np.int64))
        for number in range(len(self._composed), len(self._unstable)):
            chunk = self._unstable.string(number)
            text = chunk.decode()
            saving = len(chunk) - len(normalised("NFC", text).encode())
            self._composed.append((saving, cut_runs("NFC", text)))
        self._nfc += np.array(self._composed, np.int64)[ids].sum(axis=0)

    def size(self) -> SizePart:
        """What composing the text would save."""
        saving, runs = self._nfc.tolist()
        return SizePart(nfc_saving=saving, cut_runs=runs)

    def finish(self) -> CharacterPart:
        """The characters of all batches. The walker cannot be used after this."""
        present = self._present()
        part = CharacterPart.of(self._counts, present)
        self._counts[present] = 0
        self.characters.give_back(self._counts, self._first_seen)
        return part
