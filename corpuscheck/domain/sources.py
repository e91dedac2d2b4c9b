"""The bodies of text that a profile holds, one for each language that is known or named by its script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from corpuscheck.domain.languages import LANGUAGES, SCRIPTS_OF_MANY, named, script_of_label
from corpuscheck.domain.shipped import listed_words, ordinary_words
from corpuscheck.domain.source import ReferenceSource
from corpuscheck.profile.domain import DomainPart
from corpuscheck.profile.profile import Profile

_LEAST_OF_A_LANGUAGE = 0.05
_LIKE_THE_LANGUAGE = 0.5
"""A text in a language has at least so much of its most frequent words as general text in it has."""

_FEWEST_WORDS = 2000
_OF_CODE, _LISTED = "en", 0.22
"""Program code has few of the most frequent words; but so many of its words stand in general English, which is twice
as many as in languages that only look like it."""


def languages_known(parts: Mapping[str, DomainPart]) -> list[tuple[str, DomainPart]]:
    """The parts by language, those with most text first.

    What is nearest to a language that it is not in, as Galician is to Spanish, goes to the script instead.
    """
    settled: dict[str, DomainPart] = {}
    for label, part in parts.items():
        label = label if _is_in(label, part) else script_of_label(label)
        settled[label] = settled.get(label, DomainPart()).merge(part)
    return sorted(settled.items(), key=lambda pair: (-pair[1].text_bytes, pair[0]))


def _is_in(label: str, part: DomainPart) -> bool:
    few = part.words.total < _FEWEST_WORDS
    if few or label not in LANGUAGES or script_of_label(label) not in SCRIPTS_OF_MANY:
        return True
    words, least = ordinary_words(label)
    if _share(part, words) >= _LIKE_THE_LANGUAGE * least:
        return True
    return label == _OF_CODE and _share(part, listed_words(label)) >= _LISTED


def _share(part: DomainPart, words: frozenset[str]) -> float:
    """Which share of all words these have."""
    return sum(n for word, (_, n) in part.words.counts.items() if word in words) / part.words.total


def sources_of(profile: Profile, name: str, tokenizer: str = "") -> list[ReferenceSource]:
    """A profile as sources, one for each language that has a part of the text to speak of, the largest first.

    Its tokens count, in the first one, where it was measured with this tokenizer.
    """
    own = bool(tokenizer) and profile.about.get("tokenizer") == tokenizer
    tokens, words = (sum(t.values()) for t in (profile.estimates.tokens, profile.estimates.words)) if own else (0, 0)
    parts = languages_known(profile.domain.languages)
    least = _LEAST_OF_A_LANGUAGE * sum(part.text_bytes for _, part in parts)
    parts = [(language, part) for language, part in parts if part.text_bytes >= least]
    if not parts:
        return [ReferenceSource(name, "", DomainPart(), tokens=tokens, words=words)]
    sources = [
        ReferenceSource(name if not k else f"{name}, {named(language)}", language, part)
        for k, (language, part) in enumerate(parts)
    ]
    return [replace(sources[0], tokens=tokens, words=words), *sources[1:]]
