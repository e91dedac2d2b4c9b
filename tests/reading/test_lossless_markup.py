"""--strip-markup loses no text in silence: all of it comes out, or the markup is kept and counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import documents_in, write_files

pytest.importorskip("lxml")

WORDS = "".join(f"<p>sentence number {k} of many</p>\n" for k in range(2000))
HTML = {
    "300 divs": "<div>" * 300 + WORDS + "</div>" * 300,
    "10,000 divs": "<div>" * 10_000 + WORDS + "</div>" * 10_000,
    "100,000 spans": "<span>" * 100_000 + WORDS,
    "divs that never end": "<div>word " * 5000 + WORDS,
    "ends without a beginning": "</div></p></b>" * 5000 + WORDS,
    "lists inside lists": "<ul><li>item " * 3000 + WORDS,
    "tables inside tables": "<table><tr><td>cell " * 1500 + WORDS,
    "fonts that overlap": "<b><i>word</b> more</i> " * 5000 + WORDS,
    "a text of 11 MB": "<p>" + "words and " * 1_100_000 + "</p>" + WORDS,
    "an attribute of 11 MB": '<p title="' + "x" * 11_000_000 + '">' + WORDS,
    "a comment of 11 MB": "<p>before</p><!--" + "x" * 11_000_000 + "-->" + WORDS,
    "a comment without an end": WORDS + "<!-- " + WORDS,
    "a script without an end": WORDS + "<script> " + WORDS,
    "two roots": f"<html><body>{WORDS}</body></html>" * 2,
    "an unknown entity": WORDS.replace("of", "&nonsense; of"),
    "signs that are no tags": WORDS.replace("of", "a < b & c > d of"),
    "a null": WORDS.replace("of", "\x00of", 1),
    "a doctype in the midst": WORDS + "<!DOCTYPE html>" + WORDS,
    "CDATA": WORDS + "<![CDATA[" + "sentence " * 3000 + "]]>" + WORDS,
    "frames": "<frameset>" * 300 + WORDS,
    "an XML declaration": '<?xml version="1.0"?>' + WORDS,
}
XML = {
    "two roots": f"<doc>{WORDS}</doc>\n<doc>{WORDS}</doc>",
    "a thousand roots with a declaration": '<?xml version="1.0"?>\n' + "<doc>a sentence</doc>\n" * 1000,
    "text before the root": f"sentence number 1 {WORDS}",
    "300 elements": "<div>" * 300 + WORDS + "</div>" * 300,
    "10,000 elements": "<div>" * 10_000 + WORDS + "</div>" * 10_000,
    "elements that never end": "<doc>" + "<p>a sentence of words " * 200,
    "ends that do not fit": f"<doc>{WORDS}</p></x>{WORDS}</doc>",
    "an unknown entity": f"<doc>{WORDS}</doc>".replace("of", "&nbsp; of"),
    "signs that are no tags": f"<doc>{WORDS}</doc>".replace("of", "a < b & c of"),
    "an attribute without quotes": f"<doc id=5>{WORDS}</doc>",
    "a name that is none": f"<doc>{WORDS}<1a>{WORDS}</1a></doc>",
    "a text of 11 MB": "<doc>" + "words and " * 1_100_000 + "</doc>",
    "CDATA of 11 MB": "<doc><![CDATA[" + "words and " * 1_100_000 + "]]></doc>",
    "a comment with dashes": f"<doc>{WORDS}<!-- a -- b -->{WORDS}</doc>",
    "a control character": f"<doc>{WORDS}</doc>".replace("of", "\x01of"),
    "a prefix without a namespace": f"<x:doc>{WORDS}</x:doc>",
    "a cut end": f"<doc>{WORDS}<p>a sent",
    "a billion laughs": '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + f"<d>{WORDS}&b;</d>",
}
CASES = [*(("html", name) for name in HTML), *(("xml", name) for name in XML)]


@pytest.mark.few(12)
@pytest.mark.parametrize(("end", "name"), CASES, ids=lambda part: part)
def test_all_text_comes_out_or_the_markup_is_kept_and_counted(end: str, name: str, tmp_path: Path) -> None:
    content = (HTML if end == "html" else XML)[name]
    path = write_files(tmp_path, {f"a.{end}": content}) / f"a.{end}"
    (text,), record = documents_in(path, strip_markup=True)
    if record.markup_bytes:
        assert text.count("sentence") == content.count("sentence")
        assert "<" in text
    elif name in ("a comment without an end", "a script without an end"):
        assert text.count("sentence") >= 2000
    else:
        assert text.count("sentence") >= content.count("sentence")
        assert text.count("words") >= 0.99 * content.count("words")
        assert "<p>" not in text


@pytest.mark.few(5)
@pytest.mark.parametrize(
    ("end", "name"),
    [("html", "300 divs"), ("html", "two roots"), ("html", "a text of 11 MB"), ("html", "fonts that overlap"),
     ("xml", "two roots"), ("xml", "a thousand roots with a declaration"), ("xml", "300 elements"),
     ("xml", "a text of 11 MB"), ("xml", "CDATA of 11 MB")],
)  # fmt: skip
def test_markup_goes_where_no_text_goes_with_it(end: str, name: str, tmp_path: Path) -> None:
    path = write_files(tmp_path, {f"a.{end}": (HTML if end == "html" else XML)[name]}) / f"a.{end}"
    assert documents_in(path, strip_markup=True)[1].markup_bytes == 0
