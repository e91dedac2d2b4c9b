"""Parquet files put together page by page, so that each number in them can be any other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa

CODECS = {"none": 0, "snappy": 1, "gzip": 2, "brotli": 4, "zstd": 6, "lz4_raw": 7}
DATA, DICTIONARY, DATA_2 = 0, 2, 3
PLAIN, RLE, DELTA_LENGTH, DELTA_BYTES, RLE_DICTIONARY = 0, 3, 6, 7, 8
OPTIONAL, REPEATED = 1, 2


class Long(int):
    """A whole number that Thrift writes as one of 64 bits."""


def varint(number: int) -> bytes:
    """Seven bits in each byte, the lowest first."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def zigzag(number: int) -> int:
    """Whole numbers by how far they are from nought."""
    return number * 2 if number >= 0 else -number * 2 - 1


def _kind(value: object) -> int:
    if isinstance(value, bool):
        return 1 if value else 2
    kinds = ((Long, 6), (int, 5), (bytes, 8), (list, 9), (dict, 12))
    return next(number for kind, number in kinds if isinstance(value, kind))


def thrift(value: object) -> bytes:
    """A value in the compact protocol of Thrift; a struct is a dict by the numbers of its fields."""
    if isinstance(value, bool):
        return b""
    if isinstance(value, int):
        return varint(zigzag(value))
    if isinstance(value, bytes):
        return varint(len(value)) + value
    if isinstance(value, list):
        size = len(value)
        kind = _kind(value[0]) if value else 12
        head = bytes([size << 4 | kind]) if size < 15 else bytes([0xF0 | kind]) + varint(size)
        written = {key: thrift(item) for key, item in {id(item): item for item in value}.items()}
        return head + b"".join([written[id(item)] for item in value])
    assert isinstance(value, dict)
    out = bytearray()
    last = 0
    for field, inner in value.items():
        step = field - last
        kind = _kind(inner)
        out += bytes([step << 4 | kind]) if 0 < step < 16 else bytes([kind]) + varint(zigzag(field))
        out += thrift(inner)
        last = field
    return bytes(out) + b"\0"


def _compressed(data: bytes, codec: str) -> bytes:
    compressed: bytes = pa.Codec(codec).compress(data, asbytes=True)
    return compressed


@dataclass(frozen=True)
class Page:
    """A page, and what its header says of it where that is another thing."""

    data: bytes
    values: int
    kind: int = DATA
    encoding: int = PLAIN
    said: int | None = None
    said_compressed: int | None = None
    more: tuple[tuple[int, object], ...] = ()

    def packed(self, codec: str, compressed: Callable[[bytes, str], bytes]) -> bytes:
        """The header and the page as they lie in a file."""
        body = self.data if codec == "none" else compressed(self.data, codec)
        size = len(self.data) if self.said is None else self.said
        stored = len(body) if self.said_compressed is None else self.said_compressed
        levels: dict[int, object] = {3: RLE, 4: RLE} if self.kind == DATA else {}
        inner: dict[int, object] = {1: self.values, 2: self.encoding, **levels}
        if self.kind == DATA_2:
            inner = {1: self.values, 2: 0, 3: self.values, 4: self.encoding, 5: 0, 6: 0}
        header = {1: self.kind, 2: size, 3: stored, {DATA: 5, DICTIONARY: 7, DATA_2: 8}[self.kind]: inner}
        return thrift(header | dict(self.more)) + body


@dataclass(frozen=True)
class Column:
    """A column chunk: its name, its pages, and how often a value stands in a row."""

    pages: tuple[Page, ...]
    name: bytes = b"text"
    codec: str = "zstd"
    repetition: int = 0
    values: int | None = None


def parquet(*columns: Column, rows: int | None = None, groups: int = 1) -> bytes:
    """A file of these columns, with as many row groups of the same pages as are asked for."""
    body = bytearray(b"PAR1")
    compressed = lru_cache(_compressed)  # many pages of a file are the same
    chunks: list[dict[int, object]] = []
    schema: list[dict[int, object]] = [{4: b"schema", 5: len(columns)}]
    for column in columns:
        start = len(body)
        offsets = []
        for page in column.pages:
            offsets.append((page.kind, len(body)))
            body += page.packed(column.codec, compressed)
        values = sum(page.values for page in column.pages if page.kind != DICTIONARY)
        first = next((offset for kind, offset in offsets if kind != DICTIONARY), start)
        meta: dict[int, object] = {
            1: 6,
            2: [PLAIN, RLE, *dict.fromkeys(page.encoding for page in column.pages)],
            3: [column.name],
            4: CODECS[column.codec],
            5: Long(values if column.values is None else column.values),
            6: Long(sum(len(page.data) for page in column.pages)),
            7: Long(len(body) - start),
            9: Long(first),
        }
        if first > start:
            meta[11] = Long(start)
        chunks.append({2: Long(0), 3: meta})
        schema.append({1: 6, 3: column.repetition, 4: column.name, 6: 0})
    count = chunks[0][3][5] if rows is None else rows  # type: ignore[index]
    group: dict[int, object] = {1: chunks, 2: Long(100), 3: Long(int(count))}
    footer = thrift({1: 1, 2: schema, 3: Long(int(count) * groups), 4: [group] * groups})
    return bytes(body) + footer + len(footer).to_bytes(4, "little") + b"PAR1"


def plain(texts: Sequence[bytes]) -> bytes:
    """Texts, each behind its length."""
    return b"".join(len(text).to_bytes(4, "little") + text for text in texts)


def deltas(first: int, *steps: tuple[int, int]) -> bytes:
    """Numbers as differences: the first, then each (step, how often), which takes a few bytes however often it is."""
    count = 1 + sum(often for _, often in steps)
    block = max([128, *(-(-often // 128) * 128 for _, often in steps)])
    assert all(often == block for _, often in steps[:-1]), "each block but the last is full"
    head = varint(block) + varint(1) + varint(count) + varint(zigzag(first))
    return head + b"".join(varint(zigzag(step)) + b"\0" for step, _ in steps)


def runs(*levels: tuple[int, int]) -> bytes:
    """Levels, each with how often it stands, behind the length of all."""
    coded = b"".join(varint(count << 1) + bytes([level]) for level, count in levels)
    return len(coded).to_bytes(4, "little") + coded


def indices(count: int) -> bytes:
    """So many times the first text of a dictionary."""
    return b"\1" + varint(count << 1) + b"\0"
