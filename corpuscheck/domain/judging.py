"""Judge text by bodies that are known: a part of a profile, and the sources in it one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from corpuscheck.domain.bodies import Body, general, mixed
from corpuscheck.domain.differing import share_differing
from corpuscheck.domain.distance import FEWEST_GRAMS, Distance, Halves, standard_error
from corpuscheck.domain.languages import named, script_of_label
from corpuscheck.domain.mixture import mixture_of
from corpuscheck.domain.pieces import SHARES, tokens_per_word, vocabulary_of
from corpuscheck.domain.report import DomainReport, Landmark
from corpuscheck.domain.verdict import (
    Signal,
    contradict,
    of_distance,
    of_documents,
    of_landmark,
    of_tokens,
    of_words,
    verdict_of,
)
from corpuscheck.domain.words import distinctive_words, weight_of_words
from corpuscheck.kernels.arrays import Floats
from corpuscheck.profile.domain import DomainPart
from corpuscheck.profile.domain_sources import EVERY, in_cells

ENOUGH_GRAMS = 40_000
"""With fewer n-grams nothing is told but a distance."""

_T = 2.365
"""Student's t for 95 % with the seven degrees of freedom of eight groups."""

_COUNTS = 0.05

_WITHOUT_SPACES = ("Han", "Kana", "Thai")
"""There words are pairs of characters: what tokens they take says little."""

_SEVERAL, _MUCH = 3, 0.3
"""Where surely so many documents are like a domain, the whole is not called general."""

_MIXED = "it is a mixture of general text and text of a domain"

_OF_WITHIN = 0.15
"""What D of a small sample may be off by, as a share of the divergence within it."""


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
    sources, tables = general(bodies), part.tables()
    if not sources:
        return replace(known, reason=_not_shipped(language))
    halves = Halves.of(tables)
    if halves is None or tables.sum() < ENOUGH_GRAMS:
        return _too_little(known, int(tables.sum()))
    weights, shares = mixed(tables.sum(axis=0), sources)
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
        token_ratio=_token_ratio(part, sources) if script_of_label(language) not in _WITHOUT_SPACES else None,
    )
    return _with_verdict(known)


def sources_against(language: str, part: DomainPart, bodies: Sequence[Body]) -> dict[int, DomainReport]:
    """What these bodies say of each source, as far as it is in this language."""
    few = [replace(body, shares=in_cells(body.shares[None])[0]) for body in bodies]
    return {source: _source_against(language, source, part, bodies, few) for source in part.sources}


def _source_against(
    language: str, source: int, part: DomainPart, bodies: Sequence[Body], few: Sequence[Body]
) -> DomainReport:
    """By the n-grams of a quarter of the buckets, which a quarter of D comes from, and the documents of the source."""
    grams = part.sources[source]
    own = replace(part, sketches={unit: row for unit, row in part.sketches.items() if part.homes.get(unit) == source})
    known = DomainReport(
        language,
        documents=grams.units if part.documents else 0,
        passages=0 if part.documents else grams.units,
        sketched=len(own.sketches),
        text_bytes=grams.text_bytes,
        general_bodies=len(general(bodies)),
    )
    if not known.general_bodies:
        return replace(known, reason=_not_shipped(language))
    halves = Halves.of(grams.halves)
    if halves is None or grams.halves.sum() < ENOUGH_GRAMS:
        return _too_little(known, int(grams.halves.sum()))
    _, shares = mixed(grams.halves.sum(axis=0), general(few))
    known = replace(
        known,
        distance_bits=EVERY * halves.distance_from(shares).bits,
        landmarks=_ladder(halves, few, EVERY),
        mixture=mixture_of(own, bodies),
    )
    return _with_verdict(known)


def _too_little(report: DomainReport, grams: int) -> DomainReport:
    needed = round(report.text_bytes * max(ENOUGH_GRAMS, 2 * FEWEST_GRAMS) / max(1, grams))
    return replace(report, reason="too little text", needed_bytes=needed if grams else 0)


