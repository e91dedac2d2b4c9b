"""Pages in HTML: what is in them, that nothing foreign becomes a part of them, and that they stay small.

`test_html_in_browser.py` looks at them in a browser.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from pages_made import PAGES, distributions, made, sources
from results import ATTACKS, comparison, full_result, hostile_result
from support import REPOSITORY, run

from corpuscheck.reports.html.page import LARGEST
from corpuscheck.reports.registry import render
from corpuscheck.result.place import Place
from corpuscheck.result.result import ChangedFile, Finding, LostWord, NewCharacter, Result, SkippedRule
from corpuscheck.settings import Severity
from corpuscheck.text.printable import printable

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
MORE_ATTACKS = (
    "</style><script>alert(1)</script>",
    '" onload="alert(1)',
    "' onfocus='alert(1)' autofocus x='",
    "</title><img src=x onerror=alert(1)>",
    "</svg></table></details></main><h1>READY</h1>",
    "javascript:alert(1)",
    "{{ 7 * 7 }} {% include 'page.css' %} {# #}",
    "&lt;script&gt; &#x3c;script&#x3e; &nbsp;",
    "url(https://evil.example/a.png) ;background:red}",
    "\x00\x01\x7f\u202e\u2066abc\u2069\u200b\ufeff",
    "]]><!--<script>-->",
    "\u05e9\u05dc\u05d5\u05dd\u200f \u0645\u0631\u062d\u0628\u0627 <b>",
)


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)


def tree(page: bytes) -> Any:
    """The page as a browser's parser would see it."""
    return html.document_fromstring(page)


@cache
def parsed(name: str) -> Any:
    return tree(made(name))


def words_of(element: Any) -> str:
    return " ".join(element.text_content().split())


@pytest.mark.parametrize("name", PAGES)
def test_a_page_forbids_itself_everything_but_its_own_style(name: str) -> None:
    page = parsed(name)
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']")
    assert policy.get("content") == POLICY
    assert not page.xpath("//script | //iframe | //object | //embed | //link | //form | //base | //img")
    assert {target[0] for target in page.xpath("//@href")} <= {"#"}
    assert not page.xpath("//@src | //@srcset | //@action | //@*[starts-with(name(), 'on')]")
    (style,) = page.xpath("//style")
    assert not re.search(r"url\(|@import|@font-face|expression", style.text_content())


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_found_through(name: str) -> None:
    """Headings follow each other, what has a name has one of its own, links lead somewhere, tables have headers."""
    page = parsed(name)
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1 | //h2 | //h3")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    names = page.xpath("//@id")
    assert len(names) == len(set(names))
    assert {link[1:] for link in page.xpath("//@href | //@aria-labelledby") if link[0] == "#"} <= set(names)
    assert all(words_of(heading) for heading in page.xpath("//h1 | //h2 | //caption | //figcaption | //summary"))
    for table in page.xpath("//table"):
        assert len(table.xpath("./tbody/tr/th[@scope='row']")) == len(table.xpath("./tbody/tr"))
        widths = {len(row.xpath("./th | ./td")) for row in table.xpath(".//tr")}
        assert len(widths) == 1
    assert all(picture.get("aria-label") for picture in page.xpath("//*[@role='img']"))
    assert page.get("lang") == "en"
    assert page.xpath("//title/text()")[0].strip()


@pytest.mark.parametrize("attacks", [ATTACKS, MORE_ATTACKS], ids=["those of all reports", "those of pages"])
def test_hostile_text_is_shown_and_changes_nothing(attacks: tuple[str, ...]) -> None:
    """Elements and attributes are those that a harmless page has, and the text is there as it may be shown."""
    hostile = replace(hostile_result(attacks), sources=sources(attacks), distributions=distributions())
    page = tree(render(hostile, "html"))
    harmless = parsed("everything")
    assert _shape(page) <= _shape(harmless) | {("bdi", "")}
    messages = [words_of(message) for message in page.xpath("//p[@class='message']")]
    told = words_of(page)
    for n, text in enumerate(attacks):
        shown = " ".join(printable(text).split())
        assert f"{('error', 'warning', 'info')[n % 3]} {shown} CC9{n:02} attack" in messages
        assert told.count(shown) >= 8, shown


