"""A file that holds something else than its name says: the reason for skipping it says what it is and what to do."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest
from reading_of import read_all
from support import write_files

ROWS = "id,text\n" + "".join(f"{k},sentence number {k}\n" for k in range(30))
RECORDS = [{"text": f"it's line {k}", "n": None} for k in range(30)]
PYTHON = "\n".join(map(repr, RECORDS))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl", ROWS, "CSV: if so, rename it to .csv"),
        ("a.jsonl", ROWS.replace(",", ";"), "CSV: if so, rename it to .csv"),
        ("a.jsonl", ROWS.replace(",", "\t"), "TSV: if so, rename it to .tsv"),
        ("a.ndjson", ROWS, "CSV: if so, rename it to .csv"),
        ("a.json", ROWS, "CSV: if so, rename it to .csv"),
        ("a.jsonl", PYTHON, "dictionaries of Python: if so, write them with json.dumps"),
        ("a.json", repr(RECORDS), "dictionaries of Python: if so, write them with json.dumps"),
        ("a.json", "{'text': 'one'}", "dictionaries of Python: if so, write them with json.dumps"),
        ("a.jsonl", PYTHON.replace("'text'", r"'te\'xt'"), "dictionaries of Python: if so, write them with json.dumps"),
    ],
)
def test_records_of_another_kind_are_told(tmp_path: Path, name: str, content: str, said: str) -> None:
    write_files(tmp_path, {name: content})
    (record,) = read_all(tmp_path)[1]
    form = "json" if name.endswith(".json") else "jsonl"
    assert record.reason == f"not {form}: nothing could be parsed; it looks like {said}"


def test_text_that_looks_like_dictionaries_is_read_and_told(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.txt": PYTHON})
    documents, (record,) = read_all(tmp_path)
    assert (documents, str(record.looks_like)[:22]) == ([PYTHON], "dictionaries of Python")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", "\n".join(map(json.dumps, RECORDS))),
        ("a.jsonl", "\n".join(map(json.dumps, RECORDS)) + "\n{'broken': 1}"),
        ("a.txt", "{'quoted'} words, and a: colon\n" * 20),
        ("a.txt", "'text': here\n" * 20),
    ],
)
def test_what_is_as_named_is_told_nothing(tmp_path: Path, name: str, content: str) -> None:
    write_files(tmp_path, {name: content})
    (record,) = read_all(tmp_path)[1]
    assert (record.reason, record.looks_like) == (None, None)


def _zip() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a.txt", "some text")
    return held.getvalue()


def _tar() -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.dat", _zip(), "binary (zip): rename it to .zip"),
        ("a.txt", _zip(), "binary (zip): rename it to .zip"),
        ("a.csv.gz", gzip.compress(_zip()), "binary (zip): decompress it and name it .zip"),
        ("a.dat", _tar(), "binary (tar): rename it to .tar"),
        ("a.gz", gzip.compress(_tar()), "binary (tar): rename it to .tar.gz"),
        ("a.dat", lzma.compress(_tar()), "binary (tar): rename it to .tar.xz"),
        ("a.dat", b"PAR1\x15\x04" + bytes(50), "binary (parquet): rename it to .parquet"),
        ("a.jsonl.gz", gzip.compress(gzip.compress(b"{}")), "binary (gzip): compressed twice: decompress it once"),
        ("a.gz", gzip.compress(lzma.compress(b"text")), "binary (xz): compressed twice: decompress it once"),
        ("a.dat", b"\x89PNG\r\n\x1a\n" + bytes(50), "binary (png)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # the bytes hold the time of day
)
def test_archives_under_another_name_are_told(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    write_files(tmp_path, {name: data})
    (record,) = read_all(tmp_path)[1]
    assert record.reason == reason
