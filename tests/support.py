"""What several tests need: files made from a table, scans in this process, the command line in another one."""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import prepared
import pytest
from rich.console import Console

from corpuscheck import settings
from corpuscheck.api import Scan, run_scan
from corpuscheck.reading.discover import Source
from corpuscheck.reading.files import FileRecord, Piece
from corpuscheck.reading.kinds import kind_of
from corpuscheck.reading.reader import read
from corpuscheck.reports.json.report import render as render_json
from corpuscheck.reports.json.report import render_files
from corpuscheck.reports.terminal.report import render_terminal
from corpuscheck.result.result import Result
from corpuscheck.settings import Reading, settings_from

REPOSITORY = Path(__file__).resolve().parent.parent
EXAMPLES = REPOSITORY / "examples"
TESTS = Path(__file__).resolve().parent
LANGUAGES = {path.stem: path.read_text("utf-8") for path in sorted((TESTS / "languages").glob("*.txt"))}
"""Ordinary text in many languages."""

Outcome = tuple[int, str, str]
"""Exit status, standard output, standard error."""
Main = Callable[..., Outcome]

_SYLLABLES = (
    "가나다라마바사아자차카타파하고노도로모보소오조초코토포호그느드르므브스으즈츠크트프흐한국말글씨똠방각하뷁쫡"
)


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write each name with its content (text as UTF-8) under the folder; gives the folder back."""
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def korean_lines(lines: int, seed: int = 1, words: int = 12) -> list[str]:
    """Lines of made-up Korean words, the same for the same seed."""
    return list(_korean_lines(lines, seed, words))


@lru_cache(256)
def _korean_lines(lines: int, seed: int, words: int) -> tuple[str, ...]:
    lexicon, state = _korean_words(seed)
    dice = random.Random()
    dice.setstate(state)
    return tuple(" ".join(dice.choices(lexicon, k=dice.randint(1, 2 * words))) + "." for _ in range(lines))


@lru_cache(32)
def _korean_words(seed: int) -> tuple[list[str], Any]:
    """Made-up words, and the dice as they lie afterwards."""
    dice = random.Random(seed)
    return ["".join(dice.choices(_SYLLABLES, k=dice.randint(1, 5))) for _ in range(4000)], dice.getstate()


def write_vocabulary(path: Path, characters: Iterable[str], further: Iterable[str] = ()) -> str:
    """A vocab.txt with both forms of each character; gives its path."""
    alphabet = list(dict.fromkeys(characters))
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *alphabet, *(f"##{ch}" for ch in alphabet), *further]
    path.write_text("\n".join(pieces) + "\n", "utf-8")
    return str(path)


def shrink_samples(monkeypatch: pytest.MonkeyPatch, size: int = 50_000) -> None:
    """Estimate from less text than the product does: quicker where the estimates are not what is tested."""
    set_budgets(monkeypatch, tokens=size, curve=size, domain=size)


def set_budgets(monkeypatch: pytest.MonkeyPatch, **budgets: int) -> None:
    """Other budgets for what is estimated."""
    monkeypatch.setattr(settings, "BUDGETS", replace(settings.BUDGETS, **budgets))


def scanned(paths: Path | str | Sequence[Path | str], processes: bool = False, **options: Any) -> Scan:
    return run_scan(paths, settings_from(**{"jobs": 1, **options}), processes=processes)


@cache
def example(name: str) -> Scan:
    """The scan of an example, named as in the repository's root. Scanned once: it is not to be changed."""
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(REPOSITORY)
        return scanned(f"examples/{name}")


def json_of(paths: Path | str | Sequence[Path | str], **options: Any) -> bytes:
    return render_json(scanned(paths, **options).result)


def document_of(paths: Path | str | Sequence[Path | str], **options: Any) -> dict[str, Any]:
    """The JSON report of a scan, parsed."""
    document: dict[str, Any] = json.loads(json_of(paths, **options))
    return document


