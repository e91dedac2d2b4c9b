"""Tasks: what is done with one work unit. Each gives a Partial."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self

from corpuscheck.measuring.curve import CurveCounter
from corpuscheck.measuring.documents import DocumentHasher, Open
from corpuscheck.measuring.files import FileTally
from corpuscheck.measuring.forecasting import DocumentSampler
from corpuscheck.measuring.ledger import DocumentLedger
from corpuscheck.measuring.sampling import Sampler, Survey
from corpuscheck.measuring.units import Unit, UnitSplitter, passages_of
from corpuscheck.measuring.words import Judge, WordCounter, judged_by, word_counter
from corpuscheck.profile.curve import CurvePart
from corpuscheck.profile.sample import ALL
from corpuscheck.profile.size import SizePart
from corpuscheck.profile.words import WordPart
from corpuscheck.reading.batch import Batch, packed
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.reader import ONLY_LOOK, Look, read_piece
from corpuscheck.running.partial import Partial
from corpuscheck.running.units import WorkUnit
from corpuscheck.settings import Reading
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.probing import CharacterTable
from corpuscheck.tokenizer.ranking import Ranking

Tell = Callable[[int], None]
"""Called with the bytes on disk that were read since the last call; raises to cancel."""


class Task(Protocol):
    """A picklable description of the work; `run` does it for one unit."""

    def run(self, unit: WorkUnit, tell: Tell) -> Partial: ...

    def describe(self) -> dict[str, Any]:
        """Everything that its outcome depends on besides the files, as plain values."""
        ...

    def looking(self, look: Look) -> Task:
        """The same task at another look at the files."""
        ...


@dataclass(frozen=True)
class ReadingTask:
    """What all tasks have in common."""

    reading: Reading
    look: Look = field(default=ONLY_LOOK, kw_only=True)

    def looking(self, look: Look) -> Self:
        return replace(self, look=look)

    def describe(self) -> dict[str, Any]:
        plain = {key: str(value) if isinstance(value, int) else value for key, value in vars(self).items()}
        return {"task": type(self).__name__, **plain, "reading": vars(self.reading), "look": vars(self.look)}


@dataclass(frozen=True)
class SurveyTask(ReadingTask):
    """Count the characters and collect the training sample, with `whole` from the held-out part too."""

    unit: Unit
    held_out_share: float
    budget: int
    bound: int
    whole: bool = False

    def run(self, unit: WorkUnit, tell: Tell) -> Partial:
        survey = Survey(self.held_out_share, self.budget, self.bound, self.whole)
        splitter = UnitSplitter(self.unit)
        records, batches = batches_of(unit, self, tell)
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
class MeasureTask(ReadingTask):
    """Everything that the report needs, with a tokenizer at hand and, if known, a ranking for the curve.

    With `others` the words of further tokenizers are counted in the same pass. `sample_units` samples units, so that
    the held-out ones can be told from the others, also where they are lines; otherwise passages of documents.
    """

    artefact: Artefact
    unit: Unit
    held_out_share: float
    ranking: Ranking | None
    budget: int
    bound: int
    others: tuple[Artefact, ...] = ()
    sample_units: bool = False
    clean: bool = False
    near: bool = False
    line_bound: int = ALL

    def describe(self) -> dict[str, Any]:
        ranking = self.ranking.characters if self.ranking else ""
        others = [other.definition for other in self.others]
        return {
            **super().describe(),
            "artefact": self.artefact.definition,
            "ranking": ranking,
            "others": others,
            "units": self.sample_units,
        }

    def run(self, unit: WorkUnit, tell: Tell) -> Partial:
        sampler = Sampler(self.budget, self.bound)
        curve = CurveCounter(self.ranking) if self.ranking else None
        splitter, documents_splitter = UnitSplitter(self.unit), UnitSplitter("document")
        records, batches = batches_of(unit, self, tell)
        counter = counter_for(self.artefact, records)
        others = [counter_for(other, records) for other in self.others]
        hasher, files = DocumentHasher(records), FileTally(records)
        ledger = DocumentLedger(records, self.clean, self.near, self.line_bound)
        size = documents = 0
        for batch in batches:
            units = splitter.split(batch)
            whole = documents_splitter.split(batch) if self.unit == "line" else units
            passages = passages_of(batch, whole)
            held_out = units.held_out(self.held_out_share)
            counted = counter.observe(batch, units, held_out)
            for other in others:
                other.observe(batch, units, held_out)
            if self.sample_units:
                sampler.observe(batch, units, passages_of(batch, units))
            else:
                sampler.observe(batch, whole, passages)
            sums, closed = hasher.observe(batch, passages[0])
            files.observe(batch, units, counted, sums)
            ledger.observe(batch, closed)
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
            split=ledger.shared(hasher.split),
            places=files.places,
            others=tuple(_finished(other) for other in others),
            **ledger.finish(),
        )


def _finished(counter: WordCounter) -> WordPart:
    counter.walker.finish()  # gives its tables back
    return counter.finish()


@dataclass(frozen=True)
class ForecastTask(ReadingTask):
    """Collect whole documents by hash, and the size of every one."""

    budget: int
    bound: int

    def run(self, unit: WorkUnit, tell: Tell) -> Partial:
        sampler = DocumentSampler(self.budget, self.bound)
        splitter = UnitSplitter("document")
        records, batches = batches_of(unit, self, tell)
        for batch in batches:
            sampler.observe(batch, splitter.split(batch))
        sizes = {(records[n].path, records[n].start): tuple(sizes) for n, sizes in sampler.sizes.items()}
        split = {path: Open(0, size) for path, size in sampler.split.items()}
        return Partial(tuple(records), sample=sampler.finish(), split=split, sizes=sizes)


def batches_of(unit: WorkUnit, task: ReadingTask, tell: Tell) -> tuple[list[FileRecord], Iterator[Batch]]:
    """The batches of a unit; the records are complete when the batches are used up."""
    records: list[FileRecord] = []

    def each() -> Iterator[Batch]:
        for piece in unit:
            yield from read_piece(piece, task.reading, records, tell, task.look)

    return records, packed(each())


_MOST_KNOWN = 8


class _Known(threading.local):
    """What a worker has learned, by tokenizer: asking it anew for each file would cost more than measuring the file."""

    def __init__(self) -> None:
        self.tables: dict[str, CharacterTable] = {}
        self.judges: dict[str, Judge] = {}


_known = _Known()


def counter_for(artefact: Artefact, records: Sequence[FileRecord] = ()) -> WordCounter:
    """A counter that goes on from what this worker knows of the tokenizer; `records` are filled while it counts."""
    judges = _known.judges
    if artefact.definition not in judges:
        if len(judges) >= _MOST_KNOWN:
            judges.clear()
        judges[artefact.definition] = Judge(artefact)
    return word_counter(artefact, character_table(judged_by(artefact)), judges[artefact.definition], records)


def character_table(artefact: Artefact) -> CharacterTable:
    """This worker's table for a tokenizer."""
    tables = _known.tables
    if artefact.definition not in tables:
        if len(tables) >= _MOST_KNOWN:
            tables.clear()
        tables[artefact.definition] = CharacterTable(artefact)
    return tables[artefact.definition]
