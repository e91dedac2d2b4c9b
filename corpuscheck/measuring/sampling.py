"""Collect the sample of passages, and the character counts of the training part."""

from __future__ import annotations

import numpy as np

from corpuscheck.kernels.jit import CODE_POINTS, Hashes, Ints
from corpuscheck.kernels.utf8 import count_characters
from corpuscheck.measuring.units import Units, passages_of
from corpuscheck.profile.characters import CharacterPart
from corpuscheck.profile.sample import ALL, Item, Sample
from corpuscheck.reading.batch import Batch


class Sampler:
    """Builds a Sample, batch by batch. A first `bound` saves collecting what cannot stay."""

    def __init__(self, budget: int, bound: int = ALL) -> None:
        self._sample = Sample(budget, bound)
        self._size = 0

    def observe(
        self,
        batch: Batch,
        units: Units,
        passages: tuple[Ints, Hashes],
        chosen: np.ndarray[tuple[int], np.dtype[np.bool_]] | None = None,
    ) -> None:
        """Take in the passages of the chosen units (all, where None)."""
        rows, hashes = passages
        bound = self._sample.bound
        below = np.ones(len(rows), np.bool_) if bound >= ALL else hashes < np.uint64(bound)
        if chosen is not None:
            below &= chosen[rows[:, 2]]
        items, groups = self._sample.items, self._sample.groups
        for r in np.flatnonzero(below):
            start, stop, unit, _ = rows[r]
            text = batch.data[start:stop].tobytes()
            item: Item = (int(hashes[r]), text)
            if item not in items:
                self._size += len(text)
            items[item] = items.get(item, 0) + 1
            groups[item] = int(units.keys[unit])
        if self._size > 2 * self._sample.budget:
            self._sample = self._sample.trimmed()
            self._size = self._sample.size

    def finish(self) -> Sample:
        return self._sample.trimmed()


class Survey:
    """The first pass of a training: characters of both parts, and text of the training part to learn from."""

    def __init__(self, share: float, budget: int, bound: int) -> None:
        self._share = share
        self._training = np.zeros(CODE_POINTS, np.int64)
        self._held_out = np.zeros(CODE_POINTS, np.int64)
        self._sampler = Sampler(budget, bound)
        self.units = 0

    def observe(self, batch: Batch, units: Units) -> None:
        held_out = units.held_out(self._share)
        training = ~held_out
        for chosen, counts in ((training, self._training), (held_out, self._held_out)):
            count_characters(batch.data, units.starts, units.ends, chosen.view(np.uint8), counts)
        self._sampler.observe(batch, units, passages_of(batch, units), training)
        self.units += len(units.starts) - (units.offset > 0)

    def training(self) -> CharacterPart:
        return CharacterPart.of(self._training)

    def held_out(self) -> CharacterPart:
        return CharacterPart.of(self._held_out)

    def sample(self) -> Sample:
        return self._sampler.finish()
