"""Partial: what one work unit gave. Partials merge in any order and can be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import zip_longest
from typing import Any

from corpuscheck.measuring.choosing import ChoicePart
from corpuscheck.measuring.documents import Open
from corpuscheck.measuring.excerpts import Excerpt
from corpuscheck.measuring.files import Where
from corpuscheck.profile.characters import CharacterPart
from corpuscheck.profile.clean import CleanPart
from corpuscheck.profile.curve import CurvePart
from corpuscheck.profile.documents import DocumentPart
from corpuscheck.profile.near import NearPart
from corpuscheck.profile.repeats import LinesSeen, RepeatsPart
from corpuscheck.profile.sample import Sample
from corpuscheck.profile.size import SizePart
from corpuscheck.profile.tables import earliest
from corpuscheck.profile.words import WordPart
from corpuscheck.reading.files import FileRecord


@dataclass(frozen=True)
class Partial:
    """What one work unit gave. `training` and `units` are filled by a survey, `sizes` (bytes of each document, by file
    and range) by the pass for a forecast, `chosen` and `excerpts` (by file and number) by the two passes of a peek, and
    are not kept; the rest by a measurement."""

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
    clean: CleanPart = field(default_factory=CleanPart)
    near: NearPart = field(default_factory=NearPart)
    lines: RepeatsPart = field(default_factory=RepeatsPart)
    paragraphs: RepeatsPart = field(default_factory=RepeatsPart)
    boilerplate: LinesSeen = field(default_factory=LinesSeen)
    chosen: ChoicePart = field(default_factory=ChoicePart)
    excerpts: dict[tuple[str, int], Excerpt] = field(default_factory=dict)

    def merge(self, *others: Partial) -> Partial:
        parts = (self, *others)
        samples = [part.sample for part in parts if part.sample]
        counters = zip_longest(*(part.others for part in parts), fillvalue=WordPart())
        return Partial(
            tuple(record for part in parts for record in part.records),
            reduce(SizePart.merge, (part.size for part in parts)),
            self.characters.merge(*(part.characters for part in others)),
            self.words.merge(*(part.words for part in others)),
            self.curve.merge(*(part.curve for part in others)),
            self.training.merge(*(part.training for part in others)),
            sum(part.units for part in parts),
            samples[0].merge(*samples[1:]) if samples else None,
            self.documents.merge(*(part.documents for part in others)),
            _joined([part.split for part in parts]),
            earliest(*(part.places for part in parts)),
            {place: sizes for part in parts for place, sizes in part.sizes.items()},
            tuple(first.merge(*rest) for first, *rest in counters),
            self.clean.merge(*(part.clean for part in others)),
            self.near.merge(*(part.near for part in others)),
            self.lines.merge(*(part.lines for part in others)),
            self.paragraphs.merge(*(part.paragraphs for part in others)),
            self.boilerplate.merge(*(part.boilerplate for part in others)),
            self.chosen.merge(*(part.chosen for part in others)),
            {place: excerpt for part in parts for place, excerpt in part.excerpts.items()},
        )

    @property
    def weight(self) -> int:
        """About how many bytes it holds in tables that grow with the documents."""
        return len(self.near.signatures) + 8 * len(self.documents.hashes) + 3 * len(self.lines.hashes)

    def to_state(self) -> dict[str, Any]:
        """Plain values; the same again from `from_state`."""
        return {
            "records": [record.row() for record in self.records],
            **{name: getattr(self, name).to_state() for name in _PARTS},
            "units": self.units,
            "sample": None if self.sample is None else self.sample.to_state(),
            "split": [(path, str(known.total), known.size, known.counts) for path, known in self.split.items()],
            "places": _packed(self.places),
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
            split={
                str(path): Open(int(total), int(size), tuple(map(int, counts)))
                for path, total, size, counts in state["split"]
            },
            places=_unpacked(state["places"]),
            others=tuple(WordPart.from_state(part) for part in state["others"]),
            sizes={(str(path), int(start)): tuple(map(int, sizes)) for path, start, sizes in state["sizes"]},
        )


def _packed(places: dict[int, Where]) -> dict[str, Any]:
    """Columns; a file or range, in which many characters stand, is named once."""
    ranges = list(dict.fromkeys((path, start) for path, start, _ in places.values()))
    number = {name: k for k, name in enumerate(ranges)}
    return {
        "ranges": ranges,
        "code_points": list(places),
        "of": [number[path, start] for path, start, _ in places.values()],
        "lines": [line for _, _, line in places.values()],
    }


def _unpacked(state: dict[str, Any]) -> dict[int, Where]:
    ranges = [(str(path), int(start)) for path, start in state["ranges"]]
    where = ((*ranges[k], line) for k, line in zip(state["of"], state["lines"], strict=True))
    return dict(zip(state["code_points"], where, strict=True))


_PARTS: dict[str, Any] = {
    "size": SizePart,
    "characters": CharacterPart,
    "words": WordPart,
    "curve": CurvePart,
    "training": CharacterPart,
    "documents": DocumentPart,
    "clean": CleanPart,
    "near": NearPart,
    "lines": RepeatsPart,
    "paragraphs": RepeatsPart,
    "boilerplate": LinesSeen,
}


class Fold:
    """Merges partials as they come, many at a time, so that many small ones stay quick."""

    _AT_ONCE = 64
    _HEAVY = 24_000_000

    def __init__(self) -> None:
        self._waiting = [Partial()]
        self._weight = 0

    def add(self, partial: Partial) -> None:
        self._waiting.append(partial)
        self._weight += partial.weight
        if len(self._waiting) > self._AT_ONCE or self._weight > self._HEAVY:
            self._waiting = [self.result()]
            self._weight = 0

    def result(self) -> Partial:
        return self._waiting[0].merge(*self._waiting[1:])


def _joined(tables: Sequence[dict[str, Open]]) -> dict[str, Open]:
    """Of each shared document the sum of its passages and its bytes, as far as they are known."""
    joined: dict[str, Open] = {}
    for table in tables:
        for path, known in table.items():
            joined[path] = joined.get(path, Open()).merge(known)
    return joined
