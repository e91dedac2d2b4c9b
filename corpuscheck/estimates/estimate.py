"""Estimate: is this domain worth collecting, and how much is missing? From a sample, a profile, or plain numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from corpuscheck.errors import UsageError
from corpuscheck.estimates import forecast
from corpuscheck.estimates.figure import Figure, exactly, product
from corpuscheck.estimates.laws import BYTES_PER_TOKEN, GB, LADDER, MODELS, TOKENS_PER_PARAMETER, Rung
from corpuscheck.estimates.plan import Plan
from corpuscheck.profile.documents import DocumentPart
from corpuscheck.profile.estimates import Z_95, Interval, ratio
from corpuscheck.profile.profile import Profile
from corpuscheck.result.copies import cleanliness
from corpuscheck.result.result import Finding
from corpuscheck.text.amounts import percent, size
from corpuscheck.values.brief import brief
from corpuscheck.values.presentable import Presentable

SORTED = 0.05
_WIDE = 2.0


@dataclass(frozen=True)
class Model:
    """A model size, the tokens that the rule asks for, and how many passes over the corpus at full size that takes."""

    name: str
    parameters: int
    tokens: float
    passes: Figure

    def fed(self, epochs: int) -> bool:
        return self.passes.known and self.passes.value <= epochs


@dataclass(frozen=True)
class Estimate(Presentable):
    """The answer. `full_bytes` is the size that forecasts are for; `forecasts` are by name."""

    __repr__ = brief

    source: str
    plan: Plan
    documents: int
    bytes: int
    mean_document: Figure
    by_rule: Figure
    by_mean: Figure
    missing: Figure
    days: Figure
    usable: Figure
    collectable: Figure
    full_bytes: float
    words: Figure
    tokens: Figure
    models: tuple[Model, ...]
    below: Rung | None
    above: Rung | None
    forecasts: dict[str, Figure] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def from_numbers(plan: Plan) -> Estimate:
    """From plain numbers: how many articles there are and how long they are."""
    if plan.articles is None or plan.mean_bytes is None:
        raise UsageError(
            "name a sample or a profile, or give both --articles and --mean-bytes, as in "
            "--articles 30000 --mean-bytes 4kB"
        )
    mean = exactly("given", plan.mean_bytes)
    usable = exactly("given", plan.usable) if plan.usable else exactly("rule", 1.0)
    rates = Figure("rule", unknown="no text to count words in"), exactly("rule", 1 / BYTES_PER_TOKEN)
    have = round(plan.articles * plan.mean_bytes)
    full = (plan.available or plan.articles) * plan.mean_bytes
    note = f"{BYTES_PER_TOKEN:.1f} bytes per token is the rate of KoELECTRA's Korean corpus; a sample tells your own"
    return _estimate("numbers", plan, plan.articles, have, mean, usable, full, rates, {}, (note,))


def from_profile(profile: Profile, plan: Plan, source: str) -> Estimate:
    """From a profile, of a sample or of a whole corpus."""
    size, part = profile.size, profile.forecast
    if not size.documents or not size.utf8_bytes:
        raise UsageError(f"{source}: there is no text in it to estimate from")
    if plan.available and plan.available < size.documents:
        raise UsageError(
            f"--available counts all documents that can be had: it cannot be less than the {size.documents:,} here"
        )
    mean = forecast.mean_bytes(part) if part.documents else _mean_of(profile.documents)
    measured = exactly("measured", _usable_share(profile))
    usable = exactly("given", plan.usable) if plan.usable else measured
    full = _full_bytes(plan, size.utf8_bytes, size.documents, usable.value)
    growth = full / size.utf8_bytes
    whole = growth <= 1 + 1e-9
    if whole:
        mean = exactly("measured", size.utf8_bytes / size.documents)
    forecasts, further = _forecasts(profile, growth, whole)
    rates = _words_and_tokens(profile, mean, whole)
    notes = (*_tail(part, mean), *_by_heart(profile, rates[1]), *further)
    return _estimate(
        source, plan, size.documents, size.utf8_bytes, mean, usable, full, rates, forecasts, notes
    )  # fmt: skip


def with_findings(estimate: Estimate, findings: Iterable[Finding]) -> Estimate:
    """With what scan found wrong with the text itself: an estimate counts tags and damage as text."""
    about_text = [f for f in findings if f.rule.startswith("CC1") or f.rule == "CC203"]
    notes = [f"{finding.rule} {finding.message}: {finding.advice}" for finding in about_text]
    return replace(estimate, notes=(*estimate.notes, *notes))


def _full_bytes(plan: Plan, size: int, documents: int, usable: float) -> float:
    """The text that there will be, before cleaning: all that is available, else what the target takes."""
    if plan.available:
        return size * plan.available / documents
    return max(size, plan.target_bytes / usable)


def _by_heart(profile: Profile, tokens: Figure) -> tuple[str, ...]:
    if not tokens.known or tokens.kind == "measured" or profile.about.get("tokenizer_trained") != "yes":
        return ()
    return ("tokens are those of a tokenizer trained on this sample, which knows its words by heart: others need more "
            "(--tokenizer judges by one of them)",)  # fmt: skip


def _words_and_tokens(profile: Profile, mean: Figure, whole: bool) -> tuple[Figure, Figure]:
    """Words and tokens per byte: of this text as measured, of text still to come with a jackknife over documents."""
    size, estimates = profile.size.utf8_bytes, profile.estimates
    words = profile.words.words / size
    per_word = estimates.tokens_per_word()
    if not per_word:
        unknown = Figure("forecast", unknown="no words were sampled")
        return unknown, unknown
    if whole:
        tokens = per_word.times(words)
        return exactly("measured", words), Figure("measured", tokens.value, tokens.low, tokens.high)
    if not mean.known:
        return replace(mean, kind="forecast"), replace(mean, kind="forecast")
    return (
        _with_jackknife(words, ratio(estimates.words, estimates.bytes, exact=False)),
        _with_jackknife(words * per_word.value, ratio(estimates.tokens, estimates.bytes, exact=False)),
    )


def _with_jackknife(value: float, sampled: Interval | None) -> Figure:
    """The value with the sampled ratio's relative error, as a 90 % interval."""
    if sampled is None or not sampled.value or sampled.low <= 0:
        return Figure("forecast", unknown="too few documents were sampled")
    error = (sampled.high - sampled.value) / sampled.value * forecast.Z_90 / Z_95
    return Figure("forecast", value, value * (1 - error), value * (1 + error))


