"""What a runner of continuous integration takes for a command never comes from a corpus, on either stream."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from support import Main, write_files, write_vocabulary

from corpuscheck.text.printable import guarded, printable
from corpuscheck.values.json_text import report_bytes

PLANTED = "##[add-mask]x"
NAME = "##vso[task.setvariable variable=a]b.txt"
TEXT = f"::error::가 나\n   ::set-env name=PATH::x\n가 {PLANTED} 나 ###[group]y ##TeamCity[z\n\t::stop-commands::k\n"


def commands_in(printed: str) -> list[str]:
    """The lines that a runner of GitHub, Azure or TeamCity would obey: `::` begins them, `##[` or `##name[` is in."""
    lines = re.split(r"\r\n|\r|\n", printed)
    return [line for line in lines if line.lstrip().startswith("::") or re.search(r"##\w*\[", line)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("##[error]a", "#\\u0023[error]a"),
        ("a ##[group]", "a #\\u0023[group]"),
        ("###[x]", "##\\u0023[x]"),
        ("####[x]", "###\\u0023[x]"),
        ("##vso[task.complete]", "#\\u0023vso[task.complete]"),
        ("##VSO[x]##teamcity[y", "#\\u0023VSO[x]#\\u0023teamcity[y"),
        ("## [x]", "## [x]"),
        ("#[x] ##x ##", "#[x] ##x ##"),
        ("a::b", "a::b"),
    ],
)
def test_commands_anywhere_in_a_line_are_broken_up(text: str, shown: str) -> None:
    assert printable(text) == guarded(text) == shown
    assert commands_in(shown) == []


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        ("::error::a", "\\u003a:error::a"),
        ("a\n \t::b\n\n::c", "a\n \t\\u003a:b\n\n\\u003a:c"),
        ("\u00a0\u3000::b", "\u00a0\u3000\\u003a:b"),
        ("a ::b: c", "a ::b: c"),
        (":a:", ":a:"),
    ],
)
def test_commands_at_the_beginning_of_a_line_are_broken_up(lines: str, shown: str) -> None:
    assert guarded(lines) == shown
    assert commands_in(shown) == []


@pytest.mark.parametrize(
    "text",
    [
        "##[error]", "\\##[x]", "\x9b1m \x85 \x7f \x1b[31m", "\u202e \u2066 \u200b \u2028 \u2029 \ufeff \u00ad",
        "\U000e0001 tag", "가\n나\t다 \"'\\", "plain",
    ],
)  # fmt: skip
def test_json_is_read_back_as_it_was_and_steers_nothing(text: str) -> None:
    printed = report_bytes({"text": text, text: [text]}).decode()
    assert json.loads(printed) == {"text": text, text: [text]}
    assert commands_in(printed) == []
    assert all(ch.isprintable() or ch == "\n" for ch in printed)


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_files(
        tmp_path / "data",
        {NAME: TEXT * 30, "::error::a.txt": TEXT + "\udc80".encode("utf-8", "surrogatepass").decode("latin-1")},
    )
    write_files(tmp_path / "data", {"::set-output name=x::y.bin": b"\x89PNG\r\n\x1a\n" * 9, "[": f"{PLANTED}\n\u202e"})
    write_vocabulary(tmp_path / "v.txt", "가")
    return tmp_path


SCAN = ["scan", "data", "--tokenizer", "v.txt", "--fail-on", "never"]
COMMANDS: list[list[str]] = [
    *([*SCAN, "--format", name] for name in ("text", "concise", "json", "markdown", "gitlab", "junit", "sarif")),
    [*SCAN, "--full", "-v"],
    [*SCAN, "--files", "/dev/stdout", "--output", "concise=/dev/stderr"],
    ["peek", "data"],
    ["peek", "data", "--format", "json"],
    ["peek", "data", "--word", "가", "--word", PLANTED, "-n", "20"],
    ["peek", "data", "--word", "::error::", "--bytes", "40"],
    ["peek", "data", "--rule", "CC301", "--tokenizer", "v.txt"],
    ["peek", "data", "--rule", "CC501"],
    ["estimate", "data", "--tokenizer", "v.txt"],
    ["estimate", "data", "--tokenizer", "v.txt", "--format", "json"],
    ["compare", "data", "--tokenizer", "v.txt", "--tokenizer", "v.txt"],
    ["compare", "data", "--tokenizer", "v.txt", "--tokenizer", "v.txt", "--format", "json"],
    ["reference", "build", PLANTED, "data", "--tokenizer", "v.txt", "-o", "r.ccp"],
    ["scan", f"{PLANTED}\n::error::b"],
    ["scan", "data", "--encoding", PLANTED],
    ["scan", "data", "--severity", "\n::error::a=b"],
    ["scan", "data", "--format", f"{PLANTED}\n::error::"],
    ["scan", "data", "--vocab-size", "\n::error::##[x]"],
    ["explain", "\n::error::##[x]"],
    ["report", f"{PLANTED}\n::error::b.ccp"],
    ["\n::error::##[x]"],
    ["scan", "--show-config", "--exclude", f"\n::error::{PLANTED}"],
]


@pytest.mark.few(4)
@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda a: " ".join(a)[:60].replace("\n", " "))
def test_no_command_prints_one_on_either_stream(arguments: list[str], corpus: Path, run_main: Main) -> None:
    _, out, err = run_main(*arguments)
    assert out + err
    assert commands_in(out) == []
    assert commands_in(err) == []


def test_a_report_of_commands_holds_its_own_alone(corpus: Path, run_main: Main) -> None:
    _, out, err = run_main(*SCAN, "--format", "github")
    assert commands_in(err) == []
    assert all(re.match(r"::(error|warning|notice) (file|title)=", line) for line in out.splitlines())
    assert not re.search(r"##\w*\[", out)


def test_a_configuration_that_is_wrong_says_so_without_commands(corpus: Path, run_main: Main) -> None:
    for text in (f'"{PLANTED}" = 1', f'"\\n::error::" = "{PLANTED}"', f'hint = "{PLANTED}"', f"[{PLANTED}"):
        write_files(corpus, {"corpuscheck.toml": text})
        status, out, err = run_main("scan", "data")
        assert status == 2
        assert commands_in(out + err) == []


def test_text_that_a_mark_or_a_line_end_cuts_makes_no_command(corpus: Path, run_main: Main) -> None:
    """A highlight begins between the signs, and lines are folded where the command begins."""
    write_files(corpus / "cut", {"a.txt": "##[error]가 " + "x" * 200 + "::error::y" * 40 + "\n"})
    for word in ("[", "#", "##", "error", "::"):
        for form in ("text", "json"):
            _, out, err = run_main("peek", "cut", "--word", word, "--format", form)
            assert commands_in(out + err) == []
