"""What a reference says of a corpus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from corpuscheck.domain.differing import FEWEST_DOCUMENTS, share_differing
from corpuscheck.domain.distance import Distance, distance
from corpuscheck.domain.reference import Reference, ReferenceSource
from corpuscheck.domain.scripts import main_script
from corpuscheck.domain.spread import families, spread_of
from corpuscheck.domain.words import DistinctiveWord, distinctive_words
from corpuscheck.profile.domain import DomainPart, digest_of
from corpuscheck.profile.profile import Profile
from corpuscheck.values.brief import brief

ORDINARY, SPECIFIC = 1.5, 2.0

Standing = Literal["ordinary", "unclear", "specific", "unknown"]


@dataclass(frozen=True)
class SourceDistance:
    """D in bits from a source, and what the two halves of one text differ by."""

    name: str
    bits: float
    within: float


@dataclass(frozen=True)
class Fertility:
    """Tokens per word on the same text: by a general tokenizer, by the one of the scan, and by the general one on
    general text (None where it is not known)."""

    general: float
    own: float
    on_general_text: float | None


@dataclass(frozen=True)
class DomainReport:
    """How far a corpus is from general text, ready to be shown.

    Attributes:
        reference: its name.
        sources: those that could be compared, the nearest first; empty where `unavailable` says why.
        left_out: (name, why) of sources, and of references that are farther away.
        spread: the median D of a source from its nearest of another kind; None with fewer than two kinds.
        ratio: D from the nearest source / `spread`.
        differing: share of the documents that clearly differ, a lower bound; None where `not_shared` says why.
        words: the most distinctive ones.
        documents, passages: what was looked at; `sketched` of them were compared one by one.
        fertility: None where the reference has no tokenizer or the scan did not know it.
    """

    __repr__ = brief

    reference: str
    sources: tuple[SourceDistance, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    spread: float | None = None
    ratio: float | None = None
    differing: float | None = None
    not_shared: str = ""
    words: tuple[DistinctiveWord, ...] = ()
    documents: int = 0
    passages: int = 0
    sketched: int = 0
    script: str = ""
    fertility: Fertility | None = None
    unavailable: str = ""

    @property
    def nearest(self) -> SourceDistance | None:
        return self.sources[0] if self.sources else None

    @property
    def standing(self) -> Standing:
        if self.ratio is None:
            return "unknown"
        return "ordinary" if self.ratio <= ORDINARY else "unclear" if self.ratio <= SPECIFIC else "specific"

    @property
    def units(self) -> str:
        """What was looked at, as a noun in the plural."""
        if not self.passages:
            return "documents"
        return "documents and passages" if self.documents else "passages"


def domain_report(profile: Profile, references: Sequence[Reference]) -> DomainReport | None:
    """What the nearest reference says; None without one."""
    reports = [_against(profile, reference) for reference in references]
    if not reports:
        return None
    best = min(reports, key=lambda report: report.nearest.bits if report.nearest else 2.0)
    rest = tuple(
        (other.reference, other.unavailable or "farther away than this reference") for other in reports if other != best
    )
    return DomainReport(**{**vars(best), "left_out": (*best.left_out, *rest)})


def _against(profile: Profile, reference: Reference) -> DomainReport:
    part, script = profile.domain, main_script(profile.characters.counts)
    alike = [source for source in reference.sources if source.script == script]
    left_out = [
        (source.name, f"written in {source.script or 'no script'}")
        for source in reference.sources
        if source not in alike
    ]
    tables = part.tables()
    found: list[tuple[ReferenceSource, Distance]] = []
    for source in alike:
        d = distance(tables, source.part.tables())
        if d:
            found.append((source, d))
        else:
            left_out.append((source.name, "too little text to compare"))
    found.sort(key=lambda pair: (pair[1].bits, pair[0].name))
    if not found:
        why = "too little text to compare" if alike else f"no source in {script or 'any script'}, which this text is in"
        return DomainReport(reference.name, script=script, unavailable=why)
    names = {source.name for source, _ in found}
    between = {pair: d for pair, d in reference.between().items() if names.issuperset(pair)}
    spread = spread_of(sorted(names), between)
    parts = [source.part for source, _ in found]
    differing = share_differing(part, parts, families([source.name for source, _ in found], between))
    return DomainReport(
        reference.name,
        tuple(SourceDistance(source.name, d.bits, d.within) for source, d in found),
        tuple(left_out),
        spread,
        max(0.0, found[0][1].bits) / spread if spread else None,
        differing,
        "" if differing is not None else _why_no_share(part, spread),
        distinctive_words(part, parts),
        part.documents,
        part.passages,
        len(part.sketches),
        script,
        _fertility(part, reference),
    )


def _why_no_share(part: DomainPart, spread: float | None) -> str:
    if spread is None:
        return "a single source cannot say what is ordinary"
    if len(part.sketches) < FEWEST_DOCUMENTS:
        return f"fewer than {FEWEST_DOCUMENTS} documents"
    return "too few general documents to compare with"


def _fertility(part: DomainPart, reference: Reference) -> Fertility | None:
    general, own, words = part.fertility.get(digest_of(reference.tokenizer), (0, 0, 0))
    if not words or not reference.tokenizer:
        return None
    tokens = sum(source.tokens for source in reference.sources)
    elsewhere = sum(source.words for source in reference.sources)
    return Fertility(general / words, own / words, tokens / elsewhere if elsewhere else None)
