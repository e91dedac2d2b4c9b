"""What the references say of a corpus: one report for each of its languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from corpuscheck.domain.bodies import Body, general, mixed, placed
from corpuscheck.domain.differing import share_differing
from corpuscheck.domain.distance import FEWEST_GRAMS, Distance, Halves, standard_error
from corpuscheck.domain.languages import named, script_of_label
from corpuscheck.domain.mixture import MixtureShare, mixture_of
from corpuscheck.domain.reference import Reference
from corpuscheck.domain.shipped import shipped
from corpuscheck.domain.source import BodyKind
from corpuscheck.domain.sources import languages_known
from corpuscheck.domain.verdict import (
    DomainVerdict,
    Signal,
    contradict,
    of_distance,
    of_documents,
    of_landmark,
    of_words,
    verdict_of,
)
from corpuscheck.domain.words import DistinctiveWord, distinctive_words, weight_of_words
from corpuscheck.kernels.arrays import Floats
from corpuscheck.profile.domain import DomainPart, digest_of
from corpuscheck.profile.profile import Profile
from corpuscheck.values.brief import brief

LEAST_SHARE = 0.01
"""Languages with less of the text are not compared."""

ENOUGH_GRAMS = 40_000
"""With fewer n-grams nothing is told but a distance."""

_T = 2.365
"""Student's t for 95 % with the seven degrees of freedom of eight groups."""

_COUNTS = 0.05

_SEVERAL, _MUCH = 3, 0.3
"""Where surely so many documents are like a domain, the whole is not called general."""

_OF_WITHIN = 0.15
"""What D of a small sample may be off by, as a share of the divergence within it."""


@dataclass(frozen=True)
class Landmark:
    """A body of text, how far it is from the general text of the others, and how far the corpus is from it, in bits."""

    name: str
    kind: BodyKind
    distance_bits: float
    from_here: float


@dataclass(frozen=True)
class Fertility:
    """Tokens per word on the same text: by a general tokenizer, by the one of the scan, and by the general one on
    general text (None where it is not known)."""

    general: float
    own: float
    on_general_text: float | None


@dataclass(frozen=True)
class DomainReport:
    """How far the text in one language is from general text of this language, ready to be shown.

    Attributes:
        language: its code, or the script where it is not known.
        share: of the text that was looked at.
        verdict: from all signals; `reason` says why it is unknown or unclear.
        references: names of those that were given.
        distance_bits: D from the mixture of general bodies that is nearest, with its interval of 95 %.
        landmarks: the ladder, the nearest to general text first.
        nearest: of them that to which the text is nearest.
        mixture: share of the documents nearest to each landmark, the largest first.
        spread: the median D of a general body from the others; `ratio` is D / `spread`.
        differing: share of the documents that clearly differ, a lower bound.
        words, word_weight: the most distinctive ones; the share of clearly distinctive ones among all words.
        documents, passages: what was looked at; `sketched` of them were compared one by one.
        needed_bytes: how much text would do, where there is too little.
        general_bodies: how many there are to compare with.
        fertility: None where no reference has a tokenizer or the scan did not know it.
        others: reports of the other languages, those with most text first.
    """

    __repr__ = brief

    language: str = ""
    share: float = 1.0
    verdict: DomainVerdict = "unknown"
    reason: str = ""
    signals: tuple[Signal, ...] = ()
    references: tuple[str, ...] = ()
    distance_bits: float | None = None
    distance_interval: tuple[float, float] | None = None
    landmarks: tuple[Landmark, ...] = ()
    mixture: tuple[MixtureShare, ...] = ()
    spread: float | None = None
    within: float | None = None
    differing: float | None = None
    words: tuple[DistinctiveWord, ...] = ()
    word_weight: float | None = None
    documents: int = 0
    passages: int = 0
    sketched: int = 0
    text_bytes: int = 0
    needed_bytes: int = 0
    general_bodies: int = 0
    fertility: Fertility | None = None
    others: tuple[DomainReport, ...] = ()

    @property
    def nearest(self) -> Landmark | None:
        return min(self.landmarks, key=lambda mark: (mark.from_here, mark.name), default=None)

    @property
    def ratio(self) -> float | None:
        if self.distance_bits is None or not self.spread:
            return None
        return max(0.0, self.distance_bits) / self.spread

    @property
    def units(self) -> str:
        """What was looked at, as a noun in the plural."""
        if not self.passages:
            return "documents"
        return "documents and passages" if self.documents else "passages"


def domain_report(profile: Profile, references: Sequence[Reference] = ()) -> DomainReport | None:
    """What the references, those that are shipped and these, say of each language; None without text."""
    parts = languages_known(profile.domain.languages)
    whole = sum(part.text_bytes for _, part in parts)
    reports = [
        _judged(language, part, part.text_bytes / whole, references)
        for language, part in parts
        if part.text_bytes and part.text_bytes >= LEAST_SHARE * whole
    ]
    if not reports:
        return None
    return replace(reports[0], others=tuple(reports[1:]), fertility=_fertility(profile, references))


def bodies_of(language: str, references: Sequence[Reference]) -> list[Body]:
    """The bodies to compare a language with: those that are shipped, and those of the references."""
    bodies = shipped(language)
    given = [
        (source, reference.name)
        for reference in references
        for source in reference.sources
        if source.language == language and source.part.units
    ]
    names = [body.name for body in bodies] + [source.name for source, _ in given]
    renamed = [
        replace(source, name=f"{source.name} ({reference})") if names.count(source.name) > 1 else source
        for source, reference in given
    ]
    return [*bodies, *placed(renamed, bodies)]


