"""Inspect documents: what each holds, which rules name it, what is needed to find near copies and boilerplate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import Bytes, Hashes, Ints
from corpuscheck.kernels.columns import (
    BYTES,
    COLUMNS,
    DEBRIS,
    FIRST_DEBRIS,
    FIRST_PII,
    KOREAN_SHAPES,
    LETTERS,
    SHINGLES,
    UNREADABLE,
    WIDE_SCRIPTS,
)
from corpuscheck.kernels.debris import TAGS, find_debris, packed_names, triggers
from corpuscheck.kernels.hashing import hash_parts
from corpuscheck.kernels.inspection import inspect
from corpuscheck.kernels.lines import read_lines
from corpuscheck.kernels.shingles import BINS, EMPTY, SHORT, shingle, sign
from corpuscheck.measuring.against import StretchLooker
from corpuscheck.measuring.cutting import CutTexts, counted_twice
from corpuscheck.measuring.documents import Ended, file_ids
from corpuscheck.measuring.gathering import Gathered
from corpuscheck.measuring.kinds import characters, kinds
from corpuscheck.measuring.repeats import LineTable
from corpuscheck.profile.distributions import EDGES
from corpuscheck.profile.document_rules import Counts
from corpuscheck.profile.documents import marked_long
from corpuscheck.profile.drawing import drawn_by
from corpuscheck.profile.near import LEAST_SHINGLES, NearPart
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.lines import most_line_ends
from corpuscheck.text.scripts import SCRIPTS

_STRETCHES, _LINES = 1 << 15, 1 << 16
_HANGUL = SCRIPTS.index("Hangul")
UNREADABLE_COUNT = FIRST_DEBRIS + 2 * UNREADABLE
_OTHER_DEBRIS = [FIRST_DEBRIS + 2 * k for k in range(len(DEBRIS)) if k != UNREADABLE]
_DEBRIS_BYTES = [FIRST_DEBRIS + 2 * k + 1 for k in range(len(DEBRIS))]


@dataclass(frozen=True)
class Inspected:
    """What was found in documents: rows of counts, the hash of each after normalising, and its MinHash bins,
    in row `slots[d]` where that is not below 0."""

    rows: Ints
    norms: Hashes
    bins: Hashes
    slots: Ints

    @classmethod
    def nothing(cls, documents: int = 0) -> Inspected:
        zeros = np.zeros(documents, np.uint64)
        return cls(
            np.zeros((documents, COLUMNS), np.int64),
            zeros,
            np.zeros((0, BINS), np.uint64),
            -np.ones_like(zeros, np.int64),
        )

    def chosen(self, rows: slice | NDArray[np.bool_]) -> Inspected:
        """Some of the documents; of a slice rows and norms are views."""
        slots = self.slots[rows]
        kept = slots >= 0
        return Inspected(
            self.rows[rows],
            self.norms[rows],
            self.bins[slots[kept]],
            np.where(kept, np.cumsum(kept) - 1, -1),
        )

    @cached_property
    def debris(self) -> Ints:
        return debris_of(self.rows)


def debris_of(rows: Ints) -> Ints:
    """Bytes of each document that are no text: its debris, or all of it where nothing is written."""
    found: Ints = np.minimum(rows[:, _DEBRIS_BYTES].sum(1), rows[:, BYTES])
    return np.where(Counts(rows).visible > 0, found, rows[:, BYTES])


def only_korean(rows: Ints) -> None:
    """Numbers that look Korean are somebody else's where less than a tenth of the letters are Hangul."""
    foreign = 10 * rows[:, _HANGUL] < rows[:, :LETTERS].sum(1)
    for shape in KOREAN_SHAPES:
        rows[foreign, FIRST_PII + shape] = 0


