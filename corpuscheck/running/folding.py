"""Fold: partials of many work units made one, in the worker that measured them and then in the parent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from corpuscheck.running.partial import Partial

_OTHERS = ""


class Fold:
    """Merges partials as they come, many at a time: to merge each of them would cost more than to measure it.

    Those of files that are `cut` into ranges stay apart, by path: such a file may have to be read whole.
    """

    _AT_ONCE = 64
    _HEAVY = 48_000_000

    def __init__(self, cut: Iterable[str] = ()) -> None:
        self._piles: dict[str, list[Partial]] = {path: [] for path in (_OTHERS, *cut)}
        self._weight = 0

    def add(self, partial: Partial) -> None:
        """Take in what one work unit gave."""
        path = next(partial.records.values("path"), _OTHERS)
        self._add(path if path in self._piles else _OTHERS, partial)

    def join(self, other: Fold) -> None:
        """Take in all that another one has."""
        for path in other._piles:
            self._add(path, other._settled(path))

    def whole(self) -> Partial:
        """The partial of all work units but those of ranges."""
        return self._settled(_OTHERS)

    def ranges(self) -> dict[str, Partial]:
        """The partial of each file that was cut."""
        return {path: self._settled(path) for path in self._piles if path != _OTHERS}

    def _add(self, path: str, partial: Partial) -> None:
        self._piles[path].append(partial)
        self._weight += partial.weight
        if len(self._piles[path]) > self._AT_ONCE:
            self._settled(path)
        if self._weight > self._HEAVY:
            self.settle()

    def settle(self) -> Self:
        """Make one of each pile, so that little is kept."""
        for path in self._piles:
            self._settled(path)
        self._weight = 0
        return self

    def _settled(self, path: str) -> Partial:
        """What a pile makes together, which is all that is in it then."""
        pile = self._piles[path]
        pile[:] = [Partial().merge(*pile)]
        return pile[0]
