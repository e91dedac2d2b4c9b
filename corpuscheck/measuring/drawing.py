"""Draw documents by the hash of their text: first their keys, then the documents themselves."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from typing import IO, Any

import numpy as np

from corpuscheck.files.spilling import Spill
from corpuscheck.kernels.arrays import Hashes
from corpuscheck.kernels.hashing import hash_parts
from corpuscheck.measuring.block import Block
from corpuscheck.measuring.documents import PLACE_BITS, START_BITS
from corpuscheck.measuring.sources import SourceNames
from corpuscheck.profile.drawn import DrawBound, DrawnPart
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.profile.spilled import SpilledRows
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.sourcing import Sourcing
from corpuscheck.text.printable import printable
from corpuscheck.values.json_text import json_bytes

_AT_ONCE = 1 << 17
_IN_MEMORY = 64 << 20


def keys_of(hashes: Hashes, seed: int) -> Hashes:
    """The keys by which documents are drawn: those of equal texts are equal."""
    keys = np.empty(len(hashes), np.uint64)
    hash_parts(hashes, np.full(len(hashes), seed, np.int64), keys)
    return keys


class KeyDrawer:
    """Keeps the smallest keys of the documents of one work unit, by source if sources are to have equal shares."""

    def __init__(self, records: Sequence[FileRecord], nothing: DrawnPart, seed: int, sourcing: Sourcing | None) -> None:
        self._names = SourceNames(records, sourcing) if sourcing else None
        self._seed, self._part, self._nothing = seed, nothing, nothing
        self._waiting: list[DrawnPart] = []
        self._rows = 0

    def observe(self, block: Block) -> None:
        """Enter the documents that end in the block."""
        ended = block.ended
        sources = self._names.of(ended) if self._names else np.zeros(len(ended), np.uint64)
        totals: dict[int, tuple[int, int]] = {}
        for source in np.unique(sources).tolist():
            sizes = ended.sizes[sources == np.uint64(source)]
            totals[source] = len(sizes), int(sizes.sum())
        keys, ones = keys_of(ended.hashes, self._seed), np.ones(len(ended), np.int64)
        most = self._nothing
        self._waiting.append(DrawnPart(most.documents, most.bytes, sources, keys, ended.sizes, ones, totals))
        self._rows += len(ended)
        if self._rows > _AT_ONCE:
            self._settle()

    def _settle(self) -> None:
        self._part = self._part.merge(*self._waiting)
        if len(self._waiting) < 2:
            self._part = self._part.bounded()
        self._waiting, self._rows = [], 0

    def finish(self) -> dict[str, Any]:
        self._settle()
        return {"drawn": self._part}


class DocumentTaker:
    """Writes the documents with keys below their bounds, by source where there are bounds for each, to a file.

    Its lines have the source in whose bound the key is, where not all copies may be taken, else nothing; the bytes of
    the text; its source; and what is written of it.
    `before` has how many documents of its file lie before each range of it, by path and start in steps.
    """

    def __init__(
        self,
        records: Sequence[FileRecord],
        folder: str,
        seed: int,
        sourcing: Sourcing,
        bounds: Mapping[int, DrawBound],
        before: Mapping[tuple[str, int], int],
    ) -> None:
        self._records, self._names, self._seed = records, SourceNames(records, sourcing), seed
        self._bounds, self._before = bounds, before
        self._spill = Spill(folder)
        self._open: IO[bytes] | None = None
        self._first: tuple[str, int] | None = None
        self._documents = 0

    def observe(self, block: Block) -> None:
        """Write those that end in the block."""
        batch, ended = block.batch, block.ended
        n = len(ended)
        keys, sources = keys_of(ended.hashes, self._seed), self._names.of(ended)
        for k, border in self._drawn(keys, sources):
            self._write(batch, k, int(ended.files[k]), int(ended.places[k]), int(sources[k]), border)
        if n and batch.offset:
            self._open = None
        if n < len(batch.starts):
            self._hold(batch, n)

    def _drawn(self, keys: Hashes, sources: Hashes) -> list[tuple[int, bool]]:
        """The documents that are drawn, and whether only some of their copies are."""
        if 0 in self._bounds:
            whole, border = _below(keys, self._bounds[0])
        else:
            whole, border = np.zeros(len(keys), np.bool_), np.zeros(len(keys), np.bool_)
            for source in np.unique(sources).tolist():
                here = sources == np.uint64(source)
                whole[here], border[here] = _below(keys[here], self._bounds[source])
        return [(k, bool(border[k])) for k in np.flatnonzero(whole | border).tolist()]

    def _hold(self, batch: Batch, k: int) -> None:
        """Keep what is there of a document that goes on."""
        self._open = self._open or tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  # closed when it is let go
        self._open.write(batch.data[batch.starts[k] : batch.ends[k]].tobytes())

    def _write(self, batch: Batch, k: int, file: int, place: int, source: int, border: bool) -> None:
        text = batch.data[batch.starts[k] : batch.ends[k]].tobytes()
        if k == 0 and batch.offset and self._open:
            self._open.seek(0)
            text = self._open.read() + text
        record = self._records[file]
        start = record.start >> START_BITS
        number = (place & ((1 << PLACE_BITS) - 1)) + self._before.get((record.path, start), 0)
        name = self._names.names[source]
        row = {
            "text": text.decode(),
            "path": printable(record.path, LONGEST_PATH),
            "document": number + 1,
            "source": name,
        }
        self._first = self._first or (record.path, record.start)
        self._documents += 1
        group = b"" if not border else b"0" if 0 in self._bounds else b"%d" % source
        self._spill.add(b"\t".join((group, b"%d" % len(text), json_bytes(name, 0), json_bytes(row, 0) + b"\n")))

    def finish(self) -> dict[str, Any]:
        name = self._spill.finish()
        path, start = self._first or ("", 0)
        return {"spilled": (SpilledRows(path, start, name, self._documents),) if name else ()}


def _below(keys: Hashes, bound: DrawBound) -> tuple[Any, Any]:
    """Which keys lie below the bound, and which are it while some copies may be drawn."""
    if bound.key >= 1 << 64:
        return np.ones(len(keys), np.bool_), np.zeros(len(keys), np.bool_)
    return keys < np.uint64(bound.key), (keys == np.uint64(bound.key)) & (bound.copies > 0)
