"""The options that commands share: each has one definition, one meaning and one name in the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest
from support import Main, korean_lines, scanned, write_files, write_vocabulary

from corpuscheck.cli import cli
from corpuscheck.commands.domain import reference
from corpuscheck.commands.options import LIMITS, QUIET, READING, REPORT, RUN, TARGET, Decorator

COMMANDS = {**cli.commands, "reference build": reference.commands["build"]}
READ_TEXT = ("scan", "estimate", "init", "train", "compare", "peek", "reference build")
JUDGE = ("scan", "report", "diff")
READ_PROFILES = ("report", "diff", "merge")

GROUPS: list[tuple[str, list[Decorator], tuple[str, ...]]] = [
    ("how files are read", READING, READ_TEXT),
    ("how it goes about it", RUN, READ_TEXT),
    ("quiet and progress", QUIET, READ_PROFILES),
    ("limits", LIMITS, JUDGE),
    ("reports", REPORT, JUDGE),
    ("the target", TARGET, ("estimate",)),
]


def parameters(group: list[Decorator]) -> list[click.Parameter]:
    def nothing() -> None:
        pass

    for add in group:
        add(nothing)
    return list(nothing.__click_params__)  # type: ignore[attr-defined]


def meaning(option: click.Parameter) -> dict[str, Any]:
    """All that a user can tell of an option."""
    told = option.to_info_dict()
    return {key: told[key] for key in ("opts", "secondary_opts", "type", "default", "multiple", "envvar", "help")}


@pytest.mark.parametrize(
    ("name", "option"),
    [
        pytest.param(name, option, id=f"{name} {option.opts[0]}")
        for _, group, names in GROUPS
        for name in names
        for option in parameters(group)
    ],
)
def test_a_shared_option_means_the_same_in_every_command(name: str, option: click.Parameter) -> None:
    theirs = [other for other in COMMANDS[name].params if other.name == option.name]
    assert [meaning(other) for other in theirs] == [meaning(option)]


def test_no_command_has_an_option_of_its_own_under_a_shared_name() -> None:
    shared = {option.opts[-1]: meaning(option) for _, group, _ in GROUPS for option in parameters(group)}
    own = {"--output", "--format"}  # of estimate and the like: no report on a judgement
    for name, command in COMMANDS.items():
        for option in command.params:
            if option.opts[-1] in shared.keys() - own:
                assert meaning(option) == shared[option.opts[-1]], name


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus of which most options of reading leave a part out."""
    lines = korean_lines(300, seed=4)
    records = "".join(f'{{"body": "{line}", "note": "x"}}\n' for line in lines[:100])
    write_files(
        tmp_path / "data",
        {"a.jsonl": records, "b.txt": "\n".join(lines), "c.txt": "\n".join(lines[:5]).encode("cp949")},
    )
    write_vocabulary(tmp_path / "v.txt", sorted(set("".join(lines))))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def command_line(name: str, *further: str) -> list[str]:
    """A command over the corpus that succeeds."""
    own = {
        "train": ["-o", "tok", "--vocab-size", "3000"],
        "compare": ["--tokenizer", "v.txt", "--tokenizer", "v.txt", "--train", "--vocab-size", "3000"],
        "reference build": ["-o", "r.ccp", "--tokenizer", "v.txt"],
        "init": ["--force", "--tokenizer", "v.txt"],
        "scan": ["--tokenizer", "v.txt", "--fail-on", "never"],
        "estimate": ["--tokenizer", "v.txt"],
    }.get(name, [])
    first = ["general"] if name == "reference build" else []
    return [*name.split(), *first, "data", *own, *further]


EVERYTHING = (
    "--document", "line", "--text-field", "body", "--encoding", "utf-8", "--hint", "ko", "--include", "*.jsonl",
    "--include", "b.txt", "--exclude", "c.txt", "--skip-front-matter", "--jobs", "1", "--quiet", "--no-progress",
)  # fmt: skip


@pytest.mark.few(2)
@pytest.mark.parametrize("name", READ_TEXT)
def test_what_scan_takes_for_reading_can_be_said_to_every_command(name: str, corpus: Path, run_main: Main) -> None:
    status, _, err = run_main(*command_line(name, *EVERYTHING))
    assert (status, err) == (0, "")


@pytest.mark.parametrize("name", READ_TEXT)
def test_an_option_of_reading_from_the_environment_reaches_every_command(
    name: str, corpus: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORPUSCHECK_ENCODING", "utf-9")
    status, _, err = run_main(*command_line(name))
    assert status == 2
    assert "utf-9" in err


@pytest.mark.parametrize("name", [name for name in READ_TEXT if name != "init"])
def test_an_option_of_reading_from_the_file_reaches_every_command(name: str, corpus: Path, run_main: Main) -> None:
    """But for init, which writes the file."""
    write_files(corpus, {"corpuscheck.toml": '\nencoding = "utf-9"\n'})
    status, _, err = run_main(*command_line(name))
    assert status == 2
    assert err.startswith("corpuscheck: corpuscheck.toml:2: --encoding 'utf-9'")


@pytest.mark.thorough
def test_a_file_for_scan_serves_the_other_commands(corpus: Path, run_main: Main) -> None:
    """What it says of reports, limits and a single tokenizer does not get in their way."""
    write_files(
        corpus,
        {
            "corpuscheck.toml": 'paths = ["data"]\ntokenizer = "v.txt"\nformat = "github"\noutput = ["r.json"]\n'
            'quiet = true\ndocument = "line"\nlimit = ["CC301=1%"]\n'
        },
    )
    assert run_main("estimate", "--format", "json")[0] == 0
    assert run_main("estimate", "--articles", "30k", "--mean-bytes", "2kB")[0] == 0
    assert run_main("compare", "data", "--train", "--vocab-size", "3000")[0] == 0
    assert run_main("train", "data", "-o", "tok", "--vocab-size", "3000")[:2] == (0, "")
    assert run_main("peek")[0] == 0
    assert run_main("reference", "build", "general", "data")[0] == 0


def test_commands_that_read_profiles_can_be_quiet(corpus: Path, run_main: Main) -> None:
    scanned(corpus / "data", tokenizer=str(corpus / "v.txt")).result.profile.save("base.ccp")
    for options in ([], ["-q"], ["--quiet", "--no-progress"]):
        assert run_main("report", "base.ccp", "--fail-on", "never", *options)[0] == 0
        assert run_main("diff", "base.ccp", "base.ccp", "--fail-on", "never", *options)[0] == 0
        assert run_main("merge", "base.ccp", "-o", "sum.ccp", *options) == (0, "", "")
