"""Memory that was freed is given back to the system where the C library can, after some megabytes of text."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pytest

from corpuscheck.running import memory


class _Library:
    def __init__(self) -> None:
        self.trims = 0

    def malloc_trim(self, _: int) -> int:
        self.trims += 1
        return 1


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    memory._trim.cache_clear()
    yield
    memory._trim.cache_clear()


@pytest.mark.parametrize(
    ("sizes", "trims"), [([], 0), ([1000] * 50, 0), ([1 << 20] * 8, 2), ([64 << 20], 1), ([64 << 20, 1000], 1)]
)
def test_it_is_given_back_after_every_few_megabytes(
    sizes: list[int], trims: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = _Library()
    monkeypatch.setattr(ctypes, "CDLL", lambda _: library)
    returning = memory.Returning()
    for size in sizes:
        returning.after(size)
    assert library.trims == trims


@pytest.mark.parametrize("error", [TypeError, OSError, AttributeError])
def test_where_the_system_knows_no_such_thing_nothing_happens(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: None) -> None:
        raise error

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    memory.Returning().after(1 << 30)
