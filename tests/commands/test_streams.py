"""Standard output that cannot take everything: another encoding, a full disk, a reader that has gone."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support import EXAMPLES, Main, command, quick_command, quick_command_in

RARE = EXAMPLES / "rare-syllables"


@pytest.mark.few(1)
@pytest.mark.parametrize("encoding", ["ascii", "cp949", "cp1252"])
def test_terminal_report_in_an_encoding_that_lacks_characters(encoding: str) -> None:
    """As on a Korean Windows, where what is redirected to a file is CP949."""
    line, env = quick_command_in(encoding, "scan", RARE), None
    if encoding == "cp949":  # as Python itself is told
        line, env = command("scan", RARE), {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run(line, capture_output=True, timeout=120, check=False, env=env)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    report = done.stdout.decode(encoding)
    assert "NOT READY" in report
    assert "--tokenizer" in report
    assert ("ㅍ" in report) == (encoding == "cp949")


def test_json_is_utf8_whatever_the_terminal_is() -> None:
    line = quick_command_in("cp1252", "scan", RARE, "--format", "json")
    done = subprocess.run(line, capture_output=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "ㅍ" in done.stdout.decode()


@pytest.mark.few(1)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("form", ["text", "json"])
def test_full_disk_is_an_error_and_not_a_verdict(form: str) -> None:
    with open("/dev/full", "wb") as full:
        line = quick_command("scan", RARE, "--format", form, "-q")
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, timeout=120, check=False, text=True)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("corpuscheck: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.few(1)
@pytest.mark.parametrize("form", ["text", "json"])
def test_reader_that_goes_away(form: str) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        line = (command if form == "text" else quick_command)("scan", RARE, "--format", form, "-q")
        done = subprocess.run(line, stdout=write, stderr=subprocess.PIPE, timeout=120, check=False, text=True)
    finally:
        os.close(write)
    assert "Traceback" not in done.stderr
    assert done.stderr == ""
    assert done.returncode == 141


COMMANDS = ("--help", "--version", "rules", "explain CC301", "scan --help", "reference --help", "rules --show-config")


REDIRECTIONS = {
    ">/dev/full": 2, ">&-": 2, "<&- >&- 2>&-": 2, "<&- >/dev/null": 0, "2>&- >/dev/null": 0,
    "2>/dev/full >/dev/null": 0, "| true": 141,
}  # fmt: skip
TRIED = [
    (line, redirection, status)
    for number, line in enumerate(COMMANDS)
    for other, (redirection, status) in enumerate(REDIRECTIONS.items())
    if line in ("--help", "rules --show-config") or other in (0, number)
]
"""What a command says is printed in one of two ways, each with all redirections; the others with the first, and one."""


@pytest.mark.few(4)
@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell")
@pytest.mark.parametrize(
    ("line", "redirection", "status"),
    [
        pytest.param(*tried, marks=[] if number % 4 == 0 or tried[0] == "--help" else [pytest.mark.thorough])
        for number, tried in enumerate(TRIED)
    ],
)
def test_every_command_says_what_became_of_its_output(line: str, redirection: str, status: int) -> None:
    program = " ".join(map(shlex.quote, command(*line.split())))
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {program} {redirection}"],
        capture_output=True,
        timeout=120,
        check=False,
        text=True,
    )
    assert done.returncode == status
    lines = status == 2 and "2>" not in redirection
    assert done.stderr.count("\n") == lines
    if lines:
        assert done.stderr.startswith("corpuscheck: the report cannot be written to standard output (")


def test_fault_of_the_program_is_status_2_and_one_line(
    run_main: Main, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for error, told in (
        (TypeError("odd"), "internal error: TypeError (odd) in "),
        (RecursionError(), "internal error: RecursionError in "),
        (EOFError(), "internal error: EOFError in "),
        (SystemExit(1), "internal error: SystemExit (1) in "),
        (MemoryError(), "not enough memory"),
        (OSError(5, "Input/output error", "a.txt"), "a.txt: Input/output error"),
    ):
        monkeypatch.setattr("corpuscheck.api.merge_profiles", _raising(error))
        status, out, err = run_main("merge", "a.ccp", "-o", tmp_path / "b.ccp")
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert err.startswith(f"corpuscheck: {told}")
    monkeypatch.setenv("CORPUSCHECK_DEBUG", "1")
    assert "Traceback" in run_main("merge", "a.ccp", "-o", tmp_path / "b.ccp")[2]


def _raising(error: BaseException) -> Callable[..., None]:
    def broken(*_: object) -> None:
        raise error

    return broken


@pytest.mark.skipif(not Path("/proc").exists(), reason="a limit of the address space")
@pytest.mark.few(1)
@pytest.mark.parametrize("kilobytes", [550_000, 600_000, 500_000, 400_000, 300_000])
def test_too_little_memory_is_status_2_and_one_line(kilobytes: int) -> None:
    program = " ".join(map(shlex.quote, command("scan", RARE, "--no-cache", "-q")))
    line = ["bash", "-c", f"ulimit -v {kilobytes}; {program}"]
    done = subprocess.run(line, capture_output=True, timeout=120, check=False, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
