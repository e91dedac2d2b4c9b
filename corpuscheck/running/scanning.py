"""Measure: the passes over a corpus, and what they make together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from corpuscheck.errors import NothingToScanError, nothing_to_scan
from corpuscheck.estimates.comparison import ComparedText, TokenizerComparison, recommend, row_of
from corpuscheck.measuring.documents import joined
from corpuscheck.measuring.estimating import estimate_tokens
from corpuscheck.measuring.fertility import fertility
from corpuscheck.measuring.letters import letters_part
from corpuscheck.measuring.units import Unit
from corpuscheck.profile.profile import Profile
from corpuscheck.reading.discover import Found
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.presets import check_preset
from corpuscheck.reading.reader import MARKUP
from corpuscheck.reading.source_fields import obvious_field
from corpuscheck.reading.sourcing import Sourcing, sourcing_of
from corpuscheck.result.losses import letters_of
from corpuscheck.result.trained import Trained
from corpuscheck.running.assembling import assemble, forecast_of, ranges_of, whole_records
from corpuscheck.running.cache import Cache
from corpuscheck.running.corpus import Corpus, Watch
from corpuscheck.running.memory import give_back
from corpuscheck.running.partial import Partial
from corpuscheck.running.tasks import ForecastTask, MeasureTask, SurveyTask
from corpuscheck.settings import Settings
from corpuscheck.tokenizer.alphabet import alphabet_of
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.loading import load
from corpuscheck.tokenizer.ranking import Ranking, rank
from corpuscheck.tokenizer.training import train
from corpuscheck.values.packed import Packed, Packing

FEW_TO_HOLD_OUT = 100
"""With fewer documents than this, lines are held out instead."""


def measured_corpus(
    found: Found,
    settings: Settings,
    artefact: Artefact | None,
    watch: Watch,
    processes: bool,
    cache: Cache | None,
    general: Sequence[Artefact] = (),
) -> tuple[Profile, Packed[FileRecord]]:
    """The profile and the record of each file, after one pass with a tokenizer at hand, else after two.

    `general` are tokenizers of references, whose tokens are counted in a sample.
    """
    give_back()
    corpus = Corpus(found.sources, settings, watch, processes, cache)
    ranking: Ranking | None = None
    unit: Unit = "document"
    given = artefact
    if artefact is None:
        unit, survey = _surveyed(corpus, settings)
        ranking = rank(survey.characters.counts, settings.training.lowercase)
        artefact = _trained_on(survey, settings, watch)
    task = _with_cleanliness(_measure_task(corpus, settings, artefact, unit, ranking), corpus, settings)
    task = replace(task, sourcing=_sourcing(found, settings))
    measured = corpus.run("measuring", task)
    seen = Partial()
    if settings.forecast:
        budget = settings.budgets.forecast
        seen = corpus.run("forecasting", ForecastTask(settings.reading, budget, corpus.bound(budget)))
    records = whole_records(measured.records).merge(_records_of_skipped(found))
    measured = replace(measured, records=ranges_of(measured.records))  # the others would be held twice
    give_back()
    check_preset(records, settings)
    held_out = task.held_out_share if unit == "document" else 0.0
    by_general = fertility(measured.sample, artefact, general, held_out, settings.budgets.fertility)
    profile = assemble(records, measured, artefact, ranking, unit, settings, by_general, task.sourcing)
    profile = replace(profile, forecast=forecast_of(seen))
    if not profile.reading.measured:
        raise NothingToScanError(_nothing(records))
    if cache:
        cache.keep_scan(found, settings, given, profile, records, corpus.read, general)
    return profile, records


def tokenizer_for(found: Found, settings: Settings, watch: Watch) -> Artefact:
    """The tokenizer that a scan would judge by: the given one, else one that is trained on this text."""
    if settings.tokenizer:
        return load(settings.tokenizer, settings.training.lowercase or None)
    _, survey = _surveyed(Corpus(found.sources, settings, watch, False), settings)
    return _trained_on(survey, settings, watch)


def trained(found: Found, settings: Settings, watch: Watch, processes: bool) -> Trained:
    """A tokenizer made from all of the text, judged by another one that was made without the held-out part."""
    corpus = Corpus(found.sources, settings, watch, processes)
    training, share = settings.training, settings.training.held_out_share
    unit, survey = _surveyed(corpus, settings, whole=True)
    sample, small = survey.sample, settings.budgets.tokens
    ranking = rank(survey.characters.counts, training.lowercase)
    with watch("training", 0, 0):
        artefact = train(ranking, sample.smaller(training.train_bytes), training)
        rest = sample.parted(share)[1].smaller(training.train_bytes)
        judge = train(rank(survey.training.counts, training.lowercase), rest, training)
    task = replace(_measure_task(corpus, settings, judge, unit, None), others=(artefact,), sample_units=True)
    measured = corpus.run("measuring", task)
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
        unit, survey = _surveyed(corpus, settings)
        artefacts.append(_trained_on(survey, settings, watch))
        names.append("trained here")
    share = settings.training.held_out_share if train_one else 0.0
    task = _measure_task(corpus, settings, artefacts[0], unit, None)
    task = replace(task, others=tuple(artefacts[1:]), held_out_share=share, sample_units=train_one)
    by_units = corpus.run("measuring", task)
    check_preset(by_units.records, settings)
    if not by_units.size.utf8_bytes:
        raise NothingToScanError(_nothing(by_units.records))
    measured = by_units
    if unit == "line":  # which have no line ends: tokens of their own for some tokenizers
        by_documents = replace(task, unit="document", held_out_share=0.0, sample_units=False)
        measured = corpus.run("measuring", by_documents)
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
        row_of(artefact, words, of_units.held_out_unk_rate, texts, name)
        for artefact, words, of_units, name in zip(artefacts, counted, judged, names, strict=True)
    )
    not_judged = train_one and held_out is None
    recommended, reason = recommend(rows[:-1] if not_judged else rows, not_judged)
    return TokenizerComparison(size, measured.size.documents, sample.size, rows, recommended, reason, not_judged)


def _surveyed(corpus: Corpus, settings: Settings, whole: bool = False) -> tuple[Unit, Partial]:
    """The first pass. Raises NothingToScanError where there is no text to learn from, UsageError for a wrong preset."""
    unit, survey = _survey(corpus, settings, whole)
    if not survey.characters.counts:
        check_preset(survey.records, settings)
        raise NothingToScanError(_nothing(survey.records))
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
    budget = settings.training.train_bytes * (2 if whole else 1)
    plain = all(kind.format in ("text", *MARKUP) and not kind.archive for kind in corpus.sources.values("kind"))
    one_each = settings.reading.document == "file" and plain
    unit: Unit = "line" if one_each and len(corpus.sources) < FEW_TO_HOLD_OUT else "document"
    task = SurveyTask(
        settings.reading,
        budget,
        corpus.bound(budget),
        whole,
        unit=unit,
        held_out_share=settings.training.held_out_share,
    )
    survey = corpus.run("counting characters", task)
    if unit == "line" and survey.size.documents >= FEW_TO_HOLD_OUT and (survey.records.numbers("documents") > 1).any():
        return "document", corpus.run("counting characters", replace(task, unit="document"))
    if unit == "document" and survey.size.documents < FEW_TO_HOLD_OUT:
        return "line", corpus.run("counting characters", replace(task, unit="line"))
    return unit, survey


def _measure_task(
    corpus: Corpus, settings: Settings, artefact: Artefact, unit: Unit, ranking: Ranking | None
) -> MeasureTask:
    budgets = settings.budgets
    budget = max(budgets.tokens, budgets.domain) if ranking else budgets.curve
    share = settings.training.held_out_share if artefact.trained else 0.0
    return MeasureTask(
        settings.reading, artefact, ranking, budget, corpus.bound(budget), unit=unit, held_out_share=share
    )


def _with_cleanliness(task: MeasureTask, corpus: Corpus, settings: Settings) -> MeasureTask:
    near = settings.clean and settings.near_duplicates
    return replace(task, clean=settings.clean, near=near, line_bound=corpus.bound(settings.budgets.lines))


def _sourcing(found: Found, settings: Settings) -> Sourcing:
    """How sources are told apart: as asked for, else by what is obvious."""
    sourcing = sourcing_of(settings.by, found)
    if sourcing.found and sourcing.by == "path" and len(found.roots) == 1:
        field = obvious_field(found.sources, settings.reading)
        return Sourcing(f"field:{field}", found=True) if field else sourcing
    return sourcing


def _records_of_skipped(found: Found) -> Packed[FileRecord]:
    records = Packing(FileRecord)
    for skipped in found.skipped:
        records.append(FileRecord(skipped.path, status="skipped", reason=skipped.reason, bytes=skipped.size))
        records.settle(len(records))
    return records.finish()


def _nothing(records: Iterable[FileRecord]) -> str:
    return nothing_to_scan([record.reason or "unknown" for record in records if record.status == "skipped"])
