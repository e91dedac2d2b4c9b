"""First files for `fuzz.py`: every format that is read, as it is and in every compression and archive."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow
import pyarrow.ipc
import pyarrow.parquet
import zstandard

HERE = Path(__file__).parent

CODECS = {
    "ko": ("utf-8", "utf-8-sig", "cp949", "johab", "iso2022_kr", "utf-16", "utf-16-be", "utf-32"),
    "ja": ("cp932", "euc_jp", "iso2022_jp"),
    "zh-cn": ("gb18030", "hz"),
    "zh-tw": ("big5", "big5hkscs"),
    "ru": ("koi8_r", "cp1251"),
    "vi": ("utf-8",),
    "fr": ("cp1252",),
}


def text_of(language: str) -> str:
    """The beginning of one of the texts, in whole lines."""
    return (HERE / "texts" / f"{language}.txt").read_text("utf-8")[:700].rpartition("\n")[0] + "\n"


def plain_files() -> dict[str, bytes]:
    """Name and bytes of files that are not compressed."""
    files = {f"{k}.txt": text_of(k).encode(codec) for k in CODECS for codec in CODECS[k][:1]}
    files |= {f"{k}-{codec}.txt": text_of(k).encode(codec, "ignore") for k in CODECS for codec in CODECS[k][1:]}
    lines = text_of("ko").splitlines() + text_of("fr").splitlines()
    rows = [{"text": line, "title": line[:9], "n": k} for k, line in enumerate(lines)]
    recipes = (HERE.parent / "examples/english-recipes-jsonl/recipes.jsonl").read_bytes()
    files["a.md"] = ("---\ntitle: 가\n---\n" + text_of("ko")).encode()
    files["wiki"] = ('<doc id="1" title="가">\n' + text_of("ko") + "</doc>\n").encode() * 2
    files["recipes.jsonl"] = b"".join(recipes.splitlines(keepends=True)[:5])
    files["a.jsonl"] = "\n".join(json.dumps(row, ensure_ascii=row["n"] == 1) for row in rows).encode()
    files["a.json"] = json.dumps(rows, ensure_ascii=False).encode()
    files["cp949.json"] = json.dumps(rows, ensure_ascii=False).encode("cp949", "ignore")
    nested = {"data": [{"paragraphs": [{"context": line}, {"context": "\ud800"}]} for line in lines]}
    files["nested.json"] = json.dumps(nested, indent=1).encode()
    files["a.csv"] = ("n,text\r\n" + "\r\n".join(f'{row["n"]},"{row["text"]}\n""a"""' for row in rows)).encode()
    files["a.tsv"] = ("n\ttext\n" + "\n".join(f"{row['n']}\t{row['text']}" for row in rows)).encode("utf-16")
    page = "".join(f"<p class=a>{line}&amp;<br><script>x</script></p>" for line in lines)
    files["a.html"] = f'<!DOCTYPE html><html><meta charset="utf-8"><body>{page}</body></html>'.encode()
    files["a.xml"] = f'<?xml version="1.0" encoding="euc-kr"?><a>{"".join(lines)}<![CDATA[x]]></a>'.encode(
        "cp949", "ignore"
    )
    letters = "".join(f"From a@b Thu Jan  1 00:00:00 2026\nSubject: x\n\n{line}\n\n" for line in lines)
    files["a.mbox"] = letters.encode()
    cells = [{"cell_type": "markdown", "source": [line]} for line in lines]
    files["a.ipynb"] = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}).encode()
    files["a.warc"] = b"".join(
        b"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: %d\r\n\r\n%b\r\n\r\n" % (len(line), line)
        for line in (line.encode() for line in lines)
    )
    return files | columnar_files(rows)


def columnar_files(rows: list[dict[str, object]]) -> dict[str, bytes]:
    """The same rows as Parquet and Arrow, in every type that holds text."""
    strings = pyarrow.array([str(row["text"]) for row in rows])
    kinds = {
        "plain": strings,
        "large": strings.cast(pyarrow.large_string()),
        "view": strings.cast(pyarrow.string_view()),
        "binary": strings.cast(pyarrow.binary()),
        "dictionary": strings.dictionary_encode(),
        "list": pyarrow.array([[str(row["text"]), "x"] for row in rows]),
        "turns": pyarrow.array([[{"role": "user", "content": str(row["text"])}] for row in rows]),
        "runs": pyarrow.RunEndEncodedArray.from_arrays([3, len(rows)], ["한 번", "두 번"]),
        "nulls": pyarrow.array([str(row["text"]) if k % 3 else None for k, row in enumerate(rows)]),
    }
    files: dict[str, bytes] = {}
    for name, column in kinds.items():
        table = pyarrow.table({"n": list(range(len(rows))), "text": column})
        for compression in (None, "zstd"):
            end = f"{name}-{compression}" if compression else name
            files[f"{end}.arrow"] = in_memory(pyarrow.ipc.new_file, table, compression)
            files[f"{end}-stream.arrow"] = in_memory(pyarrow.ipc.new_stream, table, compression)
        if name not in ("view", "runs"):
            parquet = io.BytesIO()
            pyarrow.parquet.write_table(table, parquet, row_group_size=3)
            files[f"{name}.parquet"] = parquet.getvalue()
    for encoding in ("PLAIN", "DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY"):
        for codec, version in (("none", "1.0"), ("zstd", "2.0")):
            parquet = io.BytesIO()
            pyarrow.parquet.write_table(
                pyarrow.table({"text": strings}), parquet, compression=codec, data_page_version=version,
                use_dictionary=False, column_encoding=encoding,
            )  # fmt: skip
            files[f"{encoding}-{codec}.parquet"] = parquet.getvalue()
    return files


def in_memory(
    new: Callable[..., pyarrow.RecordBatchFileWriter], table: pyarrow.Table, compression: str | None
) -> bytes:
    """An Arrow file or stream, in batches of some rows."""
    out = io.BytesIO()
    with new(out, table.schema, options=pyarrow.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(table, max_chunksize=4)
    return out.getvalue()


def zipped(name: str, data: bytes) -> bytes:
    """A zip file with the same member packed in three ways."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for k, how in enumerate((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA)):
            archive.writestr(zipfile.ZipInfo(f"{k}/{name}"), data, how)
    return out.getvalue()


def tarred(name: str, data: bytes) -> bytes:
    """A tar file with a folder, a link and a member."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.REGTYPE):
            info = tarfile.TarInfo(f"{int(kind)}-{name}")
            info.type, info.linkname = kind, "x" if kind == tarfile.SYMTYPE else ""
            info.size = len(data) if kind == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


WRAPPERS: dict[str, Callable[[str, bytes], bytes]] = {
    "": lambda _, data: data,
    ".gz": lambda _, data: gzip.compress(data, 1, mtime=0),
    ".bz2": lambda _, data: bz2.compress(data, 1),
    ".xz": lambda _, data: lzma.compress(data, preset=0),
    ".zst": lambda _, data: zstandard.compress(data, 1),
    ".zip": zipped,
    ".tar": tarred,
    ".tar.gz": lambda name, data: gzip.compress(tarred(name, data), 1, mtime=0),
}
