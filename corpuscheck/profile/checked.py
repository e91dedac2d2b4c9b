"""Whether a part that was read from a file holds what its fields say: a profile may have been edited by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

LARGEST = 1 << 60
"""What a figure of a part may not reach."""
BITS_64 = 1 << 64


def check_plain(state: Any, name: str) -> None:
    """Raises ValueError where a state holds anything but texts, truths and whole numbers from 0 to 64 bits."""
    if isinstance(state, dict):
        for key, value in state.items():
            check_plain(value, f"{name}.{key}")
    elif isinstance(state, list):
        kinds = set(map(type, state))
        if kinds == {int}:
            _expect(min(state) >= 0 and max(state) < BITS_64, name)
        elif kinds - {str}:
            for value in state:
                check_plain(value, name)
    else:
        _expect(state is None or isinstance(state, str | bool) or (type(state) is int and state >= 0), name)


def check(value: Any, kind: Any, name: str, beyond: int = LARGEST) -> None:
    """Raises ValueError where `value` is not of this kind, or holds a number below zero or beyond all counting."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (dict, Mapping):
        _expect(isinstance(value, Mapping), name)
        for items, of in ((value.keys(), arguments[0]), (value.values(), arguments[1])):
            _check_all(items, of, name, beyond)
    elif origin is tuple:
        _expect(isinstance(value, tuple), name)
        if arguments[-1] is Ellipsis:
            _check_all(value, arguments[0], name, beyond)
        else:
            _expect(len(value) == len(arguments), name)
            for item, of in zip(value, arguments, strict=True):
                check(item, of, name, beyond)
    elif origin is UnionType:
        if value is not None:
            check(value, arguments[0], name, beyond)
    elif is_dataclass(kind):
        for field, of in get_type_hints(kind).items():
            check(getattr(value, field), of, f"{name}.{field}", beyond)
    else:
        _check_all((value,), kind, name, beyond)


def _check_all(values: Any, kind: Any, name: str, beyond: int) -> None:
    """The same for many values, column by column where they are rows: a profile has hundreds of thousands."""
    arguments = get_args(kind)
    if kind is int:
        _expect(all(type(value) is int and 0 <= value < beyond for value in values), name)
    elif is_dataclass(kind):
        rows = list(values)
        _expect(all(type(row) is kind for row in rows), name)
        for field, of in get_type_hints(kind).items():
            _check_all([getattr(row, field) for row in rows], of, f"{name}.{field}", beyond)
    elif isinstance(kind, type):
        _expect(all(type(value) is kind for value in values), name)
    elif get_origin(kind) is tuple and Ellipsis not in arguments:
        rows = list(values)
        _expect(all(type(row) is tuple and len(row) == len(arguments) for row in rows), name)
        for column, of in zip(zip(*rows, strict=True), arguments, strict=bool(rows)):
            _check_all(column, of, name, beyond)
    else:
        for value in values:
            check(value, kind, name, beyond)


def _expect(right: bool, name: str) -> None:
    if not right:
        raise ValueError(f"{name} is not what it should be")
