"""Clean: two passes over a corpus, the first learns what each document is, the second writes those that stay."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

from corpuscheck._version import __version__
from corpuscheck.cleaning.decisions import Decider, UnitDecisions
from corpuscheck.cleaning.folder import cannot_be_written, made_beside, write_manifest
from corpuscheck.cleaning.frames import Frames, FrameWriter
from corpuscheck.cleaning.looking import DocumentRows
from corpuscheck.cleaning.making import Making
from corpuscheck.cleaning.outcome import Cleaned, Input
from corpuscheck.cleaning.plan import CleanPlan
from corpuscheck.cleaning.rows import Documents, RowFile
from corpuscheck.cleaning.shards import shards_of, write_lines, writer_of
from corpuscheck.cleaning.writing import KEPT, REMOVED, CleanWriter, shown
from corpuscheck.errors import NothingToScanError, ScanError, UsageError, nothing_to_scan
from corpuscheck.measuring.block import Blocks
from corpuscheck.profile.documents import DocumentPart
from corpuscheck.profile.near import NearPart
from corpuscheck.reading.cleaned import REMOVALS
from corpuscheck.reading.discover import Found, Source
from corpuscheck.reading.reader import Look
from corpuscheck.reading.sourcing import Sourcing
from corpuscheck.running.corpus import Corpus, Watch, is_clean
from corpuscheck.running.partial import Partial
from corpuscheck.running.scanning import records_of_skipped, sourcing_for
from corpuscheck.running.tasks import ReadingTask, Tell, batches_of
from corpuscheck.running.units import WorkUnit, whole_documents, work_units
from corpuscheck.settings import Settings

LOOKING, WRITING = "looking for copies and debris", "writing"
"""The names of the passes."""

_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class LookTask(ReadingTask):
    """Write a row for each document. A file that is one document of several work units of a scan is known as a whole
    alone, as a scan knows it: such are `shared`."""

    folder: str
    making: Making
    near: bool = True
    shared: frozenset[str] = frozenset()

    def _measured(self, unit: WorkUnit, tell: Tell) -> Partial:
        name = _name_of(unit, self.look)
        records, batches = batches_of(unit, self, tell)
        blocks = Blocks(records)
        with _writing(self.folder):
            file = RowFile(self.folder, name)
            try:
                rows = DocumentRows(records, file, self.making, self.near)
                for batch in batches:
                    rows.observe(blocks.of(batch))
                known = records.finish()
                file.finish(list(zip(known.values("path"), known.numbers("start").tolist(), strict=True)))
            finally:
                file.close()
            if len(known) == 1 and known[0].path in self.shared and is_clean(known, 1):
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
                return Partial(records.finish())
            files = [FrameWriter(self.folder, name, ending) for ending in (KEPT, REMOVED)]
            try:
                decisions = UnitDecisions(self.folder, name)
                writer = CleanWriter(records, decisions, self.making, self.sourcing, self.drop, *files)
                for batch in batches:
                    writer.observe(blocks.of(batch))
                for file in files:
                    file.finish()
            finally:
                for file in files:
                    file.close()
        return Partial(records.finish(), blocks.size, written=(name,))


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
        self._making = Making(
            plan.nfc, plan.mask_personal_data, plan.repair_mojibake, _lines_of(plan.strip_boilerplate)
        )
        self._corpus = Corpus(found.sources, settings, watch, processes, cut=whole_documents)

    def told(self) -> Cleaned:
        """What each document is, and what is to become of it."""
        reading = self._settings.reading
        cut = work_units(self._found.sources, reading)
        shared = frozenset(unit[0].source.path for unit in cut if unit[0].shared)
        near = self._settings.near_duplicates
        task = LookTask(reading, self._folder, self._making, near, shared)
        seen = self._corpus.run(LOOKING, task)
        self._records = seen.records
        if not seen.size.documents:
            skipped = records_of_skipped(self._found).merge(seen.records)
            raise NothingToScanError(nothing_to_scan([r.reason or "unknown" for r in skipped if r.status == "skipped"]))
        documents = Documents.of(self._folder, seen.written)
        _, waterfall = Decider(documents, near, self._plan.dropped).decide()
        return Cleaned(
            waterfall, self._told_settings(), estimated=len(documents) > min(DocumentPart.MOST, NearPart.MOST)
        )

    def written(self, folder: Path, out: str) -> Cleaned:
        """The copy, in a new folder that will be `out`."""
        cleaned = self.told()
        sourcing = sourcing_for(self._found, self._settings)
        task = WriteTask(self._settings.reading, self._folder, self._making, sourcing, self._plan.dropped)
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
