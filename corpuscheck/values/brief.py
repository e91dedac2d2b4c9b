"""How an object that holds tables shows itself: in a line or two, however large the corpus is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from corpuscheck.text.printable import printable

_LONGEST = 60
_FEW = 3


def brief(self: Any) -> str:
    """For ``__repr__ = brief`` in a dataclass: its fields, tables by their sizes, texts cut and safe to print."""
    shown = ", ".join(f"{field.name}={_shown(getattr(self, field.name))}" for field in fields(self))
    return f"{type(self).__name__}({shown})"


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f"'{printable(value, _LONGEST)}'"
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    if isinstance(value, bytes):
        return f"<{len(value):,} bytes>"
    if is_dataclass(value) and not isinstance(value, type):
        return f"{type(value).__name__}(…)"
    if isinstance(value, Collection):
        return _items(value)
    return f"<{type(value).__name__}>"


def _items(value: Collection[Any]) -> str:
    """A few plain items as they are, else how many."""
    plain = len(value) <= _FEW and all(item is None or isinstance(item, str | int | float) for item in value)
    if isinstance(value, Mapping) or not plain:
        return f"<{len(value):,} item{'' if len(value) == 1 else 's'}>"
    return f"({', '.join(map(_shown, value))}{',' if len(value) == 1 else ''})"
