"""Records made to cost memory or to take others with them: the bad one is counted, the others are read."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from reading_of import read_all

if not hasattr(os, "fork"):
    pytest.skip("needs fork", allow_module_level=True)
from apart import read_apart

GOOD = b'{"text": "some text here"}\n'

DEEP: dict[str, bytes] = {
    "brackets": b"[" * 100_000,
    "objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "objects that do not end": b'{"a":' * 20_000,
    "lists": b"[" * 20_000 + b"]" * 20_000,
    "lists and objects": b'[{"a":' * 20_000 + b"1" + b"}]" * 20_000,
    "a few too many": b"[" * 1100 + b"]" * 1100,
    "with text": b'{"text": "some text here", "a": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "with NaN": b'{"a":' * 20_000 + b"NaN" + b"}" * 20_000,
    "a megabyte": b'{"a":' * 250_000 + b"1" + b"}" * 250_000,
    "a megabyte of lists": b'[{"a":' * 250_000 + b"1" + b"}]" * 250_000,
}
WHOLE = {name: deep for name, deep in DEEP.items() if deep[-1:] in b"]}"}

PACKED: dict[str, Callable[[bytes], bytes]] = {
    "": lambda data: data,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.compress,
}


@pytest.mark.parametrize("before", [0, 1, 60])
@pytest.mark.parametrize("name", DEEP)
def test_a_line_that_nests_too_deep_is_one_bad_record(tmp_path: Path, name: str, before: int) -> None:
    (tmp_path / "a.jsonl").write_bytes(GOOD * before + DEEP[name] + b"\n" + GOOD * 100)
    documents, (record,) = read_all(tmp_path / "a.jsonl")
    assert documents == ["some text here"] * (before + 100)
    assert (record.format, record.bad_records, record.damage) == ("jsonl", 1, None)
    assert (record.first_bad_record, record.first_bad_line) == (before * len(GOOD), before + 1)
    assert record.lost_bytes == len(DEEP[name])


@pytest.mark.parametrize("ending", PACKED)
@pytest.mark.parametrize("named", ["jsonl", "json", "txt"])
@pytest.mark.parametrize("name", ["brackets", "objects"])
def test_whatever_the_file_is_called_and_packed_in(tmp_path: Path, name: str, named: str, ending: str) -> None:
    path = tmp_path / f"a.{named}{ending}"
    path.write_bytes(PACKED[ending](DEEP[name] + b"\n" + GOOD * 100))
    documents, (record,) = read_all(path)
    assert (len(documents), record.bad_records) == (100, 1)


@pytest.mark.parametrize("named", ["a.jsonl", "a.json"])
@pytest.mark.parametrize("name", ["brackets", "objects"])
def test_a_member_of_an_archive_too(tmp_path: Path, name: str, named: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(named, DEEP[name] + b"\n" + GOOD * 100)
    documents, (record,) = read_all(tmp_path / "a.zip")
    assert (len(documents), record.bad_records) == (100, 1)


@pytest.mark.parametrize("before", [0, 1, 60])
@pytest.mark.parametrize("name", WHOLE)
def test_an_item_of_an_array_that_nests_too_deep_costs_no_other(tmp_path: Path, name: str, before: int) -> None:
    items = [*[GOOD.strip()] * before, WHOLE[name], *[GOOD.strip()] * 50]
    (tmp_path / "a.json").write_bytes(b"[" + b",\n".join(items) + b"]")
    documents, (record,) = read_all(tmp_path / "a.json")
    assert documents == ["some text here"] * (before + 50 + (name == "with text"))
    assert (record.bad_records, record.damage) == (1, None)
    assert record.lost_bytes > 0.8 * len(WHOLE[name])
    start = 1 + before * (len(GOOD) + 1)
    assert record.first_bad_record is not None
    assert start < record.first_bad_record < start + 1500


def test_values_of_an_object_and_a_list_inside_of_a_record_too(tmp_path: Path) -> None:
    deep = "[" * 5000 + '1, "]"' + "]" * 5000
    (tmp_path / "a.json").write_text(f'{{"a": {{"text": "first text"}}, "b": {deep}, "c": {{"text": "last text"}}}}')
    (tmp_path / "b.json").write_text(f'{{"data": [{{"text": "first text"}}, {deep}, {{"text": "last text"}}]}}')
    for name in ("a.json", "b.json"):
        documents, (record,) = read_all(tmp_path / name)
        assert (documents, record.bad_records) == (["first text", "last text"], 1)


@pytest.mark.parametrize("depth", [10, 150, 198])
def test_what_nests_as_deep_as_is_looked_for_is_read(tmp_path: Path, depth: int) -> None:
    value = json.loads("[" * (depth - 1) + "]" * (depth - 1))
    (tmp_path / "a.json").write_text(json.dumps([{"text": "some text here", "x": value}] * 3))
    documents, (record,) = read_all(tmp_path / "a.json")
    assert (len(documents), record.bad_records) == (3, 0)


MANY = 6_000_000

TABLES: dict[str, tuple[str, Callable[[], bytes], int, int]] = {
    "commas alone": ("csv", lambda: (b"," * MANY + b"\n") * 3, 0, 3),
    "semicolons alone": ("csv", lambda: (b";" * MANY + b"\n") * 3, 0, 3),
    "bars alone": ("csv", lambda: (b"|" * MANY + b"\n") * 3, 0, 3),
    "tabs alone": ("tsv", lambda: (b"\t" * MANY + b"\n") * 3, 0, 3),
    "cells of two letters": ("csv", lambda: (b"ab," * (MANY // 3) + b"\n") * 3, 0, 3),
    "quoted cells": ("csv", lambda: (b'"ab",' * (MANY // 5) + b"\n") * 3, 0, 3),
    "padded cells": ("csv", lambda: (b'"ab", ' * (MANY // 6) + b"\n") * 3, 0, 3),
    "backslashes": ("csv", lambda: (b"\\,,," * (MANY // 4) + b"\n") * 3, 0, 3),
    "after a table": ("csv", lambda: b"id,text\n" + b"1,a text\n" * 300 + b"," * MANY + b"\n2,last\n", 301, 1),
    "in a table": ("csv", lambda: b"id,text\n1,a text\n" + b"," * MANY + b"\n" + b"2,last\n" * 30, 31, 1),
    "in a table of tabs": ("tsv", lambda: b"id\ttext\n1\ta text\n" + b"\t" * MANY + b"\n" + b"2\tlast\n" * 30, 31, 1),
    "inside of quotes": (
        "csv", lambda: b"id,text\n" + b"1,a text\n" * 300 + b'2,"' + b"," * MANY + b'"\n3,"last"\n', 301, 1,
    ),
    "a row without end": ("csv", lambda: b"id,text\n" + b"1,a text\n" * 300 + b"2," + b"ab," * 40_000_000, 300, 1),
    "lines inside of quotes": (
        "csv", lambda: b"id,text\n" + b"1,a text\n" * 300 + b'2,"' + b"\n" * 3_000_000 + b'"\n3,last\n', 301, 0,
    ),
}  # fmt: skip


@pytest.mark.few(3)
@pytest.mark.parametrize("packed", [False, pytest.param(True, marks=pytest.mark.thorough)], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", TABLES)
def test_a_row_of_too_many_cells_costs_no_more_than_itself(tmp_path: Path, name: str, packed: bool) -> None:
    ending, made, texts, bad = TABLES[name]
    data = made()
    path = tmp_path / f"a.{ending}{'.gz' * packed}"
    path.write_bytes(gzip.compress(data, 1) if packed else data)
    del data
    documents, record = read_apart(path)
    assert (len(documents), record["bad_records"]) == (texts, bad)
    assert record["lost_bytes"] >= MANY * bad // 2
    assert record["memory"] < 1 << 29


def test_a_wide_table_and_a_cell_of_many_commas_are_read(tmp_path: Path) -> None:
    names = [f"column{k}" for k in range(20_000)]
    wide = ",".join(["text", *names]) + "\n" + (",".join(["some words of text", *("1" for _ in names)]) + "\n") * 3
    (tmp_path / "wide.csv").write_text(wide)
    assert read_all(tmp_path / "wide.csv")[0] == ["some words of text"] * 3
    (tmp_path / "commas.csv").write_text('id,text\n1,"' + "word, " * 400_000 + '"\n2,more text\n')
    documents, (record,) = read_all(tmp_path / "commas.csv")
    assert (list(map(len, documents)), record.bad_records) == ([2_400_000, 9], 0)
