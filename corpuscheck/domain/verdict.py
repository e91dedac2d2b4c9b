"""One verdict from all signals: how far, how many documents differ, how much its own words weigh, how many tokens they
take, what it is like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log2
from typing import Literal

DomainVerdict = Literal["domain", "general", "unclear", "unknown"]
SignalName = Literal["distance", "words", "documents", "tokens", "landmark"]

_LETTERS, _KANA, _SYLLABLES, _IDEOGRAPHS = 0.06, 0.08, 0.10, 0.12
_MIDDLE_DISTANCE = {"Hangul": _SYLLABLES, "Kana": _KANA, "Han": _IDEOGRAPHS}
"""Bits that lie between general text and a domain: n-grams of syllables and of ideographs tell topics better apart than
n-grams of letters do."""

_MIDDLE_WEIGHT, _MIDDLE_SHARE = 0.03, 0.25
_LEAST_WEIGHT, _LEAST_SHARE, _LEAST_BITS = 0.003, 0.03, 0.002

_MIDDLE_TOKENS, _STEEP, _MOST_OF_TOKENS = 0.2, 4.0, 1.0
"""Doublings of the tokens per word; each counts as so many of the others; never more than so many in all."""

_FEW_BODIES = {1: 2.0, 2: 1.4}
"""How much farther ordinary text is from a reference of so few general bodies."""

_FACTORS: dict[SignalName, float] = {"distance": 1.5, "words": 1.0, "documents": 0.6, "tokens": 1.0, "landmark": 1.0}
_OF_GENERAL_TEXT: tuple[SignalName, ...] = ("distance", "words", "documents", "tokens")
_CLEAR = 0.5
"""From so many doublings on, a signal says something."""

_GENERAL = 0.0
LEAST_OF_A_DOMAIN = {2: 2.2, 3: 1.6}
"""What the signals must add up to for a domain, by the number of general bodies: with a single one it is never sure."""

_SEVERAL = 3
_FAR, _FAR_FROM_FEW = -0.15, 0.5
"""What is farther than so from several general bodies, or from few, is not called general, whatever else says so."""

_ALIKE, _LIKE_A_LANDMARK = 0.6, 11.0


@dataclass(frozen=True)
class Signal:
    """What one of the signals says.

    `value` is its figure, `weight` by how many doublings it is beyond what lies between general text and a domain;
    below zero, how many it is short of that.
    """

    name: SignalName
    value: float
    weight: float

    @property
    def says(self) -> DomainVerdict:
        return "domain" if self.weight >= _CLEAR else "general" if self.weight <= -_CLEAR else "unclear"


def of_distance(bits: float, script: str, bodies: int) -> Signal:
    """How far the text is from general text of so many bodies."""
    middle = _MIDDLE_DISTANCE.get(script, _LETTERS) * _FEW_BODIES.get(bodies, 1.0)
    return Signal("distance", bits, log2(max(_LEAST_BITS, bits) / middle))


def of_words(weight: float, bodies: int) -> Signal:
    """Which share of its words are clearly its own."""
    middle = _MIDDLE_WEIGHT * _FEW_BODIES.get(bodies, 1.0)
    return Signal("words", weight, log2((weight + _LEAST_WEIGHT) / middle))


def of_documents(share: float) -> Signal:
    """Which share of its documents clearly differ."""
    return Signal("documents", share, log2((share + _LEAST_SHARE) / _MIDDLE_SHARE))


def of_tokens(ratio: float) -> Signal:
    """How many times as many tokens a word takes as in general text."""
    weight = _STEEP * (log2(ratio) - _MIDDLE_TOKENS)
    return Signal("tokens", ratio, max(-_MOST_OF_TOKENS, min(_MOST_OF_TOKENS, weight)))


def of_landmark(bits: float, distance: float) -> Signal | None:
    """That it is much nearer to a body of a domain, `bits` away, than to general text; None where it is not."""
    if bits >= _ALIKE * distance:
        return None
    return Signal("landmark", bits, _LIKE_A_LANDMARK * (1 - max(0.0, bits) / (_ALIKE * distance)))


def verdict_of(signals: Iterable[Signal], bodies: int, least: Mapping[int, float] = LEAST_OF_A_DOMAIN) -> DomainVerdict:
    """What the signals together say, by a reference with so many general bodies.

    Doublings are added up, the distance counting most. A signal that is missing says what the others say in the
    middle. `least` is what they must add up to for a domain.
    """
    told = {signal.name: signal for signal in signals}
    there = [told[name] for name in _OF_GENERAL_TEXT if name in told]
    if not there:
        return "unknown"
    factors = sum(_FACTORS[signal.name] for signal in there)
    whole = sum(_FACTORS[name] for name in _OF_GENERAL_TEXT)
    total = sum(_FACTORS[signal.name] * signal.weight for signal in there) * whole / factors
    if "landmark" in told:
        total += _FACTORS["landmark"] * told["landmark"].weight
    if total <= _GENERAL:
        far = _FAR if bodies >= _SEVERAL else _FAR_FROM_FEW
        return "unclear" if "distance" in told and told["distance"].weight > far else "general"
    return "domain" if bodies > 1 and total >= least[min(bodies, _SEVERAL)] else "unclear"


def contradict(signals: Iterable[Signal]) -> bool:
    """Whether one says that it is a domain and another that it is general text."""
    return {"domain", "general"} <= {signal.says for signal in signals}
