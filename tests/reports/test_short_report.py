"""The report that a scan prints by itself: about a screen, generic for whatever is found, the verdict at its end."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from results import examples_result, full_result, hostile_result
from rich.cells import cell_len
from rich.console import Console
from support import (
    EXAMPLES,
    REPOSITORY,
    Main,
    example,
    korean_lines,
    scanned,
    terminal_report,
    write_files,
    write_vocabulary,
)

from corpuscheck.reports.terminal.report import render_terminal
from corpuscheck.result.place import Place
from corpuscheck.result.result import Finding, Result, SkippedRule
from corpuscheck.settings import Severity

NAMES = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)


def _short(result: Result, width: int = 80) -> list[str]:
    return terminal_report(result, width, full=False).splitlines()


def _with(*findings: Finding) -> Result:
    return replace(examples_result(), findings=findings)


def _finding(rule: str, severity: Severity = "warning", message: str = "told", places: int = 0) -> Finding:
    where = tuple(Place(f"folder/{k}.txt", 7) for k in range(places))
    return Finding(rule, "some-rule", severity, message, f"advice for {rule}", places=where)


@pytest.mark.few(1)
@pytest.mark.parametrize("name", NAMES)
def test_an_example_fits_a_screen_and_ends_with_the_verdict(name: str) -> None:
    result = example(name).result
    lines = _short(result)
    assert len(lines) <= 45
    assert len(_short(result, 100)) <= 45
    assert lines[-1].startswith(" NOT READY ") or lines[-1].startswith(" CAUTION ") or lines[-1].startswith(" READY ")
    assert len(terminal_report(result, 80).splitlines()) > len(lines)
    first = next(n for n, line in enumerate(lines) if line.startswith(("✗ CC", "! CC", "· CC")))
    assert all("?  " not in line for line in lines[first:])


def test_what_is_fine_is_one_line_for_each_question(tmp_path: Path) -> None:
    lines = korean_lines(60, 4)
    corpus = write_files(tmp_path / "corpus", {f"{k}.txt": "\n".join(lines[3 * k : 3 * k + 3]) for k in range(20)})
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", sorted(set("".join(lines)) - {" "}))
    report = _short(scanned(corpus, tokenizer=vocabulary, target_bytes=1).result, 120)
    assert [line[0] for line in report if "?  " in line] == ["✓", "✓", "✓", "✓", "-"]
    assert report[-1] == " READY   nothing stands against pretraining on this; --full tells all of it"
    assert len(report) <= 13  # a long path of the tokenizer is folded


@pytest.mark.parametrize(
    ("rule", "question"),
    [("CC199", "Can it be read?"), ("CC299", "Is there enough?"), ("CC399", "Does the tokenizer see it?"),
     ("CC499", "Is it clean?"), ("CC599", "Is it clean?"), ("CC699", "Is it really this domain?")],
)  # fmt: skip
@pytest.mark.parametrize(("severity", "mark"), [("error", "✗"), ("warning", "!"), ("info", "·")])
def test_a_rule_that_nobody_knows_here_marks_its_question(
    rule: str, question: str, severity: Severity, mark: str
) -> None:
    lines = _short(_with(_finding(rule, severity)))
    assert any(line.startswith(f"{mark} {question}") for line in lines)
    assert f"{mark} {rule} told" in lines
    assert f"        → advice for {rule}" in lines


def test_the_gravest_are_told_at_length_and_none_is_lost() -> None:
    found = [_finding(f"CC{n}", "error", places=3) for n in range(101, 104)]
    found += [_finding(f"CC{n}", places=1) for n in range(201, 240)]
    lines = _short(_with(*found))
    text = "\n".join(lines)
    for finding in found[:3]:
        assert f"✗ {finding.rule} told\n        folder/0.txt:7, and 2 more places\n        → {finding.advice}" in text
    at_length = [finding for finding in found if finding.advice in text]
    by_message = [finding for finding in found if f" {finding.rule} told" in text]
    assert (at_length, by_message) == (found[: len(at_length)], found[: len(by_message)])
    rest = found[len(by_message) :]
    assert f"… and {len(rest)} more findings: {rest[0].rule}, {rest[1].rule}, " in text
    assert all(finding.rule in text for finding in found)
    assert len(lines) < 60


@pytest.mark.few(11)
@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
@pytest.mark.parametrize("made", [full_result, hostile_result, examples_result])
def test_no_line_is_wider_than_the_console(made: Callable[[], Result], width: int) -> None:
    for line in _short(made(), width):
        assert cell_len(line) <= width
        assert line == line.rstrip()


def test_a_path_is_not_cut_but_folded() -> None:
    path = f"{'a long folder/' * 20}{'x' * 200}/말뭉치.txt"
    finding = replace(_finding("CC102"), places=(Place(path, 3, "here"),))
    assert "".join(path.split()) + ":3" in "".join("".join(_short(_with(finding))).split())


def test_rules_that_were_not_judged_are_one_line_for_each_reason() -> None:
    skipped = tuple(SkippedRule(f"CC40{n}", "x", "nobody looked") for n in range(3))
    lines = _short(replace(_with(), skipped_rules=(*skipped, SkippedRule("CC601", "y", "no reference"))))
    assert [line for line in lines if "not judged" in line] == [
        "CC400, CC401, CC402 not judged: nobody looked", "CC601 not judged: no reference",
    ]  # fmt: skip


@pytest.mark.parametrize("colour", [False, True])
def test_colours_are_only_where_they_are_wanted(colour: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    if not colour:
        monkeypatch.setenv("NO_COLOR", "1")
    console = Console(width=80, file=io.StringIO(), force_terminal=True, color_system="standard", highlight=False)
    report = render_terminal(full_result(), console)
    assert ("\x1b[31m" in report) == colour
    assert ("\x1b[1;31;7m" in report or "\x1b[1;7;31m" in report) == colour


@pytest.mark.thorough
def test_report_and_files_follow_full_too(tmp_path: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch) -> None:
    recipes = EXAMPLES / "english-recipes-jsonl"
    kept = ("--save", tmp_path / "a.ccp", "--output", f"text={tmp_path / 'a.txt'}", "-q")
    run_main("scan", recipes, *kept)
    monkeypatch.delenv("COLUMNS", raising=False)
    short = run_main("report", tmp_path / "a.ccp")[1]
    full = run_main("report", tmp_path / "a.ccp", "--full")[1]
    assert short == (tmp_path / "a.txt").read_text("utf-8")
    assert "fingerprint" in full
    assert "fingerprint" not in short
    run_main("report", tmp_path / "a.ccp", "--full", "--output", f"text={tmp_path / 'b.txt'}")
    assert (tmp_path / "b.txt").read_text("utf-8") == full
    changed = run_main("diff", tmp_path / "a.ccp", tmp_path / "a.ccp")[1]
    assert changed.splitlines()[0].startswith("✓ What has changed since ")
    assert changed.splitlines()[-1].endswith("; --full tells all of it")
