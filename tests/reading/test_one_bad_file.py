"""One bad file never ends a scan, whatever is in it: it is measured as far as it goes, or skipped with the reason."""

from __future__ import annotations

import bz2
import encodings.aliases
import gzip
import json
import lzma
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import documents_in, record_of, run, scanned, write_files, write_vocabulary

from corpuscheck.errors import CorpuscheckError
from corpuscheck.reading import reader
from corpuscheck.reading.documents import split_text
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.formats import jsonl

GOOD = "the quick brown fox jumps over the lazy dog\n"


def _deep(levels: int) -> str:
    return "[" * levels + '"text in here"' + "]" * levels


NAMES = (
    "abs(@)", "a[::0]", "[" * 20_000, "]" * 300, "a[]b", "[]", "[].x", "a.b", "*.x", "@", "&a", "`1`", "'a'", "a | b",
    "a || b", "!a", "sort_by(@, &a)", "\\", '"', '"a"', '"a', "\ud800", "\x00", "a\nb", "", " ", "{a: b}", "a[?b]",
    "본문", "k" * 1_000_000, "item", "join(`,`, @)", "(" * 5000,
)  # fmt: skip
"""Keys of records that read as something else, each once as the only key."""


@pytest.mark.few(7)
@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name[:12]))
@pytest.mark.parametrize("form", ["jsonl", "json", "nested.json", "object.json", "nested.jsonl"])
def test_names_found_in_data_are_names(tmp_path: Path, name: str, form: str) -> None:
    text = "some words of prose"
    records = [{name: f"{text} {k}"} for k in range(3)]
    if form == "jsonl":
        content = "\n".join(map(json.dumps, [*records, {"other": 1}]))
    elif form == "nested.jsonl":
        content = "\n".join(json.dumps({name: [{name: record[name]}]}) for record in records)
    elif form == "nested.json":
        content = json.dumps({name: records})
    else:
        content = json.dumps(records if form == "json" else records[0])
    path = write_files(tmp_path, {f"a.{form}": content}) / f"a.{form}"
    documents, record = documents_in(path)
    ambiguous = form != "jsonl" and name in ("\ud800", "item", "", "a.b", "[].x", "*.x", "[]", "a[]b")
    if not ambiguous:  # JSON is streamed by a parser that joins names with dots
        assert [document[:19] for document in documents] == [text] * (1 if form == "object.json" else 3), record
    assert not (record.reason or "").startswith("cannot be read")


@pytest.mark.parametrize("header", ["abs(@)", "a[::0]", "@", "x.y", "[]"])
@pytest.mark.parametrize("end", ["csv", "tsv"])
def test_names_of_columns_are_names_also_where_a_row_is_short(tmp_path: Path, header: str, end: str) -> None:
    tab = "," if end == "csv" else "\t"
    rows = [f"id{tab}{header}", *(f"{k}{tab}a sentence of words {k}" for k in range(5)), "6"]
    path = write_files(tmp_path, {f"a.{end}": "\n".join(rows)}) / f"a.{end}"
    documents, record = documents_in(path)
    assert len(documents) == 5
    assert record.missing_text == 1


DECODING = {
    "iso-2022 with a mark of UTF-32 inside": b"\x1b$B$3$s\x1b(B\n" * 20 + b"\x00\x00\xfe\xff" + b"\x1b$B$K\x1b(B\n" * 9,
    "iso-2022 with a mark of UTF-16 inside": b"\x1b$B$3$s\x1b(B\n" * 20 + b"\xff\xfe" + b"\x1b$B$K\x1b(B\n" * 9,
    "iso-2022-kr without its header": b"\x0e1[\x0f text \x0e1\n" * 40,
    "iso-2022 that never ends": b"\x1b$B" + b"$3" * 3000 + b"\xff",
    "hz": b"~{<:Ky2;~~}\n~{!" * 50 + b"\xff",
    "utf-7": b"+ZeVnLIqe- +AGEAYQ +//// " * 50 + b"\x80",
    "punycode": b"xn--bcher-kva.example xn--\xff " * 50,
    "uuencode": b"begin 644 a\n#0V%T\n`\nend\n\xfe" * 30,
    "utf-16 cut": "가나다라".encode("utf-16-be") * 300 + b"\xd8",
    "utf-32 beyond the last character": b"\x00\x00\xfe\xff" + b"\x00\x11\x00\x00" * 50,
    "surrogates as utf-16": b"\xff\xfe" + b"\x00\xd8" * 200,
    "a mark in every line": b"\xfe\xff\x00a\n\xff\xfeb\x00\n" * 50,
    "every byte": bytes(range(256)) * 40,
    "every byte but nul": bytes(range(1, 256)) * 40,
    "escapes": b"\x1b" * 3000 + b"\xe9",
    "shifts": b"\x0e\x0f" * 3000 + b"\xe9",
}


