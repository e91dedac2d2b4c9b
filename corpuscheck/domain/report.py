"""What is known of the domain of a text, ready to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from corpuscheck.domain.mixture import MixtureShare
from corpuscheck.domain.source import BodyKind
from corpuscheck.domain.verdict import DomainVerdict, Signal
from corpuscheck.domain.words import DistinctiveWord
from corpuscheck.values.brief import brief


@dataclass(frozen=True)
class Landmark:
    """A body of text, how far it is from the general text of the others, and how far the corpus is from it, in bits."""

    name: str
    kind: BodyKind
    distance_bits: float
    from_here: float


@dataclass(frozen=True)
class Fertility:
    """Tokens per word on the same text: by a general tokenizer, by the one of the scan, and by the general one on
    general text (None where it is not known)."""

    general: float
    own: float
    on_general_text: float | None


@dataclass(frozen=True)
class DomainReport:
    """How far the text in one language is from general text of this language, ready to be shown.

    Attributes:
        language: its code, or the script where it is not known.
        share: of the text that was looked at.
        verdict: from all signals; `reason` says why it is unknown or unclear.
        references: names of those that were given.
        distance_bits: D from the mixture of general bodies that is nearest, with its interval of 95 %.
        landmarks: the ladder, the nearest to general text first.
        nearest: of them that to which the text is nearest.
        mixture: share of the documents nearest to each landmark, the largest first.
        spread: the median D of a general body from the others; `ratio` is D / `spread`.
        differing: share of the documents that clearly differ, a lower bound.
        words, word_weight: the most distinctive ones; the share of clearly distinctive ones among all words.
        token_ratio: tokens per word by a vocabulary of general text, over those that general text takes.
        documents, passages: what was looked at; `sketched` of them were compared one by one.
        needed_bytes: how much text would do, where there is too little.
        general_bodies: how many there are to compare with.
        fertility: None where no reference has a tokenizer or the scan did not know it.
        others: reports of the other languages, those with most text first.
        sources: reports of the sources by their ids, as far as they are in this language: without interval and words.
    """

    __repr__ = brief

    language: str = ""
    share: float = 1.0
    verdict: DomainVerdict = "unknown"
    reason: str = ""
    signals: tuple[Signal, ...] = ()
    references: tuple[str, ...] = ()
    distance_bits: float | None = None
    distance_interval: tuple[float, float] | None = None
    landmarks: tuple[Landmark, ...] = ()
    mixture: tuple[MixtureShare, ...] = ()
    spread: float | None = None
    within: float | None = None
    differing: float | None = None
    words: tuple[DistinctiveWord, ...] = ()
    word_weight: float | None = None
    token_ratio: float | None = None
    documents: int = 0
    passages: int = 0
    sketched: int = 0
    text_bytes: int = 0
    needed_bytes: int = 0
    general_bodies: int = 0
    fertility: Fertility | None = None
    others: tuple[DomainReport, ...] = ()
    sources: Mapping[int, DomainReport] = field(default_factory=dict)

    @property
    def nearest(self) -> Landmark | None:
        return min(self.landmarks, key=lambda mark: (mark.from_here, mark.name), default=None)

    @property
    def ratio(self) -> float | None:
        if self.distance_bits is None or not self.spread:
            return None
        return max(0.0, self.distance_bits) / self.spread

    def of_source(self, source: int) -> DomainReport | None:
        """What is known of a source, in the language that most of its text is in."""
        known = [report.sources[source] for report in (self, *self.others) if source in report.sources]
        return max(known, key=lambda report: report.text_bytes, default=None)

    @property
    def of_domain_sources(self) -> float:
        """Which share of the text is of sources that are text of a domain."""
        held = sum(source.text_bytes for source in self.sources.values() if source.verdict == "domain")
        return min(1.0, held / self.text_bytes) if self.text_bytes else 0.0

    @property
    def units(self) -> str:
        """What was looked at, as a noun in the plural."""
        if not self.passages:
            return "documents"
        return "documents and passages" if self.documents else "passages"
