"""Partial: what one work unit gave. Partials merge in any order and can be kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from corpuscheck.measuring.documents import Open
from corpuscheck.measuring.files import Where
from corpuscheck.profile.characters import CharacterPart
from corpuscheck.profile.curve import CurvePart
from corpuscheck.profile.documents import DocumentPart
from corpuscheck.profile.sample import Sample
from corpuscheck.profile.size import SizePart
from corpuscheck.profile.tables import earliest
from corpuscheck.profile.words import WordPart
from corpuscheck.reading.files import FileRecord


@dataclass(frozen=True)
class Partial:
    """What one work unit gave. `training` and `units` are filled by a survey, `sizes` (bytes of each document, by file
    and range) by the pass for a forecast, the rest by a measurement."""

    records: tuple[FileRecord, ...] = ()
    size: SizePart = field(default_factory=SizePart)
    characters: CharacterPart = field(default_factory=CharacterPart)
    words: WordPart = field(default_factory=WordPart)
    curve: CurvePart = field(default_factory=CurvePart)
    training: CharacterPart = field(default_factory=CharacterPart)
    units: int = 0
    sample: Sample | None = None
    documents: DocumentPart = field(default_factory=DocumentPart)
    split: dict[str, Open] = field(default_factory=dict)
    places: dict[int, Where] = field(default_factory=dict)
    sizes: dict[tuple[str, int], tuple[int, ...]] = field(default_factory=dict)
    others: tuple[WordPart, ...] = ()

    def merge(self, other: Partial) -> Partial:
        return Partial(
            self.records + other.records,
            self.size.merge(other.size),
            self.characters.merge(other.characters),
            self.words.merge(other.words),
            self.curve.merge(other.curve),
            self.training.merge(other.training),
            self.units + other.units,
            self.sample.merge(other.sample) if self.sample and other.sample else self.sample or other.sample,
            self.documents.merge(other.documents),
            _added(self.split, other.split),
            earliest(self.places, other.places),
            {**self.sizes, **other.sizes},
            tuple(a.merge(b) for a, b in zip_longest(self.others, other.others, fillvalue=WordPart())),
        )

    def to_state(self) -> dict[str, Any]:
        """Plain values; the same again from `from_state`."""
        return {
            "records": [vars(record) for record in self.records],
            **{name: getattr(self, name).to_state() for name in _PARTS},
            "units": self.units,
            "sample": None if self.sample is None else self.sample.to_state(),
            "split": [(path, str(total), size) for path, (total, size) in self.split.items()],
            "places": [(cp, *where) for cp, where in self.places.items()],
            "others": [part.to_state() for part in self.others],
            "sizes": [(path, start, sizes) for (path, start), sizes in self.sizes.items()],
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Partial:
        return cls(
            tuple(FileRecord(**record) for record in state["records"]),
            **{name: part.from_state(state[name]) for name, part in _PARTS.items()},
            units=int(state["units"]),
            sample=None if state["sample"] is None else Sample.from_state(state["sample"]),
            split={str(path): (int(total), int(size)) for path, total, size in state["split"]},
            places={int(cp): (str(path), int(start), int(line)) for cp, path, start, line in state["places"]},
            others=tuple(WordPart.from_state(part) for part in state["others"]),
            sizes={(str(path), int(start)): tuple(map(int, sizes)) for path, start, sizes in state["sizes"]},
        )


_PARTS: dict[str, Any] = {
    "size": SizePart,
    "characters": CharacterPart,
    "words": WordPart,
    "curve": CurvePart,
    "training": CharacterPart,
    "documents": DocumentPart,
}


class Fold:
    """Merges partials as they come, always two of about the same size, so that many small ones stay quick."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, Partial]] = []

    def add(self, partial: Partial) -> None:
        weight = 1
        while self._waiting and self._waiting[-1][0] <= weight:
            other_weight, other = self._waiting.pop()
            weight, partial = weight + other_weight, other.merge(partial)
        self._waiting.append((weight, partial))

    def result(self) -> Partial:
        total = Partial()
        while self._waiting:
            total = self._waiting.pop()[1].merge(total)
        return total


def _added(a: dict[str, Open], b: dict[str, Open]) -> dict[str, Open]:
    both = {**a, **b}
    for path in a.keys() & b.keys():
        both[path] = ((a[path][0] + b[path][0]) % 2**64, a[path][1] + b[path][1])
    return both
