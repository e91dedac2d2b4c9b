"""The sources of a corpus side by side: what each costs it, the worst first, and which two of them overlap."""

from __future__ import annotations

from dataclasses import dataclass, field

from corpuscheck.domain.report import DomainReport
from corpuscheck.domain.verdict import DomainVerdict
from corpuscheck.text.amounts import percent, size
from corpuscheck.text.printable import printable
from corpuscheck.values.brief import brief

_KINDS: dict[DomainVerdict, str] = {"domain": "text of a domain", "general": "general text"}

_TOLD = 4
"""So many sources are named in a sentence."""


@dataclass(frozen=True)
class SourceReport:
    """One source. Bytes are UTF-8; shares are of its own text, `share` is of the corpus.

    `usable_bytes`, `copies_inside_bytes`, `copies_elsewhere_bytes` and `debris_bytes` (those in documents that are
    kept) add up to `utf8_bytes`, and over all sources to the figures of the corpus. Of a text that stands n times,
    n - 1 are copies: elsewhere where it is the only one of the source and another source's is kept, else inside. Where
    they are estimates, `error` is the standard error of `usable_bytes`. `median_document` is known to within a bin of
    the histogram. `scripts` are letters by script, `encodings` bytes by encoding; `tokens` is an estimate by the words.
    `worst_character` is the one that loses most words, the first in them that no piece holds: None where unknown, as of
    what is shattered. `domain` is what is known of its domain, of a script that of its language.
    """

    __repr__ = brief

    name: str
    files: int = 0
    documents: int = 0
    utf8_bytes: int = 0
    share: float = 0.0
    mean_document: float = 0.0
    median_document: float = 0.0
    words: int = 0
    unk_words: int = 0
    shattered_words: int = 0
    worst_character: str | None = None
    usable_bytes: int = 0
    copies_inside_bytes: int = 0
    copies_elsewhere_bytes: int = 0
    debris_bytes: int = 0
    error: float = 0.0
    doubtful_documents: int = 0
    scripts: dict[str, int] = field(default_factory=dict)
    encodings: dict[str, int] = field(default_factory=dict)
    tokens: int | None = None
    domain: DomainReport | None = None

    @property
    def distance(self) -> float | None:
        """In bits, from general text."""
        return self.domain.distance_bits if self.domain else None

    @property
    def unk_rate(self) -> float:
        return self.unk_words / self.words if self.words else 0.0

    @property
    def shattered_rate(self) -> float:
        return self.shattered_words / self.words if self.words else 0.0

    @property
    def lost_rate(self) -> float:
        """Words that are [UNK] or shattered, of all."""
        return min(1.0, self.unk_rate + self.shattered_rate)

    @property
    def usable_share(self) -> float:
        return self._of(self.usable_bytes)

    @property
    def cost_bytes(self) -> float:
        """What it costs the whole: its text that is a copy or debris, and the share of it that is lost words."""
        return self.utf8_bytes - self.usable_bytes + self.lost_rate * self.utf8_bytes

    def _of(self, size: int) -> float:
        return min(1.0, size / self.utf8_bytes) if self.utf8_bytes else 0.0


@dataclass(frozen=True)
class Overlap:
    """Text that two sources both have: the bytes of one copy of each text, and their shares of either."""

    one: str
    other: str
    documents: float
    utf8_bytes: float
    share_of_one: float
    share_of_other: float


@dataclass(frozen=True)
class Sources:
    """The sources, those first that cost the whole most; empty where there is only one.

    `by` says how they are told apart (``folder``, ``folder:2``, ``path``, ``file``, ``script``, ``field:source``, or
    ``several`` in a merged profile), `found` whether that was found without being asked for. `overlaps` has the pairs
    of sources that share text, the most first. `others` is the name of the row in which sources beyond the most that
    are kept stand together, empty where there are no others. `complete` is false where copies are estimated from a
    sample of the documents.
    """

    __repr__ = brief

    by: str = ""
    found: bool = False
    sources: tuple[SourceReport, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    others: str = ""
    complete: bool = True

    def __len__(self) -> int:
        return len(self.sources)

    def __bool__(self) -> bool:
        return bool(self.sources)

    @property
    def domains_told(self) -> str:
        """rulings and laws are text of a domain, wiki is general text; empty where they do not differ."""
        kinds = [
            ([printable(source.name) for source in self._judged(verdict)], what) for verdict, what in _KINDS.items()
        ]
        if not all(names for names, _ in kinds):
            return ""
        return ", ".join(f"{_joined(names)} {'is' if len(names) == 1 else 'are'} {what}" for names, what in kinds)

    def share_of(self, verdict: DomainVerdict) -> float:
        """The share of the text that is of sources with this verdict about their domain."""
        return min(1.0, sum(source.share for source in self._judged(verdict)))

    def _judged(self, verdict: DomainVerdict) -> list[SourceReport]:
        known = [source for source in self.sources if source.domain and source.domain.verdict == verdict]
        return sorted(known, key=lambda source: (-source.utf8_bytes, source.name))

    def of(self, name: str) -> SourceReport | None:
        return next((source for source in self.sources if source.name == name), None)


def _joined(names: list[str]) -> str:
    """a, b and c; of many a few"""
    if len(names) > _TOLD + 1:
        return f"{', '.join(names[:_TOLD])} and {len(names) - _TOLD} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


@dataclass(frozen=True)
class ChangedSource:
    """A source that is not as the baseline knew it: its figures before and now, 0 where it was, or is, not there."""

    name: str
    documents_before: int
    documents: int
    utf8_bytes_before: int
    utf8_bytes: int
    unk_rate_before: float
    unk_rate: float

    @property
    def told(self) -> str:
        """news: 1.2 MB -> 2.1 MB, [UNK] 0.1 % -> 3 %"""
        sizes = f"{size(self.utf8_bytes_before)} -> {size(self.utf8_bytes)}"
        rates = f"[UNK] {percent(self.unk_rate_before)} -> {percent(self.unk_rate)}"
        return f"{printable(self.name)}: {sizes}, {rates}"
