"""run_scan(), report(), merged(): the whole story on one screen."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any

from corpuscheck.configuration import Configuration
from corpuscheck.domain.reference import Reference, reference_of
from corpuscheck.domain.sources import sources_of
from corpuscheck.errors import NothingToScanError, ProfileError, UsageError, nothing_to_scan
from corpuscheck.files.urls import is_url, named, without_secrets
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.profile.profile import Profile
from corpuscheck.reading.discover import Found, discover
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.presets import check_preset
from corpuscheck.result.comparing import JUDGED_BY, LEFT_OUT_BY, Baseline, check_agreement
from corpuscheck.result.result import Result
from corpuscheck.rules.conclude import artefact_of, conclude
from corpuscheck.rules.registry import in_force, judged_by, policy_of
from corpuscheck.running.cache import Cache, CacheUse
from corpuscheck.running.memory import require_memory
from corpuscheck.settings import NAMES, OPTIONS, Settings, settings_from
from corpuscheck.text.printable import printable
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.loading import given_tokenizer, load, usable
from corpuscheck.values.brief import brief
from corpuscheck.values.fitting import known_names, path_list, path_of
from corpuscheck.values.packed import Packed

if TYPE_CHECKING:
    from corpuscheck.cleaning.outcome import Cleaned
    from corpuscheck.cleaning.plan import CleanPlan
    from corpuscheck.domain.sides import Sides
    from corpuscheck.estimates.comparison import TokenizerComparison
    from corpuscheck.estimates.draw import Draw
    from corpuscheck.estimates.drawn import Drawn
    from corpuscheck.estimates.estimate import Estimate
    from corpuscheck.estimates.plan import Plan
    from corpuscheck.peeking.view import View
    from corpuscheck.result.swept import Sweep
    from corpuscheck.result.trained import Trained
    from corpuscheck.running.corpus import Watch
    from corpuscheck.running.pool import Progress
    from corpuscheck.running.scanning import Judge
    from corpuscheck.running.shards import Head, Shard
    from corpuscheck.running.shares import WorkShare
    from corpuscheck.running.showing import Peek

_ONE_PATH = {name for name, known in OPTIONS.items() if known.path and known.default != ()}

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


@dataclass(frozen=True)
class Scan:
    """A finished scan: the result, the tokenizer it used, what was found file by file, and what the cache knew.

    Where files killed the workers that read them, they are skipped, and it is `incomplete`: that says which.
    """

    __repr__ = brief

    result: Result
    artefact: Artefact
    records: Packed[FileRecord]
    cache: CacheUse | None = None
    incomplete: str = ""


class _Silent:
    def update(self, bytes_read: int, files_done: int, failures: int) -> None:
        pass


def _silently(name: str, size: int, files: int) -> AbstractContextManager[Progress]:
    return nullcontext(_Silent())


def run_scan(
    paths: Paths,
    settings: Settings,
    watch: Watch = _silently,
    processes: bool = False,
    tolerant: bool = False,
    documents: str = "",
) -> Scan:
    """Discover, train or load, measure, conclude. Raises CorpuscheckError when it cannot be done; if it is `tolerant`,
    a scan that is incomplete is given all the same. A row for each document is written to the file `documents`, if one
    is named.

    `processes` allows worker processes where threads would wait for each other. They import the main
    module anew, so a script that allows them needs its ``if __name__ == "__main__"``.
    """
    if documents:
        _check_signals(documents, settings)
    given = _given(settings)
    found = _found(paths, settings, watch)
    judge = _judge_of(given, found, settings)
    cache = Cache(settings.cache, settings.cache_key) if settings.cache else None
    incomplete = ""
    measured = cache.scan(found, settings, given.artefact, given.general) if cache and not documents else None
    if measured is None:  # what reads and counts is imported where it is needed: that alone takes a third of a second
        from corpuscheck.running.scanning import IncompleteError, measured_corpus

        try:
            measured = measured_corpus(
                found, settings, judge, watch, processes, cache, given.general, documents, given.references
            )
        except IncompleteError as error:
            if not tolerant:
                raise
            measured, incomplete = (error.profile, error.records), str(error)
    profile, records = measured
    check_preset(records, settings)
    profile = replace(profile, about={**profile.about, **_about(found, settings)})
    result = conclude(profile, settings.limits, settings.policy, given.artefact, given.baseline, given.references)
    return Scan(result, given.artefact or artefact_of(profile), records, cache.use if cache else None, incomplete)


def _check_signals(documents: str, settings: Settings) -> None:
    """Raises UsageError before any work is done."""
    from corpuscheck.running.signals import check_signals

    check_signals(documents)
    if not settings.clean:
        raise UsageError("--documents needs --clean, which looks into each document")
    if settings.dask:
        raise UsageError("--documents: rows are written by the workers of this machine: leave out --dask")


@dataclass(frozen=True)
class _Given:
    """What a scan is given besides the corpus: a tokenizer, and what it is compared with. `general` are the tokenizers
    of the references."""

    artefact: Artefact | None
    baseline: Baseline | None
    references: list[Reference]
    general: list[Artefact]


def _given(settings: Settings) -> _Given:
    """Raises CorpuscheckError for what cannot be used, before any work is done."""
    _check_means(settings)
    if settings.dask or settings.work:
        from corpuscheck.running.cluster import check_cluster

        check_cluster(settings)
    if settings.survey and (settings.tokenizer or settings.baseline):
        raise UsageError("--survey brings its own tokenizer: leave out --tokenizer and --baseline")
    artefact = given_tokenizer(settings)
    baseline = load_baseline(settings.baseline) if settings.baseline else None
    if baseline:
        artefact = artefact or frozen(baseline)
        check_agreement(baseline, settings.reading.described(), artefact.fingerprint)
    references = load_references(settings.references)
    general = [usable(Artefact(r.tokenizer, f"the reference {r.name}")) for r in references if r.tokenizer]
    return _Given(artefact, baseline, references, general)


def _judge_of(given: _Given, found: Found, settings: Settings) -> Artefact | Judge | None:
    """The tokenizer at hand, or that of the survey. Raises ProfileError for a survey of another corpus."""
    if not settings.survey:
        return given.artefact
    from corpuscheck.running.sharing import judge_of_survey

    return judge_of_survey(settings.survey, found, settings)


def _about(found: Found, settings: Settings) -> dict[str, str]:
    """What a profile tells of its scan besides what was measured."""
    gate = json.dumps(judged_by(settings.limits, settings.policy), sort_keys=True)
    lists = {printable(one.path, LONGEST_PATH): (one.digest, one.left_out) for one in found.ignore_files}
    return {JUDGED_BY: gate, LEFT_OUT_BY: json.dumps(lists, sort_keys=True)}


def scan_shard(
    paths: Paths, share: WorkShare, settings: Settings, watch: Watch = _silently, processes: bool = False
) -> Shard:
    """Measure one share of a corpus, to be merged with the others. Raises CorpuscheckError when it cannot be done."""
    from corpuscheck.running.scanning import Judge
    from corpuscheck.running.shards import SHARD, Head
    from corpuscheck.running.shares import FoundFiles
    from corpuscheck.running.sharing import shard_of

    if settings.dask:
        raise UsageError("--shard and --dask are two ways to share the work: say one of them")
    given = _given(settings)
    found = _found(paths, settings, watch)
    judge = _judge_of(given, found, settings)
    if judge is None:
        raise UsageError(
            "a shard is judged by a tokenizer that all shards share: say --tokenizer, or --survey with what "
            "'corpuscheck survey' has made of the corpus"
        )
    judge = Judge(judge) if isinstance(judge, Artefact) else judge
    head = Head(SHARD, settings, FoundFiles.of(found), share, judge, tuple(given.general), _about(found, settings))
    return shard_of(found, head, watch, processes)


def survey(
    paths: Paths, share: WorkShare | None, settings: Settings, watch: Watch = _silently, processes: bool = False
) -> Shard | Head:
    """Learn the tokenizer that a scan of the corpus would be judged by; with a share, one part of what it is made from.

    What it gives has ``save(path)``. Raises CorpuscheckError when it cannot be done.
    """
    from corpuscheck.running.shards import SURVEY_SHARD, Head
    from corpuscheck.running.shares import FoundFiles
    from corpuscheck.running.sharing import shard_of, whole_survey

    _check_means(settings)
    found = _found(paths, settings, watch)
    if share is None:
        return whole_survey(found, settings, watch, processes)
    return shard_of(found, Head(SURVEY_SHARD, settings, FoundFiles.of(found), share), watch, processes)


def _found(paths: Paths, settings: Settings, watch: Watch = _silently) -> Found:
    given = path_list(paths)
    with watch("listing", 0, 0) if any(map(is_url, given)) else nullcontext(_Silent()) as progress:
        found = discover(given, settings.reading, lambda files: progress.update(0, files, 0))
    if not found.sources:
        raise NothingToScanError(nothing_to_scan([skipped.reason for skipped in found.skipped]))
    return found


def _check_means(settings: Settings) -> None:
    """Raises UsageError, and MemoryError where there is too little for any work, before it is begun."""
    require_memory()
    if settings.reading.strip_markup:
        from corpuscheck.reading.formats.markup import require_parser

        require_parser()
    if settings.reading.text_fields:
        from corpuscheck.reading.formats.paths import require_paths

        require_paths(settings.reading.text_fields)
    if settings.cache and is_url(settings.cache):
        raise UsageError(f"--cache-dir {named(settings.cache, 200)}: a cache lies on this machine: name a folder of it")


def load_baseline(path: str) -> Baseline:
    """A saved profile to compare with. Raises ProfileError."""
    baseline = Baseline(Profile.load(path), named(path))
    if "tokenizer" not in baseline.profile.about:
        raise ProfileError(f"{baseline.name}: no tokenizer in this profile, so no baseline: scan again to make one")
    return baseline


def load_references(paths: Sequence[str]) -> list[Reference]:
    """Files of general text to compare with, each once. Raises ProfileError."""
    return [Reference.load(path) for path in dict.fromkeys(paths)]


@dataclass(frozen=True)
class BuiltReference:
    """A reference, the sources that were left out with the reason, and pairs of sources of the same kind."""

    __repr__ = brief

    reference: Reference
    left_out: tuple[tuple[str, str], ...] = ()
    alike: tuple[tuple[str, str], ...] = ()


def build_reference(
    name: str, paths: Sequence[str], settings: Settings, watch: Watch = _silently, strict: bool = False
) -> BuiltReference:
    """A reference of several bodies of general text: folders, files, or saved profiles (.ccp).

    One tokenizer counts the tokens of all: the given one, else one trained over all text that is read here. Sources
    that are text of a domain are left out. Raises ProfileError where none is left, and if it is `strict` for each.
    """
    from corpuscheck.domain.outliers import alike, outliers
    from corpuscheck.domain.telling import how_far

    _check_means(settings)
    texts = [path for path in paths if not path.endswith(".ccp")]
    artefact = given_tokenizer(settings)
    if texts and artefact is None:
        artefact = run_scan(texts, settings, watch, processes=True).artefact
    if texts:
        from corpuscheck.running.scanning import measured_corpus
    sources = []
    for path in paths:
        if path.endswith(".ccp"):
            profile = Profile.load(path)
        else:
            profile, _ = measured_corpus(_found(path, settings, watch), settings, artefact, watch, True, None)
        sources += sources_of(profile, _short(path), artefact.definition if artefact else "")
    left_out = {source.name: f"it is text of a domain: {how_far(report)}" for source, report in outliers(sources)}
    kept = [source for source in sources if source.name not in left_out]
    if left_out and (strict or not kept):
        raise ProfileError("; ".join(f"{source} is no general text: {why}" for source, why in left_out.items()))
    made = reference_of(printable(name), kept, artefact.definition if artefact else "")
    return BuiltReference(made, tuple(left_out.items()), tuple(alike(kept)))


def _short(path: str) -> str:
    """The name of a source: that of its file or folder."""
    path = without_secrets(path).partition("?")[0].rstrip("/") if is_url(path) else os.path.normpath(path)
    whole = os.path.basename(path)
    return printable(whole.removesuffix(".ccp"))


def frozen(baseline: Baseline) -> Artefact:
    """The baseline's own tokenizer: rates by any other would mean something else."""
    return usable(Artefact(baseline.profile.about["tokenizer"], f"the baseline {baseline.name}"))


