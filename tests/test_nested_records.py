from __future__ import annotations

import json
from pathlib import Path

import pytest
from reading_of import read_all

from corpuscheck.errors import UsageError
from corpuscheck.reading.json_values import read_json
from corpuscheck.reading.jsonl import read_jsonl
from corpuscheck.reading.paths import best_path, leaf_lengths, require_paths
from corpuscheck.reading.records import RecordReport
from corpuscheck.settings import PRESETS, settings_from

NIKL = {
    "id": "NWRW",
    "metadata": {"title": "말뭉치", "creator": "국립국어원"},
    "document": [
        {"id": "1", "paragraph": [{"id": "1.1", "form": "첫 문단입니다."}, {"id": "1.2", "form": "둘째 문단입니다."}]},
        {"id": "2", "paragraph": [{"id": "2.1", "form": "다른 문서의 문단."}]},
    ],
}
SQUAD = {
    "version": "1",
    "data": [{"title": "t", "paragraphs": [{"context": "긴 문맥 하나.", "qas": [{"question": "무엇?"}]}]}],
}


def documents_of(value: object, *fields: str) -> tuple[list[str], RecordReport]:
    report = RecordReport()
    data = json.dumps(value, ensure_ascii=False).encode()
    found = [
        batch.data[start:end].tobytes().decode()
        for batch in read_json([data[k : k + 7] for k in range(0, len(data), 7)], fields, report)
        for start, end in zip(batch.starts, batch.ends, strict=True)
    ]
    return found, report


@pytest.mark.parametrize(
    ("value", "fields", "expected"),
    [
        (NIKL, (), ["첫 문단입니다.\n둘째 문단입니다.", "다른 문서의 문단."]),
        (NIKL, ("document[].paragraph[].form",), ["첫 문단입니다.\n둘째 문단입니다.", "다른 문서의 문단."]),
        (NIKL, ("metadata.title",), ["말뭉치"]),
        (SQUAD, ("data[].paragraphs[].context",), ["긴 문맥 하나."]),
        (SQUAD, (), ["긴 문맥 하나."]),
        ([{"text": "하나", "id": "x"}, {"text": "둘"}], (), ["하나", "둘"]),
        ([{"paragraphs": ["가 나", "다 라"]}], ("paragraphs[]",), ["가 나\n다 라"]),
        (["글 하나", "글 둘"], (), ["글 하나", "글 둘"]),
        ([["가 나", "다"], ["라 마"]], (), ["가 나\n다", "라 마"]),
        ({"a.b": "key with a dot in it"}, ("a.b",), ["key with a dot in it"]),
        ({"본문": "한글 이름의 항목"}, (), ["한글 이름의 항목"]),
    ],
)
def test_text_is_found_wherever_it_is_nested(value: object, fields: tuple[str, ...], expected: list[str]) -> None:
    assert documents_of(value, *fields)[0] == expected


def test_the_field_that_was_found_is_reported() -> None:
    assert documents_of(NIKL)[1].text_field == "document[].paragraph[].form"


def test_records_after_a_syntax_error_are_lost_but_counted() -> None:
    report = RecordReport()
    data = b'[{"text": "one"}, {"text": "two"}, {"text": '
    found = [b for batch in read_json([data], (), report) for b in batch.starts]
    assert len(found) == 2
    assert report.bad == 1


def test_deep_nesting_is_counted_not_followed() -> None:
    report = RecordReport()
    assert list(read_json([b"[" * 100_000], (), report)) == []
    assert report.bad == 1


def test_deep_nesting_in_json_lines_leaves_the_other_lines() -> None:
    report = RecordReport()
    lines = b'{"text": "a b"}\n' + b"[" * 100_000 + b'\n{"text": "c d"}\n'
    assert sum(batch.documents for batch in read_jsonl([lines], (), report)) == 2
    assert report.bad == 1


@pytest.mark.parametrize("path", ["document[", "document[.x", "a[].b[", "[]..x"])
def test_a_broken_path_is_an_error(path: str) -> None:
    with pytest.raises(UsageError, match="is not a path"):
        require_paths([path])


