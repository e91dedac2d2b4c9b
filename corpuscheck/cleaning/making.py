"""Making: a document as it is written, from what was read: without debris, and changed in the ways asked for."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

import numpy as np

from corpuscheck.kernels.arrays import Ints
from corpuscheck.kernels.columns import (
    CARD,
    FIRST_PII,
    IPV4,
    KOREAN_SHAPES,
    KR_RESIDENT,
    KR_RESIDENT_DATED,
    LETTERS,
    PII_EMAIL,
    US_SOCIAL,
)
from corpuscheck.measuring.cutting import CutTexts, debris_in, shapes_in, without
from corpuscheck.measuring.kinds import kinds
from corpuscheck.reading.encodings.mojibake import repair
from corpuscheck.text.scripts import SCRIPTS

_MOST_ROUNDS = 16
_HANGUL = SCRIPTS.index("Hangul")
_BLANKS = " \t\r"

_MASKS = {
    PII_EMAIL: b"[EMAIL]", CARD: b"[CARD]", IPV4: b"[IP]",
    KR_RESIDENT: b"[ID]", KR_RESIDENT_DATED: b"[ID]", US_SOCIAL: b"[ID]",
}  # fmt: skip
_PHONE = b"[PHONE]"


@dataclass(frozen=True)
class Making:
    """In which ways documents are changed besides that debris is cut; `lines` are taken out wherever they stand."""

    nfc: bool = False
    mask: bool = False
    mojibake: bool = False
    lines: frozenset[str] = field(default_factory=frozenset)

    @property
    def all_documents(self) -> bool:
        """Whether documents without debris may change too."""
        return self.nfc or self.mask or self.mojibake or bool(self.lines)

    def repaired(self, texts: CutTexts) -> CutTexts:
        """The texts with lines that are mojibake as they were meant, if that is asked for: before debris is cut, which
        damage may look like."""
        if not self.mojibake:
            return texts
        return CutTexts.of(
            ["\n".join(map(_repaired, texts.bytes_of(k).decode().split("\n"))).encode() for k in range(len(texts))]
        )

    def finished(self, texts: CutTexts) -> tuple[CutTexts, Ints]:
        """Texts without their debris made what is written: where cutting has made new debris, without that too.

        Gives how many bytes more were cut of each.
        """
        more = np.zeros(len(texts), np.int64)
        if self.all_documents:
            made = []
            for k in range(len(texts)):
                text, more[k] = self._changed(texts.bytes_of(k))
                made.append(text)
            return CutTexts.of(made), more
        for _ in range(_MOST_ROUNDS):
            spans = debris_in(texts)
            if not len(spans.starts):
                break
            more += np.bincount(spans.documents, spans.ends - spans.starts, len(texts)).astype(np.int64)
            texts = without(texts, spans)
        return texts, more

    def _changed(self, data: bytes) -> tuple[bytes, int]:
        more = 0
        for _ in range(_MOST_ROUNDS):
            data = self._text(data.decode()).encode()
            if self.mask:
                data = masked(data)
            one = CutTexts.of([data])
            spans = debris_in(one, np.ones(1, np.bool_))
            if not len(spans.starts):
                break
            more += int((spans.ends - spans.starts).sum())
            data = without(one, spans).bytes_of(0)
        return data, more

    def _text(self, text: str) -> str:
        if self.lines:
            text = "\n".join(line for line in text.split("\n") if line.strip(_BLANKS) not in self.lines)
        return unicodedata.normalize("NFC", text) if self.nfc else text


def _repaired(line: str) -> str:
    """A line as it was meant, where that can be told."""
    found = repair(line)
    return found.text.replace("\n", " ") if found and found.text else line


def masked(data: bytes) -> bytes:
    """The text with a word in brackets for each shape of personal data, as a scan counts them."""
    spans = shapes_in(CutTexts.of([data]))
    if not len(spans.starts):
        return data
    korean = _is_korean(data)
    pieces, done = [], 0
    for start, end, column in zip(spans.starts.tolist(), spans.ends.tolist(), spans.columns.tolist(), strict=True):
        shape = column - FIRST_PII
        if start < done or (shape in KOREAN_SHAPES and not korean):
            continue
        pieces += [data[done:start], _MASKS.get(shape, _PHONE)]
        done = end
    return b"".join((*pieces, data[done:]))


def _is_korean(data: bytes) -> bool:
    """Whether a tenth of the letters are Hangul: elsewhere numbers that look Korean are somebody else's."""
    of = kinds()[np.frombuffer(data.decode().encode("utf-32-le"), np.uint32)]
    letters = np.bincount(of[of < LETTERS], minlength=LETTERS)
    return bool(10 * letters[_HANGUL] >= letters.sum())
