"""Table: a part of millions of rows, kept in columns, and bounded by the hash of its rows."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.alike import repeated
from corpuscheck.kernels.arrays import Hashes, Ints
from corpuscheck.profile.part import Part, Way, largest, merging, ways_of
from corpuscheck.values.brief import brief

_MOST = 1 << 40
PLACES = (1 << 63) - 1
"""The largest place: that of a range of a file is far above any figure."""

_BEYOND = float(1 << 62)


@dataclass(frozen=True)
class Column(Way):
    """A column of a table. Of rows with equal keys `reduce` makes one, else the first row's figure counts."""

    reduce: np.ufunc | None = None
    key: bool = False


def hash64(key: bool = False) -> Any:
    """A column of 64-bit hashes, uint64. Rows with equal keys are one row."""
    return _column("<u8", key=key)


def summed() -> Any:
    """A column of figures, int64, that are added up."""
    return _column("<i8", np.add)


def least(most: int = _MOST) -> Any:
    """A column of figures, int64, none beyond `most`, of which the least counts."""
    return _column("<i8", np.minimum, beyond=most)


def most(most: int = _MOST) -> Any:
    """A column of figures, int64, none beyond `most`, of which the largest counts."""
    return _column("<i8", np.maximum, beyond=most)


def first(most: int = _MOST) -> Any:
    """A column of figures, int64, none beyond `most`, that is the first row's."""
    return _column("<i8", beyond=most)


def first_bytes(width: int) -> Any:
    """A column of `width` bytes each, uint8, that is the first row's."""
    return _column("u1", width=width)


def _column(dtype: str, reduce: np.ufunc | None = None, key: bool = False, width: int = 1, beyond: int = _MOST) -> Any:
    written, known = written_as(dtype, width, beyond)
    return merging(Column(np.concatenate, written, known, reduce=reduce, key=key), **no_rows(dtype, width))


def no_rows(dtype: str, width: int = 1) -> dict[str, Callable[[], NDArray[Any]]]:
    """The default of a field that holds an array."""
    nothing = np.zeros((0, width) if width > 1 else 0, dtype)
    return {"default_factory": lambda: nothing}


def written_as(
    dtype: str, width: int = 1, most: int = _MOST
) -> tuple[Callable[[NDArray[Any]], str], Callable[[str], NDArray[Any]]]:
    """How an array is written down, and how it is read. Raises ValueError for figures that cannot be."""

    def written(column: NDArray[Any]) -> str:
        return b64encode(column.astype(dtype).tobytes()).decode()

    def known(state: str) -> NDArray[Any]:
        column = np.frombuffer(b64decode(state, validate=True), dtype)
        if column.dtype.kind == "i" and len(column) and not 0 <= int(column.min()) <= int(column.max()) <= most:
            raise ValueError("figures that cannot be")
        return column.reshape(-1, width) if width > 1 else column

    return written, known


@dataclass(frozen=True, eq=False, repr=False)
class Table(Part):
    """Rows ascending by their keys, the first of which is a hash.

    Up to `MOST` rows hold everything. Beyond, only the hashes below 2^(64-level) are kept, a sample of 1 in 2^level
    that depends on the union alone, so merging is exact in any order. `ORDER` names the columns by which the first of
    rows with equal keys is known, with a - before those of which the largest comes first.
    """

    __repr__ = brief

    MOST: ClassVar[int]
    ORDER: ClassVar[tuple[str, ...]] = ()

    level: int = largest()

    def __len__(self) -> int:
        return len(getattr(self, _columns_of(type(self))[0]))

    def __eq__(self, other: object) -> bool:
        return equal_parts(self, other) if isinstance(other, Table) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    @property
    def exact(self) -> bool:
        """Whether every row is here."""
        return self.level == 0

    def _joined(self, parts: Sequence[Self]) -> Self:
        figures = {name: way for name, way in ways_of(type(self)).items() if not isinstance(way, Column)}
        joined = {name: way.join([getattr(part, name) for part in parts]) for name, way in figures.items()}
        return replace(type(self)(), **joined)._made_of(parts)

    def bounded(self) -> Self:
        """Rows in order, those of equal keys made one, as many as may be kept."""
        return self._made_of([self])

    def _made_of(self, parts: Sequence[Self]) -> Self:
        """The rows of all parts, one column after the other: millions of rows take much memory."""
        ways = _ways_of(type(self))

        def whole(name: str) -> NDArray[Any]:
            columns = [getattr(part, name) for part in parts]
            return columns[0] if len(columns) == 1 else np.concatenate(columns)

        keys = [whole(name) for name, way in ways.items() if way.key]
        ranking = [*keys, *(-whole(name[1:]) if name[0] == "-" else whole(name) for name in self.ORDER)]
        if self.level:
            inside = np.flatnonzero(_inside(keys[0], self.level))
            order = inside[ordered(*(column[inside] for column in ranking))]
        else:
            order = ordered(*ranking)
        del ranking
        keys = [column[order] for column in keys]
        kept = self._limit(*keys)
        if kept is not None:
            order, keys = order[kept], [column[kept] for column in keys]
        starts = first_rows(*keys)
        level, below = lowest_level(keys[0] if len(starts) == len(order) else keys[0][starts], self.MOST, self.level)
        if below < len(starts):
            order, starts = order[: starts[below]], starts[:below]
        columns = dict(zip((name for name, way in ways.items() if way.key), keys, strict=True))
        for name, way in ways.items():
            column = columns.pop(name)[: len(order)] if way.key else whole(name)[order]
            columns[name] = column.copy() if len(starts) == len(order) else _one_each(column, starts, way.reduce)
        return replace(self, level=level, **columns)

    def _limit(self, *keys: Any) -> NDArray[np.bool_] | None:
        """Where one key may not have as many rows as there are: the rows that stay, or keys rewritten in place."""
        return None

    def valid(self) -> None:
        """Raises ValueError for columns that do not belong together."""
        names = _columns_of(type(self))
        if len({len(getattr(self, name)) for name in names}) != 1 or self.level > 64:
            raise ValueError("columns of different lengths")
        keys = getattr(self, names[0])
        if len(keys) and (np.any(keys[1:] < keys[:-1]) or len(keys) > lowest_level(keys, len(keys), self.level)[1]):
            raise ValueError("hashes that cannot be")

    def below(self, level: int) -> Self:
        """The rows that a table of this level would have kept."""
        return self.chosen(_inside(getattr(self, _columns_of(type(self))[0]), level)) if level else self

    def chosen(self, rows: Any) -> Self:
        """Some of the rows, in this order."""
        return replace(self, **_rows({name: getattr(self, name) for name in _columns_of(type(self))}, rows))


