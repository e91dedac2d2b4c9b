"""Block: a batch with what every measure needs, each made once. Measure: what looks at blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import Hashes, Ints
from corpuscheck.measuring.documents import DocumentHasher, Ended, Fragment
from corpuscheck.measuring.units import Unit, Units, UnitSplitter, passages_of
from corpuscheck.profile.size import SizePart
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.files import FileRecord

Passages = tuple[Ints, Hashes]
"""Rows (start, end, unit, index), and the hash of each."""


@dataclass(frozen=True)
class Block:
    """Documents of one work unit, as far as they are in one batch.

    Attributes:
        documents, units: the documents, and what is held out or sampled as a whole: these documents, or their lines.
        held_out: for each of the units whether it is held out.
        passages: of the documents.
        sums: for each document the sum of its passages' hashes.
        ended: the documents that end here.
    """

    batch: Batch
    documents: Units
    units: Units
    held_out: NDArray[np.bool_]
    passages: Passages
    sums: Hashes
    ended: Ended

    @cached_property
    def unit_passages(self) -> Passages:
        """The passages of the units."""
        return self.passages if self.units is self.documents else passages_of(self.batch, self.units)


class Measure(Protocol):
    """Looks at the blocks of one work unit, in their order."""

    def observe(self, block: Block) -> None: ...

    def finish(self) -> dict[str, Any]:
        """What was measured: parts by their names in a partial. The measure cannot be used after this."""
        ...


class Blocks:
    """Makes the blocks of one work unit; `size` and `split` are of all that it has made."""

    def __init__(self, records: Sequence[FileRecord], unit: Unit = "document", held_out_share: float = 0.0) -> None:
        self._documents = UnitSplitter("document")
        self._units = UnitSplitter(unit) if unit == "line" else None
        self._share = held_out_share
        self._hasher = DocumentHasher(records)
        self._bytes = self._count = 0

    def of(self, batch: Batch) -> Block:
        """The block of the next batch."""
        documents = self._documents.split(batch)
        units = self._units.split(batch) if self._units else documents
        passages = passages_of(batch, documents)
        sums, ended = self._hasher.observe(batch, passages[0])
        self._bytes += batch.utf8_bytes
        self._count += batch.documents
        return Block(batch, documents, units, units.held_out(self._share), passages, sums, ended)

    @property
    def size(self) -> SizePart:
        """Bytes and documents."""
        return SizePart(utf8_bytes=self._bytes, documents=self._count)

    @property
    def split(self) -> dict[str, Fragment]:
        """What was seen of documents that are shared with other work units, by path."""
        return self._hasher.split
