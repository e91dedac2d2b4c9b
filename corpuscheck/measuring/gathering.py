"""Gather rows of a table as they come."""

from __future__ import annotations

from typing import Generic, TypeVar

from corpuscheck.profile.table import Table

T = TypeVar("T", bound=Table)


class Gathered(Generic[T]):
    """A table that grows; now and then it is put in order, so that only what can stay takes memory."""

    def __init__(self, nothing: T) -> None:
        self.table = nothing
        self._waiting: list[T] = []
        self._rows = 0

    def add(self, rows: T) -> None:
        """Enter rows in any order."""
        rows = rows.below(self.table.level)
        self._waiting.append(rows)
        self._rows += len(rows)
        if self._rows > self.table.MOST // 2:
            self._settle()

    def finish(self) -> T:
        """The table of all of them, in order."""
        self._settle()
        return self.table

    def _settle(self) -> None:
        if self._rows:
            first, *others = (rows for rows in (self.table, *self._waiting) if rows.filled)
            self.table = first.merge(*others) if others else first.bounded()
        self._waiting, self._rows = [], 0
