"""The two passes of a peek: choose documents, then fetch excerpts of those that were chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from corpuscheck.errors import TextError
from corpuscheck.kernels.arrays import Hashes
from corpuscheck.measuring.block import Measure
from corpuscheck.measuring.ledger import DocumentLedger
from corpuscheck.peeking.choosing import chooser
from corpuscheck.peeking.excerpts import Excerpt, Excerpter, LostWordMarker, Marker, SharedLineMarker
from corpuscheck.peeking.view import View
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.reader import Look, read_piece
from corpuscheck.running.partial import Partial
from corpuscheck.running.tasks import ReadingTask, Tell, counter_for
from corpuscheck.running.units import WorkUnit
from corpuscheck.text.printable import printable
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.values.packed import Packing


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
        return np.frombuffer(self.lines, "<u8")

    def marker(self) -> Marker | None:
        """Shows where in a text the trouble is."""
        if self.artefact:
            return LostWordMarker(self.artefact)
        return SharedLineMarker(self.line_hashes) if self.lines else None


NOTHING_KNOWN = KnownOfCorpus()


@dataclass(frozen=True)
class CountLinesTask(ReadingTask):
    """In how many documents each line stands."""

    def measures(self, records: Sequence[FileRecord]) -> Sequence[Measure]:
        return [DocumentLedger(records, True, False)]


@dataclass(frozen=True)
class ChooseTask(ReadingTask):
    """Find the documents to show; of copies, whatever is needed to pair them."""

    view: View
    known: KnownOfCorpus = NOTHING_KNOWN

    def measures(self, records: Sequence[FileRecord]) -> Sequence[Measure]:
        if self.view.pairs:
            return [DocumentLedger(records, True, self.view.rule == "CC503")]
        counter = counter_for(self.known.artefact, records) if self.known.artefact else None
        return [chooser(self.view, records, counter, self.known.line_hashes)]


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
        records = Packing(FileRecord)
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
        return Partial(records.finish(), excerpts=excerpts)


def _excerpts(
    batches: Iterator[Batch],
    records: Sequence[FileRecord],
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
            try:
                taking.take(batch.data[batch.starts[k] : batch.ends[k]].tobytes())
            except TextError as error:
                raise error.of(printable(path, LONGEST_PATH)) from None
            if not (batch.unfinished and k == len(batch.starts) - 1):
                yield (path, chosen), taking.finish()
        number = first + len(batch.starts) - 1
