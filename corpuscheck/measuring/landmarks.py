"""Which landmark each document is nearest to, by some of its n-grams."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Self

import numpy as np

from corpuscheck.domain.bodies import Body
from corpuscheck.domain.comparing import bodies_of
from corpuscheck.domain.languages import LANGUAGES, script_of_label
from corpuscheck.domain.reference import Reference
from corpuscheck.domain.shipped import shipped
from corpuscheck.kernels.arrays import BUCKETS, CODE_POINTS, Bytes, Flags, Ints
from corpuscheck.kernels.columns import LETTERS
from corpuscheck.kernels.grams import DECOMPOSED, marked, nearest_bodies
from corpuscheck.measuring.domain import GRAMS_OF
from corpuscheck.measuring.languages import script_of_most
from corpuscheck.reading.batch import Batch
from corpuscheck.text.composing import normalised
from corpuscheck.text.scripts import RANGES, SCRIPTS

MOST, LEAST = 160, 40
"""So many n-grams of a document are looked at, at most; with fewer it is too short to tell."""

HEAD = 1 << 14
"""Bytes at the beginning of a document over which they are spread."""

BEYOND = 4
"""Bits by which the n-grams must be likelier in one landmark than in any other."""

_STEPS = 4
_RAREST = 26.5
_FAR = 255
_LANES = 16
"""Columns come in so many, which the kernel adds together."""

_OF_LANGUAGE = 1 << 8

Levels = tuple[tuple[str, ...], Bytes]
"""The names of bodies of text, and how rare each n-gram is in each: [buckets, bodies], in quarters of a bit."""


def levels_of(bodies: Sequence[Body]) -> Levels:
    """What is kept of bodies of text."""
    shares = np.array([body.shares for body in bodies]).reshape(len(bodies), BUCKETS).T
    levels = np.rint(_STEPS * np.minimum(-np.log2(shares), _RAREST)).astype(np.uint8)
    return tuple(body.name for body in bodies), levels


@dataclass(frozen=True, eq=False)
class Landmarks:
    """The bodies of text that documents are compared with: the shipped ones, or of some languages those `given`."""

    given: Mapping[str, Levels] = field(default_factory=dict)

    @classmethod
    def beside(cls, references: Sequence[Reference]) -> Self:
        """The shipped ones, and the sources of references."""
        languages = {source.language for reference in references for source in reference.sources}
        bodies = {language: bodies_of(language, references) for language in sorted(languages)}
        return cls({language: levels_of(some) for language, some in bodies.items() if some})

    @property
    def languages(self) -> tuple[str, ...]:
        return (*LANGUAGES, *sorted(self.given.keys() - LANGUAGES.keys()))

    def of(self, language: str) -> Levels:
        return self.given[language] if language in self.given else _shipped(language)

    def name(self, number: int) -> str:
        """What a landmark is called: ``ko: civil rulings``."""
        language, column = divmod(number, _OF_LANGUAGE)
        label = self.languages[language]
        return f"{label}: {self.of(label)[0][column]}"

    def written_in(self, script: int) -> tuple[Ints, Bytes]:
        """The numbers of the landmarks in a script, and how rare n-grams are in each."""
        numbers: list[int] = []
        levels: list[Bytes] = []
        for k, language in enumerate(self.languages):
            if script_of_label(language) == SCRIPTS[script]:
                names, of_these = self.of(language)
                numbers += range(k * _OF_LANGUAGE, k * _OF_LANGUAGE + len(names))
                levels.append(of_these)
        width = -(-len(numbers) // _LANES) * _LANES
        table = np.full((BUCKETS, width), _FAR, np.uint8)
        if levels:
            table[:, : len(numbers)] = np.concatenate(levels, axis=1)
        return np.array(numbers, np.int64), table


@cache
def _shipped(language: str) -> Levels:
    return levels_of(shipped(language))


class LandmarkFinder:
    """Finds the nearest landmark of each document of one work unit, where one is clearly nearest."""

    def __init__(self, landmarks: Landmarks) -> None:
        self._landmarks = landmarks
        self._tables: dict[int, tuple[Ints, Bytes]] = {}
        self._head: Bytes = np.zeros(0, np.uint8)

    def of(self, batch: Batch, counts: Ints) -> Ints:
        """The numbers of the landmarks of the documents that end in the batch, by what was counted in each of them; -1
        where none is told."""
        n = len(counts)
        found = self.of_spans(batch.data, batch.starts[:n], batch.ends[:n], counts)
        if n and batch.offset:
            found[:1] = self.of_spans(self._head, np.zeros(1, np.int64), np.array([len(self._head)]), counts[:1])
        if batch.unfinished and not (batch.offset and len(batch.starts) == 1):
            self._head = head_of(batch)
        return found

    def of_spans(self, data: Bytes, starts: Ints, ends: Ints, counts: Ints) -> Ints:
        """The same of whole documents, or of the heads of such."""
        found = np.full(len(starts), -1, np.int64)
        scripts = script_of_most(counts[:, :LETTERS])
        ends = np.minimum(ends, starts + HEAD)
        for script in np.unique(scripts).tolist():
            if script not in self._tables:
                self._tables[script] = self._landmarks.written_in(script)
            numbers, levels = self._tables[script]
            if len(numbers):
                chosen = np.flatnonzero(scripts == script)
                columns = _columns(data, starts[chosen], ends[chosen], levels)
                found[chosen] = np.where(columns >= 0, numbers[columns], -1)
        return found


def head_of(batch: Batch) -> Bytes:
    """The beginning of the last document, without a part of a character at its end."""
    start, end = int(batch.starts[-1]), int(batch.ends[-1])
    if end - start > HEAD:
        end = start + HEAD
        while batch.data[end] & 0xC0 == 0x80:
            end -= 1
    head = batch.data[start:end].copy()
    head.setflags(write=False)
    return head


def _columns(data: Bytes, starts: Ints, ends: Ints, levels: Bytes) -> Ints:
    """The nearest column for each span. Where characters are written in parts, they are composed first."""
    out = np.empty(len(starts), np.int64)
    nearest_bodies(data, starts, ends, folded(), levels, MOST, LEAST, BEYOND * _STEPS, out)
    for k in np.flatnonzero(out < -1).tolist():
        text = data[starts[k] : ends[k]].tobytes().decode("utf-8", "ignore")
        whole = np.frombuffer(normalised("NFC", text).encode(), np.uint8)
        nearest_bodies(
            whole, np.zeros(1, np.int64), np.array([len(whole)]), _whole(), levels, MOST, LEAST, BEYOND * _STEPS,
            out[k : k + 1],
        )  # fmt: skip
    return out


@cache
def folded() -> Flags:
    """int32 for each code point: what it counts as in n-grams, in lower case; see `count_grams`."""
    table = _whole().copy()
    parts = [*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)]
    for cp in range(0xC0, 0x3100):
        pair = unicodedata.decomposition(chr(cp)).split()
        if len(pair) == 2 and not pair[0].startswith("<"):
            parts.append(int(pair[1], 16))
    table[parts] |= DECOMPOSED
    return table


@cache
def _whole() -> Flags:
    table = np.arange(CODE_POINTS, dtype=np.int32)
    for cp in range(0x20000):
        ch = chr(cp)
        if ch.isspace():
            table[cp] = 0
        elif ch.isdecimal():
            table[cp] = ord("0")
        elif (lower := ch.lower()) != ch and len(lower) == 1:
            table[cp] = ord(lower)
    kinds = np.zeros(CODE_POINTS, np.int32)
    for first, last, script in RANGES:
        kinds[first : last + 1] = marked(0, GRAMS_OF.get(SCRIPTS[script], 0))
    return np.asarray(table | kinds[table], np.int32)
