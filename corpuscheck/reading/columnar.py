"""Parquet and Arrow IPC, through pyarrow: string columns arrive as UTF-8 with offsets, which is a Batch already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise, takewhile
from typing import Any, BinaryIO

import numpy as np

from corpuscheck.kernels.utf8 import is_utf8
from corpuscheck.reading.batch import Batch, batch_of
from corpuscheck.reading.paths import best_path, quoted, text_of, weight
from corpuscheck.reading.prose import Steps, is_prose, shown
from corpuscheck.reading.records import RecordReport

INSTALL = "needs pyarrow: pip install 'corpuscheck[parquet]'"
_ROWS = 4096
_SAMPLE = 100


def available() -> bool:
    """Whether the extra is installed."""
    from importlib.util import find_spec

    return find_spec("pyarrow") is not None


def row_groups(file: BinaryIO) -> list[int]:
    """The compressed bytes of each row group of a Parquet file. Raises ValueError where it cannot be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file) as parquet:
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
    text = _text_columns(parquet.schema_arrow)
    sample = next(parquet.iter_batches(batch_size=_SAMPLE, columns=_stored(text)), None) if text else None
    columns = _chosen(parquet.schema_arrow, fields, sample, report)
    if columns.read:
        stored = _stored((*columns.read, *columns.left_out))
        for rows in parquet.iter_batches(batch_size=_ROWS, columns=stored, row_groups=groups):
            yield _counted(rows, columns, report)


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
    columns = _chosen(first.schema, fields, first.slice(0, _SAMPLE), report)
    if columns.read:
        for rows in chain([first], batches):
            yield _counted(rows, columns, report)


def _stored(columns: Iterable[Steps]) -> list[str]:
    """What to read of a Parquet file for these: all of a list, a part of a struct."""
    return list(dict.fromkeys(".".join(map(str, takewhile(_is_name, steps))) for steps in columns))


def _is_name(step: str | None) -> bool:
    return step is not None


def _text_columns(fields: Iterable[Any], binary: bool = False, outer: Steps = ()) -> list[Steps]:
    """Columns of strings or lists of them, also inside structs and lists of structs; of bytes too where asked for."""
    from pyarrow import types

    found: list[Steps] = []
    for field in fields:
        kind, steps = field.type, (*outer, field.name)
        while _is_list(kind) and not _is_text(kind, binary):
            kind, steps = kind.value_type, (*steps, None)
        if types.is_struct(kind):
            found += _text_columns(kind, binary, steps)
        elif _is_text(kind, binary):
            found.append(steps)
    return found


def _is_text(kind: Any, binary: bool) -> bool:
    from pyarrow import types

    if types.is_dictionary(kind) or _is_list(kind):
        return _is_text(kind.value_type, binary)
    plain = types.is_string(kind) or types.is_large_string(kind)
    return bool(plain or (binary and (types.is_binary(kind) or types.is_large_binary(kind))))


def _is_list(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))


@dataclass(frozen=True)
class _Columns:
    """The columns that are read as text, and those of prose that are only counted."""

    read: tuple[Steps, ...]
    left_out: tuple[Steps, ...] = ()


def _chosen(schema: Any, fields: Sequence[str], sample: Any, report: RecordReport) -> _Columns:
    """The columns asked for, else the one that would be found in the same records as JSON."""
    strings = {_path(steps): steps for steps in _text_columns(schema, binary=bool(fields))}
    report.add_fields(map(shown, strings.values()))
    plain = {_plain(path): steps for path, steps in reversed(strings.items())}
    read = [plain[name] for name in map(_plain, fields) if name in plain]
    left_out: list[Steps] = []
    if not fields and strings:
        values = (
            {path: _strings(_column(sample, steps).to_pylist()) for path, steps in strings.items()} if sample else {}
        )
        read = [strings[best_path({path: sum(map(weight, values.get(path, ()))) for path in strings})]]
        left_out = [strings[path] for path, texts in values.items() if strings[path] not in read and is_prose(texts)]
    report.text_field = ", ".join(map(shown, read)) or ", ".join(fields)
    report.left_out = dict.fromkeys(map(shown, left_out), 0)
    report.missing += not read
    return _Columns(tuple(read), tuple(left_out))


def _path(steps: Steps) -> str:
    """The steps as the path that JSON would have, where a dot always goes inwards."""
    return shown(steps) if len(steps) > 1 else quoted(str(steps[0]))


def _plain(path: str) -> str:
    return path.replace("[]", "").replace('"', "")


def _strings(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [value] if isinstance(value, str) else []


def _column(rows: Any, steps: Steps) -> Any:
    return _inside(rows.column(steps[0]), steps[1:])


def _inside(column: Any, steps: Steps) -> Any:
    """A column inside of structs and lists, with one value or one list of them for each row."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        return _inside(column.dictionary_decode(), steps)
    if not steps:
        return column
    if steps[0] is not None:
        return _inside(pc.struct_field(column, [steps[0]]), steps[1:])
    if pa.types.is_fixed_size_list(column.type):
        column = column.cast(pa.list_(column.type.value_type))
    kind = pa.LargeListArray if pa.types.is_large_list(column.type) else pa.ListArray
    return kind.from_arrays(column.offsets, _inside(column.values, steps[1:]))


def _counted(rows: Any, columns: _Columns, report: RecordReport) -> list[Any]:
    """The columns that are read; the characters of the others are counted."""
    for steps in columns.left_out:
        report.left_out[shown(steps)] += _characters(_column(rows, steps))
    return [_column(rows, steps) for steps in columns.read]


def _characters(column: Any) -> int:
    import pyarrow.compute as pc

    while _is_list(column.type):
        column = pc.list_flatten(column)
    strings = column.dictionary_decode() if hasattr(column, "dictionary_decode") else column
    return int(pc.sum(pc.utf8_length(strings)).as_py() or 0)


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
            documents.append(report.encoded("\n".join(texts)))
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
        _count_texts(column, report)
        return Batch(text, ends[:-1], ends[1:])
    raw = text.tobytes()
    documents = []
    for start, stop in pairwise(ends.tolist()):
        repaired = report.encoded(raw[start:stop].decode("utf-8", "replace"))
        report.repaired += repaired != raw[start:stop]
        documents.append(repaired)
    return batch_of(documents)


def _count_texts(column: Any, report: RecordReport) -> None:
    """The characters of valid texts, and those texts that are empty or white space."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        column = column.cast(pa.large_string())
    lengths = pc.utf8_length(column)
    report.characters += pc.sum(lengths).as_py() or 0
    report.empty += pc.sum(pc.or_(pc.equal(lengths, 0), pc.utf8_is_space(column))).as_py() or 0
