"""What is told of each file by itself: its words, those it loses, and the characters that first stand in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import Hashes, Ints
from corpuscheck.kernels.spans import count_ends
from corpuscheck.measuring.counted import Counted
from corpuscheck.measuring.places import FirstPlace, Places
from corpuscheck.measuring.units import Units
from corpuscheck.profile.table import first_rows
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.lines import line_ends
from corpuscheck.values.packed import Packed

_RUNNING_TEXT = ("text", "html", "xml")


class FileTally:
    """Fills in the records of a work unit, and tells where each code point first stands."""

    def __init__(self, records: Sequence[FileRecord]) -> None:
        self._records = records
        self._places = Places()

    def observe(self, batch: Batch, units: Units, counted: Counted, sums: Hashes) -> None:
        if batch.files is None or not len(batch.files):
            return
        documents = first_rows(batch.files)  # ascending, as are the documents of units
        numbers = batch.files[documents]
        first_units = np.searchsorted(units.documents, documents)
        of_units = (counted.words, counted.unk_words, counted.shattered)
        sums_of_units = (_by_run(column, first_units) for column in of_units)
        figures = (column.tolist() for column in (numbers, *sums_of_units, _by_run(sums, documents)))
        for number, words, unk_words, shattered, digest in zip(*figures, strict=True):
            record = self._records[number]
            record.words += words
            record.unk_words += unk_words
            record.shattered_words += shattered
            record.text_digest = (record.text_digest + digest) % 2**64
        self._first_lost(batch, units, counted)
        self._new_characters(batch, counted)

    def _first_lost(self, batch: Batch, units: Units, counted: Counted) -> None:
        hit = np.flatnonzero(counted.unk_words + counted.shattered)
        if not len(hit) or batch.files is None:
            return
        files = batch.files[units.documents[hit]]
        first = first_rows(files)
        numbers = files[first]
        fresh = np.array([self._records[number].first_unk_line is None for number in numbers.tolist()])
        if not fresh.any():
            return
        numbers, hit = numbers[fresh], hit[first[fresh]]
        lines = _lines(batch, self._records, units.documents[hit], counted.first_lost[hit])
        for number, line in zip(numbers.tolist(), lines.tolist(), strict=True):
            self._records[number].first_unk_line = line or None

    def _new_characters(self, batch: Batch, counted: Counted) -> None:
        if batch.files is None or not len(counted.new):
            return
        documents = np.searchsorted(batch.starts, counted.places, "right") - 1
        lines = _lines(batch, self._records, documents, counted.places)
        self._places.add(counted.new, batch.files[documents], lines)

    def finish(self) -> Packed[FirstPlace]:
        """The places of all code points."""
        return self._places.finish(self._records)


def _by_run(column: NDArray[Any], firsts: Ints) -> NDArray[Any]:
    """The sums of the runs that begin at these rows, some of which may be empty."""
    before = np.concatenate((np.zeros(1, column.dtype), np.cumsum(column)))
    sums: NDArray[Any] = before[np.append(firsts[1:], len(column))] - before[firsts]
    return sums


def _lines(batch: Batch, records: Sequence[FileRecord], documents: Ints, positions: Ints) -> Ints:
    """The line of its file (of its range) on which each byte stands, from 1; 0 where there is none."""
    if batch.lines is None or batch.files is None:
        return np.zeros(len(positions), np.int64)
    first = batch.lines[documents]
    numbers, which = np.unique(batch.files[documents], return_inverse=True)
    running = np.array([records[number].format in _RUNNING_TEXT for number in numbers.tolist()], np.bool_)[which]
    return np.where((first > 0) & running, first + _ends_before(batch, documents, positions), first)


def _ends_before(batch: Batch, documents: Ints, positions: Ints) -> Ints:
    """How many lines of its document end before each byte."""
    starts = batch.starts[documents]
    if int((positions - starts).sum()) < len(batch.data):
        found = np.empty(len(positions), np.int64)
        count_ends(batch.data, starts, positions, found)
        return found
    ends = line_ends(batch.data)
    return np.searchsorted(ends, positions) - np.searchsorted(ends, starts)
