"""Signatures of documents, for finding those that are nearly the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from corpuscheck.arrays import Bytes, Hashes, Ints
from corpuscheck.profile.table import Table, first, first_bytes, first_rows, hash64, ranks

MOST_ALIKE = 1 << 10
"""Rows that are kept of one key, those with the smallest norms: a million filled-in forms share it."""

BINS = 128
LEAST_SHINGLES = 64


@dataclass(frozen=True, eq=False, repr=False)
class NearPart(Table):
    """One row for each text as it is after normalising: `signatures` uint8 of shape (rows, BINS), the others as in
    `DocumentPart`. `keys` are equal for most documents that are nearly the same: they stay or go together."""

    MOST: ClassVar[int] = 1 << 17
    ORDER: ClassVar[tuple[str, ...]] = ("sizes", "files", "places")

    keys: Hashes = hash64(key=True)
    norms: Hashes = hash64(key=True)
    files: Hashes = hash64()
    places: Ints = first()
    sizes: Ints = first()
    debris: Ints = first()
    signatures: Bytes = first_bytes(BINS)

    def _limit(self, columns: dict[str, Any]) -> None:
        beyond = ranks(columns["keys"], columns["norms"]) >= MOST_ALIKE
        if beyond.any():
            for name, column in columns.items():
                columns[name] = column[~beyond]

    def weights(self) -> NDArray[np.float64]:
        """How many documents each row stands for: more than one where the rows are a sample.

        Of a full key from the largest of its smallest norms (Bar-Yossef et al., RANDOM 2002), of full tables by level.
        """
        weights = np.full(len(self), float(2**self.level))
        starts = first_rows(self.keys)
        lengths = np.diff(np.append(starts, len(self)))
        last = starts + lengths - 1
        full = lengths >= MOST_ALIKE
        largest = np.maximum(self.norms[last].astype(np.float64) / 2**64, 2.0**-64)
        expected = np.where(full, np.maximum((lengths - 1) / largest, lengths) / lengths, 1.0)
        result: NDArray[np.float64] = weights * np.repeat(expected, lengths)
        return result
