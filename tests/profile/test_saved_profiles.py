"""Saved profiles: what is rendered from one, the sum of several, and those that cannot be used."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import laws
import orjson
import pytest
import zstandard
from support import EXAMPLES, Main, korean_lines, scanned, write_files, write_vocabulary

from corpuscheck.errors import ProfileError
from corpuscheck.profile.profile import FORMAT, Profile
from corpuscheck.reports.json.report import render as render_json
from corpuscheck.settings import REPORT_FORMATS

MAGIC = b"corpuscheck profile\n"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def vocabulary(tmp_path: Path) -> str:
    return write_vocabulary(tmp_path / "vocab.txt", "가나다라마바사아자차카타파하고노도로모보소오조")


def saved(paths: Any, name: str, **options: Any) -> Profile:
    profile = scanned(paths, **options).result.profile
    profile.save(name)
    return profile


def reports_of(run_main: Main, formats: Iterable[str], *call: str | Path) -> tuple[int, str, list[bytes]]:
    """The status, what is printed, and what is written in each format."""
    outputs = [word for name in formats for word in ("--output", f"{name}={name}.out")]
    status, out, _ = run_main(*call, *outputs, "-q")
    return status, out, [Path(f"{name}.out").read_bytes() for name in formats]


@pytest.mark.few(1)
@pytest.mark.parametrize(("example", "every"), [("broken", REPORT_FORMATS), ("korean-news", ("text", "json"))])
def test_report_says_what_scan_said(example: str, every: tuple[str, ...], run_main: Main, vocabulary: str) -> None:
    for given, formats in (([], ("text", "json")), (["--tokenizer", vocabulary], every)):
        scan = reports_of(run_main, formats, "scan", EXAMPLES / example, *given, "--save", "p.ccp")
        assert reports_of(run_main, formats, "report", "p.ccp") == scan
        assert run_main("report", "p.ccp", "--max-unk-rate", "1", "--severity", "CC106=info")[0] in (0, 1)


def test_diff_says_what_scan_said_with_a_baseline(tmp_path: Path, run_main: Main, vocabulary: str) -> None:
    write_files(tmp_path, {f"data/{n}.txt": line for n, line in enumerate(korean_lines(20))})
    assert run_main("scan", "data", "--tokenizer", vocabulary, "--save", "base.ccp", "-q", "--fail-on", "never")[0] == 0
    write_files(
        tmp_path, {"data/new.txt": "뷁뷁 가나\n", "data/3.txt": korean_lines(20)[5], "data/x.txt": b"\x89PNG\0"}
    )
    scan = reports_of(run_main, REPORT_FORMATS, "scan", "data", "--baseline", "base.ccp", "--save", "head.ccp")
    assert scan[0] == 1
    assert reports_of(run_main, REPORT_FORMATS, "diff", "base.ccp", "head.ccp") == scan
    assert reports_of(run_main, REPORT_FORMATS, "report", "head.ccp", "--baseline", "base.ccp") == scan


def test_merge_is_the_scan_of_both(tmp_path: Path, run_main: Main, vocabulary: str) -> None:
    lines = korean_lines(60)
    write_files(tmp_path, {f"a/{n}.txt": line for n, line in enumerate(lines[:30])})
    write_files(tmp_path, {f"b/{n}.txt": line for n, line in enumerate(lines[25:])})
    write_files(tmp_path, {"b/broken.jsonl": '{"text": "가나 뷁"}\n{"te', "b/p.png": b"\x89PNG\r\n\x1a\n\0"})
    for folder in "ab":
        saved(folder, f"{folder}.ccp", tokenizer=vocabulary)
    wanted = scanned(["a", "b"], tokenizer=vocabulary).result
    assert run_main("merge", "a.ccp", "b.ccp", "-o", "c.ccp") == (0, "", "")
    assert run_main("merge", "b.ccp", "a.ccp", "-o", "d.ccp") == (0, "", "")
    merged = Profile.load("c.ccp")
    for part in ("reading", "size", "characters", "words", "mojibake", "files", "documents", "about"):
        assert getattr(merged, part) == getattr(wanted.profile, part), part
    assert merged == Profile.load("d.ccp")
    out = json.loads(run_main("report", "c.ccp", "--format", "json")[1])
    alone = json.loads(render_json(wanted))
    assert {k: out[k] for k in ("size", "reading", "verdict")} == {k: alone[k] for k in ("size", "reading", "verdict")}


def test_parts_measured_with_the_same_tokenizer_from_elsewhere(tmp_path: Path, run_main: Main, vocabulary: str) -> None:
    """Its name is no figure: the sum can be reported."""
    write_files(tmp_path, {"a.txt": "가나 다라", "b.txt": "마바 뷁", "copy.txt": Path(vocabulary).read_bytes()})
    (tmp_path / "t").mkdir()
    Path(vocabulary).rename(tmp_path / "t" / "vocab.txt")
    saved("a.txt", "a.ccp", tokenizer="t/vocab.txt")
    write_files(tmp_path, {"u/vocab.txt": (tmp_path / "t" / "vocab.txt").read_bytes()})
    saved("b.txt", "b.ccp", tokenizer="u/vocab.txt")
    assert run_main("merge", "a.ccp", "b.ccp", "-o", "c.ccp") == (0, "", "")
    status, out, err = run_main("report", "c.ccp", "--format", "concise", "--limit", "CC301=0.2", "-q")
    assert (status, err) == (1, "")
    assert "CC301" in out
    assert run_main("scan", "a.txt", "--baseline", "c.ccp", "-q")[0] == 1  # half of it is gone


def _edited(change: Callable[[dict[str, Any]], object]) -> bytes:
    state = orjson.loads(zstandard.ZstdDecompressor().decompress(Path("p.ccp").read_bytes()[len(MAGIC) :]))
    change(state)
    return MAGIC + zstandard.ZstdCompressor().compress(orjson.dumps(state))


UNSUITABLE: dict[str, tuple[Callable[[], bytes], str]] = {
    "another tokenizer": (lambda: _of("data", tokenizer=write_vocabulary(Path("o.txt"), "가")), "another tokenizer"),
    "another document": (lambda: _of("data", tokenizer="vocab.txt", document="line"), "other settings"),
    "other files left out": (lambda: _of("data", tokenizer="vocab.txt", exclude=("x",)), "other settings"),
    "cut": (lambda: Path("p.ccp").read_bytes()[:-9], "damaged profile"),
    "changed": (lambda: Path("p.ccp").read_bytes()[:40] + b"\0" * 40 + Path("p.ccp").read_bytes()[80:], "damaged"),
    "older": (lambda: _edited(lambda s: s.update(format=FORMAT - 1)), f"written in profile format {FORMAT - 1}"),
    "newer": (lambda: _edited(lambda s: s.update(format="\x1b[31m9")), "profile format \\u001b[31m9"),
    "text": (lambda: b"x" * 100, "not a corpuscheck profile"),
    "empty": (lambda: b"", "not a corpuscheck profile"),
    "of no tokenizer": (lambda: _edited(lambda s: s.update(about={})), "no tokenizer"),
}


def _of(path: str, **options: Any) -> bytes:
    return scanned(path, **options).result.profile.to_bytes()


@pytest.mark.few(3)
@pytest.mark.parametrize("kind", UNSUITABLE)
def test_an_unsuitable_baseline_is_never_a_pass(kind: str, tmp_path: Path, run_main: Main, vocabulary: str) -> None:
    write_files(tmp_path, {"data/a.txt": "가나 다라\n마바 사아\n"})
    saved("data", "p.ccp", tokenizer=vocabulary)
    make, said = UNSUITABLE[kind]
    Path("bad.ccp").write_bytes(make())
    for arguments in (
        ["scan", "data", "--baseline", "bad.ccp", "--tokenizer", vocabulary],
        ["diff", "bad.ccp", "p.ccp"],
        ["report", "p.ccp", "--baseline", "bad.ccp"],
    ):
        status, out, err = run_main(*arguments)
        assert (status, out) == (2, ""), arguments
        assert said in err
        assert err.count("\n") == 1
        assert err[:-1].isprintable()


@pytest.mark.parametrize("path", ["nowhere.ccp", ".", "nowhere/x.ccp"])
def test_a_baseline_that_cannot_be_read(path: str, tmp_path: Path, run_main: Main) -> None:
    write_files(tmp_path, {"a.txt": "가나"})
    status, out, err = run_main("scan", "a.txt", "--baseline", path)
    assert (status, out) == (2, "")
    assert f"{path}: cannot be read" in err


WRONG: list[Any] = [
    None,
    "x",
    "5",
    -1,
    1.5,
    10**12,
    True,
    [],
    {},
    [[]],
    [["x"]],
    {"x": "y"},
    {"x": -1},
    "AAAA",
    "!",
    [1, 2],
]


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in the state of a profile, but one of several rows of a table."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key in list(value)[:6] if len(path) > 1 else value:
            found += _places(value[key], (*path, key))
    elif isinstance(value, list) and value:
        found += _places(value[0], (*path, 0))
    return found


def test_a_profile_edited_by_hand_is_an_error_or_a_result(tmp_path: Path, run_main: Main, vocabulary: str) -> None:
    """Whatever stands anywhere in it: never a traceback, never without end."""
    write_files(
        tmp_path, {"data/a.txt": "가나 뷁\n", "data/b.jsonl": '{"text": "가"}\n{', "data/c.txt": b"\xff" + b"a" * 99}
    )
    profile = saved("data", "p.ccp", tokenizer=vocabulary)
    original = zstandard.ZstdDecompressor().decompress(profile.to_bytes()[len(MAGIC) :])
    other = Profile.load("p.ccp")
    step = 3 if laws.thorough else 8
    for number, path in enumerate(_places(orjson.loads(original))[:: 1 if laws.thorough else 11]):
        loaded = 0
        for wrong in (*WRONG[number % step :: step], "gone"):
            state = orjson.loads(original)
            inner = state
            for key in path[:-1]:
                inner = inner[key]
            if wrong == "gone":
                del inner[path[-1]]
            else:
                inner[path[-1]] = wrong
            Path("bad.ccp").write_bytes(MAGIC + zstandard.ZstdCompressor(level=1).compress(orjson.dumps(state)))
            try:
                Profile.load("bad.ccp").merge(other).to_bytes()
            except ProfileError:
                continue
            loaded += 1
            if loaded > 1 + laws.thorough or number % (1 if laws.thorough else 4):
                continue  # what can be loaded is all alike to the commands
            for arguments in (["report", "bad.ccp", "--baseline", "p.ccp"], ["diff", "bad.ccp", "p.ccp"]):
                status, _, err = run_main(*arguments, "--format", "json")
                assert status in (0, 1, 2), (path, wrong)
                assert err.count("\n") <= 1
