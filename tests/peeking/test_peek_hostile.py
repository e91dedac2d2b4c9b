"""peek shows what is in a corpus: nothing of it may steer a terminal, and no personal data may be seen."""

from __future__ import annotations

import json
import os
import pty
import random
import subprocess
import unicodedata
from pathlib import Path

import pytest
from support import Main, korean_lines, quick_command, write_files

from corpuscheck.api import peek
from corpuscheck.peeking.choosing import Choice, ChoicePart
from corpuscheck.peeking.excerpts import Excerpt, Repeats, chunks
from corpuscheck.peeking.marking import Mark, marked
from corpuscheck.peeking.view import View
from corpuscheck.reports.json import peek as peek_json
from corpuscheck.running.showing import differing
from corpuscheck.settings import settings_from

HOSTILE = [
    "\x1b[2J\x1b[31mred", "ab\u202edc", "nul\x00l", "zero\u200bwidth", "\ue000private", "[/red][bold]x", "\x9b31m",
    "\r over", "\u2028line", "\ufeff",
]  # fmt: skip

SECRETS = ["minji.kim82@example.co.kr", "010-2345-6789", "901231-1234567", "4012 8888 8888 1881", "123-45-6789",
           "192.168.10.77", "02-312-4567", "+82 10 9876 5432", "415-555-2671"]  # fmt: skip

AROUND = ["{}", "call {}.", '<a href="mailto:{}">x</a>', "http://example.org/?q={}", "가{}나", "x\n{}\ny"]


def _is_safe(text: str) -> bool:
    return not any(unicodedata.category(ch) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for ch in text if ch != "\n")


@pytest.mark.parametrize("arguments", [[], ["--rule", "CC408"], ["--word", "red"], ["--rule", "CC502"]], ids=str)
def test_hostile_text_is_written_out(tmp_path: Path, run_main: Main, arguments: list[str]) -> None:
    folder = write_files(tmp_path, {"a\x1b[31m\u202e[b].txt": "\n".join(HOSTILE) + " and a few words more " * 20})
    write_files(folder, {"b.txt": "\n".join(HOSTILE) + " and a few words more; " * 20})
    status, out, err = run_main("peek", folder, *arguments, "-q")
    assert (status, err) == (0, "")
    assert _is_safe(out)
    for shown in ("\\u001b", "\\u202e", "\\u200b", "\\ue000", "[/red][bold]x", "\\u009b", "\\u2028"):
        assert shown in out.replace("⟦", "").replace("⟧", "")
    document = json.loads(run_main("peek", folder, *arguments, "-q", "--format", "json")[1])
    assert any("ab\u202edc" in row["text"] for row in document["documents"])
    assert all(_is_safe(row["path"]) for row in document["documents"])


def test_hostile_words(tmp_path: Path, run_main: Main) -> None:
    folder = write_files(tmp_path, {"a.txt": "words \u202eabc\x1b[31m"})
    for word in ("\u202eabc", "U+202E", "\x1b[31m", "nothing\x1b[31m"):
        status, out, _ = run_main("peek", folder, "--word", word, "-q")
        assert status == 0
        assert _is_safe(out)


@pytest.mark.few(6)
@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("view", [{}, {"rule": "CC415"}, {"words": ("plain",)}, {"rule": "CC503"}], ids=str)
def test_no_value_is_shown(tmp_path: Path, run_main: Main, around: str, view: dict[str, str]) -> None:
    secrets = [secret for secret in SECRETS if "mailto" not in around or "@" in secret]
    text = " plain words, ".join(around.format(secret) for secret in secrets) + " plain " + " ".join(korean_lines(9, 2))
    write_files(tmp_path, {"a.txt": text, "b.txt": text + " more"})
    arguments = [f"--{'word' if name == 'words' else name}" for name in view]
    arguments += [value if isinstance(value, str) else value[0] for value in view.values()]
    for name in ("text", "json"):
        status, out, _ = run_main("peek", tmp_path, *arguments, "-q", "--bytes", "5kB", "--format", name)
        assert status == 0
        assert "•" in out or "CC415" in out
        for secret in secrets:
            assert secret not in out
            assert secret[:8] not in out


@pytest.mark.parametrize("secret", SECRETS)
def test_no_part_of_a_value_is_shown_where_a_window_cuts_it(secret: str) -> None:
    text = f"앞의 말 {secret} 뒤의 말"
    masked, marks = marked(text, (), ())
    assert len(masked) == len(text)
    assert sum(mark.kind != "URLs" for mark in marks) == 1
    assert not any(ch.isalnum() for ch in masked[5 : 5 + len(secret)])


