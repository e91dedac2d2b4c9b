"""The sources of a corpus: what was counted of the documents of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from corpuscheck.profile.distributions import check_bins
from corpuscheck.profile.documents import file_id
from corpuscheck.profile.part import Part, every, largest, merging, part, table, table_of, total
from corpuscheck.values.brief import brief

MOST_SOURCES = 1000

MOST_CHARACTERS = 1 << 12

SEVERAL = "several"


def source_id(name: str) -> int:
    """64 bits that stand for the name of a source."""
    return file_id(name)


@dataclass(frozen=True)
class LostCharacters(Part):
    """Lost words by the first character in them that no piece holds; none where there are too `many` of these."""

    __repr__ = brief

    words: dict[int, int] = table()
    many: int = largest()

    def bounded(self) -> Self:
        return type(self)(many=1) if self.many or len(self.words) > MOST_CHARACTERS else self

    def valid(self) -> None:
        if self.many > 1 or len(self.words) > MOST_CHARACTERS or any(not 0 < cp < 0x110000 for cp in self.words):
            raise ValueError("characters that cannot be")

    @property
    def worst(self) -> str | None:
        """The character that loses most words; None where it is not known."""
        return chr(min(self.words, key=lambda cp: (-self.words[cp], cp))) if self.words else None


@dataclass(frozen=True)
class SourceFigures(Part):
    """The documents of one source.

    `doubtful` are documents that a rule names; `debris_bytes` are bytes of all its documents, copies too. `scripts` are
    letters by script, `encodings` bytes by encoding, `lengths` documents by the bin of their length.
    """

    __repr__ = brief

    files: int = total()
    documents: int = total()
    utf8_bytes: int = total()
    words: int = total()
    unk_words: int = total()
    shattered_words: int = total()
    debris_bytes: int = total()
    doubtful: int = total()
    scripts: dict[str, int] = table()
    encodings: dict[str, int] = table()
    lengths: dict[int, int] = table()
    lost: LostCharacters = part(LostCharacters)

    @property
    def unk_rate(self) -> float:
        return self.unk_words / self.words if self.words else 0.0


def _impossible(figures: SourceFigures) -> bool:
    return figures.unk_words > figures.words or figures.shattered_words > figures.words


def _one_way(ways: Sequence[str]) -> str:
    """The way that all of them say, those that say nothing left out."""
    told = set(ways) - {""}
    return SEVERAL if len(told) > 1 else max(told, default="")


@dataclass(frozen=True)
class SourcesPart(Part):
    """Figures by the name of the source; `by` is how sources are told apart, `found` whether nobody asked for it.

    Up to `MOST_SOURCES` all are here. Beyond, those stay whose `source_id` lies below 2^(64-level), where the level
    depends on the union alone; all further ones are together in `others`.
    """

    __repr__ = brief

    by: str = merging(_one_way, default="")
    found: bool = every()
    level: int = largest()
    sources: dict[str, SourceFigures] = table_of(SourceFigures.merge)
    others: SourceFigures = part(SourceFigures)

    def bounded(self) -> Self:
        """Keep what fits, raising the level until it does."""
        level, sources = self.level, self.sources
        if not level and len(sources) <= MOST_SOURCES:
            return self
        ids = {name: source_id(name) for name in sources}
        while sum(number >> (64 - level) == 0 for number in ids.values()) > MOST_SOURCES:
            level += 1
        beyond = [figures for name, figures in sources.items() if ids[name] >> (64 - level)]
        kept = {name: figures for name, figures in sources.items() if ids[name] >> (64 - level) == 0}
        return type(self)(self.by, self.found, level, kept, self.others.merge(*beyond))

    @property
    def everything(self) -> SourceFigures:
        """All sources together."""
        return self.others.merge(*self.sources.values())

    def valid(self) -> None:
        check_bins(*(figures.lengths for figures in self._each()))
        if self.level > 64 or len(self.sources) > MOST_SOURCES or any(_impossible(figures) for figures in self._each()):
            raise ValueError("figures that cannot be")

    def _each(self) -> list[SourceFigures]:
        return [*self.sources.values(), self.others]