def report(path: str, settings: Settings) -> Result:
    """The result of a saved profile under these limits; no corpus is read. Raises ProfileError."""
    baseline = load_baseline(settings.baseline) if settings.baseline else None
    references = load_references(settings.references)
    return conclude(Profile.load(path), settings.limits, settings.policy, baseline=baseline, references=references)


def merge_profiles(paths: Sequence[str]) -> Profile:
    """One profile of several corpora. Raises ProfileError where they were measured in different ways."""
    return reduce(Profile.merge, map(Profile.load, paths))


def merged(paths: Sequence[str], jobs: int, watch: Watch = _silently) -> Profile | Head:
    """One profile of several corpora, or of the shards of one; of the shards of a survey, the survey.

    Raises ProfileError where they were measured in different ways.
    """
    from corpuscheck.running.kept import kind_of
    from corpuscheck.running.shards import SHARD, Head, one_kind

    kind = one_kind([kind_of(path) for path in paths], paths)
    if kind is None:
        return merge_profiles(paths)
    from corpuscheck.running.merging import merged_scan, merged_survey

    heads = [Head.load(path, kind) for path in paths]
    return (merged_scan if kind == SHARD else merged_survey)(paths, heads, jobs, watch)


def settings_for(options: Mapping[str, Any], known: Collection[str]) -> Settings:
    """The settings that a function for Python was asked for. Raises UsageError for what is not `known` or cannot be."""
    known_names(options, known, NAMES)
    given = {
        name: path_of(name, value) if name in _ONE_PATH and value is not None else value
        for name, value in options.items()
    }
    settings = settings_from(**given)
    asked = settings.policy
    policy = policy_of(
        asked.select, asked.ignore, asked.severity.items(), asked.limit.items(), asked.fail_on, asked.strict,
        Configuration(), per_source=asked.per_source,
    )  # fmt: skip
    in_force(settings.limits, policy)  # limits that were given by rule must be possible ones too
    return replace(settings, policy=policy)


