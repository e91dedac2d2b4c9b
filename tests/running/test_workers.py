"""Workers fold what they measure: any number of them gives the same bytes, and one that dies names its file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support import REPOSITORY, document_of, korean_lines, scanned, write_files, write_vocabulary

from corpuscheck.errors import ScanError
from corpuscheck.measuring.block import Measure
from corpuscheck.profile.sample import ALL
from corpuscheck.profile.size import SizePart
from corpuscheck.reading.discover import discover
from corpuscheck.reading.files import FileRecord
from corpuscheck.running import corpus as corpora
from corpuscheck.running.corpus import Corpus
from corpuscheck.running.folding import Fold
from corpuscheck.running.partial import Partial
from corpuscheck.running.tasks import MeasureTask, ReadingTask, Tell
from corpuscheck.running.units import WorkUnit
from corpuscheck.settings import Settings, settings_from
from corpuscheck.tokenizer.loading import load
from corpuscheck.values.packed import Packed


class Silent:
    def update(self, bytes_read: int, files_done: int, failures: int) -> None: ...


@dataclass(frozen=True)
class KilledBy(ReadingTask):
    """Dies on files of one name."""

    name: str = ""

    def measures(self, records: Sequence[FileRecord]) -> Sequence[Measure]:
        return []

    def run(self, unit: WorkUnit, tell: Tell) -> Partial:
        if any(piece.source.path.endswith(self.name) for piece in unit):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().run(unit, tell)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_files(tmp_path / "corpus", {f"{n}.txt": "\n".join(korean_lines(40, n)) for n in range(12)})


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if any corpus were large enough for processes."""
    monkeypatch.setattr(corpora, "_LARGE", 0)


def passes(folder: Path, jobs: int) -> Corpus:
    settings: Settings = settings_from(jobs=jobs)
    sources = discover([str(folder)], settings.reading).sources
    return Corpus(sources, settings, lambda *_: nullcontext(Silent()), True)


@pytest.mark.few(1)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process cannot be killed like this here")
@pytest.mark.parametrize("jobs", [2, 3])
def test_the_file_that_kills_its_worker_is_named(jobs: int, folder: Path, large: None) -> None:
    with pytest.raises(ScanError, match=r"died while reading .*7\.txt; the scan is incomplete") as raised:
        passes(folder, jobs).run("measuring", KilledBy(settings_from().reading, name="7.txt"))
    assert str(raised.value).count(".txt") == 1


@dataclass(frozen=True)
class KilledOnce(MeasureTask):
    """Dies when it is at a file of one name for the first time."""

    name: str = ""
    mark: str = ""

    def run(self, unit: WorkUnit, tell: Tell) -> Partial:
        if any(piece.source.path.endswith(self.name) for piece in unit) and not os.path.exists(self.mark):
            Path(self.mark).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().run(unit, tell)


@pytest.mark.thorough
@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process cannot be killed like this here")
def test_a_worker_that_dies_by_chance_changes_nothing(folder: Path, large: None, tmp_path: Path) -> None:
    artefact = load(write_vocabulary(tmp_path / "vocab.txt", "가나다라마바사아자차카타파하고노도로모보소오조"))
    plain = MeasureTask(settings_from().reading, artefact, None, 50_000, ALL)
    once = KilledOnce(**vars(plain), name="7.txt", mark=str(tmp_path / "killed"))
    told = [passes(folder, 2).run("measuring", task) for task in (plain, once)]
    assert (tmp_path / "killed").exists()
    for name in ("size", "characters", "words", "curve", "sample", "documents", "boilerplate"):
        one, other = (getattr(partial, name).to_state() for partial in told)
        assert one == other, name


