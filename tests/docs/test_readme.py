"""README says in a few lines what is true, in both languages.

UPDATE_GOLDEN=1 writes the reports anew that pages show whole; look at the difference before committing it.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from pages import KOREAN, LEFT_OUT, PAGES, README, Shown, fenced, marked, shown
from support import REPOSITORY, run

SHOWN = list(shown(PAGES))


def _printed(command: str, folder: Path) -> str:
    (folder / "examples").symlink_to(REPOSITORY / "examples")
    if command.startswith("compare"):
        assert run("train", "examples/rare-syllables", "-o", "tokenizer", cwd=folder).returncode == 0
    done = run(*shlex.split(command), cwd=folder, env={**os.environ, "COLUMNS": "100"})
    assert done.returncode == int("NOT READY" in done.stdout), done.stderr
    return done.stdout


@pytest.mark.few(1)
@pytest.mark.parametrize("example", SHOWN, ids=str)
def test_what_a_page_shows_is_what_the_command_prints(example: Shown, tmp_path: Path) -> None:
    printed = _printed(example.command, tmp_path)
    if LEFT_OUT in example.lines.splitlines():  # each line in this order, with others between
        left = iter(printed.splitlines())
        assert [line for line in example.lines.splitlines() if line != LEFT_OUT and line not in left] == [], printed
        return
    if os.environ.get("UPDATE_GOLDEN"):
        page = example.page
        page.write_text(page.read_text("utf-8").replace(example.lines, printed), "utf-8", newline="\n")
        return
    assert example.lines == printed


def test_each_command_is_shown() -> None:
    assert {example.command.split()[0] for example in SHOWN} == {
        "scan",
        "estimate",
        "train",
        "compare",
        "peek",
        "clean",
    }


@pytest.mark.parametrize("page", [README, KOREAN], ids=lambda page: page.name)
def test_the_first_report_is_that_of_the_first_command(page: Path) -> None:
    """Whoever has pasted the lines that set up and scan sees what is printed below them, whole, on one screen."""
    *_, last = marked(page, "try-it").splitlines()
    first = next(iter(shown([page])))
    assert last == f".venv/bin/corpuscheck {first.command}"
    assert LEFT_OUT not in first.lines.splitlines()
    assert first.lines.count("\n") <= 24


def test_the_readme_is_short() -> None:
    assert len(README.read_bytes()) <= 9000
    assert len(KOREAN.read_bytes()) <= 9000


def test_both_languages_have_the_same_commands_and_the_same_report() -> None:
    english, korean = (list(fenced(page, "sh", "text")) for page in (README, KOREAN))
    tests = marked(README, "test-it")
    assert korean == [block for block in english if block != tests]
    commands = [set(re.findall(r"`((?:uvx|pipx|corpuscheck) .+?)`", p.read_text("utf-8"))) for p in (README, KOREAN)]
    assert {" ".join(command.split()) for command in commands[0]} == {
        " ".join(command.split()) for command in commands[1]
    }


def test_the_readme_has_four_uses() -> None:
    uses = [block.split()[1] for block in fenced(README, "sh") if block.startswith("corpuscheck ")]
    assert uses == ["scan", "estimate", "clean", "scan"]