@pytest.mark.few(5)
@pytest.mark.parametrize("size", range(100, 130, 3))
def test_a_window_that_ends_inside_of_a_value(tmp_path: Path, size: int) -> None:
    text = "x" * 99 + " 010-2345-6789 minji.kim82@example.org " + "y" * 5000
    write_files(tmp_path, {"a.txt": text})
    (shown,) = peek(tmp_path, View(excerpt=size), settings_from(jobs=1)).shown
    assert not set(shown.excerpt.text) & set("0123456789minjk")
    assert shown.excerpt.after == len(text) - size


def _in_a_terminal(*arguments: str | Path, **env: str) -> str:
    """What it writes to a terminal of 100 columns and 24 lines."""
    leader, follower = pty.openpty()
    environment = {**{k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS")}, **env}
    process = subprocess.Popen(
        quick_command("peek", *arguments, "-q"), stdin=follower, stdout=follower, stderr=follower, env=environment
    )
    os.close(follower)
    said = b""
    while True:
        try:
            block = os.read(leader, 1 << 16)
        except OSError:  # the other end was closed
            break
        if not block:
            break
        said += block
    os.close(leader)
    assert process.wait(60) == 0
    return said.decode()


def test_in_a_terminal_it_is_paged_and_in_colour(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "corpus", {"a.txt": "똻 words\n" * 60})
    pager = tmp_path / "less"
    pager.write_text("#!/bin/sh\necho PAGED $LESS\ncat\n")
    pager.chmod(0o755)
    terminal = {"TERM": "xterm-256color", "PAGER": str(pager), "LINES": "24", "LESS": ""}
    paged = _in_a_terminal(folder, "--word", "똻", **terminal)
    assert "PAGED -R" in paged
    assert "\x1b[1;7;32m똻" in paged
    assert "⟦" not in paged
    plain = _in_a_terminal(folder, "--word", "똻", "--no-pager", **terminal)
    assert "PAGED" not in plain
    colours = _in_a_terminal(folder, "--word", "똻", "--no-pager", **terminal, NO_COLOR="1")
    assert "32m" not in colours
    assert "\x1b[1;7m똻" in colours
    assert "PAGED" not in _in_a_terminal(write_files(tmp_path / "s", {"a.txt": "short"}), **terminal)


@pytest.mark.parametrize("kind", ["repeated line", "repeated stretch"])
def test_repeats_are_found_across_pieces(kind: str) -> None:
    lines = korean_lines(40, 4, 30)
    seen = Repeats(kind)
    first = seen.spans("\n".join(lines), True)
    again = "처음 보는 줄\n" + lines[7]
    assert not first
    spans = seen.spans(again, True)
    assert [again[start:end].strip(".") for start, end in spans] == [lines[7].strip(".")]


@pytest.mark.parametrize(("around", "marks"), [("아무 말이나 하는 글", True), ("words of another language", False)])
def test_korean_shapes_are_marked_in_korean_documents_alone(tmp_path: Path, around: str, marks: bool) -> None:
    write_files(tmp_path, {"a.txt": f"{around} 02-312-4567 {around}"})
    (shown,) = peek(tmp_path, View(), settings_from(jobs=1)).shown
    assert "••-•••-••••" in shown.excerpt.text
    assert bool(shown.excerpt.marks) == marks


def test_chunks_are_the_text_again() -> None:
    for text in ("한" * 1_500_000, "줄\n" * 900_000, "", "a"):
        assert "".join(chunks(text.encode())) == text


def test_what_differs_is_marked_in_both() -> None:
    kept, copy = differing(Excerpt("one two three"), Excerpt("one 2 three four"))
    assert kept.marks == (Mark(4, 7, "different"),)
    assert copy.marks == (Mark(4, 5, "different"), Mark(11, 16, "different"))


@pytest.mark.parametrize("hashes", [True, False])
def test_choices_merge_in_any_order(hashes: bool) -> None:
    dice = random.Random(3)
    choices = [
        Choice((dice.randrange(9),) if hashes else (-dice.randrange(9), -dice.randrange(3)), f"{k % 5}", 0, k, 1)
        for k in range(60)
    ]
    whole = ChoicePart(4, tuple(choices), 60, 30, (5, 6)).bounded()
    for _ in range(20):
        dice.shuffle(choices)
        parts = [ChoicePart(4, tuple(choices[k : k + 7]), len(choices[k : k + 7])).bounded() for k in range(0, 60, 7)]
        parts.append(ChoicePart(4, (), 0, 30, (5, 6)))
        assert parts[0].merge(*parts[1:5]).merge(parts[5].merge(*parts[6:])) == whole


def test_json_is_the_same_each_time(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.txt": "\n".join(HOSTILE * 3)})
    one, other = (peek_json.render(peek(tmp_path, View(rule="CC408"), settings_from(jobs=1))) for _ in range(2))
    assert one == other