@pytest.mark.few(1)
@pytest.mark.parametrize("document", ["file", "line"])
def test_any_number_of_workers_gives_the_same_bytes(
    document: Any, folder: Path, large: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", "가나다라마바사아자차카타파하고노도로모보소오조")
    options = {"tokenizer": vocabulary, "document": document}
    alone, threads = (scanned(folder, jobs=jobs, **options).result.profile.to_bytes() for jobs in (1, 2))
    in_processes = scanned(folder, jobs=2, processes=True, **options).result.profile.to_bytes()
    assert alone == threads == in_processes


def piece(path: str, documents: int) -> Partial:
    return Partial(Packed.of(FileRecord, [FileRecord(path)]), SizePart(documents=documents))


def test_ranges_of_a_file_stay_apart_and_folds_join() -> None:
    one, other = Fold(["cut.txt"]), Fold(["cut.txt"])
    for fold, paths in ((one, ["a", "cut.txt", "b"]), (other, ["cut.txt", "c"])):
        for path in paths:
            fold.add(piece(path, 1))
    one.join(other)
    assert one.whole().size.documents == 3
    assert {path: partial.size.documents for path, partial in one.ranges().items()} == {"cut.txt": 2}


def test_a_fold_of_many_is_the_sum_of_all() -> None:
    fold = Fold()
    for n in range(300):
        fold.add(piece(str(n), n))
    assert fold.whole().size.documents == sum(range(300))
    assert len(fold.whole().records) == 300


KILLS = """
import os, signal, sys
from corpuscheck import cli
from corpuscheck.running import corpus, tasks, units

def run(self, unit, tell, real=tasks.ReadingTask.run):
    if any(piece.source.path.endswith("bad.txt") for piece in unit):
        os.kill(os.getpid(), signal.SIGKILL)
    return real(self, unit, tell)

tasks.ReadingTask.run = run
corpus._LARGE = 0
units._MOST_BUNDLES, units._LEAST_BUNDLE = 4, 1
if __name__ == "__main__":
    cli.main()
"""
"""The command, on the way to a file that nobody survives."""


@pytest.fixture
def deadly(tmp_path: Path) -> Path:
    script = tmp_path / "deadly.py"
    script.write_text(KILLS, "utf-8")
    return script


def command_of(script: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    return subprocess.run(
        [sys.executable, script, *arguments], capture_output=True, text=True, encoding="utf-8", timeout=120,
        check=False, env=environment,
    )  # fmt: skip


@pytest.mark.thorough
@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process cannot be killed like this here")
def test_all_but_the_file_that_kills_its_worker_is_measured_and_the_scan_is_incomplete(
    deadly: Path, tmp_path: Path
) -> None:
    files = {f"{n}.txt": "\n".join(korean_lines(120)[3 * n : 3 * n + 3]) for n in range(40)}
    folder = write_files(tmp_path / "corpus", {**files, "bad.txt": "never read"})
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", "가나다라마바사아자차카타파하고노도로모보소오조")
    arguments = (
        "scan", folder, "--tokenizer", vocabulary, "--jobs", "2", "--no-cache", "-q",
        "--format", "json", "--save", tmp_path / "saved.ccp",
    )  # fmt: skip
    ended = command_of(deadly, *arguments)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "died while reading" in ended.stderr
    assert "bad.txt; the scan is incomplete" in ended.stderr
    report = json.loads(ended.stdout)
    assert report["reading"]["skipped_reasons"] == {"killed the worker that read it": 1}
    (folder / "bad.txt").unlink()
    assert report["size"] == document_of(folder, tokenizer=vocabulary)["size"]
    assert not (tmp_path / "saved.ccp").exists()


SLOW = """
import sys, time
from pathlib import Path
from corpuscheck import cli
from corpuscheck.running import cache, corpus, tasks

def run(self, unit, tell, real=tasks.ReadingTask.run):
    tell(0)
    with open(MEASURED if type(self).__name__ == "MeasureTask" else "/dev/null", "a") as file:
        file.writelines(f"{piece.source.path}\\n" for piece in unit)
    time.sleep(PAUSE)
    return real(self, unit, tell)

MEASURED, PAUSE = Path(__file__).with_suffix(".measured"), float(Path(__file__).with_suffix(".pause").read_text())
tasks.ReadingTask.run = run
corpus._LARGE = 0
cache._FLUSH_SECONDS = 0
if __name__ == "__main__":
    cli.main()
"""
"""The command, noting down which files it measures and taking its time."""


def children_of(process: int) -> set[int]:
    found, more = set[int](), {process}
    tree: dict[int, set[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            tree.setdefault(parent, set()).add(int(stat.parent.name))
    while more:
        more = {child for parent in more for child in tree.get(parent, ())}
        found |= more
    return found


def wait_for(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def is_running(process: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.mark.thorough
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc here")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_scan_that_is_killed_leaves_nothing_running_and_goes_on_where_it_was(jobs: str, tmp_path: Path) -> None:
    folder = write_files(
        tmp_path / "corpus", {f"{n}.txt": "\n".join(korean_lines(240)[3 * n : 3 * n + 3]) for n in range(80)}
    )
    script, noted, pause = (tmp_path / f"slow.{end}" for end in ("py", "measured", "pause"))
    script.write_text(SLOW, "utf-8")
    noted.touch()
    pause.write_text("0.3")
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", "가나다라마바사아자차카타파하고노도로모보소오조")
    arguments = ("scan", folder, "--tokenizer", vocabulary, "--jobs", jobs, "--cache-dir", tmp_path / "cache", "-q")
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    environment.pop("CORPUSCHECK_NO_CACHE")
    first = subprocess.Popen([sys.executable, script, *arguments], env=environment, stdout=subprocess.DEVNULL)
    wait_for(lambda: len(noted.read_text().split()) > 5)
    below = children_of(first.pid)
    first.kill()
    first.wait()
    wait_for(lambda: not any(map(is_running, below)))
    before = noted.read_text().split()
    assert len(before) < 80
    pause.write_text("0")
    subprocess.run(
        [sys.executable, script, *arguments, "--save", tmp_path / "saved.ccp"], env=environment, check=False,
        stdout=subprocess.DEVNULL, timeout=120,
    )  # fmt: skip
    after = noted.read_text().split()[len(before) :]
    twice = set(before) & set(after)
    assert set(before) | set(after) == {str(path) for path in folder.iterdir()}
    assert len(twice) <= int(jobs)  # what each worker was at
    whole = scanned(folder, tokenizer=vocabulary, forecast=True).result.profile.to_bytes()
    assert (tmp_path / "saved.ccp").read_bytes() == whole
