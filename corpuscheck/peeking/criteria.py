"""What a person asks to see of a corpus: typical documents, the worst by a rule, or those that hold a word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from corpuscheck.errors import UsageError, did_you_mean
from corpuscheck.kernels.arrays import Ints
from corpuscheck.kernels.columns import (
    DEBRIS,
    EMAILS,
    ENTITIES,
    FIRST_DEBRIS,
    FIRST_PII,
    MARKUP,
    PII,
    URLS,
)
from corpuscheck.profile.document_rules import DOCUMENT_RULES, Counts, DocumentRule, Mask

ScoreUnit = Literal["share", "times"]

COPIES = {"CC501": "exact-copies", "CC502": "normalised-copies", "CC503": "near-copies"}
"""Rules that name pairs of documents."""


OF_CORPUS = {"CC301": ("unk-rate", "lost word"), "CC504": ("boilerplate", "shared line")}
"""Rules for which the whole corpus must be known first, its tokenizer or the lines that documents share: the name of
each, and the trouble that is marked."""


@dataclass(frozen=True)
class Criterion:
    """A rule by which documents can be ordered: which ones it names, how bad they are, which trouble to show.

    A score is in millionths of a share, or a number of things; `says` is what of.
    """

    id: str
    name: str
    says: str
    unit: ScoreUnit
    hit: Callable[[Counts], Mask]
    score: Callable[[Counts], Ints]
    marks: tuple[str, ...]


def _by_share(rule: DocumentRule) -> Criterion:
    return Criterion(
        rule.id,
        rule.name,
        rule.of,
        "share",
        rule.names,
        lambda counts: np.round(rule.score(counts) * 1e6).astype(np.int64),
        (rule.mark,),
    )


def _by_amount(id_: str, name: str, says: str, columns: tuple[int, ...], marks: tuple[str, ...]) -> Criterion:
    def score(counts: Counts) -> Ints:
        return counts.of(*columns)

    return Criterion(id_, name, says, "times", lambda counts: np.asarray(score(counts) > 0), score, marks)


def _debris(*kinds: int) -> tuple[tuple[int, ...], tuple[str, ...]]:
    return tuple(FIRST_DEBRIS + 2 * kind for kind in kinds), tuple(DEBRIS[kind] for kind in kinds)


_CRITERIA = (
    *map(_by_share, DOCUMENT_RULES),
    _by_amount("CC413", "leftover-markup", "tags and entities", *_debris(MARKUP, ENTITIES)),
    _by_amount("CC414", "many-addresses", "URLs and e-mail addresses", *_debris(URLS, EMAILS)),
    _by_amount(
        "CC415", "personal-data", "shapes of personal data", tuple(range(FIRST_PII, FIRST_PII + len(PII))),
        tuple(PII),
    ),
)  # fmt: skip

CRITERIA = {criterion.id: criterion for criterion in _CRITERIA}
"""By rule id. The worst by CC401 to CC412 are the ones that a profile names."""

NAMES = {
    **{id_: name for id_, (name, _) in OF_CORPUS.items()},
    **{criterion.id: criterion.name for criterion in _CRITERIA},
    **COPIES,
}
"""All rules that documents can be shown by."""


@dataclass(frozen=True)
class View:
    """What is shown: the worst by `rule` (an id), else documents with one of the `words`, else typical ones.

    `count` documents or pairs, about `excerpt` bytes of each; what is drawn is drawn by a hash with the `seed`.
    """

    rule: str = ""
    words: tuple[str, ...] = ()
    seed: int = 0
    count: int = 5
    excerpt: int = 2000

    def __post_init__(self) -> None:
        if self.rule and self.words:
            raise UsageError("--rule and --word exclude each other: ask twice")
        if self.count < 1:
            raise UsageError("--count must be 1 or more")
        if self.excerpt < 1:
            raise UsageError("--bytes must be above zero, as in 2kB")

    @property
    def pairs(self) -> bool:
        return self.rule in COPIES

    @property
    def marks(self) -> tuple[str, ...]:
        """The trouble that a document is shown for."""
        if self.words:
            return ("word",)
        if self.rule in OF_CORPUS:
            return OF_CORPUS[self.rule][1:]
        return CRITERIA[self.rule].marks if self.rule in CRITERIA else ()


def rule_to_show(name: str) -> str:
    """The id of the rule with this id or name. Raises UsageError where it names no documents."""
    known = NAMES
    for rule, its_name in known.items():
        if name.upper() == rule or name == its_name:
            return rule
    hint = did_you_mean(name, [*known, *known.values()])
    raise UsageError(
        f"--rule '{name}' names no documents{hint or ':'} there are CC301, CC401 to CC415 and CC501 to CC504 "
        f"({', '.join(known.values())})"
    )


def word_to_find(text: str) -> str:
    """The string itself, or the character of ``U+B63B``. Raises UsageError."""
    if text[:2] in ("U+", "u+") and text[2:]:
        try:
            character = chr(int(text[2:], 16))
            character.encode()
        except (ValueError, OverflowError):
            raise UsageError(f"--word '{text}' is no code point, such as U+B63B") from None
        return character
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError(f"--word '{text}' is not valid text") from None
    if not text:
        raise UsageError("--word needs at least one character")
    return text
