"""Columns become lines of JSON and Parquet: what a plain program reads back is what was in them."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from laws import examples

from corpuscheck.running.columns import (
    Cells,
    Coded,
    Hexes,
    NumberedTexts,
    Numbers,
    Shares,
    TextTable,
    json_lines,
    parquet,
)

Row = tuple[int, int, int, int, int]
"""A text, a list, a number, 64 bits and billionths."""

TEXTS = ["", "가나다", 'quote " and \\ backslash', "line\nend\ttab\r\0", "\u202e<b>&</b>\U0001f600", "a" * 300]
LISTS = [[], ["CC401"], ["CC401", 'CC"2']]
KINDS = {"id": "text", "text": "text", "list": "texts", "number": "number", "hash": "text", "share": "share"}

ROWS = st.lists(
    st.tuples(
        st.integers(-1, len(TEXTS) - 1), st.integers(-1, len(LISTS) - 1), st.integers(-1, 2**63 - 1),
        st.integers(0, 2**64 - 1), st.integers(0, 10**9),
    ),
    max_size=30,
)  # fmt: skip


def columns_of(rows: Sequence[Row], texts: TextTable, lists: TextTable) -> dict[str, Cells]:
    of: list[Any] = [np.array([row[k] for row in rows], np.uint64 if k == 3 else np.int64) for k in range(5)]
    place = np.maximum(of[0], 0)
    return {
        "id": NumberedTexts(place, texts, np.maximum(of[2], 1)),
        "text": Coded(of[0], texts),
        "list": Coded(of[1], lists),
        "number": Numbers(of[2]),
        "hash": Hexes(of[3]),
        "share": Shares(of[4]),
    }


def expected(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{TEXTS[max(text, 0)]}#{max(number, 1)}",
            "text": None if text < 0 else TEXTS[text],
            "list": None if some < 0 else LISTS[some],
            "number": None if number < 0 else number,
            "hash": f"{bits:016x}",
            "share": billionths / 10**9,
        }
        for text, some, number, bits, billionths in rows
    ]


def lines_of(parts: Sequence[Sequence[Row]]) -> list[dict[str, Any]]:
    """Written a part at a time, while the tables grow."""
    file = io.BytesIO()
    texts, lists = TextTable(), TextTable()
    with json_lines(file) as write:
        for rows in parts:
            texts.values[:], lists.values[:] = TEXTS, LISTS
            write(columns_of(rows, texts, lists))
    data = zstandard.ZstdDecompressor().stream_reader(file.getvalue()).read()
    return [json.loads(line) for line in data.decode().splitlines()]


@examples(60)
@given(st.lists(ROWS, max_size=3))
def test_lines_of_json_are_read_back(parts: list[list[Row]]) -> None:
    assert lines_of(parts) == expected([row for rows in parts for row in rows])


@examples(20)
@given(st.lists(ROWS, max_size=3))
def test_parquet_is_read_back(parts: list[list[Row]]) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    file = io.BytesIO()
    texts, lists = TextTable(TEXTS), TextTable(LISTS)
    with parquet(file, KINDS) as write:
        for rows in parts:
            write(columns_of(rows, texts, lists))
    assert pq.read_table(io.BytesIO(file.getvalue())).to_pylist() == expected([row for rows in parts for row in rows])


_WITHOUT = """
import sys
sys.path[:0] = {paths!r}
from test_columns import *
rows = [(k % 7 - 1, k % 4 - 1, k ** 9 - 1, k ** 12, k ** 4 % 10**9) for k in range(30)]
assert lines_of([rows]) == expected(rows)
"""


@pytest.mark.thorough
def test_the_kernels_as_plain_python() -> None:
    paths = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    subprocess.run([sys.executable, "-c", _WITHOUT.format(paths=paths)], check=True, env=environment)
