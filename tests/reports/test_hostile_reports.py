"""Text that attacks a report format: each output is read back by a real parser and says what went in."""

from __future__ import annotations

import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import examples
from markdown_it import MarkdownIt
from markdown_it.token import Token
from results import ATTACKS, hostile_result
from support import REPOSITORY

from corpuscheck.reports.ci import github
from corpuscheck.reports.markdown.text import code, prose, table
from corpuscheck.reports.registry import render
from corpuscheck.reports.terminal.report import render as render_text
from corpuscheck.settings import REPORT_FORMATS
from corpuscheck.text.printable import printable
from corpuscheck.values.json_text import encodable

SHOWN = [printable(text) for text in ATTACKS]
BIG = 20_000

nasty = st.text(
    st.one_of(st.sampled_from("`|\\<>&@#:;,.()[]{}*_~!/%-=+ '\"aA1가\n\r\x1b\x00\u202e\udcff\ufffe"), st.characters())
)


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)


def _report(name: str) -> str:
    return render(hostile_result(), name).decode()


@pytest.mark.parametrize("name", REPORT_FORMATS)
def test_nothing_steers_a_terminal(name: str) -> None:
    report = _report(name)
    if name == "text":
        report += render_text(hostile_result(), full=True).decode()
    if name == "json":  # the exact words are in it: what steers is escaped, what is merely unassigned is not
        report = report.replace("\ufffe", "").replace("\uffff", "")
    unsafe = [
        ch for ch in report if unicodedata.category(ch) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") and ch != "\n"
    ]
    assert not unsafe


def test_text() -> None:
    report = render_text(hostile_result(), full=True).decode()
    for shown in SHOWN:
        words = r"\s+".join(map(re.escape, shown.split()))
        assert len(re.findall(words, report)) >= 3, shown


def test_concise() -> None:
    *lines, verdict = _report("concise").split("\n")[:-1]
    assert verdict.startswith("NOT READY: 6 errors, 6 warnings")
    assert len(lines) == len(ATTACKS)
    for n, (line, shown) in enumerate(zip(lines, SHOWN, strict=True)):
        assert line.removeprefix("./").startswith(f"{shown}:{n + 1}: CC9{n:02} ")
        assert line.endswith(f" attack: {shown}")
        assert not line.startswith("::")


def test_json() -> None:
    document = json.loads(_report("json"))
    expected = [encodable(text) for text in ATTACKS]
    assert [finding["message"] for finding in document["findings"]] == expected
    assert [word["word"] for word in document["comparison"]["newly_lost"]] == expected
    assert [file["path"] for file in document["comparison"]["files"]] == SHOWN
    assert [finding["places"][0]["path"] for finding in document["findings"]] == SHOWN


@pytest.mark.parametrize("first", range(0, len(ATTACKS), 10))
def test_github(first: int) -> None:
    attacks = ATTACKS[first : first + 10]
    lines = render(hostile_result(attacks), "github").decode().split("\n")[:-1]
    assert len(lines) == len(attacks)
    for n, (line, text) in enumerate(zip(lines, attacks, strict=True)):
        parts = re.fullmatch(r"::(error|warning|notice) file=([^,:]*),line=(\d+),title=([^,:]*)::(.*)", line)
        assert parts, line
        assert [unquote(part) for part in parts.groups()] == [
            ("error", "warning", "notice")[n % 3],
            printable(text),
            str(n + 1),
            f"CC9{n:02} attack",
            f"{printable(text)}\n{printable(text)}",
        ]


def test_gitlab() -> None:
    entries = json.loads(_report("gitlab"))
    assert [entry["location"] for entry in entries] == [
        {"path": shown, "lines": {"begin": n}} for n, shown in enumerate(SHOWN, 1)
    ]
    assert [entry["description"] for entry in entries] == SHOWN
    assert len({entry["fingerprint"] for entry in entries}) == len(ATTACKS)


def test_junit() -> None:
    (suite,) = ET.fromstring(_report("junit"))
    cases = {case.attrib["name"]: case for case in suite}
    for n, shown in enumerate(SHOWN):
        told = cases[f"CC9{n:02} attack"].find("failure" if n % 3 == 0 else "system-out")
        assert told is not None
        severity = ("error", "warning", "info")[n % 3]
        assert told.text == f"{severity}: {shown}\n  {shown}\n  {shown}:{n + 1}  {shown}"
        skipped = cases[f"CC8{n:02} attack"].find("skipped")
        assert skipped is not None
        assert skipped.attrib["message"] == shown


