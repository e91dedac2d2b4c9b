"""What a file is, by its name: the registry of formats, compressions and kinds that are not text.

For text the name is a hint: `layouts.py` has the last word, by the content.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from corpuscheck.reading.containers.splits import part_of_archive

Format = Literal["text", "jsonl", "json", "csv", "tsv", "parquet", "arrow", "html", "xml", "mbox", "ipynb", "warc"]
Archive = Literal["", "zip", "tar"]
Compression = Literal["", "gzip", "bzip2", "xz", "zstd"]

FORMATS: dict[str, Format] = {
    ".txt": "text",
    ".md": "text",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".xml": "xml",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".mbox": "mbox",
    ".ipynb": "ipynb",
    ".warc": "warc",
    ".wet": "warc",
}

COMPRESSIONS: dict[str, Compression] = {
    ".gz": "gzip",
    ".bz2": "bzip2",
    ".xz": "xz",
    ".lzma": "xz",
    ".zst": "zstd",
    ".zstd": "zstd",
}

ARCHIVES: dict[str, tuple[Archive, Compression]] = {
    ".zip": ("zip", ""),
    ".tar": ("tar", ""),
    ".tgz": ("tar", "gzip"),
    ".tbz": ("tar", "bzip2"),
    ".tbz2": ("tar", "bzip2"),
    ".txz": ("tar", "xz"),
    ".tzst": ("tar", "zstd"),
}

_NOT_READ: dict[str, tuple[str, ...]] = {
    "archive of a kind that is not read": (".7z", ".rar", ".jar", ".lzh", ".alz", ".egg", ".cab"),
    "compressed in a way that is not read: decompress it first": (".lz4", ".br", ".z", ".lz", ".lzo", ".sz", ".snappy"),
    "ORC file": (".orc",),
    "office document": (".doc", ".docx", ".hwp", ".hwpx", ".xls", ".xlsx", ".ppt", ".pptx", ".odt",
                        ".ods", ".rtf", ".epub"),
    "PDF": (".pdf",),
    "image": (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".ico", ".heic", ".psd"),
    "audio or video": (".mp3", ".wav", ".flac", ".ogg", ".m4a", ".mp4", ".mkv", ".avi", ".mov", ".webm"),
    "model or array file": (".npy", ".npz", ".pt", ".pth", ".bin", ".safetensors", ".onnx", ".h5", ".pkl", ".pickle"),
    "database": (".db", ".sqlite", ".sqlite3", ".mdb", ".lmdb"),
    "program": (".exe", ".dll", ".so", ".dylib", ".o", ".a", ".pyc", ".class", ".wasm"),
    "saved profile": (".ccp",),
}  # fmt: skip

NOT_READ: dict[str, str] = {suffix: kind for kind, suffixes in _NOT_READ.items() for suffix in suffixes}


_ENDINGS = {"zip": ".zip", "tar": ".tar", "parquet": ".parquet", "arrow": ".arrow"}


def misnamed(found: str, compression: Compression) -> str:
    """What to do about a file in which something else was `found` than its name says; empty where unknown."""
    packed = next((ending for ending, kind in COMPRESSIONS.items() if kind == compression), "")
    if compression and found in COMPRESSIONS.values():
        return "compressed twice: decompress it once"
    if found not in _ENDINGS:
        return ""
    if compression and found != "tar":
        return f"decompress it and name it {_ENDINGS[found]}"
    return f"rename it to {_ENDINGS[found]}{packed}"


@dataclass(frozen=True, slots=True)
class Kind:
    """How to read a file, or why it is not read."""

    format: Format = "text"
    compression: Compression = ""
    archive: Archive = ""
    skip: str = ""


def kind_of(name: str) -> Kind:
    """The kind of a file by its name. Unknown endings are taken for text: the content decides."""
    if split := part_of_archive(name):
        return _kind(skip=split)
    stem, suffix = _split(name.lower())
    compression = COMPRESSIONS.get(suffix, "")
    if compression:
        stem, suffix = _split(stem)
    if suffix in ARCHIVES and not (compression and suffix != ".tar"):
        archive, inner = ARCHIVES[suffix]
        return _kind(compression=compression or inner, archive=archive)
    if suffix in NOT_READ:
        return _kind(skip=NOT_READ[suffix])
    return _kind(FORMATS.get(suffix, "text"), compression)


@cache
def _kind(format: Format = "text", compression: Compression = "", archive: Archive = "", skip: str = "") -> Kind:
    """One for all files of a kind."""
    return Kind(format, compression, archive, skip)


def _split(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.rpartition(".")
    return (stem, dot + suffix) if stem else (name, "")
