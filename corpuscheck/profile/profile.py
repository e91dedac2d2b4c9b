"""The profile of a corpus: its parts, one merge, one file format."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
import zstandard

from corpuscheck.errors import ProfileError
from corpuscheck.printable import printable
from corpuscheck.profile.characters import CharacterPart
from corpuscheck.profile.checked import check
from corpuscheck.profile.curve import CurvePart
from corpuscheck.profile.documents import DocumentPart
from corpuscheck.profile.domain import DomainPart
from corpuscheck.profile.estimates import EstimatePart
from corpuscheck.profile.files import FilesPart
from corpuscheck.profile.forecast import ForecastPart
from corpuscheck.profile.mojibake import MojibakePart
from corpuscheck.profile.reading import ReadingPart
from corpuscheck.profile.size import SizePart
from corpuscheck.profile.words import WordPart

FORMAT = 4
MAGIC = b"corpuscheck profile\n"
_LARGEST = 1 << 30


@dataclass(frozen=True)
class Profile:
    """Everything that was measured.

    `about` holds what the figures were measured with (strings only): tokenizer, settings. Two profiles
    have a sum where their tokenizers agree; where they differ in something else, it says ``several``.
    """

    reading: ReadingPart = field(default_factory=ReadingPart)
    size: SizePart = field(default_factory=SizePart)
    characters: CharacterPart = field(default_factory=CharacterPart)
    words: WordPart = field(default_factory=WordPart)
    curve: CurvePart = field(default_factory=CurvePart)
    estimates: EstimatePart = field(default_factory=EstimatePart)
    mojibake: MojibakePart = field(default_factory=MojibakePart)
    files: FilesPart = field(default_factory=FilesPart)
    documents: DocumentPart = field(default_factory=DocumentPart)
    forecast: ForecastPart = field(default_factory=ForecastPart)
    domain: DomainPart = field(default_factory=DomainPart)
    about: dict[str, str] = field(default_factory=dict)

    def merge(self, other: Profile) -> Profile:
        """The profile of both corpora together. Raises ProfileError where they cannot be compared."""
        return Profile(
            self.reading.merge(other.reading),
            self.size.merge(other.size),
            self.characters.merge(other.characters),
            self.words.merge(other.words),
            self.curve.merge(other.curve),
            self.estimates.merge(other.estimates),
            self.mojibake.merge(other.mojibake),
            self.files.merge(other.files),
            self.documents.merge(other.documents),
            self.forecast.merge(other.forecast),
            self.domain.merge(other.domain),
            _common(self.about, other.about),
        )

    def to_bytes(self) -> bytes:
        """State only, in one order: equal profiles give equal bytes."""
        parts = {name: part.to_state() for name, part in vars(self).items() if name != "about"}
        state = {"format": FORMAT, "about": self.about, **parts}
        text = orjson.dumps(state, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
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
            profile = cls(
                ReadingPart.from_state(state["reading"]),
                SizePart.from_state(state["size"]),
                CharacterPart.from_state(state["characters"]),
                WordPart.from_state(state["words"]),
                CurvePart.from_state(state["curve"]),
                EstimatePart.from_state(state["estimates"]),
                MojibakePart.from_state(state["mojibake"]),
                FilesPart.from_state(state["files"]),
                DocumentPart.from_state(state["documents"]),
                ForecastPart.from_state(state["forecast"]),
                DomainPart.from_state(state["domain"]),
                {str(key): str(value) for key, value in state["about"].items()},
            )
            for part in ("reading", "size", "characters", "words", "curve", "estimates", "mojibake"):
                check(getattr(profile, part), type(getattr(profile, part)), part)
            return profile
        except (zstandard.ZstdError, ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
            raise ProfileError(f"{name}: damaged profile ({printable(str(error))})") from None

    def save(self, path: str) -> None:
        """Write the file as a whole or not at all."""
        write_whole(path, self.to_bytes())

    @classmethod
    def load(cls, path: str) -> Profile:
        try:
            return cls.from_bytes(Path(path).read_bytes(), printable(path))
        except OSError as error:
            raise ProfileError(f"{printable(path)}: cannot be read ({error.strerror})") from None

    def with_parts(self, **parts: Any) -> Profile:
        return replace(self, **parts)


def decompressed(data: bytes, largest: int) -> bytes:
    """The contents of a zstd frame. Raises ZstdError for a damaged one, and for one that only says it is huge."""
    if zstandard.frame_content_size(data) > largest:
        raise zstandard.ZstdError(f"more than {largest} bytes")
    return zstandard.ZstdDecompressor().decompress(data, max_output_size=largest)


def write_whole(path: str, data: bytes) -> None:
    """Write beside the target, then rename: no reader ever sees half a file."""
    target = Path(path)
    try:
        if target.exists() and not target.is_file():  # a pipe or /dev/stdout
            target.write_bytes(data)
            return
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            os.chmod(temporary, 0o666 & ~_umask())
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise ProfileError(f"{printable(path)}: cannot be written ({error.strerror})") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _common(a: dict[str, str], b: dict[str, str]) -> dict[str, str]:
    if not a or not b:
        return a or b
    return {key: value if b[key] == value else "several" for key, value in a.items() if key in b}
