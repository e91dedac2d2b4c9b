"""Measure: the passes over a corpus, and what they make together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace

from corpuscheck.domain.reference import Reference
from corpuscheck.errors import NothingToScanError, ScanError, nothing_to_scan
from corpuscheck.estimates.comparison import ComparedText, TokenizerComparison, recommend, row_of
from corpuscheck.files.spilling import spill_folder
from corpuscheck.measuring.documents import joined
from corpuscheck.measuring.estimating import estimate_tokens
from corpuscheck.measuring.fertility import fertility
from corpuscheck.measuring.landmarks import Landmarks
from corpuscheck.measuring.letters import letters_part
from corpuscheck.measuring.units import Unit
from corpuscheck.profile.profile import Profile
from corpuscheck.reading.discover import Found
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.presets import check_preset
from corpuscheck.reading.source_fields import obvious_field
from corpuscheck.reading.sourcing import Sourcing, sourcing_of
from corpuscheck.result.losses import letters_of
from corpuscheck.result.trained import Trained
from corpuscheck.running.against import benchmarks_of
from corpuscheck.running.assembling import assemble, forecast_of, ranges_of, whole_records
from corpuscheck.running.cache import Cache
from corpuscheck.running.cluster import cluster_of
from corpuscheck.running.corpus import FEW_TO_HOLD_OUT, Corpus, Watch
from corpuscheck.running.memory import give_back
from corpuscheck.running.partial import Partial
from corpuscheck.running.pool import died
from corpuscheck.running.signals import write_signals
from corpuscheck.running.tasks import ForecastTask, MeasureTask, Signals, SurveyTask, Task
from corpuscheck.settings import Settings
from corpuscheck.tokenizer.alphabet import alphabet_of
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.loading import given_tokenizer
from corpuscheck.tokenizer.ranking import Ranking, rank
from corpuscheck.tokenizer.training import train
from corpuscheck.values.packed import Packed, Packing

COUNTING, MEASURING, FORECASTING = "counting characters", "measuring", "forecasting"
"""The names of the passes."""


class IncompleteError(ScanError):
    """Files are not in the figures that should be: they killed their workers. All the rest is."""

    def __init__(self, message: str, profile: Profile, records: Packed[FileRecord]) -> None:
        super().__init__(message)
        self.profile, self.records = profile, records


@dataclass(frozen=True)
class Judge:
    """The tokenizer that words are judged by; where it was trained here, what it held out and the ranking it had."""

    artefact: Artefact
    unit: Unit = "document"
    ranking: Ranking | None = None


def measured_corpus(
    found: Found,
    settings: Settings,
    given: Artefact | Judge | None,
    watch: Watch,
    processes: bool,
    cache: Cache | None,
    general: Sequence[Artefact] = (),
    signals: str = "",
    references: Sequence[Reference] = (),
) -> tuple[Profile, Packed[FileRecord]]:
    """The profile and the record of each file, after one pass with a tokenizer at hand, else after two.

    `general` are tokenizers of references, whose tokens are counted in a sample. A row for each document is written to
    the file `signals`, if one is named; it tells the nearest landmark, also of the `references`. Raises
    IncompleteError, with all the rest, where files killed the workers that read them.
    """
    give_back()
    with cluster_of(settings) as cluster, spill_folder(signals) if signals else nullcontext("") as folder:
        of_units = None if cluster or signals else cache  # workers elsewhere do not see it, and it has no rows
        corpus = Corpus(found.sources, settings, watch, processes, of_units, tolerant=True, engine=cluster)
        judge = given if isinstance(given, Judge) else Judge(given) if given else surveyed(corpus, settings, watch)
        sourcing = sourcing_for(found, settings)
        rows = Signals(folder, Landmarks.beside(references)) if signals else None
        tasks = tasks_of(corpus, settings, judge, sourcing, rows)
        passes = {name: _run(corpus, name, task) for name, task in tasks}
        if rows:
            write_signals(signals, passes[MEASURING], rows, sourcing, settings.near_duplicates)
    profile, records = concluded(passes, records_of_skipped(found), settings, judge, sourcing, general)
    if corpus.lost:
        raise IncompleteError(died(list(corpus.lost.values())), profile, records)
    if cache:
        artefact = given if isinstance(given, Artefact) else None
        read = corpus.read if of_units else len(found.sources)
        cache.keep_scan(found, settings, artefact, profile, records, read, general)
    return profile, records


def _run(corpus: Corpus, name: str, task: Task) -> Partial:
    """A pass; once more, with every document encoded, where kernels do not agree with the tokenizer on all they did."""
    measured = corpus.run(name, task)
    if isinstance(task, MeasureTask) and any(part.differing_texts for part in (measured.words, *measured.others)):
        again = corpus.run(name, replace(task, by_itself=True))
        return replace(again, words=replace(again.words, differing_texts=measured.words.differing_texts))
    return measured


def surveyed(corpus: Corpus, settings: Settings, watch: Watch) -> Judge:
    """A tokenizer trained here, after a pass of its own."""
    unit, survey = surveyed_text(corpus, settings)
    return judge_of(unit, survey, settings, watch)


def judge_of(unit: Unit, survey: Partial, settings: Settings, watch: Watch) -> Judge:
    """The tokenizer that a survey makes."""
    ranking = rank(survey.characters.counts, settings.training.lowercase)
    return Judge(_trained_on(survey, settings, watch), unit, ranking)


def tasks_of(
    corpus: Corpus, settings: Settings, judge: Judge, sourcing: Sourcing, signals: Signals | None = None
) -> Iterator[tuple[str, Task]]:
    """The passes of a scan, with their names; `signals` is what rows of documents need, if they are wanted."""
    task = _measure_task(corpus, settings, judge.artefact, judge.unit, judge.ranking)
    task = replace(_with_cleanliness(task, corpus, settings), sourcing=sourcing, count_tokens=settings.count_tokens)
    yield MEASURING, replace(task, signals=signals)
    if settings.forecast:
        budget = settings.budgets.forecast
        yield FORECASTING, ForecastTask(settings.reading, budget, corpus.bound(budget))


def concluded(
    passes: dict[str, Partial],
    skipped: Packed[FileRecord],
    settings: Settings,
    judge: Judge,
    sourcing: Sourcing,
    general: Sequence[Artefact],
) -> tuple[Profile, Packed[FileRecord]]:
    """The profile and the records that all passes make together, which are taken out of `passes`.

    Raises NothingToScanError where there is no text.
    """
    measured = passes.pop(MEASURING)
    records = whole_records(measured.records).merge(skipped)
    measured = replace(measured, records=ranges_of(measured.records))  # the others would be held twice
    give_back()
    check_preset(records, settings)
    artefact = judge.artefact
    held_out = _held_out_share(settings, artefact) if judge.unit == "document" else 0.0
    by_general = fertility(measured.sample, artefact, general, held_out, settings.budgets.fertility)
    profile = assemble(records, measured, artefact, judge.ranking, judge.unit, settings, by_general, sourcing)
    profile = replace(profile, forecast=forecast_of(passes.get(FORECASTING, Partial())))
    if not profile.reading.measured:
        raise NothingToScanError(nothing_in(records))
    return profile, records


def tokenizer_for(found: Found, settings: Settings, watch: Watch) -> Artefact:
    """The tokenizer that a scan would judge by: the given one, else one that is trained on this text."""
    return (
        given_tokenizer(settings) or surveyed(Corpus(found.sources, settings, watch, False), settings, watch).artefact
    )


def trained(found: Found, settings: Settings, watch: Watch, processes: bool) -> Trained:
    """A tokenizer made from all of the text, judged by another one that was made without the held-out part."""
    corpus = Corpus(found.sources, settings, watch, processes)
    training, share = settings.training, settings.training.held_out_share
    unit, survey = surveyed_text(corpus, settings, whole=True)
    sample, small = survey.sample, settings.budgets.tokens
    ranking = rank(survey.characters.counts, training.lowercase)
    with watch("training", 0, 0):
        artefact = train(ranking, sample.smaller(training.train_bytes), training)
        rest = sample.parted(share)[1].smaller(training.train_bytes)
        judge = train(rank(survey.training.counts, training.lowercase), rest, training)
    task = replace(_measure_task(corpus, settings, judge, unit, None), others=(artefact,), sample_units=True)
    measured = _run(corpus, "measuring", task)
    judged, words = measured.words.settled(), measured.others[0].settled()
    held_out = measured.sample.parted(share)[0]
    per_word = None
    if judged.held_out_words:
        per_word = estimate_tokens(judge, held_out.smaller(small)).tokens_per_word()
    alphabet = alphabet_of(ranking, training)
    words_changed = letters_part(artefact, sample.smaller(small), survey.characters.counts)
    letters = letters_of(survey.characters, words_changed, artefact)
    return Trained(artefact, judge, alphabet, unit, measured.size, words, judged, per_word, training, letters)


def compared(
    found: Found, given: dict[str, Artefact], train_one: bool, settings: Settings, watch: Watch
) -> TokenizerComparison:
    """Several tokenizers by name, and one trained here if asked for, over the same text in one pass.

    Tokens are counted on a sample of all of the text, which is all of it where it is small; tokens per word, where one
    was trained here, on the held-out part of that sample.
    """
    names, artefacts = list(given), list(given.values())
    corpus = Corpus(found.sources, settings, watch, False)
    unit: Unit = "document"
    if train_one:
        unit, survey = surveyed_text(corpus, settings)
        artefacts.append(_trained_on(survey, settings, watch))
        names.append("trained here")
    share = settings.training.held_out_share if train_one else 0.0
    task = _measure_task(corpus, settings, artefacts[0], unit, None)
    task = replace(task, others=tuple(artefacts[1:]), held_out_share=share, sample_units=train_one)
    by_units = _run(corpus, "measuring", task)
    check_preset(by_units.records, settings)
    if not by_units.size.utf8_bytes:
        raise NothingToScanError(nothing_in(by_units.records))
    measured = by_units
    if unit == "line":  # which have no line ends: tokens of their own for some tokenizers
        by_documents = replace(task, unit="document", held_out_share=0.0, sample_units=False)
        measured = _run(corpus, "measuring", by_documents)
    sample = measured.sample.smaller(settings.budgets.compared)
    documents = measured.documents.merge(joined(measured.split, {})[0])
    counted = [part.settled() for part in (measured.words, *measured.others)]
    judged = [part.settled() for part in (by_units.words, *by_units.others)]
    held_out = None
    if any(part.held_out_words for part in judged):
        held_out = by_units.sample.parted(share)[0]
    size = measured.size.utf8_bytes
    texts = ComparedText(sample, sample.smaller(settings.budgets.tokens), held_out, documents, size)
    rows = tuple(
        row_of(artefact, words, of_units, texts, name)
        for artefact, words, of_units, name in zip(artefacts, counted, judged, names, strict=True)
    )
    not_judged = train_one and held_out is None
    recommended, reason = recommend(rows[:-1] if not_judged else rows, not_judged)
    return TokenizerComparison(size, measured.size.documents, sample.size, rows, recommended, reason, not_judged)


def surveyed_text(corpus: Corpus, settings: Settings, whole: bool = False) -> tuple[Unit, Partial]:
    """The first pass. Raises NothingToScanError where there is no text to learn from, UsageError for a wrong preset."""
    unit, survey = _survey(corpus, settings, whole)
    if not survey.characters.counts:
        check_preset(survey.records, settings)
        raise NothingToScanError(nothing_in(survey.records))
    return unit, survey


def _trained_on(survey: Partial, settings: Settings, watch: Watch) -> Artefact:
    """A tokenizer made from the training part of the text."""
    alphabet = rank(survey.training.counts, settings.training.lowercase)
    with watch("training", 0, 0):
        return train(alphabet, survey.sample, settings.training)


def _survey(corpus: Corpus, settings: Settings, whole: bool = False) -> tuple[Unit, Partial]:
    """The first pass, by documents where there are enough of them, else by lines.

    With `whole` the sample is of all of the text, large enough for the training part of it to fill the budget.
    """
    unit = corpus.first_unit
    survey = corpus.run(COUNTING, survey_task(corpus, settings, unit, whole))
    other = unit_after(unit, survey)
    if other == unit:
        return unit, survey
    return other, corpus.run(COUNTING, survey_task(corpus, settings, other, whole))


def survey_task(corpus: Corpus, settings: Settings, unit: Unit, whole: bool = False) -> SurveyTask:
    """The first pass, which holds out a share of these units."""
    budget = settings.training.train_bytes * (2 if whole else 1)
    share = settings.training.held_out_share
    return SurveyTask(settings.reading, budget, corpus.bound(budget), whole, unit=unit, held_out_share=share)


def unit_after(unit: Unit, survey: Partial) -> Unit:
    """What is held out, after a survey by the unit that names of files told."""
    if unit == "document":
        return "line" if survey.size.documents < FEW_TO_HOLD_OUT else "document"
    many = survey.size.documents >= FEW_TO_HOLD_OUT and (survey.records.numbers("documents") > 1).any()
    return "document" if many else "line"


def _measure_task(
    corpus: Corpus, settings: Settings, artefact: Artefact, unit: Unit, ranking: Ranking | None
) -> MeasureTask:
    budgets = settings.budgets
    budget = max(budgets.tokens, budgets.domain) if ranking else budgets.curve
    share = _held_out_share(settings, artefact)
    return MeasureTask(
        settings.reading, artefact, ranking, budget, corpus.bound(budget), unit=unit, held_out_share=share
    )


def _held_out_share(settings: Settings, artefact: Artefact) -> float:
    return settings.training.held_out_share if artefact.trained else 0.0


def _with_cleanliness(task: MeasureTask, corpus: Corpus, settings: Settings) -> MeasureTask:
    near = settings.clean and settings.near_duplicates
    bound, against = corpus.bound(settings.budgets.lines), benchmarks_of(settings)
    return replace(task, clean=settings.clean, near=near, line_bound=bound, against=against)


def sourcing_for(found: Found, settings: Settings) -> Sourcing:
    """How sources are told apart: as asked for, else by what is obvious."""
    sourcing = sourcing_of(settings.by, found)
    if sourcing.found and sourcing.by == "path" and len(found.roots) == 1:
        field = obvious_field(found.sources, settings.reading)
        return Sourcing(f"field:{field}", found=True) if field else sourcing
    return sourcing


def records_of_skipped(found: Found) -> Packed[FileRecord]:
    """The records of files that are not read."""
    records = Packing(FileRecord)
    for skipped in found.skipped:
        records.append(FileRecord(skipped.path, status="skipped", reason=skipped.reason, bytes=skipped.size))
        records.settle(len(records))
    return records.finish()


def nothing_in(records: Iterable[FileRecord]) -> str:
    """Why there is nothing to scan."""
    return nothing_to_scan([record.reason or "unknown" for record in records if record.status == "skipped"])
