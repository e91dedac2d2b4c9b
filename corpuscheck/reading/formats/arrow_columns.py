"""Arrow columns: nothing of what a file says about its arrays is believed before it was checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from corpuscheck.kernels.arrays import Ints
from corpuscheck.reading.formats.paths import Steps
from corpuscheck.reading.formats.records import LARGEST_RECORD

_SLICE_BYTES = 4 << 20
_HUGE = 1 << 31  # sizes are counted up to this, so that no sum of them overflows


def trusted(column: Any) -> Any:
    """The column with bytes for strings, its offsets, lengths, indices and bitmaps checked. Raises ArrowInvalid.

    As bytes, since text that is not UTF-8 is no reason to refuse a file.
    """
    column.validate()
    column = storage_of(column).view(_as_bytes(storage_of(column).type))
    column.validate(full=True)
    return _plain(column)


def storage_of(column: Any) -> Any:
    """What an extension type is made of."""
    return column.storage if hasattr(column, "storage") else column


def _as_bytes(kind: Any) -> Any:
    """The type of the same layout that has bytes for strings."""
    import pyarrow as pa
    from pyarrow import types

    for is_text, bytes_of in (
        (types.is_string, pa.binary),
        (types.is_large_string, pa.large_binary),
        (types.is_string_view, pa.binary_view),
    ):
        if is_text(kind):
            return bytes_of()
    if types.is_dictionary(kind):
        return pa.dictionary(kind.index_type, _as_bytes(kind.value_type), kind.ordered)
    if types.is_struct(kind):
        return pa.struct([field.with_type(_as_bytes(field.type)) for field in kind])
    if types.is_run_end_encoded(kind):
        return pa.run_end_encoded(kind.run_end_type, _as_bytes(kind.value_type))
    if not is_list(kind):
        return kind
    item = kind.value_field.with_type(_as_bytes(kind.value_type))
    if types.is_fixed_size_list(kind):
        return pa.list_(item, kind.list_size)
    return pa.large_list(item) if types.is_large_list(kind) else pa.list_(item)


def _plain(column: Any) -> Any:
    """Views as strings laid end to end, which is what the others are, and runs of equal values as a dictionary."""
    import pyarrow as pa
    from pyarrow import types

    if types.is_binary_view(column.type):
        return column.cast(pa.large_binary())
    if types.is_run_end_encoded(column.type):
        ends = np.asarray(column.run_ends)
        runs = np.searchsorted(ends, column.offset + np.arange(len(column)), side="right")
        return pa.DictionaryArray.from_arrays(pa.array(runs, pa.int32()), _plain(column.values))
    return column


def is_text(kind: Any, binary: bool) -> bool:
    """Whether a column of this type holds strings or lists of them, or bytes where asked for."""
    from pyarrow import types

    kind = kind.storage_type if hasattr(kind, "storage_type") else kind
    if types.is_dictionary(kind) or types.is_run_end_encoded(kind) or is_list(kind):
        return is_text(kind.value_type, binary)
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return True
    return binary and bool(types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind))


def is_list(kind: Any) -> bool:
    """Whether each value of this type is a list."""
    from pyarrow import types

    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))


def columns_inside(column: Any, steps: Steps) -> list[Any]:
    """The columns inside of structs and lists, with one value or one list of them for each row.

    There is more than one where fields have the same name.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        return columns_inside(column.dictionary_decode(), steps)
    if not steps:
        return [column]
    if steps[0] is not None:
        return [inner for field in _fields(column, steps[0]) for inner in columns_inside(field, steps[1:])]
    column = _of_any_length(column)
    kind = pa.LargeListArray if pa.types.is_large_list(column.type) else pa.ListArray
    offsets = column.offsets
    first, last = offsets[0].as_py(), offsets[-1].as_py()
    items = columns_inside(column.values.slice(first, last - first), steps[1:])
    return [kind.from_arrays(pc.subtract(offsets, first), inner) for inner in items]


def _fields(column: Any, name: str) -> list[Any]:
    """All fields of a struct that have this name."""
    import pyarrow.compute as pc

    return [pc.struct_field(column, [k]) for k in column.type.get_all_field_indices(name)]


def _of_any_length(column: Any) -> Any:
    import pyarrow as pa

    if not pa.types.is_fixed_size_list(column.type):
        return column
    return column.cast(pa.list_(column.type.value_type))


def row_bytes(column: Any, steps: Steps) -> Ints:
    """How many bytes the text of each row will have, before any of it is taken out of a dictionary."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        sizes = np.append(row_bytes(column.dictionary, steps), 0)
        return _capped(sizes[np.asarray(column.indices.cast(pa.int64()).fill_null(len(sizes) - 1))])
    if is_list(column.type):
        column = _of_any_length(column)
        below = np.append(0, np.cumsum(row_bytes(column.values, steps[1:]) + 1))
        return _capped(np.diff(below[np.asarray(column.offsets)]))
    if steps and pa.types.is_struct(column.type):
        of_fields = (row_bytes(field, steps[1:]) for field in _fields(column, str(steps[0])))
        return _capped(sum(of_fields, np.zeros(len(column), np.int64)))
    return _capped(np.asarray(pc.binary_length(column).fill_null(0), np.int64))


def _capped(sizes: Ints) -> Ints:
    return np.minimum(sizes, _HUGE)


def slices(sizes: Ints, stored: int) -> Iterator[tuple[int, int, bool]]:
    """Rows (start, stop) of some megabytes of text together, and whether they are too large to be read.

    Too large is a row of more than is `stored` for all of them, which repeats one text until memory ends.
    """
    ends = np.cumsum(sizes)
    start = 0
    while start < len(sizes):
        begun = int(ends[start] - sizes[start])
        stop = max(start + 1, int(np.searchsorted(ends, begun + _SLICE_BYTES, side="right")))
        yield start, stop, int(sizes[start]) > max(LARGEST_RECORD, stored)
        start = stop
