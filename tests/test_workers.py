"""Workers fold what they measure: any number of them gives the same bytes, and one that dies names its file."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support import korean_lines, scanned, write_files, write_vocabulary

from corpuscheck.errors import ScanError
from corpuscheck.measuring.block import Measure
from corpuscheck.profile.size import SizePart
from corpuscheck.reading.discover import discover
from corpuscheck.reading.files import FileRecord
from corpuscheck.running import corpus as corpora
from corpuscheck.running.corpus import Corpus
from corpuscheck.running.folding import Fold
from corpuscheck.running.partial import Partial
from corpuscheck.running.tasks import ReadingTask, Tell
from corpuscheck.running.units import WorkUnit
from corpuscheck.settings import Settings, settings_from
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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process cannot be killed like this here")
@pytest.mark.parametrize("jobs", [2, 3])
def test_the_file_that_kills_its_worker_is_named(jobs: int, folder: Path, large: None) -> None:
    with pytest.raises(ScanError, match=r"died while reading .*7\.txt; the scan is incomplete") as raised:
        passes(folder, jobs).run("measuring", KilledBy(settings_from().reading, name="7.txt"))
    assert str(raised.value).count(".txt") == 1


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
