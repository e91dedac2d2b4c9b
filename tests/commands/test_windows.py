"""What Windows does differently, as far as another system can show it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support import EXAMPLES, TESTS, quick_command, quick_command_in, run, write_files

from corpuscheck.files import unwinding, writing
from corpuscheck.reading.discover import portable
from corpuscheck.running.pool import Pool

AS_WINDOWS = [sys.executable, str(TESTS / "as_windows.py")]


def _ended(command: list[str], *arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*command, *arguments],
        cwd=cwd, env={**os.environ, **environment}, capture_output=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.few(1)
@pytest.mark.parametrize(
    "arguments",
    [
        ["scan", "news", "--document", "line", "--jobs", "2", "--no-cache", "--format", "json"],
        ["scan", "broken", "--save", "a.ccp", "--format", "json"],
        pytest.param(["peek", "broken", "-n", "2"], marks=pytest.mark.thorough),
        ["train", "rare", "-o", "tokenizer"],
        ["compare", "rare", "--train", "--tokenizer", "odd.json"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_without_what_windows_lacks_the_answer_is_the_same(arguments: list[str], tmp_path: Path) -> None:
    """No fcntl, no resource, no users, fewer signals and flags of files: nothing of it is needed."""
    answers = []
    for name, start in (("here", quick_command()), ("windows", AS_WINDOWS)):
        folder = tmp_path / name
        folder.mkdir()
        for link, target in (("news", "korean-news"), ("broken", "broken"), ("rare", "rare-syllables")):
            (folder / link).symlink_to(EXAMPLES / target)
        write_files(folder, {"odd.json": _byte_level()})
        done = _ended(start, *arguments, cwd=folder)
        answers.append((done.returncode, done.stdout, done.stderr))
    assert answers[0] == answers[1]
    assert answers[0][0] in (0, 1)


def _byte_level() -> str:
    """A tokenizer that is asked in a process of its own, with a deadline."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.BPE({"a": 0, "<unk>": 1}, [], unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return tokenizer.to_str()


ENCODINGS = [
    "cp1252",
    "cp949",
    *(pytest.param(name, marks=pytest.mark.thorough) for name in ("cp437", "latin-1", "ascii")),
]


@pytest.mark.few(1)
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    "arguments", ["rules", "explain CC110", "scan --help", "scan broken --no-cache", "peek broken"]
)
def test_a_console_that_lacks_characters_shows_question_marks(arguments: str, encoding: str, tmp_path: Path) -> None:
    (tmp_path / "broken").symlink_to(EXAMPLES / "broken")
    done = _ended(quick_command_in(encoding, *arguments.split()), cwd=tmp_path)
    assert done.returncode == run(*arguments.split(), cwd=tmp_path).returncode, done.stderr
    assert done.stdout
    assert b"Error" not in done.stderr


@pytest.mark.parametrize(
    ("path", "separator", "written"),
    [
        (r"corpus\news\a.txt", "\\", "corpus/news/a.txt"),
        (r"C:\corpus\a.txt", "\\", "C:/corpus/a.txt"),
        (r"\\server\share\a.txt", "\\", "//server/share/a.txt"),
        ("corpus/a.txt", "\\", "corpus/a.txt"),
        (r"corpus/a\b.txt", "/", r"corpus/a\b.txt"),  # elsewhere a backslash is a character like others
    ],
)
def test_a_profile_names_files_alike_on_all_systems(path: str, separator: str, written: str) -> None:
    assert portable(path, separator) == written


def test_no_more_processes_than_windows_can_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert Pool(100, processes=True)._jobs == 61
    assert Pool(100, processes=False)._jobs == 100
    assert Pool(8, processes=True)._jobs == 8


def test_signals_that_a_system_lacks_are_no_trouble() -> None:
    assert signal.SIGTERM in unwinding._ENDING
    assert all(isinstance(number, signal.Signals) for number in unwinding._ENDING)


@pytest.mark.parametrize("just_now", [True, False], ids=["another program is at work", "a program was killed"])
def test_without_locks_a_folder_that_was_put_aside_comes_back_when_nobody_is_at_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, just_now: bool
) -> None:
    folder = write_files(tmp_path, {"tokenizer/vocab.txt": "old"}) / "tokenizer"
    os.utime(folder, (100, 100))
    monkeypatch.setattr(writing, "fcntl", None)
    rename = os.rename
    renamed: list[os.PathLike[str]] = []

    def killed_after_one(one: os.PathLike[str], other: os.PathLike[str]) -> None:
        if renamed:
            raise KeyboardInterrupt
        renamed.append(other)
        rename(one, other)

    monkeypatch.setattr(os, "rename", killed_after_one)
    with pytest.raises(KeyboardInterrupt):
        writing._by_two_steps(tmp_path / "new", folder)
    monkeypatch.setattr(os, "rename", rename)
    assert not folder.exists()
    if not just_now:
        os.utime(renamed[0], (100, 100))
    writing.restore(folder)
    assert folder.exists() is not just_now
