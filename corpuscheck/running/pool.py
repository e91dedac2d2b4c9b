"""Run a task over work units with `concurrent.futures`: in this process, in threads or in spawned processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol

from corpuscheck.errors import CorpuscheckError, ScanError, TokenizerError, place_of
from corpuscheck.printable import printable
from corpuscheck.running.partial import Partial
from corpuscheck.running.tasks import Task, Tell
from corpuscheck.running.units import WorkUnit


class Progress(Protocol):
    """Is told, by the parent alone, of bytes read and files done."""

    def update(self, bytes_read: int, files_done: int, failures: int) -> None: ...


class CancelledError(BaseException):
    """Raised inside a worker when the scan is being stopped: no trouble of the file that is being read."""


class _Meter:
    """Bytes read by all workers, and whether they should stop. Threads share the object itself."""

    def __init__(self) -> None:
        self.read = 0
        self.stopped = False

    def tell(self, size: int) -> None:
        if self.stopped:
            raise CancelledError
        self.read += size


class _SharedMeter:
    """The same for processes."""

    def __init__(self, context: multiprocessing.context.SpawnContext) -> None:
        self._read = context.Value("q", 0)
        self._stopped = context.Event()

    @property
    def read(self) -> int:
        return int(self._read.value)

    @property
    def stopped(self) -> bool:
        return self._stopped.is_set()

    @stopped.setter
    def stopped(self, _: bool) -> None:
        self._stopped.set()

    def tell(self, size: int) -> None:
        if self._stopped.is_set():
            raise CancelledError
        with self._read.get_lock():
            self._read.value += size


class Pool:
    """Workers for the passes of one scan. Use as a context manager."""

    def __init__(self, jobs: int, processes: bool) -> None:
        self._jobs = jobs
        self._processes = processes and jobs > 1

    def run(self, task: Task, units: Sequence[WorkUnit], progress: Progress) -> Iterator[tuple[int, Partial]]:
        """Partials as they are done, each with the number of its unit.

        Raises ScanError naming the files that killed their worker.
        """
        if self._jobs == 1 or len(units) == 1:
            return self._here(task, units, progress)
        return self._spread(task, list(units), progress)

    def _here(self, task: Task, units: Sequence[WorkUnit], progress: Progress) -> Iterator[tuple[int, Partial]]:
        for number, unit in enumerate(units):
            partial = _run(task, unit, lambda size: progress.update(size, 0, 0))
            progress.update(0, *_done(partial))
            yield number, partial

    def _spread(self, task: Task, units: list[WorkUnit], progress: Progress) -> Iterator[tuple[int, Partial]]:
        left = dict(enumerate(units))
        try:
            for number, partial in self._attempt(task, units, progress):
                del left[number]
                yield number, partial
        except BrokenProcessPool:
            yield from self._one_by_one(task, left, progress)

    def _one_by_one(self, task: Task, units: dict[int, WorkUnit], progress: Progress) -> Iterator[tuple[int, Partial]]:
        """After a worker died: each unit in a process of its own, so that the guilty one can be named."""
        for number, unit in units.items():
            try:
                for _, partial in self._attempt(task, [unit], progress):
                    yield number, partial
            except BrokenProcessPool:
                raise ScanError(
                    f"a worker process died while reading {_names(unit)}; the scan is incomplete. "
                    "Exclude the file with --exclude, or use fewer --jobs if memory was short"
                ) from None

    def _attempt(self, task: Task, units: list[WorkUnit], progress: Progress) -> Iterator[tuple[int, Partial]]:
        executor, meter = self._executor(task)
        told = 0
        try:
            futures: dict[Future[Partial], int] = {}
            for number, unit in enumerate(units):
                if isinstance(meter, _Meter):
                    futures[executor.submit(_run, task, unit, meter.tell)] = number
                else:
                    futures[executor.submit(_run_in_process, unit)] = number
            while futures:
                done, _ = wait(futures, timeout=0.1, return_when=FIRST_COMPLETED)
                read = meter.read
                progress.update(read - told, 0, 0)
                told = read
                for future in done:
                    partial = future.result()
                    progress.update(0, *_done(partial))
                    yield futures.pop(future), partial
        finally:
            meter.stopped = True
            executor.shutdown(wait=True, cancel_futures=True)

    def _executor(self, task: Task) -> tuple[Executor, _Meter | _SharedMeter]:
        if not self._processes:
            return ThreadPoolExecutor(self._jobs), _Meter()
        context = multiprocessing.get_context("spawn")
        shared = _SharedMeter(context)
        return ProcessPoolExecutor(self._jobs, context, _start_worker, (shared, task)), shared


def _run(task: Task, unit: WorkUnit, tell: Tell) -> Partial:
    """The task done; what goes wrong says what was being read, and survives the way from another process."""
    try:
        return task.run(unit, tell)
    except (CorpuscheckError, CancelledError, KeyboardInterrupt, MemoryError):
        raise
    except Exception as error:
        error.add_note(f"in {place_of(error)} while reading {_names(unit)}")
        raise
    except BaseException as error:  # a panic of the tokenizer's library, which is no Exception
        raise TokenizerError(
            f"the tokenizer broke down on {_names(unit)} ({type(error).__name__}: {printable(str(error))}): "
            "take another one, or leave the file out with --exclude"
        ) from None


def _names(unit: WorkUnit) -> str:
    names = ", ".join(printable(piece.source.path) for piece in unit[:3])
    return names + (f" or one of {len(unit) - 3} more" if len(unit) > 3 else "")


def _done(partial: Partial) -> tuple[int, int]:
    files = [record for record in partial.records if record.start == 0]  # a range is no file of its own
    return len(files), sum(record.status == "skipped" for record in files)


class _Worker:
    """What a worker process was started with."""

    meter: _SharedMeter
    task: Task


def _start_worker(meter: _SharedMeter, task: Task) -> None:
    """Ctrl-C is the parent's to handle; the tokenizer's own threads would only compete."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    _Worker.meter, _Worker.task = meter, task


def _run_in_process(unit: WorkUnit) -> Partial:
    return _run(_Worker.task, unit, _Worker.meter.tell)
