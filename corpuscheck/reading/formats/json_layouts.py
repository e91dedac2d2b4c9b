"""Layouts of JSON: where in a file its records are, found by a look at the first megabytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from corpuscheck.reading.formats.paths import PREFERRED, Lengths, TextPath, best_path, leaf_lengths, unquoted

EACH = "*."
"""Before a path: each value of an object whose keys are the names of its records."""

_EACH_ARRAY = "*[]"
_EACH_CELL = ".*"
_MANY_ROWS = 20
_LOOKED_AT = 1000


@dataclass(frozen=True)
class JsonLayout:
    """Where the records are, and the paths of the text inside of one.

    Attributes:
        kind: `items` of the array at `prefix` (each value where that is empty), `values` of an object, `arrays` inside
            of one, `columns` as pandas writes a table by default, or `rows`: lists whose cells have these `names`.
        shown: the paths as they are reported and asked for.
        found: the paths were found, not asked for.
    """

    kind: Literal["items", "values", "arrays", "columns", "rows"]
    paths: tuple[str, ...]
    prefix: str = ""
    names: tuple[str, ...] = ()
    shown: str = ""
    item: bool = False
    found: bool = False


def json_layout_of(values: Sequence[Any], array: bool, fields: Sequence[str]) -> JsonLayout:
    """The layout of a file that begins with these values, the last of which may go on."""
    top = values[0] if values else None
    if isinstance(top, Mapping) and len(values) == 1:
        if (layout := _table(top, fields)) is not None:
            return layout
    elif array and (width := _width(top)):
        return _in_rows("item", tuple(str(k + 1) for k in range(width)), fields)
    paths = [unquoted(name) for name in fields] or _found(values, array)
    if isinstance(top, Mapping) and len(values) == 1:
        paths = [_resolved(path, top) for path in paths]
    shown = ", ".join(path.removeprefix("[].") for path in paths)
    found = not fields
    if any(path.startswith(EACH) for path in paths):
        inside = tuple(path.removeprefix(EACH) for path in paths)
        return JsonLayout("values", inside, shown=shown, found=found)
    if any(path.startswith(_EACH_ARRAY) for path in paths):
        inside = tuple(path.removeprefix(_EACH_ARRAY).lstrip(".") for path in paths)
        return JsonLayout("arrays", tuple(filter(None, inside)), shown=shown, found=found)
    corpora = array and any(TextPath(path).corpus for path in paths)
    if array and not corpora:
        paths = [f"[].{path}" if "[]" in path and not path.startswith("[]") else path for path in paths]
    streamed = next((path.stream for path in map(TextPath, paths) if path.stream), "")
    prefix = f"item.{streamed}" if corpora else streamed or ("item" if array else "")
    return JsonLayout("items", tuple(paths), prefix, shown=shown, item=bool(streamed), found=found)


def _found(values: Sequence[Any], array: bool) -> list[str]:
    """The path with most text, a preferred name first."""
    lengths = Lengths()
    for value in values:
        leaf_lengths(value, "", lengths)
    path = best_path(lengths)
    if path.startswith("[].") and "[]" not in path[3:]:
        path = path[3:]  # a key of the array's records
    top = values[0] if values else None
    if path and not array and isinstance(top, Mapping):
        path = _of_each(path, top) or path
    return [unquoted(path)] if path else []


def _of_each(path: str, top: Mapping[str, Any]) -> str:
    """The path without its first key, where other keys of an object have the same inside; empty where none has."""
    sums: dict[str, int] = {}
    heads: dict[str, set[str]] = {}
    for name in islice(top, _LOOKED_AT):
        for inside, weight in leaf_lengths(top[name]).items():
            inside = inside.removesuffix("[]")
            sums[inside] = sums.get(inside, 0) + weight
            heads.setdefault(inside, set()).add(name)
    shared = {inside: weight for inside, weight in sums.items() if inside and len(heads[inside]) > 1}
    if not any(path == _joined(head, inside) for inside in shared for head in heads[inside]):
        return ""
    best = best_path(shared)
    return _EACH_ARRAY + best[2:] if best.startswith("[]") else EACH + best


def _joined(head: str, inside: str) -> str:
    (path,) = leaf_lengths({head: ""}) or ("",)
    return path + inside if inside.startswith("[]") else f"{path}.{inside}"


def _resolved(path: str, top: Mapping[str, Any]) -> str:
    """A name that is no key of the one object, as the one path that ends with it."""
    if path in top or "[]" in path or path.startswith(EACH) or TextPath(path).of_record(top) is not None:
        return path
    paths = {
        _EACH_ARRAY + inside[2:] if inside.startswith("[]") else EACH + inside
        for name in islice(top, _LOOKED_AT)
        for inside in (leaf.removesuffix("[]") for leaf in leaf_lengths(top[name]))
        if inside.removeprefix("[].") == path
    }
    arrays = [name for name in top if isinstance(top[name], list) and _EACH_ARRAY in "".join(paths)]
    if len(paths) == 1:
        (one,) = paths
        return f"{_joined(arrays[0], '[]')}.{path}" if len(arrays) == 1 else one
    return path


def _table(top: Mapping[str, Any], fields: Sequence[str]) -> JsonLayout | None:
    """A table as pandas writes it: by columns, or split into names and rows."""
    names, data = top.get("columns"), top.get("data")
    if isinstance(names, list) and isinstance(data, list) and all(isinstance(row, list) for row in data[:10]):
        return _in_rows("data.item", tuple(str(name) for name in names), fields)
    if not _is_by_columns(top):
        return None
    asked = [unquoted(name).replace(_EACH_CELL, "", 1) for name in fields]
    paths = asked or [unquoted(best_path(_lengths(_records_of(top))))]
    if not any(paths):
        return None
    head = max((name for name in top if paths[0].startswith(name)), key=len, default=paths[0])
    shown = ", ".join(fields) or f"{head}{_EACH_CELL}{paths[0][len(head) :]}"
    return JsonLayout("columns", tuple(paths), names=tuple(top), shown=shown, found=not fields)


def _is_by_columns(top: Mapping[str, Any]) -> bool:
    """Objects that all have row numbers for keys, or many keys in common that are more than the objects."""
    columns = list(top.values())
    if not columns or not all(isinstance(column, Mapping) and column for column in columns):
        return False
    if all(key.isdecimal() for column in columns for key in islice(column, _LOOKED_AT)):
        return not all(name.isdecimal() for name in top)
    rows = list(islice(columns[0], _LOOKED_AT))
    alike = all(list(islice(column, len(rows))) == rows[: len(column)] for column in columns)
    named = any(name.lower() in PREFERRED for name in top) and not any(row.lower() in PREFERRED for row in rows)
    return alike and named and len(rows) >= _MANY_ROWS and len(rows) > len(top)


def _records_of(top: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    first = next(iter(top.values()))
    for row in islice(first, _LOOKED_AT):
        yield {name: column[row] for name, column in top.items() if row in column}


def _lengths(records: Iterable[Any]) -> dict[str, int]:
    lengths = Lengths()
    for record in records:
        leaf_lengths(record, "", lengths)
    return lengths


def _width(items: Any) -> int:
    """The number of cells in lists that are the rows of a table: as many in each, not all of them text."""
    rows = items[:100] if isinstance(items, list) else []
    if not rows or not all(isinstance(row, list) and len(row) == len(rows[0]) for row in rows[:-1] or rows):
        return 0
    mixed = any(not isinstance(cell, str) for cell in rows[0]) and any(isinstance(cell, str) for cell in rows[0])
    return len(rows[0]) if mixed else 0


def _in_rows(prefix: str, names: tuple[str, ...], fields: Sequence[str]) -> JsonLayout:
    paths = tuple(unquoted(name) for name in fields)
    return JsonLayout("rows", paths, prefix, names, ", ".join(paths), found=not fields)
