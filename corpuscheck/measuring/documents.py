"""The identity of each document, whatever blocks and ranges it came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from corpuscheck.kernels.arrays import Hashes, Ints
from corpuscheck.kernels.hashing import hash_passages
from corpuscheck.measuring.gathering import Gathered
from corpuscheck.profile.documents import DocumentPart, NormPart, file_id, marked_long
from corpuscheck.profile.drawing import drawn_by
from corpuscheck.profile.part import added, sums
from corpuscheck.reading.batch import Batch, Named
from corpuscheck.reading.files import LEAST_RANGE, FileRecord

_MASK = (1 << 64) - 1
_ODD = 0xD6E8FEB86659FD93

PLACE_BITS = 26
"""While files are read in ranges, a document's place is the start of its range and, in so many bits, its number."""

START_BITS = LEAST_RANGE.bit_length() - 1
"""The start of a range counts in steps of so many bits: so a place holds one at 35 TB."""


@dataclass(frozen=True)
class Fragment:
    """What is known of a document that other work units have parts of: the sum of its passages' hashes, its bytes,
    what was counted in it (empty where nothing was), and its words: all, [UNK] and shattered, and its tokens; and lost
    words by the first character in them that no piece holds."""

    total: int = 0
    size: int = 0
    counts: tuple[int, ...] = ()
    words: tuple[int, ...] = (0, 0, 0, 0)
    guilty: dict[int, int] = field(default_factory=dict)

    def merge(self, *others: Fragment) -> Fragment:
        parts = (self, *others)
        counted = [part.counts for part in parts if part.counts]
        return Fragment(
            sum(part.total for part in parts) & _MASK,
            sum(part.size for part in parts),
            sums(*counted),
            sums(*(part.words for part in parts)),
            added(*(part.guilty for part in parts)),
        )


@dataclass(frozen=True)
class Ended:
    """The documents of a batch that end in it: the hash and the bytes of each.

    `files` (the number in the work unit), `places` and `sources` are of all documents of the batch.
    """

    hashes: Hashes
    sizes: Ints
    files: Ints
    places: Ints
    sources: Named | None = None

    def __len__(self) -> int:
        return len(self.hashes)


def text_hash(total: int, size: int) -> int:
    """The hash of a document from the sum of its passages' hashes and its length in bytes."""
    return (total + size * _ODD) & _MASK


class DocumentHasher:
    """Hashes the documents of one work unit. `split` has, by path, what it saw of documents shared with others."""

    def __init__(self, records: Sequence[FileRecord]) -> None:
        self._records = records
        self._open = Fragment()
        self._last = (-1, 0)
        self.split: dict[str, Fragment] = {}

    def observe(self, batch: Batch, rows: Ints) -> tuple[Hashes, Ended]:
        """Take in the documents with these passages; gives the sum of each, and the documents that end here."""
        sums = np.zeros(len(batch.starts), np.uint64)
        hash_passages(batch.data, rows, sums)
        sizes = batch.ends - batch.starts
        if batch.shared is not None:
            path = batch.shared.path
            self.split[path] = self.split.get(path, Fragment()).merge(Fragment(int(sums[0]), int(sizes[0])))
            zeros = np.zeros(len(sums), np.int64)
            return sums, Ended(sums[:0], sizes[:0], zeros, zeros)
        files = np.zeros(len(batch.starts), np.int64) if batch.files is None else batch.files
        places = self._places(files, batch.offset > 0)
        whole, lengths = sums.copy(), sizes.copy()
        if batch.offset and len(whole):
            whole[0] = (int(whole[0]) + self._open.total) & _MASK
            lengths[0] += self._open.size
        if batch.unfinished and len(whole):
            self._open = Fragment(int(whole[-1]), int(lengths[-1]))
            whole, lengths = whole[:-1], lengths[:-1]
        hashes = whole + lengths.astype(np.uint64) * np.uint64(_ODD)
        return sums, Ended(hashes, lengths, files, places, batch.sources)

    def _places(self, files: Ints, goes_on: bool) -> Ints:
        """The number of each document in its file, on top of the range of the file."""
        if not len(files):
            return files
        first = np.searchsorted(files, files)
        numbers = np.arange(len(files)) - first
        file, last = self._last
        numbers[files == file] += last + (0 if goes_on else 1)
        self._last = (int(files[-1]), int(numbers[-1]))
        starts: Ints = np.array([self._records[k].start for k in range(int(files[0]), int(files[-1]) + 1)], np.int64)
        places: Ints = (starts[files - files[0]] >> START_BITS << PLACE_BITS) + numbers
        return places


class DocumentTable:
    """Collects the documents of one work unit as they end."""

    def __init__(self, records: Sequence[FileRecord]) -> None:
        self._records = records
        self._table, self._norms = Gathered(DocumentPart()), Gathered(NormPart())

    def add(self, documents: Ended, sources: Hashes, norms: Hashes, debris: Ints) -> None:
        """Enter documents."""
        n = len(documents)
        ids, places = file_ids(self._records, documents.files[:n]), documents.places[:n]
        hashes = drawn_by(documents.hashes, documents.sizes)
        self._table.add(
            DocumentPart(0, hashes, sources, ids, np.ones(n, np.int64), documents.sizes, norms, places, debris, places)
        )
        self._norms.add(NormPart(0, drawn_by(norms, documents.sizes), documents.sizes, debris))

    def finish(self) -> tuple[DocumentPart, NormPart]:
        return self._table.finish(), self._norms.finish()


def file_ids(records: Sequence[FileRecord], files: Ints) -> Hashes:
    """The id of the file of each document, from its number in the work unit; numbers ascend."""
    if not len(files):
        return np.zeros(0, np.uint64)
    first = int(files[0])
    ids = np.array([file_id(record.path) for record in records[first : int(files[-1]) + 1]], np.uint64)
    return ids[files - first]


def joined(
    split: dict[str, Fragment], debris: dict[str, int], sources: dict[str, int] | None = None
) -> tuple[DocumentPart, NormPart]:
    """The documents that were shared, now that all their parts are known. Only equal ones are known as copies.

    `sources` are the ids of their sources by path.
    """
    hashes = np.array([text_hash(known.total, known.size) for known in split.values()], np.uint64)
    ids = np.array([file_id(path) for path in split], np.uint64)
    homes = np.array([(sources or {}).get(path, 0) for path in split], np.uint64)
    sizes = np.array([known.size for known in split.values()], np.int64)
    ones, zeros = np.ones(len(split), np.int64), np.zeros(len(split), np.int64)
    rubbish = np.array([debris.get(path, 0) for path in split], np.int64)
    drawn, norms = drawn_by(hashes, sizes), marked_long(hashes, np.zeros(len(split), np.bool_))
    documents = DocumentPart(0, drawn, homes, ids, ones, sizes, norms, zeros, rubbish, zeros).bounded()
    return documents, NormPart(0, drawn_by(norms, sizes), sizes, rubbish).bounded()
