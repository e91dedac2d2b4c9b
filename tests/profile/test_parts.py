"""A part says by its fields how it merges: one merge, one state and one check serve all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest

from corpuscheck.kernels.arrays import Bytes, Hashes, Ints
from corpuscheck.profile.part import (
    Part,
    agreed,
    every,
    kinds_of,
    largest,
    part,
    rows,
    some,
    table,
    table_of,
    total,
    ways_of,
)
from corpuscheck.profile.profile import Profile
from corpuscheck.profile.table import Table, first, first_bytes, hash64, least, most, summed
from corpuscheck.running.partial import Partial


@dataclass(frozen=True)
class Row:
    name: str
    amount: int


@dataclass(frozen=True)
class Inner(Part):
    documents: int = total()


@dataclass(frozen=True)
class Outer(Part):
    size: int = total()
    level: int = largest()
    name: str = agreed()
    complete: bool = every()
    sampled: bool = some()
    counts: dict[str, int] = table()
    places: dict[int, tuple[str, int]] = table_of(min)
    worst: tuple[Row, ...] = rows(lambda found: tuple(sorted(found, key=lambda row: (-row.amount, row.name))[:2]))
    inner: Inner = part(Inner)
    maybe: dict[str, int | None] = table_of(max)


ONE = Outer(
    1, 2, "x", True, False, {"a": 1}, {7: ("b", 1)}, (Row("a", 5), Row("b", 1)), Inner(3), {"n": None, "m": 4},
)  # fmt: skip
OTHER = Outer(10, 1, "x", False, True, {"a": 2, "b": 3}, {7: ("a", 9)}, (Row("c", 4),), Inner(4))
BOTH = Outer(
    11, 2, "x", False, True, {"a": 3, "b": 3}, {7: ("a", 9)}, (Row("a", 5), Row("c", 4)), Inner(7),
    {"n": None, "m": 4},
)  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Texts(Table):
    MOST: ClassVar[int] = 4
    ORDER: ClassVar[tuple[str, ...]] = ("places",)

    hashes: Hashes = hash64(key=True)
    counts: Ints = summed()
    places: Ints = least()
    lasts: Ints = most()
    sizes: Ints = first()
    marks: Bytes = first_bytes(2)


def texts(*table: tuple[int, int, int, int, int, int]) -> Texts:
    """Rows (hash, count, place, last, size, mark)."""
    hashes, counts, places, lasts, sizes, marks = zip(*table, strict=True)
    figures = [np.array(column, np.int64) for column in (counts, places, lasts, sizes)]
    marked = np.array([[mark, mark] for mark in marks], np.uint8)
    return Texts(0, np.array(hashes, np.uint64), figures[0], figures[1], figures[2], figures[3], marked).bounded()


def test_each_field_merges_in_its_way() -> None:
    assert ONE.merge(OTHER) == OTHER.merge(ONE) == BOTH
    assert ONE.merge() == ONE.merge(Outer(), Outer()) == Outer().merge(ONE) == ONE
    assert not Outer().filled
    assert ONE.filled


@pytest.mark.parametrize("value", [ONE, OTHER, BOTH, Outer()])
def test_a_state_is_plain_and_gives_the_part_again(value: Outer) -> None:
    state = value.to_state()
    assert Outer.from_state(state) == value
    assert state["counts"] == [sorted(value.counts), [value.counts[name] for name in sorted(value.counts)]]


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("size", -1), ("size", 1 << 60), ("size", "1"), ("size", True), ("complete", 1), ("name", 1), ("counts", {}),
        ("counts", [["a"], [-1]]), ("counts", [["a", "a"], [1, 1]]), ("counts", [["a"], [1, 2]]), ("counts", [["a"]]),
        ("counts", [["a"], [1], [1]]), ("places", [[1], ["a"]]), ("places", [[1], [2], [3]]), ("worst", [["a"], ["b"]]),
        ("inner", {}), ("inner", {"documents": -1}), ("inner", []), ("maybe", [["a"], ["b"]]),
    ],
)  # fmt: skip
def test_a_state_of_something_else_is_an_error(name: str, state: Any) -> None:
    with pytest.raises((ValueError, LookupError, TypeError)):
        Outer.from_state({**ONE.to_state(), name: state})


def test_rows_of_a_table_with_equal_keys_are_one() -> None:
    one, other = texts((5, 1, 7, 7, 10, 1), (3, 2, 4, 6, 20, 2)), texts((5, 4, 2, 9, 11, 3))
    both = one.merge(other)
    assert both == other.merge(one)
    assert both.hashes.tolist() == [3, 5]
    assert both.counts.tolist() == [2, 5]
    assert both.places.tolist() == [4, 2]
    assert both.lasts.tolist() == [6, 9]
    assert both.sizes.tolist() == [20, 11]  # of the row with the least place
    assert both.marks.tolist() == [[2, 2], [3, 3]]
    assert Texts.from_state(both.to_state()) == both


def test_a_table_that_is_full_keeps_a_sample_by_hash() -> None:
    quarter = 1 << 62
    table = [(k * quarter // 2 + 1, 1, k, k, 1, 0) for k in range(8)]
    whole = texts(*table)
    assert whole.level == 1
    assert whole.hashes.tolist() == [row[0] for row in table[:4]]
    assert texts(*table[:5]).merge(texts(*table[5:])) == texts(*table[6:]).merge(texts(*table[:6])) == whole
    assert whole.below(2).hashes.tolist() == [row[0] for row in table[:2]]


@pytest.mark.parametrize("kind", [Profile, Partial])
def test_everything_in_a_profile_is_a_part_or_says_how_it_merges(kind: type[Part]) -> None:
    plain = {"about", "records", "units", "split", "places", "sizes", "others", "excerpts", "spilled", "written"}
    for name, way in ways_of(kind).items():
        assert callable(way.join)
        assert name in plain or issubclass(kinds_of(kind)[name], Part), name