def _mean_of(documents: DocumentPart) -> Figure:
    """The mean document of a profile that was saved without a forecast."""
    counts, sizes = documents.counts, documents.sizes
    n, total = int(counts.sum()), int((counts * sizes).sum())
    squares = sum(c * s * s for c, s in zip(counts.tolist(), sizes.tolist(), strict=True))
    from corpuscheck.profile.forecast import ForecastPart

    return forecast.mean_bytes(ForecastPart(documents=n, bytes=total, squares=squares))


def _usable_share(profile: Profile) -> float:
    """What is left without copies and, where documents were looked into, without debris; all of it where nothing is."""
    return cleanliness(profile).usable_share or 1.0


def _forecasts(profile: Profile, growth: float, whole: bool) -> tuple[dict[str, Figure], tuple[str, ...]]:
    part = profile.forecast
    if whole:
        return {}, ("the corpus is at full size: its figures are counted, there is nothing to forecast",)
    if part.conflict:
        return {}, ("profiles that were merged cannot be forecast from: scan the samples together",)
    if not part.examined:
        return {}, ("this profile was saved without forecasts: scan the sample again with this version",)
    told = {
        "unseen_character_mass": forecast.unseen_mass(part, growth),
        "unk_rate_all_characters": forecast.unk_full(part, growth),
        "unk_rate_alphabet_by_coverage": forecast.unk_covered(part, growth),
        "new_characters": forecast.new_characters(part, growth),
        "new_words": forecast.new_words(part, growth),
        "documents_touched": forecast.touched(part, growth),
    }
    rare = 3 / part.examined
    notes = [f"a kind of document rarer than {100 * rare:.2g} % (3 in {part.examined:,}) may be unseen altogether"]
    if part.examined_bytes < part.bytes:
        shown = f"{size(part.examined_bytes)} of these {size(part.bytes)}"
        notes.append(f"unseen characters were looked for in {shown}: with a tokenizer from all of it, [UNK] is lower")
    if growth > forecast.FURTHEST:
        notes.insert(0, f"the sample is {percent(1 / growth)} of the corpus at full size; forecasts were calibrated "
                        "from 0.5 % on, so take these as rough")  # fmt: skip
    if forecast.intraclass_correlation(part) > SORTED:
        notes.insert(0, "documents near each other are alike. Were they drawn at random, all is well; if they are the "
                        "first ones of a sorted corpus, no forecast here holds: draw some at random")  # fmt: skip
    return told, tuple(notes)


def _tail(part: object, mean: Figure) -> tuple[str, ...]:
    documents = getattr(part, "documents", 0)
    if not mean.known:
        return ("document lengths vary so much, or documents are so few, that their mean is only this sample's",)
    if mean.kind == "forecast" and mean.high > _WIDE * mean.low and documents:
        return (f"document lengths vary so much that the mean is uncertain; {3 * documents:,} documents more would "
                "halve its interval",)  # fmt: skip
    return ()


def _estimate(
    source: str,
    plan: Plan,
    documents: int,
    size: int,
    mean: Figure,
    usable: Figure,
    full_raw: float,
    rates: tuple[Figure, Figure],
    forecasts: dict[str, Figure],
    notes: tuple[str, ...],
) -> Estimate:
    useful = mean.times(usable.value)
    rule = exactly("rule", plan.target_bytes * plan.articles_per_gb / GB)
    by_mean = useful.into(plan.target_bytes)
    missing = _minus(by_mean, documents)
    days = missing.times(1 / plan.per_day) if plan.per_day else Figure("given", unknown="no --per-day was given")
    in_all = plan.available or plan.articles
    collectable = useful.times(in_all) if in_all else Figure("given", unknown="no --available was given")
    full = full_raw * usable.value
    size_of_all = collectable if plan.available and collectable.known else exactly("given", full)
    words, tokens = (product(rate, size_of_all) for rate in rates)
    models = tuple(_model(name, parameters, tokens) for name, parameters in _model_sizes(plan))
    smaller = [rung for rung in LADDER if rung.size <= full]
    larger = [rung for rung in LADDER if rung.size > full]
    return Estimate(
        source, plan, documents, size, mean, rule, by_mean, missing, days, usable, collectable, full,
        words, tokens, models, smaller[-1] if smaller else None, larger[0] if larger else None, forecasts, notes,
    )  # fmt: skip


def _minus(figure: Figure, have: int) -> Figure:
    if not figure.known:
        return figure
    return replace(
        figure, value=max(0, figure.value - have), low=max(0, figure.low - have), high=max(0, figure.high - have)
    )


def _model_sizes(plan: Plan) -> tuple[tuple[str, int], ...]:
    return (("your model", plan.parameters),) if plan.parameters else MODELS


def _model(name: str, parameters: int, tokens: Figure) -> Model:
    needed = TOKENS_PER_PARAMETER * parameters
    return Model(name, parameters, needed, tokens.into(needed))
