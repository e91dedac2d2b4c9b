"""Tree: what is merged with what on a cluster, the same each time, so that whoever comes back finds what was kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any

from corpuscheck.reading.files import Piece
from corpuscheck.running.program import code
from corpuscheck.running.tasks import Task
from corpuscheck.running.units import WorkUnit

FAN = 8
"""So many are merged at a time."""


class Node:
    """A work unit, or the sum of several nodes. Its name tells what it depends on; `value` is where what it gave is."""

    __slots__ = ("below", "done", "left", "name", "parent", "unit", "value")

    def __init__(self, name: str, unit: WorkUnit | None = None, below: Sequence[Node] = ()) -> None:
        self.name, self.unit, self.below = name, unit, list(below)
        self.parent: Node | None = None
        self.value: Any = None
        self.done = False
        self.left = len(self.below)
        for node in below:
            node.parent = self

    def finish(self, value: Any) -> Node | None:
        """It has its value. Gives the node above where that was the last one it waited for."""
        self.value, self.done = value, True
        if self.parent is None:
            return None
        self.parent.left -= 1
        return None if self.parent.left else self.parent

    def halved(self) -> list[Node]:
        """Two nodes for the halves of its unit, which it waits for from now on."""
        assert self.unit is not None
        middle = len(self.unit) // 2
        halves = [self.unit[:middle], self.unit[middle:]]
        self.below = [Node(f"{self.name}-{k}", half) for k, half in enumerate(halves)]
        self.unit, self.left = None, len(self.below)
        for node in self.below:
            node.parent = self
        return self.below

    def units(self) -> Iterator[Node]:
        """The units that are not done, in their order."""
        if self.done:
            return
        if self.unit is not None:
            yield self
            return
        for node in self.below:
            yield from node.units()

    def all_units(self) -> Iterator[Node]:
        """Its units, done or not."""
        if self.unit is not None:
            yield self
        for node in self.below:
            yield from node.all_units()


def tree_of(task: Task, units: Sequence[WorkUnit]) -> Node:
    """The root of all units. The names are made of the files, of what is done with them, and of this program."""
    asked = _name("task", code().hex(), task.describe())
    row = [Node(_name(asked, list(map(_described, unit))), unit) for unit in units]
    while len(row) > 1:
        groups = [row[at : at + FAN] for at in range(0, len(row), FAN)]
        row = [Node(_name(*(node.name for node in group)), below=group) for group in groups]
    return row[0]


def _described(piece: Piece) -> list[Any]:
    source, shared = piece.source, piece.shared and piece.shared.key
    return [source.path, source.size, source.modified, piece.start, piece.stop, piece.offset, piece.groups, shared]


def _name(*values: Any) -> str:
    return blake2b(json.dumps(values, sort_keys=True, default=str).encode(), digest_size=16).hexdigest()


def find(root: Node, kept: set[str]) -> Iterator[Node]:
    """Note what is kept already, from the sum of everything downwards; gives the nodes that are."""
    if root.name in kept:
        root.value, root.done = root.name, True
        yield root
        return
    for node in root.below:
        yield from find(node, kept)
    root.left = sum(not node.done for node in root.below)


def ready(root: Node) -> Iterator[Node]:
    """The nodes of which all below are done, but not they themselves."""
    if root.done or root.unit is not None:
        return
    if not root.left:
        yield root
    for node in root.below:
        yield from ready(node)
