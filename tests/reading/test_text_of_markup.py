"""--strip-markup gives the text that a tree of the same parser holds, and builds no tree."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from corpuscheck.reading.formats.markup import MarkupReport, without_markup

etree = pytest.importorskip("lxml.etree")


def _text(data: bytes, html: bool = False) -> str:
    report = MarkupReport()
    text = b"".join(without_markup([data], html, report)).decode()
    assert report.kept == ""
    return text


def _of_tree(data: bytes, html: bool) -> str:
    options = {"encoding": "utf-8", "remove_comments": True, "remove_pis": True}
    root = etree.fromstring(data, etree.HTMLParser(**options) if html else etree.XMLParser(**options))
    if html:
        etree.strip_elements(root, "script", "style", "template", "noscript", with_tail=False)
    lines = (line.strip() for piece in root.itertext() for line in piece.split("\n"))
    return "\n".join(line for line in lines if line)


PAGES = (
    "<p>one<p>two",
    "<p>a <b>bold</b> word</p> and after",
    "a<script>var x = '<b>';</script>b<style>p {}</style>c",
    "a<noscript><p>none</p></noscript>b<template><p>x<template>y</template>z</template>c",
    "<ul><li>one<li>two</ul>three<br>four<hr/>five",
    "<table><tr><td>1<td>2<tr><td>3</table>",
    "one<!-- <p>not</p> -->two<?php echo 1 ?>three",
    "&lt;b&gt; caf&eacute;&nbsp;&#44032;&#x1F600; &unknown; & more",
    "<pre>\n  first\n\n  second  \n</pre>\u3000wide\u3000",
    "<title>name</title><textarea><p>inside</textarea><select><option>1<option>2</select>",
    "</p></div>before <b><i>overlapping</b> text</i>",
    "a < b and c > d",
)
DOCUMENTS = (
    "<d>one<p>two</p>three</d>",
    "<?xml version='1.0' encoding='utf-8'?>\n<d>\n  <p>one\n  two</p>\n</d>",
    "<d>one<!-- not --><?pi not?>two<![CDATA[ <three> &amp; ]]>four</d>",
    "<d a='&lt;&#65;'>&lt;b&gt; &amp;&quot;&apos;&#44032;&#x1F600;</d>",
    "<x:d xmlns:x='urn:x'><x:p>one</x:p><script>kept</script></x:d>",
    "<!DOCTYPE d><d>one<e/>two<e></e>three</d>",
    "<d>\r\none\r\ntwo&#13;&#10;three\t</d>",
)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_gives_the_text_of_its_tree(page: str) -> None:
    data = f"<html><body>{page}{'<p>some words</p>' * 100}</body></html>".encode()
    assert _text(data, html=True) == _of_tree(data, html=True)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_gives_the_text_of_its_tree(document: str) -> None:
    assert _text(document.encode()) == _of_tree(document.encode(), html=False)


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ("<d>caf&eacute; &nbsp; &#65;</d>", "caf&eacute; &nbsp; A"),
        ("<d>&unknown; &lt;b&gt; &amp; c</d>", "&unknown; <b> & c"),
        ("<d>a & b &lt;c&gt; &amp; d</d>", "a  b <c> & d"),
        ("<d><!-- <![CDATA[ -->&amp; &x;<![CDATA[&amp; &x;]]></d>", "& &x;&amp; &x;"),
        ("<!DOCTYPE d [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><d>x &b; &#38;a;</d>", "x &b; &a;"),
    ],
)
def test_entities_that_are_unknown_are_text_and_none_is_lost_behind_an_error(document: str, text: str) -> None:
    assert _text(document.encode()) == text


@pytest.mark.parametrize("end", ["</html>", "</body></html>"])
def test_text_behind_the_end_of_a_page_is_not_lost(end: str) -> None:
    assert _text(f"<html><body><p>one</p>{end}two<p>three".encode(), html=True).split() == ["one", "two", "three"]


def test_lines_and_elements_may_be_cut_anywhere_by_what_is_fed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    page = "".join(f"<p>line {k}\n<b>more</b> &amp; <!-- {k} --></p>" for k in range(500)).encode()
    whole = _text(page, html=True)
    for name in ("_FED", "_MOST_HELD"):
        monkeypatch.setattr(f"corpuscheck.reading.formats.markup.{name}", 3)
    assert _text(page, html=True) == whole == _of_tree(page, html=True)


_BOMBS: dict[str, Callable[[], bytes]] = {
    "of text": lambda: _bomb("haha"),
    "of nothing": lambda: _bomb(""),
    "behind what looks like CDATA": lambda: _bomb("haha", "<!ENTITY x '<![CDATA['>"),
}


def _bomb(first: str, more: str = "") -> bytes:
    entities = "".join(f"<!ENTITY a{k + 1} '{f'&a{k};' * 10}'>" for k in range(12))
    return f"<!DOCTYPE d [<!ENTITY a0 '{first}'>{entities}{more}]><d>some text &a12; more text<!-- ]]> --></d>".encode()


@pytest.mark.parametrize("bomb", _BOMBS.values(), ids=_BOMBS)
def test_entities_do_not_multiply(bomb: Callable[[], bytes]) -> None:
    report = MarkupReport()
    assert sum(map(len, without_markup([bomb()], False, report))) < 10_000
