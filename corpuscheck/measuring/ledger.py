"""The ledger of documents: whatever is entered of each when it ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from corpuscheck.kernels.arrays import Ints
from corpuscheck.kernels.columns import LINE_BYTES
from corpuscheck.measuring.against import Benchmarks, StretchFinder
from corpuscheck.measuring.block import Block
from corpuscheck.measuring.documents import DocumentTable, Ended, Fragment
from corpuscheck.measuring.inspecting import Inspector, SignatureTable, debris_of, only_korean
from corpuscheck.measuring.repeats import LineTable
from corpuscheck.measuring.signals import SignalRows
from corpuscheck.measuring.sources import SourceNames, SourceTally
from corpuscheck.measuring.tallying import Tallies
from corpuscheck.measuring.words_of_documents import DocumentWords
from corpuscheck.profile.clean import CleanPart
from corpuscheck.profile.repeats import RepeatsPart
from corpuscheck.profile.sample import ALL
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.sourcing import Sourcing

_AT_ONCE = 1 << 12


class DocumentLedger:
    """Documents of one work unit by their hashes, and with `clean` whatever is found by looking into them."""

    def __init__(
        self,
        records: Sequence[FileRecord],
        clean: bool,
        near: bool,
        line_bound: int = ALL,
        sourcing: Sourcing | None = None,
        words: DocumentWords | None = None,
        against: Benchmarks | None = None,
        signals: SignalRows | None = None,
    ) -> None:
        self._table = DocumentTable(records)
        self._lines = LineTable(line_bound)
        self._finder = StretchFinder(records, against) if against else None
        self._inspector = Inspector(records, near, self._lines, self._finder) if clean else None
        self._signatures = SignatureTable(records)
        self._tallies = Tallies(records)
        self._names = SourceNames(records, sourcing or Sourcing())
        self._sources = SourceTally(self._names) if sourcing else None
        self._words = words or DocumentWords()
        self._signals = signals

    def observe(self, block: Block) -> None:
        """Look into the documents of the block; enter those that end in it."""
        batch, documents = block.batch, block.ended
        words = self._words.ended
        if self._inspector is None:
            sources = self._names.of(documents)
            self._table.add(documents, sources, documents.hashes, np.zeros(len(documents), np.int64))
            if self._sources:
                self._sources.add(sources, documents.sizes, words)
                self._sources.lose(sources, self._words.guilty)
            return
        done = 0
        guilty = self._words.guilty[np.argsort(self._words.guilty[:, 0], kind="stable")]
        for some, ended in slices(batch, documents):
            found = self._inspector.observe(some, ended)
            judged = self._tallies.add(found.rows, ended.files[: len(ended)], ended.places[: len(ended)])
            sources = self._names.of(ended, judged)
            self._table.add(ended, sources, found.norms, found.debris)
            signatures = self._signatures.add(ended, found)
            here = slice(done, done + len(ended))
            if self._sources:
                self._sources.add(sources, ended.sizes, words[here], found.debris, judged, found.rows)
                first, last = np.searchsorted(guilty[:, 0], (here.start, here.stop))
                self._sources.lose(sources, guilty[first:last] - (done, 0))
            if self._signals:
                self._signals.add(some, ended, found, judged, signatures, sources, words[here])
            done = here.stop

    def finish(self) -> dict[str, Any]:
        lines, paragraphs, boilerplate = self._lines.finish()
        documents, norms = self._table.finish()
        return {
            "split": counted_in(self._inspector.split) if self._inspector else {},
            "documents": documents,
            "norms": norms,
            "clean": self._tallies.finish(),
            "near": self._signatures.finish(),
            "lines": lines,
            "paragraphs": paragraphs,
            "boilerplate": boilerplate,
            **({"against": self._finder.finish()} if self._finder else {}),
            **(self._signals.finish(self._names.names) if self._signals else {}),
            **(self._sources.finish(self._line_lengths()) if self._sources else {}),
        }

    def _line_lengths(self) -> Ints | None:
        return self._inspector.line_lengths if self._inspector else None


def slices(batch: Batch, documents: Ended) -> Iterator[tuple[Batch, Ended]]:
    """The same documents, at most `_AT_ONCE` at a time: there may be a million of them in a block."""
    for start in range(0, max(1, len(batch.starts)), _AT_ONCE):
        stop = start + _AT_ONCE
        last = stop >= len(batch.starts)
        some = replace(
            batch,
            starts=batch.starts[start:stop],
            ends=batch.ends[start:stop],
            offset=batch.offset if start == 0 else 0,
            unfinished=batch.unfinished and last,
        )
        hashes, sizes = documents.hashes[start:stop], documents.sizes[start:stop]
        sources = documents.sources and documents.sources.some(slice(start, stop))
        yield some, Ended(hashes, sizes, documents.files[start:stop], documents.places[start:stop], sources)


def counted_in(shared: dict[str, Ints]) -> dict[str, Fragment]:
    """What was counted in documents that are shared with other work units, by path."""
    return {path: Fragment(counts=tuple(counts.tolist())) for path, counts in shared.items()}


def sources_of_shared(split: dict[str, Fragment], sourcing: Sourcing) -> tuple[dict[str, int], dict[str, Any]]:
    """Of documents that several work units shared: the id of the source of each, and the parts that sources have."""
    names = SourceNames([FileRecord(path) for path in split], sourcing)
    known = list(split.values())
    sizes = np.array([one.size for one in known], np.int64)
    words = np.array([one.words for one in known], np.int64).reshape(-1, 4)
    ended = Ended(np.zeros(len(known), np.uint64), sizes, np.arange(len(known)), np.zeros_like(sizes))
    tally = SourceTally(names)
    if known and all(one.counts for one in known):
        rows = np.array([one.counts for one in known], np.int64)
        only_korean(rows)
        judged = Tallies([FileRecord(path) for path in split]).add(rows, ended.files, ended.places)
        ids = names.of(ended, judged)
        tally.add(ids, sizes, words, debris_of(rows), judged, rows)
    else:
        ids = names.of(ended)
        tally.add(ids, sizes, words)
    for source, one in zip(ids.tolist(), known, strict=True):
        tally.lose_words(source, one.guilty.items())
    return dict(zip(split, ids.tolist(), strict=True)), tally.finish()


def judge_shared(split: dict[str, Fragment]) -> tuple[CleanPart, dict[str, int], RepeatsPart]:
    """Of documents that several work units shared: their tallies, the bytes of each that are no text, and their lines,
    which are not compared."""
    known = {path: shared for path, shared in split.items() if shared.counts}
    if not known:
        return CleanPart(), {}, RepeatsPart()
    rows = np.array([shared.counts for shared in known.values()], np.int64)
    only_korean(rows)
    tallies = Tallies([FileRecord(path) for path in known])
    tallies.add(rows, np.arange(len(known)), np.zeros(len(known), np.int64))
    lines = RepeatsPart(left_out=int(rows[:, LINE_BYTES].sum()))
    return tallies.finish(), dict(zip(known, debris_of(rows).tolist(), strict=True)), lines
