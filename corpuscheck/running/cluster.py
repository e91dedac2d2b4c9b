"""Cluster: work units go to the workers of a Dask cluster, which keep what they measure, and merge it."""

from __future__ import annotations

import logging
import os
import queue
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpuscheck.errors import CorpuscheckError, ScanError, UsageError
from corpuscheck.reading.files import Piece
from corpuscheck.running.folding import Fold
from corpuscheck.running.on_worker import Job, join, measure, probe
from corpuscheck.running.pool import Progress, Work
from corpuscheck.running.shares import bytes_of
from corpuscheck.running.tree import Node, find, ready, tree_of
from corpuscheck.running.units import Bundle, WorkUnit
from corpuscheck.settings import Settings
from corpuscheck.text.printable import printable

if TYPE_CHECKING:
    from distributed import Client, Future

_SECONDS_TO_CONNECT, _SECONDS_FOR_WORKERS = 10, 60
_IN_FLIGHT = 4
"""Units for each thread of the workers: enough that none waits, few enough that a million of them do not lie about."""

_RETRIES = 2


def check_cluster(settings: Settings) -> None:
    """Raises UsageError, saying what to install, where the extra is missing."""
    from importlib.util import find_spec

    if settings.dask is None and settings.work is not None:
        raise UsageError("--work is for --dask: what is measured here is kept in --cache-dir")
    if settings.dask is not None and find_spec("distributed") is None:
        raise UsageError("--dask needs Dask: pip install 'corpuscheck[dask]'")


@contextmanager
def cluster_of(settings: Settings) -> Iterator[Cluster | None]:
    """The cluster that the settings name; None where they name none. Raises UsageError where it cannot be used."""
    if settings.dask is None:
        yield None
        return
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said in one line, below
    with _connected(settings.dask, settings.jobs) as client:
        _check_versions(client)
        yield Cluster(client, settings.dask, _folder(settings.work))


