"""The profile of a corpus: its parts, one merge, one file format."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import zstandard

from corpuscheck.brief import brief
from corpuscheck.errors import ProfileError
from corpuscheck.fitting import path_of
from corpuscheck.json_text import json_bytes
from corpuscheck.printable import printable
from corpuscheck.profile.characters import CharacterPart
from corpuscheck.profile.checked import check, check_plain
from corpuscheck.profile.clean import CleanPart
from corpuscheck.profile.curve import CurvePart
from corpuscheck.profile.documents import DocumentPart
from corpuscheck.profile.domain import DomainPart
from corpuscheck.profile.estimates import EstimatePart
from corpuscheck.profile.files import FilesPart
from corpuscheck.profile.forecast import ForecastPart
from corpuscheck.profile.letters import LettersPart
from corpuscheck.profile.mojibake import MojibakePart
from corpuscheck.profile.near import NearPart
from corpuscheck.profile.reading import ReadingPart
from corpuscheck.profile.repeats import LinesSeen, RepeatsPart
from corpuscheck.profile.size import SizePart
from corpuscheck.profile.words import WordPart
from corpuscheck.writing import write_whole

FORMAT = 5
MAGIC = b"corpuscheck profile\n"
_LARGEST = 1 << 30


@dataclass(frozen=True)
class Profile:
    """Everything that was measured.

    `about` holds what the figures were measured with (strings only): tokenizer, settings. Two profiles
    have a sum where their tokenizers agree; where they differ in something else, it says ``several``.
    """

    __repr__ = brief

    reading: ReadingPart = field(default_factory=ReadingPart)
    size: SizePart = field(default_factory=SizePart)
    characters: CharacterPart = field(default_factory=CharacterPart)
    words: WordPart = field(default_factory=WordPart)
    curve: CurvePart = field(default_factory=CurvePart)
    estimates: EstimatePart = field(default_factory=EstimatePart)
    mojibake: MojibakePart = field(default_factory=MojibakePart)
    escapes: MojibakePart = field(default_factory=MojibakePart)
    question_marks: MojibakePart = field(default_factory=MojibakePart)
    files: FilesPart = field(default_factory=FilesPart)
    documents: DocumentPart = field(default_factory=DocumentPart)
    forecast: ForecastPart = field(default_factory=ForecastPart)
    clean: CleanPart = field(default_factory=CleanPart)
    near: NearPart = field(default_factory=NearPart)
    lines: RepeatsPart = field(default_factory=RepeatsPart)
    paragraphs: RepeatsPart = field(default_factory=RepeatsPart)
    boilerplate: LinesSeen = field(default_factory=LinesSeen)
    domain: DomainPart = field(default_factory=DomainPart)
    letters: LettersPart = field(default_factory=LettersPart)
    about: dict[str, str] = field(default_factory=dict)

    def merge(self, other: Profile) -> Profile:
        """The profile of both corpora together. Raises ProfileError where they cannot be compared."""
        parts = {name: getattr(self, name).merge(getattr(other, name)) for name in PARTS}
        return Profile(**parts, about=_common(self.about, other.about))

    def to_bytes(self) -> bytes:
        """State only, in one order: equal profiles give equal bytes."""
        parts = {name: getattr(self, name).to_state() for name in PARTS}
        state = {"format": FORMAT, "about": self.about, **parts}
        text = json_bytes(state, orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
        return MAGIC + zstandard.ZstdCompressor(level=9).compress(text)

    @classmethod
    def from_bytes(cls, data: bytes, name: str = "profile") -> Profile:
        """Raises ProfileError for anything that is not a profile of this format."""
        if not data.startswith(MAGIC):
            raise ProfileError(f"{name}: not a corpuscheck profile")
        try:
            state: dict[str, Any] = orjson.loads(decompressed(data[len(MAGIC) :], _LARGEST))
            if state["format"] != FORMAT:
                raise ProfileError(
                    f"{name}: written in profile format {state['format']}, this version reads {FORMAT}: scan again"
                )
            check_plain(state, "profile")
            parts = {name: part.from_state(state[name]) for name, part in PARTS.items()}
            profile = cls(**parts, about=state["about"])
            check(profile.about, dict[str, str], "about")
            for part in PARTS.keys() - {"files", "forecast", "boilerplate", "domain"}:  # these have hashes, and checks
                check(getattr(profile, part), type(getattr(profile, part)), part)
            return profile
        except (zstandard.ZstdError, ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
            raise ProfileError(f"{name}: damaged profile ({printable(str(error))})") from None

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the file as a whole or not at all."""
        write_whole(path_of("path", path), self.to_bytes())

    @classmethod
    def load(cls, path: str) -> Profile:
        try:
            return cls.from_bytes(Path(path).read_bytes(), printable(path))
        except OSError as error:
            raise ProfileError(f"{printable(path)}: cannot be read ({error.strerror})") from None


PARTS: dict[str, Any] = {
    "reading": ReadingPart,
    "size": SizePart,
    "characters": CharacterPart,
    "words": WordPart,
    "curve": CurvePart,
    "estimates": EstimatePart,
    "mojibake": MojibakePart,
    "escapes": MojibakePart,
    "question_marks": MojibakePart,
    "files": FilesPart,
    "documents": DocumentPart,
    "forecast": ForecastPart,
    "clean": CleanPart,
    "near": NearPart,
    "lines": RepeatsPart,
    "paragraphs": RepeatsPart,
    "boilerplate": LinesSeen,
    "domain": DomainPart,
    "letters": LettersPart,
}
"""Every part by its name: each has `merge`, `to_state` and `from_state`."""


def decompressed(data: bytes, largest: int) -> bytes:
    """The contents of a zstd frame. Raises ZstdError for a damaged one, and for one that only says it is huge."""
    if zstandard.frame_content_size(data) > largest:
        raise zstandard.ZstdError(f"more than {largest} bytes")
    return zstandard.ZstdDecompressor().decompress(data, max_output_size=largest)


def _common(a: dict[str, str], b: dict[str, str]) -> dict[str, str]:
    if not a or not b:
        return a or b
    return {key: value if b[key] == value else "several" for key, value in a.items() if key in b}
