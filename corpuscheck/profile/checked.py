"""Whether a part that was read from a file holds what its fields say: a profile may have been edited by hand."""

from __future__ import annotations

from dataclasses import is_dataclass
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

_BEYOND = 1 << 60


def check(value: Any, kind: Any, name: str) -> None:
    """Raises ValueError where `value` is not of this kind, or holds a number below zero or beyond all counting."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is dict:
        _expect(isinstance(value, dict), name)
        for items, of in ((value.keys(), arguments[0]), (value.values(), arguments[1])):
            _check_all(items, of, name)
    elif origin is tuple:
        _expect(isinstance(value, tuple), name)
        if arguments[-1] is Ellipsis:
            _check_all(value, arguments[0], name)
        else:
            _expect(len(value) == len(arguments), name)
            for item, of in zip(value, arguments, strict=True):
                check(item, of, name)
    elif origin is UnionType:
        if value is not None:
            check(value, arguments[0], name)
    elif is_dataclass(kind):
        for field, of in get_type_hints(kind).items():
            check(getattr(value, field), of, f"{name}.{field}")
    else:
        _check_all((value,), kind, name)


def _check_all(values: Any, kind: Any, name: str) -> None:
    if kind is int:
        _expect(all(type(value) is int and 0 <= value < _BEYOND for value in values), name)
    elif isinstance(kind, type):
        _expect(all(type(value) is kind for value in values), name)
    else:
        for value in values:
            check(value, kind, name)


def _expect(right: bool, name: str) -> None:
    if not right:
        raise ValueError(f"{name} is not what it should be")
