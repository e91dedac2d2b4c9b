"""What the documents of a work unit gave, in a file of its own: see `corpuscheck.files.spilling`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SpilledRows:
    """The `name` of a file with a row for each of some documents, the first of which is of this file and range."""

    path: str
    start: int
    name: str
    documents: int