class Inspector:
    """Runs the kernels over batches, and keeps what is known of the document that goes on.

    `split` has, by path, what was counted in documents shared with other work units; `line_lengths` are lines by the
    bin of their characters.
    """

    def __init__(
        self, records: Sequence[FileRecord], near: bool, lines: LineTable, finder: StretchLooker | None = None
    ) -> None:
        self._records, self._near, self._lines, self._finder = records, near, lines, finder
        self._stretches, self._line_hashes = np.zeros(_STRETCHES, np.uint64), np.zeros(_LINES, np.uint64)
        self._prefix: Hashes = np.empty(0, np.uint64)
        self._carry = Inspected.nothing()
        self._triggers, self._names = triggers(), packed_names(TAGS)
        self.split: dict[str, Ints] = {}
        self.line_lengths = np.zeros(len(EDGES) + 1, np.int64)

    def observe(self, batch: Batch, documents: Ended) -> Inspected:
        """The documents that end in this batch."""
        n = len(batch.starts)
        found = Inspected.nothing(n)
        goes_on = batch.shared is None and batch.offset > 0 and len(self._carry.norms) > 0
        if goes_on:
            found.rows[0], found.norms[0] = self._carry.rows[0], self._carry.norms[0]
        found.rows[:, BYTES] += batch.ends - batch.starts
        found = self._shingled(batch, documents, found, self._carry.bins if goes_on else None)
        data, starts, ends = batch.data, batch.starts, batch.ends
        find_debris(data, starts, ends, self._triggers, self._names, found.rows, np.empty((0, 4), np.int64))
        self._count_once(batch, found.rows)
        self._read_lines(batch, documents, goes_on, found.rows)
        if batch.shared is not None:
            path = batch.shared.path
            self.split[path] = self.split.get(path, np.zeros(COLUMNS, np.int64)) + found.rows[0]
            return Inspected.nothing()
        carry = found.chosen(slice(len(documents), None))
        self._carry = replace(carry, rows=carry.rows.copy(), norms=carry.norms.copy())
        ended = found.chosen(slice(0, len(documents)))
        empty = ended.norms == 0  # without letters and digits only the same bytes are the same
        ended.norms[empty] = documents.hashes[empty]
        hash_parts(ended.norms, np.zeros(len(ended.norms), np.int64), ended.norms)
        ended.norms[:] = marked_long(ended.norms, ended.rows[:, SHINGLES] >= LEAST_SHINGLES)
        only_korean(ended.rows)
        self._lines.close(ended.rows)
        return ended

    def _count_once(self, batch: Batch, rows: Ints) -> None:
        """Characters that nobody can read may stand in other debris."""
        both = np.flatnonzero((rows[:, UNREADABLE_COUNT] > 0) & (rows[:, _OTHER_DEBRIS].sum(1) > 0))
        if len(both):
            twice, sizes = counted_twice(CutTexts(batch.data, batch.starts[both], batch.ends[both]))
            rows[both, UNREADABLE_COUNT] -= twice
            rows[both, UNREADABLE_COUNT + 1] -= sizes

    def _shingled(self, batch: Batch, documents: Ended, found: Inspected, carried: Hashes | None) -> Inspected:
        data, starts, ends, n = batch.data, batch.starts, batch.ends, len(batch.starts)
        if len(self._prefix) < len(data) + n + 1:
            self._prefix = np.empty(len(data) + n + 1, np.uint64)
        begins, stops = np.empty(n, np.int64), np.empty(n, np.int64)
        inspect(data, starts, ends, characters(), found.rows, found.norms, self._prefix, begins, stops)
        if self._finder:
            self._finder.observe(batch, documents, self._prefix, begins, stops)
        wide = _wide(found.rows)
        found.rows[:, SHINGLES] += np.maximum(stops - begins + 1 - np.where(wide, *SHORT), 0)
        if not self._near:
            return found
        long = stops - begins >= LEAST_SHINGLES
        long[:1] |= carried is not None
        long[-1:] |= batch.unfinished
        slots = np.where(long, np.cumsum(long) - 1, -1)
        bins = np.full((int(long.sum()), BINS), EMPTY, np.uint64)
        if carried is not None:
            bins[:1] = carried
        shingle(
            self._prefix, begins, stops, wide, slots, carried is not None, batch.unfinished,
            self._stretches, bins, found.rows,
        )  # fmt: skip
        return Inspected(found.rows, found.norms, bins, slots)

    def _read_lines(self, batch: Batch, documents: Ended, goes_on: bool, rows: Ints) -> None:
        held = batch.data[batch.starts[0] : batch.ends[-1]] if len(batch.starts) else batch.data[:0]
        most = 3 * (most_line_ends(held) + 2 * len(batch.starts))
        hashes, spans = np.empty(most, np.uint64), np.empty((most, 5), np.int64)
        keys = np.empty(len(batch.starts), np.uint64)
        hash_parts(file_ids(self._records, documents.files), documents.places, keys)
        bounds = np.zeros(2, np.uint64) if batch.shared is not None else self._lines.bounds()
        n = read_lines(
            batch.data, batch.starts, batch.ends, kinds(), goes_on, batch.unfinished, self._line_hashes, keys,
            bounds, EDGES, self.line_lengths, rows, hashes, spans,
        )  # fmt: skip
        self._lines.take(batch, rows, hashes[:n], spans[:n])


def _wide(rows: Ints) -> Bytes:
    """Whether most letters of a document are of a script in which few characters say much."""
    return np.asarray(2 * rows[:, WIDE_SCRIPTS].sum(1) > rows[:, :LETTERS].sum(1)).view(np.uint8)


class SignatureTable:
    """Collects the signatures of the documents of one work unit."""

    def __init__(self, records: Sequence[FileRecord]) -> None:
        self._records = records
        self._table = Gathered(NearPart())
        self._judged = np.zeros(2, np.int64)

    def add(self, documents: Ended, inspected: Inspected) -> Bytes:
        """The signatures, in order: documents of fewer than `LEAST_SHINGLES` shingles are too short to be nearly the
        same, and have none."""
        chosen = np.flatnonzero((inspected.slots >= 0) & (inspected.rows[:, SHINGLES] >= LEAST_SHINGLES))
        bins = inspected.bins[inspected.slots[chosen]]
        signatures, keys = np.empty(bins.shape, np.uint8), np.empty(len(bins), np.uint64)
        if not len(chosen):
            return signatures
        sign(bins, signatures, keys)
        files = file_ids(self._records, documents.files[chosen])
        sizes = documents.sizes[chosen]
        rows = (inspected.norms[chosen], files, documents.places[chosen], sizes, inspected.debris[chosen])
        self._table.add(NearPart(0, 0, 0, drawn_by(keys, sizes), *rows, signatures))
        self._judged += len(chosen), int(sizes.sum())
        return signatures

    def finish(self) -> NearPart:
        documents, size = self._judged.tolist()
        return replace(self._table.finish(), judged=documents, judged_bytes=size)
