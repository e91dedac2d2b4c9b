"""Judge documents by the rules, and tally what they hold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corpuscheck.kernels import tallying
from corpuscheck.kernels.arrays import Ints
from corpuscheck.kernels.columns import BYTES, DEBRIS, PII
from corpuscheck.kernels.tallying import ANY, DOCUMENTS, NOTHING, Definitions, tally
from corpuscheck.measuring.documents import PLACE_BITS
from corpuscheck.profile.clean import WORST, CleanPart, Tally, Worst, worst_of
from corpuscheck.profile.document_rules import ALL_LETTERS, DOCUMENT_RULES, VISIBLE, Columns, DocumentRule
from corpuscheck.reading.files import FileRecord
from corpuscheck.text.scripts import SCRIPTS

NAMES = (
    *(rule.id for rule in DOCUMENT_RULES),
    "any",
    "short",
    *(f"debris: {name}" for name in DEBRIS),
    *(f"shape: {name}" for name in PII),
    *(f"script: {name}" for name in ("none", *SCRIPTS, "Han and Kana", "Hangul and Han", "mixed")),
)
"""The tallies of the kernel, in its order."""

_ALWAYS = len(DOCUMENT_RULES) + 2
"""So many of them are there as soon as any document is."""

_FULL = 1 << 12


def definitions(rules: Sequence[DocumentRule]) -> Definitions:
    """The rules as the kernel takes them."""
    listed = [[columns for share in _shares(rule) for columns in share] for rule in rules]
    width = 1 + max(len(columns) for six in listed for columns in six)
    bounds = [[rule.unless.most if rule.unless else 0, rule.only.most if rule.only else 0] for rule in rules]
    return Definitions(
        np.array([[(*columns, *[NOTHING] * (width - len(columns))) for columns in six] for six in listed], np.int64),
        np.array([[rule.beyond, *two] for rule, two in zip(rules, bounds, strict=True)], np.float64),
        np.array([[rule.enough, rule.least_bytes, rule.least_lines] for rule in rules], np.int64),
        np.array([rule.rest for rule in rules]),
    )


def _shares(rule: DocumentRule) -> list[tuple[Columns, Columns]]:
    """Part and whole of the score and of both bounds; sums that the kernel has already are one column."""
    sums: dict[Columns, Columns] = {ALL_LETTERS: (tallying.ALL_LETTERS,), VISIBLE: (tallying.VISIBLE,)}
    shares = (rule.share, rule.unless and rule.unless.share, rule.only and rule.only.share)
    return [(sums.get(s.part, s.part), sums.get(s.whole, s.whole)) if s else ((), ()) for s in shares]


class Tallies:
    """Takes the rows of documents; keeps figures, and the worst documents of each kind."""

    def __init__(self, records: Sequence[FileRecord]) -> None:
        self._records = records
        self._figures = np.zeros((len(NAMES), 6), np.int64)
        self._limits = np.full((len(NAMES), WORST, 2), -1, np.int64)
        self._worst: list[list[Worst]] = [[] for _ in NAMES]
        self._rules = definitions(DOCUMENT_RULES)

    def add(self, rows: Ints, files: Ints, places: Ints) -> Ints:
        """Documents by their counts, the number of their file in the unit, and their place.

        Tells of each which rules name it, a bit for each, and which of `NAMES` is its script.
        """
        judged = np.empty((len(rows), 2), np.int64)
        found = np.empty((len(rows) * (len(DOCUMENT_RULES) + len(DEBRIS) + len(PII) + 2) + 1, 3), np.int64)
        n = tally(rows, self._rules, self._figures, self._limits, found, judged)
        for t, d, score in found[:n].tolist():
            size = int(rows[d, BYTES])
            if (score, size) >= (self._limits[t, -1, 0], self._limits[t, -1, 1]):
                start, number = divmod(int(places[d]), 1 << PLACE_BITS)
                self._keep(t, Worst(score, size, self._records[files[d]].path, number, start))
        return judged

    def _keep(self, t: int, row: Worst) -> None:
        self._worst[t].append(row)
        if len(self._worst[t]) >= _FULL:
            self._worst[t] = list(worst_of(self._worst[t]))

    def finish(self) -> CleanPart:
        if not self._figures[len(DOCUMENT_RULES) + ANY].any():
            return CleanPart()
        parts = {}
        for t, name in enumerate(NAMES):
            if t < _ALWAYS or self._figures[t, DOCUMENTS]:
                judged, judged_bytes, documents, document_bytes, amount, amount_bytes = self._figures[t].tolist()
                worst = worst_of(self._worst[t])
                parts[name] = Tally(judged, judged_bytes, documents, document_bytes, amount, amount_bytes, worst)
        return CleanPart(parts)
