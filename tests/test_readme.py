"""What the README shows of estimate, train, compare and peek is what they print."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from support import REPOSITORY, run

BLOCKS = re.findall(r"```text\n(.*?)```", (REPOSITORY / "README.md").read_text("utf-8"), re.DOTALL)
SHOWN = [
    (command, lines.splitlines())
    for block in BLOCKS
    for command, lines in re.findall(
        r"^\$ corpuscheck ((?:estimate|train|compare|peek) .*)\n((?:(?!\$ ).*\n)*)", block, re.M
    )
]


@pytest.mark.parametrize(("command", "lines"), SHOWN, ids=[command.split()[0] for command, _ in SHOWN])
def test_each_line_is_printed_in_this_order(command: str, lines: list[str], tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(REPOSITORY / "examples")
    if command.startswith("compare"):
        assert run("train", "examples/rare-syllables", "-o", "tokenizer", cwd=tmp_path).returncode == 0
    done = run(*shlex.split(command), cwd=tmp_path, env={**os.environ, "COLUMNS": "100"})
    assert done.returncode == 0, done.stderr
    printed = iter(done.stdout.splitlines())
    for line in lines:
        assert line == "…" or line in printed, done.stdout


def test_each_command_is_shown() -> None:
    assert {command.split()[0] for command, _ in SHOWN} == {"estimate", "train", "compare", "peek"}
