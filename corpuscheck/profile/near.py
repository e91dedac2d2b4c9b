"""Signatures of documents, for finding those that are nearly the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import Bytes, Hashes, Ints
from corpuscheck.profile.drawing import weights
from corpuscheck.profile.part import total
from corpuscheck.profile.table import PLACES, Table, first, first_bytes, first_rows, hash64, ranks

MOST_ALIKE = 1 << 14
"""Rows that are kept of one key, those with the smallest norms: a million filled-in forms share it."""

BINS = 128
LEAST_SHINGLES = 64


@dataclass(frozen=True, eq=False, repr=False)
class NearPart(Table):
    """One row for each text as it is after normalising: `signatures` uint8 of shape (rows, BINS), the others as in
    `DocumentPart`. `keys` (see `drawn_by`) are equal for most documents that are nearly the same.

    `judged` and `judged_bytes` are of all documents that are long enough for a signature.
    """

    MOST: ClassVar[int] = 1 << 19
    ORDER: ClassVar[tuple[str, ...]] = ("-sizes", "files", "places")

    judged: int = total()
    judged_bytes: int = total()
    keys: Hashes = hash64(key=True)
    norms: Hashes = hash64(key=True)
    files: Hashes = hash64()
    places: Ints = first(PLACES)
    sizes: Ints = first()
    debris: Ints = first()
    signatures: Bytes = first_bytes(BINS)

    def _limit(self, *keys: Hashes) -> NDArray[np.bool_] | None:
        inside: NDArray[np.bool_] = ranks(*keys) < MOST_ALIKE
        return None if inside.all() else inside

    def chances(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How surely the key of each row was drawn, and how surely the row was among those that are kept of its key.

        Of a full key that is told from the largest of its smallest norms (Bar-Yossef et al., RANDOM 2002).
        """
        starts = first_rows(self.keys)
        lengths = np.diff(np.append(starts, len(self)))
        largest = self.norms[starts + lengths - 1].astype(np.float64) / 2**64
        kept = np.where(lengths >= MOST_ALIKE, np.minimum(largest * lengths / np.maximum(lengths - 1, 1), 1.0), 1.0)
        return 1 / weights(self.sizes, self.level), np.repeat(np.maximum(kept, 2.0**-40), lengths)
