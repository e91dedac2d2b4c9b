"""What README shows of a command is what the command prints, 100 columns wide.

UPDATE_GOLDEN=1 writes the reports anew that are shown whole; look at the difference before committing it.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from support import REPOSITORY, run

README = REPOSITORY / "README.md"
TEXT = README.read_text("utf-8")
BLOCKS = re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)
SHOWN = [
    (command, lines)
    for block in BLOCKS
    for command, lines in re.findall(
        r"^\$ corpuscheck ((?:scan|estimate|train|compare|peek) .*)\n((?:(?!\$ ).*\n)*)", block, re.M
    )
]
LEFT_OUT = "…"


def _printed(command: str, folder: Path) -> str:
    (folder / "examples").symlink_to(REPOSITORY / "examples")
    if command.startswith("compare"):
        assert run("train", "examples/rare-syllables", "-o", "tokenizer", cwd=folder).returncode == 0
    done = run(*shlex.split(command), cwd=folder, env={**os.environ, "COLUMNS": "100"})
    assert done.returncode == int("NOT READY" in done.stdout), done.stderr
    return done.stdout


@pytest.mark.parametrize(("command", "shown"), SHOWN, ids=[command for command, _ in SHOWN])
def test_what_is_shown_is_what_the_command_prints(command: str, shown: str, tmp_path: Path) -> None:
    printed = _printed(command, tmp_path)
    if LEFT_OUT in shown.splitlines():  # each line in this order, with others between
        left = iter(printed.splitlines())
        assert [line for line in shown.splitlines() if line != LEFT_OUT and line not in left] == [], printed
        return
    if os.environ.get("UPDATE_GOLDEN"):
        README.write_text(README.read_text("utf-8").replace(shown, printed), "utf-8", newline="\n")
        shown = printed
    assert shown == printed


def test_each_command_is_shown() -> None:
    assert {command.split()[0] for command, _ in SHOWN} == {"scan", "estimate", "train", "compare", "peek"}


def test_the_first_report_is_that_of_the_first_command() -> None:
    """Whoever has pasted the line that sets up and scans sees what is printed below it, whole."""
    (first,) = re.findall(r"^<!-- try-it -->\n```sh\n.*corpuscheck (scan .*)$", TEXT, re.M)
    command, shown = SHOWN[0]
    assert command == first
    assert LEFT_OUT not in shown.splitlines()
