"""Walk batches with a character table: words, characters, suspects, and what NFC would save."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from corpuscheck.kernels.jit import CODE_POINTS, Ints
from corpuscheck.kernels.words import UNSTABLE, chunks_with, find_unprobed, walk
from corpuscheck.measuring.strings import StringTable
from corpuscheck.measuring.units import Units
from corpuscheck.profile.characters import CharacterPart
from corpuscheck.reading.batch import Batch
from corpuscheck.tokenizer.probing import CharacterTable


@dataclass(frozen=True)
class Walked:
    """What the kernel found in one batch: words and lost words per unit, and suspect spans.

    `spans` has rows (start, end, unit, what) as `corpuscheck.kernels.words` writes them.
    """

    words: Ints
    lost: Ints
    spans: Ints


class Walker:
    """Runs the kernel over batches, probing characters as they are met."""

    def __init__(self, characters: CharacterTable, longest: int) -> None:
        self.characters = characters
        self._longest = longest
        self._counts = np.zeros(CODE_POINTS, np.int64)
        self._unstable = StringTable()
        self._savings: list[int] = []
        self.nfc_saving = 0

    def walk(self, batch: Batch, units: Units) -> Walked:
        count = len(units.starts)
        words, lost = np.zeros(count, np.int64), np.zeros(count, np.int64)
        found: list[Ints] = []
        seen = 0
        for rows, flags in self._pieces(batch, units, words, lost):
            found.append(rows)
            seen |= flags
        if seen & UNSTABLE:
            self._save(batch, units)
        return Walked(words, lost, np.concatenate(found) if len(found) > 1 else found[0])

    def _pieces(self, batch: Batch, units: Units, words: Ints, lost: Ints) -> Iterator[tuple[Ints, int]]:
        characters = self.characters
        unit = position = 0
        if len(units.starts):
            position = int(units.starts[0])
        rows = np.empty((len(batch.data) // 2 + len(units.starts) + 1, 4), np.int64)
        while True:
            unit, position, n, seen = walk(
                batch.data, units.starts, units.ends, unit, position,
                characters.table, self._counts, self._longest // characters.expansion, self._longest,
                characters.patterns, characters.pattern_ends, words, lost, rows,
            )  # fmt: skip
            yield rows[:n].copy(), seen
            if unit == len(units.starts):
                return
            new = np.empty(CODE_POINTS, np.int64)
            n = find_unprobed(batch.data, position, int(units.ends[-1]), characters.table, new)
            characters.learn(new[:n].tolist())

    def _save(self, batch: Batch, units: Units) -> None:
        """Count the bytes that NFC saves, normalising each distinct chunk once."""
        rows = np.empty((len(batch.data) // 2 + len(units.starts) + 1, 2), np.int64)
        n = chunks_with(batch.data, units.starts, units.ends, self.characters.table, UNSTABLE, rows)
        if len(self._savings) > 1 << 17 or self._unstable.size > 1 << 24:
            self._unstable, self._savings = StringTable(), []
        starts, ends = np.ascontiguousarray(rows[:n, 0]), np.ascontiguousarray(rows[:n, 1])
        ids = self._unstable.number(batch.data, starts, ends, np.zeros(n, np.int64))
        for number in range(len(self._savings), len(self._unstable)):
            chunk = self._unstable.string(number)
            composed = unicodedata.normalize("NFC", chunk.decode())
            self._savings.append(len(chunk) - len(composed.encode()))
        self.nfc_saving += int(np.array(self._savings, np.int64)[ids].sum())

    def character_part(self) -> CharacterPart:
        return CharacterPart.of(self._counts)