def test_sarif() -> None:
    (run,) = json.loads(_report("sarif"))["runs"]
    assert [found["message"]["text"].replace("\\](", "](") for found in run["results"]] == SHOWN
    places = [found["locations"][0]["physicalLocation"] for found in run["results"]]
    assert [unquote(p["artifactLocation"]["uri"]) for p in places] == [PurePath(s).as_posix() for s in SHOWN]
    assert [place["region"]["startLine"] for place in places] == [n + 1 for n in range(len(SHOWN))]
    assert not any(re.search(r"(?<!\\)\]\(", found["message"]["text"]) for found in run["results"])


def _parsed(text: str) -> list[Token]:
    return MarkdownIt("js-default", {"html": True}).disable("linkify", True).parse(text)


def _said(token: Token) -> str:
    """The text of an inline token, which must have nothing but text and code in it."""
    children = token.children or []
    assert {child.type for child in children} <= {"text", "code_inline"}, token.content
    assert not re.search(r"[@#|<>\\]|://|www\.|:\w+:|GH-\d|[0-9a-f]{7,}", _texts(children)), token.content
    return "".join(child.content for child in children)


def _texts(children: Iterable[Token]) -> str:
    return " ".join(child.content for child in children if child.type == "text")


def _rows(text: str) -> list[list[str]]:
    """The rows of all tables, as they are read."""
    rows: list[list[str]] = []
    cells = False
    for token in _parsed(text):
        if token.type == "tr_open":
            rows.append([])
        if token.type in ("td_open", "td_close"):
            cells = token.type == "td_open"
        elif cells and token.type == "inline":
            rows[-1].append(_said(token))
    return rows


def test_markdown() -> None:
    report = _report("markdown")
    rows = _rows(report)
    findings = [row for row in rows if len(row) == 4]
    assert [row[2:] for row in findings] == [[shown, shown] for shown in SHOWN]
    files = [row[0] for row in rows if len(row) == 5]
    assert files == [f"{shown}:1" for shown in SHOWN]
    three = [row[0] for row in rows if len(row) == 3]
    words, copies = three[-2 * len(SHOWN) : -len(SHOWN)], three[-len(SHOWN) :]
    assert words == [printable(text, 60) for text in ATTACKS]
    assert copies == [f"{shown}#1" for shown in SHOWN]
    kinds = {token.type for token in _parsed(report)}
    assert not kinds & {"fence", "code_block", "blockquote_open", "hr", "ordered_list_open"}
    html = [token.content.strip() for token in _parsed(report) if token.type == "html_block"]
    assert set(html) <= {
        "</details>",
        *(f"<details><summary>{s}</summary>" for s in ("Where", "Not judged", "17 files added")),
    }
    lists = [_said(token) for token in _parsed(report) if token.type == "inline" and token.level == 3]
    for n, shown in enumerate(SHOWN):
        assert f"CC9{n:02} {shown}:{n + 1} {shown}" in lists
        assert f"CC8{n:02} attack: {shown}" in lists


@examples(150)
@given(nasty)
def test_code_and_prose_say_what_went_in(text: str) -> None:
    shown = printable(text, BIG)
    (_, (inside, around)) = _rows(table(("a", "b"), (text,), lambda t: (code(t, BIG), f"x{prose(' ' + t, BIG)}")))
    assert inside == (shown or " ")
    assert around == f"x {shown}".rstrip(" ")
    _, paragraph, _ = _parsed(f"x {prose(text, BIG)} {code(text, BIG)}")
    assert _said(paragraph) == f"x {shown} {shown or ' '}"


@examples(150)
@given(nasty)
def test_workflow_commands_say_what_went_in(text: str) -> None:
    data, value = github._data(text), github._property(text)
    assert not re.search(r"[\r\n]", data)
    assert not re.search(r"[\r\n:,]", value)
    for escaped in (data, value):
        assert re.sub("%(25|0D|0A|3A|2C)", lambda found: chr(int(found[1], 16)), escaped) == text


@examples(150)
@given(nasty)
def test_printable_text_is_legal_xml_and_utf8(text: str) -> None:
    element = ET.Element("a", b=printable(text, BIG))
    element.text = printable(text, BIG)
    read = ET.fromstring(ET.tostring(element, encoding="utf-8"))
    assert (read.text or "", read.attrib["b"]) == (printable(text, BIG), printable(text, BIG))


def test_json_has_no_lone_surrogates() -> None:
    value: dict[str, Any] = {"\udcff": ["a\ud800", {"b": "한"}], "n": 1, "none": None}
    assert encodable(value) == {"\\xff": ["a\\ud800", {"b": "한"}], "n": 1, "none": None}