def everything(scan: Scan) -> tuple[bytes, bytes, bytes]:
    """All that a scan can write: its report, its profile, its records."""
    return render_json(scan.result), scan.result.profile.to_bytes(), render_files(scan.records)


def record_of(path: Path | str, **options: Any) -> FileRecord:
    """What a scan found out about one file."""
    (record,) = (r for r in scanned(path, **options).records if r.path == os.fspath(path))
    return record


def documents_in(path: Path | str, **reading: Any) -> tuple[list[str], FileRecord]:
    """The documents that the reader makes of one file, and its record."""
    name = os.fspath(path)
    piece = Piece(Source(name, os.path.getsize(name), kind_of(os.path.basename(name))))
    record = FileRecord(name)
    documents: list[bytes] = []
    for batch in read(piece, Reading(**reading), record, lambda _: None):
        texts = [batch.data[start:end].tobytes() for start, end in zip(batch.starts, batch.ends, strict=True)]
        if batch.offset:
            documents[-1] += texts.pop(0)
        documents += texts
    return [text.decode() for text in documents], record


def terminal_report(result: Result, width: int = 100, brief: bool = False, full: bool = True) -> str:
    """The report as it is printed on a terminal without colours: all of it, or what matters."""
    console = Console(width=width, file=io.StringIO(), highlight=False, markup=False, emoji=False, soft_wrap=False)
    return render_terminal(result, console, brief, full)


def command(*arguments: str | Path) -> list[str]:
    """Of Python itself where it is `-c` and a script."""
    program = () if arguments[:1] == ("-c",) else ("-m", "corpuscheck")
    return [sys.executable, *program, *(str(argument) for argument in arguments)]


def quick_command(*arguments: str | Path) -> list[str]:
    """The same off a process that has imported everything, where how Python starts and ends is not what is tested."""
    if not prepared.fits(os.environ):
        return command(*arguments)
    return [*prepared.command_line(), *(os.fspath(argument) for argument in arguments)]


def quick_command_in(encoding: str, *arguments: str | Path) -> list[str]:
    """The same where both streams are in another encoding."""
    out = f"sys.stdout = open(1, 'w', encoding={encoding!r}, closefd=False); "
    err = f"sys.stderr = open(2, 'w', encoding={encoding!r}, errors='backslashreplace', closefd=False); "
    return quick_command("-c", f"import sys; {out}{err}from corpuscheck.cli import main; main()", *arguments)


def without_the_compiler(*names: str) -> None:
    """Run these files of tests once more, with kernels as the Python that they were compiled from."""
    if os.environ.get("NUMBA_DISABLE_JIT"):
        pytest.skip("this is the run without it")
    files = [str(next(TESTS.rglob(name))) for name in names]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", *files],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]


def run(
    *arguments: str | Path, env: Mapping[str, str] | None = None, cwd: Path | None = None, seconds: float = 120
) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own. It must end by itself."""
    environment = dict(os.environ if env is None else env)
    if not prepared.fits(environment):
        return subprocess.run(
            command(*arguments), capture_output=True, text=True, encoding="utf-8", timeout=seconds, check=False,
            env=environment, cwd=cwd,
        )  # fmt: skip
    given = [os.fspath(argument) for argument in arguments]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, open(os.devnull, "rb") as nothing:
        streams = (nothing.fileno(), out.fileno(), err.fileno())
        running = prepared.start(prepared.serving(), given, streams, environment, os.fspath(cwd or Path.cwd()))
        status = running.wait(seconds)
        said = [(stream.seek(0), stream.read().decode())[1].replace("\r\n", "\n") for stream in (out, err)]
    return subprocess.CompletedProcess(given, status, *said)


def estimate_document(estimating: Main, *arguments: str | Path) -> dict[str, Any]:
    """What it prints as JSON, parsed."""
    status, out, err = estimating(*arguments, "--format", "json", "-q")
    assert (status, err) == (0, "")
    document: dict[str, Any] = json.loads(out)
    return document
