"""Standard output that cannot take everything: another encoding, a full disk, a reader that has gone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from support import EXAMPLES, command, run

RARE = EXAMPLES / "rare-syllables"


@pytest.mark.parametrize("encoding", ["ascii", "cp949", "cp1252"])
def test_terminal_report_in_an_encoding_that_lacks_characters(encoding: str) -> None:
    """As on a Korean Windows, where what is redirected to a file is CP949."""
    env = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run(command("scan", RARE), capture_output=True, timeout=120, check=False, env=env)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    report = done.stdout.decode(encoding)
    assert "NOT READY" in report
    assert "--limit-alphabet" in report
    assert ("ㅍ" in report) == (encoding == "cp949")


def test_json_is_utf8_whatever_the_terminal_is() -> None:
    done = run("scan", RARE, "--format", "json", env={**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"})
    assert done.returncode == 1
    assert "ㅍ" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("form", ["text", "json"])
def test_full_disk_is_an_error_and_not_a_verdict(form: str) -> None:
    with open("/dev/full", "wb") as full:
        line = command("scan", RARE, "--format", form, "-q")
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, timeout=120, check=False, text=True)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("corpuscheck: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("form", ["text", "json"])
def test_reader_that_goes_away(form: str) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        line = command("scan", RARE, "--format", form, "-q")
        done = subprocess.run(line, stdout=write, stderr=subprocess.PIPE, timeout=120, check=False, text=True)
    finally:
        os.close(write)
    assert "Traceback" not in done.stderr
    assert done.stderr == ""
    assert done.returncode == 141
