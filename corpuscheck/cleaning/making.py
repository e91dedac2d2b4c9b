"""Making: a document as it is written, from what was read: without debris, and changed in the ways asked for."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from corpuscheck.kernels.arrays import Flagged, Ints, RowArray
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
from corpuscheck.measuring.contaminants import NOTHING, Contaminants, benchmark_column, beside
from corpuscheck.measuring.cutting import CutSpans, CutTexts, debris_in, shapes_in, without
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
class CutSizes:
    """Bytes that were cut of each document: debris, and stretches of a benchmark; which document of that has them, or
    `NOTHING`."""

    debris: Ints
    stretches: Ints
    owners: Ints

    @classmethod
    def of(cls, documents: int) -> CutSizes:
        return cls(np.zeros(documents, np.int64), np.zeros(documents, np.int64), np.full(documents, NOTHING))

    def add(self, spans: CutSpans) -> None:
        sizes, stretches = spans.ends - spans.starts, spans.columns < 0
        np.add.at(self.debris, spans.documents[~stretches], sizes[~stretches])
        np.add.at(self.stretches, spans.documents[stretches], sizes[stretches])
        np.minimum.at(self.owners, spans.documents[stretches], benchmark_column(spans.columns[stretches]))

    def __iadd__(self, other: CutSizes) -> Self:
        self.debris[:] += other.debris
        self.stretches[:] += other.stretches
        np.minimum(self.owners, other.owners, out=self.owners)
        return self


@dataclass(frozen=True)
class Making:
    """In which ways documents are changed besides that debris is cut.

    `lines` are taken out wherever they stand, and so are stretches of what `contaminants` hold.
    """

    nfc: bool = False
    mask: bool = False
    mojibake: bool = False
    lines: frozenset[str] = field(default_factory=frozenset)
    contaminants: Contaminants | None = None

    @property
    def all_documents(self) -> bool:
        """Whether documents without debris may change too."""
        return self.nfc or self.mask or self.mojibake or bool(self.lines)

    def wanted(self, rows: RowArray) -> Flagged:
        """Which documents may change as they are written."""
        changing: Flagged = rows["debris"] > 0
        if self.contaminants:
            changing |= rows["contaminant"] > 0
        return changing | self.all_documents

    def repaired(self, texts: CutTexts) -> CutTexts:
        """The texts with lines that are mojibake as they were meant, if that is asked for: before debris is cut, which
        damage may look like."""
        if not self.mojibake:
            return texts
        return CutTexts.of(
            ["\n".join(map(_repaired, texts.bytes_of(k).decode().split("\n"))).encode() for k in range(len(texts))]
        )

    def with_stretches(self, texts: CutTexts, debris: CutSpans) -> CutSpans:
        """Debris, and what else is cut."""
        return beside(debris, self.contaminants.spans_in(texts), texts) if self.contaminants else debris

    def finished(self, texts: CutTexts) -> tuple[CutTexts, CutSizes]:
        """Texts without their debris made what is written: where cutting has made new debris, without that too.

        Gives what more was cut of each.
        """
        cut = CutSizes.of(len(texts))
        if self.all_documents:
            return CutTexts.of([self._changed(texts.bytes_of(k), k, cut) for k in range(len(texts))]), cut
        for _ in range(_MOST_ROUNDS):
            spans = self.with_stretches(texts, debris_in(texts))
            if not len(spans.starts):
                break
            cut.add(spans)
            texts = without(texts, spans)
        return texts, cut

    def _changed(self, data: bytes, number: int, cut: CutSizes) -> bytes:
        for _ in range(_MOST_ROUNDS):
            data = self._text(data.decode()).encode()
            if self.mask:
                data = masked(data)
            one = CutTexts.of([data])
            spans = self.with_stretches(one, debris_in(one, np.ones(1, np.bool_)))
            if not len(spans.starts):
                break
            cut.add(replace(spans, documents=spans.documents + number))
            data = without(one, spans).bytes_of(0)
        return data

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
