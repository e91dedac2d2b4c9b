"""Corpus: passes over all files, by whatever workers there are, from the cache where nothing has changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

import numpy as np

from corpuscheck.profile.sample import ALL
from corpuscheck.reading.discover import Source
from corpuscheck.reading.files import DEFERRED, FileRecord, Piece, is_uncertain
from corpuscheck.reading.foreseen import foreseen
from corpuscheck.reading.reader import COLUMNAR, Look
from corpuscheck.running.cache import Cache
from corpuscheck.running.folding import Fold
from corpuscheck.running.memory import give_back
from corpuscheck.running.partial import Partial
from corpuscheck.running.pool import Pool, Progress, Work
from corpuscheck.running.tasks import Task
from corpuscheck.running.units import WorkUnit, holds_gil, size_of, work_units
from corpuscheck.settings import Reading, Settings
from corpuscheck.values.packed import Packed

Watch = Callable[[str, int, int], AbstractContextManager[Progress]]
"""Opens a progress display for one pass: its name, bytes on disk, files."""


_LARGE = 128 << 20
"""Bytes from which on processes are worth their start: threads take turns in whatever is no kernel."""


class Corpus:
    """The sources cut into work units, and the workers that go through them once a pass.

    A unit that `cache` knows is not read.
    """

    def __init__(
        self,
        sources: Packed[Source],
        settings: Settings,
        watch: Watch,
        processes: bool,
        cache: Cache | None = None,
        cut: Callable[[Packed[Source], Reading], list[WorkUnit]] = work_units,
    ) -> None:
        self.sources = sources
        self.size = size_of(sources)
        self._cut = cut
        self._units = cut(sources, settings.reading)
        apart = self.size > _LARGE or holds_gil(sources, foreseen(sources, settings.reading))
        jobs = settings.jobs if processes or not apart else 1  # threads would only wait for each other
        self._pool = Pool(jobs, processes and apart)
        self._watch = watch
        self._reading = settings.reading
        self._cache = cache
        self._read = np.empty(0, np.int64)

    def run(self, name: str, task: Task) -> Partial:
        """One pass, and a second look at files whose encoding only the others could settle."""
        total = self._go_through(name, task.looking(Look(defer=True)), self._units, self.size, len(self.sources))
        deferred = total.records.where("status", lambda status: status == DEFERRED)
        if not len(deferred):
            return total
        waiting = set(total.records.chosen(deferred).values("path"))
        again = waiting | {path[: at.start()] for path in waiting for at in re.finditer("!/", path)}
        sources = self._named(again)
        members = tuple(sorted(waiting.difference(sources.values("path"))))
        settled = task.looking(Look(majority=majority_encoding(total.records), members=members))
        units = self._cut(sources, self._reading)
        second = self._go_through(name, settled, units, size_of(sources), len(sources))
        known = np.delete(np.arange(len(total.records)), deferred)
        return replace(total, records=total.records.chosen(known)).merge(second)

    def _named(self, paths: set[str]) -> Packed[Source]:
        return self.sources.chosen(self.sources.where("path", paths.__contains__))

    def _go_through(self, name: str, task: Task, units: list[WorkUnit], size: int, files: int) -> Partial:
        """One partial of all units. A file cut into ranges that proves not to be clean UTF-8 is read whole."""
        pieces = Counter(unit[0].source.path for unit in units if unit[0].partial)
        fold = Fold(pieces)
        with self._watch(name, size, files) as progress:
            keys, left = self._known(task, units, fold, progress)
            work = Work(task, [units[k] for k in left], tuple(pieces), self._cache, [keys[k] for k in left])
            if left:
                self._pool.run(work, fold, progress)
            if self._cache:
                read = (hash(piece.source.path) for k in left for piece in units[k])
                self._read = np.union1d(self._read, np.fromiter(read, np.int64))
        ranges = fold.ranges()
        clean = {path for path, partial in ranges.items() if _clean(partial.records, pieces[path])}
        total = fold.whole().merge(*(ranges[path] for path in clean))
        give_back()
        if again := ranges.keys() - clean:
            whole: list[WorkUnit] = [(Piece(source),) for source in self._named(again)]
            total = total.merge(self._go_through(name, task, whole, sum(u[0].size for u in whole), len(whole)))
        return total

    def _known(
        self, task: Task, units: list[WorkUnit], fold: Fold, progress: Progress
    ) -> tuple[list[bytes], list[int]]:
        """The key of each unit, and the numbers of those that the cache does not know."""
        if self._cache is None:
            return [b""] * len(units), list(range(len(units)))
        keys = self._cache.keys_of(task.describe(), units, task.named_by)
        left: list[int] = []
        for number, known in enumerate(self._cache.partials(keys)):
            if known is None:
                left.append(number)
            else:
                progress.update(sum(piece.size for piece in units[number]), len(units[number]), 0)
                fold.add(known)
        return keys, left

    @property
    def read(self) -> int:
        """How many files were read: the cache did not know them."""
        return len(self._read)

    def bound(self, budget: int) -> int:
        """A hash bound that surely holds `budget` bytes of text, even where text is a third of the files."""
        return ALL >> max(0, (self.size // (3 * budget)).bit_length() - 1)


def _clean(ranges: Sequence[FileRecord], number: int) -> bool:
    """Whether all of a number of ranges could be read without knowing the rest of their file."""
    return len(ranges) == number and all(
        record.status == "measured"
        and (record.format in COLUMNAR or (record.encoding in ("ascii", "utf-8") and not record.invalid_bytes))
        for record in ranges
    )


def majority_encoding(records: Packed[FileRecord]) -> str | None:
    """The legacy encoding that most files surely have; None where there is none."""
    files: Counter[str] = Counter()
    for encoding, confidence in zip(records.values("encoding"), records.values("confidence"), strict=True):
        sure = encoding and not is_uncertain(confidence)
        if sure and not encoding.startswith(("ascii", "utf", "mixed", "iso2022", "hz")):
            files[encoding] += 1
    return min(files, key=lambda name: (-files[name], name), default=None)