def _shape(page: Any) -> set[tuple[str, str]]:
    elements = [element for element in page.iter() if isinstance(element.tag, str)]
    named = {(element.tag, name) for element in elements for name in element.attrib}
    return named | {(element.tag, "") for element in elements}


def test_nothing_hostile_stands_in_a_style_or_a_name() -> None:
    hostile = replace(hostile_result(MORE_ATTACKS), sources=sources(MORE_ATTACKS), distributions=distributions())
    page = tree(render(hostile, "html"))
    for style in page.xpath("//@style"):
        assert re.fullmatch(r"(?:(?:--from|--width|--filled|left|bottom):\d+\.\d\d%;?)+", style)
    assert all(re.fullmatch(r"[a-z-]+", name) for name in page.xpath("//@id"))
    assert all(re.fullmatch(r"[a-z ]*", name) for name in page.xpath("//@class"))


def _huge(text: Callable[[int], str]) -> Result:
    """Thousands of everything, each of it long."""
    result = full_result()
    places = tuple(Place(text(n), n + 1, text(n)) for n in range(100))
    found = tuple(Finding("CC102", "invalid-bytes", "error", text(n), text(n), places=places) for n in range(2_000))
    words = tuple(LostWord(text(n), 1, text(n), "too long", ()) for n in range(2_000))
    compared = replace(
        comparison(),
        name=text(0),
        files=tuple(ChangedFile(text(n), c, text(n), 1, 1, 1, 1, 1)
                    for n in range(500) for c in ("added", "changed", "moved", "removed")),
        newly_lost=words,
        new_characters=tuple(NewCharacter("뷁", text(n), 1, True, places[0]) for n in range(2_000)),
        new_encodings={text(n): places for n in range(200)},
        damage=tuple(replace(comparison().damage[0], kind=text(n), places=places) for n in range(300)),
    )  # fmt: skip
    return replace(
        result,
        findings=found,
        skipped_rules=tuple(SkippedRule("CC112", "markup", text(n)) for n in range(500)),
        tokenizer=replace(result.tokenizer, worst_words=words),
        sources=sources([text(n) for n in range(1_000)]),
        distributions=distributions(),
        comparison=compared,
    )


HUGE = {
    "plain": lambda n: f"{n} " + "x" * 5_000,
    "hostile": lambda n: f"{n}" + "\U000f0000\"'<&" * 2_000,
    "short": lambda n: f"{n}.txt",
    "syllables": lambda n: f"{n} " + "가b" * 3_000,
    "ten million": lambda n: f"{n}" + _MANY if n < 3 else f"{n}",
}
_MANY = "똻" * 10_000_000


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", HUGE)
def test_a_page_of_any_corpus_is_small_and_says_what_it_leaves_out(kind: str) -> None:
    page = render(_huge(HUGE[kind]), "html")
    assert 20_000 < len(page) <= LARGEST == 300_000
    assert len(re.findall(r"more, left out here", page.decode())) >= 5


@pytest.mark.parametrize(
    ("text", "kana", "tongues"),
    [
        ("한국어 text", False, [("ko", "한국어")]),
        ("東京へ行く", False, [("ja", "東京へ行く")]),
        ("漢字", False, [("zh", "漢字")]),
        ("漢字", True, [("ja", "漢字")]),
        ("ภาษาไทย", False, [("th", "ภาษาไทย")]),
        ("plain", False, []),
    ],
)
def test_text_is_set_by_its_language(text: str, kana: bool, tongues: list[tuple[str, str]]) -> None:
    from corpuscheck.text.scripts import ScriptShare

    result = replace(full_result(), findings=(Finding("CC102", "invalid-bytes", "warning", text, "x"),))
    scripts = (ScriptShare("Kana", 1, 2), *result.scripts) if kana else result.scripts
    page = tree(render(replace(result, scripts=scripts), "html"))
    (message,) = page.xpath("//p[@class='message']")
    assert [(run.get("lang"), run.text_content()) for run in message.xpath(".//*[@lang]")] == tongues


