"""Estimate: is this domain worth collecting, and how much is missing? From a sample, a profile, or plain numbers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from corpuscheck.errors import UsageError
from corpuscheck.feasibility import forecast
from corpuscheck.feasibility.forecast import Forecast
from corpuscheck.feasibility.laws import BYTES_PER_TOKEN, EPOCHS, GB, LADDER, MODELS, TOKENS_PER_PARAMETER, Rung
from corpuscheck.profile.documents import DocumentPart
from corpuscheck.profile.profile import Profile

Kind = Literal["given", "measured", "rule", "forecast"]
SORTED = 0.05
_WIDE = 2.0


@dataclass(frozen=True)
class Figure:
    """A number on screen, and what it is: given by the user, measured, a rule, or a forecast with its 90 % interval."""

    kind: Kind
    value: float = 0.0
    low: float = 0.0
    high: float = 0.0
    unknown: str = ""
    rough: bool = False

    @property
    def known(self) -> bool:
        return not self.unknown

    def times(self, factor: float) -> Figure:
        return replace(self, value=self.value * factor, low=self.low * factor, high=self.high * factor)

    def into(self, total: float) -> Figure:
        """total / self: the ends change places."""
        if not self.known or self.value <= 0:
            return self if not self.known else replace(self, unknown="nothing to divide by")
        return replace(self, value=total / self.value, low=total / self.high, high=total / self.low)


def exactly(kind: Kind, value: float) -> Figure:
    """A figure without an interval."""
    return Figure(kind, value, value, value)


def foretold(told: Forecast) -> Figure:
    """A forecast as a figure."""
    return Figure("forecast", told.value, told.low, told.high, told.unknown, told.rough)


@dataclass(frozen=True)
class Plan:
    """What the user says of the collection; sizes in bytes, rates in documents.

    `articles` and `mean_bytes` describe what there is where no text is at hand; `available` is how many documents
    could be had in all, `usable` the share of their bytes that survives cleaning.
    """

    target_bytes: int = 4 * GB
    articles_per_gb: int = 256_000
    articles: int | None = None
    mean_bytes: float | None = None
    available: int | None = None
    per_day: float | None = None
    usable: float | None = None
    parameters: int | None = None
    epochs: int = EPOCHS

    def __post_init__(self) -> None:
        for name, option in (("articles", "--articles"), ("mean_bytes", "--mean-bytes"), ("available", "--available"),
                             ("per_day", "--per-day"), ("parameters", "--params"), ("epochs", "--epochs"),
                             ("target_bytes", "--target"), ("articles_per_gb", "--articles-per-gb")):  # fmt: skip
            value = getattr(self, name)
            if value is not None and not 0 < value < 1e18:
                raise UsageError(f"{option} must be above zero")
        if self.usable is not None and not 0 < self.usable <= 1:
            raise UsageError("--usable is a share above 0 and at most 1, as in 0.8")


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
class Estimate:
    """The answer. `full_bytes` is the size that forecasts are for; `forecasts` are by name."""

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
        raise UsageError("without a sample, both --articles and --mean-bytes are needed")
    mean = exactly("given", plan.mean_bytes)
    tokens = Figure("rule", 1 / BYTES_PER_TOKEN, 1 / BYTES_PER_TOKEN, 1 / BYTES_PER_TOKEN)
    words = Figure("rule", unknown="no text to count words in")
    have = round(plan.articles * plan.mean_bytes)
    note = f"{BYTES_PER_TOKEN:.1f} bytes per token is the rate of KoELECTRA's Korean corpus; a sample tells your own"
    return _estimate("numbers", plan, plan.articles, have, mean, words, tokens, None, {}, (note,))


def from_profile(profile: Profile, plan: Plan, source: str) -> Estimate:
    """From a profile, of a sample or of a whole corpus."""
    size = profile.size
    if not size.documents or not size.utf8_bytes:
        raise UsageError(f"{source}: there is no text in it to estimate from")
    part = profile.forecast
    mean = foretold(forecast.mean_bytes(part)) if part.documents else _mean_of(profile.documents)
    full = _full_bytes(plan, size.utf8_bytes, size.documents, mean)
    growth = full / size.utf8_bytes
    forecasts, notes = _forecasts(profile, growth)
    words = exactly("forecast", profile.words.words / size.utf8_bytes)
    rate = profile.estimates.tokens_per_word()
    tokens = Figure("forecast", unknown="no sample of tokens")
    if rate:
        per_byte = rate.times(profile.words.words / size.utf8_bytes)
        tokens = Figure("forecast", per_byte.value, per_byte.low, per_byte.high)
    copies = _copied_share(profile.documents)
    return _estimate(
        source,
        plan,
        size.documents,
        size.utf8_bytes,
        mean,
        words,
        tokens,
        copies,
        forecasts,
        (*_tail(part, mean), *notes),
    )


def _full_bytes(plan: Plan, size: int, documents: int, mean: Figure) -> float:
    """The size that the corpus would reach: all that is available, else the target."""
    if plan.available:
        return max(size, plan.available * (mean.value if mean.known else size / documents))
    return max(size, plan.target_bytes)


def _mean_of(documents: DocumentPart) -> Figure:
    """The mean document of a profile that was saved without a forecast."""
    _, _, counts, sizes = documents.columns()
    n, total = int(counts.sum()), int((counts * sizes).sum())
    squares = sum(c * s * s for c, s in zip(counts.tolist(), sizes.tolist(), strict=True))
    from corpuscheck.profile.forecast import ForecastPart

    return foretold(forecast.mean_bytes(ForecastPart(documents=n, bytes=total, squares=squares)))


def _copied_share(documents: DocumentPart) -> float:
    """Share of the bytes that are second and further copies of a document."""
    hashes, _, counts, sizes = documents.columns()
    total = int((counts * sizes).sum())
    kept: dict[int, int] = dict(zip(hashes.tolist(), sizes.tolist(), strict=True))
    return (total - sum(kept.values())) / total if total else 0.0


def _forecasts(profile: Profile, growth: float) -> tuple[dict[str, Figure], tuple[str, ...]]:
    part = profile.forecast
    if growth <= 1.0:
        return {}, ("the corpus is at full size: its figures are counted, there is nothing to forecast",)
    if part.conflict:
        return {}, ("profiles that were merged cannot be forecast from: scan the samples together",)
    if not part.examined:
        return {}, ("this profile was saved without forecasts: scan the sample again with this version",)
    told = {
        "unseen_character_mass": foretold(forecast.unseen_mass(part, growth)),
        "unk_rate_all_characters": foretold(forecast.unk_full(part, growth)),
        "unk_rate_alphabet_by_coverage": foretold(forecast.unk_covered(part, growth)),
        "new_characters": foretold(forecast.new_characters(part, growth)),
        "new_words": foretold(forecast.new_words(part, growth)),
        "documents_touched": foretold(forecast.touched(part, growth)),
    }
    rare = 3 / part.examined
    notes = [f"a kind of document rarer than {100 * rare:.2g} % (3 in {part.examined:,}) may be unseen altogether"]
    if forecast.likeness(part) > SORTED:
        notes.insert(0, "documents near each other are alike: if these are the first ones of a sorted corpus, they are "
                        "no sample of it and no forecast here holds; draw documents at random")  # fmt: skip
    return told, tuple(notes)


def _tail(part: object, mean: Figure) -> tuple[str, ...]:
    documents = getattr(part, "documents", 0)
    if mean.known and mean.kind == "forecast" and mean.high > _WIDE * mean.low and documents:
        return (f"document lengths vary so much that the mean is uncertain; {3 * documents:,} documents more would "
                "halve its interval",)  # fmt: skip
    return ()


def _estimate(
    source: str,
    plan: Plan,
    documents: int,
    size: int,
    mean: Figure,
    words_per_byte: Figure,
    tokens_per_byte: Figure,
    copied: float | None,
    forecasts: dict[str, Figure],
    notes: tuple[str, ...],
) -> Estimate:
    usable = exactly("given", plan.usable) if plan.usable else exactly("measured", 1 - (copied or 0.0))
    if plan.usable is None and copied is None:
        usable = exactly("rule", 1.0)
    useful = mean.times(usable.value)
    rule = exactly("rule", plan.target_bytes * plan.articles_per_gb / GB)
    by_mean = useful.into(plan.target_bytes)
    have = plan.articles or documents
    missing = _minus(by_mean, have)
    days = missing.times(1 / plan.per_day) if plan.per_day else Figure("given", unknown="no --per-day was given")
    in_all = plan.available or plan.articles
    collectable = useful.times(in_all) if in_all else Figure("given", unknown="no --available was given")
    full = plan.target_bytes if not in_all or not collectable.known else collectable.value
    tokens = tokens_per_byte.times(full)
    models = tuple(_model(name, size_, tokens) for name, size_ in _model_sizes(plan))
    smaller = [rung for rung in LADDER if rung.size <= full]
    larger = [rung for rung in LADDER if rung.size > full]
    return Estimate(
        source, plan, documents, size, mean, rule, by_mean, missing, days, usable, collectable, full,
        words_per_byte.times(full), tokens, models, smaller[-1] if smaller else None, larger[0] if larger else None,
        forecasts, notes,
    )  # fmt: skip


def _minus(figure: Figure, have: int) -> Figure:
    if not figure.known:
        return figure
    return replace(
        figure, value=max(0, figure.value - have), low=max(0, figure.low - have), high=max(0, figure.high - have)
    )


def _model_sizes(plan: Plan) -> tuple[tuple[str, int], ...]:
    return (("asked for", plan.parameters),) if plan.parameters else MODELS


def _model(name: str, parameters: int, tokens: Figure) -> Model:
    needed = TOKENS_PER_PARAMETER * parameters
    return Model(name, parameters, needed, tokens.into(needed))
