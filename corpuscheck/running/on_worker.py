"""On a worker: what a worker of a cluster does with a work unit, and with what others gave."""

from __future__ import annotations

import errno
import os
import socket
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpuscheck.errors import CorpuscheckError, ScanError
from corpuscheck.running.folding import Fold
from corpuscheck.running.kept import body_of, damaged, fold_of, fold_state, write_kept
from corpuscheck.running.pool import CancelledError, run_task
from corpuscheck.running.program import code
from corpuscheck.running.tasks import Task
from corpuscheck.running.units import WorkUnit
from corpuscheck.text.printable import printable

_KIND = "partial"
_LOOK_SECONDS = 1.0


def probe() -> Callable[[], dict[str, str]]:
    """What tells the versions of all that figures depend on. It travels whole: a worker may not have this program."""

    def versions() -> dict[str, str]:
        import sys
        from importlib import import_module
        from importlib.metadata import PackageNotFoundError, version

        found = {"Python": f"{sys.version_info[0]}.{sys.version_info[1]}"}
        for package in ("corpuscheck", "numpy", "numba", "tokenizers", "distributed"):
            try:
                found[package] = str(getattr(import_module(package), "__version__", None) or version(package))
            except (ImportError, PackageNotFoundError):
                found[package] = "none"
        try:
            found["the code of corpuscheck"] = import_module("corpuscheck.running.program").code().hex()[:8]
        except (ImportError, AttributeError):
            found["the code of corpuscheck"] = "none"
        return found

    return versions


@dataclass(frozen=True)
class Job:
    """What is done with each unit, which files are cut into ranges, and the folder where what it gives is kept."""

    task: Task
    cut: Collection[str]
    folder: str | None
    code: bytes = field(default_factory=code)

    def check(self) -> None:
        """Raises ScanError on a worker that has another program: it may have come later than the others."""
        if self.code != code():
            raise ScanError(
                f"the worker on {_host()} has another version of corpuscheck: stop it, or bring it up to date"
            )

    def place(self, name: str) -> Path:
        """Where what has this name is kept."""
        assert self.folder is not None
        return Path(self.folder, f"{name}.ccp")

    def give(self, fold: Fold, name: str) -> Fold | None:
        """The fold itself; None where it is kept in the folder. Raises ScanError where it cannot be."""
        if self.folder is None:
            return fold
        try:
            write_kept(str(self.place(name)), _KIND, None, [sorted(fold.ranges()), fold_state(fold)])
        except CorpuscheckError as error:
            raise ScanError(f"the worker on {_host()} cannot keep what it measured: {error}") from None
        return None

    @staticmethod
    def read(folder: str, name: str) -> Fold:
        """The fold with this name. Raises ProfileError."""
        path = str(Path(folder, f"{name}.ccp"))
        state = body_of(path, _KIND)
        with damaged(printable(path)):
            return fold_of(state[1], list(map(str, state[0])))


def measure(job: Job, unit: WorkUnit, name: str) -> Fold | None:
    """Do the task of a job for one unit."""
    job.check()
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    _check_at_hand(unit)
    fold = Fold({piece.source.path for piece in unit}.intersection(job.cut))
    fold.add(run_task(job.task, unit, _tell()))
    return job.give(fold.settle(), name)


def join(job: Job, values: Sequence[Fold | str], name: str) -> Fold | None:
    """Merge what several nodes gave. What was in the folder for them is taken away when the sum is there."""
    job.check()
    kept = [value for value in values if isinstance(value, str)]
    if not (kept and job.place(name).exists()):
        folds = [Job.read(str(job.folder), value) if isinstance(value, str) else value for value in values]
        total = Fold({path for fold in folds for path in fold.ranges()})
        while folds:
            total.join(folds.pop())
        total.settle()
        if (given := job.give(total, name)) is not None:
            return given
    for value in kept:
        with suppress(OSError):
            job.place(value).unlink()
    return None


def _check_at_hand(unit: WorkUnit) -> None:
    """Raises ScanError on a worker that does not see the files as the client does."""
    source = unit[0].source
    if "://" in source.path:
        return
    try:
        size, reason = os.stat(source.path).st_size, ""
    except OSError as error:
        size, reason = -1, os.strerror(error.errno or errno.EIO)
    if size != source.size:
        raise ScanError(
            f"the worker on {_host()} does not see {printable(source.path, 300)} as it was found here ("
            f"{reason or f'{size:,} bytes, not {source.size:,}'}): all workers need the same files under the same paths"
        )


def _host() -> str:
    return printable(socket.gethostname(), 100)


def _tell() -> Callable[[int], None]:
    """Raises CancelledError, from within a task, when nobody waits for it any more."""
    from distributed.worker import get_worker, thread_state

    worker: Any = get_worker()
    key, looked = getattr(thread_state, "key", None), time.monotonic()

    def tell(_: int) -> None:
        nonlocal looked
        if time.monotonic() - looked > _LOOK_SECONDS:
            looked = time.monotonic()
            task = worker.state.tasks.get(key)
            if key is not None and (task is None or task.state == "cancelled"):
                raise CancelledError

    return tell
