"""peek on the command line: what it prints, how it ends."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from support import EXAMPLES, Main, korean_lines, quick_command, run, write_files


def _documents(folder: Path) -> None:
    """Korean and English ones, copies, repeated lines, long words."""
    lines = korean_lines(30, 3)
    write_files(folder, {f"{k}.txt": "\n".join(lines[k:] * 2) for k in range(6)})
    write_files(folder, {"long.txt": "the word " * 300 + "QUJD" * 900, "again.txt": "the word " * 300})


def test_the_examples_in_the_command_line(run_main: Main) -> None:
    status, out, err = run_main("peek", EXAMPLES / "korean-news", "--word", "힘", "-q")
    assert (status, err) == (0, "")
    assert "⟦힘⟧을" in out


@pytest.mark.few(2)
@pytest.mark.parametrize("width", ["80", "120"])
@pytest.mark.parametrize("arguments", [[], ["--rule", "CC405"], ["--rule", "CC503"], ["--word", "the"]], ids=str)
def test_lines_fit_the_width(tmp_path: Path, width: str, arguments: list[str]) -> None:
    from rich.cells import cell_len

    _documents(tmp_path)
    done = run("peek", tmp_path, *arguments, "-q", env={**os.environ, "COLUMNS": width})
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert max(map(cell_len, done.stdout.splitlines())) <= int(width)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["--rule", "CC412"], "no document is named by CC412"), (["--word", "zzz"], "none of 1 document holds 'zzz'"),
     (["--rule", "CC501"], "no document is named by CC501")],
)  # fmt: skip
def test_nothing_found_says_so(tmp_path: Path, run_main: Main, arguments: list[str], says: str) -> None:
    write_files(tmp_path, {"a.txt": "one document"})
    status, out, _ = run_main("peek", tmp_path, *arguments, "-q")
    assert (status, out.strip()) == (0, says)
    assert json.loads(run_main("peek", tmp_path, *arguments, "-q", "--format", "json")[1])["documents"] == []


def test_an_empty_corpus_is_an_error_as_in_scan(tmp_path: Path, run_main: Main) -> None:
    status, _, err = run_main("peek", tmp_path)
    assert (status, err.count("\n")) == (2, 1)
    assert "nothing to scan" in err


@pytest.mark.parametrize(
    "arguments",
    [["--rule", "CC1"], ["--word", ""], ["--rule", "CC405", "--word", "a"], ["-n", "0"], ["--bytes", "0"], []],
)
def test_what_cannot_be_asked(tmp_path: Path, run_main: Main, arguments: list[str]) -> None:
    paths = [write_files(tmp_path, {"a.txt": "text"})] if arguments else []
    status, out, err = run_main("peek", *paths, *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    _documents(tmp_path)
    process = subprocess.Popen(
        quick_command("peek", tmp_path, "-n", "20", "-q", "--bytes", "100kB"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) in (0, 141)
    assert said == b""


def test_ignored_files_and_the_configuration_count(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.txt": "one\ntwo", "b.txt": "left out", ".corpuscheckignore": "b.txt\n",
                           "corpuscheck.toml": 'document = "line"\npaths = ["."]\nformat = "github"\n'})  # fmt: skip
    assert "2 of 2 documents" in run("peek", "-q", cwd=tmp_path).stdout
    done = run("peek", "--format", "json", "-q", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(row["text"] for row in json.loads(done.stdout)["documents"]) == ["one", "two"]
