"""Shares: what one of several shards measures, a part of the work units of the whole corpus."""

from __future__ import annotations

import heapq
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Self

import numpy as np

from corpuscheck.errors import UsageError
from corpuscheck.reading.discover import Found
from corpuscheck.running.units import Bundle, WorkUnit
from corpuscheck.text.printable import printable
from corpuscheck.values.packed import Packed

MOST_SHARDS = 100_000


@dataclass(frozen=True)
class WorkShare:
    """The shard with this `number`, from 1, `of` so many."""

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """``3/200``. Raises UsageError."""
        match = re.fullmatch(r"([0-9]{1,7})/([0-9]{1,7})", text)
        number, of = map(int, match.groups()) if match else (0, 0)
        if not 1 <= number <= of <= MOST_SHARDS:
            raise UsageError(
                f"--shard '{printable(text, 40)}' is not NUMBER/SHARDS, such as 3/200 for the third of 200"
            )
        return cls(number, of)

    def __str__(self) -> str:
        return f"{self.number} of {self.of}"


def bytes_of(unit: WorkUnit) -> int:
    """Bytes on disk of a work unit."""
    if isinstance(unit, Bundle):
        return int(unit.sources.numbers("size")[unit.start : unit.stop].sum())
    return sum(piece.size for piece in unit)


def shared_out(units: Sequence[WorkUnit], share: WorkShare) -> list[WorkUnit]:
    """The units of one share. Every unit is in one of them, and all have about as many bytes.

    The largest units are given out first, each to the share that has the least.
    """
    sizes = list(map(bytes_of, units))
    filled = [(0, number) for number in range(1, share.of + 1)]
    mine = []
    for unit in sorted(range(len(units)), key=lambda unit: (-sizes[unit], unit)):
        least, number = filled[0]
        heapq.heapreplace(filled, (least + sizes[unit], number))
        if number == share.number:
            mine.append(unit)
    return [units[unit] for unit in sorted(mine)]


@dataclass(frozen=True)
class FoundFiles:
    """The files that all shards must have found, as a digest."""

    files: int
    bytes: int
    digest: str

    @classmethod
    def of(cls, found: Found) -> Self:
        digest = blake2b(digest_size=16)
        for rows, names in ((found.sources, ("path", "size", "stamp")), (found.skipped, ("path", "reason", "size"))):
            _add(digest, rows, names)
        size = int(found.sources.numbers("size").sum())
        return cls(len(found.sources) + len(found.skipped), size, digest.hexdigest())


def _add(digest: Any, rows: Packed[Any], names: Sequence[str]) -> None:
    digest.update(np.array([len(rows)], "<i8").tobytes())
    for row in zip(*map(rows.values, names), strict=True):
        digest.update(("\0".join(map(str, row)) + "\n").encode("utf-8", "surrogatepass"))
