"""Mutated files of every format: no error, no hang, every file measured or skipped with a reason."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from laws import examples
from reading_of import read_all

from corpuscheck.settings import Reading

TEXT = "오늘은 맑습니다.\nThe weather is fine.\n天気がいい。\n" * 20


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", TEXT)
        archive.writestr("b/c.jsonl", '{"text": "가"}\n' * 20)
    return out.getvalue()


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name in ("a.txt", "b.csv"):
            info = tarfile.TarInfo(name)
            info.size = len(TEXT.encode())
            archive.addfile(info, io.BytesIO(TEXT.encode()))
    return out.getvalue()


SEEDS: dict[str, bytes] = {
    "a.txt": TEXT.encode(),
    "cp949.txt": TEXT.encode("cp949", "replace"),
    "u16.txt": TEXT.encode("utf-16"),
    "a.jsonl": "\n".join(json.dumps({"text": line, "n": 1}) for line in TEXT.splitlines()).encode(),
    "a.json": json.dumps({"data": [{"p": [{"text": line}]} for line in TEXT.splitlines()]}).encode(),
    "b.json": json.dumps([{"text": line} for line in TEXT.splitlines()], ensure_ascii=False).encode(),
    "a.csv": ("id,text\n" + "\n".join(f'{k},"{line}"' for k, line in enumerate(TEXT.splitlines()))).encode(),
    "a.tsv": ("id\ttext\n" + "\n".join(f"{k}\t{line}" for k, line in enumerate(TEXT.splitlines()))).encode(),
    "a.txt.gz": gzip.compress(TEXT.encode(), mtime=0),
    "a.txt.bz2": bz2.compress(TEXT.encode()),
    "a.txt.xz": lzma.compress(TEXT.encode()),
    "a.txt.zst": zstandard.compress(TEXT.encode()),
    "a.zip": _zip(),
    "a.tar": _tar(),
    "a.tar.gz": gzip.compress(_tar(), mtime=0),
    "a.html": b"<html><body><p>text</p><script>x</script></body></html>" * 5,
}

mutation = st.one_of(
    st.tuples(st.just("flip"), st.integers(0, 1 << 16), st.integers(0, 255)),
    st.tuples(st.just("cut"), st.integers(0, 1 << 16), st.just(0)),
    st.tuples(st.just("drop"), st.integers(0, 1 << 16), st.integers(1, 50)),
    st.tuples(st.just("repeat"), st.integers(0, 1 << 16), st.integers(1, 50)),
)


def mutated(data: bytes, changes: list[tuple[str, int, int]]) -> bytes:
    for kind, place, amount in changes:
        at = place % max(1, len(data))
        if kind == "flip":
            data = data[:at] + bytes([amount]) + data[at + 1 :]
        elif kind == "cut":
            data = data[:at]
        elif kind == "drop":
            data = data[:at] + data[at + amount :]
        else:
            data = data[:at] + data[at : at + amount] * 3 + data[at:]
    return data


@pytest.mark.few(5)
@pytest.mark.parametrize("name", SEEDS)
@examples(25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(mutation, min_size=1, max_size=6))
def test_mutated_files_are_measured_or_skipped_with_a_reason(
    tmp_path: Path, name: str, changes: list[tuple[str, int, int]]
) -> None:
    path = tmp_path / name
    path.write_bytes(mutated(SEEDS[name], changes) or b"x")
    for document in ("file", "line", "blank-line"):
        documents, records = read_all(path, Reading(document=document))
        assert records
        assert all(record.status == "measured" or record.reason for record in records)
        assert sum(record.documents for record in records) == len(documents)
        for text in documents:
            text.encode("utf-8")