def _judged(language: str, part: DomainPart, share: float, references: Sequence[Reference]) -> DomainReport:
    bodies = bodies_of(language, references)
    return replace(
        against(language, part, bodies),
        share=share,
        references=tuple(reference.name for reference in references if language in reference.languages),
    )


def against(language: str, part: DomainPart, bodies: Sequence[Body]) -> DomainReport:
    """What these bodies say of the text in this language."""
    known = DomainReport(
        language,
        documents=part.documents,
        passages=part.passages,
        sketched=len(part.sketches),
        text_bytes=part.text_bytes,
        general_bodies=len(general(bodies)),
    )
    sources = general(bodies)
    if not sources:
        return replace(known, reason=_not_shipped(language))
    halves, grams = Halves.of(part.tables()), int(part.tables().sum())
    if halves is None or grams < ENOUGH_GRAMS:
        needed = round(part.text_bytes * max(ENOUGH_GRAMS, 2 * FEWEST_GRAMS) / max(1, grams))
        return replace(known, reason="too little text", needed_bytes=needed if grams else 0)
    weights, shares = mixed(part, sources)
    found = halves.distance_from(shares)
    known = replace(
        known,
        distance_bits=found.bits,
        distance_interval=_interval(part, halves, found, sources, weights),
        within=found.within,
        landmarks=_ladder(halves, bodies),
        mixture=mixture_of(part, bodies),
        spread=_spread(sources),
        differing=share_differing(part, shares, sources),
        words=distinctive_words(part, [body.words for body in sources]),
        word_weight=weight_of_words(part, [body.words for body in sources], weights),
    )
    return _with_verdict(known, weights)


def _not_shipped(language: str) -> str:
    language = "this language" if script_of_label(language) == language else named(language)
    return f"no general text is shipped for {language}: --reference names some"


def _with_verdict(report: DomainReport, weights: Floats) -> DomainReport:
    signals = _signals(report)
    verdict = verdict_of(signals, report.general_bodies)
    reason = ""
    if verdict == "general" and report.general_bodies >= _SEVERAL and _much_of_a_domain(report):
        verdict, reason = "unclear", "it is a mixture of general text and text of a domain"
    elif verdict == "unclear":
        if contradict(signals):
            reason = "the signals contradict each other"
        elif report.general_bodies < 2:
            reason = "a single body of general text cannot say what is ordinary"
        else:
            reason = "between general text and a domain"
    return replace(report, signals=signals, verdict=verdict, reason=reason)


def _much_of_a_domain(report: DomainReport) -> bool:
    return any(row.kind == "domain" and row.interval[0] >= _MUCH for row in report.mixture)


def _signals(report: DomainReport) -> tuple[Signal, ...]:
    assert report.distance_bits is not None
    signals: list[Signal | None] = [
        of_distance(report.distance_bits, script_of_label(report.language), report.general_bodies)
    ]
    signals.append(of_words(report.word_weight, report.general_bodies) if report.word_weight is not None else None)
    signals.append(of_documents(report.differing) if report.differing is not None else None)
    nearest = report.nearest
    if nearest and nearest.kind == "domain":
        signals.append(of_landmark(nearest.from_here, report.distance_bits))
    return tuple(signal for signal in signals if signal)


def _interval(
    part: DomainPart, halves: Halves, found: Distance, sources: Sequence[Body], weights: Floats
) -> tuple[float, float]:
    """The jackknife over groups of documents, and over the general bodies: D without each that counts."""
    error = standard_error(part.groups(), weights @ np.array([source.shares for source in sources]))
    without = []
    for k in np.flatnonzero(weights >= _COUNTS).tolist():
        rest = [source for j, source in enumerate(sources) if j != k]
        if rest:
            without.append(halves.distance_from(mixed(part, rest)[1]).bits - found.bits)
    number = len(sources)
    moved = (number - 1) / number * sum(one * one for one in without) if number > 1 else 0.0
    half = float(np.sqrt((_T * error) ** 2 + (_OF_WITHIN * found.within) ** 2 + moved))
    return max(0.0, found.bits - half), found.bits + half


def _ladder(halves: Halves, bodies: Sequence[Body]) -> tuple[Landmark, ...]:
    marks = [
        Landmark(body.name, body.kind, body.distance, halves.distance_from(body.shares).bits)
        for body in bodies
        if body.distance is not None
    ]
    return tuple(sorted(marks, key=lambda mark: (mark.distance_bits, mark.name)))


def _spread(sources: Sequence[Body]) -> float | None:
    known = [source.distance for source in sources if source.distance is not None]
    return float(np.median(known)) if known else None


def _fertility(profile: Profile, references: Sequence[Reference]) -> Fertility | None:
    """By the first reference that has a tokenizer which the scan knew."""
    for reference in references:
        general_tokens, own, words = profile.domain.fertility.get(digest_of(reference.tokenizer), (0, 0, 0))
        if words and reference.tokenizer:
            tokens = sum(source.tokens for source in reference.sources)
            elsewhere = sum(source.words for source in reference.sources)
            return Fertility(general_tokens / words, own / words, tokens / elsewhere if elsewhere else None)
    return None
