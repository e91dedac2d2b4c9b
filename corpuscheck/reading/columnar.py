"""Parquet and Arrow IPC, through pyarrow: string columns arrive as UTF-8 with offsets, which is a Batch already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Any, BinaryIO

import numpy as np

from corpuscheck.kernels.utf8 import is_utf8
from corpuscheck.reading.batch import Batch, batch_of
from corpuscheck.reading.paths import PREFERRED, text_of
from corpuscheck.reading.records import RecordReport

INSTALL = "needs pyarrow: pip install 'corpuscheck[parquet]'"
_ROWS = 4096


def available() -> bool:
    """Whether the extra is installed."""
    from importlib.util import find_spec

    return find_spec("pyarrow") is not None


def row_groups(path: str) -> list[int]:
    """The compressed bytes of each row group of a Parquet file. Raises ValueError where it cannot be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as parquet:
            metadata = parquet.metadata
            return [
                sum(metadata.row_group(g).column(c).total_compressed_size for c in range(metadata.num_columns))
                for g in range(metadata.num_row_groups)
            ]
    except (pa.ArrowException, OSError) as error:
        raise ValueError(str(error)) from None


def read_columnar(
    file: BinaryIO, name: str, fields: Sequence[str], report: RecordReport, groups: Sequence[int] | None = None
) -> Iterator[Batch]:
    """A document for each row with text, of the row groups asked for. Raises ValueError for a damaged file."""
    import pyarrow as pa

    try:
        parquet = name == "parquet"
        for columns in _parquet_columns(file, fields, report, groups) if parquet else _arrow(file, fields, report):
            yield from _documents(columns, report)
    except pa.ArrowException as error:
        raise ValueError(str(error).partition("\n")[0]) from None


def _parquet_columns(
    file: BinaryIO, fields: Sequence[str], report: RecordReport, groups: Sequence[int] | None
) -> Iterator[list[Any]]:
    import pyarrow.parquet as pq

    parquet = pq.ParquetFile(file)
    names = _text_columns(parquet.schema_arrow)
    sample = next(parquet.iter_batches(batch_size=100, columns=names), None) if names else None
    columns = _chosen(parquet.schema_arrow, fields, sample, report)
    if columns:
        for rows in parquet.iter_batches(batch_size=_ROWS, columns=columns, row_groups=groups):
            yield [_column(rows, name) for name in columns]


def _arrow(file: BinaryIO, fields: Sequence[str], report: RecordReport) -> Iterator[list[Any]]:
    import pyarrow as pa

    start = file.read(6)
    file.seek(0)
    if start == b"ARROW1":
        reader = pa.ipc.open_file(file)
        batches: Iterator[Any] = (reader.get_batch(k) for k in range(reader.num_record_batches))
    else:
        batches = iter(pa.ipc.open_stream(file))
    first = next(batches, None)
    if first is None:
        return
    columns = _chosen(first.schema, fields, first, report)
    if columns:
        for rows in chain([first], batches):
            yield [_column(rows, name) for name in columns]


def _text_columns(fields: Iterable[Any], binary: bool = False, outer: str = "") -> list[str]:
    """Columns of strings or lists of them, those inside structs as `outer.inner`; of bytes too where asked for."""
    import pyarrow as pa

    names: list[str] = []
    for field in fields:
        if pa.types.is_struct(field.type):
            names += _text_columns(field.type, binary, f"{outer}{field.name}.")
        elif _is_text(field.type, binary):
            names.append(outer + field.name)
    return names


def _is_text(kind: Any, binary: bool) -> bool:
    from pyarrow import types

    if types.is_dictionary(kind) or types.is_list(kind) or types.is_large_list(kind):
        return _is_text(kind.value_type, binary)
    plain = types.is_string(kind) or types.is_large_string(kind)
    return bool(plain or (binary and (types.is_binary(kind) or types.is_large_binary(kind))))


def _chosen(schema: Any, fields: Sequence[str], sample: Any, report: RecordReport) -> list[str]:
    """The columns asked for, else one with a preferred name, else the longest."""
    strings = _text_columns(schema, binary=bool(fields))
    lowered = {name.rpartition(".")[2].lower(): name for name in reversed(strings)}
    wanted = [field if field in strings else field.replace("[]", "") for field in fields]
    columns = [name for name in wanted if name in strings]
    if not fields and strings:
        preferred = next((lowered[name] for name in PREFERRED if name in lowered), "")
        columns = [preferred or max(strings, key=lambda name: _length(sample, name))]
    report.text_field = ", ".join(columns or fields)
    report.missing += not columns
    return columns


def _length(sample: Any, name: str) -> int:
    return sum(map(len, filter(None, map(text_of, _column(sample, name)[:100].to_pylist())))) if sample else 0


def _column(rows: Any, name: str) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if name in rows.schema.names:
        column = rows.column(name)
    else:
        head = next(top for top in rows.schema.names if name.startswith(f"{top}."))
        column = pc.struct_field(rows.column(head), name[len(head) + 1 :].split("."))
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _documents(columns: list[Any], report: RecordReport) -> Iterator[Batch]:
    first = columns[0]
    if len(columns) == 1 and len(first) and not first.null_count and hasattr(first[0], "as_buffer"):
        yield _without_copy(first, report)
        return
    documents = []
    for values in zip(*(column.to_pylist() for column in columns), strict=True):
        texts = [text for value in values if (text := text_of(_decoded(value, report))) is not None]
        report.missing += not texts
        if texts:
            documents.append("\n".join(texts).encode())
    if documents:
        yield batch_of(documents)


def _decoded(value: Any, report: RecordReport) -> Any:
    """Strings where there are bytes, which are taken for UTF-8."""
    if isinstance(value, list):
        return [_decoded(item, report) for item in value]
    if not isinstance(value, bytes):
        return value
    text = value.decode("utf-8", "replace")
    report.repaired += text.encode() != value
    return text


def _without_copy(column: Any, report: RecordReport) -> Batch:
    import pyarrow as pa

    _, offsets, data = column.buffers()
    width = np.int64 if column.type in (pa.large_string(), pa.large_binary()) else np.int32
    ends = np.frombuffer(offsets, width)[column.offset : column.offset + len(column) + 1].astype(np.int64)
    text = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]] if data is not None else np.zeros(0, np.uint8)
    ends -= ends[0]
    if is_utf8(text):
        return Batch(text, ends[:-1], ends[1:])
    raw = text.tobytes()
    documents = []
    for start, stop in pairwise(ends.tolist()):
        repaired = raw[start:stop].decode("utf-8", "replace").encode()
        report.repaired += repaired != raw[start:stop]
        documents.append(repaired)
    return batch_of(documents)
