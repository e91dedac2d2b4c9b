"""Which documents there are: the hash of each, with its place, for finding copies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

import numpy as np

from corpuscheck.arrays import Hashes, Ints
from corpuscheck.brief import brief
from corpuscheck.profile.packing import (
    COUNTS,
    HASHES,
    bounded,
    check_counts,
    check_products,
    columns_of,
    first_rows,
    packed,
    packed_state,
    ranks,
    unpacked,
)

MOST_DOCUMENTS = 1 << 18

MOST_FILES_EACH = 1 << 10
"""Files that are named of one text; copies in further ones are added up as being `ELSEWHERE`."""

ELSEWHERE = (1 << 64) - 1

_COLUMNS = {
    "hashes": HASHES,
    "files": HASHES,
    "counts": COUNTS,
    "sizes": COUNTS,
    "norms": HASHES,
    "places": COUNTS,
    "debris": COUNTS,
    "lasts": COUNTS,
}


def file_id(path: str) -> int:
    """64 bits that stand for a path, the same everywhere."""
    return int.from_bytes(blake2b(path.encode("utf-8", "surrogateescape"), digest_size=8).digest(), "little")


@dataclass(frozen=True)
class Documents:
    """Columns, one row for each text in each file.

    Attributes:
        hashes, norms: uint64, of the text and of its letters and digits alone.
        files: uint64, see `file_id`.
        counts: how many such documents the file has.
        sizes, debris: bytes of one of them, and those of its bytes that are no text.
        places, lasts: the numbers of the first and the last of them in the file, from 0.
    """

    hashes: Hashes
    files: Hashes
    counts: Ints
    sizes: Ints
    norms: Hashes
    places: Ints
    debris: Ints
    lasts: Ints

    def __len__(self) -> int:
        return len(self.hashes)

    def chosen(self, rows: Any) -> Documents:
        return Documents(*(column[rows] for column in vars(self).values()))


@dataclass(frozen=True)
class DocumentPart:
    """A table of `Documents`, ascending, each column packed in `bytes`.

    Up to `MOST_DOCUMENTS` rows hold every document. Beyond, only the hashes below 2^(64-level) are kept, a sample
    of 1 in 2^level texts. The level depends on the union alone, so merging is exact in any order.
    """

    __repr__ = brief

    level: int = 0
    hashes: bytes = b""
    files: bytes = b""
    counts: bytes = b""
    sizes: bytes = b""
    norms: bytes = b""
    places: bytes = b""
    debris: bytes = b""
    lasts: bytes = b""

    @classmethod
    def of(cls, documents: Documents, level: int = 0) -> DocumentPart:
        """From rows in any order; those of the same text in the same file are added up."""
        if not len(documents):
            return cls(level)
        rows = documents.chosen(np.lexsort((documents.places, documents.files, documents.hashes)))
        files = rows.files.copy()
        files[ranks(rows.hashes, rows.files) >= MOST_FILES_EACH] = ELSEWHERE
        rows = replace(rows, files=files)
        first = first_rows(rows.hashes, rows.files)
        counts, debris = np.add.reduceat(rows.counts, first), np.maximum.reduceat(rows.debris, first)
        places, lasts = np.minimum.reduceat(rows.places, first), np.maximum.reduceat(rows.lasts, first)
        rows = replace(rows.chosen(first), counts=counts, debris=debris, places=places, lasts=lasts)
        level, below = bounded(rows.hashes, MOST_DOCUMENTS, level)
        return cls(level, **packed(rows, _COLUMNS, below))

    @property
    def exact(self) -> bool:
        """Whether every text is here."""
        return self.level == 0

    def columns(self) -> Documents:
        return Documents(**unpacked(self, _COLUMNS))

    def merge(self, *others: DocumentPart) -> DocumentPart:
        parts = [part.columns() for part in (self, *others)]
        both = Documents(*(np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS))
        return DocumentPart.of(both, max(part.level for part in (self, *others)))

    def to_state(self) -> dict[str, Any]:
        return packed_state(self, _COLUMNS)

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> DocumentPart:
        """Raises ValueError for columns that do not belong together."""
        level, columns = columns_of(state, dict.fromkeys(_COLUMNS, 8))
        check_counts(columns["counts"], columns["sizes"], columns["places"], columns["debris"], columns["lasts"])
        check_products(columns["counts"], columns["sizes"])
        return cls(level, **columns)
