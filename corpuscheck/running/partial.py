"""Partial: what one work unit gave. Partials merge in any order and can be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TypeVar

from corpuscheck.measuring.documents import Fragment
from corpuscheck.measuring.places import FIRST_PLACES, FirstPlace
from corpuscheck.peeking.choosing import ChoicePart
from corpuscheck.peeking.excerpts import Excerpt
from corpuscheck.profile.against import AgainstPart
from corpuscheck.profile.characters import CharacterPart
from corpuscheck.profile.checked import BITS_64
from corpuscheck.profile.clean import CleanPart
from corpuscheck.profile.curve import CurvePart
from corpuscheck.profile.distributions import DistributionPart
from corpuscheck.profile.documents import DocumentPart, NormPart
from corpuscheck.profile.drawn import DrawnPart
from corpuscheck.profile.near import NearPart
from corpuscheck.profile.part import Part, Way, merging, part, rows, table_of, total
from corpuscheck.profile.repeats import LineSample, RepeatsPart
from corpuscheck.profile.sample import Sample
from corpuscheck.profile.size import SizePart
from corpuscheck.profile.sources import SourcesPart
from corpuscheck.profile.spilled import SpilledRows
from corpuscheck.profile.words import WordPart
from corpuscheck.reading.files import FileRecord
from corpuscheck.values.packed import Packed

T = TypeVar("T")


def _any(one: T, *others: T) -> T:
    return one


def _one_by_one(counters: Sequence[tuple[WordPart, ...]]) -> tuple[WordPart, ...]:
    """The words of the first of several tokenizers from all of them, of the second from all, and so on."""
    return tuple(first.merge(*rest) for first, *rest in zip_longest(*counters, fillvalue=WordPart()))


def _written(others: Sequence[WordPart]) -> list[object]:
    return [other.to_state() for other in others]


def _known(states: list[dict[str, object]]) -> tuple[WordPart, ...]:
    return tuple(map(WordPart.from_state, states))


_RECORDS = Way(
    lambda packed: packed[0].merge(*packed[1:]), Packed.to_state, lambda state: Packed.from_state(FileRecord, state)
)


@dataclass(frozen=True)
class Partial(Part):
    """What one work unit gave. `training` and `units` are filled by a survey, `sizes` (bytes of each document, by file
    and range) by the pass for a forecast, `chosen` and `excerpts` (by file and number) by the two passes of a peek,
    `drawn` and `spilled` by those that draw a sample, `written` (names of work units) by those of a clean copy; the
    rest by a measurement."""

    records: Packed[FileRecord] = merging(_RECORDS, default_factory=lambda: Packed(FileRecord))
    size: SizePart = part(SizePart)
    characters: CharacterPart = part(CharacterPart)
    words: WordPart = part(WordPart)
    curve: CurvePart = part(CurvePart)
    training: CharacterPart = part(CharacterPart)
    units: int = total()
    sample: Sample = part(Sample)
    documents: DocumentPart = part(DocumentPart)
    norms: NormPart = part(NormPart)
    split: dict[str, Fragment] = table_of(Fragment.merge, BITS_64)
    places: Packed[FirstPlace] = merging(FIRST_PLACES, default_factory=lambda: Packed(FirstPlace))
    sizes: dict[tuple[str, int], tuple[int, ...]] = table_of(_any)
    others: tuple[WordPart, ...] = merging(Way(_one_by_one, _written, _known), default=())
    clean: CleanPart = part(CleanPart)
    near: NearPart = part(NearPart)
    lines: RepeatsPart = part(RepeatsPart)
    paragraphs: RepeatsPart = part(RepeatsPart)
    boilerplate: LineSample = part(LineSample)
    chosen: ChoicePart = part(ChoicePart)
    excerpts: dict[tuple[str, int], Excerpt] = table_of(_any)
    sources: SourcesPart = part(SourcesPart)
    distributions: DistributionPart = part(DistributionPart)
    against: AgainstPart = part(AgainstPart)
    drawn: DrawnPart = part(DrawnPart)
    spilled: tuple[SpilledRows, ...] = rows()
    written: tuple[str, ...] = rows()

    @property
    def weight(self) -> int:
        """About how many bytes it holds in tables that grow with the text."""
        return (
            self.near.signatures.size
            + 72 * len(self.documents)
            + 24 * (len(self.norms) + len(self.lines))
            + self.sample.size
            + 32 * len(self.drawn)
        )
