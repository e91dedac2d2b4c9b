"""Pages of Parquet that come to far more than is stored for them: found before they are unpacked."""

from __future__ import annotations

import io
import os
import random
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import laws
import numpy as np
import pytest

from corpuscheck.kernels.thrift import CUT, GARBLED, I32, I64, LIST, STRUCT, delta_lengths, numbers_of, path
from corpuscheck.reading.formats.parquet_pages import Pages

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
if not hasattr(os, "fork"):
    pytest.skip("needs fork", allow_module_level=True)
from apart import each_read_apart, read_apart  # noqa: E402
from parquet_made import (  # noqa: E402
    CODECS,
    DATA_2,
    DELTA_BYTES,
    DELTA_LENGTH,
    DICTIONARY,
    OPTIONAL,
    REPEATED,
    RLE_DICTIONARY,
    Column,
    Long,
    Page,
    deltas,
    indices,
    parquet,
    plain,
    runs,
    thrift,
)

MB = 1 << 20
MOST = 2**31 - 1
MANY = 1 << 28

SMALL = Page(plain([b"a first text"] * 10), 10)
EMPTY = Page(b"", 0)
ONE_ROW = runs((0, 1), (1, MANY - 1)) + runs((1, MANY))
LENGTHS = deltas(0, (0, MOST - 200))
CODED = Page(indices(10), 10, encoding=RLE_DICTIONARY)


def _of_one_text(size: int) -> Page:
    return Page(plain([b"a" * size]), 1)


def large() -> Page:
    return _of_one_text(66 * MB)


def middle() -> Page:
    return _of_one_text(30 * MB)


def _of_one_page(codec: str) -> bytes:
    return parquet(Column((large(),), codec=codec))


def _prefixes(size: int, rows: int = 1999) -> bytes:
    """A text, and rows that repeat it whole."""
    return _steps([0] + [size] * rows) + _steps([size] + [0] * rows) + b"a" * size


def _steps(numbers: list[int]) -> bytes:
    """Numbers as pyarrow packs them."""
    out = io.BytesIO()
    table = pa.table({"n": pa.array(numbers, pa.int32())})
    pq.write_table(
        table, out, compression="none", use_dictionary=False, column_encoding={"n": "DELTA_BINARY_PACKED"},
        write_statistics=False, data_page_size=1 << 30, max_rows_per_page=1 << 30,
    )  # fmt: skip
    data = out.getvalue()
    which, values = np.empty(16, np.int64), np.empty(16, np.int64)
    start, _ = numbers_of(np.frombuffer(data, np.uint8), 4, np.array([path((3, I32))]), which, values)
    page = data[start : start + int(values[0])]
    return page[4 + int.from_bytes(page[:4], "little") :]


BOMBS: dict[str, Callable[[], bytes]] = {
    **{f"one page, {codec}": partial(_of_one_page, codec) for codec in ("zstd", "gzip", "brotli")},
    "a page of the second version": lambda: parquet(Column((Page(large().data, 1, kind=DATA_2),))),
    "behind a small one": lambda: parquet(Column((SMALL, large()))),
    "in another column": lambda: parquet(Column((SMALL,)), Column((SMALL, large()), b"title")),
    "in many columns": lambda: parquet(*(Column((middle(),), b"t%d" % k) for k in range(9))),
    "a dictionary": lambda: parquet(Column((Page(large().data, 1, DICTIONARY), CODED))),
    "a dictionary of empty texts": lambda: parquet(Column((Page(bytes(64 * MB), 16 * MB, DICTIONARY), CODED))),
    "a dictionary and a page": lambda: parquet(
        Column((Page(middle().data, 1, DICTIONARY), CODED, middle(), middle())),
        *(Column((Page(middle().data, 1, DICTIONARY), CODED, middle()), b"t%d" % k) for k in range(2))),
    "more lengths than memory": lambda: parquet(Column((Page(LENGTHS, MOST - 199, encoding=DELTA_LENGTH),))),
    "a list of empty texts": lambda: parquet(Column((
        Page(ONE_ROW + deltas(0, (0, MANY - 1)), MANY, encoding=DELTA_LENGTH),), repetition=REPEATED), rows=1),
    "a list of one text": lambda: parquet(Column((
        Page(plain([b""]), 1, DICTIONARY), Page(ONE_ROW + indices(MANY), MANY, encoding=RLE_DICTIONARY),
        ), repetition=REPEATED), rows=1),
    "a list whose items repeat a prefix": lambda: parquet(Column((
        Page(runs((0, 1), (1, 1999)) + runs((1, 2000)) + _prefixes(MB), 2000, encoding=DELTA_BYTES),
        ), repetition=REPEATED), rows=1),
    "a list in many pages": lambda: parquet(Column(tuple(
        Page(runs((min(1, k), 1)) + runs((1, 1)) + middle().data, 1) for k in range(9)), repetition=REPEATED), rows=1),
    "a header that says too much": lambda: parquet(Column((Page(plain([b"hello"]), 1, said=MOST),))),
}  # fmt: skip


