"""scan(), report(), merge(): the whole story on one screen."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import reduce

from corpuscheck.assembling import assemble, forecast_of, whole_records
from corpuscheck.comparing import Baseline, check_agreement
from corpuscheck.conclude import artefact_of, conclude
from corpuscheck.errors import NothingToScanError, ProfileError
from corpuscheck.feasibility.comparison import TokenizerComparison, recommend, row_of
from corpuscheck.measuring.documents import joined
from corpuscheck.measuring.estimating import CURVE_BYTES, TOKEN_BYTES
from corpuscheck.measuring.units import Unit
from corpuscheck.printable import printable
from corpuscheck.profile.profile import Profile
from corpuscheck.profile.sample import ALL, Sample
from corpuscheck.reading.discover import Found, discover
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.markup import require_parser
from corpuscheck.reading.reader import MARKUP
from corpuscheck.result import Result
from corpuscheck.running.cache import Cache, CacheUse
from corpuscheck.running.corpus import Corpus, Watch
from corpuscheck.running.partial import Partial
from corpuscheck.running.pool import Progress
from corpuscheck.running.tasks import ForecastTask, MeasureTask, SurveyTask
from corpuscheck.settings import Settings
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.loading import load
from corpuscheck.tokenizer.training import Ranking, rank, train

FORECAST_BYTES = 32_000_000
"""Text of whole documents that a forecast looks at."""

FEW_DOCUMENTS = 100
"""With fewer documents than this, lines are held out instead."""

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


@dataclass(frozen=True)
class Scan:
    """A finished scan: the result, the tokenizer it used, what was found file by file, and what the cache knew."""

    result: Result
    artefact: Artefact
    records: tuple[FileRecord, ...]
    cache: CacheUse | None = None


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
    baseline = load_baseline(settings.baseline) if settings.baseline else None
    if baseline:
        artefact = artefact or frozen(baseline)
        check_agreement(baseline, settings.reading.described(), artefact.fingerprint)
    found = discover([paths] if isinstance(paths, str | os.PathLike) else paths, settings.reading)
    if not found.sources:
        raise NothingToScanError(_nothing(found.skipped))
    cache = Cache(settings.cache, settings.cache_key) if settings.cache else None
    measured = cache.scan(found, settings, artefact) if cache else None
    if measured is None:
        measured = _measured(found, settings, artefact, watch, processes, cache)
    profile, records = measured
    result = conclude(profile, settings.limits, settings.policy, artefact, baseline)
    return Scan(result, artefact or artefact_of(profile), records, cache.use if cache else None)


def load_baseline(path: str) -> Baseline:
    """A saved profile to compare with. Raises ProfileError."""
    return Baseline(Profile.load(path), printable(path))


def frozen(baseline: Baseline) -> Artefact:
    """The baseline's own tokenizer: rates by any other would mean something else."""
    about = baseline.profile.about
    if "tokenizer" not in about:
        raise ProfileError(f"{baseline.name}: no tokenizer in this profile, so no baseline: scan again to make one")
    return Artefact(about["tokenizer"], f"the baseline {baseline.name}")


def report(path: str, settings: Settings) -> Result:
    """The result of a saved profile under these limits; no corpus is read. Raises ProfileError."""
    baseline = load_baseline(settings.baseline) if settings.baseline else None
    return conclude(Profile.load(path), settings.limits, settings.policy, baseline=baseline)


def merge_profiles(paths: Sequence[str]) -> Profile:
    """One profile of several corpora. Raises ProfileError where they were measured in different ways."""
    return reduce(Profile.merge, map(Profile.load, paths))


