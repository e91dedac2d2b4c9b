"""Collect the sample of passages, and the character counts of the training part."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import CODE_POINTS, Hashes, Ints
from corpuscheck.kernels.utf8 import count_characters
from corpuscheck.measuring.block import Block, Passages
from corpuscheck.measuring.sources import SourceNames
from corpuscheck.measuring.units import Units
from corpuscheck.profile.characters import CharacterPart
from corpuscheck.profile.sample import ALL, Sample
from corpuscheck.reading.batch import Batch


class Sampler:
    """Builds a sample of passages of documents, or with `of_units` of units. A first `bound` saves collecting what
    cannot stay. With `names` each passage knows its source."""

    def __init__(self, budget: int, bound: int = ALL, of_units: bool = False, names: SourceNames | None = None) -> None:
        self._of_units, self._names = of_units, names
        self._sample = Sample(budget, bound)
        self._waiting: list[Sample] = []
        self._size = 0

    def observe(self, block: Block) -> None:
        """Take in the passages of a block."""
        units = block.units if self._of_units else block.documents
        passages = block.unit_passages if self._of_units else block.passages
        drawn = self._drawn(passages, None)
        if len(drawn):
            documents = units.documents[passages[0][drawn, 2]]
            sources = self._names.of_some(block.batch, block.ended, documents) if self._names else None
            self._enter(block.batch, units, passages, drawn, sources)

    def take(self, batch: Batch, units: Units, passages: Passages, chosen: NDArray[np.bool_] | None = None) -> None:
        """Take in the passages of the chosen units (all, where None)."""
        drawn = self._drawn(passages, chosen)
        if len(drawn):
            self._enter(batch, units, passages, drawn, None)

    def _drawn(self, passages: Passages, chosen: NDArray[np.bool_] | None) -> Ints:
        rows, hashes = passages
        bound = self._sample.bound
        below = np.ones(len(rows), np.bool_) if bound >= ALL else hashes < np.uint64(bound)
        if chosen is not None:
            below &= chosen[rows[:, 2]]
        return np.flatnonzero(below)

    def _enter(self, batch: Batch, units: Units, passages: Passages, drawn: Ints, sources: Hashes | None) -> None:
        rows, hashes = passages
        starts, ends, unit = (np.ascontiguousarray(rows[drawn, k]) for k in range(3))
        new = Sample.taken(
            self._sample.budget, self._sample.bound, hashes[drawn], units.keys[unit], batch.data, starts, ends,
            sources=sources,
        )  # fmt: skip
        self._waiting.append(new)
        self._size += new.size
        if self._size > self._sample.budget // 4:
            self._settle()

    def _settle(self) -> None:
        self._sample = self._sample.merge(*self._waiting)
        self._waiting, self._size = [], 0

    def finish(self) -> dict[str, Any]:
        self._settle()
        return {"sample": self._sample}


class CharacterTally:
    """Counts characters in a table that is used again and again: making one anew would cost more than a small file."""

    _free = threading.local()

    def __init__(self) -> None:
        free = self._free.__dict__.setdefault("tables", [])
        self._table: Ints = free.pop() if free else np.zeros(CODE_POINTS, np.int64)
        self._highest = 0

    def observe(self, batch: Batch, units: Units, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> None:
        highest = count_characters(batch.data, units.starts, units.ends, chosen.view(np.uint8), self._table)
        self._highest = max(self._highest, highest)

    def finish(self) -> CharacterPart:
        """The characters of all batches. The counter cannot be used after this."""
        present = np.flatnonzero(self._table[: self._highest + 1])
        part = CharacterPart.of(self._table, present)
        self._table[present] = 0
        self._free.tables.append(self._table)
        return part


class Survey:
    """The first pass of a training: characters of both parts, and text of the training part to learn from.

    With `whole` the text is that of both parts.
    """

    def __init__(self, budget: int, bound: int, whole: bool = False) -> None:
        self._whole = whole
        self._training = CharacterTally()
        self._held_out = CharacterTally()
        self._sampler = Sampler(budget, bound)
        self._count = 0

    def observe(self, block: Block) -> None:
        batch, units = block.batch, block.units
        training = ~block.held_out
        for chosen, counts in ((training, self._training), (block.held_out, self._held_out)):
            counts.observe(batch, units, chosen)
        self._sampler.take(batch, units, block.unit_passages, None if self._whole else training)
        self._count += len(units.starts) - (units.offset > 0)

    def finish(self) -> dict[str, Any]:
        training = self._training.finish()
        characters = training.merge(self._held_out.finish())
        return {"characters": characters, "training": training, "units": self._count, **self._sampler.finish()}
