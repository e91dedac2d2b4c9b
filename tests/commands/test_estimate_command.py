"""The estimate command: nonsense is one clear line; its reports as text and as JSON."""

from __future__ import annotations

import io
import json
import os
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console
from support import REPOSITORY, TESTS, Main, estimate_document, korean_lines, run, scanned, write_files

from corpuscheck.errors import UsageError
from corpuscheck.estimates.estimate import Estimate, from_numbers, from_profile
from corpuscheck.estimates.plan import Plan
from corpuscheck.profile.profile import Profile
from corpuscheck.reports.json import estimate as estimate_json
from corpuscheck.reports.terminal.estimate import render_terminal

GOLDEN = TESTS / "golden" / "estimate"
NUMBERS = ("--articles", "5", "--mean-bytes", "4kB")


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json.loads((files("corpuscheck.reports") / "estimate_schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.few(5)
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name a sample or a profile, or give both --articles and --mean-bytes"),
        (("--articles", "5"), "both --articles and --mean-bytes"),
        (("--mean-bytes", "4kB"), "both --articles and --mean-bytes"),
        (("--articles", "0", "--mean-bytes", "4kB"), "--articles must be above zero"),
        (("--articles", "-3", "--mean-bytes", "4kB"), "'-3' is below zero"),
        (("--articles", "9" * 30, "--mean-bytes", "4kB"), "is too large"),
        (
            ("--articles", "many", "--mean-bytes", "4kB"),
            "'many' is not a number: write it as in 30000, 30,000, 30k, 2.5M or 1e6",
        ),
        (("--articles", "5", "--mean-bytes", "0"), "--mean-bytes must be above zero"),
        (("--articles", "5", "--mean-bytes", "-4kB"), "'-4kB' is below zero"),
        ((*NUMBERS, "--target", "4XB"), "'4XB' is not a size"),
        ((*NUMBERS, "--target", "0"), "--target must be above zero"),
        ((*NUMBERS, "--params", "banana"), "'banana' is not a number"),
        ((*NUMBERS, "--params", "0"), "--params must be above zero"),
        ((*NUMBERS, "--usable", "2"), "2 is 200 %, write 2% or 0.02"),
        ((*NUMBERS, "--usable", "0"), "--usable is a share above 0 and at most 1"),
        ((*NUMBERS, "--usable", "nan"), "'nan' is not a share"),
        ((*NUMBERS, "--per-day", "-1"), "'-1' is below zero"),
        ((*NUMBERS, "--per-day", "nan"), "'nan' is not a number"),
        ((*NUMBERS, "--epochs", "0"), "--epochs must be above zero"),
        ((*NUMBERS, "--articles-per-gb", "0"), "--articles-per-gb must be above zero"),
        ((*NUMBERS, "--available", "4"), "it cannot be less than --articles"),
        ((*NUMBERS, "--document", "line"), "--document is for a sample: nothing is read"),
        ((*NUMBERS, "--tokenizer", "vocab.txt"), "--tokenizer is for a sample: nothing is read"),
        (("SAMPLE", "--articles", "5"), "--articles and --mean-bytes are for when there is no sample"),
        (("SAMPLE", "--mean-bytes", "5kB"), "--articles and --mean-bytes are for when there is no sample"),
        (("SAMPLE", "--document", "line", "--available", "399"), "it cannot be less than the 400 here"),
        (("PROFILE", "--available", "399"), "it cannot be less than the 400 here"),
        (("PROFILE", "--document", "line"), "--document is for a sample: nothing is read to estimate from a saved"),
        (("PROFILE", "--tokenizer", "vocab.txt"), "--tokenizer is for a sample"),
        (("missing.ccp",), "missing.ccp: cannot be read (No such file or directory)"),
        (("missing",), "missing: no such file or folder"),
        (("EMPTY",), "nothing to scan"),
        (("NOPROFILE",), "not a corpuscheck profile"),
    ],
)
def test_nonsense_is_one_clear_line(
    estimating: Main, tmp_path: Path, sample: Path, profile: Path, arguments: tuple[str, ...], said: str
) -> None:
    write_files(tmp_path, {"empty.txt": "", "no.ccp": "words\n"})
    places = {"SAMPLE": sample, "PROFILE": profile, "EMPTY": tmp_path / "empty.txt", "NOPROFILE": tmp_path / "no.ccp"}
    status, out, err = estimating(*(places.get(argument, argument) for argument in arguments))
    assert (status, out) == (2, "")
    assert said in err
    assert len([line for line in err.splitlines() if line and not line.startswith(("Usage:", "Try "))]) == 1


