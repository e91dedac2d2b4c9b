"""Part: what profiles are made of. Its fields say how they merge; one merge, one state, one check serve all parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Self, TypeVar, get_type_hints

from corpuscheck.profile.checked import LARGEST, check
from corpuscheck.profile.state import pack, unpack

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True)
class Way:
    """How one field of several parts becomes one: `join` takes its values, of parts in any order.

    `write` and `read` stand in where its type does not say how it is written down, `read` raising ValueError for what
    cannot be; `beyond` bounds the integers of the others.
    """

    join: Callable[[Sequence[Any]], Any]
    write: Callable[[Any], Any] | None = None
    read: Callable[[Any], Any] | None = None
    beyond: int = LARGEST


@dataclass(frozen=True)
class Part:
    """A frozen dataclass whose fields are made by the functions below.

    `merge` is a commutative monoid whose identity is the part without arguments. State is integers, strings and tables
    of them; ratios are properties.
    """

    def merge(self, *others: Self) -> Self:
        """The part of all of them together, in whatever order they come."""
        parts = [part for part in (self, *others) if part.filled]
        if len(parts) < 2:
            return parts[0] if parts else self
        return self._joined(parts)

    def _joined(self, parts: Sequence[Self]) -> Self:
        """The part of two and more that hold something."""
        joined = {name: way.join([getattr(part, name) for part in parts]) for name, way in ways_of(type(self)).items()}
        return type(self)(**joined).bounded()

    def bounded(self) -> Self:
        """The same, cut to what may be kept; what is cut depends on the union alone."""
        return self

    @property
    def filled(self) -> bool:
        """Whether there is anything in it."""
        nothing = _nothing(type(self))
        return any(_differs(getattr(self, name), getattr(nothing, name)) for name in ways_of(type(self)))

    def valid(self) -> None:
        """Raises ValueError where fields that are each what they should be do not belong together."""

    def to_state(self) -> dict[str, Any]:
        """Plain values: equal parts give equal states."""
        kinds = kinds_of(type(self))
        return {
            name: way.write(getattr(self, name)) if way.write else pack(getattr(self, name), kinds[name])
            for name, way in ways_of(type(self)).items()
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """Raises ValueError, LookupError or TypeError for what is no state of such a part."""
        kinds, values = kinds_of(cls), {}
        for name, way in ways_of(cls).items():
            kind = kinds[name]
            if way.read:
                values[name] = way.read(state[name])
            else:
                values[name] = unpack(state[name], kind)
                check(values[name], kind, f"{cls.__name__}.{name}", way.beyond)
        part = cls(**values)
        part.valid()
        return part


_kinds: dict[Any, dict[str, Any]] = {}
_ways: dict[Any, dict[str, Way]] = {}
_empty: dict[Any, Any] = {}


def kinds_of(kind: type[Any]) -> dict[str, Any]:
    """The type of each field of a part."""
    if kind not in _kinds:
        _kinds[kind] = get_type_hints(kind)
    return _kinds[kind]


def ways_of(kind: type[Any]) -> dict[str, Way]:
    """How each field of a part merges."""
    if kind not in _ways:
        _ways[kind] = {f.name: f.metadata["way"] for f in fields(kind)}
    return _ways[kind]


def _nothing(kind: type[Any]) -> Any:
    if kind not in _empty:
        _empty[kind] = kind()
    return _empty[kind]


def _differs(value: Any, nothing: Any) -> bool:
    if isinstance(value, Part):
        return value.filled
    return bool(len(value)) if hasattr(value, "__len__") and not isinstance(value, str) else bool(value != nothing)


def merging(way: Way | Callable[[Sequence[Any]], Any], **default: Any) -> Any:
    """A field that merges in a way of its own; `default` or `default_factory` as of a dataclass."""
    return field(metadata={"way": way if isinstance(way, Way) else Way(way)}, **default)


def total(beyond: int = LARGEST) -> Any:
    """An integer that is added up."""
    return merging(Way(sum, beyond=beyond), default=0)


def largest() -> Any:
    """An integer of which the largest counts."""
    return merging(max, default=0)


def agreed() -> Any:
    """A text that is the same in all of them: their class sees to it."""
    return merging(max, default="")


def every() -> Any:
    """True where it is of all of them."""
    return merging(all, default=True)


def some() -> Any:
    """True where it is of any of them."""
    return merging(any, default=False)


def table() -> Any:
    """Counts by key, which are added up."""
    return merging(lambda tables: added(*tables), default_factory=dict)


def table_of(join: Callable[..., Any], beyond: int = LARGEST) -> Any:
    """Values by key; those of one key are joined, as `join(one, other, ...)`."""
    way = Way(lambda tables: united(tables, join), beyond=beyond)
    return merging(way, default_factory=dict)


def part(kind: type[Part], beyond: int = LARGEST) -> Any:
    """A part of its own."""
    way = Way(lambda parts: parts[0].merge(*parts[1:]), write=Part.to_state, read=kind.from_state, beyond=beyond)
    return merging(way, default_factory=kind)


def rows(keep: Callable[[Iterable[Any]], tuple[Any, ...]] = tuple, beyond: int = LARGEST) -> Any:
    """Rows of all of them, or those that `keep` keeps of them."""
    return merging(Way(lambda tuples: keep(row for rows in tuples for row in rows), beyond=beyond), default=())


def sums(*rows: tuple[int, ...]) -> tuple[int, ...]:
    """Rows of figures added up, column by column."""
    return tuple(map(sum, zip(*rows, strict=True)))


def added(*tables: Mapping[K, int]) -> dict[K, int]:
    """The sum of tables of counts."""
    first, *others = sorted(tables, key=len, reverse=True)
    sums = dict(first)
    known = sums.get
    for other in others:
        for key, count in other.items():
            sums[key] = known(key, 0) + count
    return sums


def united(tables: Sequence[Mapping[K, V]], join: Callable[..., V]) -> dict[K, V]:
    """One table of all; the values of one key are joined at once, each time in the order of the tables."""
    found: dict[K, list[V]] = {}
    for some_of_it in tables:
        for key, value in some_of_it.items():
            found.setdefault(key, []).append(value)
    return {key: values[0] if len(values) == 1 else join(*values) for key, values in found.items()}
