"""The terminal report: golden files, columns that line up, numbers that never round a loss away.

UPDATE_GOLDEN=1 writes the golden files anew; look at the difference before committing it.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from support import EXAMPLES, TESTS, example, korean_lines, scanned, terminal_report, write_files, write_vocabulary

from corpuscheck.reports.terminal.console import terminal
from corpuscheck.reports.terminal.report import render_terminal
from corpuscheck.text.amounts import count, percent, plural, size

GOLDEN = TESTS / "golden"
NAMES = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())
WIDTHS = [80, 120]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("full", [False, True], ids=["short", "full"])
def test_report_of_an_example_is_the_golden_one(name: str, width: int, full: bool) -> None:
    report = terminal_report(example(name).result, width, full=full)
    golden = GOLDEN / f"{name}{'-full' if full else ''}-{width}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(report, "utf-8", newline="\n")
    assert report == golden.read_text("utf-8")


def test_every_example_has_a_golden_report_and_no_other() -> None:
    found = sorted(path.name for path in GOLDEN.iterdir() if path.is_file())
    assert found == sorted(f"{name}{full}-{width}.txt" for name in NAMES for full in ("", "-full") for width in WIDTHS)


def test_brief_report_is_the_end_of_the_full_one() -> None:
    result = example("rare-syllables").result
    brief = terminal_report(result, 80, brief=True)
    assert brief
    assert terminal_report(result, 80).endswith(brief)


@pytest.fixture(scope="module")
def wide_words(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A corpus and a vocabulary that loses words of all widths, short and long."""
    folder = tmp_path_factory.mktemp("wide")
    words = ["똻", "뷁뷁", "漢", "カタカナ", "x", "naïve", "ﾊﾝｶｸ", "ＦＵＬＬ", "a뷁b漢", "한국어뷁"]
    words += ["뷁" * 60, "q" * 150]
    text = "".join(f"{word} abc 가나\n" * (n + 10) for n, word in enumerate(words))
    write_files(
        folder / "corpus", {"text.txt": text, "가" * 80 + ".txt": "뷁 \xff", "bad.txt": b"one \xff two \xfe\n" * 9}
    )
    write_vocabulary(folder / "vocab.txt", "abc가나다라한국어")
    return str(folder)


def _table(report: str, heading: str) -> list[str]:
    lines = report.splitlines()
    start = next(n for n, line in enumerate(lines) if line.strip().startswith(heading))
    return lines[start : lines.index("", start) if "" in lines[start:] else None]


def _split(line: str, column: int) -> tuple[str, str]:
    """The line before and after a display column; a wide character must not stand across it."""
    taken = 0
    for n, ch in enumerate(line):
        if taken >= column:
            assert taken == column, line
            return line[:n], line[n:]
        taken += cell_len(ch)
    return line, ""


@pytest.mark.few(2)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("heading", "right", "left"),
    [("worst words", ["lost"], ["why"]), ("worst characters", ["in lost", "won back"], ["name"])],
)
def test_columns_line_up_by_display_width(
    wide_words: str, width: int, heading: str, right: list[str], left: list[str]
) -> None:
    result = scanned(f"{wide_words}/corpus", tokenizer=f"{wide_words}/vocab.txt").result
    header, *rows = _table(terminal_report(result, width), heading)
    assert len(rows) >= 8
    for name in left:
        column = cell_len(header[: header.index(name)])
        for row in rows:
            before, _ = _split(row, column)
            assert before.endswith("  ") or cell_len(row) < column
    for name in right:
        edge = cell_len(header[: header.index(name)]) + len(name)
        for row in rows:
            before, after = _split(row, edge)
            assert re.search(r"[0-9]$", before) or not before.strip(), row  # a figure, or a folded line
            assert after == "" or after.startswith("  ")


@pytest.mark.few(1)
@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_no_line_is_wider_than_the_console(wide_words: str, width: int) -> None:
    for corpus in (Path(wide_words) / "corpus", EXAMPLES / "broken"):
        result = scanned(corpus, tokenizer=f"{wide_words}/vocab.txt").result
        for line in terminal_report(result, width).splitlines():
            assert cell_len(line) <= width
            assert line == line.rstrip()