def estimate(
    paths: Sequence[str], plan: Plan, settings: Settings, watch: Watch = _silently, processes: bool = False
) -> Estimate:
    """How much is missing: from a sample of the text, from a saved profile (.ccp), or from numbers alone."""
    from corpuscheck.estimates.estimate import from_numbers, from_profile, with_findings

    if not paths:
        return from_numbers(plan)
    if plan.articles is not None or plan.mean_bytes is not None:
        raise UsageError("--articles and --mean-bytes are for when there is no sample; say --available with one")
    if len(paths) == 1 and paths[0].endswith(".ccp"):
        told = from_profile(Profile.load(paths[0]), plan, without_secrets(paths[0]))
        return with_findings(told, report(paths[0], Settings()).findings)
    result = run_scan(paths, replace(settings, forecast=True), watch, processes).result
    return with_findings(from_profile(result.profile, plan, ", ".join(map(without_secrets, paths))), result.findings)


def train(
    paths: Paths, folder: str | None, settings: Settings, watch: Watch = _silently, processes: bool = False
) -> Trained:
    """A tokenizer made from all of the text, judged by another one that was made without a tenth of it.

    It is saved with its card in a folder, if one is named.
    """
    from corpuscheck.reports.card import save_with_card
    from corpuscheck.running.scanning import trained

    _check_means(settings)
    finished = trained(_found(paths, settings, watch), settings, watch, processes)
    if folder is not None:
        save_with_card(finished, folder)
    return finished


