"""A reference: samples of several sources of general text, and how far these are from each other."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import orjson
import zstandard

from corpuscheck.domain.distance import distance
from corpuscheck.domain.scripts import main_script
from corpuscheck.errors import ProfileError
from corpuscheck.files.fetching import read_whole
from corpuscheck.files.urls import named
from corpuscheck.files.writing import write_whole
from corpuscheck.profile.checked import check
from corpuscheck.profile.domain import DomainPart
from corpuscheck.profile.profile import MAGIC, Profile, decompressed
from corpuscheck.text.printable import printable
from corpuscheck.values.brief import brief
from corpuscheck.values.fitting import path_of
from corpuscheck.values.json_text import json_bytes

FORMAT = 1
MOST_SOURCES = 64

_MAGIC = b"corpuscheck reference\n"
_LARGEST = 1 << 28
_MILLIONTHS = 1_000_000


@dataclass(frozen=True)
class ReferenceSource:
    """One body of general text: its name, its main script, its sample, and `tokens` of the reference's own tokenizer
    in `words` of it (both 0 where it was measured with another one)."""

    __repr__ = brief

    name: str
    script: str
    part: DomainPart
    tokens: int = 0
    words: int = 0


@dataclass(frozen=True)
class Reference:
    """General text, and what is ordinary there.

    `distances` are D of each pair of sources in millionths of a bit, in the order of `itertools.combinations`, None
    where there is too little text. `tokenizer` is the definition of the general tokenizer, empty where there is none.
    """

    __repr__ = brief

    name: str
    sources: tuple[ReferenceSource, ...]
    distances: tuple[int | None, ...] = ()
    tokenizer: str = ""

    def between(self) -> dict[tuple[str, str], float]:
        """D in bits of each pair of sources, both ways, by their names."""
        found: dict[tuple[str, str], float] = {}
        for (one, other), d in zip(combinations(self.sources, 2), self.distances, strict=True):
            if d is not None:
                found[one.name, other.name] = found[other.name, one.name] = d / _MILLIONTHS
        return found

    def to_bytes(self) -> bytes:
        state = {
            "format": FORMAT,
            "name": self.name,
            "sources": [{**vars(source), "part": source.part.to_state()} for source in self.sources],
            "distances": self.distances,
            "tokenizer": self.tokenizer,
        }
        text = json_bytes(state, orjson.OPT_SORT_KEYS)
        return _MAGIC + zstandard.ZstdCompressor(level=9).compress(text)

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> Reference:
        """Raises ProfileError for anything that is neither a reference nor a profile, which is one with one source."""
        if data.startswith(MAGIC):
            return reference_of(name, [source_of(Profile.from_bytes(data, name), name)])
        if not data.startswith(_MAGIC):
            raise ProfileError(
                f"{name}: neither a reference nor a saved profile: make one with 'corpuscheck reference build'"
            )
        try:
            state: dict[str, Any] = orjson.loads(decompressed(data[len(_MAGIC) :], _LARGEST))
            if state["format"] != FORMAT:
                raise ProfileError(
                    f"{name}: written in reference format {state['format']}, this version reads {FORMAT}: build it anew"
                )
            return _from_state(state)
        except (zstandard.ZstdError, ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
            raise ProfileError(f"{name}: damaged reference ({printable(str(error))})") from None

    @classmethod
    def load(cls, path: str) -> Reference:
        """Raises ProfileError."""
        try:
            return cls.from_bytes(read_whole(path), named(path))
        except OSError as error:
            raise ProfileError(f"{named(path)}: cannot be read ({error.strerror})") from None

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the file as a whole or not at all."""
        write_whole(path_of("path", path), self.to_bytes())


def source_of(profile: Profile, name: str, tokenizer: str = "") -> ReferenceSource:
    """A profile as a source; its tokens count where it was measured with this tokenizer."""
    own = bool(tokenizer) and profile.about.get("tokenizer") == tokenizer
    tokens, words = (sum(t.values()) for t in (profile.estimates.tokens, profile.estimates.words)) if own else (0, 0)
    return ReferenceSource(name, main_script(profile.characters.counts), profile.domain, tokens, words)


def reference_of(name: str, sources: Sequence[ReferenceSource], tokenizer: str = "") -> Reference:
    """The reference with these sources, and D of each pair. Raises ProfileError for too many of them."""
    if not 1 <= len(sources) <= MOST_SOURCES:
        raise ProfileError(f"a reference has 1 to {MOST_SOURCES} sources, not {len(sources)}")
    tables = [source.part.tables() for source in sources]
    distances = [distance(one, other) for one, other in combinations(tables, 2)]
    millionths = tuple(round(d.bits * _MILLIONTHS) if d else None for d in distances)
    return Reference(name, _renamed(sources), millionths, tokenizer)


def _renamed(sources: Sequence[ReferenceSource]) -> tuple[ReferenceSource, ...]:
    """The sources with names of their own: a second one gets a number."""
    seen: dict[str, int] = {}
    renamed = []
    for source in sources:
        seen[source.name] = seen.get(source.name, 0) + 1
        number = f" ({seen[source.name]})" if seen[source.name] > 1 else ""
        renamed.append(ReferenceSource(source.name + number, source.script, source.part, source.tokens, source.words))
    return tuple(renamed)


def _from_state(state: dict[str, Any]) -> Reference:
    rows = [{**row, "part": DomainPart.from_state(row["part"])} for row in state["sources"]]
    reference = Reference(
        str(state["name"]),
        tuple(ReferenceSource(**row) for row in rows),
        tuple(state["distances"]),
        str(state["tokenizer"]),
    )
    for source in reference.sources:
        check((source.name, source.script, source.tokens, source.words), tuple[str, str, int, int], "source")
    names = {source.name for source in reference.sources}
    if not 1 <= len(reference.sources) <= MOST_SOURCES or len(names) != len(reference.sources):
        raise ValueError("sources that cannot be")
    pairs = len(names) * (len(names) - 1) // 2
    if len(reference.distances) != pairs:
        raise ValueError("distances that cannot be")
    if not all(d is None or (type(d) is int and abs(d) <= _MILLIONTHS) for d in reference.distances):
        raise ValueError("distances that cannot be")
    return reference
