"""Signatures of documents, for finding those that are nearly the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpuscheck.arrays import Bytes, Hashes, Ints
from corpuscheck.brief import brief
from corpuscheck.profile.packing import (
    COUNTS,
    HASHES,
    bounded,
    check_counts,
    columns_of,
    first_rows,
    packed,
    packed_state,
    ranks,
    unpacked,
)

MOST_SIGNATURES = 1 << 17

MOST_ALIKE = 1 << 10
"""Rows that are kept of one key, those with the smallest norms: a million filled-in forms share it."""

BINS = 128
LEAST_SHINGLES = 64

_COLUMNS = {
    "keys": HASHES,
    "norms": HASHES,
    "files": HASHES,
    "places": COUNTS,
    "sizes": COUNTS,
    "debris": COUNTS,
}


@dataclass(frozen=True)
class Signatures:
    """Columns, one row for each text as it is after normalising: `signatures` uint8 of shape (rows, BINS), the others
    as in `Documents`. `keys` are equal for most documents that are nearly the same."""

    keys: Hashes
    norms: Hashes
    files: Hashes
    places: Ints
    sizes: Ints
    debris: Ints
    signatures: Bytes

    def __len__(self) -> int:
        return len(self.keys)

    def chosen(self, rows: Any) -> Signatures:
        return Signatures(*(column[rows] for column in vars(self).values()))


@dataclass(frozen=True)
class NearPart:
    """A table of `Signatures`, ascending, packed. Beyond `MOST_SIGNATURES` rows only keys below 2^(64-level) are
    kept: near copies mostly share their key, so they stay or go together."""

    __repr__ = brief

    level: int = 0
    keys: bytes = b""
    norms: bytes = b""
    files: bytes = b""
    places: bytes = b""
    sizes: bytes = b""
    debris: bytes = b""
    signatures: bytes = b""

    @classmethod
    def of(cls, rows: Signatures, level: int = 0) -> NearPart:
        """From rows in any order; of those that are the same after normalising the first one stays."""
        if not len(rows):
            return cls(level)
        rows = rows.chosen(np.lexsort((rows.places, rows.files, rows.sizes, rows.norms, rows.keys)))
        rows = rows.chosen(first_rows(rows.keys, rows.norms))
        rows = rows.chosen(ranks(rows.keys, rows.norms) < MOST_ALIKE)
        level, below = bounded(rows.keys, MOST_SIGNATURES, level)
        return cls(level, **packed(rows, _COLUMNS, below), signatures=rows.signatures[:below].tobytes())

    def columns(self) -> Signatures:
        signatures = np.frombuffer(self.signatures, np.uint8).reshape(-1, BINS)
        return Signatures(**unpacked(self, _COLUMNS), signatures=signatures)

    def weights(self) -> NDArray[np.float64]:
        """How many documents each row stands for: more than one where the rows are a sample.

        Of a full key from the largest of its smallest norms (Bar-Yossef et al., RANDOM 2002), of full tables by level.
        """
        rows = self.columns()
        weights = np.full(len(rows), float(2**self.level))
        first = first_rows(rows.keys)
        lengths = np.diff(np.append(first, len(rows)))
        last = first + lengths - 1
        full = lengths >= MOST_ALIKE
        largest = np.maximum(rows.norms[last].astype(np.float64) / 2**64, 2.0**-64)
        expected = np.where(full, np.maximum((lengths - 1) / largest, lengths) / lengths, 1.0)
        result: NDArray[np.float64] = weights * np.repeat(expected, lengths)
        return result

    def merge(self, *others: NearPart) -> NearPart:
        parts = [part.columns() for part in (self, *others) if part.keys]
        level = max(part.level for part in (self, *others))
        if not parts:
            return NearPart(level)
        names = (*_COLUMNS, "signatures")
        both = Signatures(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
        return NearPart.of(both, level)

    def to_state(self) -> dict[str, Any]:
        return packed_state(self, (*_COLUMNS, "signatures"))

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> NearPart:
        """Raises ValueError for columns that do not belong together."""
        level, columns = columns_of(state, {**dict.fromkeys(_COLUMNS, 8), "signatures": BINS})
        check_counts(columns["places"], columns["sizes"], columns["debris"])
        return cls(level, **columns)
