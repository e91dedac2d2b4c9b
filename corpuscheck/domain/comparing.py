"""What the references say of a profile: one report for each of its languages, and for each source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corpuscheck.domain.bodies import Body, placed
from corpuscheck.domain.judging import against, mixed_of_sources, sources_against
from corpuscheck.domain.reference import Reference
from corpuscheck.domain.report import DomainReport, Fertility
from corpuscheck.domain.shipped import shipped
from corpuscheck.domain.sources import languages_known
from corpuscheck.profile.domain import DomainPart, digest_of
from corpuscheck.profile.profile import Profile

LEAST_SHARE = 0.01
"""Languages with less of the text are not compared."""


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
    report = replace(
        against(language, part, bodies),
        share=share,
        references=tuple(reference.name for reference in references if language in reference.languages),
        sources=sources_against(language, part, bodies),
    )
    return mixed_of_sources(report)


def _fertility(profile: Profile, references: Sequence[Reference]) -> Fertility | None:
    """By the first reference that has a tokenizer which the scan knew."""
    for reference in references:
        general_tokens, own, words = profile.domain.fertility.get(digest_of(reference.tokenizer), (0, 0, 0))
        if words and reference.tokenizer:
            tokens = sum(source.tokens for source in reference.sources)
            elsewhere = sum(source.words for source in reference.sources)
            return Fertility(general_tokens / words, own / words, tokens / elsewhere if elsewhere else None)
    return None
