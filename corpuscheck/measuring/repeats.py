"""Collect lines and paragraphs by hash: in how many documents each stands."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Hashes, Ints
from corpuscheck.kernels.columns import (
    COLUMNS,
    EMAILS,
    FIRST_DEBRIS,
    FIRST_PII,
    LINE_BYTES,
    LINES,
    NEW_LINE_BYTES,
    NEW_LINES,
    PARAGRAPH_BYTES,
    PARAGRAPHS,
    REPEATED_LINE_BYTES,
)
from corpuscheck.kernels.debris import TAGS, find_debris, packed_names, triggers
from corpuscheck.kernels.lines import LINE, OCCURRENCE, PARAGRAPH
from corpuscheck.measuring.gathering import Gathered
from corpuscheck.profile.repeats import MOST_OCCURRENCES, LineSample, RepeatsPart
from corpuscheck.profile.sample import ALL
from corpuscheck.reading.batch import Batch

_EXCERPT = 160
_SIGN = re.compile(rb"[0-9A-Za-z]")
_LEAST_LINES = 2
"""A document of one line is a document: its copies are told among the documents."""


class LineTable:
    """The lines and paragraphs of one work unit. A first `bound` saves collecting occurrences that cannot stay."""

    def __init__(self, bound: int = ALL) -> None:
        self._lines, self._paragraphs = Gathered(RepeatsPart()), Gathered(RepeatsPart())
        self._totals = np.zeros(4, np.int64)
        self._left_out = 0
        self._seen = LineSample(bound)

    def bounds(self) -> Hashes:
        """The highest hash of a line or paragraph that is still of use, and of an occurrence."""
        level = min(self._lines.table.level, self._paragraphs.table.level)
        return np.array([(1 << (64 - level)) - 1, self._seen.bound - 1], np.uint64)

    def take(self, batch: Batch, rows: Ints, hashes: Hashes, spans: Ints) -> None:
        """What the kernel found in the documents with these counts so far."""
        many = rows[:, LINES] >= _LEAST_LINES
        many[-1:] |= batch.unfinished
        inside = many[spans[:, 2]]
        hashes, spans = hashes[inside], spans[inside]
        sizes = spans[:, 1] - spans[:, 0]
        for what, units in ((LINE, self._lines), (PARAGRAPH, self._paragraphs)):
            mine = spans[:, 3] == what
            units.add(RepeatsPart(0, 0, 0, 0, hashes[mine], np.ones(int(mine.sum()), np.int64), sizes[mine]))
        self._remember(batch, hashes, spans)

    def _remember(self, batch: Batch, hashes: Hashes, spans: Ints) -> None:
        """Keep the beginnings of lines that were drawn; an occurrence follows its line where that is of use itself."""
        drawn = np.flatnonzero(spans[:, 3] == OCCURRENCE)
        if not len(drawn):
            return
        starts, ends = spans[drawn, 0], spans[drawn, 1]
        excerpts = masked(batch.data, starts, ends, np.minimum(ends, starts + _EXCERPT))
        lines, sizes = (spans[drawn, 4].astype(np.uint64)).tolist(), (ends - starts).tolist()
        found = dict(zip(hashes[drawn].tolist(), zip(lines, sizes, excerpts, strict=True), strict=True))
        self._seen = LineSample(self._seen.bound, {**self._seen.rows, **found})
        if len(self._seen.rows) > 2 * MOST_OCCURRENCES:
            self._seen = self._seen.bounded()

    def close(self, rows: Ints) -> None:
        """Count the units of documents that have ended."""
        rows = rows[rows[:, LINES] >= _LEAST_LINES]
        self._totals += rows[:, (NEW_LINES, NEW_LINE_BYTES, PARAGRAPHS, PARAGRAPH_BYTES)].sum(0)
        held, new, again = rows[:, (LINE_BYTES, NEW_LINE_BYTES, REPEATED_LINE_BYTES)].sum(0).tolist()
        self._left_out += held - new - again

    def finish(self) -> tuple[RepeatsPart, RepeatsPart, LineSample]:
        """Lines, paragraphs, and the sample of occurrences."""
        lines, line_bytes, paragraphs, paragraph_bytes = self._totals.tolist()
        return (
            replace(self._lines.finish(), units=lines, utf8_bytes=line_bytes, left_out=self._left_out),
            replace(self._paragraphs.finish(), units=paragraphs, utf8_bytes=paragraph_bytes),
            self._seen.bounded(),
        )


class SharedLines(LineTable):
    """Adds up, for each document of a batch, the bytes of its lines that are among those given."""

    def __init__(self, shared: Hashes) -> None:
        super().__init__(1)
        self._shared = shared
        self.found: Ints = np.zeros(0, np.int64)

    def take(self, batch: Batch, rows: Ints, hashes: Hashes, spans: Ints) -> None:
        many = rows[:, LINES] >= _LEAST_LINES
        many[-1:] |= batch.unfinished
        mine = spans[(spans[:, 3] == LINE) & np.isin(hashes, self._shared)]
        mine = mine[many[mine[:, 2]]]
        self.found = np.zeros(len(batch.starts), np.int64)
        np.add.at(self.found, mine[:, 2], mine[:, 1] - mine[:, 0])

    def close(self, rows: Ints) -> None:
        """Nothing is counted of whole documents."""


def masked(data: Bytes, starts: Ints, ends: Ints, stops: Ints) -> list[str]:
    """The beginnings, up to `stops`, of spans of text, with dots for whatever has the shape of personal data."""
    rows, found = np.zeros((len(starts), COLUMNS), np.int64), np.empty((len(data), 4), np.int64)
    n = find_debris(data, starts, ends, triggers(), packed_names(TAGS), rows, found)
    private = found[:n][(found[:n, 3] >= FIRST_PII) | (found[:n, 3] == FIRST_DEBRIS + 2 * EMAILS)]
    texts = []
    hidden: dict[int, list[tuple[int, int]]] = {}
    for start, end, span, _ in private.tolist():
        hidden.setdefault(span, []).append((start, end))
    for span, (start, stop) in enumerate(zip(starts.tolist(), stops.tolist(), strict=True)):
        text = bytearray(data[start:stop].tobytes())
        for first, last in hidden.get(span, ()):
            left, right = first - start, min(last, stop) - start
            text[left:right] = _SIGN.sub(b"\x00", text[left:right])
        texts.append(text.decode("utf-8", "ignore").replace("\x00", "•"))
    return texts
