"""What a work unit costs a Dask cluster besides its measuring: the scheduler, the client, and the merging.

    python benchmarks/cluster.py [--units 100000] [FOLDER --tokenizer VOCAB]

Units that measure nothing go through a real scheduler and real workers. With a folder each file in it is a unit, as of
a corpus of a terabyte: how long its partial takes to be measured, kept and merged, and how large it is.
"""

from __future__ import annotations

import argparse
import os
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from corpuscheck.profile.size import SizePart
from corpuscheck.reading.discover import Source, discover
from corpuscheck.reading.files import FileRecord, Piece
from corpuscheck.reading.kinds import kind_of
from corpuscheck.reading.sourcing import Sourcing
from corpuscheck.running import cluster
from corpuscheck.running.corpus import FIRST_LOOK, Corpus
from corpuscheck.running.folding import Fold
from corpuscheck.running.kept import fold_state, write_kept
from corpuscheck.running.partial import Partial
from corpuscheck.running.pool import Work
from corpuscheck.running.scanning import Judge, tasks_of
from corpuscheck.running.tasks import ReadingTask, Tell
from corpuscheck.running.units import WorkUnit
from corpuscheck.settings import Reading, settings_from
from corpuscheck.tokenizer.loading import load
from corpuscheck.values.packed import Packed

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Nothing(ReadingTask):
    """Gives the smallest partial there is."""

    def run(self, unit: WorkUnit, tell: Tell) -> Partial:
        record = FileRecord(unit[0].source.path, start=unit[0].start)
        return Partial(Packed.of(FileRecord, [record]), SizePart(documents=1))


class Silent:
    """Shows nothing."""

    def update(self, bytes_read: int, files_done: int, failures: int) -> None: ...


def scheduling(units: int, workers: int, kept: bool) -> None:
    """Wall time and processor time of each unit that measures nothing."""
    here = Path(__file__)
    source = Source(str(here), here.stat().st_size, kind_of(here.name))
    pieces: list[WorkUnit] = [(Piece(source, start, start + 1),) for start in range(units)]
    with tempfile.TemporaryDirectory() as place:
        file = Path(place, "scheduler.json")
        started = [_started("dask_scheduler", file, "--port", "0", "--no-dashboard")]
        while not file.exists():
            time.sleep(0.1)
        started += [
            _started("dask_worker", file, "--nthreads", "4", "--no-nanny", "--no-dashboard") for _ in range(workers)
        ]
        try:
            settings = settings_from(dask=str(file), work=str(Path(place, "work")) if kept else None)
            with cluster.cluster_of(settings) as engine:
                assert engine is not None
                fold, own = Fold(), resource.getrusage(resource.RUSAGE_SELF).ru_utime
                began = time.monotonic()
                engine.run(Work(Nothing(Reading()), pieces), fold, Silent())
                wall = time.monotonic() - began
                own = resource.getrusage(resource.RUSAGE_SELF).ru_utime - own
            assert fold.whole().size.documents == units
            scheduler = _used(started[0].pid)
            where = "in a folder" if kept else "in memory"
            print(
                f"{units:,} units, kept {where}, {workers} workers: {wall:.0f} s, {1000 * wall / units:.2f} ms each; "
                f"processor time of each: scheduler {1000 * scheduler / units:.2f} ms, client {1000 * own / units:.2f} "
                f"ms; memory: scheduler {_memory(started[0].pid):,} MB, client {_memory(os.getpid()):,} MB"
            )
        finally:
            for process in started:
                process.kill()
                process.wait()


def _started(program: str, file: Path, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.{program}", "--scheduler-file", str(file), "--host", "127.0.0.1"]
    return subprocess.Popen([*command, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _used(process: int) -> float:
    """Seconds of processor time."""
    figures = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(figures[11]) + int(figures[12])) / _TICKS


def _memory(process: int) -> int:
    """Megabytes at most."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1000


def merging(folder: str, vocabulary: str) -> None:
    """How long real partials take to measure and to merge, and how large they are."""
    settings = settings_from(tokenizer=vocabulary, document="line", jobs=1)
    sources = discover([folder], settings.reading).sources
    corpus = Corpus(sources, settings, lambda *_: nullcontext(Silent()), False)
    corpus.size = 10**12  # by which samples are bounded
    (_, task), *_ = tasks_of(corpus, settings, Judge(load(vocabulary)), Sourcing())
    units: list[WorkUnit] = [(Piece(source),) for source in sources]
    partials: list[Partial] = []
    for unit in units:
        began = time.process_time()
        partials.append(task.looking(FIRST_LOOK).run(unit, lambda _: None))
        seconds = time.process_time() - began
        packed = pickle.dumps(partials[-1], 5)
        with tempfile.TemporaryDirectory() as place:
            fold = Fold()
            fold.add(partials[-1])
            path = os.path.join(place, "a.ccp")
            began = time.process_time()
            write_kept(path, "partial", None, fold_state(fold))
            writing, size = time.process_time() - began, os.path.getsize(path)
        megabytes = sum(piece.size for piece in unit) / 1e6
        print(
            f"unit of {megabytes:.0f} MB: measured in {seconds:.2f} s; in memory {len(packed) / 1e6:.1f} MB, in a file "
            f"{size / 1e6:.1f} MB, written in {writing:.2f} s"
        )
    held = sum(len(pickle.dumps(partial, 5)) for partial in partials) / 1e6
    began = time.process_time()
    total = Partial().merge(*partials)
    seconds = time.process_time() - began
    print(
        f"merging {len(partials)}: {seconds:.2f} s, {held / seconds:.0f} MB of partials in a second; "
        f"{len(pickle.dumps(total, 5)) / 1e6:.1f} MB in memory"
    )


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--tokenizer")
    parser.add_argument("--units", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    if given.folder:
        merging(given.folder, given.tokenizer)
        return
    for kept in (False, True):
        scheduling(given.units, given.workers, kept)


if __name__ == "__main__":
    main()