@pytest.mark.few(26)
@pytest.mark.parametrize("name", DECODING)
@pytest.mark.parametrize("end", ["txt", "jsonl", "csv", "json", "html"])
def test_bytes_that_are_taken_for_an_encoding_that_refuses_them(tmp_path: Path, name: str, end: str) -> None:
    path = write_files(tmp_path, {f"a.{end}": DECODING[name]}) / f"a.{end}"
    _, record = documents_in(path)
    assert "cannot be read" not in f"{record.reason} {record.damage}"


@pytest.mark.few(11)
@pytest.mark.parametrize(
    "codec", sorted({*encodings.aliases.aliases.values(), "idna", "punycode", "undefined", "mbcs"})
)
def test_every_codec_of_python_reads_or_is_refused(tmp_path: Path, codec: str) -> None:
    write_files(tmp_path, {"a.txt": "가나다 ascii\n".encode() * 3 + b"\x00\x00\xfe\xff\x1b$B\xff"})
    try:
        record = record_of(tmp_path / "a.txt", encoding=codec, tokenizer=write_vocabulary(tmp_path / "v", "ab"))
    except CorpuscheckError:
        return
    assert record.status == "measured"


NESTED = {
    "300 lists": json.dumps({"text": json.loads(_deep(300))}),
    "900 lists": '{"text": ' + _deep(900) + "}",
    "100,000 lists": '{"text": ' + _deep(100_000) + "}",
    "100,000 objects": '{"text":' * 100_000 + '"a"' + "}" * 100_000,
    "an open list": "[" * 100_000,
    "a list of lists": _deep(500),
    "a number of 5,000 digits": '{"n": ' + "7" * 5000 + ', "text": "a sentence"}',
    "numbers that are none": '{"a": NaN, "b": -Infinity, "c": 1e999999, "text": "a sentence"}',
    "a lone surrogate": '{"text": "a \\ud800 sentence", "\\udfff": 1}',
    "nothing but null": "null",
    "a bare number": "12",
    "a bare text": '"a sentence of words"',
    "keys twice": '{"text": 1, "text": "a sentence"}',
    "an empty key": '{"": {"": "a sentence of words"}}',
}


@pytest.mark.parametrize("name", NESTED)
@pytest.mark.parametrize("end", ["json", "jsonl"])
@pytest.mark.parametrize("fields", [(), ("text",), ("text[]",), ("abs(@)",), ("text[::0]",), ("a[].b[].c",)])
def test_records_of_any_shape(tmp_path: Path, name: str, end: str, fields: tuple[str, ...]) -> None:
    content = "\n".join([NESTED[name], '{"text": "a good one"}'])
    path = write_files(tmp_path, {f"a.{end}": content}) / f"a.{end}"
    documents, record = documents_in(path, text_fields=fields)
    assert "cannot be read" not in f"{record.reason} {record.damage}"
    if end == "jsonl" and fields == ("text",) and not name.startswith(("100,000", "an open")):
        assert documents[-1] == "a good one"


def test_text_in_nested_lists_is_its_lines_however_deep(tmp_path: Path) -> None:
    path = write_files(tmp_path, {"a.jsonl": '{"text": [' + _deep(300) + ', ["more"]]}'}) / "a.jsonl"
    assert documents_in(path, text_fields=("text",))[0] == ["text in here\nmore"]


def _hungry(alone: bool) -> bytes:
    """A small file whose header asks for a dictionary of almost 4 GiB."""
    if alone:
        packed = bytearray(lzma.compress(GOOD.encode(), lzma.FORMAT_ALONE))
        packed[1:5] = struct.pack("<I", 0xFFFF_FFFF)
        return bytes(packed)
    packed = bytearray(lzma.compress(GOOD.encode(), lzma.FORMAT_XZ))
    at = packed.index(b"\x21\x01") + 2  # the one property of LZMA2: the size of its dictionary
    packed[at] = 40
    header = packed[12 : 12 + 4 * (packed[12] + 1) - 4]
    packed[12 + len(header) : 16 + len(header)] = struct.pack("<I", __import__("zlib").crc32(bytes(header)))
    return bytes(packed)


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("name", ["a.txt.xz", "a.jsonl.xz", "a.tar.xz"])
def test_xz_that_asks_for_4_gib_is_skipped_with_the_reason(tmp_path: Path, alone: bool, name: str) -> None:
    folder = write_files(tmp_path / "corpus", {name: _hungry(alone), "good.txt": GOOD})
    scan = scanned(folder, tokenizer=write_vocabulary(tmp_path / "v", "abcdefghijklmnopqrstuvwxyz"))
    reasons = {Path(r.path).name: r.reason for r in scan.records}
    assert reasons == {name: "needs over 320 MiB of memory to decompress", "good.txt": None}


