"""Result: what was concluded from a profile. Pure and small; every report renders this and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from corpuscheck.profile.estimates import Interval
from corpuscheck.profile.profile import Profile
from corpuscheck.settings import Limits

Severity = Literal["error", "warning", "info"]
Verdict = Literal["ready", "caution", "not_ready"]


@dataclass(frozen=True)
class Finding:
    """One judgement.

    `message` says what was found, `advice` what to do about it; `measured` and `limit` are the figures
    behind it, in the rule's own unit.
    """

    rule: str
    name: str
    severity: Severity
    message: str
    advice: str
    measured: float | int | str | None = None
    limit: float | int | None = None
    path: str | None = None


@dataclass(frozen=True)
class LostWord:
    """A word that became [UNK]: occurrences, why, and the characters that did it."""

    word: str
    count: int
    cause: str
    kind: str
    characters: tuple[str, ...]


@dataclass(frozen=True)
class GuiltyCharacter:
    """A character that loses words: how many hold it, and how many adding it alone would win back."""

    character: str
    name: str
    words_lost: int
    words_won_back: int

    @property
    def codepoint(self) -> str:
        return f"U+{ord(self.character):04X}"


@dataclass(frozen=True)
class CurvePoint:
    """Words lost by an alphabet of this size."""

    alphabet: int
    unk_words: int
    unk_rate: float


@dataclass(frozen=True)
class AlphabetAdvice:
    """What the curve says. `smallest` is the smallest alphabet under the limit, `recommended` the one to use."""

    points: tuple[CurvePoint, ...] = ()
    default_rate: Interval | None = None
    smallest: CurvePoint | None = None
    recommended: CurvePoint | None = None
    characters: int = 0
    sampled: bool = False
    unavailable: str = ""


@dataclass(frozen=True)
class TokenizerReport:
    """The tokenizer and what it loses, ready to be shown."""

    source: str
    trained: bool
    fingerprint: str
    model: str
    vocab_size: int
    normalizer: str
    method: str
    held_out_unit: str
    tokens: Interval | None
    tokens_exact: bool
    tokens_per_word: Interval | None
    worst_words: tuple[LostWord, ...]
    worst_characters: tuple[GuiltyCharacter, ...]
    causes: dict[str, int]
    words_exact: bool
    saved_by_nfc: int
    alphabet: AlphabetAdvice = field(default_factory=AlphabetAdvice)


@dataclass(frozen=True)
class Result:
    """The conclusion of a scan: the profile it rests on, findings worst first, and the verdict."""

    profile: Profile
    limits: Limits
    tokenizer: TokenizerReport
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        severities = {finding.severity for finding in self.findings}
        return "not_ready" if "error" in severities else "caution" if "warning" in severities else "ready"
