"""Layouts: what a file is, its content tells; the name is a hint."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import mailbox
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import zstandard
from reading_of import read_all
from support import documents_in, everything, korean_lines, record_of, scanned, write_files, write_vocabulary

from corpuscheck.errors import UsageError
from corpuscheck.reading.layouts import HEAD_BYTES, front_matter
from corpuscheck.running import units
from corpuscheck.settings import Reading, settings_from

TEXTS = ["첫 번째 글입니다.", "두 번째\n글, 쉼표와 함께.", 'and "quotes" too', "네 번째 글."]
ROWS = [{"id": n, "text": text} for n, text in enumerate(TEXTS)]
LINES = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
PROSE = "\n".join(korean_lines(40)) + "\n"


@pytest.mark.parametrize(
    "name",
    ["wiki_00", "part-00000", "petitions", "data.jsonl.txt", "data.txt", "data.log", "data.md", "AA/x.json", "x.csv"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_json_lines_are_read_under_any_name_and_in_any_encoding(tmp_path: Path, name: str, encoding: str) -> None:
    write_files(tmp_path, {name: (LINES * 20).encode(encoding)})
    texts, record = documents_in(tmp_path / name)
    assert texts == TEXTS * 20
    assert (record.format, record.text_field, record.layout) == ("jsonl", "text", "JSON Lines")


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor().compress,
}


@pytest.mark.parametrize("ending", PACK)
@pytest.mark.parametrize("named", [True, False])
def test_compressed_json_lines_need_neither_ending(tmp_path: Path, ending: str, named: bool) -> None:
    name = f"data.{ending}" if named else "data"
    write_files(tmp_path, {name: PACK[ending](LINES.encode())})
    texts, record = documents_in(tmp_path / name)
    assert (texts, record.format) == (TEXTS, "jsonl")
    assert str(record.layout).startswith("JSON Lines")
    assert ("," in str(record.layout)) is not named


JSON_FILES = {
    "array.jsonl": json.dumps(ROWS, ensure_ascii=False),
    "array on two lines.jsonl": "[" + ",\n".join(json.dumps(row) for row in ROWS) + "]",
    "indented.jsonl": json.dumps(ROWS, indent=2),
    "objects, indented.jsonl": "\n".join(json.dumps(row, indent=2) for row in ROWS),
    "array": json.dumps(ROWS),
    "array.txt": json.dumps(ROWS, indent=4, ensure_ascii=False),
    "array.log": "\n \n" + json.dumps(ROWS),
    "texts.txt": json.dumps(TEXTS),
    "long array": json.dumps([{"id": 1, "text": t, "more": ["x"] * 3} for t in TEXTS] * 4000, ensure_ascii=False),
}


@pytest.mark.parametrize("name", JSON_FILES)
def test_json_is_read_under_any_name(tmp_path: Path, name: str) -> None:
    write_files(tmp_path, {name: JSON_FILES[name]})
    texts, record = documents_in(tmp_path / name)
    assert texts == TEXTS * (4000 if "long" in name else 1)
    assert (record.format, record.layout, record.bad_records) == ("json", "JSON", 0)


def test_lines_longer_than_the_head_are_still_json_lines(tmp_path: Path) -> None:
    long = ["가" * HEAD_BYTES, "나 다", "라" * HEAD_BYTES]
    write_files(tmp_path, {"a": "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in long)})
    assert documents_in(tmp_path / "a")[0] == long


def test_strings_can_be_the_records_of_json_lines(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.txt": "".join(json.dumps(text) + "\n" for text in TEXTS)})
    texts, record = documents_in(tmp_path / "a.txt")
    assert (texts, record.format) == (TEXTS, "jsonl")


def test_a_few_broken_lines_are_bad_records_of_json_lines(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.txt": LINES * 10 + '{"text": "cut\n' + LINES * 10})
    texts, record = documents_in(tmp_path / "a.txt")
    assert (texts, record.bad_records) == (TEXTS * 20, 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("prose.txt", PROSE),
        ("brackets.txt", "[1] First reference\n[2] Second reference\n" * 9),
        ("numbers.txt", "[1, 2, 3]\n[4, 5, 6]\n"),
        ("code.txt", '{ return x; }\nfoo("bar");\n'),
        ("template.txt", '{"name"} goes {"home"}\n' * 9),
        ("about json.md", 'A record looks like this:\n\n{"text": "a"}\n{"text": "b"}\n'),
        ("quoted.txt", '"Well," she said, "come in."\n"Thank you," he said.\n' * 20),
        ("indented.txt", "\tA paragraph that begins with a tab.\nIts second line.\n" * 20),
        ("all indented.txt", "\tA paragraph that begins with a tab.\n" * 20),
        ("list.txt", "Seoul, Korea\nParis, France\nRome, Italy\n" * 10),
        ("dialogue.txt", "".join(f"{name}: hello, you; there\n" for name in ("Ann", "Bob")) * 10),
        ("rule.md", "---\n\nText after a rule.\n\n---\n\nMore.\n"),
        ("rule with colon.md", "---\nOnce upon a time, he said this: nothing at all.\nAnd so on\n---\nMore.\n"),
        ("from.txt", "From the beginning of 1999 it was so.\nSubject: none\n"),
        ("about wiki.txt", "The tag <doc id=1> begins a document.\n"),
        ("about warc.txt", "WARC files are archives.\n"),
        ("about lfs.txt", "version https://git-lfs.github.com/spec/v1 is the first line of a pointer.\n"),
    ],
)
def test_plain_text_stays_plain_text(tmp_path: Path, name: str, content: str) -> None:
    write_files(tmp_path, {name: content})
    texts, record = documents_in(tmp_path / name)
    assert (texts, record.format, record.layout, record.looks_like) == ([content], "text", None, None)


def _table(delimiter: str, rows: int = 30, header: bool = True) -> str:
    lines = [delimiter.join(("id", "document", "label"))] * header
    return "\n".join(lines + [delimiter.join((str(n), f"글 하나 둘 {n}", str(n % 2))) for n in range(rows)]) + "\n"


@pytest.mark.parametrize(
    ("name", "content", "form", "documents"),
    [
        ("ratings.txt", _table("\t"), "tsv", 30),
        ("ratings", _table("\t", 3), "tsv", 3),
        ("no header.txt", _table("\t", header=False), "tsv", 30),
        ("leipzig-sentences.txt", "".join(f"{n}\tA sentence, number {n}.\n" for n in range(1, 50)), "tsv", 49),
        ("table.txt", _table(","), "csv", 30),
        ("table.dat", _table(";"), "csv", 30),
        ("crlf.txt", _table("\t").replace("\n", "\r\n"), "tsv", 30),
        ("quoted.txt", "id,text\n" + "".join(f'{n},"a, b and ""{n}"""\n' for n in range(12)), "csv", 12),
    ],
)
def test_tables_are_read_where_their_rows_leave_no_doubt(
    tmp_path: Path, name: str, content: str, form: str, documents: int
) -> None:
    write_files(tmp_path, {name: content})
    _, record = documents_in(tmp_path / name)
    assert (record.format, record.documents, record.layout) == (form, documents, form.upper())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("".join(f"word {n} of it\tits meaning here\n" for n in range(30)), "TSV: if so, add --layout tsv"),
        ("".join(f"{n}, {n + 1}, words of {n}\n" for n in range(30)), "CSV: if so, add --layout csv"),
        ('[{"text": "one"}, {"text": "two",}]', "JSON with an error"),
        ("".join(json.dumps([n, text]) + "\n" for n, text in enumerate(TEXTS)), "lists in JSON, one a line"),
        ("".join(f'"A saying of {n}."\n' for n in range(9)), "JSON Lines of strings"),
        ("# made by a tool\n" + LINES * 3, "JSON Lines: if so, add --layout jsonl"),
        ("Made by a tool.\n" + '<doc id="1" title="a">\na\n</doc>\n' * 3, "add --document wikiextractor"),
    ],
)
def test_what_is_not_certain_is_the_first_finding(tmp_path: Path, content: str, said: str) -> None:
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", "abc")
    write_files(tmp_path / "corpus", {"a.txt": content})
    finding = scanned(tmp_path / "corpus", tokenizer=vocabulary, min_bytes=10**9).result.findings[0]
    assert (finding.rule, finding.severity) == ("CC114", "warning")
    assert said in finding.message
    assert "a.txt" in finding.message


