"""Pull requests that make a corpus worse are stopped and say what to do; repaired, they pass."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest
from scratch import NEEDS_GIT_AND_BASH, Repository, branch_of, watched_repository
from support import korean_lines, write_vocabulary

pytestmark = NEEDS_GIT_AND_BASH

Files = Mapping[str, str | bytes]


@pytest.fixture(scope="module")
def main(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return watched_repository(tmp_path_factory.mktemp("main") / "repository")


@pytest.fixture
def branch(main: Repository, tmp_path: Path) -> Repository:
    return branch_of(main, tmp_path / "branch")


def _lines(seed: int, lines: int = 10) -> str:
    return "\n".join(korean_lines(lines, seed=seed)) + "\n"


def _unseen(repository: Repository) -> str:
    """Five good lines, then 200 words, ten in a line, each with a syllable that the corpus does not have."""
    seen = set(repository.text())
    words = [f"{ch}다" for ch in islice((chr(cp) for cp in range(0xAC00, 0xD7A4) if chr(cp) not in seen), 200)]
    return _lines(5, 5) + "".join(" ".join(words[n : n + 10]) + "\n" for n in range(0, 200, 10))


def _tar() -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for n in range(4):
            text = _lines(100 + n, 40).encode()
            member = tarfile.TarInfo(f"{n}.txt")
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text))
    return archive.getvalue()


def _zip() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for n in range(4):
            file.writestr(f"{n}.txt", _lines(200 + n, 40))
    return archive.getvalue()


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]


@dataclass(frozen=True)
class Case:
    """What a branch adds, how it is repaired, and what its author is told."""

    adds: Callable[[Repository], Files]
    repairs: Callable[[Repository], Files]
    rule: str
    file: str
    line: int
    message: str
    advice: str
    others: tuple[str, ...] = ()
    taken_out: tuple[str, ...] = ()


CASES = {
    "a file in CP949": Case(
        lambda _: {"corpus/new.txt": _lines(1).encode("cp949")},
        lambda _: {"corpus/new.txt": _lines(1)},
        "CC704 new-encoding", "corpus/new.txt", 1,
        "an encoding that the baseline does not have: cp949 (1 file)",
        "save these files as UTF-8, for instance with: iconv -f CP949 -t UTF-8 FILE > NEW",
    ),
    "200 characters never seen": Case(
        lambda repository: {"corpus/new.txt": _unseen(repository)},
        lambda _: {"corpus/new.txt": _lines(5, 25)},
        "CC702 lossy-additions", "corpus/new.txt", 6,
        "of the new words are [UNK]",
        "look at the lines named here: repair the text, or train a tokenizer that knows these characters",
    ),
    "copies": Case(
        lambda repository: {
            f"corpus/copies/{n}.txt": (repository.folder / f"corpus/made/0{n}.txt").read_bytes() for n in range(5)
        },
        lambda _: {"corpus/new.txt": _lines(2)},
        "CC708 new-copies", "corpus/copies/0.txt", 1,
        "; here: corpus/copies/0.txt#1 = corpus/made/00.txt#1",
        "take the copies out",
        tuple(f"corpus/copies/{n}.txt" for n in range(1, 5)),
        tuple(f"corpus/copies/{n}.txt" for n in range(5)),
    ),
    "a tar that is cut short": Case(
        lambda _: {"corpus/more.tar.gz": _half(_tar())},
        lambda _: {"corpus/more.tar.gz": _tar()},
        "CC706 new-damage", "corpus/more.tar.gz", 1,
        "new damage, cut short: 1 in 1 file",
        "fetch these files again, or repair them",
    ),
    "a zip that is cut short": Case(
        lambda _: {"corpus/more.zip": _half(_zip())},
        lambda _: {"corpus/more.zip": _zip()},
        "CC707 newly-skipped", "corpus/more.zip", 1,
        "cannot be read: damaged zip data",
        "fetch them again from their source, or take them out",
    ),
}  # fmt: skip


@pytest.mark.few(1)
@pytest.mark.parametrize("name", CASES)
def test_a_bad_pull_request_is_stopped_and_passes_when_it_is_repaired(branch: Repository, name: str) -> None:
    case = CASES[name]
    branch.commit(case.adds(branch))
    stopped = branch.scan("--baseline", "base.ccp", "--format", "github")
    assert (stopped.returncode, stopped.stderr) == (1, "")
    start = f"::error file={case.file},line={case.line},title={case.rule}::"
    (annotation,) = (line for line in stopped.stdout.splitlines() if line.startswith(start))
    said = annotation.removeprefix(start).split("%0A")
    assert case.message in said[0]
    assert said[-1] == case.advice
    for other in case.others:
        assert f"::error file={other},line=1,title={case.rule}::" in stopped.stdout

    branch.commit(case.repairs(branch), *case.taken_out)
    passed = branch.scan("--baseline", "base.ccp", "--format", "github")
    assert (passed.returncode, passed.stderr) == (0, "")
    assert "::error" not in passed.stdout


@pytest.mark.thorough
def test_a_pull_request_that_leaves_the_corpus_alone_changes_nothing(branch: Repository) -> None:
    done = branch.scan("--baseline", "base.ccp", "--format", "markdown")
    _, heading, changes = done.stdout.partition("### What has changed since `base.ccp`?\n\n")
    changes, _, _ = changes.partition("\n\n")
    assert (done.returncode, bool(heading)) == (0, True)
    table = [line.split(" | ") for line in changes.splitlines()[2:]]
    assert all(row[1] == row[2].removesuffix(" |") for row in table[:-1])
    assert table[-1][-1] == "0 % (0 of 0) |"


def test_a_pull_request_that_adds_good_text_passes(branch: Repository) -> None:
    branch.commit({"corpus/new.txt": _lines(3), "notes.md": "not in the corpus folder"})
    assert branch.scan("--baseline", "base.ccp").returncode == 0


@pytest.mark.thorough
def test_a_corpus_that_shrinks_is_stopped_until_a_new_baseline_accepts_it(branch: Repository) -> None:
    branch.commit({}, "corpus/made/07.txt", "corpus/made/08.txt")
    limits = branch.folder / "corpuscheck.toml"
    limits.write_text(limits.read_text("utf-8").replace("min-size", "# min-size"), "utf-8")
    stopped = branch.scan("--baseline", "base.ccp", "--format", "github")
    assert stopped.returncode == 1
    start = "::error file=corpus/made/08.txt,line=1,title=CC705 shrinkage::"
    (annotation,) = (line for line in stopped.stdout.splitlines() if line.startswith(start))
    assert annotation.endswith("%0Abring the text back, or save a new baseline if it was meant to go")

    assert branch.scan("--save", "base.ccp").returncode == 0
    branch.commit({})
    assert branch.scan("--baseline", "base.ccp").returncode == 0


@pytest.mark.thorough
def test_keeping_the_tokenizer_accepts_a_change_too(branch: Repository) -> None:
    branch.commit({"corpus/new.txt": _unseen(branch)})
    assert branch.scan("--baseline", "base.ccp", "--save", "base.ccp").returncode == 1
    limits = branch.folder / "corpuscheck.toml"
    limits.write_text(limits.read_text("utf-8").replace("max-unk-rate", "# max-unk-rate"), "utf-8")
    after = branch.scan("--baseline", "base.ccp", "--format", "github", "--max-unk-rate", "0.1")
    assert (after.returncode, "CC702" in after.stdout) == (0, False)


def _missing(branch: Repository) -> list[str]:
    (branch.folder / "base.ccp").unlink()
    return []


def _damaged(branch: Repository) -> list[str]:
    path = branch.folder / "base.ccp"
    path.write_bytes(_half(path.read_bytes()))
    return []


def _no_profile(branch: Repository) -> list[str]:
    (branch.folder / "base.ccp").write_text("version https://git-lfs.github.com/spec/v1\n")
    return []


def _other_tokenizer(branch: Repository) -> list[str]:
    return ["--tokenizer", write_vocabulary(branch.folder / "vocab.txt", branch.text())]


def _other_settings(branch: Repository) -> list[str]:
    path = branch.folder / "corpuscheck.toml"
    path.write_text('document = "line"\n' + path.read_text("utf-8"), "utf-8")
    return []


@pytest.mark.few(3)
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_missing, "base.ccp: cannot be read (No such file or directory)"),
        (_damaged, "base.ccp: damaged profile"),
        (_no_profile, "base.ccp: not a corpuscheck profile"),
        (_other_tokenizer, "scan with --baseline base.ccp and without --tokenizer, or save a new baseline"),
        (_other_settings, "base.ccp was read with other settings (then the defaults, now document line)"),
    ],
)
def test_a_baseline_that_does_not_fit_is_no_pass(
    branch: Repository, change: Callable[[Repository], list[str]], reason: str
) -> None:
    done = branch.scan("--baseline", "base.ccp", *change(branch))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("corpuscheck: ")
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1
