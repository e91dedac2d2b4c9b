"""Rows: what a pass learns of each document, in files by work unit, beyond what memory holds."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import Bytes, Ints, RowArray
from corpuscheck.profile.documents import in_order
from corpuscheck.profile.near import BINS
from corpuscheck.profile.table import first_rows

ROW = np.dtype([
    ("hash", "<u8"), ("norm", "<u8"), ("size", "<i8"), ("debris", "<i8"),
    ("made_hash", "<u8"), ("made_norm", "<u8"), ("made_size", "<i8"), ("made_visible", "u1"),
    ("unreadable", "u1"), ("changed", "u1"), ("more", "<i8"), ("rules", "<u4"),
    ("contaminant", "<u4"), ("contaminated", "u1"), ("taken", "<i8"),
])  # fmt: skip
"""A document as it was read: its hash, that of its letters (see `long_enough`), its bytes, those that are debris. Then
what is made of it: the same again, whether anything in it is visible, whether it has changed at all, how much more
debris showed when the first was cut.
`unreadable` tells of characters that nobody can read. `rules` has a bit for each rule of documents that names it.
`contaminant` is the document of a benchmark that it holds something of, counted from 1, 0 where it holds nothing;
`contaminated` whether it goes for that, `taken` what was cut of it for that."""


_ENDINGS = (".rows", ".raw", ".made")
"""The rows of a unit, signatures of its documents as they were read, and of those that change, as they are made."""

_AT_ONCE = 1 << 18


class Segment(NamedTuple):
    """Documents of a file, or of the range of it that begins at `start`: `rows` of them, the first is row `at` of a
    unit; `first` is the number of that document in the corpus."""

    path: str
    start: int
    unit: str
    at: int
    rows: int
    first: int = 0


class RowFile:
    """The rows of one work unit while it is measured. Signatures stand apart, for those that have one."""

    def __init__(self, folder: str, name: str) -> None:
        self._start, self._name = os.path.join(folder, name), name
        self._files = [open(self._start + ending, "wb") for ending in _ENDINGS]  # noqa: SIM115  # until the unit is done
        self._files_seen: list[int] = []
        self._counts: list[int] = []

    def add(self, rows: RowArray, files: Ints, signatures: Bytes, made_signatures: Bytes) -> None:
        """Documents of these files, by number in the unit, with the signatures of those long enough."""
        for file, data in zip(self._files, (rows, signatures, made_signatures), strict=True):
            file.write(data.tobytes())
        starts = first_rows(files)
        counts = np.diff(np.append(starts, len(files)))
        for number, count in zip(files[starts].tolist(), counts.tolist(), strict=True):
            if self._files_seen and self._files_seen[-1] == number:
                self._counts[-1] += count
            else:
                self._files_seen.append(number)
                self._counts.append(count)

    def finish(self, places: Sequence[tuple[str, int]], **more: Any) -> str:
        """Close it and give its name; `places` are (path, start) of all files of the unit. `more` is kept beside."""
        for file in self._files:
            file.close()
        known = [(*places[number], count) for number, count in zip(self._files_seen, self._counts, strict=True)]
        Path(self._start + ".json").write_text(json.dumps(known))
        if more:
            Path(self._start + ".told").write_text(json.dumps(more))
        return self._name

    def know_as_whole(self) -> None:
        """Make the one document known by all of its bytes alone, as it was read: no copies but equal ones."""
        rows = np.fromfile(self._start + ".rows", ROW)
        if len(rows) != 1:
            return
        raw = Path(self._start + ".raw").read_bytes()
        if not rows["changed"][0]:
            Path(self._start + ".made").write_bytes(raw)
        rows["changed"] = 1
        rows["norm"] = rows["hash"] & ~np.uint64(1)
        Path(self._start + ".raw").write_bytes(b"")
        rows.tofile(self._start + ".rows")

    def close(self) -> None:
        """Whatever happened."""
        for file in self._files:
            file.close()


@dataclass(frozen=True)
class Documents:
    """All documents of a corpus in one order: by the path of their file, then as they stand in it. Their rows are of
    the type `row`."""

    folder: str
    segments: tuple[Segment, ...]
    row: np.dtype[Any] = ROW

    @classmethod
    def of(cls, folder: str, units: Sequence[str], row: np.dtype[Any] = ROW) -> Documents:
        """The documents of these units, whose rows lie in a folder."""
        found: list[Segment] = []
        for unit in units:
            at = 0
            for path, start, count in json.loads(Path(folder, f"{unit}.json").read_text()):
                found.append(Segment(path, start, unit, at, count))
                at += count
        found.sort(key=lambda one: (*in_order(one.path), one.path, one.start))
        first, numbered = 0, []
        for one in found:
            numbered.append(one._replace(first=first))
            first += one.rows
        return cls(folder, tuple(numbered), row)

    def __len__(self) -> int:
        return self.segments[-1].first + self.segments[-1].rows if self.segments else 0

    def units(self) -> Iterator[tuple[str, list[Segment]]]:
        """The segments of each unit, as they lie in its file."""
        by_unit: dict[str, list[Segment]] = {}
        for one in self.segments:
            by_unit.setdefault(one.unit, []).append(one)
        for unit, segments in by_unit.items():
            yield unit, sorted(segments, key=lambda one: one.at)

    def rows(self) -> Iterator[tuple[NDArray[np.int64], RowArray, UnitSignatures]]:
        """Rows with the numbers of their documents, some at a time, unit by unit; and where their signatures are."""
        for unit, segments in self.units():
            starts = np.array([one.at for one in segments], np.int64)
            firsts = np.array([one.first for one in segments], np.int64)
            signatures = UnitSignatures(os.path.join(self.folder, unit))
            with open(os.path.join(self.folder, f"{unit}.rows"), "rb") as file:
                done = 0
                while len(rows := np.frombuffer(file.read(_AT_ONCE * self.row.itemsize), self.row)):
                    at = np.arange(done, done + len(rows))
                    of = np.searchsorted(starts, at, "right") - 1
                    yield at - starts[of] + firsts[of], rows, signatures
                    done += len(rows)
            signatures.close()


def told_of(folder: str, unit: str) -> dict[str, Any]:
    """What is kept beside the rows of a unit: see `RowFile.finish`."""
    told: dict[str, Any] = json.loads(Path(folder, f"{unit}.told").read_text())
    return told


class UnitSignatures:
    """Reads the signatures of a unit in the order of its rows."""

    def __init__(self, start: str) -> None:
        self._files = [open(start + ending, "rb") for ending in _ENDINGS[1:]]  # noqa: SIM115  # they go on together

    def take(self, rows: RowArray, made: bool) -> tuple[NDArray[np.bool_], Bytes]:
        """Which of the next rows have a signature, and these; of the documents as they are made, if asked for."""
        raw_long = (rows["norm"] & np.uint64(1)).astype(np.bool_)
        raw = self._next(0, int(raw_long.sum()))
        if not made:
            return raw_long, raw
        changed = rows["changed"].astype(np.bool_)
        long = (rows["made_norm"] & np.uint64(1)).astype(np.bool_)
        own = self._next(1, int((changed & long).sum()))
        out = np.empty((int(long.sum()), BINS), np.uint8)
        of_changed = changed[long]
        out[of_changed] = own
        out[~of_changed] = raw[~changed[raw_long]]
        return long, out

    def _next(self, which: int, count: int) -> Bytes:
        data = self._files[which].read(count * BINS)
        return np.frombuffer(data, np.uint8).reshape(-1, BINS)

    def close(self) -> None:
        for file in self._files:
            file.close()
