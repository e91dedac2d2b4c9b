from __future__ import annotations

import json
from pathlib import Path

import pytest
from reading_of import read_all

from corpuscheck.api import run_scan
from corpuscheck.errors import UsageError
from corpuscheck.reading.formats.json_values import read_json
from corpuscheck.reading.formats.jsonl import read_jsonl
from corpuscheck.reading.formats.paths import best_path, leaf_lengths, require_paths
from corpuscheck.reading.formats.records import RecordReport
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
    [
        "NaN",
        "-Infinity",
        "Infinity",
        "1" * 5000,
        "1" * 5000 + ".5e7",
        "[NaN,Infinity]",
        "1." + "2" * 40 + "e-7",
        "1e9",
        "1e999999999999",
        "-1.5E+400",
        "1e-99999999999999999999999",
        "123456789012345678e305",
        "1e0000000000000000000007",
        "[1e309,2]",
    ],
)
def test_numbers_that_json_does_not_know_lose_no_record(number: str) -> None:
    report = RecordReport()
    data = f'[{{"text": "NaN 12", "s": {number}}}, {{"s": {number}, "text": "c d"}}]'.encode()
    blocks = [data[k : k + 7] for k in range(0, len(data), 7)]
    assert b"".join(batch.data.tobytes() for batch in read_json(blocks, (), report)) == b"NaN 12c d"
    assert report.bad == 0


def test_what_follows_a_broken_item_is_said_to_be_lost(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"text": "a b"}, {"text": "c" "d"}, {"text": "e f"}]', "utf-8")
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


ROWS = [{"id": k, "text": f"글 {k}번이다", "title": f"제목 {k}"} for k in range(100)]
TURNS = [{"from": "human", "value": "무엇을 합니까?"}, {"from": "gpt", "value": "글을 씁니다."}]


def _cells(name: str) -> list[object]:
    return [row[name] for row in ROWS]


@pytest.mark.parametrize("orient", ["columns", "index", "split", "records", "table"])
@pytest.mark.parametrize("fields", [(), ("text",)])
def test_every_layout_that_pandas_writes_is_all_its_documents(orient: str, fields: tuple[str, ...]) -> None:
    pd = pytest.importorskip("pandas")
    for rows in (ROWS, ROWS[:2], ROWS[:1]):
        found, report = documents_of(json.loads(pd.DataFrame(rows).to_json(orient=orient)), *fields)
        assert found == [row["text"] for row in rows]
        assert (report.bad, report.missing, report.empty) == (0, 0, 0)


@pytest.mark.parametrize("orient", ["columns", "index", "split", "records", "table"])
def test_several_fields_of_a_table_are_joined(orient: str) -> None:
    pd = pytest.importorskip("pandas")
    value = json.loads(pd.DataFrame(ROWS).to_json(orient=orient))
    assert documents_of(value, "title", "text")[0] == [f"{row['title']}\n{row['text']}" for row in ROWS]


@pytest.mark.parametrize(
    ("value", "expected", "field"),
    [
        ({"text": {"0": "글 하나", "1": "글 둘"}}, ["글 하나", "글 둘"], "text.*"),
        ({"train": [{"text": "가 나"}, {"text": "다"}], "test": [{"text": "라"}]}, ["가 나", "다", "라"], "*[].text"),
        ([[1, "글 하나", 0.5], [2, "글 둘", 1.5]], ["글 하나", "글 둘"], "2"),
        ({"text": {"0": TURNS, "1": TURNS}}, ["무엇을 합니까?\n글을 씁니다."] * 2, "text.*[].value"),
        ([{"conversations": TURNS}], ["무엇을 합니까?\n글을 씁니다."], "conversations[].value"),
        ({"text": "글", "meta": {"a": "x", "b": "y"}}, ["글"], "text"),
    ],
)
def test_other_layouts_are_all_their_documents(value: object, expected: list[str], field: str) -> None:
    found, report = documents_of(value)
    assert (found, report.text_field) == (expected, field)
    assert documents_of(value, field)[0] == expected


