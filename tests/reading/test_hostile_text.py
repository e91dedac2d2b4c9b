"""Hostile content: broken records, endless lines, and text that tries to steer a terminal or hide in a report."""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from reading_of import read_all
from support import (
    document_of,
    documents_in,
    json_of,
    scanned,
    shrink_samples,
    terminal_report,
    write_files,
    write_vocabulary,
)
from tokenizers import Tokenizer, models, pre_tokenizers

from corpuscheck.errors import NothingToScanError
from corpuscheck.reading import documents
from corpuscheck.reports.json.report import render_files
from corpuscheck.text.printable import printable

GOOD = "the quick brown fox jumps over the lazy dog\n"


@pytest.fixture(autouse=True)
def _small_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    shrink_samples(monkeypatch)


@pytest.fixture
def vocabulary(tmp_path: Path) -> str:
    return write_vocabulary(tmp_path / "vocab.txt", "abcdefghijklmnopqrstuvwxyz")


def _troubles(document: dict[str, Any]) -> dict[str, int]:
    return {trouble["kind"]: trouble["amount"] for trouble in document["reading"]["troubles"]}


def test_bad_json_lines_are_counted_and_the_rest_is_read(tmp_path: Path, vocabulary: str) -> None:
    lines = ['{"text": "one"}', '{"text": "two"', "[1, 2", '{"text": "three"}', "nonsense", '{"text": "four"}']
    corpus = write_files(tmp_path / "corpus", {"a.jsonl": "\n".join(lines)})
    texts, record = documents_in(corpus / "a.jsonl")
    assert texts == ["one", "three", "four"]
    assert record.bad_records == 3
    assert record.first_bad_record == len(lines[0]) + 1
    document = document_of(corpus, tokenizer=vocabulary)
    assert _troubles(document) == {"bad records": 3}
    (finding,) = (f for f in document["findings"] if f["name"] == "bad-records")
    assert f"first at line 2, offset {len(lines[0]) + 1}" in finding["message"]
    assert [place["line"] for place in finding["places"]] == [2]


@pytest.mark.parametrize(
    ("content", "texts", "offset", "line"),
    [
        (b'}\n{"text": "a"}\n}', ["a"], 0, 1),
        (b'{"text": "a"}\n{"text": "' + b"[" * 100_000 + b"\n" + b'{"text": "b"}\n', ["a", "b"], 14, 2),
        (b'{"text": "a"}\n' + b"[" * 100_000 + b"\n" + b'{"text": "b"}\n', ["a", "b"], 14, 2),
        (b'{"text": "a"}\r\n\r\n}\r\n{"text": "b"}\r\n', ["a", "b"], 17, 3),
        (b'\xef\xbb\xbf{"text": "a"}\n}\n', ["a"], 17, 2),
        ('{"text": "나라의 말씀이"}\n}\n'.encode("cp949"), ["나라의 말씀이"], 26, 2),
    ],
    ids=["first and last", "open string", "deep nesting", "CRLF", "BOM", "CP949"],
)
def test_offset_of_the_first_bad_line(tmp_path: Path, content: bytes, texts: list[str], offset: int, line: int) -> None:
    write_files(tmp_path, {"a.jsonl": content})
    found, record = documents_in(tmp_path / "a.jsonl")
    assert found == texts
    assert (record.bad_records, record.first_bad_record) == (1 + content.endswith(b"}\n}"), offset)
    assert record.first_bad_line == line


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ('[{"text": "one"}, {"text": "two"}, {"te', ["one", "two"]),
        ('[{"text": "one"} {"text": "two"}]', ["one"]),
        ('[{"text": "one"}]]', ["one"]),
        ('{"text": "one"} trailing', ["one"]),
        ('[{"text": "one"}, ' + "[" * 100_000, ["one"]),
    ],
    ids=["cut short", "no comma", "one bracket too many", "trailing words", "deep nesting"],
)
def test_broken_json_is_counted_and_what_stands_before_is_read(tmp_path: Path, content: str, texts: list[str]) -> None:
    write_files(tmp_path, {"a.json": content})
    found, record = documents_in(tmp_path / "a.json")
    assert found == texts
    assert record.bad_records == 1


@pytest.mark.parametrize("ending", ["jsonl", "json"])
def test_files_that_are_not_what_their_name_says(tmp_path: Path, ending: str, vocabulary: str) -> None:
    corpus = write_files(tmp_path / "corpus", {"good.txt": GOOD, f"a.{ending}": "a: 1\nb: text\n"})
    document = document_of(corpus, tokenizer=vocabulary)
    assert document["reading"]["skipped_reasons"] == {f"not {ending}: nothing could be parsed": 1}


