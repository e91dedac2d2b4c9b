"""Parquet and Arrow IPC, through pyarrow: string columns arrive as UTF-8 with offsets, which is a Batch already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from typing import Any, BinaryIO

import numpy as np

from corpuscheck.kernels.utf8 import is_utf8
from corpuscheck.reading.batch import Batch, batch_of
from corpuscheck.reading.paths import PREFERRED
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
        rows = _parquet_rows(file, fields, report, groups) if name == "parquet" else _arrow_rows(file, fields, report)
        for some in rows:
            yield from _documents(some, report)
    except pa.ArrowException as error:
        raise ValueError(str(error).partition("\n")[0]) from None


def _parquet_rows(
    file: BinaryIO, fields: Sequence[str], report: RecordReport, groups: Sequence[int] | None
) -> Iterator[Any]:
    import pyarrow.parquet as pq

    parquet = pq.ParquetFile(file)
    strings = _string_columns(parquet.schema_arrow)
    sample = next(parquet.iter_batches(batch_size=100, columns=strings), None) if strings else None
    columns = _chosen(strings, fields, sample, report)
    if columns:
        yield from parquet.iter_batches(batch_size=_ROWS, columns=columns, row_groups=groups)


def _arrow_rows(file: BinaryIO, fields: Sequence[str], report: RecordReport) -> Iterator[Any]:
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
    columns = _chosen(_string_columns(first.schema), fields, first, report)
    if columns:
        for rows in chain([first], batches):
            yield rows.select(columns)


def _string_columns(schema: Any) -> list[str]:
    import pyarrow as pa

    return [f.name for f in schema if pa.types.is_string(f.type) or pa.types.is_large_string(f.type)]


def _chosen(strings: list[str], fields: Sequence[str], sample: Any, report: RecordReport) -> list[str]:
    """The columns asked for, else one with a preferred name, else the longest."""
    lowered = {name.lower(): name for name in strings}
    columns = [name for name in fields if name in strings]
    if not fields and strings:
        preferred = next((lowered[name] for name in PREFERRED if name in lowered), "")
        columns = [preferred or max(strings, key=lambda name: _length(sample, name))]
    report.text_field = ", ".join(columns or fields)
    report.missing += not columns
    return columns


def _length(sample: Any, name: str) -> int:
    return sum(len(text) for text in sample.column(name)[:100].to_pylist() if text) if sample is not None else 0


def _documents(rows: Any, report: RecordReport) -> Iterator[Batch]:
    if rows.num_columns == 1 and rows.num_rows and not rows.column(0).null_count:
        yield _without_copy(rows.column(0), report)
        return
    texts = []
    for values in zip(*(column.to_pylist() for column in rows.columns), strict=True):
        strings = [value for value in values if value is not None]
        report.missing += not strings
        if strings:
            texts.append("\n".join(strings).encode())
    if texts:
        yield batch_of(texts)


def _without_copy(column: Any, report: RecordReport) -> Batch:
    import pyarrow as pa

    _, offsets, data = column.buffers()
    width = np.int64 if pa.types.is_large_string(column.type) else np.int32
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
