"""Sharing: measure or survey one share of a corpus, for whoever has jobs on many machines."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace

from corpuscheck.errors import ProfileError
from corpuscheck.reading.discover import Found
from corpuscheck.reading.files import DEFERRED, FileRecord
from corpuscheck.running.cache import Cache
from corpuscheck.running.corpus import FEW_TO_HOLD_OUT, Corpus, Watch, is_clean, pieces_in, with_containers
from corpuscheck.running.folding import Fold
from corpuscheck.running.kept import kind_of
from corpuscheck.running.scanning import (
    COUNTING,
    Judge,
    records_of_skipped,
    sourcing_for,
    survey_task,
    surveyed,
    tasks_of,
)
from corpuscheck.running.shards import SURVEY, SURVEY_SHARD, Head, Shard, unlike
from corpuscheck.running.shares import FoundFiles
from corpuscheck.running.tasks import Task
from corpuscheck.settings import Settings
from corpuscheck.text.printable import printable
from corpuscheck.values.packed import Packed


def shard_of(found: Found, head: Head, watch: Watch, processes: bool) -> Shard:
    """Measure, or survey, one share of the work units."""
    settings, cache = head.settings, None
    if settings.cache and head.share:  # each its own: they may run side by side, on file systems that lock badly
        folder = os.path.join(settings.cache, f"shard-{head.share.number}-of-{head.share.of}")
        cache = Cache(folder, settings.cache_key)
    corpus = Corpus(found.sources, settings, watch, processes, cache, share=head.share)
    head = replace(head, pieces=pieces_in(corpus.all_units), unit=corpus.first_unit)
    if head.judge:
        head = replace(head, sourcing=sourcing_for(found, settings))
    passes = dict(_measured(corpus, head, head.judge) if head.judge else _surveyed(corpus, settings))
    if cache:
        cache.flush()
    return _shard(corpus, found, head, passes)


def whole_survey(found: Found, settings: Settings, watch: Watch, processes: bool) -> Head:
    """The tokenizer that a scan of the corpus would train, with what it would know of it."""
    judge = surveyed(Corpus(found.sources, settings, watch, processes), settings, watch)
    return Head(SURVEY, settings, FoundFiles.of(found), judge=judge)


def judge_of_survey(path: str, found: Found, settings: Settings) -> Judge:
    """The tokenizer of a survey. Raises ProfileError for the survey of another corpus, or by other settings."""
    name = printable(path)
    if kind_of(path) == SURVEY_SHARD:
        raise ProfileError(f"{name}: one shard of a survey: merge all of them first, with 'corpuscheck merge'")
    survey = Head.load(path, SURVEY)
    if survey.listing != FoundFiles.of(found):
        raise ProfileError(f"{name}: the survey of other files than these: survey and scan the same ones")
    if differing := unlike(settings, survey.settings, ("reading", "training", "budgets")):
        raise ProfileError(f"{name}: surveyed in another way: {differing}")
    assert survey.judge is not None
    return survey.judge


def pass_of(name: str, task: Task) -> str:
    """The key of a pass: a survey may hold out documents, and then lines."""
    return f"{name} by {task.unit}"


def _measured(corpus: Corpus, head: Head, judge: Judge) -> Iterator[tuple[str, Fold]]:
    for name, task in tasks_of(corpus, head.settings, judge, head.sourcing):
        yield pass_of(name, task), corpus.first_look(name, task)


def _surveyed(corpus: Corpus, settings: Settings) -> Iterator[tuple[str, Fold]]:
    """By documents and by lines, wherever all shards together may need either."""
    task = survey_task(corpus, settings, corpus.first_unit)
    first = corpus.first_look(COUNTING, task)
    yield pass_of(COUNTING, task), first
    if task.unit == "line" or first.whole().size.documents < FEW_TO_HOLD_OUT:
        other = survey_task(corpus, settings, "document" if task.unit == "line" else "line")
        yield pass_of(COUNTING, other), corpus.first_look(COUNTING, other)


def _shard(corpus: Corpus, found: Found, head: Head, passes: Mapping[str, Fold]) -> Shard:
    pieces, again = corpus.pieces, set[str]()
    for fold in passes.values():
        again |= {path for path, part in fold.ranges().items() if not is_clean(part.records, pieces[path])}
        for partial in (fold.whole(), *fold.ranges().values()):
            deferred = partial.records.where("status", lambda status: status == DEFERRED)
            again |= with_containers(set(partial.records.chosen(deferred).values("path")))
    sources = corpus.named(again)
    sizes = dict(zip(sources.values("path"), sources.values("size"), strict=True))
    first = head.share is not None and head.share.number == 1
    return Shard(head, passes, sizes, records_of_skipped(found) if first else Packed(FileRecord))
