"""Sourcing: which source a document belongs to, by the path of its file or by a field of its record."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from corpuscheck.reading.discover import Found, Source
from corpuscheck.values.packed import Packed

NO_SOURCE = "(none)"
"""The source of documents whose records do not tell it."""

HERE = "."
"""The source of files that lie in no folder."""

MOST_FOUND = 40
"""More sources than this are not shown unasked."""

_LEAST_SHARE = 0.02
"""Of the bytes on disk: two folders at least hold so much where folders are taken for sources unasked."""

_DIGITS = re.compile(r"\d+")
_PIECE = re.compile(r"[A-Z]{2}|[0-9a-f]{1,3}")


@dataclass(frozen=True)
class Sourcing:
    """How documents are told apart by source: `by` in the words of the option, `found` where nobody asked for it.

    By folder, `depth` parts of its path name the source of a file; by path, the one of `paths` that it lies under.
    """

    by: str = "path"
    paths: frozenset[str] = frozenset()
    depth: int = 0
    found: bool = False

    @property
    def of_files(self) -> bool:
        """Whether the path of its file alone tells the source of a document."""
        return not self.field and self.by != "script"

    @property
    def field(self) -> str:
        """The field of records that holds the source; empty where it is not a field."""
        kind, _, name = self.by.partition(":")
        return name if kind == "field" else ""

    def named_by(self, source: Source) -> tuple[str, int]:
        """All that the source of a file depends on besides its content."""
        if not self.of_files:
            return self.by, 0
        return self.of_path(source.path), self.depth if source.kind.archive else 0

    def of_path(self, path: str) -> str:
        """The source of the documents of a file."""
        if self.by == "file":
            return path
        if self.by == "path":
            return self._given(path)
        return "/".join(_folders(path)[: self.depth]) or _top_of(path)

    def _given(self, path: str) -> str:
        """The innermost of the given paths that a file lies in."""
        inside = path
        while inside and inside not in self.paths:
            if inside.endswith("!") and inside[:-1] in self.paths:
                return inside[:-1]
            inside = inside.rpartition("/")[0]
        return inside or _top_of(path)


def sourcing_of(by: str | None, found: Found) -> Sourcing:
    """How the sources of a corpus are told apart, as it was asked for, or as they obviously lie."""
    if by is None:
        return _obvious(found)
    if by.startswith("folder"):
        return Sourcing(by, depth=_common(found.sources) + int(by.partition(":")[2] or 1))
    return Sourcing(by, frozenset(found.roots) if by == "path" else frozenset())


def _obvious(found: Found) -> Sourcing:
    """Paths where several were named, else folders that are no mere pieces; with neither it is one source."""
    one = Sourcing("path", frozenset(found.roots), found=True)
    if len(found.roots) > 1:
        return one
    folders = Sourcing("folder", depth=_common(found.sources) + 1, found=True)
    sizes: Counter[str] = Counter()
    for path, size in zip(found.sources.values("path"), found.sources.numbers("size").tolist(), strict=True):
        sizes[folders.of_path(path)] += size
        if len(sizes) > MOST_FOUND:
            return one
    large = [name for name, size in sizes.items() if size >= _LEAST_SHARE * sizes.total()]
    return folders if len(large) > 1 and not mere_pieces(large) else one


def mere_pieces(names: Iterable[str]) -> bool:
    """Whether these are names of what a corpus was cut into: numbered ones, AA and AB, 0a and 0b."""
    last = [name.rpartition("/")[2] for name in names]
    numbered = {_DIGITS.sub("#", name) for name in last}
    return (len(numbered) == 1 and "#" in next(iter(numbered))) or all(map(_PIECE.fullmatch, last))


def _common(sources: Packed[Source]) -> int:
    """How many folders the paths of all files have in common; of a single archive it is one of them."""
    common = common_start(map(_folders, sources.values("path")))
    alone = len(sources) == 1 and bool(sources[0].kind.archive)
    return common + alone


def common_start(rows: Iterable[Sequence[str]]) -> int:
    """How many of the first items all rows have in common."""
    common: Sequence[str] | None = None
    for row in rows:
        common = row if common is None else common
        equal = (one == other for one, other in zip(common, row, strict=False))
        common = common[: sum(takewhile(bool, equal))]
        if not common:
            break
    return len(common or ())


def _folders(path: str) -> list[str]:
    return path.split("/")[:-1]


def _top_of(path: str) -> str:
    return "/" if path.startswith("/") else HERE
