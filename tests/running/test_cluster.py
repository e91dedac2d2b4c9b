"""A Dask cluster gives the bytes of one core, whatever becomes of its workers, or says in one line why it cannot."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from prepared import Running, serving, start
from support import REPOSITORY, korean_lines, write_files, write_vocabulary

from corpuscheck.api import Scan, run_scan
from corpuscheck.errors import CorpuscheckError, ScanError, UsageError
from corpuscheck.reading import ranges
from corpuscheck.running import units
from corpuscheck.settings import settings_from

pytestmark = [
    pytest.mark.skipif(not find_spec("distributed"), reason="distributed is not installed"),
    pytest.mark.skipif(sys.platform == "win32", reason="nothing can be killed like this there"),
]

WORKER = """
import os, resource, signal, sys, time
from corpuscheck.running import tasks

def run(self, unit, tell, real=tasks.ReadingTask.run):
    with open({noted!r}, "a") as file:
        file.writelines(f"{{type(self).__name__}} {{piece.source.path}}\\n" for piece in unit)
    if any(piece.source.path.endswith("bad.txt") for piece in unit):
        os.kill(os.getpid(), signal.SIGKILL)
    end = time.monotonic() + {pause}
    while time.monotonic() < end:
        time.sleep(0.02)
        tell(0)
    return real(self, unit, tell)

