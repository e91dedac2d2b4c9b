"""Shards: the documents that stay as the files of a clean copy."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from corpuscheck.cleaning.frames import Frame, Frames
from corpuscheck.cleaning.plan import Form
from corpuscheck.errors import UsageError

_AT_ONCE = 1 << 20
_ROWS = 1 << 12


@dataclass(frozen=True)
class Output:
    """A file of a clean copy."""

    path: str
    documents: int
    bytes: int
    hash: str

    def row(self) -> dict[str, object]:
        return asdict(self)


def shards_of(frames: Frames, size: int) -> Iterator[list[Frame]]:
    """The frames of each shard: full when it has so many bytes of text."""
    shard: list[Frame] = []
    held = 0
    for k, frame in enumerate(frames.frames):
        shard.append(frame)
        held += frame.text_bytes
        parted = k + 1 < len(frames.frames) and frames.frames[k + 1].first == frame.first
        if held >= size and not parted:
            yield shard
            shard, held = [], 0
    if shard:
        yield shard


def write_lines(frames: Frames, shard: list[Frame], path: Path, named: str) -> Output:
    """Frames laid end to end."""
    digest = hashlib.sha256()
    with open(path, "wb") as file:
        for frame in shard:
            for chunk in frames.chunks(frame):
                file.write(chunk)
                digest.update(chunk)
        size = file.tell()
        _flushed(file.fileno())
    return Output(named, sum(frame.documents for frame in shard), size, f"sha256:{digest.hexdigest()}")


def writer_of(form: Form) -> Callable[[Frames, Path, int, Sequence[str]], list[Output]]:
    """What writes a form. Raises UsageError where a package is missing."""
    if form == "parquet":
        try:
            import pyarrow.parquet  # noqa: F401
        except ImportError:
            raise UsageError("--to parquet needs pyarrow: pip install 'corpuscheck[parquet]'") from None
    return {"jsonl": _as_lines, "parquet": _as_parquet, "text": _as_tree}[form]


def _as_lines(frames: Frames, folder: Path, size: int, roots: Sequence[str]) -> list[Output]:
    names = ((f"part-{k:05d}.jsonl.zst", shard) for k, shard in enumerate(shards_of(frames, size)))
    return [write_lines(frames, shard, folder / name, name) for name, shard in names]


def _as_parquet(frames: Frames, folder: Path, size: int, roots: Sequence[str]) -> list[Output]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([
        ("text", pa.large_string()), ("path", pa.string()), ("document", pa.int64()), ("id", pa.string()),
        ("source", pa.string()),
    ])  # fmt: skip
    outputs = []
    for k, shard in enumerate(shards_of(frames, size)):
        name = f"part-{k:05d}.parquet"
        with pq.ParquetWriter(folder / name, schema, compression="zstd") as writer:
            for rows in _rows(frames, shard):
                writer.write_table(pa.Table.from_pylist(rows, schema))
        outputs.append(_output(folder, name, sum(frame.documents for frame in shard)))
    return outputs


def _rows(frames: Frames, shard: list[Frame]) -> Iterator[list[dict[str, object]]]:
    """The records of a shard, some at a time."""
    rows: list[dict[str, object]] = []
    held = 0
    for line in _whole_lines(frames, shard):
        rows.append(orjson.loads(line))
        held += len(line)
        if len(rows) >= _ROWS or held >= 16 * _AT_ONCE:
            yield rows
            rows, held = [], 0
    if rows:
        yield rows


def _whole_lines(frames: Frames, shard: list[Frame]) -> Iterator[bytes]:
    held = b""
    for frame in shard:
        for line in frames.lines(frame):
            yield held + line
            held = b""


def _as_tree(frames: Frames, folder: Path, size: int, roots: Sequence[str]) -> list[Output]:
    """A file for each document: by the name of its file where that has but this one, else by its number in a folder."""
    outputs: list[Output] = []
    names = _Names(roots)
    for line in _whole_lines(frames, list(frames.frames)):
        row = orjson.loads(line)
        name = names.of(row["path"], row["document"])
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(row["text"].encode())
        outputs.append(_output(folder, name, 1))
    return outputs


_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]|[\ud800-\udfff]')
_LONGEST_NAME = 120


class _Names:
    """Names below a folder, whatever paths they come from: none leads out of it, none is taken twice."""

    def __init__(self, roots: Sequence[str]) -> None:
        self._roots, self._taken = roots, set[str]()

    def _below(self, path: str) -> str:
        """The path without that of the folder that was named, but for its name where there are several."""
        for root in self._roots:
            if path.startswith(root.rstrip("/") + "/"):
                rest = path[len(root.rstrip("/")) + 1 :]
                return rest if len(self._roots) == 1 else f"{root.rstrip('/').rpartition('/')[2]}/{rest}"
        return path.replace("://", "/") if "://" in path else path.rpartition("/")[2]

    def of(self, path: str, document: int) -> str:
        parts = [_safe(part) for part in self._below(path).split("/") if part not in ("", ".")]
        name = ("/".join(parts) or "_").removesuffix(".txt")
        first = document == 1
        chosen = f"{name}.txt" if first else f"{name}/{document:08d}.txt"
        number = 1
        while chosen.casefold() in self._taken:
            number += 1
            chosen = f"{name}~{number}.txt" if first else f"{name}/{document:08d}~{number}.txt"
        self._taken.add(chosen.casefold())
        return chosen


def _safe(part: str) -> str:
    part = _UNSAFE.sub("_", part)
    if part.startswith("."):
        part = "_" + part[1:]
    if len(part.encode()) > _LONGEST_NAME:
        digest = hashlib.sha256(part.encode()).hexdigest()[:12]
        part = part.encode()[:_LONGEST_NAME].decode("utf-8", "ignore") + "~" + digest
    return part


def _output(folder: Path, name: str, documents: int) -> Output:
    path = folder / name
    with open(path, "rb") as file:
        return Output(name, documents, path.stat().st_size, f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}")


def _flushed(descriptor: int) -> None:
    os.fsync(descriptor)
