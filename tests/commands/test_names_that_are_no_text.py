"""Names of files, folders and outputs with bytes that are no text: every command and every report takes them."""

from __future__ import annotations

import ast
import json
import os
import sys
import zipfile
from pathlib import Path

import pytest
from support import REPOSITORY, Main, korean_lines, write_files

from corpuscheck.profile.profile import Profile
from corpuscheck.settings import REPORT_FORMATS
from corpuscheck.values.json_text import json_bytes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux alone")

Call = tuple[str, ...]

PROFILE, TOKENIZER, FOLDER = "p\udcff.ccp", "t\udcff", "c\udcff"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of which every name is hostile, with trouble in each file, a profile and a tokenizer of it."""
    from corpuscheck import scan
    from corpuscheck.tokenizer.training import save

    place = tmp_path_factory.mktemp("names")
    text = "\n".join(korean_lines(150)).encode() + b" <b>x</b> \xff http://example.org/x\n"
    corpus: dict[str, str | bytes] = {
        "a\udcff.txt": text,
        "copy\udcfe.txt": text,
        "b\udced.csv": b"id,text\n1,a cell,another\n2,text of a cell\n",
        "j\udced.jsonl": b'{"text": "some \xff words"}\nnot json\n',
        "picture\udcff.txt": b"\x89PNG\r\n\x1a\n" + bytes(2000),
        "\udcff/deeper.txt": "가나 다라 ﻿마바",
    }
    write_files(place / FOLDER, corpus)
    with zipfile.ZipFile(place / FOLDER / "z\udcfe.zip", "w") as archive:
        archive.writestr("inside.txt", text)
    result = scan(place / FOLDER, jobs=1)
    for name in (PROFILE, "s\udcff.ccp"):
        result.profile.save(str(place / name))
    assert result.tokenizer.trained
    from corpuscheck.rules.conclude import artefact_of

    save(artefact_of(result.profile), str(place / TOKENIZER))
    return place


def _named(call: Call) -> str:
    return " ".join(call).encode("ascii", "replace").decode()


def _every_call() -> list[Call]:
    gate = [
        ("scan", FOLDER, "--save", "s\udcff.ccp", "--files", "f\udcff", "--save-tokenizer", "k\udcff"),
        ("scan", FOLDER, "--baseline", PROFILE, "--no-clean"),
        ("report", PROFILE),
        ("diff", PROFILE, "s\udcff.ccp"),
    ]
    other = [
        ("estimate", FOLDER),
        ("estimate", PROFILE),
        ("compare", FOLDER, "--tokenizer", TOKENIZER, "--train"),
        ("compare", PROFILE, PROFILE),
    ]
    outputs = [part for name in REPORT_FORMATS for part in ("--output", f"{name}={name}\udcff")]
    peeks = [("peek", FOLDER, *view) for view in ((), ("--rule", "CC501"), ("--rule", "CC413"), ("--word", "가"))]
    return [
        *((*call, *outputs) for call in gate),
        *((*call, "--format", name, "--output", f"{name}=o\udcff") for call in gate[-2:] for name in REPORT_FORMATS),
        *((*call, "-q", "--format", name, "--output", "o\udcff") for call in other for name in ("text", "json")),
        *((*call, "-q", "--format", name) for call in peeks for name in ("text", "json")),
        ("scan", FOLDER, "--include", "a\udcff*", "--exclude", "\udcfe"),
        ("scan", FOLDER, "--text-field", "a\udcff"),
        ("scan", FOLDER, "--tokenizer", TOKENIZER, "--limit-alphabet", "90"),
        ("scan", FOLDER, "--config", "config\udcff.toml", "--show-config"),
        ("train", FOLDER, "-o", "trained\udcff"),
        ("merge", PROFILE, PROFILE, "-o", "m\udcff.ccp"),
        ("reference", "build", "r\udcff", FOLDER, PROFILE),
        ("scan", FOLDER, "--reference", PROFILE, "--format", "json"),
    ]


@pytest.mark.few(1)
@pytest.mark.parametrize("call", _every_call(), ids=_named)
def test_no_command_fails(hostile: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
    monkeypatch.chdir(hostile)
    (hostile / "config\udcff.toml").write_text('[rules.CC301]\nseverity = "info"\n')
    status, out, err = run_main(*call)
    assert status in (0, 1), err
    assert "Traceback" not in err
    out.encode()
    if "json" in call:
        json.loads(out)


@pytest.mark.few(5)
@pytest.mark.parametrize(
    "call",
    [("init", FOLDER), ("scan", "no\udcff"), ("report", "no\udcff.ccp"), ("estimate", "no\udcff.ccp"),
     ("scan", FOLDER, "--select", "\udcff"), ("scan", FOLDER, "--preset", "\udcff"), ("explain", "\udcff"),
     ("scan", FOLDER, "--encoding", "\udcff"), ("scan", FOLDER, "--hint", "\udcff"),
     ("peek", FOLDER, "--word", "\udcff"),
     ("scan", FOLDER, "--document", "\udcff"), ("scan", FOLDER, "--target", "\udcff"), ("scan", FOLDER, "--\udcff"),
     ("scan", FOLDER, "--output", "no\udcff/x"), ("train", FOLDER, "-o", "config\udcff.toml"), ("\udcff",)],
    ids=_named,
)  # fmt: skip
def test_what_cannot_be_is_said_in_a_line(
    hostile: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch, call: Call
) -> None:
    monkeypatch.chdir(hostile)
    (hostile / "config\udcff.toml").write_text("")
    status, _, err = run_main(*call)
    assert status == 2
    assert "Traceback" not in err


@pytest.mark.few(1)
@pytest.mark.parametrize("options", [(), ("--include", "a\udcff*"), ("--text-field", "a\udcff")], ids=ascii)
def test_a_cache_gives_the_same_report(
    hostile: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: tuple[str, ...]
) -> None:
    monkeypatch.delenv("CORPUSCHECK_NO_CACHE")
    monkeypatch.chdir(hostile)
    call = ("scan", FOLDER, *options, "--cache-dir", str(tmp_path / "cache\udcff"), "--format", "json", "-q")
    first, again = run_main(*call), run_main(*call)
    assert first == again
    assert first[0] in (0, 1), first[2]


def test_names_are_written_out_in_every_json(hostile: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(hostile)
    document = json.loads(run_main("estimate", PROFILE, "--format", "json")[1])
    assert document["source"] == "p\\xff.ccp"
    run_main("scan", FOLDER, "-q", "--files", "files.jsonl")
    paths = [json.loads(line)["path"] for line in (hostile / "files.jsonl").read_text().splitlines()]
    assert f"c\\xff{os.sep}a\\xff.txt" in paths
    assert Profile.load(PROFILE).to_bytes() == (hostile / PROFILE).read_bytes()


def test_surrogates_become_what_stands_for_them() -> None:
    assert json.loads(json_bytes({"\udcff": ["a\ud800", {"b": "한"}], "n": 1})) == {
        "\\xff": ["a\\ud800", {"b": "한"}], "n": 1,
    }  # fmt: skip


def test_json_is_written_by_one_function_alone() -> None:
    """The cache may call orjson itself: it keeps nothing of names that are no text."""
    writers = [
        path.name
        for path in (REPOSITORY / "corpuscheck").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "dumps" and ast.unparse(node.value) == "orjson"
    ]
    assert set(writers) == {"json_text.py", "cache.py"}
