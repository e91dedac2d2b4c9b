"""Places: where each character first stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpuscheck.kernels.arrays import Ints
from corpuscheck.profile.part import Way
from corpuscheck.profile.table import first_rows
from corpuscheck.reading.files import FileRecord
from corpuscheck.values.packed import Few, Packed


@dataclass(frozen=True, slots=True)
class FirstPlace:
    """A code point, and the file, the range of it, and the line of that range where it first stands."""

    code_point: int = 0
    path: str = ""
    start: int = 0
    line: int = 0


def first_places(packed: Sequence[Packed[FirstPlace]]) -> Packed[FirstPlace]:
    """One place for each code point: the least of all by path, range and line."""
    every = packed[0].merge(*packed[1:])
    points = every.numbers("code_point")
    order = np.lexsort((every.numbers("line"), every.numbers("start"), every.ranks("path"), points))
    return every.chosen(order[first_rows(points[order])])


FIRST_PLACES = Way(first_places, Packed.to_state, lambda state: Packed.from_state(FirstPlace, state))


class Places:
    """Takes in code points that were not met before in a work unit, each with the number of its file and its line."""

    def __init__(self) -> None:
        self._rows: list[tuple[Ints, Ints, Ints]] = []

    def add(self, points: Ints, files: Ints, lines: Ints) -> None:
        self._rows.append((points, files, lines))

    def finish(self, records: Sequence[FileRecord]) -> Packed[FirstPlace]:
        """The places in the files with these records."""
        if not self._rows:
            return Packed(FirstPlace)
        points, files, lines = (np.concatenate(columns) for columns in zip(*self._rows, strict=True))
        numbers, which = np.unique(files, return_inverse=True)
        named = [records[number] for number in numbers.tolist()]
        starts = np.array([record.start for record in named], np.int64)[which]
        paths = Few([record.path for record in named], which.astype(np.uint32))
        return Packed.of_columns(FirstPlace, code_point=points, path=paths, start=starts, line=lines)