@pytest.mark.parametrize(("text", "parameters"), [("110M", 11 * 10**7), ("1.3b", 13 * 10**8), ("7,000", 7000)])
def test_model_sizes_are_written_as_people_write_them(estimating: Main, text: str, parameters: int) -> None:
    assert estimate_document(estimating, *NUMBERS, "--params", text)["plan"]["parameters"] == parameters


def test_a_profile_without_text_is_refused() -> None:
    with pytest.raises(UsageError, match="no text in it"):
        from_profile(Profile(), Plan(), "x.ccp")


# Reports


@pytest.mark.few(5)
@pytest.mark.parametrize("source", ["numbers", "profile", "far", "three"])
@pytest.mark.parametrize(
    "options", [(), ("--available", "5000", "--per-day", "7", "--params", "14M", "--usable", "0.9")]
)
def test_json_fits_its_schema(
    validator: Draft202012Validator, estimating: Main, profile: Path, tmp_path: Path, source: str,
    options: tuple[str, ...],
) -> None:  # fmt: skip
    write_files(tmp_path, {f"{k}.txt": line for k, line in enumerate(korean_lines(3))})
    of: dict[str, tuple[str | Path, ...]] = {
        "numbers": NUMBERS, "profile": (profile, "--target", "1MB"), "far": (profile,), "three": (tmp_path,)
    }  # fmt: skip
    validator.validate(estimate_document(estimating, *of[source], *options))


def test_the_schema_is_strict(validator: Draft202012Validator) -> None:
    document = json.loads(estimate_json.render(from_numbers(Plan(articles=5, mean_bytes=4000))))
    validator.validate(document)
    for wrong in ({**document, "more": 1}, {**document, "words": {**document["words"], "value": 5}}):
        assert not validator.is_valid(wrong)


def test_output_is_the_json_beside_the_text(estimating: Main, tmp_path: Path) -> None:
    status, out, _ = estimating(*NUMBERS, "--output", tmp_path / "x.json")
    assert (status, out.splitlines()[0][:8]) == (0, "999,995 ")
    assert (tmp_path / "x.json").read_text("utf-8") == estimating(*NUMBERS, "--format", "json")[1]
    status, _, err = estimating(*NUMBERS, "--output", tmp_path / "no" / "x.json")
    assert (status, err.count("\n")) == (2, 1)


def text_of(estimate: Estimate, width: int) -> str:
    console = Console(width=width, file=io.StringIO(), highlight=False, markup=False, emoji=False)
    return render_terminal(estimate, console)


@pytest.mark.few(1)
@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", ["numbers", "sample"])
def test_report_is_the_golden_one(width: int, name: str) -> None:
    if name == "numbers":
        plan = Plan(articles=30_000, mean_bytes=3900, available=900_000, per_day=500, parameters=110_000_000)
        report = text_of(from_numbers(plan), width)
    else:
        scan = scanned("examples/korean-news", document="line", forecast=True)
        report = text_of(from_profile(scan.result.profile, Plan(target_bytes=10**6), "examples/korean-news"), width)
    golden = GOLDEN / f"{name}-{width}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(report, "utf-8", newline="\n")
    assert report == golden.read_text("utf-8")
    assert max(map(len, report.splitlines())) <= width


def test_piped_reports_have_no_colours() -> None:
    plain = {**os.environ, "COLUMNS": "100"}
    piped = run("estimate", *NUMBERS, env=plain)
    assert "\x1b" not in piped.stdout
    assert piped.stderr == ""
    assert "from your figures" in piped.stdout
    assert " rule" in piped.stdout
    forced = run("estimate", *NUMBERS, env={**plain, "FORCE_COLOR": "1"})
    assert "\x1b" in forced.stdout
    silent = run("estimate", *NUMBERS, env={**plain, "FORCE_COLOR": "1", "NO_COLOR": "1"})
    assert "\x1b[3" not in silent.stdout