def test_a_word_has_its_guilty_characters_marked() -> None:
    words = tuple(LostWord(word, 1, "why", "kind", guilty) for word, guilty in (("똻똻하다", ("똻",)), ("a<b", ("<",))))
    result = full_result()
    page = tree(render(replace(result, tokenizer=replace(result.tokenizer, worst_words=words)), "html"))
    assert [mark.text_content() for mark in page.xpath("//section[@id='seen']//mark")] == ["똻똻", "<"]


def test_a_title_says_what_was_found() -> None:
    titles = {
        section.get("id"): words_of(section.xpath(".//h2")[0]) for section in parsed("everything").xpath("//section")
    }
    assert titles["changes"]
    assert titles["read"] == "1 file not measured: 1 binary (png)"
    assert titles["seen"] == "21.2 % of the held-out words are lost"
    assert titles["domain"] == "It is a domain of its own"
    assert titles["sources"] == "news costs most: 30.0 % of it is copies and debris"


def test_commands_are_code_in_what_to_do() -> None:
    codes = {code.text_content() for code in parsed("everything").xpath("//p[@class='advice']//code")}
    assert "--limit-alphabet 450" in codes


@pytest.mark.thorough
def test_the_page_is_written_by_the_command_line(tmp_path: Path) -> None:
    page, estimate = tmp_path / "r.html", tmp_path / "e.html"
    done = run("scan", REPOSITORY / "examples" / "broken", "-q", "--output", f"html={page}")
    assert done.returncode == 0
    assert page.read_bytes().startswith(b"<!doctype html>")
    done = run("estimate", "--articles", "30000", "--mean-bytes", "4kB", "-q", "--format", "html",
               "--output", f"html={estimate}", "--output", tmp_path / "e.json")  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == estimate.read_text("utf-8")
    assert (tmp_path / "e.json").read_bytes().startswith(b"{")


def _with(result: Result, *findings: tuple[str, str]) -> Result:
    told: dict[str, Severity] = {"E": "error", "W": "warning", "I": "info"}
    found = (
        Finding(rule, "name", told[severity], f"{rule} was found, such as here", "x") for rule, severity in findings
    )
    return replace(result, findings=tuple(found), comparison=None)


@pytest.mark.parametrize(
    ("findings", "title"),
    [
        ((), "Nothing stands against pretraining on this"),
        ((("CC415", "I"),), "Nothing stands against pretraining on this"),
        ((("CC101", "W"), ("CC301", "E")), "21.2 % of the held-out words are lost"),
        ((("CC201", "W"), ("CC304", "W")), "CC304 was found"),  # a fifth of the words weighs more than too little text
        ((("CC201", "W"),), "9.11 kB of text is 0.00023 % of the 4.00 GB rule of thumb"),
        ((("CC101", "E"), ("CC705", "E")), "CC705 was found"),  # a change comes first
        ((("CC408", "W"), ("CC501", "W")), "9.10 kB of 9.11 kB usable, 99.9 %"),
        ((("CC602", "W"),), "CC602 was found"),
    ],
)
def test_the_first_title_is_what_weighs_most(findings: tuple[tuple[str, str], ...], title: str) -> None:
    page = tree(render(_with(full_result(), *findings), "html"))
    assert words_of(page.xpath("//h1")[0]) == title


def test_what_to_do_comes_by_weight() -> None:
    shuffled = (("CC415", "I"), ("CC201", "W"), ("CC101", "W"), ("CC408", "W"), ("CC301", "E"))
    page = tree(render(_with(full_result(), *shuffled), "html"))
    rules = [words_of(rule).split()[0] for rule in page.xpath("//span[@class='rule']")]
    assert rules == ["CC301", "CC101", "CC408", "CC201", "CC415"]
