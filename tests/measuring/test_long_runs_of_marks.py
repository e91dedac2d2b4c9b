"""Runs of over thirty combining marks: composed in pieces, in little time, counted exactly, and told."""

from __future__ import annotations

import itertools
import json
import random
import unicodedata
from importlib.resources import files
from pathlib import Path

import pytest
from in_time import in_time
from jsonschema import Draft202012Validator
from support import document_of, scanned, terminal_report, write_files, write_vocabulary

from corpuscheck.profile.size import SizePart
from corpuscheck.reading import opening
from corpuscheck.reports.markdown.report import render as render_markdown
from corpuscheck.text.composing import MOST_MARKS, cut_runs, normalised

MARKS = "\u0300\u0316\u0323\u0301\u0327\u0345\u05b0\u0591"
MIXED = random.Random(1).randbytes(400_000).decode("latin-1").translate({k: MARKS[k % 8] for k in range(256)})
ACUTE = "\u0301"

CASES = {
    "thirty": ("a" + ACUTE * 30, 0),
    "thirty-one": ("a" + ACUTE * 31, 1),
    "sixty": ("a" + ACUTE * 60, 1),
    "sixty-one": ("a" + ACUTE * 61, 1),
    "without a letter before": (ACUTE * 31, 1),
    "two runs in one word": ("a" + ACUTE * 31 + "b" + ACUTE * 40, 2),
    "two runs in two words": ("a" + ACUTE * 31 + " " + ACUTE * 31, 2),
    "cut by a letter": (("a" + ACUTE * 30) * 3, 0),
    "cut by a space": (ACUTE * 20 + " " + ACUTE * 20, 0),
    "in two lines": (f"a{ACUTE * 31}\n" * 2, 2),
    "the same word again": (f"a{ACUTE * 31} " * 5, 5),
    "mixed": ("a" + MIXED, 1),
    "of several planes": ("a" + "\u0301\U0001d165" * 16, 1),
    "marks that come apart into two": ("\u0f40" + "\u0f73" * 31, 1),
    "no marks": ("한국어 text " * 50, 0),
}
"""A text, and how many of its runs are cut."""


def _runs(text: str) -> int:
    """Counted in the plainest way, by the first character that each comes apart into."""
    joins = (unicodedata.combining(unicodedata.normalize("NFD", ch)[0]) > 0 for ch in text)
    return sum(1 for is_run, run in itertools.groupby(joins) if is_run and sum(1 for _ in run) > MOST_MARKS)


@pytest.mark.parametrize("name", CASES)
def test_runs_are_counted(name: str) -> None:
    text, runs = CASES[name]
    assert cut_runs("NFC", text) == _runs(text) == runs


@pytest.mark.few(4)
@pytest.mark.parametrize(
    "text",
    ["\u0f40" + "\u0f73" * 200_000, "a" + "\uff9e\u0316" * 200_000, "a" + "\u0344\u0316" * 200_000, "e" + MIXED],
    ids=ascii,
)
@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_no_run_takes_the_square_of_its_length(form: str, text: str) -> None:
    with in_time():
        if form in ("NFC", "NFD") and "\uff9e" in text:
            assert not cut_runs("NFC", text)  # there it is a letter like others
        normalised(form, text)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", CASES)
def test_nfc_is_that_of_python_up_to_a_few_characters_for_each_run(name: str) -> None:
    text, runs = CASES[name]
    text = text[:5_000]
    assert abs(len(normalised("NFC", text)) - len(unicodedata.normalize("NFC", text))) <= 3 * runs
    if not runs:
        assert normalised("NFC", text) == unicodedata.normalize("NFC", text)


@pytest.fixture
def vocabulary(tmp_path: Path) -> str:
    return write_vocabulary(tmp_path / "vocab.txt", "ab한국어")


@pytest.mark.few(5)
@pytest.mark.parametrize("name", CASES)
def test_a_scan_counts_them(name: str, tmp_path: Path, vocabulary: str) -> None:
    text, runs = CASES[name]
    write_files(tmp_path, {"corpus/a.txt": text, "corpus/b.txt": "한국어\n" * 9})
    assert scanned(tmp_path / "corpus", tokenizer=vocabulary).result.profile.size.cut_runs == runs


@pytest.mark.thorough
def test_the_figure_depends_on_no_block_job_or_document(
    tmp_path: Path, vocabulary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "BLOCK_BYTES", 1 << 18)
    dice = random.Random(7)
    words = ["한국어 " * 60, *(letter + ACUTE * marks + " " for letter in "ab한 " for marks in (30, 31, 100))]
    lines = ["".join(dice.choices(words, k=9)) for _ in range(800)]
    whole = "\n".join(lines)
    expected = _runs(whole)
    assert expected > 1_000
    assert len(whole.encode()) > 3 << 18
    write_files(tmp_path, {"one/a.txt": whole, **{f"many/{k}.txt": "\n".join(lines[k::40]) for k in range(40)}})
    jsonl = "".join(json.dumps({"text": line}) + "\n" for line in lines)
    write_files(tmp_path, {"records/a.jsonl": jsonl})
    for folder, options in (
        ("one", {}), ("one", {"document": "line"}), ("many", {}), ("many", {"jobs": 2}), ("records", {}),
    ):  # fmt: skip
        size = scanned(tmp_path / folder, tokenizer=vocabulary, clean=False, **options).result.profile.size
        assert size.cut_runs == expected, (folder, options)


def test_they_add_up() -> None:
    one, other = SizePart(cut_runs=2), SizePart(cut_runs=5, nfc_saving=1)
    assert one.merge(other) == other.merge(one) == SizePart(cut_runs=7, nfc_saving=1)
    assert SizePart.from_state(one.to_state()) == one


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        (0, ""),
        (1, "1 run of over 30 combining marks was composed 30 marks at a time"),
        (3, "3 runs of over 30 combining marks were composed 30 marks at a time"),
    ],
)
def test_reports_say_it(runs: int, said: str, tmp_path: Path, vocabulary: str) -> None:
    write_files(tmp_path, {"corpus/a.txt": f"a{ACUTE * 31} 한국어\n" * runs + "한국어 한국\n" * 9})
    result = scanned(tmp_path / "corpus", tokenizer=vocabulary).result
    for report in (terminal_report(result, 160), render_markdown(result).decode()):
        assert said in report
        assert ("combining marks w" in report) == bool(runs)
    document = document_of(tmp_path / "corpus", tokenizer=vocabulary)
    assert document["clean"]["normalisation"]["cut_runs_of_marks"] == runs
    Draft202012Validator(json.loads((files("corpuscheck.reports") / "schema.json").read_text("utf-8"))).validate(
        document
    )
