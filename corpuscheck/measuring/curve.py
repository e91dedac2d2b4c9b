"""Measure the alphabet curve: words by the rank of their rarest character."""

from __future__ import annotations

import numpy as np

from corpuscheck.kernels.arrays import Ints
from corpuscheck.kernels.words import words_by_rank
from corpuscheck.measuring.units import Units
from corpuscheck.profile.curve import CurvePart
from corpuscheck.reading.batch import Batch
from corpuscheck.tokenizer.probing import CharacterTable
from corpuscheck.tokenizer.ranking import LONGEST_WORD, Ranking


class CurveCounter:
    """One histogram per group of units; the character table must know the characters already."""

    def __init__(self, ranking: Ranking, groups: int = 1) -> None:
        self._ranking = ranking
        self._hist = np.zeros((groups, len(ranking.characters) + 2), np.int64)

    def observe(self, batch: Batch, units: Units, characters: CharacterTable, groups: Ints | None = None) -> None:
        if groups is None:
            groups = np.zeros(len(units.starts), np.int64)
        words_by_rank(
            batch.data,
            units.starts,
            units.ends,
            groups,
            characters.table,
            self._ranking.table,
            LONGEST_WORD,
            self._hist,
        )

    def finish(self) -> list[CurvePart]:
        """A part for each group."""
        name = self._ranking.name
        parts = []
        for row in self._hist:
            ranks = np.flatnonzero(row[:-1])
            by_rank = dict(zip(ranks.tolist(), row[ranks].tolist(), strict=True))
            parts.append(CurvePart(name, len(self._ranking.characters), by_rank, int(row[-1])))
        return parts
