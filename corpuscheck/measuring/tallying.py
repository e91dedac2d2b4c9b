"""Judge documents by the rules, and tally what they hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from corpuscheck.arrays import Ints
from corpuscheck.clean.document_rules import DOCUMENT_RULES, SHORT_DOCUMENT, Counts, Mask, ratio
from corpuscheck.counted import BYTES, DEBRIS, FIRST_DEBRIS, FIRST_PII, LETTERS, PII
from corpuscheck.measuring.documents import PLACE_BITS
from corpuscheck.profile.clean import WORST, CleanPart, Tally, Worst, worst_of
from corpuscheck.reading.files import FileRecord
from corpuscheck.scripts import SCRIPTS

_AT_ONCE = 1 << 12
_MAIN = 0.7
"""A document is mostly of a script that so many of its letters are of."""

_TOGETHER = (("Han", "Kana"), ("Hangul", "Han"))
"""Scripts that one language writes side by side."""


class Tallies:
    """Takes the rows of documents, judges many at a time."""

    def __init__(self, records: Sequence[FileRecord]) -> None:
        self._records = records
        self._waiting: list[tuple[Ints, Ints, Ints]] = []
        self._rows = 0
        self._total = CleanPart()

    def add(self, rows: Ints, files: Ints, places: Ints) -> None:
        """Documents by their counts, the number of their file in the unit, and their place."""
        self._waiting.append((rows, files, places))
        self._rows += len(rows)
        if self._rows >= _AT_ONCE:
            self._judge()

    def finish(self) -> CleanPart:
        self._judge()
        return self._total

    def _judge(self) -> None:
        if not self._rows:
            return
        first, *others = self._waiting
        rows, files, places = (
            (np.concatenate(column) for column in zip(*self._waiting, strict=True)) if others else first
        )
        self._waiting, self._rows = [], 0
        judged = _Judged(self._records, Counts(rows), files, places)
        self._total = self._total.merge(CleanPart(dict(judged.tallies())))


class _Judged:
    def __init__(self, records: Sequence[FileRecord], counts: Counts, files: Ints, places: Ints) -> None:
        self._records, self._counts, self._files, self._places = records, counts, files, places
        self._sizes = counts.of(BYTES)

    def tallies(self) -> Iterator[tuple[str, Tally]]:
        counts, all_of_them = self._counts, np.ones(len(self._sizes), np.bool_)
        named = np.zeros(len(self._sizes), np.bool_)
        for rule in DOCUMENT_RULES:
            applies, score = rule.applies(counts), rule.score(counts)
            hit = applies & (score > rule.beyond)
            named |= hit
            yield rule.id, self._tally(applies, hit, np.round(score * 1e6).astype(np.int64))
        yield "any", self._tally(all_of_them, named, self._sizes)
        yield "short", self._tally(all_of_them, self._sizes < SHORT_DOCUMENT, np.zeros_like(self._sizes))
        for k, name in enumerate(DEBRIS):
            amount, size = counts.of(FIRST_DEBRIS + 2 * k), counts.of(FIRST_DEBRIS + 2 * k + 1)
            if amount.any():
                yield f"debris: {name}", self._tally(amount > 0, amount > 0, amount, size)
        for k, name in enumerate(PII):
            amount = counts.of(FIRST_PII + k)
            if amount.any():
                yield f"shape: {name}", self._tally(amount > 0, amount > 0, amount, np.zeros_like(amount))
        for name, mask in self._by_script():
            if mask.any():
                yield f"script: {name}", self._tally(mask, mask, counts.letters)

    def _tally(self, judged: Mask, hit: Mask, score: Ints, size: Ints | None = None) -> Tally:
        """With `size` the scores are amounts, and are added up."""
        rows = np.flatnonzero(hit)
        return Tally(
            int(judged.sum()),
            int(self._sizes[judged].sum()),
            len(rows),
            int(self._sizes[rows].sum()),
            0 if size is None else int(score[rows].sum()),
            0 if size is None else int(size[rows].sum()),
            self._worst(rows[score[rows] > 0], score),
        )

    def _worst(self, rows: Ints, score: Ints) -> tuple[Worst, ...]:
        """More of them than are kept where several are equally bad, so that `worst_of` can choose."""
        order = rows[np.lexsort((-self._sizes[rows], -score[rows]))]
        if len(order) > WORST:
            last = order[WORST - 1]
            same = (score[order] == score[last]) & (self._sizes[order] == self._sizes[last])
            order = order[: max(WORST, int(np.flatnonzero(same)[-1]) + 1)]
        found = []
        for k in order.tolist():
            path, place = self._records[self._files[k]].path, int(self._places[k])
            start, number = place >> PLACE_BITS, place & ((1 << PLACE_BITS) - 1)
            found.append(Worst(int(score[k]), int(self._sizes[k]), path, number, start))
        return worst_of(found)

    def _by_script(self) -> Iterator[tuple[str, Mask]]:
        """Documents by the script that most of their letters are of."""
        letters = self._counts.rows[:, :LETTERS]
        total = letters.sum(1)
        left = total > 0
        yield "none", total == 0
        largest = np.argmax(letters, 1)
        mostly = left & (ratio(letters[np.arange(len(total)), largest], total) >= _MAIN)
        for k in np.unique(largest[mostly]).tolist():
            yield SCRIPTS[k], mostly & (largest == k)
        left &= ~mostly
        for pair in _TOGETHER:
            columns = [SCRIPTS.index(name) for name in pair]
            both = left & (ratio(letters[:, columns].sum(1), total) >= _MAIN)
            yield " and ".join(pair), both
            left &= ~both
        yield "mixed", left