def test_records_without_the_text_field_are_counted(tmp_path: Path, vocabulary: str) -> None:
    text = "one long text with words"
    rows: list[object] = [{"text": text}, {"title": "no text"}, {"text": None}, {"text": 5}, 17, {"text": text}]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    corpus = write_files(tmp_path / "corpus", {"a.jsonl": lines, "b.json": json.dumps(rows)})
    for name in ("a.jsonl", "b.json"):
        texts, record = documents_in(corpus / name)
        assert texts == [text, text]
        assert (record.missing_text, record.bad_records, record.text_field) == (4, 0, "text")
    assert _troubles(document_of(corpus, tokenizer=vocabulary)) == {"records without text": 8}


def test_lone_surrogates_in_json_are_replaced_and_counted(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.jsonl": '{"text": "a\\ud83dz"}\n{"text": "\\ud83d\\ude00"}\n'})
    texts, record = documents_in(tmp_path / "a.jsonl")
    assert texts == ["a\ufffdz", "\U0001f600"]
    assert record.repaired_surrogates == 1


LONG_LINES = {
    "words": ("동해물과 백두산이 ".encode(), 400_000),
    "no spaces": ("동해물과백두산이".encode(), 400_000),
    "no spaces, ASCII": (b"QUJD", 2_500_000),
    "punctuation": ("동해물과,백두산이.".encode(), 450_000),
}


@pytest.mark.few(2)
@pytest.mark.parametrize("kind", LONG_LINES)
@pytest.mark.parametrize("mode", ["file", pytest.param("line", marks=pytest.mark.thorough)])
def test_one_long_line(kind: str, mode: str, tmp_path: Path, vocabulary: str) -> None:
    part, times = LONG_LINES[kind]
    data = part * times
    corpus = write_files(tmp_path / "corpus", {"long.txt": data})
    size = {"utf8_bytes": len(data), "documents": 1}
    words = {"words": 2 * times, "punctuation": 4 * times}
    document = document_of(corpus, tokenizer=vocabulary, document=mode)
    assert size.items() <= document["size"].items()
    assert document["characters"]["total"] == len(data.decode())
    cuts = _troubles(document).get("forced cuts", 0)
    exact = words.get(kind, 1)
    assert exact <= document["tokenizer"]["words"] <= exact + cuts
    assert bool(cuts) == (kind != "words")


@pytest.mark.few(2)
@pytest.mark.parametrize("mode", ["file", "line", "blank-line"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_text_is_whole_where_long_runs_are_cut(
    mode: str, jobs: int, tmp_path: Path, vocabulary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "LONGEST_RUN", 1 << 16)
    run = "한글" * 700_000
    corpus = write_files(tmp_path / "corpus", {"long.txt": f"앞 줄\n\n{run}\n\n뒷 줄\n", "other.txt": "끝\n"})
    document = document_of(corpus, tokenizer=vocabulary, document=mode, jobs=jobs)
    plain = document["size"]
    whole = f"앞 줄\n\n{run}\n\n뒷 줄\n끝\n" if mode == "file" else f"앞 줄{run}뒷 줄끝"
    assert plain["utf8_bytes"] == len(whole.encode())
    assert plain["documents"] == (2 if mode == "file" else 4)
    assert document["tokenizer"]["documents_with_unk"] == plain["documents"]
    texts, _ = documents_in(corpus / "long.txt", document=mode)
    assert texts == ([f"앞 줄\n\n{run}\n\n뒷 줄\n"] if mode == "file" else ["앞 줄", run, "뒷 줄"])


def test_endless_record_is_counted_as_bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from corpuscheck.reading.formats import jsonl

    monkeypatch.setattr(jsonl, "LARGEST_RECORD", 1 << 21)
    long = json.dumps({"text": "x" * (3 << 20)})
    write_files(tmp_path, {"a.jsonl": f'{{"text": "a"}}\n{long}\n{{"text": "b"}}\n'})
    texts, record = documents_in(tmp_path / "a.jsonl")
    assert texts == ["a", "b"]
    assert (record.bad_records, record.first_bad_record) == (1, 14)


NAMES = [
    b"caf\xe9.txt",
    b"two\nlines.txt",
    b"\x1b[31mred\x1b[0m.txt",
    "\u202etxt.exe".encode(),
    b"[bold]x[/red].txt",
    b"a\tb.txt",
]


def _is_safe(text: str) -> bool:
    return not any(unicodedata.category(ch) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for ch in text if ch != "\n")


def test_hostile_file_names(tmp_path: Path, vocabulary: str) -> None:
    corpus = write_files(tmp_path / "corpus", {"good.txt": GOOD})
    made = []
    for name in NAMES:
        try:
            place = os.path.join(os.fsencode(corpus), name)
            with open(place, "wb") as file:
                file.write(b"bad \xff byte \xb0\xa1 and \xc3")
            made.append(printable(os.fsdecode(name)))
        except OSError:
            continue  # a file system that refuses such a name
    finished = scanned(corpus, tokenizer=vocabulary)
    assert finished.result.profile.reading.files == 1 + len(made)
    report = terminal_report(finished.result, 200)
    assert _is_safe(report)
    rows = [json.loads(line) for line in render_files(finished.records).splitlines()]
    assert sorted(os.path.basename(row["path"]) for row in rows) == sorted([*made, "good.txt"])
    listed = json.loads(json_of(corpus, tokenizer=vocabulary))
    assert all(_is_safe(example["path"]) for t in listed["reading"]["troubles"] for example in t["examples"])


WORDS = [
    "[/red]",
    "[bold]loud",
    "\x1b[2J\x1b[31mred",
    "ab\u202edc",
    "nul\x00l",
    "zero\u200bwidth",
    "\ue000private",
    "q\u0301\u0301",
    ":smile:",
]


@pytest.fixture
def white_space_tokenizer(tmp_path: Path) -> str:
    """It takes everything between white space for a word, and knows none of them."""
    tokenizer = Tokenizer(models.WordPiece({"[UNK]": 0, "the": 1}, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    return str(tmp_path / "tokenizer.json")


@pytest.mark.parametrize("width", [80, 120])
def test_hostile_words_are_shown_as_they_are_and_do_nothing(
    tmp_path: Path, white_space_tokenizer: str, width: int
) -> None:
    corpus = write_files(tmp_path / "corpus", {"a.txt": "".join(f"{w} the {w}\n" for w in WORDS)})
    finished = scanned(corpus, tokenizer=white_space_tokenizer)
    assert {word.word for word in finished.result.tokenizer.worst_words} == set(WORDS)
    report = terminal_report(finished.result, width)
    assert _is_safe(report)
    for word in WORDS:
        assert printable(word) in report
    document = json.loads(json_of(corpus, tokenizer=white_space_tokenizer))
    assert {word["word"]: word["count"] for word in document["tokenizer"]["worst_words"]} == dict.fromkeys(WORDS, 2)


@pytest.mark.parametrize("ending", ["jsonl", "json", "csv"])
def test_hostile_names_of_fields(tmp_path: Path, vocabulary: str, ending: str) -> None:
    name = "\x1b[31m[/red]\u202e"
    content = f"id,{name}\n1,words to read\n" if ending == "csv" else json.dumps({name: "words to read"})
    corpus = write_files(tmp_path / "corpus", {f"a.{ending}": content})
    finished = scanned(corpus, tokenizer=vocabulary)
    assert "[/red]" in terminal_report(finished.result)
    assert _is_safe(terminal_report(finished.result))


def test_hostile_name_of_a_field_asked_for(tmp_path: Path, vocabulary: str) -> None:
    corpus = write_files(tmp_path / "corpus", {"a.jsonl": json.dumps({"text": "words to read"}), "good.txt": GOOD})
    with pytest.raises(NothingToScanError) as raised:
        scanned(corpus / "a.jsonl", text_fields=("\x1b[31mnobody",))
    assert _is_safe(str(raised.value))
    finished = scanned(corpus, tokenizer=vocabulary, text_fields=("\x1b[31mnobody",))
    assert _is_safe(terminal_report(finished.result))


def test_hostile_tokenizer_pieces(tmp_path: Path) -> None:
    corpus = write_files(tmp_path / "corpus", {"a.txt": GOOD})
    hostile = write_vocabulary(tmp_path / "\x1b[31mvocab.txt", "abc", ["\x1b[31m", "[/red]"])
    assert _is_safe(terminal_report(scanned(corpus, tokenizer=hostile).result))


@pytest.mark.parametrize("last", ["utf-8", "cp949"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_a_bad_record_among_lines_in_two_encodings_is_located(tmp_path: Path, name: str, last: str) -> None:
    lines = [f'{{"text": "{text}"}}' for text in ("동해물과 백두산이", "마르고 닳도록", "하느님이 보우하사")] * 8
    rows = [line.encode(codec) for line in lines for codec in ("utf-8", "cp949")]
    good = b"[\n" + b",\n".join(rows) + b",\n" if name == "a.json" else b"\n".join(rows) + b"\n"
    path = tmp_path / name
    data = good + '  무궁화 "'.encode(last)
    path.write_bytes(data)
    _, records = read_all(path)
    assert records[0].encoding == "mixed"
    end_or_line = len(data) if name == "a.json" else len(good)
    assert (records[0].bad_records, records[0].first_bad_record) == (1, end_or_line)
