"""Run a task over work units with `concurrent.futures`: in this process, in threads or in spawned processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing.context import BaseContext
from typing import Protocol

import numpy as np

from corpuscheck.errors import CorpuscheckError, TokenizerError, raised_in
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reading.files import Piece
from corpuscheck.running.cache import Cache
from corpuscheck.running.folding import Fold
from corpuscheck.running.memory import Returning
from corpuscheck.running.partial import Partial
from corpuscheck.running.tasks import Task, Tell
from corpuscheck.running.units import WorkUnit
from corpuscheck.text.printable import printable


class Progress(Protocol):
    """Is told, by the parent alone, of bytes read and files done."""

    def update(self, bytes_read: int, files_done: int, failures: int) -> None: ...


class CancelledError(BaseException):
    """Raised inside a worker when the scan is being stopped: no trouble of the file that is being read."""


@dataclass(frozen=True)
class Work:
    """Work units that are left, and what is done with each; `cut` are files that several of them are ranges of.

    What a unit gives is kept in `cache` under its key.
    """

    task: Task
    units: Sequence[WorkUnit]
    cut: tuple[str, ...] = ()
    cache: Cache | None = None
    keys: Sequence[bytes] = ()

    def of(self, numbers: Iterable[int]) -> Work:
        """Some of the units."""
        chosen = list(numbers)
        keys = [self.keys[k] for k in chosen] if self.keys else ()
        return replace(self, units=[self.units[k] for k in chosen], keys=keys)

    def done(self, take: Iterable[int], tell: Tell, told: Callable[[Partial], None]) -> Fold:
        """The units with the numbers that `take` gives, folded."""
        fold, cache = Fold(self.cut), self.cache.writer() if self.cache else None
        returning = Returning()
        try:
            for number in take:
                unit = self.units[number]
                partial = run_task(self.task, unit, tell)
                told(partial)
                kept = cache and not any(partial.records.values("changed"))
                if cache and kept and cache.unchanged(piece.source for piece in unit):
                    cache.put(self.keys[number], partial.to_state())
                fold.add(partial)
                del partial  # not to be held while the next one is made
                returning.after(sum(piece.size for piece in unit))
        finally:
            if cache:
                cache.flush()
        return fold.settle()

    def known(self, fold: Fold, told: Callable[[WorkUnit], object] = lambda unit: None) -> Work:
        """Take in what the cache has of the units, each of which is `told`; gives the work that is left."""
        if self.cache is None:
            return self
        left = []
        for number, partial in enumerate(self.cache.partials(self.keys)):
            if partial is None:
                left.append(number)
            else:
                told(self.units[number])
                fold.add(partial)
        return self.of(left)


class Engine(Protocol):
    """What goes through work units: the workers of this machine, or those of a cluster."""

    def run(self, work: Work, fold: Fold, progress: Progress) -> Sequence[Piece]:
        """Do the work, and fold what it gives. Gives the pieces that killed the workers that read them alone."""
        ...


class _Meter:
    """What all workers have done, whether they should stop, and which unit is next. Threads share the object itself."""

    def __init__(self, units: int) -> None:
        self._read = self._files = self._skipped = 0
        self.stopped = False
        self.take = iter(range(units))

    @property
    def figures(self) -> tuple[int, ...]:
        """Bytes read, files done, files skipped."""
        return self._read, self._files, self._skipped

    def tell(self, size: int) -> None:
        if self.stopped:
            raise CancelledError
        self._read += size

    def told(self, partial: Partial) -> None:
        files, skipped = _files_of(partial)
        self._files += files
        self._skipped += skipped


class _SharedMeter:
    """The same for processes; `doing` has the number of the unit that each of them is at, or -1."""

    def __init__(self, context: BaseContext, units: int, jobs: int) -> None:
        self._figures = context.Array("q", 3)
        self._next = context.Value("q", 0)
        self._stopped = context.Event()
        self._units = units
        self._workers = context.Value("q", 0)
        self.doing = context.Array("q", [-1] * jobs, lock=False)

    @property
    def figures(self) -> tuple[int, ...]:
        """Bytes read, files done, files skipped."""
        return tuple(self._figures[:])

    @property
    def stopped(self) -> bool:
        return self._stopped.is_set()

    @stopped.setter
    def stopped(self, _: bool) -> None:
        self._stopped.set()

    @property
    def take(self) -> Iterator[int]:
        """Numbers of units, each given to one worker."""
        with self._workers.get_lock():
            me = self._workers.value
            self._workers.value += 1
        while True:
            with self._next.get_lock():
                number = self._next.value
                self._next.value += 1
            self.doing[me] = number if number < self._units else -1
            if number >= self._units:
                return
            yield number

    def tell(self, size: int) -> None:
        if self._stopped.is_set():
            raise CancelledError
        self._add(size, 0, 0)

    def told(self, partial: Partial) -> None:
        self._add(0, *_files_of(partial))

    def _add(self, *figures: int) -> None:
        with self._figures.get_lock():
            for k, figure in enumerate(figures):
                self._figures[k] += figure


_MOST_ON_WINDOWS = 61
"""Processes that one process can wait for there."""


class Pool:
    """Workers for the passes of one scan."""

    def __init__(self, jobs: int, processes: bool) -> None:
        self._jobs = jobs
        self._processes = processes and jobs > 1
        if self._processes and sys.platform == "win32":
            self._jobs = min(jobs, _MOST_ON_WINDOWS)

    def run(self, work: Work, fold: Fold, progress: Progress) -> Sequence[Piece]:
        """Do the work, and fold what it gives. Gives the pieces that killed the workers that read them alone."""
        if self._jobs == 1 or len(work.units) == 1:
            fold.join(
                work.done(
                    range(len(work.units)),
                    lambda size: progress.update(size, 0, 0),
                    lambda partial: progress.update(0, *_files_of(partial)),
                )
            )
            return ()
        jobs = min(self._jobs, len(work.units))
        if not self._processes:
            meter = _Meter(len(work.units))
            executor = ThreadPoolExecutor(jobs)
            self._attempt(lambda: work.done(meter.take, meter.tell, meter.told), fold, progress, executor, meter, jobs)
            return ()
        return self._to_the_end(work, fold, progress, jobs)

    def _to_the_end(self, work: Work, fold: Fold, progress: Progress, jobs: int) -> Sequence[Piece]:
        """After a worker died: the units that were being read, one by one; then the others, by as many as before."""
        lost: list[Piece] = []
        while work.units and (suspects := self._in_processes(work, fold, progress, min(jobs, len(work.units)))):
            for number in suspects:
                lost += self._alone(work.of([number]), fold, progress)
            work = work.of(number for number in range(len(work.units)) if number not in suspects).known(fold)
        return lost

    def _alone(self, work: Work, fold: Fold, progress: Progress) -> list[Piece]:
        """Do one unit; where a worker dies of it, its pieces by halves, so that only the guilty one is lost."""
        if not self._in_processes(work, fold, progress, 1):
            return []
        (unit,) = work.units
        if len(unit) == 1:
            return list(unit)
        halves = [replace(work, units=[half], keys=[b""]) for half in (unit[: len(unit) // 2], unit[len(unit) // 2 :])]
        return [piece for half in halves for piece in self._alone(half, fold, progress)]

    def _in_processes(self, work: Work, fold: Fold, progress: Progress, jobs: int) -> Sequence[int]:
        """Where a worker died nothing is folded: gives the numbers of the units that were being read."""
        context = _context()
        meter = _SharedMeter(context, len(work.units), jobs)
        executor = ProcessPoolExecutor(jobs, context, _start_worker, (meter, work))
        try:
            self._attempt(_work_in_process, fold, progress, executor, meter, jobs)
        except BrokenProcessPool:
            return [number for number in meter.doing if number >= 0] or range(len(work.units))
        return ()

    def _attempt(
        self,
        each: Callable[[], Fold],
        fold: Fold,
        progress: Progress,
        executor: Executor,
        meter: _Meter | _SharedMeter,
        jobs: int,
    ) -> None:
        """Let every worker do what `each` of them does, and join what they fold."""
        told: tuple[int, ...] = (0, 0, 0)
        try:
            left, folds = {executor.submit(each) for _ in range(jobs)}, []
            while left:
                done, left = wait(left, timeout=0.1, return_when=FIRST_COMPLETED)
                now = meter.figures
                progress.update(*(a - b for a, b in zip(now, told, strict=True)))
                told = now
                folds += [future.result() for future in done]
        finally:
            meter.stopped = True
            executor.shutdown(wait=True, cancel_futures=True)
        while folds:
            fold.join(folds.pop())


_LONGEST_FOLDER = 60
"""Bytes: a server of processes listens on a socket in the temporary folder, whose path has at most a hundred."""


def _context() -> BaseContext:
    """Processes that are begun anew: a tokenizer's threads do not survive a fork of this one."""
    socket_fits = len(os.fsencode(tempfile.gettempdir())) <= _LONGEST_FOLDER
    if not socket_fits or "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def died(pieces: Sequence[Piece]) -> str:
    """What is said of files that killed their workers."""
    return (
        f"a worker process died while reading {_names(pieces)}; the scan is incomplete. "
        "Exclude the file with --exclude, or use fewer --jobs if memory was short"
    )