def sweep(
    paths: Paths, sizes: Sequence[int], settings: Settings, watch: Watch = _silently, processes: bool = False
) -> Sweep:
    """Tokenizers of several sizes from one pass over the text, each judged on the same held-out tenth."""
    from corpuscheck.running.sweeping import swept

    _check_means(settings)
    return swept(_found(paths, settings, watch), sizes, settings, watch, processes)


def save_tokenizer_of(surveys: Sequence[str], folder: str, jobs: int, watch: Watch = _silently) -> Artefact:
    """The tokenizer of a survey, or of all shards of one, saved in a folder. Raises CorpuscheckError."""
    from corpuscheck.running.kept import kind_of
    from corpuscheck.running.shards import SURVEY, Head
    from corpuscheck.tokenizer.training import save

    whole = len(surveys) == 1 and kind_of(surveys[0]) == SURVEY
    survey = Head.load(surveys[0], SURVEY) if whole else merged(surveys, jobs, watch)
    if isinstance(survey, Profile) or survey.judge is None:
        raise UsageError("a tokenizer is made from text, or from surveys of it: these are profiles")
    save(survey.judge.artefact, folder)
    return survey.judge.artefact


def compare_profiles(paths: Sequence[str]) -> Sides:
    """Saved profiles and the sources of references: how far each is from each."""
    from corpuscheck.domain.sides import sides_of

    if len(paths) < 2:
        raise UsageError("saved profiles are compared with each other: name two or more, and no tokenizers")
    return sides_of(load_references(paths))


