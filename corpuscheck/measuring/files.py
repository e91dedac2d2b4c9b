"""What is told of each file by itself: its words, those it loses, and the characters that first stand in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corpuscheck.arrays import Hashes, Ints
from corpuscheck.measuring.units import Units
from corpuscheck.measuring.words import Counted
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.lines import line_ends

Where = tuple[str, int, int]
"""(path, start of the range, line within it)."""

_RUNNING_TEXT = ("text", "html", "xml")


class FileTally:
    """Fills in the records of a work unit; `places` says where each code point first stands."""

    def __init__(self, records: Sequence[FileRecord]) -> None:
        self._records = records
        self.places: dict[int, Where] = {}

    def observe(self, batch: Batch, units: Units, counted: Counted, sums: Hashes) -> None:
        if batch.files is None or not len(batch.files):
            return
        first = int(batch.files[0])
        totals = np.zeros((int(batch.files[-1]) - first + 1, 2), np.int64)
        np.add.at(totals, batch.files[units.documents] - first, np.stack((counted.words, counted.unk_words), 1))
        digests = np.zeros(len(totals), np.uint64)
        np.add.at(digests, batch.files - first, sums)
        for number, ((words, unk_words), digest) in enumerate(zip(totals.tolist(), digests.tolist(), strict=True)):
            record = self._records[first + number]
            record.words += words
            record.unk_words += unk_words
            record.text_digest = (record.text_digest + digest) % 2**64
        self._first_lost(batch, units, counted)
        self._new_characters(batch, counted)

    def _first_lost(self, batch: Batch, units: Units, counted: Counted) -> None:
        hit = np.flatnonzero(counted.unk_words)
        if not len(hit) or batch.files is None:
            return
        numbers, first = np.unique(batch.files[units.documents[hit]], return_index=True)
        fresh = np.array([self._records[number].first_unk_line is None for number in numbers.tolist()])
        if not fresh.any():
            return
        numbers, hit = numbers[fresh], hit[first[fresh]]
        lines = _lines(batch, self._records, units.documents[hit], counted.first_unk[hit])
        for number, line in zip(numbers.tolist(), lines.tolist(), strict=True):
            self._records[number].first_unk_line = line or None

    def _new_characters(self, batch: Batch, counted: Counted) -> None:
        if batch.files is None or not len(counted.new):
            return
        documents = np.searchsorted(batch.starts, counted.places, "right") - 1
        lines = _lines(batch, self._records, documents, counted.places)
        records = [self._records[number] for number in batch.files[documents].tolist()]
        for cp, record, line in zip(counted.new.tolist(), records, lines.tolist(), strict=True):
            self.places[cp] = (record.path, record.start, line)


def _lines(batch: Batch, records: Sequence[FileRecord], documents: Ints, positions: Ints) -> Ints:
    """The line of its file (of its range) on which each byte stands, from 1; 0 where there is none."""
    if batch.lines is None or batch.files is None:
        return np.zeros(len(positions), np.int64)
    ends = line_ends(batch.data)
    before = np.searchsorted(ends, positions) - np.searchsorted(ends, batch.starts[documents])
    first = batch.lines[documents]
    running = np.array([records[number].format in _RUNNING_TEXT for number in batch.files[documents].tolist()])
    return np.where((first > 0) & running, first + before, first)
