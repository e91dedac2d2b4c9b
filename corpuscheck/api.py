"""scan(): the whole story on one screen."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

from corpuscheck.conclude import conclude
from corpuscheck.errors import NothingToScanError
from corpuscheck.measuring.documents import joined
from corpuscheck.measuring.estimating import CURVE_BYTES, TOKEN_BYTES, estimate_curve, estimate_tokens, find_mojibake
from corpuscheck.measuring.units import Unit
from corpuscheck.printable import printable
from corpuscheck.profile.files import LONGEST_PATH, FilesPart
from corpuscheck.profile.profile import Profile
from corpuscheck.profile.reading import ReadingPart
from corpuscheck.profile.sample import ALL, Sample
from corpuscheck.profile.size import SizePart
from corpuscheck.reading.discover import Found, discover
from corpuscheck.reading.files import DEFERRED, NO_TEXT, FileRecord, Piece, skip
from corpuscheck.reading.markup import require_parser
from corpuscheck.reading.reader import COLUMNAR, MARKUP
from corpuscheck.result import Result
from corpuscheck.running.pool import Pool, Progress
from corpuscheck.running.tasks import MeasureTask, Partial, SurveyTask, Task
from corpuscheck.running.units import WorkUnit, holds_gil, work_units
from corpuscheck.settings import Settings
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.loading import load
from corpuscheck.tokenizer.training import Ranking, rank, train

FEW_DOCUMENTS = 100
"""With fewer documents than this, lines are held out instead."""

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
Watch = Callable[[str, int, int], AbstractContextManager[Progress]]
"""Opens a progress display for one pass: its name, bytes on disk, files."""


@dataclass(frozen=True)
class Scan:
    """A finished scan: the result, the tokenizer it used, and what was found file by file."""

    result: Result
    artefact: Artefact
    records: tuple[FileRecord, ...]


class _Silent:
    def update(self, bytes_read: int, files_done: int, failures: int) -> None:
        pass


def _silently(name: str, size: int, files: int) -> AbstractContextManager[Progress]:
    return nullcontext(_Silent())


def run_scan(paths: Paths, settings: Settings, watch: Watch = _silently, processes: bool = False) -> Scan:
    """Discover, train or load, measure, conclude. Raises CorpuscheckError when it cannot be done.

    `processes` allows worker processes where threads would wait for each other. They import the main
    module anew, so a script that allows them needs its ``if __name__ == "__main__"``.
    """
    if settings.reading.strip_markup:
        require_parser()
    artefact = load(settings.tokenizer, settings.training.lowercase or None) if settings.tokenizer else None
    found = discover([paths] if isinstance(paths, str | os.PathLike) else paths, settings.reading)
    if not found.sources:
        raise NothingToScanError(_nothing(found.skipped))
    corpus = _Corpus(found, settings, watch, processes and holds_gil(found.sources))
    ranking: Ranking | None = None
    unit: Unit = "document"
    if artefact is None:
        unit, survey = _survey(corpus, settings)
        if not survey.characters.counts:
            raise NothingToScanError(_nothing(_skipped_records(survey.records)))
        ranking = rank(survey.characters.counts, settings.training.lowercase)
        alphabet = rank(survey.training.counts, settings.training.lowercase)
        with watch("training", 0, 0):
            artefact = train(alphabet, survey.sample or Sample(0), settings.training)
    measured = corpus.run("measuring", _measure_task(corpus, settings, artefact, unit, ranking))
    records = _whole_records(measured.records)
    profile = _profile(found, records, measured, artefact, ranking, unit)
    if not profile.reading.measured:
        raise NothingToScanError(_nothing((*found.skipped, *_skipped_records(records))))
    return Scan(
        conclude(profile, settings.limits, settings.policy, artefact), artefact, (*records, *_records_of_skipped(found))
    )


class _Corpus:
    """The sources cut into work units, and the workers that go through them once a pass."""

    def __init__(self, found: Found, settings: Settings, watch: Watch, processes: bool) -> None:
        self.sources = found.sources
        self.size = sum(source.size for source in found.sources)
        self._units: list[WorkUnit] = work_units(found.sources, settings.reading, settings.jobs)
        self._pool = Pool(settings.jobs, processes)
        self._watch = watch
        self._reading, self._jobs = settings.reading, settings.jobs

    def run(self, name: str, task: Task) -> Partial:
        """One pass, and a second look at files whose encoding only the others could settle."""
        total = self._go_through(name, task.reading_as(defer=True), self._units, self.size, len(self.sources))
        waiting = {record.path for record in total.records if record.status == DEFERRED}
        if not waiting:
            return total
        sources = [source for source in self.sources if source.path in waiting]
        settled = task.reading_as(defer=False, majority=majority_encoding(total.records))
        units = work_units(sources, self._reading, self._jobs)
        again = self._go_through(name, settled, units, sum(s.size for s in sources), len(sources))
        known = tuple(record for record in total.records if record.status != DEFERRED)
        return replace(total, records=known).merge(again)

    def _go_through(self, name: str, task: Task, units: list[WorkUnit], size: int, files: int) -> Partial:
        """Fold the partials as they come. A file cut into ranges that proves not to be clean UTF-8 is read whole."""
        total = Partial()
        pieces = Counter(unit[0].source.path for unit in units if unit[0].partial)
        waiting: dict[str, Partial] = {}
        with self._watch(name, size, files) as progress:
            for partial in self._pool.run(task, units, progress):
                path = partial.records[0].path if partial.records else ""
                if path not in pieces:
                    total = total.merge(partial)
                    continue
                waiting[path] = waiting.get(path, Partial()).merge(partial)
                if len(waiting[path].records) == pieces[path] and all(map(_clean, waiting[path].records)):
                    total = total.merge(waiting.pop(path))
        if waiting:
            again: list[WorkUnit] = [(Piece(source),) for source in self.sources if source.path in waiting]
            total = total.merge(self._go_through(name, task, again, sum(u[0].size for u in again), len(again)))
        return total

    def bound(self, budget: int) -> int:
        """A hash bound that surely holds `budget` bytes of text, even where text is a third of the files."""
        return ALL if self.size <= 3 * budget else ALL * 3 * budget // self.size


def _clean(record: FileRecord) -> bool:
    """Whether a range could be read without knowing the rest of its file."""
    columnar = record.format in COLUMNAR
    return (
        record.status == "measured" and (columnar or record.encoding in ("ascii", "utf-8")) and not record.invalid_bytes
    )


def majority_encoding(records: Iterable[FileRecord]) -> str | None:
    """The legacy encoding that most files surely have; None where there is none."""
    files: dict[str, int] = {}
    for record in records:
        sure = record.encoding is not None and not record.uncertain
        if sure and record.encoding and not record.encoding.startswith(("ascii", "utf", "mixed", "iso2022", "hz")):
            files[record.encoding] = files.get(record.encoding, 0) + 1
    return min(files, key=lambda name: (-files[name], name), default=None)


def _survey(corpus: _Corpus, settings: Settings) -> tuple[Unit, Partial]:
    """The first pass, by documents where there are enough of them, else by lines."""
    budget = settings.training.train_bytes
    plain = all(s.kind.format in ("text", *MARKUP) and not s.kind.archive for s in corpus.sources)
    one_each = settings.reading.document == "file" and plain
    unit: Unit = "line" if one_each and len(corpus.sources) < FEW_DOCUMENTS else "document"
    task = SurveyTask(settings.reading, unit, settings.training.held_out_share, budget, corpus.bound(budget))
    survey = corpus.run("counting characters", task)
    if unit == "document" and survey.size.documents < FEW_DOCUMENTS:
        return "line", corpus.run("counting characters", replace(task, unit="line"))
    return unit, survey


def _measure_task(
    corpus: _Corpus, settings: Settings, artefact: Artefact, unit: Unit, ranking: Ranking | None
) -> MeasureTask:
    budget = TOKEN_BYTES if ranking else CURVE_BYTES
    share = settings.training.held_out_share if artefact.trained else 0.0
    return MeasureTask(settings.reading, artefact, unit, share, ranking, budget, corpus.bound(budget))


def _profile(
    found: Found,
    records: Sequence[FileRecord],
    measured: Partial,
    artefact: Artefact,
    ranking: Ranking | None,
    unit: Unit,
) -> Profile:
    """Put the parts together and add what comes from the sample."""
    reading = ReadingPart.of((*records, *_records_of_skipped(found)))
    raw = sum(record.bytes for record in records if record.status == "measured")
    size = measured.size.merge(SizePart(raw_bytes=raw))
    sample = measured.sample or Sample(0)
    estimates = estimate_tokens(artefact, sample)
    curve = measured.curve
    if ranking is None:
        curve, estimates = estimate_curve(rank(measured.characters.counts), sample, estimates)
    about = {
        "tokenizer": artefact.definition,
        "tokenizer_source": artefact.source,
        "tokenizer_trained": "yes" if artefact.trained else "no",
        "held_out_unit": unit if artefact.trained else "",
    }
    mojibake = find_mojibake(sample)
    characters = replace(measured.characters, places=_whole_places(measured))
    documents = measured.documents.merge(joined(measured.split))
    files = FilesPart.of(records)
    words = measured.words.settled()
    return Profile(reading, size, characters, words, curve, estimates, mojibake, files, documents, about)


def _whole_places(measured: Partial) -> dict[int, tuple[str, int]]:
    """Where characters first stand, lines counted from the beginning of the file and not of its range."""
    before: dict[tuple[str, int], int] = {}
    line_ends: dict[str, int] = {}
    for record in sorted(measured.records, key=lambda r: r.start):
        before[record.path, record.start] = line_ends.get(record.path, 0)
        line_ends[record.path] = line_ends.get(record.path, 0) + record.line_ends
    return {
        cp: (printable(path, LONGEST_PATH), line and line + before[path, start])
        for cp, (path, start, line) in measured.places.items()
    }


def _whole_records(records: Iterable[FileRecord]) -> list[FileRecord]:
    """One record for each file, those of ranges joined, by path."""
    whole: dict[str, FileRecord] = {}
    for record in sorted(records, key=lambda r: (os.path.normpath(r.path), r.start)):
        whole[record.path] = whole[record.path].joined(record) if record.path in whole else record
    for record in whole.values():
        if record.status == "measured" and not record.documents:  # ranges of nothing but line ends
            skip(record, NO_TEXT)
    return list(whole.values())


def _records_of_skipped(found: Found) -> list[FileRecord]:
    return [FileRecord(s.path, status="skipped", reason=s.reason, bytes=s.size) for s in found.skipped]


def _skipped_records(records: Iterable[FileRecord]) -> list[FileRecord]:
    return [record for record in records if record.status == "skipped"]


def _nothing(skipped: Iterable[object]) -> str:
    reasons: dict[str, int] = {}
    for item in skipped:
        reason = str(getattr(item, "reason", "unknown"))
        reasons[reason] = reasons.get(reason, 0) + 1
    if not reasons:
        return "nothing to scan: no files here (are --include and --exclude right?)"
    named = ", ".join(f"{n:,} {reason}" for reason, n in sorted(reasons.items(), key=lambda p: (-p[1], p[0])))
    return f"nothing to scan: every file was skipped ({named})"