def test_prose_beside_the_text_of_columns_is_counted_wherever_it_stands() -> None:
    more = {k: f"또 하나의 글 {k}" for k in range(100)}
    report = documents_of({"text": dict(enumerate(_cells("text"))), "more": more})[1]
    assert report.left_out == {"more": sum(len(text) for text in more.values())}


@pytest.mark.parametrize(
    ("escape", "read"),
    [
        ("\\ud83d", "\ufffd"),
        ("\\uDE00", "\ufffd"),
        ("\\ud83d\\ud83d", "\ufffd\ufffd"),
        ("\\ud83d\\u0041", "\ufffdA"),
        ("\\ud83d\\n", "\ufffd\n"),
        ("\\ud83d\\ude00", "\U0001f600"),
        ("\\\\ud83d", "\\ud83d"),
        ("\\ud55c\\uae00", "한글"),
    ],
)
def test_halves_of_surrogate_pairs_end_no_file(tmp_path: Path, escape: str, read: str) -> None:
    records = [f'{{"text": "글 {escape}"}}', '{"text": "다음 글"}']
    damaged = read.count("\ufffd") > 0
    for name, content in {"a.json": f"[{', '.join(records)}]", "a.jsonl": "\n".join(records)}.items():
        (tmp_path / name).write_text(content, "utf-8")
        documents, (record,) = read_all(tmp_path / name)
        assert documents == [f"글 {read}", "다음 글"]
        assert (record.repaired_surrogates, record.bad_records, record.damage) == (damaged, 0, None)
    data = f"[{', '.join(records)}]".encode()
    for size in range(1, 20):
        report = RecordReport()
        batches = list(read_json([data[k : k + size] for k in range(0, len(data), size)], (), report))
        assert b"".join(batch.data.tobytes() for batch in batches).decode() == f"글 {read}다음 글"
        assert report.repaired == damaged


@pytest.mark.parametrize(
    "content",
    [
        '[{"text": "글 하나",}, {"text": "글 둘"} , ]',
        '[{"text": "글 하나", "x": [1, 2, ]}, {"text": "글 둘"}\n,\n]\n',
        '[{"text": "글 하나", "x": "a\tb\n"}, {"text": "글 둘", "x": ",]"}]',
        '[{"text": "x", "text": "글 하나"}, {"text": "글 둘", "n": NaN}]',
    ],
    ids=["commas", "commas inside", "raw control characters", "twice the key"],
)
def test_what_json_forbids_but_many_write_is_read(content: str) -> None:
    data = content.encode()
    for size in (1, 5, 1 << 20):
        report = RecordReport()
        batches = list(read_json([data[k : k + size] for k in range(0, len(data), size)], (), report))
        spans = [(b, span) for b in batches for span in zip(b.starts, b.ends, strict=True)]
        assert [b.data[start:end].tobytes().decode() for b, (start, end) in spans] == ["글 하나", "글 둘"]
        assert report.bad == 0


@pytest.mark.few(2)
@pytest.mark.parametrize("ending", ["json", "jsonl", "csv", "parquet"])
def test_many_empty_texts_are_told_apart_from_missing_ones(tmp_path: Path, ending: str) -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"id": range(482), "text": ["글이다", "둘째 글"] + [""] * 400 + [" \n"] * 80})
    path = tmp_path / f"a.{ending}"
    if ending == "csv":
        frame.to_csv(path, index=False)
    elif ending == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_json(path, orient="records", lines=ending == "jsonl")
    (record,) = read_all(path)[1]
    assert (record.documents, record.empty_texts, record.missing_text) == (482, 480, 0)
    (finding,) = (f for f in run_scan(path, settings_from(jobs=1)).result.findings if f.rule == "CC104")
    assert "records with empty text" in finding.message
    assert "480 of 482" in finding.message
