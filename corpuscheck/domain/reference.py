"""A reference: samples of several bodies of text to compare with."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

import orjson
import zstandard

from corpuscheck.domain.source import BodyKind, ReferenceSource
from corpuscheck.domain.sources import sources_of
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

FORMAT = 3
MOST_SOURCES = 64

_MAGIC = b"corpuscheck reference\n"
_LARGEST = 1 << 28


@dataclass(frozen=True)
class Reference:
    """Bodies of text to compare with. `tokenizer` is the definition of the general tokenizer, empty without one."""

    __repr__ = brief

    name: str
    sources: tuple[ReferenceSource, ...]
    tokenizer: str = ""

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(sorted({source.language for source in self.sources}))

    def to_bytes(self) -> bytes:
        state = {
            "format": FORMAT,
            "name": self.name,
            "sources": [{**vars(source), "part": source.part.to_state()} for source in self.sources],
            "tokenizer": self.tokenizer,
        }
        text = json_bytes(state, orjson.OPT_SORT_KEYS)
        return _MAGIC + zstandard.ZstdCompressor(level=9).compress(text)

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> Reference:
        """Raises ProfileError for anything that is neither a reference nor a profile, which is one with one source."""
        if data.startswith(MAGIC):
            return reference_of(name, sources_of(Profile.from_bytes(data, name), name))
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


def reference_of(name: str, sources: Sequence[ReferenceSource], tokenizer: str = "") -> Reference:
    """The reference with these sources. Raises ProfileError for too many of them."""
    if not 1 <= len(sources) <= MOST_SOURCES:
        raise ProfileError(f"a reference has 1 to {MOST_SOURCES} sources, not {len(sources)}")
    return Reference(name, _renamed(sources), tokenizer)


def _renamed(sources: Sequence[ReferenceSource]) -> tuple[ReferenceSource, ...]:
    """The sources with names of their own: a second one gets a number."""
    seen: dict[str, int] = {}
    renamed = []
    for source in sources:
        seen[source.name] = seen.get(source.name, 0) + 1
        number = f" ({seen[source.name]})" if seen[source.name] > 1 else ""
        renamed.append(replace(source, name=source.name + number))
    return tuple(renamed)


def _from_state(state: dict[str, Any]) -> Reference:
    rows = [{**row, "part": DomainPart.from_state(row["part"])} for row in state["sources"]]
    reference = Reference(str(state["name"]), tuple(ReferenceSource(**row) for row in rows), str(state["tokenizer"]))
    for source in reference.sources:
        check((source.tokens, source.words), tuple[int, int], "source")
        texts = (source.name, source.language, source.kind, source.licence, source.origin)
        check(texts, tuple[str, ...], "source")
        if source.kind not in get_args(BodyKind):
            raise ValueError("sources that cannot be")
    names = {source.name for source in reference.sources}
    if not 1 <= len(reference.sources) <= MOST_SOURCES or len(names) != len(reference.sources):
        raise ValueError("sources that cannot be")
    return reference
