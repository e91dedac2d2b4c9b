"""Markup that is kept in spite of --strip-markup is told, with the file and the reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading_of import read_all
from support import document_of, write_files, write_vocabulary

from corpuscheck.reading.formats import markup
from corpuscheck.settings import Reading

pytest.importorskip("lxml")
PAGE = "<html><body><p>some text</p>" + "<p>more text</p>" * 20_000 + "</body></html>"


@pytest.mark.parametrize(
    ("bound", "most", "reason"),
    [("LARGEST_FILE", 0, "over 0 MiB"), ("MOST_TAGS", 10, "too many tags or attributes")],
)
def test_a_file_that_is_too_much_says_why(
    tmp_path: Path, bound: str, most: int, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(markup, bound, most)
    (tmp_path / "a.html").write_text(PAGE)
    documents, (record,) = read_all(tmp_path / "a.html", Reading(strip_markup=True))
    assert (documents, record.markup_kept) == ([PAGE], reason)


def test_a_file_of_which_a_parser_would_lose_text_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "_parsed", lambda *_: b"")
    (tmp_path / "a.html").write_text(PAGE)
    documents, (record,) = read_all(tmp_path / "a.html", Reading(strip_markup=True))
    assert (documents, record.markup_kept) == ([PAGE], "a parser would lose some of its text")


def test_what_is_stripped_or_was_never_to_be_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    for strip in (False, True):
        (record,) = read_all(tmp_path / "a.html", Reading(strip_markup=strip))[1]
        assert record.markup_kept is None


def test_each_report_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "MOST_TAGS", 10)
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", "abcdefghijklmnopqrstuvwxyz")
    corpus = write_files(tmp_path / "corpus", {"a.html": PAGE})
    document = document_of(corpus, tokenizer=vocabulary, strip_markup=True)
    kept = [finding for finding in document["findings"] if "in spite of --strip-markup" in finding["message"]]
    assert [finding["name"] for finding in kept] == ["markup"]
    assert "a.html (too many tags or attributes)" in kept[0]["message"]
