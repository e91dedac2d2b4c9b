from __future__ import annotations

import json
from pathlib import Path

import pytest
from reading_of import read_all

from corpuscheck.errors import UsageError
from corpuscheck.reading.json_values import read_json
from corpuscheck.reading.jsonl import read_jsonl
from corpuscheck.reading.paths import TextPath, best_path, leaf_lengths
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


@pytest.mark.parametrize("path", ["document[", "a[].b[", "[]..x"])
def test_a_broken_path_is_an_error(path: str) -> None:
    if "[]" not in path:
        assert TextPath(path).of_record({}) is None
        return
    with pytest.raises(UsageError, match="is not a path"):
        TextPath(path)


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
    path.write_text("---\ntitle: 제목\ntags: [a]\n---\n\n본문입니다.\n---\n끝.\n", "utf-8")
    assert read_all(path)[0][0].startswith("---")
    assert read_all(path, settings_from(skip_front_matter=True).reading)[0] == ["본문입니다.\n---\n끝.\n"]
