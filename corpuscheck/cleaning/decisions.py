"""Decisions: of every document whether it stays, or why it goes and which one stays in its place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from corpuscheck.cleaning.columns import Dealt, DiskColumn, Parted
from corpuscheck.cleaning.near import NearFinder
from corpuscheck.cleaning.rows import ROW, Documents
from corpuscheck.kernels.arrays import Bytes, Ints, RowArray
from corpuscheck.profile.document_rules import DOCUMENT_RULES
from corpuscheck.values.brief import brief

STAYS, EXACT, NORMALISED, NEAR, DROPPED, EMPTY, MADE_EXACT, MADE_NORMALISED, MADE_NEAR, CONTAMINATED = range(10)

NAMES = ("", "CC501", "CC502", "CC503", "dropped", "empty", "CC501 after cutting", "CC502 after cutting",
         "CC503 after cutting", "CC710")  # fmt: skip
"""Why documents go. Those "after cutting" are copies of each other only as they are made, without debris."""

AFTER_CUTTING = "debris after cutting"
"""Debris that shows only when other debris is cut."""

_ORDER = (
    "CC501", "CC502", "CC503", "debris", "CC710", *(rule.id for rule in DOCUMENT_RULES), "empty",
    "CC501 after cutting", "CC502 after cutting", "CC503 after cutting", AFTER_CUTTING,
)  # fmt: skip
"""In which order is told what goes."""

_STRETCH = 1 << 20

_PAIR = np.dtype([("copy", "<i8"), ("kept", "<i8")])


class Decision(NamedTuple):
    """What becomes of a document: `rule` is empty where it stays, else `twin` is (path, number) of the one that stays
    for it, if there is one. Numbers count the documents of a file from 0."""

    path: str
    number: int
    rule: str
    twin: tuple[str, int] | None


@dataclass(frozen=True)
class Decisions:
    """The decisions about the documents of a corpus, in columns on disk by the number of the document."""

    folder: str

    def of(self, first: int, count: int) -> tuple[Bytes, Ints]:
        """For documents from `first` on why each goes, a number of `NAMES`, and the number of its twin or -1."""
        return _why(self.folder).read(first, count), _twins(self.folder).read(first, count)

    @cached_property
    def _index(self) -> tuple[Ints, Ints, Ints, bytes]:
        columns = (np.load(os.path.join(self.folder, f"{name}.npy"), mmap_mode="r") for name in _INDEX)
        firsts, of_file, offsets = columns
        return firsts, of_file, offsets, Path(self.folder, "paths").read_bytes()

    def place_of(self, number: int) -> tuple[str, int]:
        """The path of a document, and its number in the file from 0."""
        firsts, of_file, offsets, paths = self._index
        k = int(np.searchsorted(firsts, number, "right")) - 1
        path = paths[int(offsets[k]) : int(offsets[k + 1])].decode("utf-8", "surrogateescape")
        return path, number - int(of_file[k])

    def __iter__(self) -> Iterator[Decision]:
        """The decision about each document, in their order."""
        first = 0
        while len(why := _why(self.folder).read(first, _STRETCH)):
            twins = _twins(self.folder).read(first, len(why)).tolist()
            for k, code in enumerate(why.tolist()):
                twin = self.place_of(twins[k]) if twins[k] >= 0 else None
                yield Decision(*self.place_of(first + k), NAMES[code], twin)
            first += len(why)


_INDEX = ("firsts", "of_file", "offsets")


def _why(folder: str) -> DiskColumn:
    return DiskColumn(os.path.join(folder, "why"), "u1")


def _twins(folder: str) -> DiskColumn:
    return DiskColumn(os.path.join(folder, "twins"), "<i8")


def write_index(documents: Documents) -> None:
    """Where the documents of each file begin, for whoever has a number: for all, and for each unit."""
    segments = [one for one in documents.segments if one.rows]
    of_file: list[int] = []
    for k, one in enumerate(segments):
        of_file.append(of_file[-1] if k and segments[k - 1].path == one.path else one.first)
    paths = [one.path.encode("utf-8", "surrogateescape") for one in segments]
    columns = (
        np.array([one.first for one in segments], np.int64),
        np.array(of_file, np.int64),
        np.cumsum([0, *map(len, paths)]),
    )
    for name, column in zip(_INDEX, columns, strict=True):
        np.save(os.path.join(documents.folder, f"{name}.npy"), column)
    Path(documents.folder, "paths").write_bytes(b"".join(paths))
    begins = {one.first: first for one, first in zip(segments, of_file, strict=True)}
    for unit, mine in documents.units():
        rows = [(one.at, one.first, one.rows, begins[one.first]) for one in mine if one.rows]
        np.save(os.path.join(documents.folder, f"{unit}.numbers.npy"), np.array(rows, np.int64).reshape(-1, 4))


class UnitDecisions:
    """The decisions about the documents of one work unit, in the order in which they are read."""

    def __init__(self, folder: str, unit: str) -> None:
        self._segments: list[list[int]] = np.load(os.path.join(folder, f"{unit}.numbers.npy")).tolist()
        self._rows = os.path.join(folder, f"{unit}.rows")
        self._decisions, self._done, self._now = Decisions(folder), 0, [0, 0, 0, 0]
        self._held = self._some(0)

    @staticmethod
    def known(folder: str, unit: str) -> bool:
        """Whether the unit has documents that count: others were read again as a part of another one."""
        return os.path.exists(os.path.join(folder, f"{unit}.numbers.npy"))

    def take(self, count: int) -> tuple[Ints, RowArray, Bytes, Ints]:
        """Of the next documents the numbers, the rows, why each goes, and its twin."""
        taken: list[tuple[Ints, RowArray, Bytes, Ints]] = []
        while True:
            some = min(count, len(self._held[0]))
            taken.append(_part(self._held, slice(0, some)))
            self._held = _part(self._held, slice(some, None))
            self._done += some
            count -= some
            if not len(self._held[0]):
                self._held = self._some(self._done)
            if not count or not len(self._held[0]):
                break
        numbers, rows, why, twins = zip(*taken, strict=True)
        return np.concatenate(numbers), np.concatenate(rows), np.concatenate(why), np.concatenate(twins)

    def following(self) -> tuple[int, bool]:
        """The number of the next document, and whether it stays."""
        numbers, _, why, _ = self._held
        return int(numbers[0]), bool(why[0] == STAYS)

    def document(self, number: int) -> int:
        """The number of one of its documents in the file, from 1."""
        return number - self._begin_of(number) + 1

    def place_of(self, number: int) -> tuple[str, int]:
        """The path of any document, and its number in the file from 0."""
        return self._decisions.place_of(number)

    def _begin_of(self, number: int) -> int:
        if not self._now[1] <= number < self._now[1] + self._now[2]:
            self._now = next(one for one in self._segments if one[1] <= number < one[1] + one[2])
        return self._now[3]

    def _some(self, at: int) -> tuple[Ints, RowArray, Bytes, Ints]:
        """The next few documents: those of as many segments as it takes."""
        held, parts = 0, []
        for begin, first, count, _ in self._segments:
            if begin + count <= at or held >= _HELD:
                continue
            skip = max(0, at - begin)
            size = min(count - skip, _HELD)
            numbers = np.arange(first + skip, first + skip + size)
            parts.append((numbers, *self._decisions.of(first + skip, size)))
            held += size
            if size < count - skip:
                break
        if not parts:
            nothing = np.zeros(0, np.int64)
            return nothing, np.zeros(0, ROW), nothing.astype(np.uint8), nothing
        rows = np.fromfile(self._rows, ROW, held, offset=at * ROW.itemsize)
        numbers, why, twins = (np.concatenate(column) for column in zip(*parts, strict=True))
        return numbers, rows, why, twins


_HELD = 1 << 16


def _part(held: tuple[Ints, RowArray, Bytes, Ints], some: slice) -> tuple[Ints, RowArray, Bytes, Ints]:
    numbers, rows, why, twins = held
    return numbers[some], rows[some], why[some], twins[some]


@dataclass
class Removal:
    """Documents that go for one reason, or that lose something, and their bytes."""

    documents: int = 0
    utf8_bytes: int = 0

    def add(self, sizes: Ints) -> None:
        self.documents += len(sizes)
        self.utf8_bytes += int(sizes.sum())


@dataclass
class Waterfall:
    """What a corpus becomes, step by step: by rule what goes, and what is left."""

    __repr__ = brief

    read: Removal = field(default_factory=Removal)
    by_rule: dict[str, Removal] = field(default_factory=dict)
    usable: Removal = field(default_factory=Removal)
    changed_bytes: int = 0
    kept: Removal = field(default_factory=Removal)

    def of(self, rule: str) -> Removal:
        return self.by_rule.setdefault(rule, Removal())


class Decider:
    """Decides in the order of a scan: equal texts, then normalised, then nearly equal; once more as they are made.

    Of each group the longest stays, then the first by path. `drop` has a bit for each rule whose documents go.
    """

    def __init__(self, documents: Documents, near: bool = True, drop: int = 0) -> None:
        self._documents, self._near, self._drop = documents, near, np.uint32(drop)
        self._why = np.zeros(len(documents), np.uint8)
        self._pairs = Dealt(os.path.join(documents.folder, "pairs"), _PAIR)

    def decide(self) -> tuple[Decisions, Waterfall]:
        """All decisions, written down, and what they come to."""
        write_index(self._documents)
        self._steps("", (EXACT, NORMALISED, NEAR))
        self._look_at_rows()
        self._steps("made_", (MADE_EXACT, MADE_NORMALISED, MADE_NEAR))
        self._write()
        return Decisions(self._documents.folder), self._waterfall()

    def copies(self) -> Decisions:
        """Only which documents are copies as they are read."""
        write_index(self._documents)
        self._steps("", (EXACT, NORMALISED, NEAR))
        self._write()
        return Decisions(self._documents.folder)

    def _steps(self, which: str, codes: tuple[int, int, int]) -> None:
        for code, key in zip(codes[:2], ("hash", "norm"), strict=True):
            parted = Parted(self._documents.folder, "parted", len(self._documents))
            for numbers, rows, _ in self._documents.rows():
                left = np.flatnonzero(self._why[numbers] == STAYS)
                parted.add(rows[which + key][left], -rows[which + "size"][left], numbers[left])
            for copies, kept in parted.twins():
                self._take(code, copies, kept)
        if not self._near:
            return
        finder = NearFinder(self._documents.folder)
        for numbers, rows, signatures in self._documents.rows():
            long, signed = signatures.take(rows, bool(which))
            left = self._why[numbers[long]] == STAYS
            finder.add(signed[left], rows[which + "size"][long][left], numbers[long][left])
        for copies, kept in finder.twins():
            self._take(codes[2], copies, kept)

    def _look_at_rows(self) -> None:
        """Documents of a benchmark, those that a rule drops, and those of which nothing is left."""
        for numbers, rows, _ in self._documents.rows():
            left = self._why[numbers] == STAYS
            nothing_left = (rows["made_visible"] == 0) & (rows["taken"] > 0)
            contaminated = left & ((rows["contaminated"] > 0) | nothing_left)
            self._why[numbers[contaminated]] = CONTAMINATED
            left &= ~contaminated
            dropped = left & (rows["rules"] & self._drop != 0)
            self._why[numbers[dropped]] = DROPPED
            self._why[numbers[left & ~dropped & (rows["made_visible"] == 0)]] = EMPTY

    def _take(self, code: int, copies: Ints, kept: Ints) -> None:
        self._why[copies] = code
        pairs = np.empty(len(copies), _PAIR)
        pairs["copy"], pairs["kept"] = copies, kept
        self._pairs.add(copies // _STRETCH, pairs)

    def _write(self) -> None:
        """Write the columns; a twin that goes itself gives way to the one that stays for it."""
        folder, count = self._documents.folder, len(self._why)
        _why(folder).write(0, self._why)
        direct = DiskColumn(os.path.join(folder, "direct"), "<i8")
        for first in range(0, max(1, count), _STRETCH):
            stretch = np.full(min(_STRETCH, count - first), -1, np.int64)
            pairs = self._pairs.take(first // _STRETCH)
            stretch[pairs["copy"] - first] = pairs["kept"]
            direct.write(first, stretch)
        for first in range(0, max(1, count), _STRETCH):
            stretch = direct.read(first, _STRETCH).copy()
            going = np.flatnonzero(stretch >= 0)
            while len(going):
                further = direct.pick(stretch[going])
                going, further = going[further >= 0], further[further >= 0]
                stretch[going] = further
            _twins(folder).write(first, stretch)
        os.unlink(direct.path)

    def _waterfall(self) -> Waterfall:
        found = Waterfall()
        for name in (NAMES[EXACT], NAMES[NORMALISED], NAMES[NEAR], "debris"):
            found.of(name)
        for numbers, rows, _ in self._documents.rows():
            why, sizes, debris = self._why[numbers], rows["size"], rows["debris"]
            found.read.add(sizes)
            usable = (why == STAYS) | (why > NEAR)
            found.usable.add((sizes - debris)[usable])
            found.of("debris").add(debris[usable & (debris > 0)])
            for code in (EXACT, NORMALISED, NEAR):
                found.of(NAMES[code]).add(sizes[why == code])
            for bit, rule in enumerate(DOCUMENT_RULES):
                lowest = np.uint32(self._drop & np.uint32((2 << bit) - 1))
                if self._drop >> np.uint32(bit) & np.uint32(1):
                    mine = (why == DROPPED) & (rows["rules"] & lowest == np.uint32(1 << bit))
                    found.of(rule.id).add((sizes - debris)[mine])
            for code in (CONTAMINATED, EMPTY, MADE_EXACT, MADE_NORMALISED, MADE_NEAR):
                if (why == code).any():
                    found.of(NAMES[code]).add((sizes - debris)[why == code])
            stays = why == STAYS
            if (taken := rows["taken"][stays]).any():
                found.of(NAMES[CONTAMINATED]).add(taken[taken > 0])
            if (more := rows["more"][stays]).any():
                found.of(AFTER_CUTTING).add(more[more > 0])
            found.kept.add(rows["made_size"][stays])
            cut = debris + rows["more"] + rows["taken"]
            found.changed_bytes += int((rows["made_size"] - (sizes - cut))[stays].sum())
        found.by_rule = {rule: found.by_rule[rule] for rule in _ORDER if rule in found.by_rule}
        return found
