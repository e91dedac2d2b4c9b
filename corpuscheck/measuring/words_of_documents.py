"""Words of each document, whatever blocks and units they were counted in."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import Ints
from corpuscheck.measuring.counted import NO_PAIRS, Counted
from corpuscheck.measuring.documents import Fragment
from corpuscheck.measuring.units import Units
from corpuscheck.reading.batch import Batch

NO_WORDS: Ints = np.zeros((0, 4), np.int64)


class DocumentWords:
    """`ended` has those of the documents that ended in the last block, a row each: words, [UNK] words, shattered ones,
    and tokens, 0 where these are not counted. `guilty` has rows (row of `ended`, code point), a lost word each, and
    `split` has, by path, those of documents that are shared with other work
    units."""

    def __init__(self) -> None:
        self.ended: Ints = NO_WORDS
        self.guilty: Ints = NO_PAIRS
        self.split: dict[str, Fragment] = {}
        self._open: Ints = np.zeros(4, np.int64)
        self._guilty_open: Ints = NO_PAIRS

    def observe(self, batch: Batch, units: Units, counted: Counted) -> None:
        """Take in what was counted in a block."""
        n = len(batch.starts)
        tokens = np.zeros_like(counted.words) if counted.tokens is None else counted.tokens
        columns = (counted.words, counted.unk_words, counted.shattered, tokens)
        ended: Ints = np.stack([_by_document(column, units, n) for column in columns], axis=1)
        if batch.shared is not None:
            path = batch.shared.path
            characters, times = np.unique(counted.guilty[:, 1], return_counts=True)
            lost = dict(zip(characters.tolist(), times.tolist(), strict=True))
            seen = Fragment(words=tuple(ended.sum(0).tolist()), guilty=lost)
            self.split[path] = self.split.get(path, Fragment()).merge(seen)
            self.ended, self.guilty = NO_WORDS, NO_PAIRS
            return
        guilty = np.stack((units.documents[counted.guilty[:, 0]], counted.guilty[:, 1]), axis=1)
        if batch.offset and n:
            ended[0] += self._open
            guilty = np.concatenate((self._guilty_open, guilty))
        if batch.unfinished and n:
            self._open, ended = ended[-1].copy(), ended[:-1]
            ends_here = guilty[:, 0] < len(ended)
            self._guilty_open, guilty = guilty[~ends_here] * (0, 1), guilty[ends_here]
        self.ended, self.guilty = ended, guilty


def _by_document(column: NDArray[Any], units: Units, documents: int) -> Ints:
    """The sum for each document of the batch; units ascend by document."""
    before = np.concatenate((np.zeros(1, np.int64), np.cumsum(column)))
    bounds = np.searchsorted(units.documents, np.arange(documents + 1))
    sums: Ints = np.diff(before[bounds])
    return sums