def run_task(task: Task, unit: WorkUnit, tell: Tell) -> Partial:
    """The task done; what goes wrong says what was being read, and survives the way from another process."""
    try:
        return task.run(unit, tell)
    except (CorpuscheckError, CancelledError, KeyboardInterrupt, MemoryError):
        raise
    except Exception as error:
        error.add_note(f"in {raised_in(error)} while reading {_names(unit)}")
        raise
    except BaseException as error:  # a panic of the tokenizer's library, which is no Exception
        raise TokenizerError(
            f"the tokenizer broke down on {_names(unit)} ({type(error).__name__}: {printable(str(error))}): "
            "take another one, or leave the file out with --exclude"
        ) from None


def _names(unit: WorkUnit) -> str:
    names = ", ".join(printable(piece.source.path, LONGEST_PATH) for piece in unit[:3])
    return names + (f" or one of {len(unit) - 3} more" if len(unit) > 3 else "")


def _files_of(partial: Partial) -> tuple[int, int]:
    files = partial.records.chosen(np.flatnonzero(partial.records.numbers("start") == 0))  # a range is no file
    return len(files), sum(status == "skipped" for status in files.values("status"))


class _Worker:
    """What a worker process was started with."""

    meter: _SharedMeter
    work: Work
    busy = threading.Lock()
    left = False


_SECONDS_TO_END = 30.0


def _start_worker(meter: _SharedMeter, work: Work) -> None:
    """Ctrl-C is the parent's to handle; the tokenizer's own threads would only compete."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    _Worker.meter, _Worker.work = meter, work
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that is killed tells nobody: keep what is measured, and end."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        _Worker.left = True
        _Worker.busy.acquire(timeout=_SECONDS_TO_END)
        os._exit(1)


def _tell(size: int) -> None:
    if _Worker.left:
        raise CancelledError
    _Worker.meter.tell(size)


def _work_in_process() -> Fold:
    with _Worker.busy:
        return _Worker.work.done(_Worker.meter.take, _tell, _Worker.meter.told)