_SAME_WAY = ("one page, gzip", "one page, brotli", "behind a small one", "a dictionary and a page")


@pytest.mark.few(1)
@pytest.mark.parametrize("name", laws.each_but(_SAME_WAY, BOMBS))
def test_a_page_that_expands_beyond_measure_is_never_unpacked(tmp_path: Path, name: str) -> None:
    data = BOMBS[name]()
    assert len(data) < 1 * MB
    (tmp_path / "a.parquet").write_bytes(data)
    documents, record = read_apart(tmp_path / "a.parquet")
    assert (documents, record["status"]) == ([], "skipped")
    assert "expands to over 200 times its size" in record["reason"]
    assert record["memory"] < 256 * MB


@pytest.mark.thorough
def test_row_groups_before_a_bomb_are_measured(tmp_path: Path) -> None:
    out = io.BytesIO()
    with pq.ParquetWriter(
        out, pa.schema({"text": pa.string()}), compression="zstd", use_dictionary=False, write_statistics=False
    ) as writer:
        writer.write_table(pa.table({"text": ["a text"] * 200}))
        writer.write_table(pa.table({"text": ["a" * (100 * MB)]}))
    (tmp_path / "a.parquet").write_bytes(out.getvalue())
    documents, record = read_apart(tmp_path / "a.parquet")
    assert documents == ["a text"] * 200
    assert "expands" in record["damage"]
    assert record["memory"] < 256 * MB