def test_guilty_character_is_highlighted(wide_words: str) -> None:
    console = Console(width=100, file=io.StringIO(), force_terminal=True, color_system="standard", highlight=False)
    result = scanned(f"{wide_words}/corpus", tokenizer=f"{wide_words}/vocab.txt").result
    assert "한국어\x1b[1;31m뷁\x1b[0m" in render_terminal(result, console)


def test_endless_words_are_cut_around_the_guilty_character(tmp_path: Path) -> None:
    corpus = write_files(tmp_path / "corpus", {"a.txt": "ab" * 30 + "뷁" + "ab" * 15 + " ab\n"})
    report = terminal_report(scanned(corpus, tokenizer=write_vocabulary(tmp_path / "vocab.txt", "ab")).result, 80)
    (row,) = _table(report, "worst words")[1:]
    assert "뷁" in row.split()[0]
    assert row.split()[0].startswith("…")
    assert row.split()[0].endswith("…")


def test_width_off_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert terminal().width == 100
    monkeypatch.setenv("COLUMNS", "72")
    assert terminal().width == 72
    capsys.readouterr()


@pytest.mark.thorough
def test_one_lost_word_in_a_large_corpus_is_not_shown_as_none(tmp_path: Path) -> None:
    lines = korean_lines(30_000, seed=2)
    known = set("".join(lines)) - {" "}
    corpus = write_files(tmp_path / "corpus", {"a.txt": "\n".join([*lines, "헗"])})
    finished = scanned(corpus, tokenizer=write_vocabulary(tmp_path / "vocab.txt", sorted(known)), target_bytes=10**15)
    report = terminal_report(finished.result)
    assert finished.result.profile.words.unk_words == 1
    assert "3  Does the tokenizer see it?  0.00" in report
    assert "2  Is there enough?" in report
    assert "<0.0001 % of the rule" in report


PERCENT = [
    (0.0, "0 %"), (1e-9, "<0.0001 %"), (9.9e-7, "<0.0001 %"), (1.1e-6, "0.00011 %"), (0.000123, "0.012 %"),
    (0.00999, "1.00 %"), (0.01, "1.0 %"), (0.0123, "1.2 %"), (0.0996, "10.0 %"), (0.5, "50.0 %"), (0.999, "99.9 %"),
    (0.9994, "99.9 %"), (0.9996, ">99.9 %"), (0.9999999, ">99.9 %"), (1.0, "100 %"),
]  # fmt: skip


@pytest.mark.parametrize(("rate", "shown"), PERCENT)
def test_percent(rate: float, shown: str) -> None:
    assert percent(rate) == shown


@given(st.integers(1, 10**15), st.integers(2, 10**15))
def test_a_share_of_something_is_never_nothing_or_everything(part: int, whole: int) -> None:
    shown = percent(min(part, whole - 1) / whole) if part / whole < 1 or whole < 10**15 else ">99.9 %"
    number = float(shown.strip("<> %"))
    assert 0 < number < 100


@given(st.floats(0, 1), st.floats(0, 1))
def test_larger_rates_are_never_shown_smaller(a: float, b: float) -> None:
    small, large = (float(percent(rate).strip("<> %")) for rate in sorted((a, b)))
    assert small <= large


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0, "0 B"), (1, "1 B"), (999, "999 B"), (999.6, "1.00 kB"), (1000, "1.00 kB"), (1234, "1.23 kB"),
        (9994, "9.99 kB"), (9996, "10.0 kB"), (123_456, "123.5 kB"), (999_949, "999.9 kB"), (999_960, "1.00 MB"),
        (4 * 10**9, "4.00 GB"), (10**12, "1.00 TB"), (5 * 10**15, "5000.0 TB"),
    ],
)  # fmt: skip
def test_size_in_decimal_units(amount: float, shown: str) -> None:
    assert size(amount) == shown


def test_counts() -> None:
    assert (count(1234567), count(0.4), plural(1, "file"), plural(2, "file")) == ("1,234,567", "0", "1 file", "2 files")
