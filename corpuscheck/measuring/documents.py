"""The identity of each document, whatever blocks and ranges it came in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corpuscheck.arrays import Hashes, Ints
from corpuscheck.kernels.hashing import hash_passages
from corpuscheck.profile.documents import DocumentPart, file_id
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.files import FileRecord

_MASK = (1 << 64) - 1
_ODD = 0xD6E8FEB86659FD93

Open = tuple[int, int]
"""(sum of the passages' hashes, bytes) of a document that is not complete."""


def text_hash(total: int, size: int) -> int:
    """The hash of a document from the sum of its passages' hashes and its length in bytes."""
    return (total + size * _ODD) & _MASK


class DocumentHasher:
    """Collects the documents of one work unit. `split` has, by path, what it saw of documents shared with others."""

    def __init__(self, records: Sequence[FileRecord]) -> None:
        self._records = records
        self._columns: list[tuple[Hashes, Ints, Ints]] = []
        self._open: Open = (0, 0)
        self.split: dict[str, Open] = {}

    def observe(self, batch: Batch, rows: Ints) -> Hashes:
        """Take in the documents with these passages; gives the sum of each."""
        sums = np.zeros(len(batch.starts), np.uint64)
        hash_passages(batch.data, rows, sums)
        sizes = batch.ends - batch.starts
        if batch.part is not None:
            total, size = self.split.get(batch.part.path, (0, 0))
            self.split[batch.part.path] = ((total + int(sums[0])) & _MASK, size + int(sizes[0]))
            return sums
        whole, lengths = sums.copy(), sizes.copy()
        if batch.offset and len(whole):
            whole[0] = (int(whole[0]) + self._open[0]) & _MASK
            lengths[0] += self._open[1]
        if batch.unfinished and len(whole):
            self._open = (int(whole[-1]), int(lengths[-1]))
            whole, lengths = whole[:-1], lengths[:-1]
        files = np.zeros(len(batch.starts), np.int64) if batch.files is None else batch.files
        self._columns.append((whole + lengths.astype(np.uint64) * np.uint64(_ODD), files[: len(whole)], lengths))
        return sums

    def finish(self) -> DocumentPart:
        if not self._columns:
            return DocumentPart()
        hashes, files, sizes = (np.concatenate(column) for column in zip(*self._columns, strict=True))
        ids = np.array([file_id(record.path) for record in self._records], np.uint64)
        return DocumentPart.of(hashes, ids[files], np.ones(len(hashes), np.int64), sizes)


def joined(split: dict[str, Open]) -> DocumentPart:
    """The documents that were shared, now that all their parts are known."""
    hashes = np.array([text_hash(total, size) for total, size in split.values()], np.uint64)
    ids = np.array([file_id(path) for path in split], np.uint64)
    sizes = np.array([size for _, size in split.values()], np.int64)
    return DocumentPart.of(hashes, ids, np.ones(len(hashes), np.int64), sizes)
