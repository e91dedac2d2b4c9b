"""Columns of 64 bits, and bytes, kept packed: what tables of millions of rows are made of."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from corpuscheck.arrays import Hashes, Ints

HASHES, COUNTS = np.dtype("<u8"), np.dtype("<i8")


def rows_below(hashes: Hashes, level: int) -> int:
    """How many of the ascending hashes a table of this level keeps: those below 2^(64-level)."""
    return int(np.searchsorted(hashes, np.uint64(1 << (64 - level)))) if level else len(hashes)


def bounded(hashes: Hashes, most: int, level: int) -> tuple[int, int]:
    """The lowest level, from `level` up, at which at most `most` of the ascending hashes stay; and how many do."""
    below = rows_below(hashes, level)
    while below > most and level < 64:
        level += 1
        below = rows_below(hashes, level)
    return level, below


def first_rows(*columns: Hashes | Ints) -> Ints:
    """The rows of sorted columns that differ from the row before."""
    if not len(columns[0]):
        return np.zeros(0, np.int64)
    new = np.zeros(len(columns[0]) - 1, np.bool_)
    for column in columns:
        new |= column[1:] != column[:-1]
    return np.flatnonzero(np.concatenate(([True], new)))


def ranks(groups: Hashes, members: Hashes) -> Ints:
    """The number of each row's member among the distinct ones of its group, from 0; rows are ascending by both."""
    numbers = np.zeros(len(groups), np.int64)
    numbers[first_rows(groups, members)] = 1
    numbers = np.cumsum(numbers)
    first = first_rows(groups)
    return numbers - np.repeat(numbers[first], np.diff(np.append(first, len(groups))))


def unpacked(part: Any, kinds: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a part as arrays, by name."""
    return {name: np.frombuffer(getattr(part, name), kind) for name, kind in kinds.items()}


def packed(columns: Any, kinds: Mapping[str, Any], end: int) -> dict[str, bytes]:
    """The first rows of columns, ready to be kept."""
    return {name: getattr(columns, name)[:end].astype(kind).tobytes() for name, kind in kinds.items()}


def packed_state(part: Any, names: Iterable[str]) -> dict[str, Any]:
    """The columns of a part as text."""
    return {"level": part.level, **{name: b64encode(getattr(part, name)).decode() for name in names}}


def columns_of(state: dict[str, Any], widths: Mapping[str, int]) -> tuple[int, dict[str, bytes]]:
    """The level and the columns, by name, each of rows of so many bytes. Raises ValueError where they disagree."""
    columns = {name: b64decode(state[name], validate=True) for name in widths}
    rows = {len(column) / widths[name] for name, column in columns.items()}
    if len(rows) != 1 or not rows.pop().is_integer() or not 0 <= int(state["level"]) <= 64:
        raise ValueError("columns of different lengths")
    return int(state["level"]), columns


_MOST = 1 << 40
_BEYOND = float(1 << 62)


def check_counts(*columns: bytes) -> None:
    """Raises ValueError for figures below zero, or beyond what columns of 64 bits can add up."""
    for column in columns:
        figures = np.frombuffer(column, COUNTS)
        if len(figures) and (figures.min() < 0 or figures.max() > _MOST):
            raise ValueError("figures that cannot be")


def check_products(one: bytes, other: bytes) -> None:
    """Raises ValueError where the sum of their products does not fit."""
    if np.dot(np.frombuffer(one, COUNTS).astype(np.float64), np.frombuffer(other, COUNTS).astype(np.float64)) > _BEYOND:
        raise ValueError("figures that cannot be")
