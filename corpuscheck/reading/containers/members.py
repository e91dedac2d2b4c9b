"""Members: one file of an archive, whatever kind of archive it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import BinaryIO

from corpuscheck.reading.discover import HIDDEN
from corpuscheck.reading.kinds import Kind, kind_of

LINK = "link in an archive"


def _nothing_to_open() -> BinaryIO:
    raise OSError("not readable")


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its name there, its size as stored, and how to open it or why not.

    One without a name stands for the archive itself, where something is wrong with that.
    """

    name: str
    size: int
    kind: Kind = field(default_factory=Kind)
    skip: str = ""
    opened: Callable[[], BinaryIO] = _nothing_to_open


Members = Iterator[Member]


def member_of(name: str, size: int, opened: Callable[[], BinaryIO], skip: str = "") -> Member:
    """A member as its name tells."""
    base = name.replace("\\", "/").rpartition("/")[2]
    kind = kind_of(base)
    if not skip:
        skip = HIDDEN if base.startswith(".") or name.startswith("__MACOSX/") else kind.skip
    return Member(name, size, kind, skip, opened)


class Numbered:
    """Duplicate names told apart: the second `a.txt` becomes `a.txt#2`. Of a name only a short hash is kept."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._again: dict[str, int] = {}

    def __call__(self, name: str) -> str:
        if self._is_new(name):
            return name
        number = self._again.get(name, 1) + 1
        while not self._is_new(f"{name}#{number}"):
            number += 1
        self._again[name] = number
        return f"{name}#{number}"

    def _is_new(self, name: str) -> bool:
        digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        known = len(self._seen)
        self._seen.add(int.from_bytes(digest, "big"))
        return len(self._seen) > known
