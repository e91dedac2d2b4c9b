from __future__ import annotations

import json
from functools import reduce
from pathlib import Path

import pytest
from reading_of import read_all

from corpuscheck.api import run_scan
from corpuscheck.reading import ranges
from corpuscheck.reading.discover import discover
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.formats import columnar
from corpuscheck.reading.ranges import pieces_of
from corpuscheck.reading.reader import read_piece
from corpuscheck.reports.json.report import render as render_json
from corpuscheck.settings import Reading, settings_from

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

TEXTS = [f"문서 {k}의 본문은 이렇게 이어집니다." for k in range(300)]


@pytest.mark.parametrize("kind", ["parquet", "arrow file", "arrow stream"])
@pytest.mark.parametrize("wide", [False, True])
def test_string_columns_are_documents(tmp_path: Path, kind: str, wide: bool) -> None:
    column = pa.array(TEXTS, pa.large_string() if wide else pa.string())
    table = pa.table({"id": list(range(300)), "text": column})
    path = tmp_path / ("a.parquet" if kind == "parquet" else "a.arrow")
    if kind == "parquet":
        pq.write_table(table, path, row_group_size=50)
    else:
        new = pa.ipc.new_file if kind == "arrow file" else pa.ipc.new_stream
        with new(path, table.schema) as writer:
            writer.write_table(table, max_chunksize=70)
    documents, records = read_all(path)
    assert documents == TEXTS
    assert records[0].text_field == "text"


def test_missing_values_are_counted(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["가", None, "나"]}), tmp_path / "a.parquet")
    documents, records = read_all(tmp_path)
    assert documents == ["가", "나"]
    assert records[0].missing_text == 1


def test_row_groups_are_work_units_and_change_no_figure(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": TEXTS}), path, row_group_size=20, compression="none")
    (source,) = discover([path], Reading()).sources
    pieces = pieces_of(source, Reading(), 1000)
    assert len(pieces) > 3
    records: list[FileRecord] = []
    count = sum(b.documents for p in pieces for b in read_piece(p, Reading(), records, lambda _: None))
    assert count == len(TEXTS)
    assert sum(record.bytes for record in records) == source.size


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["가"]}), tmp_path / "a.parquet")
    _, records = read_all(tmp_path, Reading(text_fields=("body",)))
    assert records[0].reason == "no record has the field 'body'; there are: text"


def test_a_damaged_file_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": TEXTS}), path)
    path.write_bytes(path.read_bytes()[:-20])
    _, records = read_all(path)
    assert "damaged parquet" in (records[0].reason or "")


def test_without_pyarrow_the_reason_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pq.write_table(pa.table({"text": ["가"]}), tmp_path / "a.parquet")
    monkeypatch.setattr(columnar, "available", lambda: False)
    _, records = read_all(tmp_path)
    assert records[0].reason == "needs pyarrow: pip install 'corpuscheck[parquet]'"