def compare_tokenizers(
    paths: Paths, tokenizers: Sequence[str], train_one: bool, settings: Settings, watch: Watch = _silently
) -> TokenizerComparison:
    """Several tokenizers, and one trained here if asked for, over the same text in one pass."""
    if settings.reading.strip_markup:
        require_parser()
    found = discover([paths] if isinstance(paths, str | os.PathLike) else paths, settings.reading)
    if not found.sources:
        raise NothingToScanError(_nothing(found.skipped))
    artefacts = [load(path) for path in tokenizers]
    names = [printable(path, 300) for path in tokenizers]
    corpus = Corpus(found.sources, settings, watch, False)
    unit: Unit = "document"
    if train_one:
        unit, survey = _survey(corpus, settings)
        if not survey.characters.counts:
            raise NothingToScanError(_nothing(_skipped_records(survey.records)))
        with watch("training", 0, 0):
            alphabet = rank(survey.training.counts, settings.training.lowercase)
            artefacts.append(train(alphabet, survey.sample or Sample(0), settings.training))
        names.append("trained here")
    share = settings.training.held_out_share if train_one else 0.0
    task = _measure_task(corpus, settings, artefacts[0], unit, None)
    task = replace(task, others=tuple(artefacts[1:]), held_out_share=share, sample_held_out=train_one)
    measured = corpus.run("measuring", task)
    if not measured.size.utf8_bytes:
        raise NothingToScanError(_nothing(_skipped_records(measured.records)))
    sample = (measured.sample or Sample(0)).smaller(TOKEN_BYTES)
    if train_one:  # a tenth of the text is not all of it
        sample = replace(sample, bound=min(sample.bound, ALL - 1))
    documents = measured.documents.merge(joined(measured.split))
    counted = [part.settled() for part in (measured.words, *measured.others)]
    size = measured.size.utf8_bytes
    rows = tuple(
        row_of(artefact, words, sample, documents, size, name)
        for artefact, words, name in zip(artefacts, counted, names, strict=True)
    )
    return TokenizerComparison(size, measured.size.documents, sample.size, rows, *recommend(rows))


def _measured(
    found: Found, settings: Settings, artefact: Artefact | None, watch: Watch, processes: bool, cache: Cache | None
) -> tuple[Profile, tuple[FileRecord, ...]]:
    """The profile and the record of each file, after one pass with a tokenizer at hand, else after two."""
    corpus = Corpus(found.sources, settings, watch, processes, cache)
    ranking: Ranking | None = None
    unit: Unit = "document"
    given = artefact
    if artefact is None:
        unit, survey = _survey(corpus, settings)
        if not survey.characters.counts:
            raise NothingToScanError(_nothing(_skipped_records(survey.records)))
        ranking = rank(survey.characters.counts, settings.training.lowercase)
        alphabet = rank(survey.training.counts, settings.training.lowercase)
        with watch("training", 0, 0):
            artefact = train(alphabet, survey.sample or Sample(0), settings.training)
    measured = corpus.run("measuring", _measure_task(corpus, settings, artefact, unit, ranking))
    seen = Partial()
    if settings.forecast:
        seen = corpus.run("forecasting", ForecastTask(settings.reading, FORECAST_BYTES, corpus.bound(FORECAST_BYTES)))
    records = (*whole_records(measured.records), *_records_of_skipped(found))
    profile = assemble(records, measured, artefact, ranking, unit, settings.reading.described())
    profile = replace(profile, forecast=forecast_of(seen))
    if not profile.reading.measured:
        raise NothingToScanError(_nothing(_skipped_records(records)))
    if cache:
        cache.keep_scan(found, settings, given, profile, records, corpus.read)
    return profile, records


def _survey(corpus: Corpus, settings: Settings) -> tuple[Unit, Partial]:
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
    corpus: Corpus, settings: Settings, artefact: Artefact, unit: Unit, ranking: Ranking | None
) -> MeasureTask:
    budget = TOKEN_BYTES if ranking else CURVE_BYTES
    share = settings.training.held_out_share if artefact.trained else 0.0
    return MeasureTask(settings.reading, artefact, unit, share, ranking, budget, corpus.bound(budget))


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
