"""What the documents of a work unit gave, in a file of its own: see `corpuscheck.files.spilling`."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SpilledFile:
    """A file, or the range of it that begins at `start`, and how many of its documents there are."""

    path: str
    start: int
    documents: int


@dataclass(frozen=True)
class SpilledRows:
    """The `name` of a file with a row for each of some documents, the first of which is of this file and range.

    `files` are those of all of them in their order, and `sources` the names of their sources by ids, where they are
    needed.
    """

    path: str
    start: int
    name: str
    documents: int
    files: tuple[SpilledFile, ...] = ()
    sources: dict[int, str] = field(default_factory=dict)
