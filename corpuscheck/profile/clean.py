"""What stands in the documents that is no text, and which documents are doubtful."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nsmallest

from corpuscheck.profile.part import Part, rows, table_of, total
from corpuscheck.values.brief import brief

WORST = 10
"""Documents kept as examples of each kind; the figures are of all of them."""

_LARGEST = 1 << 63


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


def worst_of(documents: Iterable[Worst]) -> tuple[Worst, ...]:
    """The first of them in their one order: whatever was dropped before would be dropped now."""
    return tuple(nsmallest(WORST, documents, key=lambda row: row.rank))


@dataclass(frozen=True)
class Tally(Part):
    """Documents of one kind: those that a rule applies to, those that are of it, and what they hold of it."""

    __repr__ = brief

    judged: int = total()
    judged_bytes: int = total()
    documents: int = total()
    document_bytes: int = total()
    amount: int = total()
    amount_bytes: int = total()
    worst: tuple[Worst, ...] = rows(worst_of)

    @property
    def share(self) -> float:
        """Share of the documents judged."""
        return self.documents / self.judged if self.documents else 0.0

    @property
    def byte_share(self) -> float:
        """Share of the bytes of the documents judged."""
        return self.document_bytes / self.judged_bytes if self.document_bytes else 0.0


@dataclass(frozen=True)
class CleanPart(Part):
    """Tallies by name: of rules (``CC401``), of debris and of shapes of personal data (``debris: URLs``,
    ``shape: e-mail address``), of documents by their script (``script: Hangul``), of all that any rule names (``any``)
    and of those too short to be judged (``short``)."""

    __repr__ = brief

    tallies: dict[str, Tally] = table_of(Tally.merge, _LARGEST)

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

    def valid(self) -> None:
        if any(tally.documents > tally.judged for tally in self.tallies.values()):
            raise ValueError("more documents than were judged")
