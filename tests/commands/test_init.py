"""`init`: the configuration that it writes loads, and the corpus as it is passes with it."""

from __future__ import annotations

import os
import shutil
import sys
import tomllib
from pathlib import Path

import pytest
from support import EXAMPLES, Main, korean_lines, write_files, write_vocabulary


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def initialised(run_main: Main, *arguments: str | Path) -> dict[str, object]:
    """What stands in the file that `init` has written."""
    status, out, err = run_main("init", *arguments)
    assert (status, out) == (0, "")
    assert err.endswith("wrote corpuscheck.toml; next: corpuscheck scan --save base.ccp\n")
    return tomllib.loads(Path("corpuscheck.toml").read_text("utf-8"))


@pytest.mark.few(1)
@pytest.mark.parametrize("name", sorted(p.name for p in EXAMPLES.iterdir() if p.is_dir()))
def test_every_example_passes_with_its_own_limits(name: str, run_main: Main) -> None:
    shutil.copytree(EXAMPLES / name, name)
    assert initialised(run_main, name)["paths"] == [name]
    status, out, err = run_main("scan", "-q")
    assert (status, err) == (0, ""), out
    assert "NOT READY" not in out


@pytest.mark.thorough
def test_limits_are_those_of_today(run_main: Main) -> None:
    shutil.copytree(EXAMPLES / "broken", "broken")
    initialised(run_main, "broken")
    assert run_main("scan", "-q")[0] == 0
    Path("broken/another.txt").write_bytes("한국어 문장이 여기 있다. ".encode() * 20 + b"\xff" + "끝".encode() * 20)
    assert run_main("scan", "-q", "--fail-on", "warning")[0] == 1


def test_options_given_to_it_are_kept(tmp_path: Path, run_main: Main) -> None:
    write_files(tmp_path, {"data/a.txt": "\n".join(korean_lines(50)), "data/drafts/b.txt": "가"})
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", "가나다")
    options = ["--tokenizer", vocabulary, "--document", "line", "--exclude", "drafts/", "--skip-front-matter"]
    written = initialised(run_main, "data", *options)
    assert written | {
        "paths": ["data"], "tokenizer": vocabulary, "document": "line", "exclude": ["drafts/"],
        "skip-front-matter": True,
    } == written  # fmt: skip
    assert run_main("scan", "-q")[0] == 0


def test_options_that_have_their_defaults_are_not_written(tmp_path: Path, run_main: Main) -> None:
    write_files(tmp_path, {"data/a.txt": "\n".join(korean_lines(50))})
    written = initialised(run_main, "data", "--layout", "auto", "--document", "file")
    assert written.keys().isdisjoint({"layout", "document", "include", "strip-markup"})


def test_a_corpus_that_the_tokenizer_does_not_know_at_all(tmp_path: Path, run_main: Main) -> None:
    write_files(tmp_path, {"data/a.txt": "\n".join(korean_lines(50))})
    written = initialised(run_main, "data", "--tokenizer", write_vocabulary(tmp_path / "vocab.txt", "a"))
    assert written["max-unk-rate"] == 1.0
    assert run_main("scan", "-q")[0] == 0


def test_a_file_that_is_there_is_not_replaced(tmp_path: Path, run_main: Main) -> None:
    write_files(tmp_path, {"corpuscheck.toml": "jobs = 1", "a.txt": "가나다 라마바"})
    status, _, err = run_main("init", "a.txt")
    assert (status, err) == (2, "corpuscheck: corpuscheck.toml is there already: --force replaces it\n")
    assert Path("corpuscheck.toml").read_text() == "jobs = 1"
    assert initialised(run_main, "a.txt", "--force")["paths"] == ["a.txt"]


def test_the_files_of_this_program_are_no_part_of_the_corpus(tmp_path: Path, run_main: Main) -> None:
    """Configuration, cache, saved profiles and reports may lie beside the text."""
    write_files(tmp_path, {"a.txt": "가나다 라마바", ".corpuscheckignore": "*.jsonl"})
    initialised(run_main, ".")
    assert run_main("scan", "-q", "--save", "base.ccp", "--files", "f.jsonl")[0] == 0
    status, out, _ = run_main("scan", "--baseline", "base.ccp", "--format", "concise", "--select", "CC7", "-q")
    assert (status, out.splitlines()[-1].partition(":")[0]) == (0, "READY")


@pytest.mark.few(2)
@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not allow such names")
@pytest.mark.parametrize("name", ['q"uo\\te', "new\nline", "\x7f\x1b[31m", "#=[x]", "'''", "가 나 😀", "\u202e"])
def test_hostile_names_stay_valid_toml(name: str, tmp_path: Path, run_main: Main) -> None:
    write_files(tmp_path, {f"{name}/{name}.txt": b"\xea\xb0\x80 \xff " * 30 + "나".encode()})
    assert initialised(run_main, name)["paths"] == [name]
    assert run_main("scan", "-q")[0] == 0


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not allow such names")
def test_a_name_that_is_not_unicode_cannot_stand_in_it(tmp_path: Path, run_main: Main) -> None:
    (tmp_path / os.fsdecode(b"\xff.txt")).write_text("가나다 라마바")
    status, _, err = run_main("init", os.fsdecode(b"\xff.txt"))
    assert status == 2
    assert err.splitlines()[-1].endswith("a name that is not Unicode cannot stand in a configuration file")
    assert not Path("corpuscheck.toml").exists()
