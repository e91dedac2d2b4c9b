"""A body of text as it was measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corpuscheck.profile.domain import DomainPart
from corpuscheck.values.brief import brief

BodyKind = Literal["general", "domain"]
"""Text of all kinds of things, or a landmark: text of one domain."""


@dataclass(frozen=True)
class ReferenceSource:
    """One body of text in one language.

    `tokens` of the reference's own tokenizer stand in `words` of it (both 0 where it was measured with another one).
    `licence` is that of the text, `origin` who made it and where it comes from; both empty where nobody said.
    """

    __repr__ = brief

    name: str
    language: str
    part: DomainPart
    kind: BodyKind = "general"
    tokens: int = 0
    words: int = 0
    licence: str = ""
    origin: str = ""
