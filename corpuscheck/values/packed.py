"""Packed: rows of a dataclass kept in columns, each row made when it is asked for. There may be millions of files."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from itertools import chain, islice, repeat
from operator import attrgetter
from types import UnionType
from typing import Annotated, Any, Generic, Self, TypeVar, cast, get_args, get_origin, get_type_hints, overload

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import Ints

T = TypeVar("T")

_AT_ONCE = 1024
"""Rows that are made, or packed, together."""

_NONE = -1

DISTINCT = "distinct"
UNSIGNED = "unsigned"

Distinct = Annotated[str, DISTINCT]
"""The type of a field whose text is another one in each row."""

Bits64 = Annotated[int, UNSIGNED]
"""The type of a field from 0 to 2^64 - 1; other integers have a sign."""


@dataclass(frozen=True)
class _Numbers:
    """Integers; where they may be None, -1 stands for it, and there are no others below 0."""

    numbers: NDArray[Any]
    optional: bool = False

    @classmethod
    def of(cls, values: Sequence[Any], kind: Any) -> Self:
        dtype = np.uint64 if UNSIGNED in get_args(kind) else np.int64
        optional = type(None) in get_args(kind)
        known = [_NONE if value is None else value for value in values] if optional else values
        return cls(np.array(known, dtype), optional)

    def __len__(self) -> int:
        return len(self.numbers)

    def listed(self, start: int, stop: int) -> list[Any]:
        values: list[Any] = self.numbers[start:stop].tolist()
        return [None if value < 0 else value for value in values] if self.optional else values

    def chosen(self, rows: Ints) -> Self:
        return replace(self, numbers=self.numbers[rows])

    def joined(self, others: Sequence[Self]) -> Self:
        return replace(self, numbers=np.concatenate([self.numbers, *(other.numbers for other in others)]))

    def to_state(self) -> Any:
        return _written(self.numbers)

    @classmethod
    def from_state(cls, state: Any, kind: Any) -> Self:
        nothing = cls.of((), kind)
        return replace(nothing, numbers=_known(state, nothing.numbers.dtype))


@dataclass(frozen=True)
class _Texts:
    """Texts that are all different, laid end to end. Names of files need not be Unicode."""

    data: bytes
    ends: Ints

    @classmethod
    def of(cls, values: Sequence[str], _: Any) -> Self:
        encoded = [value.encode("utf-8", "surrogatepass") for value in values]
        return cls(b"".join(encoded), np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded))))

    def __len__(self) -> int:
        return len(self.ends)

    def listed(self, start: int, stop: int) -> list[str]:
        at, texts = int(self.ends[start - 1]) if start else 0, []
        for end in self.ends[start:stop].tolist():
            texts.append(self.data[at:end].decode("utf-8", "surrogatepass"))
            at = end
        return texts

    def chosen(self, rows: Ints) -> Self:
        ends = self.ends[rows]
        starts = np.where(rows > 0, self.ends[rows - 1], 0)
        held = []
        for at in range(0, len(rows), _AT_ONCE):
            some = zip(starts[at : at + _AT_ONCE].tolist(), ends[at : at + _AT_ONCE].tolist(), strict=True)
            held.append(b"".join([self.data[start:end] for start, end in some]))
        return type(self)(b"".join(held), np.cumsum(ends - starts))

    def order(self) -> Ints:
        """The rows in the order of their texts: UTF-8 sorts as code points do.

        Eight bytes are compared at a time, and the next eight only of rows that are equal so far: the texts themselves,
        as Python has them, would take three times the memory.
        """
        lengths = np.diff(self.ends, prepend=0)
        eights: NDArray[Any] = np.ndarray(len(self.data) + 1, ">u8", self.data + bytes(8), strides=1)
        order = np.arange(len(lengths))
        groups, tied, at = (
            np.zeros_like(order),
            order.copy(),
            0,
        )  # rows that are equal so far, at these places in the order
        while len(tied):
            rows = order[tied]
            left = np.clip(lengths[rows] - at, 0, 8)
            cut = (8 * (8 - np.maximum(left, 1))).astype(np.uint64)
            words = eights[self.ends[rows] - np.maximum(lengths[rows] - at, 0)].astype(np.uint64) >> cut << cut
            words[left == 0] = 0
            by = np.lexsort((left, words, groups))
            order[tied], groups, words, left = rows[by], groups[by], words[by], left[by]
            new = np.ones(len(tied), np.bool_)
            new[1:] = (groups[1:] != groups[:-1]) | (words[1:] != words[:-1]) | (left[1:] != left[:-1])
            groups = np.cumsum(new)
            more = (np.bincount(groups)[groups] > 1) & (left == 8)
            tied, groups, at = tied[more], groups[more], at + 8
        return order

    def joined(self, others: Sequence[Self]) -> Self:
        parts = [self, *others]
        shifts = np.cumsum([0, *(len(part.data) for part in parts[:-1])])
        ends = [part.ends + shift for part, shift in zip(parts, shifts, strict=True)]
        return type(self)(b"".join(part.data for part in parts), np.concatenate(ends))

    def to_state(self) -> Any:
        return [b64encode(self.data).decode(), _written(self.ends)]

    @classmethod
    def from_state(cls, state: Any, _: Any) -> Self:
        data, ends = b64decode(state[0], validate=True), _known(state[1], np.dtype(np.int64))
        if np.any(np.diff(ends, prepend=0) < 0) or (int(ends[-1]) if len(ends) else 0) != len(data):
            raise ValueError("texts that do not belong together")
        data.decode("utf-8", "surrogatepass")
        return cls(data, ends)


@dataclass(frozen=True)
class Few:
    """Values of which there are few: each once, and for every row the number of its value."""

    values: list[Any]
    numbers: NDArray[np.uint32]

    @classmethod
    def of(cls, values: Sequence[Any], _: Any) -> Self:
        known: dict[Any, int] = {}
        numbers = [known.setdefault(_hashable(value), len(known)) for value in values]
        first = dict(zip(reversed(numbers), reversed(values), strict=True))
        return cls([first[k] for k in range(len(known))], np.array(numbers, np.uint32))

    def __len__(self) -> int:
        return len(self.numbers)

    def listed(self, start: int, stop: int) -> list[Any]:
        return list(map(self.values.__getitem__, self.numbers[start:stop].tolist()))

    def chosen(self, rows: Ints) -> Self:
        return replace(self, numbers=self.numbers[rows])

    def joined(self, others: Sequence[Self]) -> Self:
        parts = (self, *others)
        table = self.of([value for part in parts for value in part.values], None)
        renumbered, at = [], 0
        for part in parts:
            renumbered.append(table.numbers[at : at + len(part.values)][part.numbers])
            at += len(part.values)
        return type(self)(table.values, np.concatenate(renumbered))

    def to_state(self) -> Any:
        return [self.values, _written(self.numbers)]

    @classmethod
    def from_state(cls, state: Any, _: Any) -> Self:
        values, numbers = list(state[0]), _known(state[1], np.dtype(np.uint32))
        if len(numbers) and int(numbers.max()) >= len(values):
            raise ValueError("values that are not there")
        return cls(values, numbers)


class Packed(Sequence[T], Generic[T]):
    """Rows of one kind of dataclass. Columns in which every row has the default of its field are not kept."""

    def __init__(self, kind: type[T], size: int = 0, columns: Mapping[str, Any] | None = None) -> None:
        self._kind, self._size, self._columns = kind, size, dict(columns or {})

    @classmethod
    def of(cls, kind: type[T], rows: Iterable[T]) -> Self:
        """The rows, packed."""
        rows = list(rows)
        names = tuple(_kinds(kind))
        columns = {}
        for name, values in zip(names, zip(*map(attrgetter(*names), rows), strict=True), strict=bool(rows)):
            if values.count(_default(kind, name)) < len(values):
                columns[name] = _column(kind, name).of(values, _kinds(kind)[name])
        return cls(kind, len(rows), columns)

    @classmethod
    def of_columns(cls, kind: type[T], **columns: Sequence[Any] | NDArray[Any] | Few) -> Self:
        """Rows whose every field is given as a column."""
        kept = {
            name: values if isinstance(values, Few) else _column(kind, name).of(values, _kinds(kind)[name])
            for name, values in columns.items()
        }
        return cls(kind, len(next(iter(kept.values()))), kept)

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Packed[T]: ...
    def __getitem__(self, at: int | slice) -> T | Packed[T]:
        if isinstance(at, slice):
            return self.chosen(np.arange(*at.indices(self._size)))
        row = range(self._size)[at]
        return self._kind(*(self._listed(name, row, row + 1)[0] for name in _kinds(self._kind)))

    def __iter__(self) -> Iterator[T]:
        return map(self._kind, *(self.values(name) for name in _kinds(self._kind)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Packed):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{self._size:,} × {self._kind.__name__}>"

    def values(self, name: str) -> Iterator[Any]:
        """One field of every row."""
        if name not in self._columns:
            return repeat(_default(self._kind, name), self._size)
        starts = range(0, self._size, _AT_ONCE)
        return chain.from_iterable(self._listed(name, at, min(at + _AT_ONCE, self._size)) for at in starts)

    def numbers(self, name: str) -> NDArray[Any]:
        """One field of every row, where that is an integer and no None."""
        kind = _kinds(self._kind)[name]
        if column := self._columns.get(name):
            numbers: NDArray[Any] = column.numbers
            return numbers
        same = [_default(self._kind, name)] if self._size else []
        return _Numbers.of(same, kind).numbers.repeat(self._size)

    def ranks(self, name: str) -> Ints:
        """Numbers that are in order as the values of one field are, of which there are few."""
        column = self._whole(name)
        order = sorted(range(len(column.values)), key=column.values.__getitem__)
        ranks = np.empty(len(order), np.int64)
        ranks[order] = np.arange(len(order))
        found: Ints = ranks[column.numbers]
        return found

    def where(self, name: str, wanted: Callable[[Any], bool]) -> Ints:
        """The numbers of the rows in which a field is as wanted."""
        return np.flatnonzero(np.fromiter(map(wanted, self.values(name)), np.bool_, self._size))

    def ordered(self, name: str, key: Callable[[str], str] | None = None) -> Packed[T]:
        """The rows in the order of a field of text, or of the text that `key` makes of it."""
        texts, nothing = self.values(name) if key is None else map(key, self.values(name)), _Texts.of((), str)
        some = iter(lambda: list(islice(texts, _AT_ONCE)), [])
        return self.chosen(nothing.joined([_Texts.of(values, str) for values in some]).order())

    def chosen(self, rows: Any) -> Packed[T]:
        """The rows with these numbers, in this order."""
        rows = np.asarray(rows, np.int64)
        return Packed(self._kind, len(rows), {name: c.chosen(rows) for name, c in self._columns.items()})

    def merge(self, *others: Packed[T]) -> Packed[T]:
        """The rows of all, one after the other."""
        parts = [part for part in (self, *others) if len(part)]
        if len(parts) < 2:
            return parts[0] if parts else self
        columns = {}
        for name in dict.fromkeys(name for part in parts for name in part._columns):
            first, *rest = (part._whole(name) for part in parts)
            columns[name] = first.joined(rest)
        return Packed(self._kind, sum(map(len, parts)), columns)

    def to_state(self) -> dict[str, Any]:
        """Plain values."""
        return {"rows": self._size, **{name: column.to_state() for name, column in self._columns.items()}}

    @classmethod
    def from_state(cls, kind: type[T], state: Mapping[str, Any]) -> Self:
        """Raises ValueError, LookupError or TypeError for what is no such state."""
        size, kinds = int(state["rows"]), _kinds(kind)
        columns = {
            name: _column(kind, name).from_state(column, kinds[name])
            for name, column in state.items()
            if name != "rows"
        }
        if any(len(column) != size for column in columns.values()):
            raise ValueError("columns of different lengths")
        return cls(kind, size, columns)

    def _whole(self, name: str) -> Any:
        if name in self._columns:
            return self._columns[name]
        one = _column(self._kind, name).of([_default(self._kind, name)], _kinds(self._kind)[name])
        return one.chosen(np.zeros(self._size, np.int64))

    def _listed(self, name: str, start: int, stop: int) -> list[Any]:
        if name in self._columns:
            return cast(list[Any], self._columns[name].listed(start, stop))
        return [_default(self._kind, name)] * (stop - start)


class Packing(Sequence[T], Generic[T]):
    """Rows as they come. They may be changed until they are settled."""

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind
        self._settled: list[Packed[T]] = []
        self._starts: list[int] = []
        self._size = 0
        self._open: list[T] = []

    def __len__(self) -> int:
        return self._size + len(self._open)

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> list[T]: ...
    def __getitem__(self, at: int | slice) -> T | list[T]:
        if isinstance(at, slice):
            return [self[k] for k in range(len(self))[at]]
        row = at if at >= 0 else range(len(self))[at]
        if row >= self._size:
            return self._open[row - self._size]
        number = int(np.searchsorted(self._starts, row, "right")) - 1
        return self._settled[number][row - self._starts[number]]

    def append(self, row: T) -> None:
        """One more."""
        self._open.append(row)

    def settle(self, before: int) -> None:
        """The rows before this one stay as they are. They are packed, when there are enough of them."""
        ready = before - self._size
        if ready >= _AT_ONCE:
            self._starts.append(self._size)
            self._settled.append(Packed.of(self._kind, self._open[:ready]))
            self._size += ready
            del self._open[:ready]

    def finish(self) -> Packed[T]:
        """All of them."""
        last = Packed.of(self._kind, self._open)
        return self._settled[0].merge(*self._settled[1:], last) if self._settled else last


_fields: dict[Any, tuple[dict[str, Any], dict[str, Any]]] = {}


def _fields_of(kind: type[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The type and the default of each field."""
    if kind not in _fields:
        hints = get_type_hints(kind, include_extras=True)
        made = {f.name: f.default if f.default_factory is MISSING else f.default_factory() for f in fields(kind)}
        _fields[kind] = {name: hints[name] for name in made}, made
    return _fields[kind]


def _kinds(kind: type[Any]) -> dict[str, Any]:
    return _fields_of(kind)[0]


def _default(kind: type[Any], name: str) -> Any:
    return _fields_of(kind)[1][name]


def _column(kind: type[Any], name: str) -> type[Any]:
    """How a field is kept."""
    of = _kinds(kind)[name]
    if get_origin(of) in (Annotated, UnionType):
        of, *more = get_args(of)
        if DISTINCT in more:
            return _Texts
    return _Numbers if of is int else Few


def _hashable(value: Any) -> Any:
    return tuple(value.items()) if isinstance(value, Mapping) else value


def _written(column: NDArray[Any]) -> str:
    return b64encode(column.astype(column.dtype.newbyteorder("<")).tobytes()).decode()


def _known(state: str, dtype: np.dtype[Any]) -> NDArray[Any]:
    return np.frombuffer(b64decode(state, validate=True), dtype.newbyteorder("<")).astype(dtype)
