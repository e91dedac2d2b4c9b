"""Letters: what a tokenizer's normaliser changes or deletes of a text, found by asking it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from corpuscheck.text.composing import normalised
from corpuscheck.tokenizer.artefact import Artefact

LetterChange = Literal["changed", "deleted", "taken apart"]

_KEEPS = {"NFC", "NFD", "Lowercase", "Prepend", "Strip"}
_CARRIERS = ("a", "가", "か", "中", "я", "1", ".")
_UNSEEN = {"Cc", "Cf", "Cs", "Cn", "Zs", "Zl", "Zp"}
_SPELLS_BYTES = {"ByteLevel"}
"""Steps that write each byte as a character: all is kept, in another spelling."""
REPLACEMENT = "\ufffd"
_MARK_OF_A_WORD = "\u2581"


@dataclass(frozen=True)
class Loss:
    """How a character is lost, and what is left of it."""

    way: LetterChange
    left: str = ""


class Letters:
    """Asks the normaliser about characters and words.

    Case, width, composition and white space are no loss, nor is a control character or what a reader never sees.
    """

    def __init__(self, artefact: Artefact) -> None:
        if any(step["type"] in _SPELLS_BYTES for step in artefact.normalizers):
            artefact = artefact.without_steps(_SPELLS_BYTES)
        self._encoder = artefact.encoder
        self._strips = artefact.strips_accents
        self._keeps_letters = all(map(_keeps_letters, artefact.normalizers))
        self.characterwise = artefact.normalizes_characterwise
        doubled = [carrier * 2 for carrier in _CARRIERS]
        seen = zip(_CARRIERS, doubled, self._seen(doubled), strict=True)
        self._carrier = next((carrier for carrier, text, found in seen if found == essence(text)), "")

    def _seen(self, texts: Sequence[str]) -> list[str]:
        return [essence(text) for text in self._encoder.normalized(texts)]

    def losses(self, code_points: Iterable[int]) -> dict[str, Loss]:
        """How each character that is lost goes; the others are left out."""
        asked = [chr(cp) for cp in code_points if not self._keeps_letters or _is_private(cp)]
        asked = [ch for ch in asked if unicodedata.category(ch) not in _UNSEEN and ch != REPLACEMENT and essence(ch)]
        between = self._seen([f"{self._carrier}{ch}{self._carrier}" for ch in asked])
        found = ((ch, self._loss(ch, text)) for ch, text in zip(asked, between, strict=True))
        return {ch: loss for ch, loss in found if loss}

    def _loss(self, ch: str, found: str) -> Loss | None:
        """From what became of it between two letters."""
        if self._strips and "가" <= ch <= "힣":
            return Loss("taken apart", self.shown(ch))
        carrier = self._carrier
        if found == essence(carrier + ch + carrier):
            return None
        left = found.removeprefix(carrier).removesuffix(carrier)
        if not left:
            return Loss("deleted")
        return Loss("changed", left) if unicodedata.category(ch)[0] in "LMN" else None

    def changed_words(self, words: Iterable[str]) -> set[str]:
        """Those from which a normaliser that looks across characters takes a letter, a mark or a digit."""
        asked = [] if self.characterwise else list(words)
        seen = zip(asked, self._seen(asked), strict=True)
        return {word for word, found in seen if _written(found) != _written(essence(word))}

    def shown(self, word: str) -> str:
        """What is left of a word; jamo with spaces between them, or they would look like their syllable."""
        (left,) = self._encoder.normalized([word])
        left = left.replace(_MARK_OF_A_WORD, "").strip()
        return " ".join(left) if any("\u1100" <= ch <= "\u11ff" for ch in left) else left


def _keeps_letters(step: dict[str, object]) -> bool:
    """Whether all but private characters come through."""
    if step["type"] != "BertNormalizer":
        return step["type"] in _KEEPS
    strip = step.get("strip_accents")
    return not (step.get("lowercase") if strip is None else strip)


def _is_private(code_point: int) -> bool:
    return 0xE000 <= code_point <= 0xF8FF or code_point >= 0xF0000


@lru_cache(maxsize=1 << 14)
def _plain(ch: str) -> str:
    """A character without case and width; '' for what is no loss when it goes."""
    cp = ord(ch)
    if ch in (_MARK_OF_A_WORD, REPLACEMENT) or ch.isspace() or unicodedata.category(ch) in _UNSEEN:
        return ""
    if 0xFE00 <= cp <= 0xFE0F or 0xE0100 <= cp <= 0xE01EF or cp == 0x034F:  # choose a shape, or join nothing
        return ""
    if unicodedata.decomposition(ch).startswith(("<wide>", "<narrow>")) or 0x3131 <= cp <= 0x318E:  # ㄱ as ᄀ
        ch = unicodedata.normalize("NFKC", ch)
    return ch.lower()


def essence(text: str) -> str:
    """A text without what may go: case, width, composition, white space, control and format characters."""
    return normalised("NFC", "".join(map(_plain, text)))


def _written(text: str) -> str:
    """Its letters, marks and digits."""
    return "".join(ch for ch in text if unicodedata.category(ch)[0] in "LMN")
