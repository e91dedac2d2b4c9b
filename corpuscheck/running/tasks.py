"""Tasks: what is done with one work unit. Each gives a Partial; partials merge in any order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self

from corpuscheck.measuring.curve import CurveCounter
from corpuscheck.measuring.documents import DocumentHasher, Open
from corpuscheck.measuring.files import FileTally, Where
from corpuscheck.measuring.sampling import Sampler, Survey
from corpuscheck.measuring.units import Unit, UnitSplitter, passages_of
from corpuscheck.measuring.words import judged_by, word_counter
from corpuscheck.profile.characters import CharacterPart
from corpuscheck.profile.curve import CurvePart
from corpuscheck.profile.documents import DocumentPart
from corpuscheck.profile.sample import Sample
from corpuscheck.profile.size import SizePart
from corpuscheck.profile.tables import earliest
from corpuscheck.profile.words import WordPart
from corpuscheck.reading.batch import Batch, packed
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.reader import read_piece
from corpuscheck.running.units import WorkUnit
from corpuscheck.settings import Reading
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.probing import CharacterTable
from corpuscheck.tokenizer.training import Ranking

Tell = Callable[[int], None]
"""Called with the bytes on disk that were read since the last call; raises to cancel."""


@dataclass(frozen=True)
class Partial:
    """What one work unit gave. `training` and `units` are filled by a survey, the rest by a measurement."""

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
        )


def _added(a: dict[str, Open], b: dict[str, Open]) -> dict[str, Open]:
    both = {**a, **b}
    for path in a.keys() & b.keys():
        both[path] = ((a[path][0] + b[path][0]) % 2**64, a[path][1] + b[path][1])
    return both


class Task(Protocol):
    """A picklable description of the work; `run` does it for one unit."""

    def run(self, unit: WorkUnit, tell: Tell) -> Partial: ...

    def reading_as(self, **changes: Any) -> Task:
        """The same task with other settings of its reading."""
        ...


@dataclass(frozen=True)
class _ReadingTask:
    """What both tasks have in common."""

    reading: Reading

    def reading_as(self, **changes: Any) -> Self:
        return replace(self, reading=replace(self.reading, **changes))


@dataclass(frozen=True)
class SurveyTask(_ReadingTask):
    """Count the characters and collect the training sample."""

    unit: Unit
    held_out_share: float
    budget: int
    bound: int

    def run(self, unit: WorkUnit, tell: Tell) -> Partial:
        survey = Survey(self.held_out_share, self.budget, self.bound)
        splitter = UnitSplitter(self.unit)
        records, batches = _batches(unit, self.reading, tell)
        size = 0
        documents = 0
        for batch in batches:
            survey.observe(batch, splitter.split(batch))
            size += batch.utf8_bytes
            documents += batch.documents
        training, held_out = survey.training(), survey.held_out()
        return Partial(
            tuple(records),
            SizePart(utf8_bytes=size, documents=documents),
            characters=training.merge(held_out),
            training=training,
            units=survey.units,
            sample=survey.sample(),
        )


@dataclass(frozen=True)
class MeasureTask(_ReadingTask):
    """Everything that the report needs, with a tokenizer at hand and, if known, a ranking for the curve."""

    artefact: Artefact
    unit: Unit
    held_out_share: float
    ranking: Ranking | None
    budget: int
    bound: int

    def run(self, unit: WorkUnit, tell: Tell) -> Partial:
        counter = word_counter(self.artefact, character_table(judged_by(self.artefact)))
        sampler = Sampler(self.budget, self.bound)
        curve = CurveCounter(self.ranking) if self.ranking else None
        splitter, documents_splitter = UnitSplitter(self.unit), UnitSplitter("document")
        records, batches = _batches(unit, self.reading, tell)
        hasher, files = DocumentHasher(records), FileTally(records)
        size = documents = 0
        for batch in batches:
            units = splitter.split(batch)
            whole = documents_splitter.split(batch) if self.unit == "line" else units
            passages = passages_of(batch, whole)
            counted = counter.observe(batch, units, units.held_out(self.held_out_share))
            sampler.observe(batch, whole, passages)
            files.observe(batch, units, counted, hasher.observe(batch, passages[0]))
            if curve:
                curve.observe(batch, units, counter.walker.characters)
            size += batch.utf8_bytes
            documents += batch.documents
        return Partial(
            tuple(records),
            SizePart(0, size, counter.walker.nfc_saving, documents),
            counter.walker.finish(),
            counter.finish(),
            curve.finish()[0] if curve else CurvePart(),
            sample=sampler.finish(),
            documents=hasher.finish(),
            split=hasher.split,
            places=files.places,
        )


def _batches(unit: WorkUnit, reading: Reading, tell: Tell) -> tuple[list[FileRecord], Iterator[Batch]]:
    """The batches of a unit; the records are complete when the batches are used up."""
    records: list[FileRecord] = []

    def each() -> Iterator[Batch]:
        for piece in unit:
            yield from read_piece(piece, reading, records, tell)

    return records, packed(each())


class _Tables(threading.local):
    """Character tables by tokenizer definition: probing is paid once per worker."""

    def __init__(self) -> None:
        self.by_definition: dict[str, CharacterTable] = {}


_tables = _Tables()


def character_table(artefact: Artefact) -> CharacterTable:
    """This worker's table for a tokenizer."""
    known = _tables.by_definition
    if artefact.definition not in known:
        known.clear()
        known[artefact.definition] = CharacterTable(artefact)
    return known[artefact.definition]