def test_a_bomb_in_an_archive_is_found(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.parquet", BOMBS["one page, zstd"]())
    _, record = read_apart(tmp_path / "a.zip")
    assert "expands" in record["reason"]
    assert record["memory"] < 256 * MB


BOUNDED: dict[str, Callable[[], bytes]] = {
    "pages of one row": lambda: parquet(Column((SMALL, *(middle(),) * 12))),
    "pages of the second version": lambda: parquet(Column((Page(middle().data, 1, kind=DATA_2),) * 20)),
    "many columns": lambda: parquet(
        *(Column((Page(plain([b"a b c " * 100_000]), 1),) * 8, b"t%d" % k) for k in range(60))),
    "a repeated prefix": lambda: parquet(Column((Page(_prefixes(5 * MB), 2000, encoding=DELTA_BYTES),))),
    "a repeated prefix behind a small text": lambda: parquet(Column((
        Page(SMALL.data, 10), Page(_prefixes(10 * MB), 2000, encoding=DELTA_BYTES)))),
    "nothing but nulls": lambda: parquet(Column((Page(runs((0, 1 << 22)), 1 << 22),), repetition=OPTIONAL)),
}  # fmt: skip


_LIKE_ANOTHER = ("pages of the second version", "a repeated prefix behind a small text")


@pytest.mark.few(1)
@pytest.mark.parametrize("name", laws.each_but(_LIKE_ANOTHER, BOUNDED))
def test_pages_that_can_be_held_are_read_a_few_rows_at_a_time(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.parquet").write_bytes(BOUNDED[name]())
    _, record = read_apart(tmp_path / "a.parquet")
    assert record["documents"] or record["reason"]
    assert record["memory"] < 512 * MB


DAMAGED: dict[str, Callable[[], bytes]] = {
    "more lengths than values": lambda: parquet(Column((Page(LENGTHS, 10, encoding=DELTA_LENGTH),))),
    "more lengths than values, not compressed": partial(
        parquet, Column((Page(LENGTHS, 10, encoding=DELTA_LENGTH),), codec="none")),
    "a length below nought": lambda: parquet(Column((Page(deltas(-5, (0, 9)), 10, encoding=DELTA_LENGTH),))),
    "more entries than bytes": lambda: parquet(Column((Page(plain([b"a"]), MOST, DICTIONARY), CODED))),
    "a size that is too small": lambda: parquet(Column((Page(large().data, 1, said=100),))),
    "a page beyond the file": lambda: parquet(Column((Page(plain([b"hello"]), 1, said_compressed=MOST),))),
    "a size below nought": lambda: parquet(Column((Page(plain([b"hello"]), 1, said=-5),))),
    "a stored size below nought": lambda: parquet(Column((Page(plain([b"hello"]), 1, said_compressed=-5),))),
    "pages without end": lambda: parquet(Column((*(EMPTY,) * 5000, SMALL))),
    "one column in many row groups": lambda: parquet(Column((SMALL, *(EMPTY,) * 100, SMALL)), groups=1000),
    "statistics beyond all measure": lambda: parquet(Column((
        Page(SMALL.data, 10, more=((5, {1: 10, 2: 0, 3: 3, 4: 3, 5: {1: b"x" * (20 * MB)}}),)),), codec="none")),
    "a size in 64 bits": lambda: parquet(Column((Page(SMALL.data, 10, more=((2, Long(1 << 40)),)),))),
}  # fmt: skip


@pytest.mark.few(2)
@pytest.mark.parametrize("name", DAMAGED)
def test_a_page_header_that_lies_is_damage(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.parquet").write_bytes(DAMAGED[name]())
    _, record = read_apart(tmp_path / "a.parquet")
    assert "damaged parquet file" in (record["reason"] or record["damage"])
    assert record["memory"] < 256 * MB


def test_large_statistics_are_read_past(tmp_path: Path) -> None:
    more = ((5, {1: 10, 2: 0, 3: 3, 4: 3, 5: {1: b"x" * MB}}),)
    (tmp_path / "a.parquet").write_bytes(parquet(Column((Page(SMALL.data, 10, more=more),))))
    assert read_apart(tmp_path / "a.parquet")[0] == ["a first text"] * 10


def _footer(groups: list[Any], schema: list[Any]) -> bytes:
    footer = thrift({1: 1, 2: schema, 3: Long(1), 4: groups})
    return b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1"


SCHEMA: list[Any] = [{4: b"s", 5: 1}, {1: 6, 3: 0, 4: b"text"}]
FOOTERS: dict[str, Callable[[], bytes]] = {
    "row groups with too many columns": partial(_footer, [{1: [{2: Long(0)}] * 300_000}] * 4, SCHEMA),
    "a schema with too many columns": partial(_footer, [], [{4: b"s", 5: 300_000}, *SCHEMA[1:] * 300_000]),
    "row groups with too few columns": partial(_footer, [{1: [], 2: Long(0), 3: Long(0)}] * 9, SCHEMA),
    "a list longer than the footer": lambda: b"PAR1\x19\xfc\xff\xff\x3f\x00\x06\x00\x00\x00PAR1",
    "a footer longer than the file": lambda: b"PAR1\xff\xff\xff\x7fPAR1",
    "an encrypted footer": lambda: b"PAR1" + bytes(40) + b"\x20\x00\x00\x00PARE",
}


@pytest.mark.parametrize("name", FOOTERS)
def test_a_footer_that_would_fill_the_memory_is_damage(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.parquet").write_bytes(FOOTERS[name]())
    _, record = read_apart(tmp_path / "a.parquet")
    assert record["status"] == "skipped"
    assert record["memory"] < 256 * MB


TEXTS = [f"text {k} " * (k % 9) for k in range(900)]
ENCODINGS: list[dict[str, Any]] = [
    {"use_dictionary": True},
    *(
        {"use_dictionary": False, "column_encoding": e}
        for e in ("PLAIN", "DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY")
    ),
]


HONEST = [
    pytest.param(encoding, codec, version, marks=[pytest.mark.thorough] if (k + n + 2 * v) % 4 else [])
    for k, encoding in enumerate(ENCODINGS)
    for n, codec in enumerate(("none", "snappy", "gzip", "brotli", "zstd", "lz4"))
    for v, version in enumerate(("1.0", "2.0"))
]


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("encoding", "codec", "version"), HONEST,
    ids=lambda value: value.get("column_encoding", "dictionary") if isinstance(value, dict) else value,
)  # fmt: skip
def test_every_honest_page_is_read(tmp_path: Path, encoding: dict[str, Any], codec: str, version: str) -> None:
    kinds = {
        "flat": pa.array(TEXTS),
        "all nulls at first": pa.array([None] * 450 + TEXTS),
        "nulls": pa.array([None if k % 3 else text for k, text in enumerate(TEXTS)]),
        "list": pa.array([[text, None] for text in TEXTS]),
        "struct": pa.array([{"a": text} for text in TEXTS]),
    }

    def files() -> Any:
        for name, column in kinds.items():
            options = dict(encoding)
            if "column_encoding" in options:
                leaf = {"list": "text.list.element", "struct": "text.a"}.get(name, "text")
                options["column_encoding"] = {leaf: options["column_encoding"]}
            pq.write_table(
                pa.table({"text": column}), tmp_path / f"{name}.parquet", compression=codec, data_page_size=1000,
                data_page_version=version, row_group_size=210, **options,
            )  # fmt: skip
            yield tmp_path / f"{name}.parquet"

    for _, record in each_read_apart(files()):
        assert (record["status"], record["damage"]) == ("measured", None)
        wanted = TEXTS[::3] if "/nulls" in record["path"] else TEXTS
        assert record["documents"] == len(wanted)
        assert record["utf8_bytes"] == len("".join(wanted))


def test_a_header_is_found_garbled_or_good_and_nothing_else() -> None:
    wanted = np.array([path((1, I32)), path((2, LIST), (0, STRUCT)), path((2, LIST), (0, STRUCT), (3, I64))])
    which, values = np.empty(64, np.int64), np.empty(64, np.int64)

    def found(data: bytes) -> tuple[int, list[tuple[int, int]]]:
        end, count = numbers_of(np.frombuffer(data, np.uint8), 0, wanted, which, values)
        return end, list(zip(which[:count].tolist(), values[:count].tolist(), strict=True))

    good = thrift({1: -7, 2: [{3: Long(1 << 40), 9: b"skipped"}, {3: Long(5)}], 17: {1: True, 2: [1] * 20}})
    assert found(good) == (len(good), [(0, -7), (1, 0), (2, 1 << 40), (1, 0), (2, 5)])
    for length in range(len(good)):
        assert found(good[:length])[0] == CUT
    assert found(b"\x1c" * 40)[0] == GARBLED, "nested too deep"
    assert found(b"\x15" + b"\xff" * 11)[0] == GARBLED, "a number of more than 64 bits"
    assert found(b"\x15\xff\xff\xff\xff\xff\x01")[0] == GARBLED, "a number of more than 32 bits"
    assert found(b"\x19\xfc\xff\xff\xff\xff\x07")[0] == CUT, "a list that is longer than the data"
    assert found(b"\x1b\x00")[0] == GARBLED, "a map, which Parquet has not"
    chance = random.Random(0)
    for _ in range(20_000 if laws.thorough else 2_000):
        changed = bytearray(good)
        for _ in range(chance.randint(1, 4)):
            changed[chance.randrange(len(good))] = chance.randrange(256)
        end, _ = found(bytes(changed))
        assert end in (CUT, GARBLED) or 0 < end <= len(good)


def test_lengths_are_summed_as_pyarrow_packs_them() -> None:
    chance = random.Random(1)
    for size in (1, 2, 31, 128, 129, 1000):
        for most in (1, 2, 1000, 1 << 30):
            numbers = [chance.randrange(most) for _ in range(size)]
            packed = np.frombuffer(_steps(numbers), np.uint8)
            assert delta_lengths(packed, 0, size) == (len(packed), sum(numbers), max(numbers))
            assert delta_lengths(packed, 0, size - 1)[0] == GARBLED
            assert delta_lengths(packed[:2], 0, size)[0] == GARBLED


def test_damaged_headers_raise_nothing_but_value_errors() -> None:
    data = parquet(Column((SMALL, Page(_prefixes(1000, 50), 51, encoding=DELTA_BYTES), SMALL)))
    known = pq.ParquetFile(io.BytesIO(data))
    chance = random.Random(2)
    stop = data.rfind(b"schema") - 20
    for _ in range(4_000 if laws.thorough else 300):
        changed = bytearray(data)
        for _ in range(chance.randint(1, 5)):
            changed[chance.randrange(4, stop)] = chance.randrange(256)
        try:
            Pages(io.BytesIO(changed), known.metadata, known.schema).rows_at_once(0, ["text"], 256, 64 * MB)
        except (ValueError, OSError):
            continue


def test_every_codec_of_the_tests_is_one_of_parquet() -> None:
    for codec in CODECS:
        data = parquet(Column((SMALL,), codec=codec))
        assert pq.read_table(io.BytesIO(data)).column("text").to_pylist() == ["a first text"] * 10
