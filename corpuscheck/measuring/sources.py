"""What is counted of documents by their source, as they end; and how they are spread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import Bytes, Hashes, Ints
from corpuscheck.kernels.columns import LETTERS
from corpuscheck.measuring.documents import Ended
from corpuscheck.profile.distributions import EDGES, DistributionPart, bins_of, rate_bins
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.profile.sources import MOST_SOURCES, SourceFigures, SourcesPart, source_id
from corpuscheck.profile.table import first_rows
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.sourcing import Sourcing
from corpuscheck.text.printable import printable
from corpuscheck.text.scripts import SCRIPTS
from corpuscheck.values.packed import Packed

_SUMS = ("documents", "utf8_bytes", "words", "unk_words", "debris_bytes", "doubtful")
_BINS = len(EDGES) + 1
_NOTHING: Ints = np.zeros(0, np.int64)


class SourceNames:
    """Knows the source of each document of one work unit, as the `source_id` of a name that can be shown."""

    def __init__(self, records: Sequence[FileRecord], sourcing: Sourcing) -> None:
        self._records, self._sourcing = records, sourcing
        self._ids: dict[str, int] = {}
        self.names: dict[int, str] = {}

    def of(self, documents: Ended) -> Hashes:
        """The sources of documents that ended."""
        n = len(documents)
        if not n:
            return np.zeros(0, np.uint64)
        files = documents.files[:n]
        first = int(files[0])
        ids = [self._of_path(self._records[k].path) for k in range(first, int(files[-1]) + 1)]
        return np.array(ids, np.uint64)[files - first]

    def _of_path(self, path: str) -> int:
        return self._known(self._sourcing.of_path(path))

    def _known(self, name: str) -> int:
        if name not in self._ids:
            shown = printable(name, LONGEST_PATH)
            self._ids[name] = source_id(shown)
            self.names[self._ids[name]] = shown
        return self._ids[name]


class SourceTally:
    """Adds documents up by source. `debris` and `doubtful` are empty where nobody looked into them."""

    def __init__(self, names: SourceNames) -> None:
        self._names = names
        self._rows: dict[int, int] = {}
        self._sums = np.zeros((4, len(_SUMS) + LETTERS), np.int64)
        self._lengths = np.zeros((4, _BINS), np.int64)
        self._part = SourcesPart()
        self._bytes = np.zeros(_BINS, np.int64)
        self._rates = np.zeros(0, np.int64)

    def add(
        self, ids: Hashes, sizes: Ints, words: Ints, unk_words: Ints,
        debris: Ints = _NOTHING, doubtful: Bytes | Ints = _NOTHING, rows: Ints = _NOTHING,
    ) -> None:  # fmt: skip
        """Documents by their sources, their bytes, words, and rows of counts (none where nobody looked)."""
        if not len(ids):
            return
        bins = bins_of(sizes)
        figures = np.zeros((len(ids), self._sums.shape[1]), np.int64)
        figures[:, 0] = 1
        for k, column in enumerate((sizes, words, unk_words, debris, doubtful), 1):
            if len(column):
                figures[:, k] = column
        if len(rows):
            figures[:, len(_SUMS) :] = rows[:, :LETTERS]
        order = np.argsort(ids, kind="stable")
        starts = first_rows(ids[order])
        numbers = np.array([self._row(source) for source in ids[order[starts]].tolist()])
        self._sums[numbers] += np.add.reduceat(figures[order], starts) if len(starts) > 1 else figures.sum(0)
        lengths = np.diff(np.append(starts, len(ids)))
        np.add.at(self._lengths, (np.repeat(numbers, lengths), bins[order]), 1)
        self._bytes += _summed(bins, sizes)
        self._add_rates(words, unk_words)
        if len(self._rows) > 2 * MOST_SOURCES:
            self._settle()

    def _add_rates(self, words: Ints, unk_words: Ints) -> None:
        if len(words):
            held = words > 0
            counts = np.bincount(rate_bins(unk_words[held], words[held]), minlength=len(self._rates))
            counts[: len(self._rates)] += self._rates
            self._rates = counts

    def _row(self, source: int) -> int:
        row = self._rows.setdefault(source, len(self._rows))
        if row >= len(self._sums):
            self._sums, self._lengths = (np.concatenate((t, np.zeros_like(t))) for t in (self._sums, self._lengths))
        return row

    def _settle(self) -> None:
        sources = {self._names.names[source]: self._figures(row) for source, row in self._rows.items()}
        found = SourcesPart(sources=sources).bounded()
        self._part = self._part.merge(found)
        self._rows = {}
        self._sums[:] = 0
        self._lengths[:] = 0

    def _figures(self, row: int) -> SourceFigures:
        sums = self._sums[row].tolist()
        scripts = {name: n for name, n in zip(SCRIPTS, sums[len(_SUMS) :], strict=True) if n}
        held = np.flatnonzero(self._lengths[row])
        lengths = dict(zip(held.tolist(), self._lengths[row, held].tolist(), strict=True))
        figures = dict(zip(_SUMS, sums[: len(_SUMS)], strict=True))
        return SourceFigures(**figures, scripts=scripts, lengths=lengths)

    def finish(self) -> dict[str, Any]:
        """The sources, and how their documents are spread."""
        self._settle()
        spread = DistributionPart(_table(self._bytes), _table(self._rates))
        return {"sources": self._part, "distributions": spread}


def _summed(bins: Ints, sizes: Ints) -> Ints:
    """The bytes of each bin; floats hold them exactly up to 2^53."""
    sums: Ints = np.bincount(bins, sizes, _BINS).astype(np.int64)
    return sums


def _table(counts: NDArray[Any]) -> dict[int, int]:
    held = np.flatnonzero(counts)
    return dict(zip(held.tolist(), counts[held].tolist(), strict=True))


def sources_of_files(records: Packed[FileRecord], sourcing: Sourcing) -> SourcesPart:
    """How many files each source has, and its bytes by encoding."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    columns = (records.values("path"), records.values("encoding"), records.numbers("utf8_bytes").tolist())
    for path, encoding, size in zip(*columns, strict=True):
        of_source = found.setdefault(printable(sourcing.of_path(path), LONGEST_PATH), {})
        files, so_far = of_source.get(encoding or "ascii", (0, 0))
        of_source[encoding or "ascii"] = files + 1, so_far + size
    sources = {
        name: SourceFigures(
            sum(files for files, _ in encodings.values()),
            encodings={encoding: size for encoding, (_, size) in encodings.items()},
        )
        for name, encodings in found.items()
    }
    return SourcesPart(sourcing.by, sourcing.found, sources=sources).bounded()
