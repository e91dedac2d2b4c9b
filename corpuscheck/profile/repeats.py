"""Lines and paragraphs, in how many documents each stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from heapq import nsmallest
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import Hashes, Ints
from corpuscheck.profile.checked import BITS_64
from corpuscheck.profile.drawing import weights
from corpuscheck.profile.part import Part, table_of, total
from corpuscheck.profile.sample import ALL, lowest_bound
from corpuscheck.profile.table import Table, check_products, first, hash64, summed
from corpuscheck.values.brief import brief

MOST_OCCURRENCES = 1 << 11


@dataclass(frozen=True, eq=False, repr=False)
class RepeatsPart(Table):
    """Units of text (lines, or paragraphs) by hash (see `drawn_by`): in how many documents each stands, and its bytes.

    `units` and `utf8_bytes` are of all of them, each counted once in a document; `left_out` are bytes of units of very
    long documents that were not compared.
    """

    MOST: ClassVar[int] = 1 << 20

    units: int = total()
    utf8_bytes: int = total()
    left_out: int = total()
    hashes: Hashes = hash64(key=True)
    counts: Ints = summed()
    sizes: Ints = first()

    def weights(self) -> NDArray[np.float64]:
        """How many units each row stands for: more than one where the rows are a sample."""
        return weights(self.sizes, self.level)

    def valid(self) -> None:
        super().valid()
        check_products(self.counts, self.sizes)


@dataclass(frozen=True)
class LineSample(Part):
    """A sample of lines by occurrence: what stands in many documents is surely among them.

    `rows` maps the hash of a line in a document to the hash of the line, its bytes and its beginning; those with
    hashes below `bound` are here, at most `MOST_OCCURRENCES`.
    """

    __repr__ = brief

    bound: int = lowest_bound()
    rows: dict[int, tuple[int, int, str]] = table_of(max, BITS_64)

    @property
    def complete(self) -> bool:
        """Whether every line of every document is here."""
        return self.bound == ALL

    def bounded(self) -> Self:
        bound = self.bound
        rows = {key: row for key, row in self.rows.items() if key < bound}
        if len(rows) > MOST_OCCURRENCES:
            bound = nsmallest(MOST_OCCURRENCES + 1, rows)[-1]
            rows = {key: row for key, row in rows.items() if key < bound}
        return replace(self, bound=bound, rows=rows)
