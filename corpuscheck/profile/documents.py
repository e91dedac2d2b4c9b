"""Which documents there are: the hash of each, with its place, for finding copies."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from hashlib import blake2b
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import Hashes, Ints
from corpuscheck.profile.drawing import weights
from corpuscheck.profile.table import PLACES, Table, check_products, first, hash64, least, most, ranks, summed
from corpuscheck.text.printable import printable

_LONGEST = 1 << 16

MOST_FILES_EACH = 1 << 10
"""Files that are named of one text; copies in further ones are added up, by source, as being `ELSEWHERE`. As many
sources of it are told apart."""

ELSEWHERE = (1 << 64) - 1


def file_id(path: str) -> int:
    """64 bits that stand for a path, the same everywhere."""
    return int.from_bytes(blake2b(path.encode("utf-8", "surrogateescape"), digest_size=8).digest(), "little")


def in_order(path: str) -> tuple[str, int]:
    """What paths are ordered by where the first of several documents is kept. Those that cannot be shown as they are
    come last: a profile does not know them."""
    shown = printable(path, _LONGEST) == path
    return (posixpath.normpath(path), 0) if shown else ("\U0010ffff", file_id(path))


@dataclass(frozen=True, eq=False, repr=False)
class DocumentPart(Table):
    """One row for each text in each file and source.

    Attributes:
        hashes: uint64, of the text, see `drawn_by`.
        sources: uint64, see `source_id`; 0 where they are not told apart.
        norms: uint64, of its letters and digits alone; see `long_enough`.
        files: uint64, see `file_id`.
        counts: how many such documents the file has.
        sizes, debris: bytes of one of them, and those of its bytes that are no text.
        places, lasts: the numbers of the first and the last of them in the file, from 0.
    """

    MOST: ClassVar[int] = 1 << 21
    ORDER: ClassVar[tuple[str, ...]] = ("places",)

    hashes: Hashes = hash64(key=True)
    sources: Hashes = hash64(key=True)
    files: Hashes = hash64(key=True)
    counts: Ints = summed()
    sizes: Ints = first()
    norms: Hashes = hash64()
    places: Ints = least(PLACES)
    debris: Ints = most()
    lasts: Ints = most(PLACES)

    def _limit(self, *keys: Hashes) -> None:
        hashes, sources, files = keys
        sources_beyond = ranks(hashes, sources) >= MOST_FILES_EACH
        files[ranks(hashes, sources, files) >= MOST_FILES_EACH] = ELSEWHERE
        sources[sources_beyond] = ELSEWHERE
        files[sources_beyond] = ELSEWHERE

    def valid(self) -> None:
        super().valid()
        check_products(self.counts, self.sizes)

    def weights(self) -> NDArray[np.float64]:
        """How many texts each row stands for: more than one where the rows are a sample."""
        return weights(self.sizes, self.level)


@dataclass(frozen=True, eq=False, repr=False)
class NormPart(Table):
    """One row for each text as it is after normalising, to tell how many different ones there are where the documents
    are a sample. A sample of documents cannot tell: of few texts it has all that differ in nothing but spaces.

    Attributes:
        norms: uint64, as in `DocumentPart`, see `drawn_by`.
        sizes, debris: of the longest of these texts.
    """

    MOST: ClassVar[int] = 1 << 19
    ORDER: ClassVar[tuple[str, ...]] = ("-sizes", "debris")

    norms: Hashes = hash64(key=True)
    sizes: Ints = first()
    debris: Ints = first()

    def weights(self) -> NDArray[np.float64]:
        """How many of them each row stands for."""
        return weights(self.sizes, self.level)


def marked_long(norms: Hashes, long: NDArray[np.bool_]) -> Hashes:
    """Norms that tell by their lowest bit whether the text is long enough for a signature."""
    lowest = np.uint64(1)
    return norms & ~lowest | long.astype(np.uint64)


def long_enough(norms: Hashes) -> NDArray[np.bool_]:
    """Whether the texts with these norms have signatures."""
    result: NDArray[np.bool_] = (norms & np.uint64(1)).astype(np.bool_)
    return result