def equal_parts(one: Part, other: Part) -> bool:
    """Whether two parts that hold arrays are of one kind and hold the same."""
    if type(one) is not type(other):
        return False
    return all(np.array_equal(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))


def _ways_of(kind: type[Table]) -> dict[str, Column]:
    return {name: way for name, way in ways_of(kind).items() if isinstance(way, Column)}


def _columns_of(kind: type[Table]) -> tuple[str, ...]:
    return tuple(_ways_of(kind))


def _inside(hashes: Hashes, level: int) -> NDArray[np.bool_]:
    return hashes < np.uint64(1 << (64 - level))


def _rows(columns: dict[str, Any], rows: Any) -> dict[str, Any]:
    return {name: column[rows] for name, column in columns.items()}


def _one_each(column: NDArray[Any], starts: Ints, reduce: np.ufunc | None) -> NDArray[Any]:
    reduced: NDArray[Any] = column[starts] if reduce is None else reduce.reduceat(column, starts)
    return reduced


def lowest_level(hashes: Hashes, most: int, level: int) -> tuple[int, int]:
    """The lowest level, from `level` up, at which at most `most` of the ascending hashes stay; and how many do."""
    below = _rows_below(hashes, level)
    while below > most and level < 64:
        level += 1
        below = _rows_below(hashes, level)
    return level, below


def _rows_below(hashes: Hashes, level: int) -> int:
    return int(np.searchsorted(hashes, np.uint64(1 << (64 - level)))) if level else len(hashes)


def ordered(hashes: Hashes, *others: Hashes | Ints) -> Ints:
    """Rows ascending by hash, then by the other columns: these are looked at only where hashes are equal."""
    order = np.argsort(hashes, kind="stable")  # runs that are sorted already are merged
    if not others or len(order) < 2:
        return order
    ranked = hashes[order]
    same = ranked[1:] == ranked[:-1]
    tied = np.zeros(len(order), np.bool_)
    tied[1:] |= same
    tied[:-1] |= same
    places = np.flatnonzero(tied)
    if len(places):
        rows = order[places]
        order[places] = rows[np.lexsort((*(column[rows] for column in reversed(others)), hashes[rows]))]
    return order


def several(keys: Hashes) -> Ints:
    """The rows whose key another row has too, found without sorting all of them."""
    out = np.zeros(len(keys), np.uint8)
    repeated(keys, np.full(2 << len(keys).bit_length(), -1, np.int32), out)
    return np.flatnonzero(out)


def first_rows(*columns: Hashes | Ints) -> Ints:
    """The rows of sorted columns that differ from the row before."""
    if not len(columns[0]):
        return np.zeros(0, np.int64)
    new = np.zeros(len(columns[0]) - 1, np.bool_)
    for column in columns:
        new |= column[1:] != column[:-1]
    return np.flatnonzero(np.concatenate(([True], new)))


def ranks(groups: Hashes, *members: Hashes) -> Ints:
    """The number of each row's member among the distinct ones of its group, from 0; rows are ascending by all."""
    numbers = np.zeros(len(groups), np.int64)
    numbers[first_rows(groups, *members)] = 1
    numbers = np.cumsum(numbers)
    starts = first_rows(groups)
    return numbers - np.repeat(numbers[starts], np.diff(np.append(starts, len(groups))))


def check_products(one: Ints, other: Ints) -> None:
    """Raises ValueError where the sum of their products does not fit in 64 bits."""
    if np.dot(one.astype(np.float64), other.astype(np.float64)) > _BEYOND:
        raise ValueError("figures that cannot be")
