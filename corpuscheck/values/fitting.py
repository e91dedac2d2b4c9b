"""Whether values that come from Python are what the fields of a dataclass take; a message lists the choices."""

from __future__ import annotations

import operator
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import is_dataclass
from functools import cache
from numbers import Real
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from corpuscheck.errors import UsageError, did_you_mean
from corpuscheck.text.printable import printable

_LARGEST = 1 << 62


def fitted(kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the fields of `kind` take them: lists as tuples, paths as text, one text as a list of one.

    Raises UsageError for the first one that does not fit.
    """
    hints = _hints(kind)
    return {name: _fitted(name, value, hints[name]) for name, value in values.items()}


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def one_of(name: str, value: Any, choices: Collection[str]) -> Any:
    """The value, which is one of the choices. Raises UsageError."""
    if isinstance(value, str) and value in choices:
        return value
    hint = did_you_mean(value, choices) if isinstance(value, str) else ""
    raise _unfit(name, f"one of {', '.join(choices)}", value, hint)


def known_names(given: Iterable[str], known: Collection[str], others: Mapping[str, str]) -> None:
    """Raises UsageError for the first name that is none of those that are known; these have `others` elsewhere."""
    for name in given:
        if name not in known:
            other = others.get(name.replace("_", "-"), "")
            hint = (
                f": did you mean '{other}'?"
                if other in known
                else did_you_mean(name, known) or f": there are {', '.join(sorted(known))}"
            )
            raise UsageError(f"unknown option '{printable(name)}'{hint}")


def path_list(paths: Any) -> list[str]:
    """One path or several, as text. Raises UsageError for anything else, and for none."""
    several = not isinstance(paths, str | bytes | os.PathLike | Mapping) and isinstance(paths, Iterable)
    found = [path_of("paths", path) for path in (paths if several else [paths])]
    if not found:
        raise UsageError("name at least one file or folder")
    return found


def path_of(name: str, value: Any) -> str:
    """A path as text. Raises UsageError for anything else."""
    if not isinstance(value, str | bytes | os.PathLike):
        raise _unfit(name, "a path" if name != "paths" else "a path, or a list of paths", value)
    path = os.fsdecode(value)
    if not path or "\0" in path:
        raise _unfit(name, "a path", value)
    return path


def _fitted(name: str, value: Any, hint: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is UnionType:
        if isinstance(value, str) and str in arguments:  # a number as people write it
            return _text(name, value)
        return None if value is None else _fitted(name, value, arguments[0])
    if origin is Literal:
        return one_of(name, value, arguments)
    if origin is tuple:
        return _several(name, value, arguments[0])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            raise _unfit(name, "a dictionary by rule, such as {'CC301': …}", value)
        return {key: _fitted(f"{name} of {key}", item, arguments[1]) for key, item in value.items()}
    if isinstance(hint, type) and is_dataclass(hint):
        if not isinstance(value, hint):
            raise _unfit(name, f"of the class {hint.__name__}", value)
        return value
    return _PLAIN[hint](name, value)


def _several(name: str, value: Any, of: Any) -> tuple[Any, ...]:
    if isinstance(value, str | os.PathLike):
        value = (value,)
    if not isinstance(value, Iterable) or isinstance(value, bytes | Mapping):
        raise _unfit(name, "a list of texts", value)
    return tuple(_fitted(name, item, of) for item in value)


def _text(name: str, value: Any) -> str:
    if isinstance(value, os.PathLike):
        return path_of(name, value)
    if not isinstance(value, str) or "\0" in value:
        raise _unfit(name, "text", value)
    return value


def flag(name: str, value: Any) -> bool:
    """True or False. Raises UsageError for anything else."""
    if type(value).__name__ not in ("bool", "bool_"):  # NumPy has its own
        raise _unfit(name, "True or False", value)
    return bool(value)


def _whole(name: str, value: Any) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        raise _unfit(name, _number(name, "a whole number"), value) from None
    if isinstance(value, bool) or abs(number) > _LARGEST:
        raise _unfit(name, _number(name, "a whole number"), value)
    return number


def _real(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise _unfit(name, _number(name, "a number"), value)
    return value if isinstance(value, int) else float(value)


_PLAIN: dict[Any, Any] = {str: _text, bool: flag, int: _whole, float: _real}


def _number(name: str, what: str) -> str:
    return f"{what} of bytes" if name.endswith("_bytes") else what


def _unfit(name: str, what: str, value: Any, hint: str = "") -> UsageError:
    shown = printable(repr(value), 60) if not is_dataclass(value) else type(value).__name__
    return UsageError(f"{name} must be {what}, not {shown}{hint}")