def _folder(work: str | None) -> str | None:
    if work is None:
        return None
    try:
        os.makedirs(work, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--work {printable(work)}: cannot be used ({error.strerror})") from None
    return os.path.abspath(work)


@contextmanager
def _connected(address: str, jobs: int) -> Iterator[Client]:
    from distributed import Client, LocalCluster

    if address == "local":
        with (
            LocalCluster(
                n_workers=jobs, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
            ) as local,
            Client(local, set_as_default=False) as client,
        ):  # fmt: skip
            yield client
        return
    where = {"scheduler_file": address} if os.path.isfile(address) else {"address": address}
    try:
        client = Client(**where, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError, TypeError, LookupError) as error:
        raise UsageError(
            f"--dask {printable(address)}: no scheduler answers there ({printable(str(error), 200)}); it is an address "
            "such as tcp://host:8786, a scheduler file, or the word local"
        ) from None
    try:
        yield client
    finally:
        with suppress(Exception):  # a scheduler that is gone cannot be told
            client.close(timeout=5)


def _check_versions(client: Client) -> None:
    """Raises UsageError with what differs between this process and the workers."""
    try:
        client.wait_for_workers(1, timeout=_SECONDS_FOR_WORKERS)
    except TimeoutError:
        raise UsageError(f"--dask: the scheduler has had no worker for {_SECONDS_FOR_WORKERS} seconds") from None
    here, there = probe()(), client.run(probe())
    differing: dict[str, list[str]] = {}
    for worker, versions in sorted(there.items()):
        for name, ours in here.items():
            if versions[name] != ours:
                differing.setdefault(f"{name} {ours} here, {versions[name]} on", []).append(worker)
    if differing:
        named = "; ".join(
            f"{what} {workers[0]}" + (f" and {len(workers) - 1:,} more" if len(workers) > 1 else "")
            for what, workers in differing.items()
        )
        raise UsageError(f"--dask: workers must have what the client has, so that figures agree: {named}")


class Cluster:
    """An engine. What is measured stays in the memory of the workers, or in a `folder` that all of them reach."""

    def __init__(self, client: Client, address: str, folder: str | None) -> None:
        self._client, self._address, self._folder = client, address, folder

    def run(self, work: Work, fold: Fold, progress: Progress) -> Sequence[Piece]:
        """Do the work, and fold what it gives. Gives the pieces that killed the workers that read them alone.

        Raises ScanError where the cluster is lost, or a worker cannot do its work.
        """
        run = _Run(self._client, self._address, self._folder, work, progress)
        try:
            fold.join(run.result())
        finally:
            run.cancel()
        return run.lost


class _Run:
    """One pass over work units: what is in flight, and what has come of it."""

    def __init__(self, client: Client, address: str, folder: str | None, work: Work, progress: Progress) -> None:
        self._client, self._address, self._folder, self._progress = client, address, folder, progress
        self._root = tree_of(work.task, work.units)
        self._job = client.submit(Job, work.task, frozenset(work.cut), folder, pure=False, priority=100)
        self._ended: queue.Queue[tuple[Node, Future]] = queue.Queue()
        self._flying: dict[Node, Future] = {}
        self._suspects: dict[Node, Future] = {}
        self._alone: Node | None = None
        self._most = 8
        self.lost: list[Piece] = []

    def result(self) -> Fold:
        """Everything, merged by the workers."""
        if self._folder is not None:
            for node in find(self._root, {path.stem for path in Path(self._folder).glob("*.ccp")}):
                for unit in filter(None, (below.unit for below in node.all_units())):
                    self._tell(unit)
        waiting = self._root.units()
        for node in list(ready(self._root)):
            self._merge(node)
        while not self._root.done:
            self._fill(waiting)
            if not self._flying:
                self._try_alone()
            node, future = self._next()
            self._flying.pop(node, None)
            if future.status == "finished":
                self._finish(node, future if self._folder is None else node.name)
            else:
                self._failed(node, future)
        return self._fetched()

    def cancel(self) -> None:
        """Leave nothing running."""
        with suppress(Exception):  # a scheduler that is gone has nothing to cancel
            self._client.cancel(list(self._flying.values()))

    def _fill(self, waiting: Iterator[Node]) -> None:
        if len(self._flying) < self._most // 2:  # workers come and go
            self._most = max(8, _IN_FLIGHT * sum(self._client.nthreads().values()))
        while len(self._flying) < self._most and (node := next(waiting, None)):
            self._measure(node)

    def _try_alone(self) -> None:
        """One whose worker died, while nothing else runs that could have killed it; units first, as they may be what
        killed the others. With a merge all is made anew that it needs and that died with a worker."""
        node = self._alone = min(self._suspects, key=lambda suspect: suspect.unit is None)
        future = self._suspects.pop(node)
        self._client.retry([future])
        self._await(node, future)

    def _measure(self, node: Node) -> None:
        assert node.unit is not None
        self._send(node, measure, self._job, _apart(node.unit), node.name)

    def _merge(self, node: Node) -> None:
        values = [below.value for below in node.below if below.value is not None]
        if not values:
            self._finish(node, None)
        else:
            self._send(node, join, self._job, values, node.name, priority=10)

    def _send(self, node: Node, what: Any, *given: Any, priority: int = 0) -> None:
        future = self._client.submit(what, *given, pure=False, retries=_RETRIES, priority=priority)
        self._await(node, future)

    def _await(self, node: Node, future: Future) -> None:
        self._flying[node] = future
        future.add_done_callback(lambda done: self._ended.put((node, done)))

    def _next(self) -> tuple[Node, Future]:
        """What ends next. Raises ScanError where no worker is left to end anything."""
        idle_since = None
        while True:
            try:
                return self._ended.get(timeout=1)
            except queue.Empty:
                pass
            if self._client.status != "running":
                raise self._gone()
            if self._client.scheduler_info(n_workers=1)["n_workers"]:
                idle_since = None
                continue
            idle_since = idle_since or time.monotonic()
            if time.monotonic() - idle_since > _SECONDS_FOR_WORKERS:
                raise ScanError(f"no worker is left at {printable(self._address)}: {_AGAIN}")

    def _gone(self) -> ScanError:
        return ScanError(f"the scheduler at {printable(self._address)} is gone: {_AGAIN}")

    def _finish(self, node: Node, value: Any) -> None:
        if node.unit is not None:
            self._tell(node.unit)
            node.unit = ()
        above = node.finish(value)
        for below in node.below:
            below.value = None  # the workers may forget it
        if above is not None:
            self._merge(above)

    def _tell(self, unit: WorkUnit) -> None:
        self._progress.update(bytes_of(unit), _files(unit), 0)

    def _failed(self, node: Node, future: Future) -> None:
        """A unit that kills its workers is tried by halves, what cannot be halved alone. Raises ScanError for what a
        worker cannot do.
        """
        from distributed.scheduler import KilledWorker

        if future.status != "error":
            raise self._gone()
        error = future.exception()
        if not isinstance(error, KilledWorker):
            raise _said(error)
        if node.unit is not None and len(node.unit) > 1:
            for half in node.halved():
                self._measure(half)
        elif node is not self._alone:
            self._suspects[node] = future
        elif node.unit is None:
            raise ScanError(f"workers died while they merged what was measured: they need more memory; {_AGAIN}")
        else:
            self.lost += node.unit
            self._finish(node, None)

    def _fetched(self) -> Fold:
        if self._root.value is None:
            return Fold()
        if self._folder is None:
            fold: Fold = self._root.value.result()
            return fold
        return Job.read(self._folder, self._root.name)


_AGAIN = "nothing was concluded; run the same command again (with --work it goes on where it was)"


def _said(error: BaseException) -> BaseException:
    """What a worker raised, for a person."""
    if isinstance(error, CorpuscheckError | MemoryError):
        return error
    return ScanError(f"a worker failed ({type(error).__name__}: {printable(str(error), 300)}): {_AGAIN}")


def _apart(unit: WorkUnit) -> WorkUnit:
    """The unit without the other files of the listing."""
    if isinstance(unit, Bundle):
        return Bundle(unit.sources[unit.start : unit.stop], 0, len(unit))
    return list(unit)


def _files(unit: WorkUnit) -> int:
    return sum(piece.start == 0 for piece in unit)
