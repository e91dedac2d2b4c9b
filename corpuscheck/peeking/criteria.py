"""By which rules documents are shown: how bad each is, and the trouble that is marked in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

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
from corpuscheck.peeking.view import COPIES, View
from corpuscheck.profile.document_rules import DOCUMENT_RULES, Counts, DocumentRule, Mask
from corpuscheck.values.fitting import fitted

ScoreUnit = Literal["share", "times"]

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


def marks_of(view: View) -> tuple[str, ...]:
    """The trouble that a document is shown for."""
    if view.words:
        return ("word",)
    if view.rule in OF_CORPUS:
        return OF_CORPUS[view.rule][1:]
    return CRITERIA[view.rule].marks if view.rule in CRITERIA else ()


def view_of(asked: Mapping[str, Any]) -> View:
    """The view that is asked for, a rule by id or name, words as people write them. Raises UsageError."""
    view = fitted(View, asked)
    rule, words = view.get("rule"), map(word_to_find, view.get("words", ()))
    return View(**{**view, "rule": rule_to_show(rule) if rule else "", "words": tuple(dict.fromkeys(words))})


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
