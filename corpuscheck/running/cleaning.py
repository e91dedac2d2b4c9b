"""Clean: two passes over a corpus, the first learns what each document is, the second writes those that stay."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import reduce
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

import numpy as np

from corpuscheck._version import __version__
from corpuscheck.cleaning.decisions import Decider, UnitDecisions
from corpuscheck.cleaning.folder import cannot_be_written, made_beside, write_manifest
from corpuscheck.cleaning.frames import Frames, FrameWriter
from corpuscheck.cleaning.looking import DocumentRows
from corpuscheck.cleaning.making import Making
from corpuscheck.cleaning.outcome import Cleaned, Input, NotRead
from corpuscheck.cleaning.plan import CleanPlan
from corpuscheck.cleaning.rows import Documents, RowFile
from corpuscheck.cleaning.shards import shards_of, write_lines, writer_of
from corpuscheck.cleaning.writing import KEPT, REMOVED, CleanWriter, shown
from corpuscheck.errors import NothingToScanError, ScanError, UsageError, nothing_to_scan
from corpuscheck.measuring.block import Blocks
from corpuscheck.measuring.contaminants import Contaminants
from corpuscheck.profile.against import AgainstPart
from corpuscheck.profile.documents import DocumentPart
from corpuscheck.profile.near import NearPart
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.cleaned import REMOVALS
from corpuscheck.reading.discover import Found, Source
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.reader import Look
from corpuscheck.reading.sourcing import Sourcing
from corpuscheck.result.contamination import contamination_of
from corpuscheck.running.against import benchmarks_of
from corpuscheck.running.corpus import Corpus, Watch, is_clean
from corpuscheck.running.partial import Partial
from corpuscheck.running.scanning import records_of_skipped, sourcing_for
from corpuscheck.running.tasks import ReadingTask, Tell, batches_of
from corpuscheck.running.units import WorkUnit, work_units
from corpuscheck.settings import Reading, Settings
from corpuscheck.values.packed import Packed

LOOKING, WRITING = "looking for copies and debris", "writing"
"""The names of the passes."""

_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class LookTask(ReadingTask):
    """Write a row for each document."""

    folder: str
    making: Making
    near: bool = True
    contaminants: Contaminants | None = None

    def _measured(self, unit: WorkUnit, tell: Tell) -> Partial:
        name = _name_of(unit, self.look)
        records, batches = batches_of(unit, self, tell)
        blocks = Blocks(records)
        with _writing(self.folder):
            file = RowFile(self.folder, name)
            try:
                rows = DocumentRows(records, file, self.making, self.near, self.contaminants)
                for batch in together(batches):
                    rows.observe(blocks.of(batch))
                known = one_each(records.finish(), unit)
                file.finish(list(zip(known.values("path"), known.numbers("start").tolist(), strict=True)))
            finally:
                file.close()
            if unit[0].shared and is_clean(known, 1):
                file.know_as_whole()
        return Partial(known, blocks.size, written=(name,))

    def named_by(self, source: Source) -> Any:
        return None


@dataclass(frozen=True)
class WriteTask(ReadingTask):
    """Write the documents of a work unit that stay, and what is taken out."""

    folder: str
    making: Making
    sourcing: Sourcing
    drop: int = 0
    frame: int = 1 << 40
    contaminants: Contaminants | None = None

    def looking(self, look: Look) -> Self:
        return super().looking(replace(look, source_field=self.sourcing.field))

    def _measured(self, unit: WorkUnit, tell: Tell) -> Partial:
        name = _name_of(unit, self.look)
        records, batches = batches_of(unit, self, tell)
        blocks = Blocks(records)
        with _writing(self.folder):
            if not UnitDecisions.known(self.folder, name):  # it is read again, or has no documents
                for _ in batches:
                    pass
                return Partial(one_each(records.finish(), unit))
            files = [FrameWriter(self.folder, name, ending, self.frame) for ending in (KEPT, REMOVED)]
            try:
                decisions = UnitDecisions(self.folder, name)
                writer = CleanWriter(
                    records, decisions, self.making, self.sourcing, self.drop, self.contaminants, *files
                )
                for batch in together(batches):
                    writer.observe(blocks.of(batch))
                for file in files:
                    file.finish()
            finally:
                for file in files:
                    file.close()
        return Partial(one_each(records.finish(), unit), blocks.size, written=(name,))


def whole_texts(sources: Packed[Source], reading: Reading) -> list[WorkUnit]:
    """The units of a scan, but those that share a document are one: it is written as a whole, and read as a scan reads
    it."""
    units: list[WorkUnit] = []
    for unit in work_units(sources, reading):
        before = units[-1][-1] if units else None
        if unit[0].shared and before and before.shared and before.source.path == unit[0].source.path:
            units[-1] = (*units[-1], *unit)
        else:
            units.append(unit)
    return units


def together(batches: Iterable[Batch]) -> Iterator[Batch]:
    """Parts of a document that is shared with other work units of a scan, as those of one that goes on."""
    held, offset = None, 0
    for batch in batches:
        if held:
            yield held
        if batch.shared is None:
            yield batch
            continue
        held = replace(batch, shared=None, offset=offset, unfinished=True, files=np.zeros(len(batch.starts), np.int64))
        offset += batch.utf8_bytes
    if held:
        yield replace(held, unfinished=False)


def one_each(records: Packed[FileRecord], unit: WorkUnit) -> Packed[FileRecord]:
    """The records of a unit, those of ranges that are read together joined."""
    if not unit[0].shared:
        return records
    return Packed.of(FileRecord, [reduce(FileRecord.joined, records)])


@contextmanager
def _writing(folder: str) -> Iterator[None]:
    """A disk that is full ends the run."""
    try:
        yield
    except OSError as error:
        if error.filename is not None and not str(error.filename).startswith(folder):
            raise
        raise ScanError(str(cannot_be_written(folder, error))) from None


def _name_of(unit: WorkUnit, look: Look) -> str:
    """The name of a work unit, the same in both passes."""
    digest = blake2b(digest_size=12)
    for piece in (unit[0], unit[-1]):
        digest.update(f"{piece.start}:{piece.stop}:".encode() + piece.source.path.encode("utf-8", "surrogateescape"))
    digest.update(repr((look.defer, look.majority, look.members, len(unit))).encode())
    return digest.hexdigest()


def clean(found: Found, plan: CleanPlan, settings: Settings, out: str | None, watch: Watch, processes: bool) -> Cleaned:
    """Write a clean copy to `out`; without one it is only told what it would be. Raises CorpuscheckError."""
    if settings.by == "script":
        raise UsageError(
            "--by script is for scans: clean names the source of a document by path, folder, file or field"
        )
    if plan.against_takes != "documents" and not settings.against:
        raise UsageError("--against-takes says what goes of the texts that --against names: name these too")
    if out is None:
        with tempfile.TemporaryDirectory(prefix="corpuscheck-") as folder:
            return _Cleaning(found, plan, settings, watch, processes, folder).told()
    with made_beside(out) as work:
        return _Cleaning(found, plan, settings, watch, processes, str(work)).written(work / "out", out)


class _Cleaning:
    """One run of `clean`, whose tables lie in a folder."""

    def __init__(
        self, found: Found, plan: CleanPlan, settings: Settings, watch: Watch, processes: bool, folder: str
    ) -> None:
        self._found, self._plan, self._settings, self._folder = found, plan, settings, folder
        self._write = writer_of(plan.to)
        self._watch = watch
        self._benchmarks = benchmarks_of(settings)
        self._contaminants = Contaminants(self._benchmarks) if self._benchmarks else None
        self._making = Making(
            plan.nfc, plan.mask_personal_data, plan.repair_mojibake, _lines_of(plan.strip_boilerplate),
            self._contaminants if plan.against_takes == "stretches" else None,
        )  # fmt: skip
        self._corpus = Corpus(found.sources, settings, watch, processes, cut=whole_texts)

    def told(self) -> Cleaned:
        """What each document is, and what is to become of it."""
        reading = self._settings.reading
        near = self._settings.near_duplicates
        task = LookTask(reading, self._folder, self._making, near, self._contaminants)
        seen = self._corpus.run(LOOKING, task)
        self._records = seen.records
        every = records_of_skipped(self._found).merge(seen.records)
        skipped = [NotRead(shown(r.path), r.reason or "unknown") for r in every if r.status == "skipped"]
        if not seen.size.documents:
            raise NothingToScanError(nothing_to_scan([one.reason for one in skipped]))
        documents = Documents.of(self._folder, seen.written)
        _, waterfall = Decider(documents, near, self._plan.dropped).decide()
        return Cleaned(
            waterfall, self._told_settings(), estimated=len(documents) > min(DocumentPart.MOST, NearPart.MOST),
            not_read=tuple(sorted(skipped, key=lambda one: one.path)),
        )  # fmt: skip

    def written(self, folder: Path, out: str) -> Cleaned:
        """The copy, in a new folder that will be `out`."""
        cleaned = self.told()
        sourcing = sourcing_for(self._found, self._settings)
        task = WriteTask(
            self._settings.reading, self._folder, self._making, sourcing, self._plan.dropped, self._plan.shard_size,
            self._contaminants,
        )  # fmt: skip
        units = self._corpus.run(WRITING, task).written
        outputs = self._write(Frames.of(self._folder, units, KEPT), folder, self._plan.shard_size, self._found.roots)
        removed = Frames.of(self._folder, units, REMOVED)
        for shard in shards_of(removed, 1 << 62):
            outputs.append(write_lines(removed, shard, folder / REMOVALS, REMOVALS))
        if not removed.frames:
            outputs.append(write_lines(removed, [], folder / REMOVALS, REMOVALS))
        if sum(output.documents for output in outputs[:-1]) != cleaned.documents_kept:
            raise ScanError("files changed while they were read: nothing was written; run again")
        finished = replace(cleaned, outputs=tuple(outputs), inputs=self._inputs(), folder=out)
        write_manifest(folder, finished.manifest(__version__))
        return finished

    def _told_benchmarks(self) -> list[dict[str, Any]]:
        told = []
        for key, benchmark in sorted(self._benchmarks.known.items()) if self._benchmarks else ():
            (one,) = contamination_of(AgainstPart({key: benchmark}))
            told.append({
                "name": one.name, "documents": one.documents, "documents_too_short": one.too_short,
                "documents_of_shared_text": one.shared_only, "hash": f"blake2b:{key}",
            })  # fmt: skip
        return sorted(told, key=lambda one: str(one["name"]))

    def _inputs(self) -> tuple[Input, ...]:
        return tuple(Input(shown(one.path), one.size, _hash_of(one)) for one in self._found.sources)

    def _told_settings(self) -> dict[str, Any]:
        plan, settings = self._plan, self._settings
        return {
            "nfc": plan.nfc,
            "drop": list(plan.rules),
            "mask_personal_data": plan.mask_personal_data,
            "repair_mojibake": plan.repair_mojibake,
            "strip_boilerplate": sorted(self._making.lines),
            "to": plan.to,
            "shard_size": plan.shard_size,
            "near_duplicates": settings.near_duplicates,
            "against": self._told_benchmarks(),
            "against_takes": plan.against_takes,
            "reading": settings.reading.described(),
        }


def _hash_of(source: Source) -> str:
    """The hash of a file, or what its store tells of it."""
    if source.location is not None:
        return source.stamp
    digest = hashlib.sha256()
    try:
        with open(source.path, "rb") as file:
            while chunk := file.read(_AT_ONCE):
                digest.update(chunk)
    except OSError:
        return ""
    return f"sha256:{digest.hexdigest()}"


def _lines_of(path: str) -> frozenset[str]:
    """The lines of a file. Raises UsageError."""
    if not path:
        return frozenset()
    try:
        text = Path(path).read_text("utf-8-sig")
    except (OSError, ValueError) as error:
        raise UsageError(f"--strip-boilerplate {path}: cannot be read as UTF-8 text ({error})") from None
    return frozenset(stripped for line in text.split("\n") if (stripped := line.strip(" \t\r")))
