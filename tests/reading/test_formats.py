"""Formats: the same texts come out, whatever they were put in."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st
from laws import examples
from support import documents_in, record_of, scanned, write_files, write_vocabulary

from corpuscheck.errors import NothingToScanError
from corpuscheck.reading.discover import discover
from corpuscheck.reading.formats import rows
from corpuscheck.reading.kinds import kind_of
from corpuscheck.settings import Reading

TEXTS = ["one", "두 줄\n둘째 줄", 'quotes "inside", commas; and\ttabs', "", "마지막"]
ROWS = [{"id": str(n), "text": text} for n, text in enumerate(TEXTS)]


def _jsonl(rows: Sequence[object], ascii_only: bool = False, end: str = "\n") -> str:
    return "".join(json.dumps(row, ensure_ascii=ascii_only) + end for row in rows)


def _csv(rows: Sequence[Sequence[str]], **form: Any) -> str:
    out = io.StringIO()
    csv.writer(out, **form).writerows(rows)
    return out.getvalue()


HEADED = [["id", "text"], *([row["id"], row["text"]] for row in ROWS)]
FILES: dict[str, str | bytes] = {
    "a.jsonl": _jsonl(ROWS),
    "a.ndjson": _jsonl(ROWS, ascii_only=True),
    "crlf.jsonl": _jsonl(ROWS, end="\r\n"),
    "blank lines.jsonl": "\n" + _jsonl(ROWS, end="\n\n \n").rstrip(),
    "strings.jsonl": _jsonl(TEXTS),
    "utf-16.jsonl": _jsonl(ROWS).encode("utf-16"),
    "bom.jsonl": b"\xef\xbb\xbf" + _jsonl(ROWS).encode(),
    "nan.jsonl": _jsonl(ROWS).replace('"id": "0"', '"id": NaN'),
    "sequence.jsonl": "\x1e" + _jsonl(ROWS, end="\n\x1e").removesuffix("\x1e"),
    "with commas.jsonl": _jsonl(ROWS, end=",\n"),
    "with commas and CRLF.jsonl": _jsonl(ROWS, end=" ,\r\n"),
    "array.json": json.dumps(ROWS, ensure_ascii=False),
    "indented.json": json.dumps(ROWS, indent=4),
    "strings.json": json.dumps(TEXTS),
    "lines.json": _jsonl(ROWS),
    "concatenated.json": _jsonl(ROWS, end=""),
    "bom.json": b"\xef\xbb\xbf" + json.dumps(ROWS).encode(),
    "space first.json": " " * 70_000 + json.dumps(ROWS),
    "comma.csv": _csv(HEADED),
    "all quoted.csv": _csv(HEADED, quoting=csv.QUOTE_ALL, lineterminator="\n"),
    "semicolon.csv": _csv(HEADED, delimiter=";"),
    "pipe.csv": _csv(HEADED, delimiter="|"),
    "tabs.csv": _csv(HEADED, delimiter="\t"),
    "bom.csv": b"\xef\xbb\xbf" + _csv(HEADED).encode(),
    "cp949.csv": _csv(HEADED * 1).encode("cp949"),
    "UPPER.CSV": _csv(HEADED),
}


@pytest.mark.parametrize("name", FILES)
def test_texts_come_out_of_every_format(tmp_path: Path, name: str) -> None:
    write_files(tmp_path, {name: FILES[name]})
    texts, record = documents_in(tmp_path / name)
    assert texts == TEXTS
    assert record.documents == len(TEXTS)
    assert record.utf8_bytes == sum(len(text.encode()) for text in TEXTS)
    assert (record.bad_records, record.missing_text, record.invalid_bytes) == (0, 0, 0)
    assert record.text_field in (("(the record itself)", "[]") if "strings" in name else ("text",))


@pytest.mark.parametrize("text", TEXTS[:2])
def test_one_json_object_is_one_document(tmp_path: Path, text: str) -> None:
    write_files(tmp_path, {"a.json": json.dumps({"title": "T", "text": text}, indent=2)})
    assert documents_in(tmp_path / "a.json")[0] == [text]


def test_unbalanced_quotes_in_tsv_are_data(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.tsv": 'id\ttext\n1\t"open\n2\tclosed" too\n3\t5" pipe, ""\n'})
    assert documents_in(tmp_path / "a.tsv")[0] == ['"open', 'closed" too', '5" pipe, ""']


@pytest.mark.parametrize(
    ("name", "content", "field", "texts"),
    [
        ("no header.csv", "1,first words here\n2,second words here\n", "2", ["first words here", "second words here"]),
        ("one column.csv", "text\nfirst\nsecond\n", "text", ["first", "second"]),
        ("longest.csv", "q,a,label\nhi,hello to you,0\nyes,no and no,1\n", "a", ["hello to you", "no and no"]),
        ("korean.csv", "번호,본문\n1,가나\n2,다라\n", "본문", ["가나", "다라"]),
        ("no header.tsv", "5\tthe first text\n6\tthe next\n", "2", ["the first text", "the next"]),
        ("missing cells.csv", "id,text\n1\n2,b\n3,c,d\n", "text", ["b", "c,d"]),
        ("empty lines.csv", "id,text\n\n1,a\n\n\n2,b\n", "text", ["a", "b"]),
        ("cr.csv", "id,text\r1,hello there\r2,bye now\r", "text", ["hello there", "bye now"]),
        ("cr inside.csv", 'id,text\r1,"a\rb"\r', "text", ["a\rb"]),
        ("same name.csv", "id,text,text\n1,a b,c d\n2,e,f\n", "text, text#2", ["a b\nc d", "e\nf"]),
        ("one column, no header.csv", "first words\nand others\n", "1", ["first words", "and others"]),
        ("one column with one.csv", "리뷰\n정말 좋은 글\n그저 그런 글\n", "리뷰", ["정말 좋은 글", "그저 그런 글"]),
        ("no end.csv", 'id,text\n1,"a\nb"', "text", ["a\nb"]),
    ],
)
def test_columns_are_found(tmp_path: Path, name: str, content: str, field: str, texts: list[str]) -> None:
    write_files(tmp_path, {name: content})
    found, record = documents_in(tmp_path / name)
    assert (found, record.text_field) == (texts, field)
    assert record.missing_text == (name == "missing cells.csv")


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("content", "texts", "bad", "lost"),
    [
        ("1,{long}\n2,b\n", ["b"], 1, False),
        ('1,"{long}"\n2,b\n', ["b"], 1, False),
        ('1,"{lines}"\n2,b\n', ["b"], 1, False),
        ('1,"a ""x"" {lines}"\n2,b\n3,"c\nd"\n', ["b", "c\nd"], 1, False),
        ('1,"{lines}\n2,b\n', [], 1, True),
        ("1,a\n2,{long}", ["a"], 1, False),
    ],
)
def test_a_row_too_large_is_one_bad_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, texts: list[str], bad: int, lost: bool
) -> None:
    monkeypatch.setattr(rows, "LARGEST_ROW", 100_000)
    filled = content.format(long="x y," * 900_000, lines="x, y\n" * 700_000)
    write_files(tmp_path, {"a.csv": "id,text\n0,good one\n" + filled})
    found, record = documents_in(tmp_path / "a.csv")
    assert (found, record.bad_records, record.first_bad_record) == (
        ["good one", *texts],
        bad,
        3 + content.startswith("1,a\n"),
    )
    assert ("has no end" in (record.damage or "")) == lost
    assert record.missing_text == 0


@pytest.mark.parametrize(
    ("record", "field", "text"),
    [
        ({"title": "a title", "text": "the text of it"}, "text", "the text of it"),
        ({"title": "a title of some length", "text": "a text"}, "text", "a text"),
        ({"Title": "x", "CONTENT": "what it holds"}, "CONTENT", "what it holds"),
        ({"url": "http://example.org", "note": "the longest string there is"}, "note", "the longest string there is"),
        ({"id": 1, "paragraphs": ["a b", "c d", "e"]}, "paragraphs", "a b\nc d\ne"),
        ({"text": None, "body": "b c"}, "body", "b c"),
        ({"제목": "둘", "기사": "본문이다 길게"}, "기사", "본문이다 길게"),
    ],
)
@pytest.mark.parametrize("ending", ["jsonl", "json"])
def test_fields_are_found(tmp_path: Path, ending: str, record: dict[str, Any], field: str, text: str) -> None:
    content = _jsonl([record] * 2) if ending == "jsonl" else json.dumps([record] * 2)
    write_files(tmp_path, {f"a.{ending}": content})
    texts, found = documents_in(tmp_path / f"a.{ending}")
    assert (texts, found.text_field) == ([text] * 2, field)


@pytest.mark.parametrize("ending", ["jsonl", "json", "csv"])
@pytest.mark.parametrize("first", ["", "a b", "-"], ids=["empty", "short", "a dash"])
def test_an_odd_first_record_does_not_decide_the_field(tmp_path: Path, ending: str, first: str) -> None:
    """A title longer than the text, or no text at all: the other records know better."""
    texts = [first, *(f"the long text of record number {n}, which goes on and on" for n in range(60))]
    rows = [{"title": "A title that is quite long for a title", "text": text} for text in texts]
    cells = [["title", "text"], *([row["title"], row["text"]] for row in rows)]
    content = {"jsonl": _jsonl(rows), "json": json.dumps(rows), "csv": _csv(cells)}[ending]
    write_files(tmp_path, {f"a.{ending}": content})
    found, record = documents_in(tmp_path / f"a.{ending}")
    assert (found, record.text_field) == (texts, "text")


@pytest.mark.parametrize("ending", ["jsonl", "json", "csv", "tsv"])
def test_text_fields_asked_for_are_joined(tmp_path: Path, ending: str) -> None:
    rows = [{"text": "t1", "title": "A", "lead": "L1"}, {"text": "t2", "title": "B", "lead": "L2"}]
    cells = [list(rows[0]), *(list(row.values()) for row in rows)]
    contents = {
        "jsonl": _jsonl(rows), "json": json.dumps(rows), "csv": _csv(cells), "tsv": _csv(cells, delimiter="\t"),
    }  # fmt: skip
    path = write_files(tmp_path, {f"a.{ending}": contents[ending]}) / f"a.{ending}"
    texts, record = documents_in(path, text_fields=("title", "text"))
    assert texts == ["A\nt1", "B\nt2"]
    assert record.text_field == "title, text"
    assert documents_in(path, text_fields=("lead",))[0] == ["L1", "L2"]
    with pytest.raises(NothingToScanError, match="no record has the field 'nobody'"):
        scanned(path, text_fields=("nobody",))


@pytest.mark.parametrize("name", ["기사", "text-body", "main text", "a.b", "@type"])
@pytest.mark.parametrize("ending", ["jsonl", "json", "object.json", "csv"])
def test_any_key_can_be_asked_for(tmp_path: Path, ending: str, name: str) -> None:
    rows = [{"id": "x", name: "words to read"}]
    contents = {
        "jsonl": _jsonl(rows), "json": json.dumps(rows), "object.json": json.dumps(rows[0]),
        "csv": _csv([list(rows[0]), list(rows[0].values())]),
    }  # fmt: skip
    path = write_files(tmp_path, {f"a.{ending}": contents[ending]}) / f"a.{ending}"
    assert documents_in(path, text_fields=(name,))[0] == ["words to read"]


def _zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": _zstd, "GZ": gzip.compress,
}  # fmt: skip


@pytest.mark.parametrize("ending", PACKED)
@pytest.mark.parametrize("name", ["a.jsonl", "array.json", "comma.csv", "a.txt", "without ending"])
def test_compressed_files_and_several_members(tmp_path: Path, ending: str, name: str) -> None:
    content = FILES.get(name, "첫 줄\n둘째 줄\n")
    data = content.encode() if isinstance(content, str) else content
    half = len(data) // 2
    pack = PACKED[ending]
    members = b"".join(map(pack, (data[:half], b"", data[half:])))
    write_files(tmp_path, {name: data, f"{name}.{ending}": pack(data), f"members-{name}.{ending}": members})
    plain, _ = documents_in(tmp_path / name)
    for packed in (tmp_path / f"{name}.{ending}", tmp_path / f"members-{name}.{ending}"):
        texts, record = documents_in(packed)
        assert texts == plain
        assert (record.damage, record.bytes) == (None, packed.stat().st_size)


LINES = "첫 줄\n둘째 줄\n\n\n \t\n새 단락\n끝"
MODES = [
    ("file", LINES, [LINES]),
    ("line", LINES, ["첫 줄", "둘째 줄", " \t", "새 단락", "끝"]),
    ("blank-line", LINES, ["첫 줄\n둘째 줄", "새 단락\n끝"]),
    ("blank-line", "\n\n\n", []),
    ("line", "\n\n", []),
    ("line", "한\x0b줄\u2028이다\x85\n", ["한\x0b줄\u2028이다\x85"]),
]


@pytest.mark.parametrize(("mode", "text", "expected"), MODES)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("tail", ["", "\n"])
def test_document_modes(tmp_path: Path, mode: str, text: str, expected: list[str], end: str, tail: str) -> None:
    write_files(tmp_path, {"a.txt": (text + tail).replace("\n", end)})
    texts, record = documents_in(tmp_path / "a.txt", document=mode)
    wanted = [document.replace("\n", end) for document in expected]
    assert texts == ([(text + tail).replace("\n", end)] if mode == "file" else wanted)
    assert record.documents == len(wanted)


PATHS = ["a.txt", "b.md", "deep/c.txt", "deep/er/d.jsonl", "deep/er/e.txt", ".hidden.txt", ".git/f.txt", "deep/.g.txt"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "a.txt b.md deep/c.txt deep/er/d.jsonl deep/er/e.txt"),
        ({"include": ("*.txt",)}, "a.txt deep/c.txt deep/er/e.txt"),
        ({"include": ("/*.txt", "*.md")}, "a.txt b.md"),
        ({"exclude": ("deep/",)}, "a.txt b.md"),
        ({"exclude": ("/er/", "c.*")}, "a.txt b.md deep/er/d.jsonl deep/er/e.txt"),
        ({"exclude": ("**/er/**",)}, "a.txt b.md deep/c.txt"),
        ({"include": ("*.txt",), "exclude": ("deep/er/",)}, "a.txt deep/c.txt"),
        ({"exclude": ("*", "!b.md")}, "b.md"),
    ],
)
def test_patterns_choose_files(tmp_path: Path, options: dict[str, tuple[str, ...]], expected: str) -> None:
    write_files(tmp_path, dict.fromkeys(PATHS, "text"))
    found = discover([tmp_path], Reading(**options))  # type: ignore[arg-type]
    assert [Path(source.path).relative_to(tmp_path).as_posix() for source in found.sources] == expected.split()
    if not options:
        hidden = [Path(skipped.path).relative_to(tmp_path).as_posix() for skipped in found.skipped]
        assert hidden == [".git", ".hidden.txt", "deep/.g.txt"]
        assert {skipped.reason for skipped in found.skipped} == {"hidden"}


def test_hidden_file_named_on_the_command_line_is_read(tmp_path: Path) -> None:
    write_files(tmp_path, dict.fromkeys(PATHS, "text"))
    found = discover([tmp_path / ".hidden.txt", tmp_path / "b.md"], Reading(include=("*.txt",)))
    assert len(found.sources) == 2


def test_overlapping_paths_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(tmp_path, dict.fromkeys(PATHS, "text"))
    monkeypatch.chdir(tmp_path)
    assert len(discover([".", "deep", "./deep/../a.txt", "deep/er", "deep/c.txt"], Reading()).sources) == 5
    assert len(discover(["deep", str(tmp_path)], Reading()).sources) == 5


@pytest.mark.parametrize(
    ("name", "reason"),
    [("a.hwp", "office"), ("b.pdf", "PDF"), ("c.png", "image"), ("d.mp3", "audio"), ("e.npy", "array")],
)
def test_what_is_no_text_is_skipped_with_a_reason(tmp_path: Path, name: str, reason: str) -> None:
    corpus = write_files(tmp_path / "corpus", {name: b"content", "good.txt": "good"})
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", "dgo")
    assert reason in kind_of(name).skip
    skipped = [record for record in scanned(corpus, tokenizer=vocabulary).records if record.status == "skipped"]
    assert [record.reason for record in skipped] == [kind_of(name).skip]
    assert record_of(corpus / "good.txt", tokenizer=vocabulary).documents == 1


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
NO_NUL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\x0e\x1b"), max_size=60)


@examples(120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ANY_TEXT, min_size=1, max_size=8), st.lists(NO_NUL, min_size=1, max_size=8))
@example(["\x00", "\u2028\x85\x0b", "\ufeff", "\r\n"], ["\r", '"', "\n", "a\r\nb", ",;|\t", "1", "\ufeff"])
def test_any_texts_survive_every_container(tmp_path: Path, texts: list[str], in_csv: list[str]) -> None:
    rows = [{"n": n, "text": text} for n, text in enumerate(texts)]
    cells = [["n", "text"], *([str(n), text] for n, text in enumerate(in_csv))]
    contents: dict[str, tuple[str, list[str]]] = {
        "a.jsonl": (_jsonl(rows), texts),
        "escaped.jsonl": (_jsonl(rows, ascii_only=True), texts),
        "a.json": (json.dumps(rows, ensure_ascii=False), texts),
        "escaped.json": (json.dumps(rows), texts),
        "a.csv": (_csv(cells, quoting=csv.QUOTE_ALL), in_csv),
        "minimal.csv": (_csv(cells), in_csv),
    }
    for name, (content, expected) in contents.items():
        write_files(tmp_path, {name: content})
        found, record = documents_in(tmp_path / name)
        assert found == expected, name
        assert record.bad_records == 0
