"""Arrow and Parquet files that lie about what is in them: damaged, never a crash, a hang or foreign memory."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import laws
import numpy as np
import pytest

from corpuscheck.reading import opening
from corpuscheck.settings import Reading

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
if not hasattr(os, "fork"):
    pytest.skip("needs fork", allow_module_level=True)
from apart import each_read_apart, read_apart  # noqa: E402

TEXTS = ["a first text", "한국어 문장", "third", "and a fourth one", "다섯"]
COLUMN = pa.array(TEXTS)

Write = Callable[[Any], bytes]


def _ipc(new: Any, compression: str | None = None) -> Write:
    def write(table: Any) -> bytes:
        out = io.BytesIO()
        with new(out, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
            writer.write_table(table)
        return out.getvalue()

    return write


def _parquet(**options: Any) -> Write:
    def write(table: Any) -> bytes:
        out = io.BytesIO()
        pq.write_table(table, out, **options)
        return out.getvalue()

    return write


def _feather_1(table: Any) -> bytes:
    from pyarrow import feather

    out = io.BytesIO()
    feather.write_feather(table, out, version=1)
    return out.getvalue()


CONTAINERS: dict[str, Write] = {
    "file": _ipc(pa.ipc.new_file),
    "stream": _ipc(pa.ipc.new_stream),
    "zstd": _ipc(pa.ipc.new_file, "zstd"),
    "lz4 stream": _ipc(pa.ipc.new_stream, "lz4"),
    "Feather V1": _feather_1,
    "Parquet": _parquet(),
    "plain Parquet": _parquet(compression="none", use_dictionary=False),
}

COLUMNS: dict[str, Any] = {
    "string": COLUMN,
    "large_string": COLUMN.cast(pa.large_string()),
    "string_view": COLUMN.cast(pa.string_view()),
    "binary": COLUMN.cast(pa.binary()),
    "nulls": pa.array([None, *TEXTS, None]),
    "dictionary": COLUMN.dictionary_encode(),
    "list": pa.array([TEXTS[:2], [], TEXTS[2:]]),
    "large_list": pa.array([TEXTS[:2], [], TEXTS[2:]], pa.large_list(pa.string())),
    "fixed-size list": pa.array([TEXTS[:2], TEXTS[2:4]], pa.list_(pa.string(), 2)),
    "list of dictionary": pa.array([TEXTS[:2], TEXTS[2:]], pa.list_(pa.dictionary(pa.int32(), pa.string()))),
    "struct": pa.array([{"text": text, "n": 1} for text in TEXTS]),
    "list of structs": pa.array([[{"role": "x", "content": text}] for text in TEXTS]),
    "runs": pa.RunEndEncodedArray.from_arrays([2, 5], ["a first text", "한국어 문장"]),
}


def _table(column: Any) -> Any:
    return pa.table({"text": column})


def _patched(data: bytes, old: Any, new: Any) -> bytes:
    old, new = old.tobytes(), new.tobytes()
    assert len(old) == len(new)
    assert old in data
    return data.replace(old, new)


def _each_read(
    path: Path, files: dict[str, bytes], settings: Reading | None = None
) -> Iterator[tuple[str, tuple[list[str], dict[str, Any]]]]:
    """What is read where each of these stands in turn, all in one process."""

    def written() -> Iterator[Path]:
        for data in files.values():
            path.write_bytes(data)
            yield path

    return zip(files, each_read_apart(written(), settings), strict=True)


OFFSETS = {
    "beyond the data in the middle": [0, 10, 1_000_000, 76],
    "beyond the data at the end": [0, 10, 20, 77],
    "far beyond the data": [0, 10, 20, 2**31 - 1],
    "negative at the start": [-4, 10, 20, 76],
    "negative in the middle": [0, -5, 20, 76],
    "the most negative": [0, -(2**31), 20, 76],
    "descending": [0, 30, 20, 76],
    "descending at the end": [0, 30, 40, 10],
    "all beyond": [2**31 - 1] * 4,
    "all negative": [-1] * 4,
    "start after the end": [76, 10, 20, 0],
}


@pytest.mark.parametrize("wide", [False, True], ids=["32 bits", "64 bits"])
@pytest.mark.parametrize("container", ["file", "stream"])
def test_a_column_whose_offsets_lead_astray_is_damaged(tmp_path: Path, container: str, wide: bool) -> None:
    width = np.int64 if wide else np.int32
    kind = pa.large_string() if wide else pa.string()
    data = CONTAINERS[container](_table(pa.array(["x" * 10, "y" * 10, "z" * 56], kind)))
    files = {
        name: _patched(data, np.array([0, 10, 20, 76], width), np.array(offsets, width))
        for name, offsets in OFFSETS.items()
    }
    for name, (documents, record) in _each_read(tmp_path / "a.arrow", files):
        assert (documents, record["status"]) == ([], "skipped"), name
        assert record["reason"].startswith("damaged arrow file"), name


@pytest.mark.parametrize("offsets", [[0, 1, 9], [0, -1, 3], [2, 1, 3], [0, 2, 2**31 - 1], [-3, 1, 3]], ids=str)
def test_a_list_whose_offsets_lead_astray_is_damaged(tmp_path: Path, offsets: list[int]) -> None:
    data = CONTAINERS["file"](_table(pa.array([["the first one"], ["second", "third"]])))
    path = tmp_path / "a.arrow"
    path.write_bytes(_patched(data, np.array([0, 1, 3], np.int32), np.array(offsets, np.int32)))
    documents, record = read_apart(path)
    assert (documents, record["status"]) == ([], "skipped")


@pytest.mark.few(4)
@pytest.mark.parametrize("index", [3, -1, 2**31 - 1, -(2**31)])
@pytest.mark.parametrize("container", ["file", "stream"])
def test_an_index_beyond_its_dictionary_is_damage(tmp_path: Path, container: str, index: int) -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([1, 0, 2, 2, 1], pa.int32()), ["one text", "two texts", "three"])
    data = CONTAINERS[container](_table(column))
    path = tmp_path / "a.arrow"
    path.write_bytes(_patched(data, np.array([1, 0, 2, 2, 1], np.int32), np.array([1, 0, index, 2, 1], np.int32)))
    documents, record = read_apart(path)
    assert (documents, record["status"]) == ([], "skipped")


def test_what_comes_before_the_damage_is_measured(tmp_path: Path) -> None:
    out = io.BytesIO()
    schema = pa.schema({"text": pa.string()})
    with pa.ipc.new_file(out, schema) as writer:
        writer.write_batch(pa.record_batch({"text": ["good", "texts"]}))
        writer.write_batch(pa.record_batch({"text": ["x" * 10, "y" * 10, "z" * 56]}))
    path = tmp_path / "a.arrow"
    path.write_bytes(
        _patched(out.getvalue(), np.array([0, 10, 20, 76], np.int32), np.array([0, 10, 1_000_000, 76], np.int32))
    )
    documents, record = read_apart(path)
    assert (documents, record["status"]) == (["good", "texts"], "measured")
    assert record["damage"].startswith("damaged arrow file")


NUMBERS = (-1, 2**31 - 1, -(2**31), 1_000_000, 0, 2**40)


@pytest.mark.few(2)
@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("name", COLUMNS)
def test_no_number_of_a_file_is_believed(tmp_path: Path, name: str, container: str) -> None:
    """Four bytes of the file in turn are another number, all over it: lengths, null counts, offsets, indices, sizes."""
    try:
        data = CONTAINERS[container](_table(COLUMNS[name]))
    except (pa.ArrowException, TypeError, ValueError):
        pytest.skip(f"pyarrow cannot write {name} as {container}")
    path = tmp_path / ("a.parquet" if "Parquet" in container else "a.arrow")
    step = 4 * max(1, len(data) // (1200 if laws.thorough else 75))

    def changed() -> Iterator[Path]:
        for k, place in enumerate(range(0, len(data) - 4, step)):
            width = 4 + 4 * (k % 5 == 0)
            number = (NUMBERS[k % len(NUMBERS)] % 256**width).to_bytes(width, "little")
            path.write_bytes(data[:place] + number + data[place + width :])
            yield path

    for _, record in each_read_apart(changed()):
        assert record["status"] == "measured" or record["reason"]
        assert record["memory"] < 1 << 30


CUT: dict[str, list[bytes | None]] = {
    "one character in two rows": [b"\xea\xb0", b"\x80"],
    "in three rows": [b"\xea", b"\xb0", b"\x80 b"],
    "after a text": ["가나".encode()[:-1], "나".encode()[-1:] + b" c"],
    "at the first row": [b"\x80", b"a"],
    "at the last row": [b"a", b"\xea\xb0"],
    "four bytes": [b"\xf0\x9f", b"\x98\x80", b"ok"],
    "an empty row between": [b"\xea\xb0", b"", b"\x80"],
    "a missing row between": [b"\xea\xb0", None, b"\x80"],
    "no character at all": [b"\xff\xfe", b"\xc0"],
}


@pytest.mark.few(3)
@pytest.mark.parametrize("container", ["file", "stream", "Parquet"])
@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary(), pa.string(), pa.large_string()], ids=str)
def test_rows_cut_inside_a_character_are_repaired_each_for_itself(tmp_path: Path, kind: Any, container: str) -> None:
    bytes_of = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary()}.get(kind, kind)
    path = tmp_path / ("a.parquet" if container == "Parquet" else "a.arrow")
    files = {name: CONTAINERS[container](_table(pa.array(rows, bytes_of).view(kind))) for name, rows in CUT.items()}
    for name, (documents, record) in _each_read(path, files, Reading(text_fields=("text",))):
        rows = [row for row in CUT[name] if row is not None]
        assert documents == [row.decode("utf-8", "replace") for row in rows], name
        assert record["invalid_bytes"] == sum(len(row) - len(row.decode("utf-8", "ignore").encode()) for row in rows), (
            name
        )


LARGE = "가나다라" * 87_381  # 1 MiB: 2000 of them are more than may be used


def _repeated(rows: int) -> Any:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows), pa.int32()), [LARGE])


MULTIPLIED: dict[str, Any] = {
    "a dictionary": _repeated(2000),
    "a list of a dictionary": pa.ListArray.from_arrays(range(2001), _repeated(2000)),
    "all in one row": pa.ListArray.from_arrays([0, 2000], _repeated(2000)),
    "a struct": pa.StructArray.from_arrays([_repeated(2000)], ["text"]),
    "runs": pa.RunEndEncodedArray.from_arrays([2000], [LARGE]),
}


@pytest.mark.few(3)
@pytest.mark.parametrize("container", ["file", "Parquet", pytest.param("zstd", marks=pytest.mark.thorough)])
@pytest.mark.parametrize("name", MULTIPLIED)
def test_a_text_that_is_repeated_without_end_is_bounded(
    tmp_path: Path, name: str, container: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "BOMB_BYTES", 1 << 25)
    if container == "Parquet" and name == "runs":
        pytest.skip("Parquet has no runs of its own")
    path = tmp_path / ("a.parquet" if container == "Parquet" else "a.arrow")
    path.write_bytes(CONTAINERS[container](_table(MULTIPLIED[name])))
    documents, record = read_apart(path)
    assert record["memory"] < 1 << 30
    if name == "all in one row":
        assert (documents, record["bad_records"]) == ([], 1)
    else:
        assert "expands" in record["damage"]


def _zigzag(number: int, length: int = 0) -> bytes:
    """A number as Parquet writes it, filled up to a length."""
    number *= 2
    out = bytearray()
    while number or not out or len(out) < length:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out[-1] &= 0x7F
    return bytes(out)


WORDS = pa.DictionaryArray.from_arrays(pa.array(np.zeros(500_000), pa.int32()), ["word " * 1000])
LYING: dict[str, tuple[Any, dict[str, Any]]] = {
    "rows": (_table(_repeated(2000)), {}),
    "a struct": (pa.table({"r": pa.StructArray.from_arrays([_repeated(2000)], ["text"])}), {}),
    "lists": (_table(pa.ListArray.from_arrays(range(2001), _repeated(2000))), {}),
    "all in one row": (_table(pa.ListArray.from_arrays([0, 2000], _repeated(2000))), {}),
    "words in one row": (_table(pa.ListArray.from_arrays([0, 500_000], WORDS)), {}),
    "behind small rows": (
        _table(pa.DictionaryArray.from_arrays(pa.array(np.arange(4000) // 2000, pa.int32()), ["small", LARGE])), {},
    ),
    "in a later row group": (
        pa.concat_tables([_table(pa.array(["a text"] * 2000).dictionary_encode()), _table(_repeated(2000))]),
        {"row_group_size": 2000},
    ),
}  # fmt: skip


@pytest.mark.few(5)
@pytest.mark.parametrize("claimed", [None, 0, pytest.param(100, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("name", LYING)
def test_what_parquet_says_of_its_sizes_is_not_believed(
    tmp_path: Path, name: str, claimed: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "BOMB_BYTES", 1 << 25)
    table, options = LYING[name]
    data = _parquet(store_schema=False, **options)(table)
    said = pq.read_metadata(io.BytesIO(data)).row_group(0).total_byte_size
    if claimed is not None:
        data = data.replace(_zigzag(said), _zigzag(claimed, len(_zigzag(said))))
    path = tmp_path / "a.parquet"
    path.write_bytes(data)
    _, record = read_apart(path)
    assert record["memory"] < 1 << 30
    assert "expands" in (record["damage"] or "") or record["bad_records"] == 1


def test_encodings_without_a_dictionary_are_read(tmp_path: Path) -> None:
    for encoding in ("DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY", "PLAIN"):
        data = _parquet(use_dictionary=False, column_encoding={"text": encoding})(_table(COLUMN))
        (tmp_path / "a.parquet").write_bytes(data)
        assert read_apart(tmp_path / "a.parquet")[0] == TEXTS


class _Extension(pa.ExtensionType):  # type: ignore[misc,name-defined]
    """A type that no reader knows."""

    def __init__(self, kind: Any) -> None:
        super().__init__(kind, "of.nobody")

    def __arrow_ext_serialize__(self) -> bytes:
        return b""

    @classmethod
    def __arrow_ext_deserialize__(cls, kind: Any, data: bytes) -> _Extension:
        return cls(kind)


@pytest.mark.parametrize("container", ["file", "stream", "zstd", "Parquet"])
def test_an_extension_type_is_read_as_what_it_is_made_of(tmp_path: Path, container: str) -> None:
    kinds = ("string", "large_string", "string_view", "nulls", "dictionary", "list", "struct")
    columns = {name: pa.ExtensionArray.from_storage(_Extension(COLUMNS[name].type), COLUMNS[name]) for name in kinds}
    path = tmp_path / ("a.parquet" if container == "Parquet" else "a.arrow")
    files = {name: CONTAINERS[container](_table(column)) for name, column in columns.items()}
    for name, (documents, record) in _each_read(path, files):
        assert "\n".join(documents).split("\n") == TEXTS, name
        assert record["status"] == "measured", name
