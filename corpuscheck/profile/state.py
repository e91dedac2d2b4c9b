"""Values of a part as plain ones, by their type: tables become columns, arrays and bytes base64."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from operator import attrgetter, itemgetter
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

_PLAIN = (int, str, bool, float)


def pack(value: Any, kind: Any) -> Any:
    """A value of this type as it is written down; a dict in the order of its keys."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return None if value is None else pack(value, arguments[0])
    if origin in (dict, Mapping):
        items = sorted(value.items(), key=itemgetter(0))
        keys, values = ([item[k] for item in items] for k in (0, 1))
        return [*_columns(keys, arguments[0]), *_columns(values, arguments[1])]
    if origin is tuple and arguments[-1] is Ellipsis:
        return list(_columns(value, arguments[0]))
    if kind is bytes:
        return b64encode(value).decode()
    return value if kind in _PLAIN else [*_columns([value], kind)]


def unpack(state: Any, kind: Any) -> Any:
    """The value of this type that was written down. Raises ValueError, LookupError or TypeError for anything else."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return None if state is None else unpack(state, arguments[0])
    if origin in (dict, Mapping):
        columns = iter(_list(state))
        keys, values = (list(_rows(columns, of)) for of in arguments)
        _used_up(columns)
        known = dict(zip(keys, values, strict=True))
        if len(known) != len(keys):
            raise ValueError("a table with the same key twice")
        return known
    if origin is tuple and arguments[-1] is Ellipsis:
        columns = iter(_list(state))
        rows = tuple(_rows(columns, arguments[0]))
        _used_up(columns)
        return rows
    if kind is bytes:
        return b64decode(state, validate=True)
    return state if kind in _PLAIN else next(iter(_rows(iter(_list(state)), kind)))


def _columns(values: Sequence[Any], kind: Any) -> Iterator[Any]:
    """A list for each plain member of a row."""
    members = _members(kind)
    if members is None:
        yield list(values) if kind in _PLAIN else [pack(value, kind) for value in values]
        return
    of, get, _ = members
    columns = zip(*map(get, values), strict=True) if values else iter([()] * len(of))
    for column, member in zip(columns, of, strict=True):
        yield from _columns(column, member)


def _rows(columns: Iterator[Any], kind: Any) -> Iterable[Any]:
    members = _members(kind)
    if members is None:
        column = _list(next(columns, None))
        return column if kind in _PLAIN else [unpack(state, kind) for state in column]
    of, _, make = members
    return [make(*row) for row in zip(*(list(_rows(columns, member)) for member in of), strict=True)]


def _members(kind: Any) -> tuple[Sequence[Any], Callable[[Any], Any], Callable[..., Any]] | None:
    """The types of a row's members, how to take a row apart, and how to make it; None where it is no row."""
    arguments = get_args(kind)
    if get_origin(kind) is tuple and arguments[-1] is not Ellipsis:
        return arguments, tuple, lambda *row: row
    if is_dataclass(kind) and isinstance(kind, type):
        names = [f.name for f in fields(kind)]
        hints = get_type_hints(kind)
        return [hints[name] for name in names], attrgetter(*names), kind
    return None


def _list(state: Any) -> list[Any]:
    if not isinstance(state, list):
        raise ValueError("no columns")
    return state


def _used_up(columns: Iterator[Any]) -> None:
    if next(columns, None) is not None:
        raise ValueError("too many columns")