def compare_tokenizers(
    paths: Paths, tokenizers: Sequence[str], train_one: bool, settings: Settings, watch: Watch = _silently
) -> TokenizerComparison:
    """Several tokenizers, and one trained here if asked for, over the same text in one pass."""
    from corpuscheck.running.scanning import compared

    if len(tokenizers) + train_one < 2:
        raise UsageError("name at least two tokenizers to compare: --tokenizer A --tokenizer B, or --train for one")
    _check_means(settings)
    artefacts = {named(path, LONGEST_PATH): load(path, pattern=settings.tokenizer_pattern) for path in tokenizers}
    return compared(_found(paths, settings, watch), artefacts, train_one, settings, watch)


def clean(
    paths: Paths, out: str | None, plan: CleanPlan, settings: Settings, watch: Watch = _silently,
    processes: bool = False, force: bool = False,
) -> Cleaned:  # fmt: skip
    """A clean copy of a corpus in a folder, each text once and without debris; without a folder what it would be."""
    from corpuscheck.cleaning.folder import check_place
    from corpuscheck.running.cleaning import clean as cleaned

    _check_means(settings)
    if out is not None:
        check_place(out, [*path_list(paths), *settings.against], force)
    return cleaned(_found(paths, settings, watch), plan, settings, out, watch, processes)


def peek(paths: Paths, view: View, settings: Settings, watch: Watch = _silently, processes: bool = False) -> Peek:
    """Documents to look at: typical ones, the worst by a rule, or those that hold a word."""
    from corpuscheck.running.showing import look

    _check_means(settings)
    return look(_found(paths, settings, watch), view, settings, watch, processes)


def sample(
    paths: Paths, draw: Draw, output: str, settings: Settings, watch: Watch = _silently,
    processes: bool = False, force: bool = False,
) -> Drawn:  # fmt: skip
    """Draw documents at random, and write them to a file, or into a folder. Raises CorpuscheckError."""
    from corpuscheck.files.writing import place_for
    from corpuscheck.running.drawing import sampled

    _check_means(settings)
    target = place_for(output, "sample.jsonl.zst", path_list(paths), force)
    return sampled(_found(paths, settings, watch), draw, target, settings, watch, processes)
