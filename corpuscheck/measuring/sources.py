"""What is counted of documents by their source, as they end; and how they are spread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import Hashes, Ints
from corpuscheck.kernels.columns import LETTERS
from corpuscheck.measuring.documents import Ended
from corpuscheck.measuring.tallying import NAMES
from corpuscheck.profile.distributions import EDGES, LIMITS, DistributionPart, bins_of, rate_bins
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.profile.sources import MOST_SOURCES, LostCharacters, SourceFigures, SourcesPart, source_id
from corpuscheck.profile.table import first_rows
from corpuscheck.reading.batch import Batch, Named
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.sourcing import NO_SOURCE, Sourcing
from corpuscheck.text.printable import printable
from corpuscheck.text.scripts import SCRIPTS
from corpuscheck.values.packed import Packed

_SUMS = ("documents", "utf8_bytes", "words", "unk_words", "shattered_words", "debris_bytes", "doubtful")
_BINS = len(EDGES) + 1
_NOTHING: Ints = np.zeros(0, np.int64)


_FIRST_SCRIPT = next(number for number, name in enumerate(NAMES) if name.startswith("script: "))
_SCRIPTS = tuple(name.removeprefix("script: ") for name in NAMES[_FIRST_SCRIPT:])


class SourceNames:
    """Knows the source of each document of one work unit, as the `source_id` of a name that can be shown."""

    def __init__(self, records: Sequence[FileRecord], sourcing: Sourcing) -> None:
        self._records, self._sourcing = records, sourcing
        self._ids: dict[str, int] = {}
        self.names: dict[int, str] = {}

    def of(self, documents: Ended, judged: Ints | None = None) -> Hashes:
        """The sources of documents that ended, and were `judged` by `Tallies`."""
        n = len(documents)
        if not n:
            return np.zeros(0, np.uint64)
        files = documents.files[:n]
        if self._sourcing.of_files:
            first = int(files[0])
            paths = (self._records[k].path for k in range(first, int(files[-1]) + 1))
            ids = [self._known(self._sourcing.of_path(path)) for path in paths]
            return np.array(ids, np.uint64)[files - first]
        named = self._named(documents, judged)
        ids = [self._known(name or NO_SOURCE) for name in named.names]
        sources = np.array(ids, np.uint64)[named.numbers[:n]]
        self._hold(files, sources, documents.sizes)
        return sources

    def of_some(self, batch: Batch, documents: Ended, numbers: Ints) -> Hashes:
        """The sources of some documents of a batch, which need not end in it; 0 where only their text tells."""
        if self._sourcing.by == "script":
            return np.zeros(len(numbers), np.uint64)
        if batch.shared is not None:
            shared = self._sourcing.of_path(batch.shared.path) if self._sourcing.of_files else NO_SOURCE
            return np.full(len(numbers), self._known(shared), np.uint64)
        if self._sourcing.of_files:
            found, rows = np.unique(documents.files[numbers], return_inverse=True)
            names = [self._sourcing.of_path(self._records[k].path) for k in found.tolist()]
        else:
            named = self._named(documents, None)
            found, rows = np.unique(named.numbers[numbers], return_inverse=True)
            names = [named.names[k] or NO_SOURCE for k in found.tolist()]
        return np.array([self._known(name) for name in names], np.uint64)[rows]

    def _named(self, documents: Ended, judged: Ints | None) -> Named:
        if self._sourcing.by == "script" and judged is not None:
            return Named(judged[: len(documents), 1] - _FIRST_SCRIPT, _SCRIPTS)
        return documents.sources or Named(np.zeros(len(documents.files), np.int64), ("",))

    def _hold(self, files: Ints, sources: Hashes, sizes: Ints) -> None:
        """Tell the records of the files whose documents they hold."""
        known, numbers = np.unique(sources, return_inverse=True)
        pairs, which = np.unique(files * len(known) + numbers, return_inverse=True)
        held = np.bincount(which, sizes).astype(np.int64).tolist()
        for pair, size in zip(pairs.tolist(), held, strict=True):
            record, name = self._records[pair // len(known)], self.names[int(known[pair % len(known)])]
            found = dict(record.sources)
            found[name] = found.get(name, 0) + size
            record.sources = found if len(found) <= 2 * MOST_SOURCES else bounded_names(found)

    def _known(self, name: str) -> int:
        if name not in self._ids:
            shown = printable(name, LONGEST_PATH)
            self._ids[name] = source_id(shown)
            self.names[self._ids[name]] = shown
        return self._ids[name]


class SourceTally:
    """Adds documents up by source."""

    def __init__(self, names: SourceNames) -> None:
        self._names = names
        self._rows: dict[int, int] = {}
        self._sums = np.zeros((4, len(_SUMS) + LETTERS), np.int64)
        self._lengths = np.zeros((4, _BINS), np.int64)
        self._lost: dict[int, dict[int, int]] = {}
        self._part = SourcesPart()
        self._bytes = np.zeros(_BINS, np.int64)
        self._rates = np.zeros(0, np.int64)
        self._tokens = np.zeros(_BINS, np.int64)
        self._over = np.zeros(len(LIMITS), np.int64)

    def add(
        self, ids: Hashes, sizes: Ints, words: Ints,
        debris: Ints = _NOTHING, judged: Ints = _NOTHING, rows: Ints = _NOTHING,
    ) -> None:  # fmt: skip
        """Documents by their sources: bytes, words (see `DocumentWords`), and what was found in them, nothing where
        nobody looked."""
        if not len(ids):
            return
        bins = bins_of(sizes)
        figures = np.zeros((len(ids), self._sums.shape[1]), np.int64)
        figures[:, 0] = 1
        figures[:, 1] = sizes
        if len(words):
            figures[:, 2:5] = words[:, :3]
        if len(judged):
            figures[:, 5], figures[:, 6] = debris, judged[:, 0] != 0
        if len(rows):
            figures[:, len(_SUMS) :] = rows[:, :LETTERS]
        order = np.argsort(ids, kind="stable")
        starts = first_rows(ids[order])
        numbers = np.array([self._row(source) for source in ids[order[starts]].tolist()])
        self._sums[numbers] += np.add.reduceat(figures[order], starts) if len(starts) > 1 else figures.sum(0)
        lengths = np.diff(np.append(starts, len(ids)))
        np.add.at(self._lengths, (np.repeat(numbers, lengths), bins[order]), 1)
        self._bytes += _summed(bins, sizes)
        self._add_rates(words)
        self._add_tokens(words)
        if len(self._rows) > 2 * MOST_SOURCES:
            self._settle()

    def lose(self, ids: Hashes, guilty: Ints) -> None:
        """Lost words of documents by their sources: rows (document, code point)."""
        if len(guilty):
            sources, characters = ids[guilty[:, 0]], guilty[:, 1]
            known, numbers = np.unique(sources, return_inverse=True)
            pairs, counts = np.unique((numbers << 21) + characters, return_counts=True)
            for pair, times in zip(pairs.tolist(), counts.tolist(), strict=True):
                self.lose_words(int(known[pair >> 21]), [(pair & (1 << 21) - 1, times)])

    def lose_words(self, source: int, characters: Iterable[tuple[int, int]]) -> None:
        """Lost words of one source by their characters."""
        lost = self._lost.setdefault(source, {})
        for character, times in characters:
            lost[character] = lost.get(character, 0) + times

    def _add_rates(self, words: Ints) -> None:
        held = words[words[:, 0] > 0]
        if len(held):
            counts = np.bincount(rate_bins(held[:, 1], held[:, 0]), minlength=len(self._rates))
            counts[: len(self._rates)] += self._rates
            self._rates = counts

    def _add_tokens(self, words: Ints) -> None:
        tokens = words[words[:, 3] > 0, 3]
        self._tokens += np.bincount(bins_of(tokens), minlength=_BINS)
        self._over += (tokens[:, None] > np.array(LIMITS)).sum(0)

    def _row(self, source: int) -> int:
        row = self._rows.setdefault(source, len(self._rows))
        if row >= len(self._sums):
            self._sums, self._lengths = (np.concatenate((t, np.zeros_like(t))) for t in (self._sums, self._lengths))
        return row

    def _settle(self) -> None:
        sources = {self._names.names[source]: self._figures(source, row) for source, row in self._rows.items()}
        found = SourcesPart(sources=sources).bounded()
        self._part = self._part.merge(found)
        self._rows, self._lost = {}, {}
        self._sums[:] = 0
        self._lengths[:] = 0

    def _figures(self, source: int, row: int) -> SourceFigures:
        sums = self._sums[row].tolist()
        scripts = {name: n for name, n in zip(SCRIPTS, sums[len(_SUMS) :], strict=True) if n}
        held = np.flatnonzero(self._lengths[row])
        lengths = dict(zip(held.tolist(), self._lengths[row, held].tolist(), strict=True))
        figures = dict(zip(_SUMS, sums[: len(_SUMS)], strict=True))
        lost = LostCharacters(self._lost.get(source, {})).bounded()
        return SourceFigures(**figures, scripts=scripts, lengths=lengths, lost=lost)

    def finish(self, line_lengths: Ints | None = None) -> dict[str, Any]:
        """The sources, and how their documents, and the lines in them, are spread."""
        self._settle()
        lines = {} if line_lengths is None else _table(line_lengths)
        over = dict(zip(LIMITS, self._over.tolist(), strict=True)) if self._tokens.any() else {}
        spread = DistributionPart(_table(self._bytes), _table(self._rates), lines, _table(self._tokens), over)
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
    for name, encoding, size in _held_by_files(records, sourcing):
        of_source = found.setdefault(name, {})
        files, so_far = of_source.get(encoding or "ascii", (0, 0))
        of_source[encoding or "ascii"] = files + 1, so_far + size
    sources = {
        name: SourceFigures(
            sum(files for files, _ in encodings.values()),
            encodings={encoding: size for encoding, (_, size) in encodings.items()},
        )
        for name, encodings in found.items()
    }
    beyond = sources.pop("", SourceFigures())
    return SourcesPart(sourcing.by, sourcing.found, sources=sources, others=beyond).bounded()


def _held_by_files(records: Packed[FileRecord], sourcing: Sourcing) -> Iterator[tuple[str, str | None, int]]:
    """The sources of each file, with the encoding of the file and the bytes of theirs."""
    encodings = records.values("encoding")
    if sourcing.of_files:
        sizes = records.numbers("utf8_bytes").tolist()
        for path, encoding, size in zip(records.values("path"), encodings, sizes, strict=True):
            yield printable(sourcing.of_path(path), LONGEST_PATH), encoding, size
    else:
        for held, encoding in zip(records.values("sources"), encodings, strict=True):
            yield from ((name, encoding, size) for name, size in held.items())


def bounded_names(sizes: Mapping[str, int]) -> dict[str, int]:
    """Bytes of as many sources as a profile can keep, those with the smallest ids, the rest under an empty name."""
    kept = sorted((name for name in sizes if name), key=source_id)[:MOST_SOURCES]
    return {**{name: sizes[name] for name in kept}, "": sum(sizes.values()) - sum(sizes[name] for name in kept)}
