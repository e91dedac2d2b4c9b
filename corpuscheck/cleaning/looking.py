"""Looking: the first pass, which learns of each document what it is and what would be made of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from corpuscheck.cleaning.making import CutSizes, Making
from corpuscheck.cleaning.rows import ROW, RowFile
from corpuscheck.kernels.arrays import Bytes, Hashes, Ints, RowArray
from corpuscheck.kernels.columns import SHINGLES
from corpuscheck.kernels.shingles import BINS, sign
from corpuscheck.measuring.block import Block, Blocks
from corpuscheck.measuring.contaminants import NOTHING, ContaminantFinder, Contaminants
from corpuscheck.measuring.cutting import CutSpans, CutTexts, debris_in, without
from corpuscheck.measuring.documents import Ended
from corpuscheck.measuring.inspecting import UNREADABLE_COUNT, Inspected, Inspector
from corpuscheck.measuring.ledger import slices
from corpuscheck.measuring.repeats import LineTable
from corpuscheck.profile.document_rules import DOCUMENT_RULES, Counts
from corpuscheck.profile.near import LEAST_SHINGLES
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.files import FileRecord

LARGEST_WHOLE = 32 << 20
"""Bytes of a document that are held together; a longer one is made piece by piece."""


class LongDocument:
    """A document that goes on over several batches: debris is cut from each piece, then the rest is made together."""

    def __init__(self, making: Making) -> None:
        self._making = making
        self._held: list[bytes] = []
        self._size = 0
        self.open = False

    def add(self, piece: CutTexts, ends: bool) -> Iterator[tuple[bytes, CutSizes, CutSpans]]:
        """What is made of the next piece, and of those before it that were held: the bytes, and what more was cut.

        CutSpans are those cut from this piece.
        """
        piece = self._making.repaired(piece)
        spans = debris_in(piece, np.ones(1, np.bool_))
        self._held.append(without(piece, spans).bytes_of(0))
        self._size += len(self._held[-1])
        self.open = not ends
        if not ends and self._size < LARGEST_WHOLE:
            yield b"", CutSizes.of(1), spans
            return
        made, more = self._making.finished(CutTexts.of([b"".join(self._held)]))
        self._held.clear()
        self._size = 0
        yield made.bytes_of(0), more, spans


class DocumentRows:
    """Writes a row for each document of a work unit."""

    def __init__(
        self, records: Sequence[FileRecord], file: RowFile, making: Making, near: bool,
        contaminants: Contaminants | None = None,
    ) -> None:  # fmt: skip
        self._finder = ContaminantFinder(contaminants) if contaminants else None
        self._inspector = Inspector(records, near, LineTable(), self._finder)
        self._making, self._near, self._file, self._contaminants = making, near, file, contaminants
        self._made = _MadeTexts(near, contaminants)
        self._begin_long()

    def _begin_long(self) -> None:
        self._pieces, self._long = LongDocument(self._making), _MadeTexts(self._near, self._contaminants)
        self._cut = CutSizes.of(1)

    def observe(self, block: Block) -> None:
        for some, ended in slices(block.batch, block.ended):
            self._observe(some, ended)

    def _observe(self, some: Batch, ended: Ended) -> None:
        found = self._inspector.observe(some, ended)
        n = len(ended)
        rows = _raw(found, ended)
        if self._finder:
            note(rows, slice(None), self._finder.ended, self._making.contaminants is None)
        signed = _signatures(found)
        made_signatures: list[Bytes] = []
        goes_on = some.offset > 0 and n > 0
        if not some.offset and self._pieces.open:  # the file before broke off
            self._begin_long()
        if goes_on:
            made_signatures += self._end_long(CutTexts(some.data, some.starts[:1], some.ends[:1]), rows)
        wanted = self._making.wanted(rows)
        if goes_on:
            wanted[0] = False
        chosen = np.flatnonzero(wanted)
        if len(chosen):
            made_signatures.append(self._make(some, rows, chosen))
        if some.unfinished:
            self._take_piece(CutTexts(some.data, some.starts[-1:], some.ends[-1:]))
        made = np.concatenate(made_signatures) if made_signatures else np.zeros((0, BINS), np.uint8)
        self._file.add(rows, ended.files[:n], signed, made)

    def _make(self, some: Batch, rows: RowArray, chosen: Ints) -> Bytes:
        """Fill in what is made of these documents; gives the signatures of those that change."""
        read = self._making.repaired(CutTexts(some.data, some.starts[chosen], some.ends[chosen]))
        texts, spans = cut(read, rows[chosen], self._making)
        first_cut = CutSizes.of(len(texts))
        first_cut.add(spans)
        made, more = self._making.finished(texts)
        hashes, found = self._made.look(made)
        before = rows["hash"][chosen]
        rows["made_hash"][chosen], rows["made_norm"][chosen] = hashes, found.norms
        rows["made_size"][chosen], rows["more"][chosen] = made.sizes, more.debris
        rows["taken"][chosen] = more.stretches + first_cut.stretches
        note(rows, chosen, np.minimum(first_cut.owners, more.owners), goes=False)
        if self._made.finder:
            note(rows, chosen, self._made.finder.ended, goes=True)
        rows["made_visible"][chosen] = Counts(found.rows).visible > 0
        changed = (hashes != before) | (made.sizes != rows["size"][chosen])
        rows["changed"][chosen] = changed
        return _signatures(found.chosen(changed))

    def _take_piece(self, piece: CutTexts) -> None:
        for data, more, _ in self._pieces.add(piece, ends=False):
            self._cut += more
            if data:
                self._long.go_on(data)

    def _end_long(self, piece: CutTexts, rows: RowArray) -> list[Bytes]:
        for data, more, _ in self._pieces.add(piece, ends=True):
            hashes, found, size = self._long.end(data)
            self._cut += more
            rows["made_hash"][0], rows["made_norm"][0], rows["made_size"][0] = hashes[0], found.norms[0], size
            rows["made_visible"][0], rows["changed"][0] = Counts(found.rows).visible[0] > 0, True
            rows["more"][0], rows["taken"][0] = self._cut.debris[0], self._cut.stretches[0]
            note(rows, slice(0, 1), self._cut.owners, goes=False)
            if self._long.finder:
                note(rows, slice(0, 1), self._long.finder.ended, goes=True)
            self._begin_long()
            return [_signatures(found)]
        return []


def note(rows: RowArray, chosen: slice | Ints, owners: Ints, goes: bool) -> None:
    """Enter which document of a benchmark documents hold something of, and whether they go for it."""
    numbers = np.where(owners == NOTHING, 0, owners + 1).astype(np.uint32)
    before = rows["contaminant"][chosen]
    rows["contaminant"][chosen] = np.where(before, before, numbers)
    if goes:
        rows["contaminated"][chosen] |= numbers > 0


def cut(texts: CutTexts, rows: RowArray, making: Making) -> tuple[CutTexts, CutSpans]:
    """Texts without the debris that was counted: nothing is left of those in which nothing is visible.

    What else is to be cut goes with it.
    """
    spans = making.with_stretches(texts, debris_in(texts, rows["unreadable"].astype(np.bool_) | making.mojibake))
    left = without(texts, spans)
    gone = rows["debris"] == rows["size"]
    if gone.any():
        all_of_it = np.flatnonzero(gone)
        left = without(left, CutSpans(left.starts[gone], left.ends[gone], all_of_it, np.zeros_like(all_of_it)))
    return left, spans


class _MadeTexts:
    """Looks at texts as they are made, as another scan would."""

    def __init__(self, near: bool, contaminants: Contaminants | None) -> None:
        records = [FileRecord("made")]
        self.finder = ContaminantFinder(contaminants) if contaminants else None
        self._blocks, self._inspector = Blocks(records), Inspector(records, near, LineTable(), self.finder)
        self._size = 0

    def look(self, texts: CutTexts, offset: int = 0, unfinished: bool = False) -> tuple[Hashes, Inspected]:
        zeros = np.zeros(len(texts), np.int64)
        batch = Batch(texts.data, texts.starts, texts.ends, offset, unfinished, files=zeros)
        ended = self._blocks.of(batch).ended
        return ended.hashes, self._inspector.observe(batch, ended)

    def go_on(self, data: bytes) -> None:
        """The next piece of a long document."""
        self.look(CutTexts.of([data]), self._size, unfinished=True)
        self._size += len(data)

    def end(self, data: bytes) -> tuple[Hashes, Inspected, int]:
        """The last piece; gives the bytes of the document too."""
        hashes, found = self.look(CutTexts.of([data]), self._size)
        return hashes, found, self._size + len(data)


def _raw(found: Inspected, ended: Ended) -> RowArray:
    """The rows of documents as they were read."""
    rows = np.zeros(len(ended), ROW)
    counts = Counts(found.rows)
    rows["hash"], rows["norm"], rows["size"], rows["debris"] = ended.hashes, found.norms, ended.sizes, found.debris
    rows["unreadable"] = found.rows[:, UNREADABLE_COUNT] > 0
    rows["made_hash"], rows["made_norm"], rows["made_size"] = rows["hash"], rows["norm"], rows["size"]
    rows["made_visible"] = counts.visible > 0
    for bit, rule in enumerate(DOCUMENT_RULES):
        rows["rules"] |= rule.names(counts).astype(np.uint32) << np.uint32(bit)
    return rows


def _signatures(found: Inspected) -> Bytes:
    """Of the documents that are long enough for one, in their order."""
    long = np.flatnonzero((found.slots >= 0) & (found.rows[:, SHINGLES] >= LEAST_SHINGLES))
    signatures, keys = np.empty((len(long), BINS), np.uint8), np.empty(len(long), np.uint64)
    if len(long):
        sign(found.bins[found.slots[long]], signatures, keys)
    return signatures