tasks.ReadingTask.run = run
{more}
"""
"""What a worker loads first: it notes down what it measures, takes its time, and dies of a file with a bad name."""

DISK_FULL = "sys.dont_write_bytecode = True; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))"
OTHER_NUMPY = "import numpy; numpy.__version__ = '0.1'"
OTHER_CODE = "from corpuscheck.running import program, on_worker; on_worker.code = lambda: b'another'"


class Processes:
    """A scheduler and workers, each a process of its own."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.file, self.noted = place / "scheduler.json", place / "noted"
        self.noted.touch()
        self.started: list[Running] = []
        self.scheduler = self._start("dask_scheduler", "--port", "0", "--no-dashboard")

    def _start(self, program: str, *arguments: str) -> Running:
        environment = {
            **os.environ, "PYTHONPATH": str(REPOSITORY), "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
            "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s", "DASK_DISTRIBUTED__WORKER__DAEMON": "False",
        }  # fmt: skip
        script = (
            "import os; os.setsid(); import dask; dask.config.refresh();"  # it may have been imported before
            f"from distributed.cli.{program} import main; main()"
        )
        command = ["-c", script, "--scheduler-file", str(self.file), "--host", "127.0.0.1", *arguments]
        with open(os.devnull, "r+b") as nothing:
            streams = (nothing.fileno(), nothing.fileno(), nothing.fileno())
            started = start(serving(), command, streams, environment, os.fspath(self.place))
        self.started.append(started)
        return started

    def worker(self, pause: float = 0, more: str = "", nanny: bool = False) -> Running:
        preload = self.place / f"preload-{len(self.started)}.py"
        preload.write_text(WORKER.format(noted=str(self.noted), pause=pause, more=more), "utf-8")
        arguments = [
            "--nthreads",
            "1",
            "--preload",
            str(preload),
            "--no-dashboard",
            "--local-directory",
            str(self.place),
        ]
        wait_for(self.file.exists)
        return self._start("dask_worker", *arguments, "--nanny" if nanny else "--no-nanny")

    def measured(self) -> list[str]:
        """The files that were measured, each as often as it was."""
        noted = (line.split(maxsplit=1) for line in self.noted.read_text().splitlines())
        return [path for task, path in noted if task == "MeasureTask"]

    def stop(self) -> None:
        for process in self.started:
            for end in (os.killpg, os.kill):  # it may have died, and its children not
                with suppress(ProcessLookupError):
                    end(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(true: Callable[[], Any], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Processes]:
    monkeypatch.setattr(units, "_SMALLEST_UNIT", 1 << 12)
    monkeypatch.setattr(units, "LARGEST_UNIT", 1 << 12)
    monkeypatch.setattr(ranges, "_PROBE_BYTES", 16)
    processes = Processes(tmp_path)
    yield processes
    processes.stop()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Many small files, one in ranges, and one of them broken far in."""
    broken = bytearray("\n".join(korean_lines(300, 7)).encode())
    broken[-1000] = 0xFF
    files: dict[str, str | bytes] = {f"{n}.txt": "\n".join(korean_lines(120)[3 * n : 3 * n + 3]) for n in range(40)}
    return write_files(
        tmp_path / "corpus", {**files, "large.txt": "\n".join(korean_lines(200, 5)), "z.txt": bytes(broken)}
    )


@pytest.fixture
def options(tmp_path: Path) -> dict[str, Any]:
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", "가나다라마바사아자차카타파하고노도로모보소오조")
    return {"tokenizer": vocabulary, "document": "line", "jobs": 1, "by": "file"}


def by_cluster(of: Processes, corpus: Path, options: dict[str, Any], **more: Any) -> Scan:
    return run_scan(corpus, settings_from(**options, dask=str(of.file), **more), tolerant=True)


def alone(corpus: Path, options: dict[str, Any]) -> bytes:
    return run_scan(corpus, settings_from(**options)).result.profile.to_bytes()


def bytes_of(scan: Scan) -> bytes:
    return scan.result.profile.to_bytes()


def kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)


def when(true: Callable[[], Any], then: Callable[[], Any]) -> threading.Thread:
    """Do something, in a thread, as soon as something is true."""

    def watch() -> None:
        wait_for(true)
        then()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


@pytest.mark.few(1)
@pytest.mark.parametrize("kept", [True, False])
def test_a_cluster_gives_the_bytes_of_one_core(
    kept: bool, cluster: Processes, corpus: Path, options: dict[str, Any], tmp_path: Path
) -> None:
    for _ in range(2):
        cluster.worker()
    write_files(tmp_path, {"eval/a.txt": " ".join(korean_lines(120)[30:36]), "eval/b.txt": "다른 글 " * 30})
    options |= {"against": (str(tmp_path / "eval"),)}
    work = {"work": str(tmp_path / "work")} if kept else {}
    assert bytes_of(by_cluster(cluster, corpus, options, **work)) == alone(corpus, options)
    if kept:
        measured = cluster.measured()
        assert len(list((tmp_path / "work").iterdir())) == 2  # the first look, and the broken file once more
        assert bytes_of(by_cluster(cluster, corpus, options, **work)) == alone(corpus, options)
        assert cluster.measured() == measured


@pytest.mark.thorough
@pytest.mark.parametrize("kept", [False, True])
def test_two_of_three_workers_are_killed(
    kept: bool, cluster: Processes, corpus: Path, options: dict[str, Any], tmp_path: Path
) -> None:
    workers = [cluster.worker(0.1) for _ in range(3)]
    work = {"work": str(tmp_path / "work")} if kept else {}
    pids = [worker.pid for worker in workers[:2]]
    killing = when(lambda: len(cluster.measured()) > 15, lambda: list(map(kill, pids)))
    assert bytes_of(by_cluster(cluster, corpus, options, **work)) == alone(corpus, options)
    killing.join()


def test_the_scheduler_is_killed(cluster: Processes, corpus: Path, options: dict[str, Any]) -> None:
    cluster.worker(0.2)
    when(lambda: len(cluster.measured()) > 5, lambda: kill(cluster.scheduler.pid))
    with pytest.raises(ScanError, match=r"the scheduler at .* is gone: nothing was concluded; run the same command"):
        by_cluster(cluster, corpus, options)


@pytest.mark.thorough
def test_a_file_that_always_kills_its_worker_is_named_and_the_rest_is_measured(
    cluster: Processes, corpus: Path, options: dict[str, Any]
) -> None:
    write_files(corpus, {"bad.txt": "never read\n"})
    for _ in range(2):
        cluster.worker(nanny=True)
    scan = by_cluster(cluster, corpus, options)
    assert "died while reading" in scan.incomplete
    assert "bad.txt; the scan is incomplete" in scan.incomplete
    (record,) = (record for record in scan.records if record.path.endswith("bad.txt"))
    assert record.reason == "killed the worker that read it"
    assert (
        scan.result.profile.size
        == run_scan(
            sorted(path for path in corpus.iterdir() if path.name != "bad.txt"), settings_from(**options)
        ).result.profile.size
    )


REFUSED: dict[str, tuple[dict[str, Any], type[CorpuscheckError], str]] = {
    "a full disk": ({"more": DISK_FULL}, ScanError, r"cannot keep what it measured: .* \(File too large\)"),
    "another NumPy": (
        {"more": OTHER_NUMPY},
        UsageError,
        r"workers must have what the client has.*numpy .* 0\.1 on tcp",
    ),
    "other code": ({"more": OTHER_CODE}, ScanError, "has another version of corpuscheck"),
}


@pytest.mark.few(1)
@pytest.mark.parametrize("name", REFUSED)
def test_a_worker_that_cannot_do_its_work_is_the_end(
    name: str, cluster: Processes, corpus: Path, options: dict[str, Any], tmp_path: Path
) -> None:
    given, error, why = REFUSED[name]
    cluster.worker(**given)
    with pytest.raises(error, match=why):
        by_cluster(cluster, corpus, options, work=str(tmp_path / "work"))


@pytest.mark.thorough
def test_a_client_that_was_killed_comes_back_and_nothing_is_measured_twice(
    cluster: Processes, corpus: Path, options: dict[str, Any], tmp_path: Path
) -> None:
    cluster.worker(0.1)
    script = tmp_path / "client.py"
    script.write_text(
        "from corpuscheck.api import run_scan\nfrom corpuscheck.running import units\n"
        "from corpuscheck.settings import settings_from\n"
        "units._SMALLEST_UNIT = units.LARGEST_UNIT = 1 << 12\n"
        f"run_scan({str(corpus)!r}, settings_from(**{options!r}, dask={str(cluster.file)!r}, "
        f"work={str(tmp_path / 'work')!r}))\n",
        "utf-8",
    )
    client = subprocess.Popen([sys.executable, script], env={**os.environ, "PYTHONPATH": str(REPOSITORY)})
    wait_for(lambda: len(cluster.measured()) > 20)
    client.kill()
    client.wait()
    before = len(cluster.measured())
    scan = by_cluster(cluster, corpus, options, work=str(tmp_path / "work"))
    assert bytes_of(scan) == alone(corpus, options)
    again = set(cluster.measured()[:before]) & set(cluster.measured()[before:]) - {str(corpus / "z.txt")}
    assert len(again) <= 1 + 8  # what the worker was at, and what was on its way to it


@pytest.mark.thorough
def test_no_scheduler_and_no_cluster(tmp_path: Path, options: dict[str, Any]) -> None:
    folder = write_files(tmp_path / "corpus", {"a.txt": "x\n"})
    with pytest.raises(UsageError, match=r"--dask tcp://127\.0\.0\.1:1: no scheduler answers there"):
        run_scan(folder, settings_from(**options, dask="tcp://127.0.0.1:1"))
    with pytest.raises(UsageError, match="--work is for --dask"):
        run_scan(folder, settings_from(**options, work="work"))


@pytest.mark.thorough
def test_what_is_cancelled_stops_on_the_workers(
    cluster: Processes, corpus: Path, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.worker(0.5)
    main = threading.main_thread().ident
    assert main is not None
    when(lambda: len(cluster.measured()) > 2, lambda: signal.pthread_kill(main, signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        by_cluster(cluster, corpus, options)
    so_far = -1
    while so_far < (so_far := len(cluster.measured())):
        time.sleep(1.5)
    assert so_far < 30
