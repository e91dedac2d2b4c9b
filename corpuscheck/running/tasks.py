"""Tasks: what is done with one work unit. Each gives a Partial."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self

from corpuscheck.cleaning.rows import RowFile
from corpuscheck.files.remote import soon
from corpuscheck.files.spilling import fitting
from corpuscheck.files.stores import ChangedError
from corpuscheck.measuring.against import Benchmarks
from corpuscheck.measuring.block import Blocks, Measure
from corpuscheck.measuring.encoding import TextCounter
from corpuscheck.measuring.forecasting import DocumentSampler
from corpuscheck.measuring.landmarks import Landmarks
from corpuscheck.measuring.ledger import DocumentLedger
from corpuscheck.measuring.piecewise import Piecewise
from corpuscheck.measuring.sampling import Sampler, Survey
from corpuscheck.measuring.signals import SignalRows
from corpuscheck.measuring.sources import SourceNames
from corpuscheck.measuring.tokenizing import Tokenizing
from corpuscheck.measuring.units import Unit
from corpuscheck.measuring.words import Suspects, WordCounter, walked_with, word_counter
from corpuscheck.measuring.words_of_documents import DocumentWords
from corpuscheck.profile.sample import ALL
from corpuscheck.reading.batch import Batch, packed
from corpuscheck.reading.discover import Source
from corpuscheck.reading.files import FileRecord, changed_range, renewed, whole_place
from corpuscheck.reading.reader import ONLY_LOOK, Look, read_piece
from corpuscheck.reading.sourcing import Sourcing
from corpuscheck.running.partial import Partial
from corpuscheck.running.units import WorkUnit
from corpuscheck.settings import Reading
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.probing import CharacterTable
from corpuscheck.tokenizer.ranking import Ranking
from corpuscheck.values.packed import Packed, Packing

Tell = Callable[[int], None]
"""Called with the bytes on disk that were read since the last call; raises to cancel."""


class Task(Protocol):
    """A picklable description of the work; `run` does it for one unit."""

    def run(self, unit: WorkUnit, tell: Tell) -> Partial: ...

    @property
    def unit(self) -> Unit:
        """What is held out as a whole."""
        ...

    def describe(self) -> dict[str, Any]:
        """Everything that its outcome depends on besides the files, as plain values."""
        ...

    def named_by(self, source: Source) -> Any:
        """What its outcome for a file depends on besides its content, as plain values."""
        ...

    def looking(self, look: Look) -> Task:
        """The same task at another look at the files."""
        ...


@dataclass(frozen=True)
class ReadingTask:
    """What all tasks have in common: one loop over the blocks of a work unit, which each measure looks at."""

    reading: Reading
    look: Look = field(default=ONLY_LOOK, kw_only=True)
    unit: Unit = field(default="document", kw_only=True)
    held_out_share: float = field(default=0.0, kw_only=True)

    def measures(self, records: Sequence[FileRecord]) -> Sequence[Measure]:
        """New measures for a work unit of these files, of which more come while it is read."""
        raise NotImplementedError

    def run(self, unit: WorkUnit, tell: Tell) -> Partial:
        """Read and measure the unit; once more where a file in a store has changed meanwhile. Raises ScanError."""
        try:
            return self._measured(unit, tell)
        except ChangedError:
            if unit[0].partial:  # the ranges were those of the old file: it is read whole
                return Partial(Packed.of(FileRecord, [changed_range(unit[0])]))
            again = [renewed(piece) for piece in unit]
        try:
            return self._measured(again, tell)
        except ChangedError as error:
            raise ChangedError(f"{error}, twice; the scan is incomplete") from None

    def _measured(self, unit: WorkUnit, tell: Tell) -> Partial:
        records, batches = batches_of(unit, self, tell)
        blocks, measures = Blocks(records, self.unit, self.held_out_share), self.measures(records)
        for batch in batches:
            block = blocks.of(batch)
            for measure in measures:
                measure.observe(block)
            if batch.files is not None and len(batch.files):
                records.settle(int(batch.files[-1]))  # the last file may go on
        found = (Partial(**measure.finish()) for measure in measures)
        return Partial(records.finish(), blocks.size, split=blocks.split).merge(*found)

    def looking(self, look: Look) -> Self:
        return replace(self, look=look)

    def named_by(self, source: Source) -> Any:
        return None

    def describe(self) -> dict[str, Any]:
        plain = {key: str(value) if isinstance(value, int) else value for key, value in vars(self).items()}
        return {"task": type(self).__name__, **plain, "reading": vars(self.reading), "look": vars(self.look)}


@dataclass(frozen=True)
class SurveyTask(ReadingTask):
    """Count the characters and collect the training sample, with `whole` from the held-out part too."""

    budget: int
    bound: int
    whole: bool = False

    def measures(self, records: Sequence[FileRecord]) -> Sequence[Measure]:
        return [Survey(self.budget, self.bound, self.whole)]


@dataclass(frozen=True)
class Signals:
    """The folder for rows of documents, and what these are compared with."""

    folder: str
    landmarks: Landmarks

    def of_unit(self, records: Sequence[FileRecord]) -> SignalRows:
        """New rows for a work unit, under a name that no other has, however often it is read."""
        with fitting(self.folder):
            file = RowFile(self.folder, secrets.token_hex(12))
        return SignalRows(records, self.folder, file, self.landmarks)


@dataclass(frozen=True)
class MeasureTask(ReadingTask):
    """Everything that the report needs, with a tokenizer at hand and, if known, a ranking for the curve.

    With `count_tokens` tokens are counted also where words can be counted without; with `by_itself` the tokenizer
    encodes every document itself. With `others` the words of further tokenizers are counted in the same pass.
    `sample_units` samples units, so that the held-out ones can be told from the others, also where they are lines;
    otherwise passages of documents. `signals` is what rows of documents need, if they are wanted.
    """

    artefact: Artefact
    ranking: Ranking | None
    budget: int
    bound: int
    others: tuple[Artefact, ...] = ()
    sample_units: bool = False
    clean: bool = False
    near: bool = False
    line_bound: int = ALL
    sourcing: Sourcing | None = None
    count_tokens: bool = False
    by_itself: bool = False
    against: Benchmarks | None = None
    signals: Signals | None = None

    def describe(self) -> dict[str, Any]:
        ranking = self.ranking.characters if self.ranking else ""
        others = [other.definition for other in self.others]
        return {
            **super().describe(),
            "artefact": self.artefact.definition,
            "ranking": ranking,
            "others": others,
            "units": self.sample_units,
            "sourcing": None,  # see named_by, and the look
            "against": self.against.fingerprint if self.against else "",
        }

    def looking(self, look: Look) -> Self:
        return super().looking(replace(look, source_field=self.sourcing.field if self.sourcing else ""))

    def named_by(self, source: Source) -> Any:
        return self.sourcing.named_by(source) if self.sourcing else None

    def measures(self, records: Sequence[FileRecord]) -> Sequence[Measure]:
        others = [self._counter(other, records, False) for other in self.others]
        words = DocumentWords() if self.sourcing else None
        signals = self.signals.of_unit(records) if self.signals else None
        names = SourceNames(records, self.sourcing) if self.sourcing else None
        return [
            Tokenizing(records, self._counter(self.artefact, records, self.count_tokens), others, self.ranking, words),
            Sampler(self.budget, self.bound, self.sample_units, names),
            DocumentLedger(
                records, self.clean, self.near, self.line_bound, self.sourcing, words, self.against, signals
            ),
        ]

    def _counter(self, artefact: Artefact, records: Sequence[FileRecord], count_tokens: bool) -> WordCounter:
        if not (count_tokens or artefact.not_characterwise):
            return counter_for(artefact, records)
        texts = TextCounter(artefact, records) if self.by_itself else texts_for(artefact, records)
        return counter_for(artefact, records, texts)


@dataclass(frozen=True)
class ForecastTask(ReadingTask):
    """Collect whole documents by hash, and the size of every one."""

    budget: int
    bound: int

    def measures(self, records: Sequence[FileRecord]) -> Sequence[Measure]:
        return [DocumentSampler(records, self.budget, self.bound)]


def batches_of(unit: WorkUnit, task: ReadingTask, tell: Tell) -> tuple[Packing[FileRecord], Iterator[Batch]]:
    """The batches of a unit; the records are complete when the batches are used up."""
    records = Packing(FileRecord)

    def each() -> Iterator[Batch]:
        for piece in soon(unit, whole_place):
            yield from read_piece(piece, task.reading, records, tell, task.look)

    return records, packed(each())


_MOST_KNOWN, _MOST_FOLLOWED = 8, 4


class _Known(threading.local):
    """What a worker has learned, by tokenizer: asking it anew for each file would cost more than measuring the file."""

    def __init__(self) -> None:
        self.tables: dict[str, CharacterTable] = {}
        self.suspects: dict[str, Suspects] = {}
        self.piecewise: dict[str, Piecewise] = {}


_known = _Known()


def counter_for(
    artefact: Artefact, records: Sequence[FileRecord] = (), texts: TextCounter | None = None
) -> WordCounter:
    """A counter that goes on from what this worker knows of the tokenizer; `records` are filled while it counts."""
    suspects = _known.suspects
    if artefact.definition not in suspects:
        if len(suspects) >= _MOST_KNOWN:
            suspects.clear()
        suspects[artefact.definition] = Suspects(artefact)
    if artefact.not_characterwise:
        texts = texts or texts_for(artefact, records)
    characters = character_table(walked_with(artefact))
    return word_counter(artefact, characters, suspects[artefact.definition], records, texts)


def texts_for(artefact: Artefact, records: Sequence[FileRecord]) -> TextCounter:
    """A counter of tokens that goes on from what this worker knows, where nobody else in it counts with the same."""
    if artefact.recipe.reason:
        return TextCounter(artefact, records)
    known = _known.piecewise
    free = known.pop(artefact.definition, None)
    if len(known) >= _MOST_FOLLOWED:
        known.clear()

    def give_back(piecewise: Piecewise) -> None:
        known[artefact.definition] = piecewise

    return TextCounter(artefact, records, free or Piecewise(artefact), give_back)


def character_table(artefact: Artefact) -> CharacterTable:
    """This worker's table for a tokenizer."""
    tables = _known.tables
    if artefact.definition not in tables:
        if len(tables) >= _MOST_KNOWN:
            tables.clear()
        tables[artefact.definition] = CharacterTable(artefact)
    return tables[artefact.definition]
