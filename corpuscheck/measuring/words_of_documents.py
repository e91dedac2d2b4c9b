"""Words of each document, whatever blocks and units they were counted in."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import Ints
from corpuscheck.measuring.documents import Fragment
from corpuscheck.measuring.units import Units
from corpuscheck.measuring.words import Counted
from corpuscheck.reading.batch import Batch


class DocumentWords:
    """`words` and `unk_words` are those of the documents that ended in the last block. `split` has, by path, those of
    documents that are shared with other work units."""

    def __init__(self) -> None:
        self.words: Ints = np.zeros(0, np.int64)
        self.unk_words: Ints = self.words
        self.split: dict[str, Fragment] = {}
        self._open = (0, 0)

    def observe(self, batch: Batch, units: Units, counted: Counted) -> None:
        """Take in what was counted in a block."""
        n = len(batch.starts)
        words, unk_words = (_by_document(column, units, n) for column in (counted.words, counted.unk_words))
        if batch.shared is not None:
            path = batch.shared.path
            seen = Fragment(words=int(words.sum()), unk_words=int(unk_words.sum()))
            self.split[path] = self.split.get(path, Fragment()).merge(seen)
            self.words = self.unk_words = np.zeros(0, np.int64)
            return
        if batch.offset and n:
            words[0] += self._open[0]
            unk_words[0] += self._open[1]
        if batch.unfinished and n:
            self._open = int(words[-1]), int(unk_words[-1])
            words, unk_words = words[:-1], unk_words[:-1]
        self.words, self.unk_words = words, unk_words


def _by_document(column: NDArray[Any], units: Units, documents: int) -> Ints:
    """The sum for each document of the batch; units ascend by document."""
    before = np.concatenate((np.zeros(1, np.int64), np.cumsum(column)))
    bounds = np.searchsorted(units.documents, np.arange(documents + 1))
    sums: Ints = np.diff(before[bounds])
    return sums