def _not_shipped(language: str) -> str:
    language = "this language" if script_of_label(language) == language else named(language)
    return f"no general text is shipped for {language}: --reference names some"


def _with_verdict(report: DomainReport) -> DomainReport:
    signals = _signals(report)
    verdict = verdict_of(signals, report.general_bodies)
    reason = ""
    if verdict == "general" and report.general_bodies >= _SEVERAL and _much_of_a_domain(report):
        verdict, reason = "unclear", _MIXED
    elif verdict == "unclear":
        if contradict(signals):
            reason = "the signals contradict each other"
        elif report.general_bodies < 2:
            reason = "a single body of general text cannot say what is ordinary"
        else:
            reason = "between general text and a domain"
    return replace(report, signals=signals, verdict=verdict, reason=reason)


def mixed_of_sources(report: DomainReport) -> DomainReport:
    """The same, where it looks like general text though much of it is of sources that are text of a domain."""
    if report.verdict == "general" and report.of_domain_sources >= _MUCH:
        return replace(report, verdict="unclear", reason=_MIXED)
    return report


def _much_of_a_domain(report: DomainReport) -> bool:
    return any(row.kind == "domain" and row.interval[0] >= _MUCH for row in report.mixture)


def _signals(report: DomainReport) -> tuple[Signal, ...]:
    assert report.distance_bits is not None
    signals: list[Signal | None] = [
        of_distance(report.distance_bits, script_of_label(report.language), report.general_bodies)
    ]
    signals.append(of_words(report.word_weight, report.general_bodies) if report.word_weight is not None else None)
    signals.append(of_documents(report.differing) if report.differing is not None else None)
    signals.append(of_tokens(report.token_ratio) if report.token_ratio is not None else None)
    nearest = report.nearest
    if nearest and nearest.kind == "domain":
        signals.append(of_landmark(nearest.from_here, report.distance_bits))
    return tuple(signal for signal in signals if signal)


def _interval(
    part: DomainPart, halves: Halves, found: Distance, sources: Sequence[Body], weights: Floats
) -> tuple[float, float]:
    """The jackknife over groups of documents, and over the general bodies: D without each that counts."""
    groups = part.groups()
    error = standard_error(groups, weights @ np.array([source.shares for source in sources]))
    counts, without = groups.sum(axis=0), []
    for k in np.flatnonzero(weights >= _COUNTS).tolist():
        rest = [source for j, source in enumerate(sources) if j != k]
        if rest:
            without.append(halves.distance_from(mixed(counts, rest)[1]).bits - found.bits)
    number = len(sources)
    moved = (number - 1) / number * sum(one * one for one in without) if number > 1 else 0.0
    half = float(np.sqrt((_T * error) ** 2 + (_OF_WITHIN * found.within) ** 2 + moved))
    return max(0.0, found.bits - half), found.bits + half


def _ladder(halves: Halves, bodies: Sequence[Body], times: int = 1) -> tuple[Landmark, ...]:
    marks = [
        Landmark(body.name, body.kind, body.distance, times * halves.distance_from(body.shares).bits)
        for body in bodies
        if body.distance is not None
    ]
    return tuple(sorted(marks, key=lambda mark: (mark.distance_bits, mark.name)))


def _token_ratio(part: DomainPart, sources: Sequence[Body]) -> float | None:
    """Tokens per word over those of general text, of words as rare; None where few bodies tell what is usual."""
    usual = [body.tokens for body in sources if len(body.tokens)]
    found = tokens_per_word(part.words, vocabulary_of(body.words for body in sources))
    if len(usual) < _SEVERAL or found is None:
        return None
    share, tokens = found
    return tokens / float(np.median([np.interp(share, SHARES, row) for row in usual]))


def _spread(sources: Sequence[Body]) -> float | None:
    known = [source.distance for source in sources if source.distance is not None]
    return float(np.median(known)) if known else None