def test_prose_outweighs_identifiers() -> None:
    record = {"id": "x" * 60, "url": "https://example.org/" + "a" * 100, "memo": "오늘은 맑은 날씨입니다"}
    assert best_path(leaf_lengths(record)) == "memo"


def test_presets_name_the_field_or_the_document() -> None:
    assert settings_from(preset="nikl").reading.text_fields == ("document[].paragraph[].form",)
    assert settings_from(preset="wikiextractor").reading.document == "wikiextractor"
    with pytest.raises(UsageError, match="--preset knows no"):
        settings_from(preset="nothing")
    assert all(preset.text_field or preset.document != "file" for preset in PRESETS.values())


def test_wikiextractor_blocks_are_documents(tmp_path: Path) -> None:
    path = tmp_path / "wiki_00"
    path.write_text('<doc id="1" title="가">\n가\n\n내용.\n</doc>\n<doc id="2" title="나">\n나\n</doc>\n', "utf-8")
    assert read_all(path, settings_from(preset="wikiextractor").reading)[0] == ["가\n\n내용.", "나"]


def test_front_matter_is_left_out_on_request(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("---\n제목\n---\n\n본문입니다.\n---\n끝.\n", "utf-8")
    assert read_all(path)[0][0].startswith("---")
    assert read_all(path, settings_from(skip_front_matter=True).reading)[0] == ["본문입니다.\n---\n끝.\n"]


@pytest.mark.parametrize(
    "number",
    ["NaN", "-Infinity", "Infinity", "1" * 5000, "1" * 5000 + ".5e7", "[NaN,Infinity]", "1." + "2" * 40 + "e-7", "1e9"],
)
def test_numbers_that_json_does_not_know_lose_no_record(number: str) -> None:
    report = RecordReport()
    data = f'[{{"text": "NaN 12", "s": {number}}}, {{"s": {number}, "text": "c d"}}]'.encode()
    blocks = [data[k : k + 7] for k in range(0, len(data), 7)]
    assert b"".join(batch.data.tobytes() for batch in read_json(blocks, (), report)) == b"NaN 12c d"
    assert report.bad == 0


@pytest.mark.parametrize("bad", ['{"text": "c" "d"}', '{"x":' + "[" * 300 + "]" * 300 + "}"])
def test_what_follows_a_broken_item_is_said_to_be_lost(tmp_path: Path, bad: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(f'[{{"text": "a b"}}, {bad}, {{"text": "e f"}}]', "utf-8")
    documents, (record,) = read_all(path)
    assert documents == ["a b"]
    assert record.damage == "record 2 is no JSON, too deep or too large: the rest was not read"


@pytest.mark.parametrize(
    ("value", "field", "expected"),
    [
        ({"d1": {"text": "a b"}, "d2": {"text": "c d"}}, "*.text", ["a b", "c d"]),
        ({"d.1": {"text": "a b"}, "2": {"id": 1, "text": "c d"}}, "*.text", ["a b", "c d"]),
        ({"x": {"body": {"본문": "a b"}}, "y": {"body": {"본문": "c d"}}}, '*.body."본문"', ["a b", "c d"]),
        ({"x": {"lines": ["a b", "c"]}, "y": {"lines": ["c d"]}}, "*.lines", ["a b\nc", "c d"]),
        ({"x": {"text": "a b"}, "y": {"title": "c d"}}, "x.text", ["a b"]),
    ],
)
def test_an_object_keyed_by_document(value: object, field: str, expected: list[str]) -> None:
    found, report = documents_of(value)
    assert (found, report.text_field) == (expected, field)
    assert documents_of(value, field)[0] == expected


@pytest.mark.parametrize("name", ["array.json", "lines.json", "lines.jsonl", "one.json"])
def test_corpora_in_one_file_are_all_their_documents(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    lines = (json.dumps(NIKL) + "\n") * 2
    path.write_text({"array.json": json.dumps([NIKL, NIKL]), "one.json": json.dumps(NIKL)}.get(name, lines), "utf-8")
    expected = ["첫 문단입니다.\n둘째 문단입니다.", "다른 문서의 문단."]
    documents, (record,) = read_all(path, settings_from(preset="nikl").reading)
    assert documents == expected * (1 if name == "one.json" else 2)
    assert record.text_field == "document[].paragraph[].form"
