"""Parquet and Arrow IPC, through pyarrow: string columns arrive as UTF-8 with offsets, which is a Batch already."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, compress, pairwise, takewhile
from typing import Any, BinaryIO

import numpy as np

from corpuscheck.kernels.utf8 import is_utf8, whole_spans
from corpuscheck.reading.batch import BLOCK_BYTES, Batch, Named, batch_of
from corpuscheck.reading.formats.arrow_columns import (
    columns_inside,
    is_list,
    is_text,
    row_bytes,
    slices,
    storage_of,
    trusted,
)
from corpuscheck.reading.formats.parquet_pages import Pages, opened
from corpuscheck.reading.formats.paths import LONGEST_VALUE, Steps, best_path, quoted, text_of, weight
from corpuscheck.reading.formats.prose import is_prose, shown
from corpuscheck.reading.formats.records import RecordReport
from corpuscheck.reading.opening import Expansion
from corpuscheck.reading.text import repaired

INSTALL = "needs pyarrow: pip install 'corpuscheck[parquet]'"
_ROWS = 256
_DECODED = 64 << 20
_SAMPLE = 100
_ROW_COST = 64  # what a row without text counts for, in bytes: a file of some hundred bytes can have 2^40 of them


def available() -> bool:
    """Whether the extra is installed."""
    from importlib.util import find_spec

    return find_spec("pyarrow") is not None


def row_groups(file: BinaryIO) -> list[int]:
    """The share of each row group in a Parquet file, in bytes. Raises ValueError where it cannot be read.

    Figures of columns are not asked for: pyarrow ends the process where those are damaged.
    """
    import pyarrow as pa

    stored = file.seek(0, os.SEEK_END)
    try:
        with opened(file) as parquet:
            groups = range(parquet.metadata.num_row_groups)
            sizes = [max(1, parquet.metadata.row_group(g).total_byte_size) for g in groups]
    except (pa.ArrowException, OSError) as error:
        raise ValueError(str(error)) from None
    return [size * stored // sum(sizes) for size in sizes]


_FAULTS = (LookupError, TypeError, AttributeError, OverflowError, MemoryError)


def read_columnar(
    file: BinaryIO, name: str, fields: Sequence[str], report: RecordReport, groups: Sequence[int] | None = None
) -> Iterator[Batch]:
    """A document for each row with text, of the row groups asked for. Raises ValueError for a damaged file."""
    import pyarrow as pa

    expansion = Expansion(file.seek(0, os.SEEK_END))
    file.seek(0)
    try:
        parquet = name == "parquet"
        found = _parquet(file, fields, report, groups) if parquet else _arrow(file, fields, report)
        for columns, rows in found:
            expansion.add(rows.num_rows * _ROW_COST)
            for part, sources in _parts(columns, rows, report):
                for batch in _documents(part, sources, report):
                    expansion.add(len(batch.data))
                    yield batch
    except (pa.ArrowException, *_FAULTS) as error:
        raise ValueError(str(error).partition("\n")[0] or type(error).__name__) from None


def _parquet(
    file: BinaryIO, fields: Sequence[str], report: RecordReport, groups: Sequence[int] | None
) -> Iterator[tuple[_Columns, Any]]:
    import pyarrow.parquet as pq

    parquet = opened(file)
    text = _text_columns(parquet.schema_arrow)
    coded = pq.ParquetFile(file, metadata=parquet.metadata, read_dictionary=_leaves(parquet.schema, text))
    pages = Pages(file, parquet.metadata, parquet.schema)
    sample = _sample(coded, parquet, pages, _stored(text)) if text and not fields else None
    columns = _chosen(parquet.schema_arrow, fields, sample, report)
    if not columns.read:
        return
    stored = _stored(columns.used)
    for group in range(parquet.metadata.num_row_groups) if groups is None else groups:
        rows = pages.rows_at_once(group, stored, _ROWS, _DECODED)
        first = _first_rows(coded, parquet, [group], 1, stored)
        longest = sum(map(_longest, first.columns)) if first else 0
        rows = min(rows, max(1, _DECODED // max(1, longest)))
        repeats = first is not None and any(map(_holds_dictionary_inside, first.schema.types))
        reader = coded if repeats else parquet
        for batch in _gathered(reader.iter_batches(batch_size=rows, columns=stored, row_groups=[group])):
            yield columns, batch


def _sample(coded: Any, plain: Any, pages: Pages, columns: list[str]) -> Any:
    """The first rows, of as many row groups as it takes."""
    groups: list[int] = []
    held, rows = 0, _SAMPLE
    while held < rows and len(groups) < plain.metadata.num_row_groups:
        groups.append(len(groups))
        rows = min(rows, pages.rows_at_once(groups[-1], columns, rows, _DECODED))
        held += plain.metadata.row_group(groups[-1]).num_rows
    return _first_rows(coded, plain, groups, rows, columns)


def _first_rows(coded: Any, plain: Any, groups: Sequence[int], rows: int, columns: list[str]) -> Any:
    """Some rows with their dictionaries, which hold each text once however often it is repeated; None if there is none.

    What a file says of its sizes is not asked for: a file of some hundred bytes can repeat a text of megabytes.
    """
    import pyarrow as pa

    try:
        return next(coded.iter_batches(batch_size=rows, columns=columns, row_groups=groups), None)
    except (pa.ArrowNotImplementedError, OSError):  # an encoding without dictionaries: what comes out is in the file
        return next(plain.iter_batches(batch_size=1, columns=columns, row_groups=groups), None)


def _longest(column: Any) -> int:
    """The bytes of the longest string in a column and its dictionaries."""
    import pyarrow.compute as pc
    from pyarrow import types

    if types.is_dictionary(column.type):
        return _longest(column.dictionary)
    if is_list(column.type):
        return _longest(column.values)
    if types.is_struct(column.type):
        return max(map(_longest, column.flatten()), default=0)
    if not is_text(column.type, binary=True):
        return 0
    return int(pc.max(pc.binary_length(storage_of(column))).as_py() or 0)


def _leaves(schema: Any, text: Iterable[Steps]) -> list[str]:
    """The columns of bytes, as Parquet names them, inside of those that hold text."""
    names = {steps[0] for steps in text}
    columns = (schema.column(k) for k in range(len(schema.names)))
    return [c.path for c in columns if c.physical_type == "BYTE_ARRAY" and c.path.partition(".")[0] in names]


def _gathered(batches: Iterable[Any]) -> Iterator[Any]:
    """Small batches joined to some of a megabyte, as long as they have one schema; all of those before a fault."""
    import pyarrow as pa

    waiting: list[Any] = []
    size = 0
    fault: Exception | None = None
    following = iter(batches)
    while True:
        try:
            batch = next(following, None)
        except Exception as error:
            batch, fault = None, error
        if batch is not None:
            waiting.append(batch)
            size += batch.nbytes
        if waiting and (batch is None or size >= BLOCK_BYTES or any(map(_holds_dictionary, batch.schema.types))):
            yield from pa.Table.from_batches(waiting).combine_chunks().to_batches()
            waiting, size = [], 0
        if fault is not None:
            raise fault
        if batch is None:
            return


def _holds_dictionary(kind: Any) -> bool:
    from pyarrow import types

    return types.is_dictionary(kind) or any(_holds_dictionary(kind.field(k).type) for k in range(kind.num_fields))


def _holds_dictionary_inside(kind: Any) -> bool:
    """Whether one row may hold many texts of a dictionary."""
    from pyarrow import types

    return not types.is_dictionary(kind) and _holds_dictionary(kind)


def _arrow(file: BinaryIO, fields: Sequence[str], report: RecordReport) -> Iterator[tuple[_Columns, Any]]:
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
        for rows in _gathered(_checked(rows, columns) for rows in chain([first], batches)):
            yield columns, rows


def _checked(rows: Any, columns: _Columns) -> Any:
    """The columns that are used, checked, so that they can be joined to others."""
    import pyarrow as pa

    used = [(name, column) for name in _tops(columns) for column in _named(rows, name)]
    return pa.RecordBatch.from_arrays([trusted(column) for _, column in used], names=[name for name, _ in used])


def _tops(columns: _Columns) -> list[str | None]:
    """The columns of the file that hold those that are used."""
    return list(dict.fromkeys(steps[0] for steps in columns.used))


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
        while is_list(kind) and not is_text(kind, binary):
            kind, steps = kind.value_type, (*steps, None)
        if types.is_struct(kind):
            found += _text_columns(kind, binary, steps)
        elif is_text(kind, binary):
            found.append(steps)
    return found


@dataclass(frozen=True)
class _Columns:
    """The columns that are read as text, those of prose that are only counted, and the one that names the source."""

    read: tuple[Steps, ...]
    left_out: tuple[Steps, ...] = ()
    source: Steps | None = None

    @property
    def used(self) -> tuple[Steps, ...]:
        return (*self.read, *self.left_out, *([self.source] if self.source else []))


def _chosen(schema: Any, fields: Sequence[str], sample: Any, report: RecordReport) -> _Columns:
    """The columns asked for, else the one that would be found in the same records as JSON."""
    strings = {_path(steps): steps for steps in _text_columns(schema, binary=bool(fields))}
    report.add_fields(map(shown, strings.values()))
    plain = {_plain(path): steps for path, steps in reversed(strings.items())}
    read = [plain[name] for name in map(_plain, fields) if name in plain]
    left_out: list[Steps] = []
    if not fields and strings:
        values = _looked_at(sample, strings) if sample else {}
        read = [strings[best_path({path: sum(map(weight, values.get(path, ()))) for path in strings})]]
        left_out = [strings[path] for path, texts in values.items() if strings[path] not in read and is_prose(texts)]
    report.text_field = ", ".join(map(shown, read)) or ", ".join(fields)
    report.left_out = dict.fromkeys(map(shown, left_out), 0)
    report.missing += not read
    return _Columns(tuple(read), tuple(left_out), _source_column(schema, report))


def _source_column(schema: Any, report: RecordReport) -> Steps | None:
    """The column of strings that names the source, where one was asked for and is there."""
    if report.source.path is None:
        return None
    known = _text_columns(schema, binary=True)
    asked = (report.source.path.steps, (report.source.path.text,))
    return next((steps for steps in asked if steps in known and None not in steps), None)


def _path(steps: Steps) -> str:
    """The steps as the path that JSON would have, where a dot always goes inwards."""
    return shown(steps) if len(steps) > 1 else quoted(str(steps[0]))


def _plain(path: str) -> str:
    return path.replace("[]", "").replace('"', "")


def _looked_at(sample: Any, columns: Mapping[str, Steps]) -> dict[str, list[str]]:
    """The strings of the first rows, some megabytes of each column; none where a column is damaged."""
    import pyarrow as pa

    found: dict[str, list[str]] = {}
    for path, steps in columns.items():
        for untrusted in _named(sample, steps[0]):
            try:
                column = trusted(untrusted)
            except pa.ArrowInvalid:
                continue
            start, stop, too_large = next(slices(row_bytes(column, steps[1:]), column.nbytes), (0, 0, False))
            part = column.slice(start, 0 if too_large else stop - start)
            for rows in columns_inside(part, steps[1:]):
                found.setdefault(path, []).extend(_strings(rows.to_pylist()))
    return found


def _strings(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    if isinstance(value, bytes):
        return [value.decode("utf-8", "replace")]
    return [value] if isinstance(value, str) else []


def _named(rows: Any, name: str | None) -> list[Any]:
    """All columns of this name: there can be several, and a name alone would then be refused."""
    return [rows.column(k) for k in rows.schema.get_all_field_indices(name)]


def _parts(columns: _Columns, rows: Any, report: RecordReport) -> Iterator[tuple[list[Any], list[str]]]:
    """The columns that are read, some megabytes at a time, with the sources of their rows where these are asked for.

    The characters of columns that are left out are counted.
    """
    every = dict.fromkeys(columns.used)
    checked = {name: list(map(trusted, _named(rows, name))) for name in {steps[0] for steps in every}}
    stored = sum(column.nbytes for of_name in checked.values() for column in of_name)
    sizes = sum(
        (row_bytes(column, steps[1:]) for steps in every for column in checked[steps[0]]),
        np.zeros(rows.num_rows, np.int64),
    )
    for start, stop, too_large in slices(sizes, stored):
        if too_large:
            report.add_bad(None, lost=int(sizes[start]))
            continue
        part = {name: [column.slice(start, stop - start) for column in of] for name, of in checked.items()}
        for steps in columns.left_out:
            report.left_out[shown(steps)] += sum(map(_characters, _inside(part, steps)))
        sources = _names(_inside(part, columns.source)) if columns.source else []
        if report.source.path and not sources:
            sources = [""] * (stop - start)
        yield [inner for steps in dict.fromkeys(columns.read) for inner in _inside(part, steps)], sources


def _names(columns: list[Any]) -> list[str]:
    """The source of each row, by the first column of its name."""
    values = (_strings(value) for value in columns[0].to_pylist()) if columns else iter(())
    return [texts[0][:LONGEST_VALUE] if len(texts) == 1 else "" for texts in values]


def _inside(part: Mapping[str | None, list[Any]], steps: Steps) -> list[Any]:
    return [inner for column in part[steps[0]] for inner in columns_inside(column, steps[1:])]


def _characters(column: Any) -> int:
    import pyarrow.compute as pc

    while is_list(column.type):
        column = pc.list_flatten(column)
    strings = column.dictionary_decode() if hasattr(column, "dictionary_decode") else column
    return int(pc.sum(pc.utf8_length(_as_strings(strings))).as_py() or 0)


def _as_strings(column: Any) -> Any:
    import pyarrow as pa

    return column.view(pa.large_string() if pa.types.is_large_binary(column.type) else pa.string())


def _documents(columns: list[Any], sources: list[str], report: RecordReport) -> Iterator[Batch]:
    from pyarrow import types

    first = columns[0]
    if len(columns) == 1 and (types.is_binary(first.type) or types.is_large_binary(first.type)):
        report.missing += first.null_count
        if filled := first.drop_null():
            batch = _without_copy(filled, report)
            there = compress(sources, first.is_valid().to_pylist())
            yield replace(batch, sources=Named.of(list(there))) if sources else batch
        return
    documents, names = [], []
    for row, values in enumerate(zip(*(column.to_pylist() for column in columns), strict=True)):
        texts = [text for value in values if (text := text_of(_decoded(value, report))) is not None]
        report.missing += not texts
        if texts:
            documents.append(report.encoded("\n".join(texts)))
            names += sources[row : row + 1]
    if documents:
        yield batch_of(documents, sources=names)


def _decoded(value: Any, report: RecordReport) -> Any:
    """Strings where there are bytes, which are taken for UTF-8."""
    if isinstance(value, list):
        return [_decoded(item, report) for item in value]
    return repaired(value, report.damaged) if isinstance(value, bytes) else value


def _without_copy(column: Any, report: RecordReport) -> Batch:
    """The texts as they lie in the column, where each of them is UTF-8 from its first byte to its last."""
    from pyarrow import types

    _, offsets, data = column.buffers()
    width = np.int64 if types.is_large_binary(column.type) else np.int32
    ends = np.frombuffer(offsets, width)[column.offset : column.offset + len(column) + 1].astype(np.int64)
    text = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]] if data is not None else np.zeros(0, np.uint8)
    ends -= ends[0]
    if is_utf8(text) and whole_spans(text, ends[:-1], ends[1:]):
        _count_texts(_as_strings(column), report)
        return Batch(text, ends[:-1], ends[1:])
    raw = text.tobytes()
    texts = (repaired(raw[start:stop], report.damaged) for start, stop in pairwise(ends.tolist()))
    return batch_of([report.encoded(text) for text in texts])


def _count_texts(column: Any, report: RecordReport) -> None:
    """The characters of valid texts, and those texts that are empty or white space."""
    import pyarrow.compute as pc

    lengths = pc.utf8_length(column)
    report.characters += pc.sum(lengths).as_py() or 0
    report.empty += pc.sum(pc.or_(pc.equal(lengths, 0), pc.utf8_is_space(column))).as_py() or 0
