"""Corpus: passes over all files, by whatever workers there are, from the cache where nothing has changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

import numpy as np

from corpuscheck.errors import ScanError
from corpuscheck.measuring.units import Unit
from corpuscheck.profile.sample import ALL
from corpuscheck.reading.discover import Source
from corpuscheck.reading.files import DEFERRED, FileRecord, Piece, is_uncertain
from corpuscheck.reading.foreseen import foreseen
from corpuscheck.reading.reader import COLUMNAR, MARKUP, Look
from corpuscheck.running.cache import Cache
from corpuscheck.running.folding import Fold
from corpuscheck.running.memory import give_back
from corpuscheck.running.partial import Partial
from corpuscheck.running.pool import Engine, Pool, Progress, Work, died
from corpuscheck.running.shares import WorkShare, bytes_of, shared_out
from corpuscheck.running.tasks import Task
from corpuscheck.running.units import WorkUnit, holds_gil, size_of, work_units
from corpuscheck.settings import Reading, Settings
from corpuscheck.values.packed import Packed

Watch = Callable[[str, int, int], AbstractContextManager[Progress]]
"""Opens a progress display for one pass: its name, bytes on disk, files."""

FEW_TO_HOLD_OUT = 100
"""With fewer documents than this, lines are held out instead."""

KILLED = "killed the worker that read it"

FIRST_LOOK = Look(defer=True)

_LARGE = 128 << 20
"""Bytes from which on processes are worth their start: threads take turns in whatever is no kernel."""


class Corpus:
    """The sources cut into work units, and the workers that go through them once a pass.

    A unit that `cache` knows is not read. With a `share` only the units of one shard are gone through. Files
    that kill their workers end it, unless it is `tolerant`: then they are skipped, and `lost`.
    """

    def __init__(
        self,
        sources: Packed[Source],
        settings: Settings,
        watch: Watch,
        processes: bool,
        cache: Cache | None = None,
        cut: Callable[[Packed[Source], Reading], list[WorkUnit]] = work_units,
        share: WorkShare | None = None,
        tolerant: bool = False,
        engine: Engine | None = None,
    ) -> None:
        self.sources = sources
        self.size = size_of(sources)
        self._cut = cut
        self.all_units = cut(sources, settings.reading)
        self._units = shared_out(self.all_units, share) if share else self.all_units
        apart = self.size > _LARGE or holds_gil(sources, foreseen(sources, settings.reading))
        jobs = settings.jobs if processes or not apart else 1  # threads would only wait for each other
        self._engine = engine or Pool(jobs, processes and apart)
        self._watch = watch
        self._reading = settings.reading
        self._cache = cache
        self._read = np.empty(0, np.int64)
        self._tolerant = tolerant
        self.lost: dict[str, Piece] = {}

    def run(self, name: str, task: Task) -> Partial:
        """One pass, and a second look at files whose encoding only the others could settle.

        Raises ScanError naming the files that killed their workers.
        """
        total = self._looked_twice(name, task)
        killers = [record_of_killer(piece.source) for piece in self.lost.values()]
        return total.merge(Partial(Packed.of(FileRecord, killers))) if killers else total

    def _looked_twice(self, name: str, task: Task) -> Partial:
        total = self._settled(name, task.looking(FIRST_LOOK), self.first_look(name, task), self.pieces)
        deferred = total.records.where("status", lambda status: status == DEFERRED)
        if not len(deferred):
            return total
        waiting = set(total.records.chosen(deferred).values("path"))
        sources = self.named(with_containers(waiting))
        members = tuple(sorted(waiting.difference(sources.values("path"))))
        settled = task.looking(Look(majority=majority_encoding(total.records), members=members))
        units = self._cut(sources, self._reading)
        fold = self._folded(name, settled, units, size_of(sources), len(sources))
        second = self._settled(name, settled, fold, pieces_in(units))
        known = np.delete(np.arange(len(total.records)), deferred)
        return replace(total, records=total.records.chosen(known)).merge(second)

    @property
    def first_unit(self) -> Unit:
        """What is held out as a whole, as far as the names of the files tell."""
        plain = all(kind.format in ("text", *MARKUP) and not kind.archive for kind in self.sources.values("kind"))
        one_each = self._reading.document == "file" and plain
        return "line" if one_each and len(self.sources) < FEW_TO_HOLD_OUT else "document"

    @property
    def pieces(self) -> Counter[str]:
        """How many ranges each file is cut into, of those that are gone through."""
        return pieces_in(self._units)

    def first_look(self, name: str, task: Task) -> Fold:
        """What all units give by themselves."""
        size, files = self.size, len(self.sources)
        if len(self._units) < len(self.all_units):
            size, files = sum(map(bytes_of, self._units)), sum(map(len, self._units))
        return self._folded(name, task.looking(FIRST_LOOK), self._units, size, files)

    def named(self, paths: Collection[str]) -> Packed[Source]:
        """The sources with these paths."""
        return self.sources.chosen(self.sources.where("path", paths.__contains__))

    def _folded(self, name: str, task: Task, units: list[WorkUnit], size: int, files: int) -> Fold:
        """What the units give, from the cache or measured."""
        if self.lost:
            units = self._without_lost(units)
        pieces = pieces_in(units)
        fold = Fold(pieces)
        with self._watch(name, size, files) as progress:
            keys = self._cache.keys_of(task.describe(), units, task.named_by) if self._cache else ()
            left = Work(task, units, tuple(pieces), self._cache, keys).known(
                fold, lambda unit: progress.update(sum(piece.size for piece in unit), len(unit), 0)
            )
            if left.units and (lost := self._engine.run(left, fold, progress)):
                self._lose(lost)
            if self._cache:
                read = (hash(piece.source.path) for unit in left.units for piece in unit)
                self._read = np.union1d(self._read, np.fromiter(read, np.int64))
        return fold

    def _settled(self, name: str, task: Task, fold: Fold, pieces: Counter[str]) -> Partial:
        """One partial of all. A file cut into ranges that proves not to be clean UTF-8 is read whole."""
        ranges = fold.ranges()
        clean = {path for path, partial in ranges.items() if is_clean(partial.records, pieces[path])}
        total = fold.whole().merge(*(ranges[path] for path in clean))
        give_back()
        if again := ranges.keys() - clean - self.lost.keys():
            units: list[WorkUnit] = [(Piece(source),) for source in self.named(again)]
            whole = self._folded(name, task, units, sum(unit[0].size for unit in units), len(units))
            total = total.merge(self._settled(name, task, whole, Counter()))
        return total

    def _without_lost(self, units: list[WorkUnit]) -> list[WorkUnit]:
        left = ([piece for piece in unit if piece.source.path not in self.lost] for unit in units)
        return [unit for unit in left if unit]

    def _lose(self, pieces: Sequence[Piece]) -> None:
        if not self._tolerant:
            raise ScanError(died(pieces))
        self.lost |= {piece.source.path: piece for piece in pieces}

    @property
    def read(self) -> int:
        """How many files were read: the cache did not know them."""
        return len(self._read)

    def bound(self, budget: int) -> int:
        """A hash bound that surely holds `budget` bytes of text, even where text is a third of the files."""
        return ALL >> max(0, (self.size // (3 * budget)).bit_length() - 1)


def record_of_killer(source: Source) -> FileRecord:
    """The record of a file that nobody survives."""
    return FileRecord(source.path, status="skipped", reason=KILLED, format=source.kind.format, bytes=source.size)


def pieces_in(units: Iterable[WorkUnit]) -> Counter[str]:
    """How many of the units are ranges of each file that is cut."""
    return Counter(unit[0].source.path for unit in units if unit[0].partial)


def with_containers(paths: set[str]) -> set[str]:
    """The paths, and those of the archives that hold them."""
    return paths | {path[: at.start()] for path in paths for at in re.finditer("!/", path)}


def is_clean(ranges: Sequence[FileRecord], number: int) -> bool:
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
