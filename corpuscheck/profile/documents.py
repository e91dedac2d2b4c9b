"""Which documents there are: the hash of each, with its place, for finding copies."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, ClassVar

from corpuscheck.arrays import Hashes, Ints
from corpuscheck.profile.table import Table, check_products, first, hash64, least, most, ranks, summed

MOST_FILES_EACH = 1 << 10
"""Files that are named of one text; copies in further ones are added up as being `ELSEWHERE`."""

ELSEWHERE = (1 << 64) - 1


def file_id(path: str) -> int:
    """64 bits that stand for a path, the same everywhere."""
    return int.from_bytes(blake2b(path.encode("utf-8", "surrogateescape"), digest_size=8).digest(), "little")


@dataclass(frozen=True, eq=False, repr=False)
class DocumentPart(Table):
    """One row for each text in each file.

    Attributes:
        hashes, norms: uint64, of the text and of its letters and digits alone.
        files: uint64, see `file_id`.
        counts: how many such documents the file has.
        sizes, debris: bytes of one of them, and those of its bytes that are no text.
        places, lasts: the numbers of the first and the last of them in the file, from 0.
    """

    MOST: ClassVar[int] = 1 << 18
    ORDER: ClassVar[tuple[str, ...]] = ("places",)

    hashes: Hashes = hash64(key=True)
    files: Hashes = hash64(key=True)
    counts: Ints = summed()
    sizes: Ints = first()
    norms: Hashes = hash64()
    places: Ints = least()
    debris: Ints = most()
    lasts: Ints = most()

    def _limit(self, columns: dict[str, Any]) -> None:
        beyond = ranks(columns["hashes"], columns["files"]) >= MOST_FILES_EACH
        if beyond.any():
            columns["files"][beyond] = ELSEWHERE

    def valid(self) -> None:
        super().valid()
        check_products(self.counts, self.sizes)