def test_the_user_has_the_last_word(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.txt": LINES, "b.txt": "\t".join("ab") + "\n" + "c\td e f\n", "c.jsonl": LINES})
    assert documents_in(tmp_path / "a.txt", layout="text")[0] == [LINES]
    assert documents_in(tmp_path / "b.txt", layout="tsv")[0] == ["d e f"]
    assert documents_in(tmp_path / "c.jsonl", layout="text")[0] == TEXTS
    with pytest.raises(UsageError, match="layout must be one of auto, text, jsonl"):
        settings_from(layout="yaml")


WIKI = '<doc id="1" url="u" title="가">\n가\n\n내용.\n</doc>\n\n<doc id="2" url="u" title="나">\n나\n</doc>\n'


@pytest.mark.parametrize("name", ["wiki_00", "AA/wiki_01.txt", "wiki_00.gz"])
def test_blocks_of_wikiextractor_are_documents_by_themselves(tmp_path: Path, name: str) -> None:
    write_files(tmp_path, {name: gzip.compress(WIKI.encode()) if name.endswith("gz") else WIKI})
    texts, record = documents_in(tmp_path / name)
    assert (texts, record.layout) == (["가\n\n내용.", "나"], "WikiExtractor")
    assert documents_in(tmp_path / name, document="line")[1].layout is None
    assert documents_in(tmp_path / name, layout="text")[0] == [WIKI]


@pytest.mark.parametrize(
    ("head", "kept"),
    [
        ("---\ntitle: 제목\n---\n", True),
        ("---\ntitle: a\ntags:\n- b\n- c\nmore: |\n  text: here\n\n# note\nlist: [a,\n  b]\n...\n", True),
        ('---\r\n"quoted key": 1\r\n날짜: 2020-01-01\r\n---\r\n', True),
        ("+++\ntitle = 'a'\n+++\n", True),
        ("---\n---\n", False),
        ("---\njust a sentence\n---\n", False),
        ("---\ntitle: a\n\nA sentence without an end of it", False),
    ],
)
def test_front_matter_is_left_out_and_counted(tmp_path: Path, head: str, kept: bool) -> None:
    write_files(tmp_path, {"a.md": head + "\n본문입니다.\n---\n끝.\n"})
    texts, record = documents_in(tmp_path / "a.md")
    assert front_matter(head.encode()) == (len(head.encode()) if kept else 0)
    assert texts == ["본문입니다.\n---\n끝.\n" if kept else head + "\n본문입니다.\n---\n끝.\n"]
    assert record.not_text == ({"bytes of front matter": len(head.encode())} if kept else {})


def _mail(body: str, subtype: str = "plain", cte: str | None = None, file: bytes = b"") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = "a@example.org", "제목"
    message.set_content(body, subtype=subtype, cte=cte)
    if file:
        message.add_attachment(file, maintype="image", subtype="png", filename="a.png")
    return message


@pytest.mark.parametrize("name", ["mail.mbox", "archive.txt", "mail"])
@pytest.mark.parametrize("cte", ["base64", "quoted-printable", "8bit"])
def test_mail_gives_its_bodies(tmp_path: Path, name: str, cte: str) -> None:
    box = mailbox.mbox(tmp_path / name)
    for message in (
        _mail("안녕하세요.\n\nFrom here on.\n", cte=cte),
        _mail("<p>x</p>", "html"),
        _mail("나", file=b"\x89PNG"),
    ):
        box.add(message)
    box.close()
    texts, record = documents_in(tmp_path / name)
    assert (texts, record.format) == (["안녕하세요.\n\nFrom here on.", "나"], "mbox")
    assert record.not_text == {"messages in HTML only": 1, "attachments": 1}


def _notebook(minor: int = 4) -> dict[str, Any]:
    cells = [
        {"cell_type": "markdown", "source": ["# 제목\n", "본문"]},
        {"cell_type": "code", "source": "print(1)", "outputs": [{"text": "1"}]},
        {"cell_type": "markdown", "source": "끝."},
        {"cell_type": "raw", "source": "raw"},
    ]
    if minor == 3:
        return {"nbformat": 3, "worksheets": [{"cells": cells}], "metadata": {}}
    return {"nbformat": 4, "nbformat_minor": minor, "cells": cells, "metadata": {}}


@pytest.mark.parametrize(("name", "minor"), [("a.ipynb", 4), ("old.ipynb", 3), ("a.txt", 4), ("a.json", 5)])
def test_notebooks_give_their_prose(tmp_path: Path, name: str, minor: int) -> None:
    write_files(tmp_path, {name: json.dumps(_notebook(minor), indent=1)})
    texts, record = documents_in(tmp_path / name)
    assert (texts, record.format) == (["# 제목\n본문\n\n끝."], "ipynb")
    assert record.not_text == {"code cells": 1, "raw cells": 1}


PAGE = "<!DOCTYPE html><html><head><title>가</title></head><body><p>본문 하나.</p></body></html>"


def _crawl(gz: bool, kind: str = "response") -> bytes:
    writer = pytest.importorskip("warcio.warcwriter")
    headers = pytest.importorskip("warcio.statusandheaders").StatusAndHeaders
    out = io.BytesIO()
    warc = writer.WARCWriter(out, gzip=gz)
    warc.write_record(warc.create_warcinfo_record("a.warc", {"software": "test"}))

    def add(body: bytes, status: str, media: str, kind: str = kind) -> None:
        http = headers(status, [("Content-Type", media)], protocol="HTTP/1.1") if kind == "response" else None
        content = {} if http else {"warc_content_type": media}
        warc.write_record(
            warc.create_warc_record("http://example.org/", kind, io.BytesIO(body), http_headers=http, **content)
        )

    if kind == "conversion":
        for text in TEXTS:
            add(text.encode(), "", "text/plain")
        return out.getvalue()
    add(PAGE.encode(), "200 OK", "text/html; charset=utf-8")
    add(PAGE.encode("cp949"), "200 OK", "text/html; charset=euc-kr")
    add(b"plain", "200 OK", "text/plain")
    add(b"\x89PNG", "200 OK", "image/png")
    add(b"<html>no</html>", "404 Not Found", "text/html")
    return out.getvalue()


@pytest.mark.parametrize("name", ["a.warc.wet.gz", "a.wet", "a.wet.gz", "segment.gz", "segment"])
def test_wet_gives_its_records(tmp_path: Path, name: str) -> None:
    write_files(tmp_path, {name: _crawl(name.endswith("gz"), "conversion")})
    texts, record = documents_in(tmp_path / name)
    assert (texts, record.format, record.encoding) == (TEXTS, "warc", "utf-8")
    assert record.not_text == {"records about the crawl": 1}


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz", "crawl"])
def test_warc_gives_its_pages_as_html_is_read(tmp_path: Path, name: str) -> None:
    pytest.importorskip("lxml")
    write_files(tmp_path, {name: _crawl(name.endswith("gz"))})
    texts, record = documents_in(tmp_path / name)
    assert (texts, record.markup_bytes > 0) == ([PAGE, PAGE, "plain"], True)
    assert documents_in(tmp_path / name, strip_markup=True)[0] == ["가\n본문 하나.", "가\n본문 하나.", "plain"]
    assert record.not_text == {
        "records about the crawl": 1,
        "records that are no text": 1,
        "responses other than 200": 1,
    }


@pytest.mark.parametrize("gz", [True, False])
@pytest.mark.parametrize("cut", [20, 60, 120, 200])
def test_a_crawl_that_is_cut_is_read_as_far_as_it_goes(tmp_path: Path, gz: bool, cut: int) -> None:
    whole = _crawl(gz, "conversion")
    write_files(tmp_path, {"a.warc.gz" if gz else "a.warc": whole[:-cut]})
    texts, record = documents_in(tmp_path / ("a.warc.gz" if gz else "a.warc"))
    assert texts[:2] == TEXTS[:2]
    assert "truncated" in str(record.damage)


def test_without_the_extra_a_crawl_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpuscheck.reading.formats.warcs.find_spec", lambda _: None)
    write_files(tmp_path, {"a.warc": b"WARC/1.0\r\nWARC-Type: conversion\r\n\r\n"})
    assert "pip install 'corpuscheck[warc]'" in str(documents_in(tmp_path / "a.warc")[1].reason)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "content", ["wiki", "array", *(pytest.param(name, marks=pytest.mark.thorough) for name in ("lines", "prose"))]
)
def test_large_files_give_the_same_bytes_in_any_number_of_workers(
    tmp_path: Path, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(units, "_SMALLEST_UNIT", 1 << 18)
    monkeypatch.setattr(units, "LARGEST_UNIT", 1 << 18)
    texts = ["\n".join(korean_lines(30, seed)) for seed in range(20)]
    big = {
        "lines": "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts),
        "wiki": "".join(f'<doc id="{n}" title="가">\n{text}\n</doc>\n' for n, text in enumerate(texts)),
        "prose": "\n".join(texts),
        "array": json.dumps([{"text": text} for text in texts], ensure_ascii=False),
    }[content]
    whole = big if content == "array" else big * (1 + (2 << 20) // len(big.encode()))
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", whole[:4000])
    write_files(tmp_path, {"corpus/a": whole, "corpus/b.txt": PROSE})
    one, two = (scanned(tmp_path / "corpus", tokenizer=vocabulary, jobs=jobs, near_duplicates=False) for jobs in (1, 2))
    assert everything(one) == everything(two)
    assert record_of(tmp_path / "corpus/a", tokenizer=vocabulary).documents == (
        1 if content == "prose" else whole.count("</doc>") or 20 * max(1, whole.count("\n") // 20)
    )


@pytest.mark.parametrize(
    ("preset", "content", "said"),
    [
        ("nikl", '{"data": [{"paragraphs": [{"context": "a"}]}]}', "no record has 'document"),
        ("hf", "plain words\n", "found: 1 plain text"),
        ("wikiextractor", '{"text": "a"}\n{"text": "b"}\n', "no file has <doc> blocks; found: 1 JSON Lines"),
    ],
)
def test_a_preset_that_matches_nothing_says_what_was_found(
    tmp_path: Path, preset: str, content: str, said: str
) -> None:
    write_files(tmp_path, {"a": content, "vocab.txt": "[UNK]\na\n"})
    for tokenizer in (str(tmp_path / "vocab.txt"), None):
        with pytest.raises(UsageError, match=f"--preset {preset} matches nothing") as error:
            scanned(tmp_path / "a", preset=preset, tokenizer=tokenizer)
        assert said in str(error.value)
    assert scanned(tmp_path / "a", tokenizer=str(tmp_path / "vocab.txt")).result.profile.size.documents


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("size", [9_000, 40_000, 3_000_000])
def test_a_message_that_is_too_large_is_lost_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, last: bool
) -> None:
    """Of what is too large neither the beginning nor the rest is a document, and the next message is read."""
    monkeypatch.setattr("corpuscheck.reading.formats.mbox.LARGEST_RECORD", 8_000)
    letter = b"From a@b.c Thu Nov 26 10:00:00 2026\nSubject: x\n\n"
    large = letter + b"a word or two\n" * (size // 14) + b"\n"
    messages = [letter + b"first\n\n", large, *([] if last else [letter + b"third\n"])]
    (tmp_path / "a.mbox").write_bytes(b"".join(messages))
    documents, (record,) = read_all(tmp_path / "a.mbox", Reading())
    assert [text.strip() for text in documents] == ["first"] + ["third"] * (not last)
    assert (record.bad_records, record.first_bad_record) == (1, 6)
    assert abs(record.lost_bytes - len(large)) < 4
