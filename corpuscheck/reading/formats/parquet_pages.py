"""What the pages of a Parquet file come to, asked of their headers before any of them is unpacked."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from corpuscheck.files.ranged import FIRST_BYTES, expect
from corpuscheck.kernels.arrays import Bytes
from corpuscheck.kernels.thrift import CUT, FALSE, I32, I64, LIST, STRUCT, TRUE, delta_lengths, numbers_of, path
from corpuscheck.reading.opening import BOMB_RATIO, BombError

AT_ONCE = 64 << 20
"""What pages that expand to over `BOMB_RATIO` times their size may come to: eight times as much is then in memory."""

_VALUE_BYTES = 2
"""What the levels, the length or the entry of a value count for besides its bytes."""

_READINGS = 2  # how often each column is read: for the sample, and for its text
_MOST_EMPTY = 1000
_MOST_CHUNKS = 1 << 20
_MOST_COLUMNS = 1 << 18
_HEADER = 256
_LARGEST_HEADER = 16 << 20
_CODECS = {1: "snappy", 2: "gzip", 4: "brotli", 6: "zstd", 7: "lz4_raw"}
_DATA, _DICTIONARY, _DATA_2 = 0, 2, 3
_RLE, _DELTA_LENGTH, _DELTA_BYTES = 3, 6, 7
_DAMAGED = "its pages are damaged"


@dataclass(frozen=True)
class LeafColumn:
    """A column at the bottom of the schema."""

    in_lists: bool
    optional: bool
    width: int

    @classmethod
    def of(cls, schema: Any) -> LeafColumn:
        """The column that pyarrow describes."""
        fixed = schema.physical_type == "FIXED_LEN_BYTE_ARRAY"
        return cls(
            in_lists=schema.max_repetition_level > 0,
            optional=schema.max_definition_level > 0,
            width=max(0, schema.length) if fixed else 0,
        )


@dataclass(frozen=True)
class Chunk:
    """Where the pages of a column in a row group lie, and how they are packed."""

    codec: int
    values: int
    size: int
    start: int


class _Page(NamedTuple):
    """What a page header says."""

    kind: int
    size: int
    stored: int
    values: int
    encoding: int
    levels: tuple[int, int]
    """The encodings of both kinds of levels; of a page of the second version, the bytes that both take."""

    packed: bool
    start: int

    @property
    def delta(self) -> bool:
        return self.encoding in (_DELTA_LENGTH, _DELTA_BYTES)


class Pages:
    """The pages of all row groups, as pyarrow has understood the footer."""

    def __init__(self, file: BinaryIO, metadata: Any, schema: Any) -> None:
        self._file = file
        self._columns = [LeafColumn.of(schema.column(k)) for k in range(len(schema.names))]
        self._below: dict[str, list[int]] = {}
        for number in range(len(schema.names)):
            for name in accumulate(schema.column(number).path.split("."), "{}.{}".format):
                self._below.setdefault(name, []).append(number)
        self._chunks = _chunks(metadata, len(self._columns))
        self._length = file.seek(0, io.SEEK_END)
        self._unread = _READINGS * self._length

    def rows_at_once(self, group: int, names: Sequence[str], most: int, decoded: int) -> int:
        """How many rows, at most `most`, take no more than `decoded` bytes where they stand in pages of their own.

        Raises BombError where the pages of the columns cannot be held at once, and ValueError where they are damaged.
        """
        every = []
        at_once = longest = 0
        for number in self._leaves(names):
            sizes = _Sizes(self._columns[number])
            chunk = self._chunks[group][number]
            for page in self._pages(chunk):
                sizes.add(page, self._lengths(page, self._columns[number], chunk.codec))
            every.append(sizes)
            at_once += sizes.at_once
            longest += sizes.longest
            if at_once > AT_ONCE:
                raise BombError
        rows = min(most, max(1, decoded // max(1, longest)))
        decoded = max(decoded, 2 * sum(sizes.largest for sizes in every))
        while rows > 1 and sum(sizes.touched(rows) for sizes in every) > decoded:
            rows //= 2
        return rows

    def _leaves(self, names: Sequence[str]) -> list[int]:
        """The columns at the bottom of those that have these names."""
        return sorted({k for name in names for k in self._below.get(name, [])})

    def _pages(self, chunk: Chunk) -> Iterator[_Page]:
        """The pages of a chunk, up to the last that pyarrow would read."""
        self._unread -= chunk.size
        if self._unread < 0:
            raise ValueError("its columns overlap")
        start, stop = chunk.start, min(chunk.start + chunk.size, self._length)
        expect(self._file, start, stop)
        seen = empty = 0
        while start < stop and seen < chunk.values:
            page = self._header(start, stop)
            holds = page.kind in (_DATA, _DATA_2) and page.values
            seen += holds and page.values
            empty += not holds
            if empty > _MOST_EMPTY:
                raise ValueError(_DAMAGED)
            yield page
            start = page.start + page.stored

    def _header(self, start: int, stop: int) -> _Page:
        size = _HEADER
        while True:
            data = np.frombuffer(_read(self._file, start, min(size, stop - start)), np.uint8)
            which, values = np.empty(64, np.int64), np.empty(64, np.int64)
            end, found = numbers_of(data, 0, _PAGE, which, values)
            if end >= 0:
                return _page(zip(which[:found].tolist(), values[:found].tolist(), strict=True), start + end)
            if end != CUT or size >= min(stop - start, _LARGEST_HEADER):
                raise ValueError(_DAMAGED)
            size *= 8

    def _lengths(self, page: _Page, column: LeafColumn, codec: int) -> tuple[int, int]:
        """The sum and the longest of the texts of a page whose lengths are packed apart from them."""
        if not page.delta or page.kind not in (_DATA, _DATA_2):
            return 0, 0
        _refuse(page.size + page.values * _VALUE_BYTES, page.stored)
        data = self._unpacked(page, codec)
        start = sum(page.levels) if page.kind == _DATA_2 else _behind_levels(data, page, column)
        total = longest = 0
        if start >= len(data):  # nothing but nulls
            return 0, 0
        for _ in range(1 + (page.encoding == _DELTA_BYTES)):
            start, sum_of, longest_of = delta_lengths(data, start, page.values)
            if start < 0:
                raise ValueError(_DAMAGED)
            total, longest = total + sum_of, longest + longest_of
        return total, longest

    def _unpacked(self, page: _Page, codec: int) -> Bytes:
        import pyarrow as pa

        stored = _read(self._file, page.start, page.stored)
        if codec == 0 or not page.packed:
            return np.frombuffer(stored, np.uint8)
        if codec not in _CODECS:
            raise ValueError(f"compression {codec} is not supported")
        bare = sum(page.levels) if page.kind == _DATA_2 else 0
        if page.size == bare:
            return np.frombuffer(stored[:bare], np.uint8)
        unpacked = pa.Codec(_CODECS[codec]).decompress(stored[bare:], page.size - bare)
        return np.concatenate([np.frombuffer(stored[:bare], np.uint8), np.frombuffer(unpacked, np.uint8)])


class _Sizes:
    """What the pages of a column come to, summed up."""

    def __init__(self, column: LeafColumn) -> None:
        self._column = column
        self._dictionary = self._dictionary_size = self._data = 0
        self._sizes: list[int] = []
        self._values: list[int] = []
        self._longest = 0
        self._delta = False

    def add(self, page: _Page, lengths: tuple[int, int]) -> None:
        """A page more; the lengths of its texts where they are known."""
        if page.kind == _DICTIONARY:
            self._dictionary_size = page.size
            if page.values > page.size:
                raise ValueError(_DAMAGED)
            self._dictionary = _unpaid(page.size + page.values * _VALUE_BYTES, page.stored)
            return
        total, longest = lengths
        self._delta |= page.delta
        self._longest = max(self._longest, longest)
        if self._column.in_lists:  # all values may be of one row
            size = page.size + page.values * (_VALUE_BYTES + self._column.width) + total
            self._data += _unpaid(size, page.stored)
            return
        size = page.size + page.values * _VALUE_BYTES * page.delta
        self._data = max(self._data, _unpaid(size, page.stored))
        self._sizes.append(page.size)
        self._values.append(page.values)

    @property
    def at_once(self) -> int:
        """Bytes at once of what expands too much."""
        if self._column.in_lists and self._delta and self._dictionary_size:
            raise ValueError("lists of texts in two encodings are not supported")
        return self._dictionary + self._data

    @property
    def longest(self) -> int:
        """The longest text that a value may be without having its bytes in a page."""
        return max(self._longest, self._dictionary_size if self._delta else 0)

    @property
    def largest(self) -> int:
        """The largest page whose rows are known."""
        return max(self._sizes, default=0)

    def touched(self, rows: int) -> int:
        """The bytes of the pages that hold so many rows in succession, where they are most."""
        if not self._sizes:
            return 0
        ends = np.cumsum(np.array(self._values, np.int64))
        below = np.append(0, np.cumsum(np.array(self._sizes, np.int64)))
        last = np.minimum(np.searchsorted(ends, np.append(0, ends[:-1]) + rows), len(ends) - 1)
        return int((below[last + 1] - below[:-1]).max())


def _unpaid(size: int, stored: int) -> int:
    """The size of what expands to more than the ratio of a decompression bomb; what does not counts for nothing."""
    return size if size > BOMB_RATIO * stored else 0


def _refuse(size: int, stored: int) -> None:
    if _unpaid(size, stored) > AT_ONCE:
        raise BombError


def _behind_levels(data: Bytes, page: _Page, column: LeafColumn) -> int:
    """Where the values of a page begin."""
    start = 0
    for encoding, present in zip(page.levels, (column.optional, column.in_lists), strict=True):
        if present:
            if encoding != _RLE or start + 4 > len(data):
                raise ValueError(_DAMAGED)
            start += 4 + int.from_bytes(data[start : start + 4].tobytes(), "little")
    return start


_V1, _V2 = (5, STRUCT), (8, STRUCT)
_PAGE = np.array(
    [
        *(path((number, I32)) for number in (1, 2, 3)),
        path((7, STRUCT), (1, I32)),
        *(path(_V1, (number, I32)) for number in (1, 2, 3, 4)),
        *(path(_V2, (number, I32)) for number in (1, 4, 5, 6)),
        *(path(_V2, (7, kind)) for kind in (TRUE, FALSE)),
    ],
    np.int64,
)
_UNSAID = -1


def _page(found: Iterable[tuple[int, int]], start: int) -> _Page:
    said = [_UNSAID] * len(_PAGE)
    for place, value in found:
        said[place] = value
    kind, size, stored, in_dictionary = said[:4]
    packed, bare = said[12:]
    if kind == _DICTIONARY:
        page = _Page(kind, size, stored, in_dictionary, 0, (0, 0), True, start)
    elif kind == _DATA:
        page = _Page(kind, size, stored, said[4], said[5], (said[6], said[7]), True, start)
    elif kind == _DATA_2:
        page = _Page(kind, size, stored, said[8], said[9], (said[10], said[11]), bare == _UNSAID, start)
        if sum(page.levels) > min(size, stored) or packed != _UNSAID != bare:
            raise ValueError(_DAMAGED)
    else:
        page = _Page(kind, size, stored, 0, 0, (0, 0), True, start)
    if min(kind, size, stored, page.values, *page.levels) < 0:
        raise ValueError(_DAMAGED)
    return page


_GROUPS = ((4, LIST), (0, STRUCT))
_CHUNKS = (*_GROUPS, (1, LIST), (0, STRUCT))
_ENTRIES = np.array([path(*_CHUNKS), path((2, LIST), (0, STRUCT))], np.int64)
_FOOTER = np.array(
    [
        path(*_GROUPS),
        path(*_CHUNKS),
        *(path(*_CHUNKS, (3, STRUCT), (number, kind)) for number, kind in ((4, I32), (5, I64), (7, I64))),
        *(path(*_CHUNKS, (3, STRUCT), (number, I64)) for number in (9, 11)),
    ],
    np.int64,
)


def _chunks(metadata: Any, columns: int) -> list[list[Chunk]]:
    """The column chunks of each row group.

    Of the footer as pyarrow writes it out again, so that what is read here is what is read there. pyarrow itself is
    not asked for a column: it ends the process where that is damaged.
    """
    out = io.BytesIO()
    metadata.write_metadata_file(out)
    data = np.frombuffer(out.getvalue(), np.uint8)
    most = metadata.num_row_groups * (1 + columns * (len(_FOOTER) - 1))
    which, values = np.empty(most, np.int64), np.empty(most, np.int64)
    end, found = numbers_of(data, 4, _FOOTER, which, values)
    which, values = which[:found], values[:found]
    if end < 0 or np.count_nonzero(which == 1) != metadata.num_row_groups * columns:
        raise ValueError("the footer is damaged")
    table = np.zeros((metadata.num_row_groups * columns, len(_FOOTER)), np.int64)
    table[np.cumsum(which == 1)[which > 1] - 1, which[which > 1]] = values[which > 1]
    chunks = [
        Chunk(codec, total, size, _first(data_page, dictionary))
        for _, _, codec, total, size, data_page, dictionary in table.tolist()
    ]
    return [chunks[k * columns : (k + 1) * columns] for k in range(metadata.num_row_groups)]


def opened(file: BinaryIO) -> Any:
    """The file as pyarrow reads it. Raises ValueError where its footer alone would fill the memory.

    An entry of three bytes takes some hundred bytes when it is read.
    """
    import pyarrow.parquet as pq

    length = file.seek(0, io.SEEK_END)
    expect(file, max(0, length - FIRST_BYTES), length)
    file.seek(max(0, length - 8))
    end = file.read(8)
    size = int.from_bytes(end[:4], "little") if end.endswith(b"PAR1") else 0
    size = min(size, max(0, length - 8))
    data = np.frombuffer(_read(file, max(0, length - 8 - size), size), np.uint8)
    which, values = np.empty(min(size, _MOST_CHUNKS + 1), np.int64), np.empty(min(size, _MOST_CHUNKS + 1), np.int64)
    _, found = numbers_of(data, 0, _ENTRIES, which, values)
    if found > _MOST_CHUNKS or np.count_nonzero(which[:found]) > _MOST_COLUMNS:
        raise ValueError("its footer has too many columns")
    file.seek(0)
    return pq.ParquetFile(file)


def _read(file: BinaryIO, start: int, size: int) -> bytes:
    file.seek(start)
    return file.read(size)


def _first(data_page: int, dictionary: int) -> int:
    return dictionary if 0 < dictionary < data_page else data_page
