"""The bodies of text that a profile holds, one for each language that is known or named by its script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from corpuscheck.domain.languages import LANGUAGES, named, script_of_label
from corpuscheck.domain.shipped import ordinary_words
from corpuscheck.domain.source import ReferenceSource
from corpuscheck.profile.domain import DomainPart
from corpuscheck.profile.profile import Profile

_LEAST_OF_A_LANGUAGE = 0.05
_LIKE_THE_LANGUAGE = 0.5
"""A text in a language has at least so much of its most frequent words as general text in it has."""

_FEWEST_WORDS = 2000
_SCRIPTS_OF_MANY = ("Latin", "Cyrillic", "Arabic")
"""Scripts of many more languages than those that are known."""

_OF_CODE, _NEARLY_ALL = "en", 0.9
"""Program code has few ordinary words; but it is all like English, which no other language is."""


def languages_known(parts: Mapping[str, DomainPart]) -> list[tuple[str, DomainPart]]:
    """The parts by language, those with most text first.

    What is nearest to a language that it is not in, as Italian is to Spanish, goes to the script instead.
    """
    settled: dict[str, DomainPart] = {}
    for label, part in parts.items():
        label = label if _is_in(label, part, parts) else script_of_label(label)
        settled[label] = settled.get(label, DomainPart()).merge(part)
    return sorted(settled.items(), key=lambda pair: (-pair[1].text_bytes, pair[0]))


def _is_in(label: str, part: DomainPart, parts: Mapping[str, DomainPart]) -> bool:
    script = script_of_label(label)
    if label not in LANGUAGES or script not in _SCRIPTS_OF_MANY or part.words.total < _FEWEST_WORDS:
        return True
    words, least = ordinary_words(label)
    if sum(n for word, (_, n) in part.words.counts.items() if word in words) >= (
        _LIKE_THE_LANGUAGE * least * part.words.total
    ):
        return True
    whole = sum(other.text_bytes for name, other in parts.items() if script_of_label(name) == script)
    return label == _OF_CODE and part.text_bytes >= _NEARLY_ALL * whole


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
