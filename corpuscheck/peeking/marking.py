"""Mark what is trouble in a text, by characters; mask what has the shape of personal data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import Bytes, Ints
from corpuscheck.kernels.columns import (
    COLUMNS,
    DEBRIS,
    FIRST_DEBRIS,
    FIRST_PII,
    LINE_ENDS,
    PII,
    PII_EMAIL,
    SPACES,
)
from corpuscheck.kernels.debris import TAGS, find_debris, packed_names, triggers
from corpuscheck.kernels.inspection import LATIN_RUN, LONG_RUN, LONG_WORD
from corpuscheck.kernels.lines import SHORT_COLUMNS, has_bullet
from corpuscheck.measuring.kinds import kinds
from corpuscheck.profile.document_rules import DOCUMENT_RULES, Mask

MASK = "•"
Spans = list[tuple[int, int]]
Codes = NDArray[np.uint32]


@dataclass(frozen=True, order=True)
class Mark:
    """Trouble in a text: characters from `start` up to `end`."""

    start: int
    end: int
    kind: str


def _codes(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def _stretches(mask: Mask, least: int = 1) -> Spans:
    """Where the mask holds for at least so many characters together."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).view(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    long = ends - starts >= least
    return list(zip(starts[long].tolist(), ends[long].tolist(), strict=True))


def _of_kinds(*chosen: int) -> Callable[[Codes], Spans]:
    return lambda codes: _stretches(np.isin(kinds()[codes], chosen))


def _blank(codes: Codes) -> Mask:
    return np.isin(kinds()[codes], (SPACES, LINE_ENDS))


def _runs(codes: Codes) -> Spans:
    if not len(codes):
        return []
    edges = np.flatnonzero(np.diff(codes, prepend=codes[0] + 1, append=codes[-1] + 1))
    starts, ends = edges[:-1], edges[1:]
    long = (ends - starts >= LONG_RUN) & ~_blank(codes)[starts]
    return list(zip(starts[long].tolist(), ends[long].tolist(), strict=True))


_IN_CHARACTERS: dict[str, Callable[[Codes], Spans]] = {
    **{rule.mark: _of_kinds(*rule.kinds) for rule in DOCUMENT_RULES if rule.kinds},
    "run": _runs,
    "Latin-1 run": lambda codes: _stretches((codes >= 0x80) & (codes < 0x100) & ~_blank(codes), LATIN_RUN),
    "long word": lambda codes: _stretches(~_blank(codes), LONG_WORD + 1),
}

_LINE = re.compile(r"[^\n]+")
_BLANKS = " \t\r"


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Lines that are not blank without the blanks around them, each with its place."""
    for line in _LINE.finditer(text):
        stripped = line[0].strip(_BLANKS)
        if stripped:
            yield line.start() + len(line[0]) - len(line[0].lstrip(_BLANKS)), stripped


def _short(text: str) -> Spans:
    return [
        (at, at + len(line))
        for at, line in lines_of(text)
        if len(line) <= SHORT_COLUMNS and sum(2 if ch >= "\u0800" else 1 for ch in line) <= SHORT_COLUMNS
    ]


def _bullets(text: str) -> Spans:
    return [(at, at + 1) for at, line in lines_of(text) if has_bullet(np.frombuffer(line[0].encode(), np.uint8), 0)]


_IN_LINES: dict[str, Callable[[str], Spans]] = {"short line": _short, "bullet": _bullets}

_ALWAYS = tuple(rule.mark for rule in DOCUMENT_RULES if rule.always_marked)
"""Looked for in each document, whatever it is shown for."""


@cache
def _all_triggers() -> tuple[Bytes, Bytes]:
    """For all debris, and for the shapes of personal data alone: those stand inside of tags and addresses too."""
    every = triggers()
    personal = np.zeros_like(every)
    for byte in b"@+0123456789":
        personal[byte] = every[byte]
    return every, personal


_NUMBERS_ALONE = bytes(byte if byte in b"0123456789+-. " else 0x0A for byte in range(256))
"""What is part of something longer, as in ``?q=010-1234-5678``, is not counted, but masked."""


def _debris(data: bytes, table: Bytes) -> Iterator[tuple[int, int, int]]:
    """(start, end, column) in bytes."""
    array = np.frombuffer(data, np.uint8)
    rows, spans = np.zeros((1, COLUMNS), np.int64), np.empty((len(data) // 2 + 1, 4), np.int64)
    bounds = np.array([0], np.int64), np.array([len(data)], np.int64)
    n = find_debris(array, *bounds, table, packed_names(TAGS), rows, spans)
    for start, end, _, column in spans[:n].tolist():
        yield start, end, column


def _kind(column: int) -> str:
    return PII[column - FIRST_PII] if column >= FIRST_PII else DEBRIS[(column - FIRST_DEBRIS) // 2]


_E_MAIL = FIRST_DEBRIS + 2 * DEBRIS.index("e-mail addresses")


def _addresses(text: str) -> tuple[list[Mark], Spans]:
    """Debris and shapes of personal data as marks, and the spans to be masked."""
    data = text.encode()
    place: Ints = np.concatenate(([0], np.cumsum((np.frombuffer(data, np.uint8) & 0xC0) != 0x80)))
    every, personal = _all_triggers()
    marks, masked = [], []
    for start, end, column in _debris(data, every):
        span = int(place[start]), int(place[end])
        kind = PII[PII_EMAIL] if column == _E_MAIL else _kind(column)
        marks.append(Mark(*span, kind))
    for start, end, column in (*_debris(data, personal), *_debris(data.translate(_NUMBERS_ALONE), personal)):
        if column >= FIRST_PII or column == _E_MAIL:
            masked.append((int(place[start]), int(place[end])))
    return marks, masked


def first_of(text: str, kinds_: Iterable[str], words: tuple[str, ...]) -> int | None:
    """Where the first trouble of these kinds begins, as far as the text alone can tell."""
    spans = [mark.start for mark in _marks(text, tuple(kinds_), words)]
    return min(spans, default=None)


def _marks(text: str, wanted: tuple[str, ...], words: tuple[str, ...]) -> Iterator[Mark]:
    codes = _codes(text) if any(kind in _IN_CHARACTERS for kind in wanted) else None
    for kind in wanted:
        if codes is not None and kind in _IN_CHARACTERS:
            yield from (Mark(*span, kind) for span in _IN_CHARACTERS[kind](codes))
        elif kind in _IN_LINES:
            yield from (Mark(*span, kind) for span in _IN_LINES[kind](text))
    if any(kind in DEBRIS or kind in PII for kind in wanted):
        yield from (mark for mark in _addresses(text)[0] if mark.kind in _also(wanted))
    for word in words:
        yield from (Mark(found.start(), found.end(), "word") for found in re.finditer(re.escape(word), text))


def _also(wanted: tuple[str, ...]) -> tuple[str, ...]:
    return (*wanted, PII[PII_EMAIL]) if "e-mail addresses" in wanted else wanted


def marked(text: str, wanted: tuple[str, ...], words: tuple[str, ...]) -> tuple[str, list[Mark]]:
    """The text with the values of personal data masked, and all marks in it."""
    addresses, masked = _addresses(text)
    kinds_ = tuple(dict.fromkeys((*_ALWAYS, *wanted)))
    plain = tuple(kind for kind in kinds_ if kind not in DEBRIS and kind not in PII)
    marks = sorted({*addresses, *_marks(text, plain, words)})
    characters = list(text)
    for start, end in masked:
        for k in range(start, end):
            if characters[k].isalnum():
                characters[k] = MASK
    return "".join(characters), marks
