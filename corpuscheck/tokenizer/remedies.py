"""Remedies: other ways to write a text or to read a vocabulary, tried on the words that are lost."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from corpuscheck.text.composing import normalised
from corpuscheck.tokenizer.artefact import Artefact


@dataclass(frozen=True)
class Attempt:
    """A way to win lost words back, and how many it does."""

    name: str
    advice: str
    words: int


def _stripped(word: str) -> str:
    apart = normalised("NFD", word)
    return normalised("NFC", "".join(ch for ch in apart if unicodedata.category(ch) != "Mn"))


_FORMS: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "NFC": ("normalise the text to NFC first", lambda word: normalised("NFC", word)),
    "NFD": ("normalise the text to NFD first", lambda word: normalised("NFD", word)),
    "NFKC": ("normalise the text to NFKC first", lambda word: normalised("NFKC", word)),
    "lowercase": ("lowercase the text first: the vocabulary has small letters", str.lower),
    "strip accents": ("strip the accents of the text first: the vocabulary has none", _stripped),
    "lowercase, strip accents": (
        "lowercase the text and strip its accents first: the vocabulary has neither",
        lambda word: _stripped(word.lower()),
    ),
}
"""What could be done to the text."""

_READINGS: Mapping[str, tuple[bool, bool | None, str]] = {
    "accents kept": (True, False, "keep the accents (strip_accents: false)"),
    "cased": (False, False, "read the vocabulary as cased (do_lower_case: false)"),
    "uncased": (True, None, "read the vocabulary as uncased (do_lower_case: true)"),
}
"""What could be done to the tokenizer: lowercase, strip accents."""


def tried(artefact: Artefact, lost: dict[str, int]) -> tuple[Attempt, ...]:
    """What wins words back, the best first; what wins none is left out. What changes least comes first at a tie."""
    composed = (_form(name, artefact, lost) for name in ("NFC", "NFD", "NFKC"))
    others = (_form(name, artefact, lost) for name in _FORMS if not name.startswith("NF"))
    attempts = [attempt for attempt in (*composed, *_readings(artefact, lost), *others) if attempt.words]
    return tuple(sorted(attempts, key=lambda attempt: -attempt.words))


def _form(name: str, artefact: Artefact, lost: dict[str, int]) -> Attempt:
    advice, form = _FORMS[name]
    changed = {word: form(word) for word in lost}
    return Attempt(name, advice, _won(artefact, {word: text for word, text in changed.items() if text != word}, lost))


def _readings(artefact: Artefact, lost: dict[str, int]) -> Iterator[Attempt]:
    """A normaliser with other settings, or without the steps that take case or accents."""
    if artefact.trained:
        return
    steps = {step["type"] for step in artefact.normalizers}
    if steps == {"BertNormalizer"}:
        now = artefact.lowercases, artefact.strips_accents
        for name, (lowercase, strip, advice) in _READINGS.items():
            if now != (lowercase, lowercase if strip is None else strip):
                yield Attempt(name, advice, _read(artefact, artefact.read_as(lowercase, strip), lost))
    for taken in ({"Lowercase"}, {"StripAccents", "NFD", "NFKD"}, {"Lowercase", "StripAccents", "NFD", "NFKD"}):
        if taken <= steps | {"NFD", "NFKD"} and "BertNormalizer" not in steps:
            named = " and ".join(sorted(taken & steps))
            advice = f"take {named} out of the normaliser"
            yield Attempt(f"without {named}", advice, _read(artefact, artefact.without_steps(taken), lost))


def _read(now: Artefact, other: Artefact, lost: dict[str, int]) -> int:
    """What another reading wins: only words that it normalises otherwise, unless it does so with added tokens too."""
    words = list(lost)
    if not any(token["normalized"] for token in now.added_tokens):
        normal = zip(words, now.encoder.normalized(words), other.encoder.normalized(words), strict=True)
        words = [word for word, one, another in normal if one != another]
    return _won(other, {word: word for word in words}, lost)


def _won(artefact: Artefact, texts: dict[str, str], lost: dict[str, int]) -> int:
    """Occurrences of the words whose new text has no [UNK]."""
    found = artefact.encoder.encode(list(texts.values()))
    unk = artefact.unk_id
    return sum(lost[word] for word, encoded in zip(texts, found, strict=True) if not encoded.holds(unk))
