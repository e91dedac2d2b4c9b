"""Packed rows are the rows themselves, in little memory, in whatever parts they came."""

from __future__ import annotations

import json
import random

import numpy as np
import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpuscheck.reading.discover import Source
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.kinds import Kind
from corpuscheck.values.packed import Packed, Packing

RECORDS = [
    FileRecord("plain.txt"),
    FileRecord("이름 😀.txt", bytes=1 << 40, encoding="utf-8", confidence=1.0, how="strict decoding", first_unk_line=3),
    FileRecord("not\udcffUnicode", status="skipped", reason="empty", first_invalid_offset=0, first_bad_record=None),
    FileRecord("", text_digest=2**64 - 1, start=7, left_out={"b": 2, "a": 1}, not_text={"x": 3}),
    FileRecord("lone\ud800surrogate", confidence=0.5, damage="", layout="json", left_out={"a": 1, "b": 2}),
]
SOURCES = [
    Source("a", 1, Kind("json", "gzip"), -1, 2**64 - 1, 2**63, ("/x",)),
    Source("b/c", 0, Kind("text", archive="zip"), 1_700_000_000_000_000_000),
]


@pytest.mark.parametrize("rows", [RECORDS, SOURCES, RECORDS[:1], []], ids=["records", "sources", "one", "none"])
def test_what_is_packed_is_a_sequence_of_the_rows(rows: list[FileRecord] | list[Source]) -> None:
    packed = Packed.of(Source if rows is SOURCES else FileRecord, rows)
    assert list(packed) == rows
    assert [packed[k] for k in range(-len(rows), len(rows))] == rows + rows
    assert [list(packed[cut]) for cut in (slice(1, 3), slice(None, None, -1))] == [rows[1:3], rows[::-1]]
    assert len(packed) == len(rows)
    with pytest.raises(IndexError):
        packed[len(rows)]


def test_each_field_can_be_asked_for_alone() -> None:
    packed = Packed.of(FileRecord, RECORDS)
    for name in RECORDS[0].row():
        assert list(packed.values(name)) == [getattr(record, name) for record in RECORDS]
    assert packed.numbers("bytes").tolist() == [0, 1 << 40, 0, 0, 0]
    assert packed.numbers("words").tolist() == [0] * 5
    assert packed.where("status", lambda status: status == "skipped").tolist() == [2]
    assert [record.path for record in packed.ordered("path")] == sorted(record.path for record in RECORDS)


def test_the_order_of_names_in_a_row_is_kept() -> None:
    packed = Packed.of(FileRecord, RECORDS)
    assert [list(record.left_out) for record in packed] == [[], [], [], ["b", "a"], ["a", "b"]]


def test_rows_packed_in_parts_are_the_rows_packed_at_once() -> None:
    draw = random.Random(3)
    rows = [draw.choice(RECORDS) for _ in range(50)]
    for _ in range(20):
        cuts = sorted(draw.sample(range(51), 4))
        parts = [Packed.of(FileRecord, rows[a:b]) for a, b in zip([0, *cuts], [*cuts, 50], strict=True)]
        assert parts[0].merge(*parts[1:]) == Packed.of(FileRecord, rows)
        assert parts[0].merge(parts[1].merge(*parts[2:])) == Packed.of(FileRecord, rows)
        chosen = draw.sample(range(50), 20)
        assert list(parts[0].merge(*parts[1:]).chosen(chosen)) == [rows[k] for k in chosen]


def test_no_rows_change_nothing() -> None:
    packed, nothing = Packed.of(FileRecord, RECORDS), Packed(FileRecord)
    assert nothing.merge(packed) == packed.merge(nothing) == packed
    assert list(nothing.merge(nothing)) == list(nothing.chosen([])) == list(packed.chosen([])) == []


def test_rows_are_the_same_after_they_were_written_down() -> None:
    packed = Packed.of(FileRecord, RECORDS)
    state = orjson.loads(orjson.dumps(packed.to_state()))
    assert Packed.from_state(FileRecord, state) == packed
    assert Packed.from_state(FileRecord, state).to_state() == packed.to_state()


@pytest.mark.parametrize(
    "damage",
    [
        {"rows": 4},
        {"bytes": "AAAA"},
        {"bytes": "?"},
        {"status": [["measured"], "AQAAAAEAAAABAAAAAQAAAAEAAAA="]},
        {"path": ["YQ==", "AgAAAAAAAAA="]},
        {"no field": "AAAA"},
        {"status": 3},
    ],
)
def test_what_is_no_state_of_rows_is_refused(damage: dict[str, object]) -> None:
    state = json.loads(json.dumps(Packed.of(FileRecord, RECORDS).to_state()))
    with pytest.raises((ValueError, LookupError, TypeError)):
        Packed.from_state(FileRecord, {**state, **damage})


def test_rows_can_be_changed_until_they_are_settled() -> None:
    packing = Packing(FileRecord)
    for k in range(5000):
        packing.append(FileRecord(str(k)))
        packing[-1].bytes = k
        packing.settle(k)  # the last one is still open
        packing[k].words = 1
    assert len(packing) == 5000
    assert [packing[k].path for k in (0, 1023, 1024, 4999, -1)] == ["0", "1023", "1024", "4999", "4999"]
    assert [record.bytes for record in packing[1020:1030]] == list(range(1020, 1030))
    packed = packing.finish()
    assert packed.numbers("bytes").tolist() == list(range(5000))
    assert np.all(packed.numbers("words") == 1)


@given(st.lists(st.text(st.sampled_from("a/\0\x7fé가\ud800\udcff\ue000\uffff😀"), max_size=20), max_size=40))
@example(["12345678/b", "0", "12345678", "12345678/a", "123456789012345678", "1234567890123456"])
def test_texts_are_ordered_as_python_orders_them(texts: list[str]) -> None:
    distinct = list(dict.fromkeys(texts))
    packed = Packed.of(FileRecord, [FileRecord(text) for text in distinct])
    assert list(packed.ordered("path").values("path")) == sorted(distinct)
    backwards = packed.ordered("path", lambda text: text[::-1])
    assert list(backwards.values("path")) == sorted(distinct, key=lambda text: text[::-1])
