"""Fold: partials of many work units made one, in the worker that measured them and then in the parent."""

from __future__ import annotations

from collections.abc import Iterable

from corpuscheck.running.partial import Partial


class Fold:
    """Merges partials as they come, many at a time, so that many small ones stay quick.

    Those of files that are `cut` into ranges stay apart, by path: such a file may have to be read whole.
    """

    _AT_ONCE = 64
    _HEAVY = 48_000_000

    def __init__(self, cut: Iterable[str] = ()) -> None:
        self.ranges: dict[str, Partial] = dict.fromkeys(cut, Partial())
        self._waiting = [Partial()]
        self._weight = 0

    def add(self, partial: Partial) -> None:
        """Take in what one work unit gave."""
        path = next(partial.records.values("path"), "")
        if path in self.ranges:
            self.ranges[path] = self.ranges[path].merge(partial)
        else:
            self._add(partial)

    def join(self, other: Fold) -> None:
        """Take in all that another one has."""
        self._add(other.whole())
        for path, partial in other.ranges.items():
            self.ranges[path] = self.ranges[path].merge(partial)

    def whole(self) -> Partial:
        """The partial of all work units but those of ranges."""
        self._waiting = [self._waiting[0].merge(*self._waiting[1:])]
        self._weight = 0
        return self._waiting[0]

    def _add(self, partial: Partial) -> None:
        self._waiting.append(partial)
        self._weight += partial.weight
        if len(self._waiting) > self._AT_ONCE or self._weight > self._HEAVY:
            self.whole()
