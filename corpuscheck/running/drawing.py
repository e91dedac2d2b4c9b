"""Draw a sample: a pass that learns how far to go, and one that takes the documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import orjson
import zstandard

from corpuscheck.errors import NothingToScanError, UsageError
from corpuscheck.estimates.draw import Draw
from corpuscheck.estimates.drawn import Drawn
from corpuscheck.files.spilling import spill_folder, spilled_lines
from corpuscheck.files.writing import writing
from corpuscheck.measuring.block import Measure
from corpuscheck.measuring.drawing import DocumentTaker, KeyDrawer
from corpuscheck.profile.drawn import EVERYTHING, DrawBound, DrawnPart
from corpuscheck.reading.discover import Found
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.presets import check_preset
from corpuscheck.reading.reader import Look
from corpuscheck.reading.sourcing import Sourcing
from corpuscheck.running.assembling import documents_before
from corpuscheck.running.corpus import Corpus, Watch
from corpuscheck.running.partial import Partial
from corpuscheck.running.scanning import nothing_in, sourcing_for
from corpuscheck.running.tasks import ReadingTask
from corpuscheck.running.units import whole_documents
from corpuscheck.settings import Settings
from corpuscheck.text.amounts import plural

_ALL = 1 << 64


@dataclass(frozen=True)
class DrawTask(ReadingTask):
    """The smallest keys of all documents, by source where there is a sourcing."""

    nothing: DrawnPart
    seed: int
    sourcing: Sourcing | None

    def looking(self, look: Look) -> Self:
        return super().looking(replace(look, source_field=self.sourcing.field if self.sourcing else ""))

    def measures(self, records: Sequence[FileRecord]) -> Sequence[Measure]:
        return [KeyDrawer(records, self.nothing, self.seed, self.sourcing)]


@dataclass(frozen=True)
class TakeTask(ReadingTask):
    """Write the documents that are drawn to files of a folder."""

    folder: str
    seed: int
    sourcing: Sourcing
    bounds: Mapping[int, DrawBound]
    before: Mapping[tuple[str, int], int]

    def looking(self, look: Look) -> Self:
        return super().looking(replace(look, source_field=self.sourcing.field))

    def measures(self, records: Sequence[FileRecord]) -> Sequence[Measure]:
        return [DocumentTaker(records, self.folder, self.seed, self.sourcing, self.bounds, self.before)]


def sampled(found: Found, draw: Draw, path: str, settings: Settings, watch: Watch, processes: bool) -> Drawn:
    """Draw documents and write them to a file. Raises CorpuscheckError."""
    sourcing = sourcing_for(found, settings)
    if sourcing.by == "script":
        raise UsageError("--by script: a sample is drawn by folder, path, file or field:NAME")
    corpus = Corpus(found.sources, settings, watch, processes, cut=whole_documents)
    before: Mapping[tuple[str, int], int] = {}
    if draw.share is None or draw.equal or corpus.pieces:
        bounds, before = _learned(corpus, draw, sourcing, settings)
    else:
        bounds = {0: _of_share(draw.share)}
    with spill_folder(path) as folder:
        task = TakeTask(settings.reading, folder, draw.seed, sourcing, bounds, before)
        taken = corpus.run("taking documents", task)
        check_preset(taken.records, settings)
        if not taken.size.documents:
            raise NothingToScanError(nothing_in(taken.records))
        _check(draw, taken)
        with writing(path) as file, zstandard.ZstdCompressor(level=6).stream_writer(file, closefd=False) as packed:
            return replace(_written(taken, folder, bounds, packed.write, path), equal=draw.equal)


def _of_share(share: float) -> DrawBound:
    return DrawBound(round(share * _ALL)) if share < 1 else EVERYTHING


def _learned(
    corpus: Corpus, draw: Draw, sourcing: Sourcing, settings: Settings
) -> tuple[dict[int, DrawBound], Mapping[tuple[str, int], int]]:
    """How far to go in each source, 0 standing for all of them; and where the ranges of files begin."""
    documents, size = draw.documents or 0, draw.bytes or 0
    if draw.share is not None and draw.equal:
        counting = DrawTask(settings.reading, DrawnPart(documents=1), draw.seed, None)
        documents = max(1, round(draw.share * corpus.run("counting documents", counting).size.documents))
    nothing = DrawnPart(documents, size) if documents or size else DrawnPart(documents=1)
    task = DrawTask(settings.reading, nothing, draw.seed, sourcing if draw.equal else None)
    seen = corpus.run("drawing", task)
    before = documents_before(seen.records)
    if draw.share is not None and not draw.equal:
        return {0: _of_share(draw.share)}, before
    return replace(seen.drawn, documents=documents, bytes=size).bounds(), before


def _check(draw: Draw, taken: Partial) -> None:
    """Raises UsageError where nothing was drawn."""
    if taken.spilled:
        return
    of = plural(taken.size.documents, "document")
    if draw.bytes is not None:
        raise UsageError(f"--bytes: the first document drawn of {of} is larger than that: ask for more")
    raise UsageError(f"the share is too small: none of {of} was drawn; ask for more, or say --documents")


def _written(
    taken: Partial, folder: str, bounds: Mapping[int, DrawBound], write: Callable[[bytes], object], path: str
) -> Drawn:
    """Write the documents in the order of their files, and count them."""
    copies: Counter[int] = Counter()
    documents = size = squares = 0
    sources: Counter[str] = Counter()
    for line in _lines(taken, folder):
        border, length, source, row = line.split(b"\t", 3)
        if border:
            copies[int(border)] += 1
            if copies[int(border)] > bounds[int(border)].copies:
                continue
        write(row)
        documents, size, squares = documents + 1, size + int(length), squares + int(length) ** 2
        sources[orjson.loads(source)] += 1
    return Drawn(path, documents, size, squares, taken.size.documents, taken.size.utf8_bytes, dict(sources))


def _lines(taken: Partial, folder: str) -> Iterator[bytes]:
    for rows in sorted(taken.spilled, key=lambda rows: (rows.path, rows.start)):
        yield from spilled_lines(folder, rows.name)
