"""run_scan(), report(), merge_profiles(): the whole story on one screen."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any

from corpuscheck.configuration import Configuration
from corpuscheck.domain.reference import Reference, reference_of, source_of
from corpuscheck.errors import NothingToScanError, ProfileError, UsageError, nothing_to_scan
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
from corpuscheck.settings import NAMES, OPTIONS, Settings, settings_from
from corpuscheck.text.printable import printable
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.loading import load, usable
from corpuscheck.values.brief import brief
from corpuscheck.values.fitting import known_names, path_list, path_of
from corpuscheck.values.packed import Packed

if TYPE_CHECKING:
    from corpuscheck.domain.sides import Sides
    from corpuscheck.estimates.comparison import TokenizerComparison
    from corpuscheck.estimates.estimate import Estimate
    from corpuscheck.estimates.plan import Plan
    from corpuscheck.peeking.view import View
    from corpuscheck.result.trained import Trained
    from corpuscheck.running.corpus import Watch
    from corpuscheck.running.pool import Progress
    from corpuscheck.running.showing import Peek

_ONE_PATH = {name for name, known in OPTIONS.items() if known.path and known.default != ()}

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


@dataclass(frozen=True)
class Scan:
    """A finished scan: the result, the tokenizer it used, what was found file by file, and what the cache knew."""

    __repr__ = brief

    result: Result
    artefact: Artefact
    records: Packed[FileRecord]
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
    _check_extras(settings)
    artefact = load(settings.tokenizer, settings.training.lowercase or None) if settings.tokenizer else None
    baseline = load_baseline(settings.baseline) if settings.baseline else None
    if baseline:
        artefact = artefact or frozen(baseline)
        check_agreement(baseline, settings.reading.described(), artefact.fingerprint)
    references = load_references(settings.references)
    general = [usable(Artefact(r.tokenizer, f"the reference {r.name}")) for r in references if r.tokenizer]
    found = _found(paths, settings)
    cache = Cache(settings.cache, settings.cache_key) if settings.cache else None
    measured = cache.scan(found, settings, artefact, general) if cache else None
    if measured is None:  # what reads and counts is imported where it is needed: that alone takes a third of a second
        from corpuscheck.running.scanning import measured_corpus

        measured = measured_corpus(found, settings, artefact, watch, processes, cache, general)
    profile, records = measured
    check_preset(records, settings)
    gate = json.dumps(judged_by(settings.limits, settings.policy), sort_keys=True)
    lists = {printable(one.path, LONGEST_PATH): (one.digest, one.left_out) for one in found.ignore_files}
    left_out = json.dumps(lists, sort_keys=True)
    profile = replace(profile, about={**profile.about, JUDGED_BY: gate, LEFT_OUT_BY: left_out})
    result = conclude(profile, settings.limits, settings.policy, artefact, baseline, references)
    return Scan(result, artefact or artefact_of(profile), records, cache.use if cache else None)


def _found(paths: Paths, settings: Settings) -> Found:
    found = discover(path_list(paths), settings.reading)
    if not found.sources:
        raise NothingToScanError(nothing_to_scan([skipped.reason for skipped in found.skipped]))
    return found


def _check_extras(settings: Settings) -> None:
    """Raises UsageError before any work is done."""
    if settings.reading.strip_markup:
        from corpuscheck.reading.formats.markup import require_parser

        require_parser()
    if settings.reading.text_fields:
        from corpuscheck.reading.formats.paths import require_paths

        require_paths(settings.reading.text_fields)


def load_baseline(path: str) -> Baseline:
    """A saved profile to compare with. Raises ProfileError."""
    baseline = Baseline(Profile.load(path), printable(path))
    if "tokenizer" not in baseline.profile.about:
        raise ProfileError(f"{baseline.name}: no tokenizer in this profile, so no baseline: scan again to make one")
    return baseline


def load_references(paths: Sequence[str]) -> list[Reference]:
    """Files of general text to compare with, each once. Raises ProfileError."""
    return [Reference.load(path) for path in dict.fromkeys(paths)]


def build_reference(name: str, paths: Sequence[str], settings: Settings, watch: Watch = _silently) -> Reference:
    """A reference of several bodies of general text: folders, files, or saved profiles (.ccp).

    One tokenizer counts the tokens of all: the given one, else one trained over all text that is read here.
    """
    _check_extras(settings)
    texts = [path for path in paths if not path.endswith(".ccp")]
    artefact = load(settings.tokenizer, settings.training.lowercase or None) if settings.tokenizer else None
    if texts and artefact is None:
        artefact = run_scan(texts, settings, watch, processes=True).artefact
    if texts:
        from corpuscheck.running.scanning import measured_corpus
    sources = []
    for path in paths:
        if path.endswith(".ccp"):
            profile = Profile.load(path)
        else:
            profile, _ = measured_corpus(_found(path, settings), settings, artefact, watch, True, None)
        sources.append(source_of(profile, _short(path), artefact.definition if artefact else ""))
    return reference_of(printable(name), sources, artefact.definition if artefact else "")


def _short(path: str) -> str:
    """The name of a source: that of its file or folder."""
    whole = os.path.basename(os.path.normpath(path))
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
        told = from_profile(Profile.load(paths[0]), plan, paths[0])
        return with_findings(told, report(paths[0], Settings()).findings)
    result = run_scan(paths, replace(settings, forecast=True), watch, processes).result
    return with_findings(from_profile(result.profile, plan, ", ".join(paths)), result.findings)


def train(
    paths: Paths, folder: str | None, settings: Settings, watch: Watch = _silently, processes: bool = False
) -> Trained:
    """A tokenizer made from all of the text, judged by another one that was made without a tenth of it.

    It is saved with its card in a folder, if one is named.
    """
    from corpuscheck.reports.card import save_with_card
    from corpuscheck.running.scanning import trained

    _check_extras(settings)
    finished = trained(_found(paths, settings), settings, watch, processes)
    if folder is not None:
        save_with_card(finished, folder)
    return finished


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
    _check_extras(settings)
    artefacts = {printable(path, LONGEST_PATH): load(path) for path in tokenizers}
    return compared(_found(paths, settings), artefacts, train_one, settings, watch)


def peek(paths: Paths, view: View, settings: Settings, watch: Watch = _silently, processes: bool = False) -> Peek:
    """Documents to look at: typical ones, the worst by a rule, or those that hold a word."""
    from corpuscheck.running.showing import look

    _check_extras(settings)
    return look(_found(paths, settings), view, settings, watch, processes)
