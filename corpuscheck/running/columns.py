"""Columns of a table, some rows at a time, and the two kinds of file that they are written to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import zstandard

from corpuscheck.kernels.arrays import Bytes, Hashes, Ints
from corpuscheck.kernels.records import BILLION, HEX, LONGEST, NUMBER, SHARE, TEXT, hex_digits, write_lines
from corpuscheck.values.json_text import line_bytes

if TYPE_CHECKING:
    import pyarrow as pa

_LEVEL = 1
_NUMBER_BEHIND = b"#"


class TextTable:
    """The distinct values of a column, texts or lists of them, by number; more may come."""

    def __init__(self, values: Sequence[Any] = ()) -> None:
        self.values = list(values)
        self._lines: list[bytes] = []

    @property
    def lines(self) -> list[bytes]:
        """Each as JSON."""
        self._lines += map(line_bytes, self.values[len(self._lines) :])
        return self._lines


@dataclass(frozen=True)
class Numbers:
    """Whole numbers; null below 0."""

    values: Ints


@dataclass(frozen=True)
class Hexes:
    """Numbers of 64 bits, as texts."""

    values: Hashes


@dataclass(frozen=True)
class Shares:
    """Shares, in billionths."""

    values: Ints


@dataclass(frozen=True)
class Coded:
    """Values by their number in a table; null below 0."""

    codes: Ints
    table: TextTable


@dataclass(frozen=True)
class NumberedTexts:
    """Texts by their number in a table, each with a number behind it: ``text#1``."""

    codes: Ints
    table: TextTable
    numbers: Ints


Cells = Numbers | Hexes | Shares | Coded | NumberedTexts
Write = Callable[[Mapping[str, Cells]], None]


@contextmanager
def json_lines(file: BinaryIO) -> Iterator[Write]:
    """Write to a compressed file of JSON lines."""
    lines = _Lines()
    with zstandard.ZstdCompressor(level=_LEVEL).stream_writer(file, closefd=False) as packed:

        def write(columns: Mapping[str, Cells]) -> None:
            packed.write(lines.of(columns))

        yield write


class _Lines:
    """Lays texts end to end, once, for the kernel that writes lines."""

    def __init__(self) -> None:
        self._known: list[tuple[TextTable, int]] = []
        self._lay([])

    def of(self, columns: Mapping[str, Cells]) -> memoryview:
        """The lines of some rows."""
        tables = list(
            {id(one.table): one.table for one in columns.values() if isinstance(one, Coded | NumberedTexts)}.values()
        )
        if self._known != [(table, len(table.values)) for table in tables]:
            self._lay(tables)
        before: list[bytes] = []
        kinds: list[int] = []
        values: list[Ints] = []
        rest = b"{"
        for name, column in columns.items():
            for piece, kind, of_kind in self._parts(column):
                before.append(rest + line_bytes(name) + b":" + piece if piece != _NUMBER_BEHIND else piece)
                kinds.append(kind)
                values.append(of_kind)
            rest = b'",' if isinstance(column, NumberedTexts) else b","
        before.append(rest[:-1] + b"}\n")
        bounds = np.cumsum([0, *map(len, before)])
        table = np.stack(values)
        out = np.empty(self._room(kinds, table, int(bounds[-1])), np.uint8)
        laid = np.frombuffer(b"".join(before), np.uint8)
        size = write_lines(laid, bounds, np.array(kinds, np.int64), table, self._texts, self._starts, self._ends, out)
        return out[:size].data

    def _parts(self, column: Cells) -> list[tuple[bytes, int, Ints]]:
        """What stands before each value of a column, the kind of the values, and these."""
        if isinstance(column, NumberedTexts):
            bare = self._bare[id(column.table)] + column.codes
            return [(b'"', TEXT, bare), (_NUMBER_BEHIND, NUMBER, column.numbers)]
        if isinstance(column, Coded):
            return [(b"", TEXT, np.where(column.codes < 0, 0, self._first[id(column.table)] + column.codes))]
        kind = {Numbers: NUMBER, Hexes: HEX, Shares: SHARE}[type(column)]
        return [(b"", kind, column.values.astype(np.int64, copy=False))]

    def _lay(self, tables: Sequence[TextTable]) -> None:
        """All texts, null first, then each in quotes and without them."""
        self._known = [(table, len(table.values)) for table in tables]
        pieces = [b"null", *(line for table in tables for line in table.lines)]
        self._texts: Bytes = np.frombuffer(b"".join(pieces), np.uint8)
        ends = np.cumsum([len(piece) for piece in pieces])
        starts = np.append(0, ends[:-1])
        self._starts, self._ends = np.append(starts, starts + 1), np.append(ends, ends - 1)
        firsts = np.cumsum([1, *(len(table.values) for table in tables)]).tolist()
        self._first = {id(table): first for table, first in zip(tables, firsts, strict=False)}
        self._bare = {key: first + len(pieces) for key, first in self._first.items()}

    def _room(self, kinds: Sequence[int], values: Ints, before: int) -> int:
        texts = [
            int((self._ends - self._starts)[row].sum()) for kind, row in zip(kinds, values, strict=True) if kind == TEXT
        ]
        return int(values.shape[1]) * (before + LONGEST * len(kinds)) + sum(texts)


@contextmanager
def parquet(file: BinaryIO, kinds: Mapping[str, str]) -> Iterator[Write]:
    """Write to a Parquet file, by the kinds of the columns."""
    import pyarrow as pa
    from pyarrow import parquet as pq

    types = {"text": pa.string(), "number": pa.int64(), "share": pa.float64(), "texts": pa.list_(pa.string())}
    schema = pa.schema([(name, types[kind]) for name, kind in kinds.items()])
    few = [name for name, kind in kinds.items() if kind in ("text", "texts") and name not in ("id", "hash")]
    with pq.ParquetWriter(file, schema, compression="zstd", use_dictionary=few) as writer:
        arrow = _Arrow()

        def write(columns: Mapping[str, Cells]) -> None:
            arrays = [arrow.of(column, schema.field(name).type) for name, column in columns.items()]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))

        yield write


class _Arrow:
    """Makes columns those of Arrow; what is in a table, once."""

    def __init__(self) -> None:
        self._tables: dict[int, pa.Array] = {}

    def of(self, column: Cells, kind: pa.DataType) -> pa.Array:
        import pyarrow as pa
        from pyarrow import compute

        if isinstance(column, NumberedTexts):
            texts = self.of(Coded(column.codes, column.table), kind)
            return compute.binary_join_element_wise(texts, pa.array(column.numbers).cast(kind), "#")
        if isinstance(column, Coded):
            known = self._tables.get(id(column.table))
            if known is None or len(known) != len(column.table.values):
                known = self._tables[id(column.table)] = pa.array(column.table.values, kind)
            return known.take(pa.array(column.codes, mask=column.codes < 0))
        if isinstance(column, Hexes):
            n = len(column.values)
            digits = np.empty(16 * n, np.uint8)
            hex_digits(column.values, digits)
            return pa.StringArray.from_buffers(
                n, pa.py_buffer(np.arange(0, 16 * n + 1, 16, dtype=np.int32)), pa.py_buffer(digits)
            )
        if isinstance(column, Shares):
            return pa.array(column.values / BILLION)
        return pa.array(column.values, mask=column.values < 0)
