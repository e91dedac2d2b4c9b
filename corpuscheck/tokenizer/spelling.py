"""Spelling: the bytes of each token, and which tokens are no whole characters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tokenizers.pre_tokenizers import ByteLevel

_FALLBACK = re.compile("<0x([0-9A-F]{2})>")
_LONGEST_SHOWN = 64


@dataclass(frozen=True)
class Shattered:
    """A word whose tokens are no whole characters.

    `shown` are its parts without white space that hold a shattered character, `characters` are (character, tokens that
    spell it) for each of these, `pieces` counts the tokens that are no whole characters.
    """

    shown: tuple[str, ...]
    characters: tuple[tuple[str, int], ...]
    pieces: int


class Spelling:
    """What the tokens of one tokenizer spell.

    `added` are the tokens that stand for themselves, by id; `affixes` what marks a piece inside of a word, or at its
    end. The pieces of a `byte_level` vocabulary are in letters that stand for bytes; with `byte_fallback` some are
    such as ``<0xEB>``.
    """

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        added: Mapping[int, str],
        affixes: tuple[str, str],
        byte_level: bool,
        byte_fallback: bool,
    ) -> None:
        self._vocabulary, self._added, self._affixes = vocabulary, added, affixes
        self._byte_level, self._byte_fallback = byte_level, byte_fallback

    @cached_property
    def spelled(self) -> dict[int, bytes]:
        """The bytes of each piece."""
        prefix, suffix = self._affixes
        of_byte = byte_letters() if self._byte_level else {}
        spelled = {}
        for piece, number in self._vocabulary.items():
            plain = piece.removeprefix(prefix).removesuffix(suffix)
            fallback = _FALLBACK.fullmatch(piece) if self._byte_fallback else None
            if fallback:
                spelled[number] = bytes.fromhex(fallback[1])
            elif of_byte and all(letter in of_byte for letter in plain):
                spelled[number] = bytes(of_byte[letter] for letter in plain)
            else:
                spelled[number] = plain.encode(errors="replace")
        return spelled | {number: content.encode() for number, content in self._added.items()}

    @cached_property
    def pieces(self) -> frozenset[int]:
        """The tokens that are no whole characters."""
        if not (self._byte_level or self._byte_fallback):
            return frozenset()
        return frozenset(number for number, spelled in self.spelled.items() if not _whole(spelled))

    def shown(self, text: str, word: Sequence[int]) -> tuple[str, ...]:
        """The parts of a shattered word that hold what is shattered, given as its text and as its tokens."""
        if not self._byte_level:
            text = text.replace("▁", " ")
        parts = text.split()
        if len(parts) == 1 and len(parts[0]) <= _LONGEST_SHOWN and len(word) > 1:
            spaces = text[: -len(text.lstrip())] + text[len(text.rstrip()) :]
            if spaces.strip(" ") == "":
                return (parts[0],)
        return self.shattered(word).shown

    def shattered(self, word: Sequence[int]) -> Shattered:
        """What is shattered in a word, given as its tokens."""
        spelled = [self.spelled.get(number, b"") for number in word]
        ends, end = [], 0
        for piece in spelled:
            end += len(piece)
            ends.append(end)
        data = b"".join(spelled)
        broken = tuple(_broken(data, ends))
        text = data.decode(errors="replace")
        if not self._byte_level:
            text = text.replace("▁", " ")
        guilty = {character for character, _ in broken}
        shown = tuple(_around(part, guilty) for part in text.split() if not guilty.isdisjoint(part))
        return Shattered(shown, broken, sum(number in self.pieces for number in word))


def letters_of_bytes() -> dict[int, str]:
    """The letter of byte-level pieces that stands for each byte."""
    return {byte: letter for letter, byte in byte_letters().items()}


def byte_letters() -> dict[str, int]:
    """The byte that each letter of byte-level pieces stands for: printable ones for themselves, the others in order."""
    letters = frozenset(ByteLevel.alphabet())
    own = {letter: ord(letter) for letter in letters if ord(letter) < 256}
    others = sorted(letters - own.keys())
    missing = sorted(set(range(256)) - set(own.values()))
    return own | dict(zip(others, missing, strict=True))


def _whole(spelled: bytes) -> bool:
    try:
        spelled.decode()
    except UnicodeDecodeError:
        return False
    return True


def _broken(data: bytes, ends: Sequence[int]) -> Iterator[tuple[str, int]]:
    """Each character that tokens ending at these bytes cut, and how many tokens spell it."""
    cuts = iter(ends)
    cut = next(cuts, len(data))
    position = 0
    for character in data.decode(errors="surrogateescape"):
        size = 1 if "\udc80" <= character <= "\udcff" else len(character.encode())
        inside, position = 1, position + size
        while cut < position:
            inside += cut > position - size
            cut = next(cuts, len(data))
        if cut == position:
            cut = next(cuts, len(data))
        if inside > 1:
            yield character, inside


def _around(part: str, guilty: set[str]) -> str:
    """A long part is cut to what stands around the first character that is shattered."""
    if len(part) <= _LONGEST_SHOWN:
        return part
    first = next(place for place, character in enumerate(part) if character in guilty)
    start = max(0, min(first - _LONGEST_SHOWN // 2, len(part) - _LONGEST_SHOWN))
    return part[start : start + _LONGEST_SHOWN]
