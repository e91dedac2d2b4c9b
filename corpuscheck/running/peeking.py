"""The two passes of a peek: choose documents, then fetch excerpts of those that were chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from corpuscheck.arrays import Hashes
from corpuscheck.measuring.choosing import chooser
from corpuscheck.measuring.documents import DocumentHasher, Open
from corpuscheck.measuring.excerpts import Excerpt, Excerpter, LostWordMarker, Marker, SharedLineMarker
from corpuscheck.measuring.ledger import DocumentLedger
from corpuscheck.measuring.units import UnitSplitter, passages_of
from corpuscheck.profile.packing import HASHES
from corpuscheck.profile.size import SizePart
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.reader import Look, read_piece
from corpuscheck.running.partial import Partial
from corpuscheck.running.tasks import ReadingTask, Tell, batches_of, counter_for
from corpuscheck.running.units import WorkUnit
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.viewing import View


@dataclass(frozen=True)
class KnownOfCorpus:
    """What is known of the whole corpus before documents are chosen: its tokenizer, or the lines that documents share.

    `lines` are the hashes (uint64) of lines that more than one document has: all of them, or a sample.
    """

    artefact: Artefact | None = None
    lines: bytes = b""
    all_lines: bool = True

    @property
    def line_hashes(self) -> Hashes:
        return np.frombuffer(self.lines, HASHES)

    def marker(self) -> Marker | None:
        """Shows where in a text the trouble is."""
        if self.artefact:
            return LostWordMarker(self.artefact)
        return SharedLineMarker(self.line_hashes) if self.lines else None


NOTHING_KNOWN = KnownOfCorpus()


@dataclass(frozen=True)
class CountLinesTask(ReadingTask):
    """In how many documents each line stands."""

    def run(self, unit: WorkUnit, tell: Tell) -> Partial:
        records, batches = batches_of(unit, self, tell)
        hasher, splitter = DocumentHasher(records), UnitSplitter("document")
        ledger = DocumentLedger(records, True, False)
        for batch in batches:
            _, closed = hasher.observe(batch, passages_of(batch, splitter.split(batch))[0])
            ledger.observe(batch, closed)
        return Partial(tuple(records), **ledger.finish())


@dataclass(frozen=True)
class ChooseTask(ReadingTask):
    """Find the documents to show; of copies, whatever is needed to pair them."""

    view: View
    known: KnownOfCorpus = NOTHING_KNOWN

    def run(self, unit: WorkUnit, tell: Tell) -> Partial:
        records, batches = batches_of(unit, self, tell)
        hasher, splitter = DocumentHasher(records), UnitSplitter("document")
        ledger = DocumentLedger(records, True, self.view.rule == "CC503") if self.view.pairs else None
        counter = counter_for(self.known.artefact, records) if self.known.artefact else None
        choose = chooser(self.view, records, counter, self.known.line_hashes) if ledger is None else None
        size = documents = 0
        for batch in batches:
            _, closed = hasher.observe(batch, passages_of(batch, splitter.split(batch))[0])
            for observer in (ledger, choose):
                if observer:
                    observer.observe(batch, closed)
            size += batch.utf8_bytes
            documents += batch.documents
        part = SizePart(utf8_bytes=size, documents=documents)
        if ledger:
            return Partial(tuple(records), part, split=ledger.shared(hasher.split), **ledger.finish())
        assert choose
        split = {
            path: Open(known.total, known.size, tuple(choose.split[path].tolist()) if path in choose.split else ())
            for path, known in hasher.split.items()
        }
        return Partial(tuple(records), part, split=split, chosen=choose.finish())


@dataclass(frozen=True)
class FetchTask(ReadingTask):
    """Read the chosen documents again, by file and number from 0, and keep an excerpt of each.

    `look` says of which encoding doubtful files are: the first pass has settled that.
    """

    view: View
    wanted: Mapping[str, frozenset[int]] = field(default_factory=dict)
    known: KnownOfCorpus = NOTHING_KNOWN

    def looking(self, look: Look) -> Self:
        return self

    def run(self, unit: WorkUnit, tell: Tell) -> Partial:
        records: list[FileRecord] = []
        excerpts: dict[tuple[str, int], Excerpt] = {}
        for piece in unit:
            names = {
                path: numbers
                for path, numbers in self.wanted.items()
                if path == piece.source.path or path.startswith(piece.source.path + "!/")
            }
            left = sum(map(len, names.values()))
            batches = read_piece(piece, self.reading, records, tell, self.look)
            for place, excerpt in _excerpts(batches, records, names, lambda: Excerpter(self.view, self.known.marker())):
                excerpts[place] = excerpt
                left -= 1
                if not left:
                    break
        return Partial(tuple(records), excerpts=excerpts)


def _excerpts(
    batches: Iterator[Batch],
    records: list[FileRecord],
    wanted: Mapping[str, frozenset[int]],
    excerpter: Callable[[], Excerpter],
) -> Iterator[tuple[tuple[str, int], Excerpt]]:
    """The excerpt of each wanted document as it ends."""
    current, number, taking = -1, -1, excerpter()
    for batch in batches:
        file = 0 if batch.files is None or not len(batch.files) else int(batch.files[0])
        if file != current:
            current, number = file, -1
        path = records[file].path
        numbers = wanted.get(path, frozenset())
        first = number + 1 - (batch.offset > 0)
        for chosen in sorted(n for n in numbers if first <= n < first + len(batch.starts)):
            k = chosen - first
            if k or not batch.offset:
                taking = excerpter()
            taking.take(batch.data[batch.starts[k] : batch.ends[k]].tobytes())
            if not (batch.unfinished and k == len(batch.starts) - 1):
                yield (path, chosen), taking.finish()
        number = first + len(batch.starts) - 1
