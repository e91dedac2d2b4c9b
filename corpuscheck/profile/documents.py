"""Which documents there are: the hash of each, with its file, for finding copies."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np

from corpuscheck.arrays import Hashes, Ints

MOST_DOCUMENTS = 1 << 20

_HASHES, _COUNTS = np.dtype("<u8"), np.dtype("<i8")


def file_id(path: str) -> int:
    """64 bits that stand for a path, the same everywhere."""
    return int.from_bytes(blake2b(path.encode("utf-8", "surrogateescape"), digest_size=8).digest(), "little")


def rows_below(hashes: Hashes, level: int) -> int:
    """How many of the ascending hashes a table of this level keeps."""
    return int(np.searchsorted(hashes, np.uint64(1 << (64 - level)))) if level else len(hashes)


@dataclass(frozen=True)
class DocumentPart:
    """A table of (hash of the text, file, documents, bytes of one), ascending, each column packed in `bytes`.

    Up to `MOST_DOCUMENTS` rows hold every document. Beyond, only the hashes below 2^(64-level) are kept, a sample
    of 1 in 2^level texts. The level depends on the union alone, so merging is exact in any order.
    """

    level: int = 0
    hashes: bytes = b""
    files: bytes = b""
    counts: bytes = b""
    sizes: bytes = b""

    @classmethod
    def of(cls, hashes: Hashes, files: Hashes, counts: Ints, sizes: Ints, level: int = 0) -> DocumentPart:
        """From columns in any order; rows of the same text in the same file are added up."""
        if not len(hashes):
            return cls(level)
        order = np.lexsort((files, hashes))
        hashes, files, counts, sizes = hashes[order], files[order], counts[order], sizes[order]
        new = np.concatenate(([True], (hashes[1:] != hashes[:-1]) | (files[1:] != files[:-1])))
        first = np.flatnonzero(new)
        counts = np.add.reduceat(counts, first)
        hashes, files, sizes = hashes[first], files[first], sizes[first]
        below = rows_below(hashes, level)
        while below > MOST_DOCUMENTS and level < 64:
            level += 1
            below = rows_below(hashes, level)
        packed = (hashes.astype(_HASHES), files.astype(_HASHES), counts.astype(_COUNTS), sizes.astype(_COUNTS))
        return cls(level, *(column[:below].tobytes() for column in packed))

    @property
    def exact(self) -> bool:
        return self.level == 0

    def columns(self) -> tuple[Hashes, Hashes, Ints, Ints]:
        """Hashes, files, documents, bytes of one document."""
        return (
            np.frombuffer(self.hashes, _HASHES),
            np.frombuffer(self.files, _HASHES),
            np.frombuffer(self.counts, _COUNTS),
            np.frombuffer(self.sizes, _COUNTS),
        )

    def merge(self, *others: DocumentPart) -> DocumentPart:
        parts = (self, *others)
        columns = zip(*(part.columns() for part in parts), strict=True)
        hashes, files, counts, sizes = (np.concatenate(column) for column in columns)
        return DocumentPart.of(hashes, files, counts, sizes, max(part.level for part in parts))

    def to_state(self) -> dict[str, Any]:
        columns = {name: b64encode(getattr(self, name)).decode() for name in ("hashes", "files", "counts", "sizes")}
        return {"level": self.level, **columns}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> DocumentPart:
        """Raises ValueError for columns that do not belong together."""
        columns = [b64decode(state[name], validate=True) for name in ("hashes", "files", "counts", "sizes")]
        if len({len(column) for column in columns}) != 1 or len(columns[0]) % 8 or not 0 <= state["level"] <= 64:
            raise ValueError("columns of different lengths")
        part = cls(int(state["level"]), *columns)
        if any((column < 0).any() for column in part.columns()[2:]):
            raise ValueError("figures below zero")
        return part
