"""The profile of a corpus: its parts, one merge, one file format."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import orjson
import zstandard

from corpuscheck.errors import ProfileError
from corpuscheck.files.fetching import read_whole
from corpuscheck.files.urls import named
from corpuscheck.files.writing import write_whole
from corpuscheck.profile.against import AgainstPart
from corpuscheck.profile.characters import CharacterPart
from corpuscheck.profile.checked import check, check_plain
from corpuscheck.profile.clean import CleanPart
from corpuscheck.profile.curve import CurvePart
from corpuscheck.profile.distributions import DistributionPart
from corpuscheck.profile.documents import DocumentPart, NormPart
from corpuscheck.profile.domain import LanguageParts
from corpuscheck.profile.estimates import TokenSample
from corpuscheck.profile.files import FilesPart
from corpuscheck.profile.forecast import ForecastPart
from corpuscheck.profile.letters import LettersPart
from corpuscheck.profile.mojibake import MojibakePart
from corpuscheck.profile.near import NearPart
from corpuscheck.profile.part import Part, Way, merging, part
from corpuscheck.profile.reading import ReadingPart
from corpuscheck.profile.repeats import LineSample, RepeatsPart
from corpuscheck.profile.size import SizePart
from corpuscheck.profile.sources import SourcesPart
from corpuscheck.profile.wholeness import WholenessPart
from corpuscheck.profile.words import WordPart
from corpuscheck.text.printable import printable
from corpuscheck.values.brief import brief
from corpuscheck.values.fitting import path_of
from corpuscheck.values.json_text import json_bytes

FORMAT = 10
MAGIC = b"corpuscheck profile\n"
_LARGEST = 1 << 30


def _common(abouts: Sequence[dict[str, str]]) -> dict[str, str]:
    """What all of them say; where they differ it is ``several``."""
    told = [about for about in abouts if about]
    keys = set.intersection(*map(set, told)) if told else set()
    values = {key: {about[key] for about in told} for key in sorted(keys)}
    return {key: value.pop() if len(value) == 1 else "several" for key, value in values.items()}


def _texts(state: Any) -> dict[str, str]:
    check(state, dict[str, str], "about")
    return dict(state)


@dataclass(frozen=True)
class Profile(Part):
    """Everything that was measured.

    `about` holds what the figures were measured with (strings only): tokenizer, settings. Two profiles
    have a sum where their tokenizers agree; where they differ in something else, it says ``several``.
    """

    __repr__ = brief

    reading: ReadingPart = part(ReadingPart)
    size: SizePart = part(SizePart)
    characters: CharacterPart = part(CharacterPart)
    words: WordPart = part(WordPart)
    curve: CurvePart = part(CurvePart)
    estimates: TokenSample = part(TokenSample)
    mojibake: MojibakePart = part(MojibakePart)
    escapes: MojibakePart = part(MojibakePart)
    question_marks: MojibakePart = part(MojibakePart)
    files: FilesPart = part(FilesPart)
    documents: DocumentPart = part(DocumentPart)
    norms: NormPart = part(NormPart)
    forecast: ForecastPart = part(ForecastPart)
    clean: CleanPart = part(CleanPart)
    near: NearPart = part(NearPart)
    lines: RepeatsPart = part(RepeatsPart)
    paragraphs: RepeatsPart = part(RepeatsPart)
    boilerplate: LineSample = part(LineSample)
    domain: LanguageParts = part(LanguageParts)
    letters: LettersPart = part(LettersPart)
    wholeness: WholenessPart = part(WholenessPart)
    sources: SourcesPart = part(SourcesPart)
    distributions: DistributionPart = part(DistributionPart)
    against: AgainstPart = part(AgainstPart)
    about: dict[str, str] = merging(Way(_common, write=dict, read=_texts), default_factory=dict)

    def to_bytes(self) -> bytes:
        """State only, in one order: equal profiles give equal bytes."""
        state = {"format": FORMAT, **self.to_state()}
        text = json_bytes(state, orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
        return MAGIC + zstandard.ZstdCompressor(level=9).compress(text)

    @classmethod
    def from_bytes(cls, data: bytes, name: str = "profile") -> Self:
        """Raises ProfileError for anything that is not a profile of this format."""
        if not data.startswith(MAGIC):
            kind = data[:64].partition(b"\n")[0].decode("ascii", "replace").removeprefix("corpuscheck ")
            if kind in ("shard", "survey shard", "survey"):
                raise ProfileError(f"{name}: a {kind}, not a profile: merge all shards of a scan into one first")
            raise ProfileError(f"{name}: not a corpuscheck profile")
        try:
            state: dict[str, Any] = orjson.loads(decompressed(data[len(MAGIC) :], _LARGEST))
            if state["format"] != FORMAT:
                raise ProfileError(
                    f"{name}: written in profile format {state['format']}, this version reads {FORMAT}: scan again"
                )
            check_plain(state, "profile")
            return cls.from_state(state)
        except (zstandard.ZstdError, ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
            raise ProfileError(f"{name}: damaged profile ({printable(str(error))})") from None

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the file as a whole or not at all."""
        write_whole(path_of("path", path), self.to_bytes())

    @classmethod
    def load(cls, path: str) -> Self:
        try:
            return cls.from_bytes(read_whole(path), named(path))
        except OSError as error:
            raise ProfileError(f"{named(path)}: cannot be read ({error.strerror})") from None


def decompressed(data: bytes, largest: int) -> bytes:
    """The contents of a zstd frame. Raises ZstdError for a damaged one, and for one that only says it is huge."""
    if zstandard.frame_content_size(data) > largest:
        raise zstandard.ZstdError(f"more than {largest} bytes")
    return zstandard.ZstdDecompressor().decompress(data, max_output_size=largest)