@pytest.mark.few(13)
@pytest.mark.parametrize("level", [0, 6, 9, 9 | lzma.PRESET_EXTREME])
@pytest.mark.parametrize("kind", [lzma.FORMAT_XZ, lzma.FORMAT_ALONE])
@pytest.mark.parametrize("after", [b"", b"\x00" * 8, b"no xz at all"])
def test_xz_of_every_level_reads_as_ever(tmp_path: Path, level: int, kind: int, after: bytes) -> None:
    packed = lzma.compress(GOOD.encode() * 5000, kind, preset=level)
    path = write_files(tmp_path, {"a.txt.xz": packed + after}) / "a.txt.xz"
    assert documents_in(path)[0] == [GOOD * 5000]


@pytest.mark.parametrize("padding", [b"", b"\x00" * 4, b"\x00" * 400_000])
def test_xz_of_several_streams(tmp_path: Path, padding: bytes) -> None:
    one = lzma.compress(GOOD.encode() * 9000)
    path = write_files(tmp_path, {"a.txt.xz": padding.join([one, one, one])}) / "a.txt.xz"
    assert documents_in(path)[0] == [GOOD * 27000]


@pytest.mark.parametrize("cut", [1, 12, 40, -20, -1])
@pytest.mark.parametrize("pack", [lzma.compress, bz2.compress, gzip.compress])
def test_compressed_data_cut_anywhere(tmp_path: Path, cut: int, pack: object) -> None:
    packed = pack(GOOD.encode() * 5000)[:cut]  # type: ignore[operator]
    end = {lzma.compress: "xz", bz2.compress: "bz2", gzip.compress: "gz"}[pack]  # type: ignore[index]
    path = write_files(tmp_path, {f"a.txt.{end}": packed}) / f"a.txt.{end}"
    _, record = documents_in(path)
    assert "truncated" in f"{record.damage} {record.reason}" or (end, cut) == ("gz", 1)


@pytest.mark.thorough
def test_columns_of_one_name_are_read_together(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    one, two = pa.array(["a first one", "a second one"]), pa.array(["and another", None])
    inner = pa.StructArray.from_arrays([one, two], names=["text", "text"])
    tables = {
        "text": pa.table([one, two], names=["text", "text"]),
        "struct": pa.table([inner], names=["data"]),
        "dots": pa.table([one, two], names=["a.text", "a.text"]),
        "both": pa.table([pa.StructArray.from_arrays([one], names=["text"])] * 2, names=["a", "a"]),
    }
    for name, table in tables.items():
        with pa.OSFile(str(tmp_path / f"{name}.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
        pq.write_table(table, tmp_path / f"{name}.parquet")
        for end in ("arrow", "parquet"):
            documents, record = documents_in(tmp_path / f"{name}.{end}")
            wanted = ["a first one\na first one", "a second one\na second one"]
            if name != "both":
                wanted = ["a first one\nand another", "a second one"]
            assert documents == wanted, (name, end, record)


def test_what_nobody_expected_is_the_reason_and_not_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of this program or of a library: its kind and its place are told, the other files are measured."""

    def broken(line: bytes) -> object:
        raise TypeError(line) if b"bad" in line else ValueError

    monkeypatch.setattr(jsonl, "_parsed", broken)
    folder = write_files(tmp_path / "corpus", {"a.jsonl": '{"bad": 1}', "good.txt": GOOD})
    scan = scanned(folder, tokenizer=write_vocabulary(tmp_path / "v", "abcdefghijklmnopqrstuvwxyz"))
    bad, good = sorted(scan.records, key=lambda r: r.path)
    assert (bad.reason or "").startswith("cannot be read: TypeError in reading/formats/jsonl.py line ")
    assert good.documents == 1
    assert sum(scan.result.profile.reading.skipped.values()) == 1


def test_a_fault_in_the_midst_of_a_file_keeps_what_was_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(*given: object) -> Iterator[object]:
        yield from list(split(*given))  # type: ignore[arg-type]
        raise RecursionError

    split = split_text
    monkeypatch.setattr(reader, "split_text", half)
    documents, record = documents_in(write_files(tmp_path, {"a.txt": GOOD}) / "a.txt")
    assert documents == [GOOD]
    assert record.status == "measured"
    assert (record.damage or "").startswith("cannot be read: RecursionError in reading/reader.py line ")
    assert (record.damage or "").endswith("; the rest was not read")


def test_all_of_them_at_once_on_the_command_line(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"d{k}.txt": content for k, content in enumerate(DECODING.values())}
    files |= {f"n{k}.jsonl": content for k, content in enumerate(NESTED.values())}
    files |= {"a.xz": _hungry(False), "good.txt": GOOD}
    folder = write_files(tmp_path / "corpus", files)
    vocabulary = write_vocabulary(tmp_path / "v", "abcdefghijklmnopqrstuvwxyz")
    done = run("scan", folder, "--tokenizer", vocabulary, "--no-cache", "--files", tmp_path / "files", "-q")
    assert done.returncode in (0, 1), done.stderr
    rows = [json.loads(line) for line in (tmp_path / "files").read_text().splitlines()]
    assert len(rows) == len(files)
    assert all(FileRecord(row["path"]).status and row["status"] in ("measured", "skipped") for row in rows)
