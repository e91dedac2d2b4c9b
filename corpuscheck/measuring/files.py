"""What is told of each file by itself: its words, those it loses, and the characters that first stand in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corpuscheck.kernels.jit import Hashes, Ints
from corpuscheck.measuring.units import Units
from corpuscheck.measuring.words import Counted
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.files import FileRecord

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
        of_file = batch.files[units.documents[hit]]
        for k in np.unique(of_file, return_index=True)[1]:
            record = self._records[int(of_file[k])]
            if record.first_unk_line is None:
                document = int(units.documents[hit[k]])
                record.first_unk_line = _line(batch, record, document, int(counted.first_unk[hit[k]])) or None

    def _new_characters(self, batch: Batch, counted: Counted) -> None:
        documents = np.searchsorted(batch.starts, counted.places, "right") - 1
        for cp, place, document in zip(counted.new.tolist(), counted.places.tolist(), documents.tolist(), strict=True):
            record = self._records[int(_files(batch)[document])]
            self.places[cp] = (record.path, record.start, _line(batch, record, document, place))


def _files(batch: Batch) -> Ints:
    assert batch.files is not None
    return batch.files


def _line(batch: Batch, record: FileRecord, document: int, position: int) -> int:
    """The line of the file (of its range), from 1; 0 where there is none."""
    if batch.lines is None or not batch.lines[document]:
        return 0
    if record.format not in _RUNNING_TEXT:
        return int(batch.lines[document])
    before = batch.data[batch.starts[document] : position]
    return int(batch.lines[document] + np.count_nonzero(before == 0x0A))