def test_the_same_texts_as_jsonl_and_parquet_give_the_same_figures(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    pq.write_table(pa.table({"text": TEXTS}), tmp_path / "a" / "x.parquet")
    (tmp_path / "b" / "x.jsonl").write_text("\n".join(json.dumps({"text": t}) for t in TEXTS), "utf-8")
    results = [run_scan(tmp_path / name, settings_from(jobs=1)).result for name in "ab"]
    assert results[0].tokenizer == results[1].tokenizer
    assert results[0].profile.size.utf8_bytes == results[1].profile.size.utf8_bytes
    assert render_json(results[0])
    assert ranges


TWO = ["a b", "c d"]
COLUMNS = {
    "list": (pa.array([["a b", "x"], ["c d"]]), ["a b\nx", "c d"]),
    "large_list": (pa.array([["a b", "x"], ["c d"]], pa.large_list(pa.string())), ["a b\nx", "c d"]),
    "list of large": (pa.array([["a b"], ["c d"]], pa.list_(pa.large_string())), TWO),
    "large": (pa.array(TWO, pa.large_string()), TWO),
    "dictionary": (pa.array(TWO).dictionary_encode(), TWO),
    "binary": (pa.array([b"a b", b"c d"]), TWO),
    "large_binary": (pa.array([b"a b", b"c d"], pa.large_binary()), TWO),
    "no utf-8": (pa.array([b"a \xff b", None]), ["a \ufffd b"]),
    "st.inner": (pa.array(TWO), TWO),
    "st.deep.inner": (pa.array([["a b"], ["c d"]]), TWO),
    "a.b": (pa.array(TWO), TWO),
}


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("ending", ["parquet", "arrow"])
def test_every_column_of_text_can_be_asked_for(tmp_path: Path, name: str, ending: str) -> None:
    column, expected = COLUMNS[name]
    first, *rest = name.split(".") if name.startswith("st.") else [name]
    for inner in reversed(rest):
        column = pa.StructArray.from_arrays([column, pa.array([1, 2])], [inner, "n"])
    table = pa.table({"id": [1, 2], first: column, "other": ["not this", "nor this"]})
    path = tmp_path / f"a.{ending}"
    if ending == "parquet":
        pq.write_table(table, path)
    else:
        with pa.ipc.new_file(path, table.schema) as writer:
            writer.write_table(table)
    documents, records = read_all(path, Reading(text_fields=(name,)))
    assert (documents, records[0].text_field) == (expected, name)


@pytest.mark.parametrize(
    ("table", "field"),
    [
        ({"id": ["x1", "x2"], "st": [{"text": "a b"}, {"text": "c d"}]}, "st.text"),
        ({"id": ["x1", "x2"], "sentences": [["a b"], ["c d"]]}, "sentences"),
        ({"image": [b"\x89PNG" * 99] * 2, "caption": TWO}, "caption"),
    ],
)
def test_the_column_of_text_is_found(tmp_path: Path, table: dict[str, list[object]], field: str) -> None:
    pq.write_table(pa.table(table), tmp_path / "a.parquet")
    documents, records = read_all(tmp_path)
    assert (documents, records[0].text_field) == (TWO, field)


CHAT = [
    [{"role": "user", "content": "무엇을 합니까?"}, {"role": "assistant", "content": "글을 씁니다."}],
    [{"role": "user", "content": "네"}],
]
TURNS = [[{"from": turn["role"], "value": turn["content"]} for turn in turns] for turns in CHAT]
SAID = ["무엇을 합니까?\n글을 씁니다.", "네"]


@pytest.mark.parametrize(
    ("column", "path", "kind"),
    [
        (CHAT, "messages[].content", None),
        (TURNS, "messages[].value", None),
        ([{"turns": turns} for turns in CHAT], "messages.turns[].content", None),
        ([[{"turns": turns}] for turns in CHAT], "messages[].turns[].content", None),
        (CHAT, "messages[].content", "large_list"),
        ([turns[:1] for turns in CHAT], "messages[].content", "fixed_size"),
    ],
)
@pytest.mark.parametrize("ending", ["parquet", "arrow"])
def test_turns_of_a_chat_are_found_as_in_json(
    tmp_path: Path, ending: str, column: list[object], path: str, kind: str | None
) -> None:
    turn = pa.struct([("role", pa.string()), ("content", pa.string())])
    kinds = {"large_list": pa.large_list(turn), "fixed_size": pa.list_(turn, 1)}
    array = pa.array(column, kinds[kind]) if kind else pa.array(column)
    table = pa.table({"id": [1, 2], "messages": array})
    if ending == "parquet":
        pq.write_table(table, tmp_path / "a.parquet")
    else:
        with pa.ipc.new_file(tmp_path / "a.arrow", table.schema) as writer:
            writer.write_table(table, max_chunksize=1)
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(row) for row in table.to_pylist()), "utf-8")
    expected = SAID if kind != "fixed_size" else ["무엇을 합니까?", "네"]
    for fields in ((), (path,)):
        for name in (f"a.{ending}", "a.jsonl"):
            documents, records = read_all(tmp_path / name, Reading(text_fields=fields))
            assert (documents, records[0].text_field) == (expected, path)


def test_an_empty_or_missing_chat_is_a_record_without_text(tmp_path: Path) -> None:
    table = pa.table({"messages": [CHAT[0], None, [], [{"role": "user", "content": None}]]})
    pq.write_table(table, tmp_path / "a.parquet")
    documents, records = read_all(tmp_path)
    assert documents == SAID[:1]
    assert records[0].missing_text == 3


def test_row_groups_sum_up_what_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"q": TEXTS, "a": [f"{text} 정말로." for text in TEXTS]}), path, row_group_size=20)
    whole = run_scan(path, settings_from(jobs=1)).records[0]
    (source,) = discover([path], Reading()).sources
    records: list[FileRecord] = []
    for piece in pieces_of(source, Reading(), 1000):
        for _ in read_piece(piece, Reading(), records, lambda _: None):
            pass
    assert len(records) > 3
    joined = reduce(FileRecord.joined, records)
    assert joined.left_out == whole.left_out == {"q": sum(map(len, TEXTS))}
    assert joined.text_characters == whole.text_characters
