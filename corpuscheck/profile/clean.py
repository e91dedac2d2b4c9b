"""What stands in the documents that is no text, and which documents are doubtful."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from heapq import nsmallest
from typing import Any

from corpuscheck.brief import brief

WORST = 10
"""Documents kept as examples of each kind; the figures are of all of them."""


@dataclass(frozen=True, order=True)
class Worst:
    """A document by how bad it is: `score` is in millionths of a share, or a number of things.

    `number` counts the documents of the file from 0, from its range `start` on; of a finished profile `start` is 0.
    """

    score: int
    utf8_bytes: int
    path: str
    number: int
    start: int = 0

    @property
    def rank(self) -> tuple[int, int, str, int, int]:
        return (-self.score, -self.utf8_bytes, self.path, self.start, self.number)


@dataclass(frozen=True)
class Tally:
    """Documents of one kind: those that a rule applies to, those that are of it, and what they hold of it."""

    __repr__ = brief

    judged: int = 0
    judged_bytes: int = 0
    documents: int = 0
    document_bytes: int = 0
    amount: int = 0
    amount_bytes: int = 0
    worst: tuple[Worst, ...] = ()

    @property
    def share(self) -> float:
        """Share of the documents judged."""
        return self.documents / self.judged if self.documents else 0.0

    @property
    def byte_share(self) -> float:
        """Share of the bytes of the documents judged."""
        return self.document_bytes / self.judged_bytes if self.document_bytes else 0.0

    def merge(self, *others: Tally) -> Tally:
        parts = (self, *others)
        sums = {name: sum(getattr(part, name) for part in parts) for name in _FIGURES}
        return Tally(**sums, worst=worst_of(row for part in parts for row in part.worst))


_FIGURES = tuple(f.name for f in fields(Tally) if f.name != "worst")


def worst_of(rows: Iterable[Worst]) -> tuple[Worst, ...]:
    """The first of them in their one order: whatever was dropped before would be dropped now."""
    return tuple(nsmallest(WORST, rows, key=lambda row: row.rank))


@dataclass(frozen=True)
class CleanPart:
    """Tallies by name: of rules (``CC401``), of debris and of shapes of personal data (``debris: URLs``,
    ``shape: e-mail address``), of documents by their script (``script: Hangul``), of all that any rule names (``any``)
    and of those too short to be judged (``short``)."""

    __repr__ = brief

    tallies: dict[str, Tally] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Tally:
        return self.tallies.get(name, Tally())

    @property
    def documents(self) -> int:
        """All documents that were looked into."""
        return self["any"].judged

    @property
    def utf8_bytes(self) -> int:
        """Bytes of all documents that were looked into."""
        return self["any"].judged_bytes

    def named(self, prefix: str) -> dict[str, Tally]:
        """Those of one group, by the rest of the name, the largest first."""
        found = {n.removeprefix(prefix): tally for n, tally in self.tallies.items() if n.startswith(prefix)}
        return dict(sorted(found.items(), key=lambda pair: (-pair[1].document_bytes, pair[0])))

    def merge(self, *others: CleanPart) -> CleanPart:
        rows: dict[str, list[Tally]] = {}
        for part in (self, *others):
            for name, tally in part.tallies.items():
                rows.setdefault(name, []).append(tally)
        return CleanPart({name: first.merge(*rest) for name, (first, *rest) in rows.items()})

    def to_state(self) -> dict[str, Any]:
        return {
            name: [
                *(getattr(tally, figure) for figure in _FIGURES),
                [[getattr(row, f.name) for f in fields(Worst)] for row in tally.worst],
            ]
            for name, tally in sorted(self.tallies.items())
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> CleanPart:
        """Raises ValueError for figures that cannot be."""
        tallies = {}
        for name, (*figures, worst) in state.items():
            rows = tuple(Worst(int(s), int(b), str(path), int(n), int(start)) for s, b, path, n, start in worst)
            known = dict(zip(_FIGURES, map(int, figures), strict=True))
            tally = Tally(**known, worst=worst_of(rows))
            if min(known.values()) < 0 or max(known.values()) >= 1 << 63 or tally.documents > tally.judged:
                raise ValueError("figures that cannot be")
            figures = [f for row in rows for f in (row.score, row.utf8_bytes, row.number, row.start)]
            if min(figures, default=0) < 0 or max(figures, default=0) >= 1 << 63:
                raise ValueError("figures that cannot be")
            tallies[str(name)] = tally
        return cls(tallies)
