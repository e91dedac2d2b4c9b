"""Choose a few documents of a corpus: the worst by a rule, or some by hash, the same in whatever order they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any, Self

import numpy as np

from corpuscheck.kernels.arrays import Hashes, Ints
from corpuscheck.kernels.columns import BYTES
from corpuscheck.kernels.hashing import hash_parts
from corpuscheck.measuring.block import Block, Measure
from corpuscheck.measuring.documents import PLACE_BITS, Ended, Fragment, text_hash
from corpuscheck.measuring.inspecting import Inspector, only_korean
from corpuscheck.measuring.ledger import counted_in
from corpuscheck.measuring.repeats import LineTable, SharedLines
from corpuscheck.measuring.words import WordCounter
from corpuscheck.peeking.criteria import CRITERIA
from corpuscheck.peeking.view import View
from corpuscheck.profile.document_rules import Counts, Mask
from corpuscheck.profile.part import Part, largest, merging, rows, total
from corpuscheck.reading.files import FileRecord


@dataclass(frozen=True)
class Choice:
    """A document by where it stands in the order asked for. `rank` is (-score, -bytes), or a hash.

    `number` counts the documents of the file from 0, from its range `start` on.
    """

    rank: tuple[int, ...]
    path: str
    start: int
    number: int
    utf8_bytes: int
    score: int = 0

    @property
    def order(self) -> tuple[tuple[int, ...], str, int, int]:
        return (self.rank, self.path, self.start, self.number)


def _added(rows: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(map(sum, zip_longest(*rows, fillvalue=0)))


@dataclass(frozen=True)
class ChoicePart(Part):
    """The first `most` documents in their order; of equal hashes the first place.

    `documents` were looked at, `held` of them are what was asked for, `amounts` counts each word.
    """

    most: int = largest()
    choices: tuple[Choice, ...] = rows()
    documents: int = total()
    held: int = total()
    amounts: tuple[int, ...] = merging(_added, default=())

    def bounded(self) -> Self:
        return replace(self, choices=_first(self.most, self.choices))


def _first(most: int, choices: Iterable[Choice]) -> tuple[Choice, ...]:
    """Of equal texts, which have equal hashes, only the first: whatever is dropped would be dropped later too."""
    kept: list[Choice] = []
    for choice in sorted(choices, key=lambda c: c.order):
        if len(kept) == most:
            break
        if not (kept and len(choice.rank) == 1 and kept[-1].rank == choice.rank):
            kept.append(choice)
    return tuple(kept)


def chooser(
    view: View, records: Sequence[FileRecord], counter: WordCounter | None = None, shared: Hashes | None = None
) -> Measure:
    """The chooser for what is asked for; `counter` counts [UNK], `shared` are lines that several documents have."""
    if view.rule == "CC301" and counter:
        return _MostUnknown(view, records, counter)
    if view.rule == "CC504" and shared is not None:
        return _MostShared(view, records, shared)
    if view.rule:
        return _Worst(view, records)
    return _Holders(view, records) if view.words else _Typical(view, records)


class _Kept:
    """The choices of one work unit so far."""

    def __init__(self, view: View, records: Sequence[FileRecord]) -> None:
        self._most, self._records = view.count, records
        self.part = ChoicePart(view.count)
        self.split: dict[str, Ints] = {}

    def keep(self, rows: Ints, ranks: Iterable[tuple[int, ...]], documents: Ended, score: Ints) -> None:
        """Enter these documents of a batch."""
        new = [
            Choice(rank, path, start, number, int(documents.sizes[k]), int(score[k]))
            for k, rank, (path, start, number) in zip(rows.tolist(), ranks, self._places(rows, documents), strict=True)
        ]
        self.part = self.part.merge(ChoicePart(self._most, tuple(new)))

    def count(self, documents: int, held: int, amounts: Sequence[int] = ()) -> None:
        self.part = self.part.merge(ChoicePart(self._most, (), documents, held, tuple(amounts)))

    def _places(self, rows: Ints, documents: Ended) -> Iterator[tuple[str, int, int]]:
        for k in rows.tolist():
            place = int(documents.places[k])
            yield self._records[documents.files[k]].path, place >> PLACE_BITS, place & ((1 << PLACE_BITS) - 1)

    def finish(self) -> dict[str, Any]:
        return {"chosen": self.part, "split": counted_in(self.split)}


def _smallest(rows: Ints, *keys: Hashes | Ints, most: int) -> Ints:
    """The rows with the first `most` keys, and all that are equal to the last of them."""
    order = rows[np.lexsort([key[rows] for key in reversed(keys)])]
    if len(order) <= most:
        return order
    last = order[most - 1]
    same = np.logical_and.reduce([key[order] == key[last] for key in keys])
    return order[: int(np.flatnonzero(same)[-1]) + 1]


class _Typical(_Kept):
    """Documents by the hash of their text and the seed."""

    def __init__(self, view: View, records: Sequence[FileRecord]) -> None:
        super().__init__(view, records)
        self._seed = view.seed

    def observe(self, block: Block) -> None:
        documents = block.ended
        written = documents.sizes > 0
        self.draw(documents, written, np.zeros(len(documents), np.int64))
        self.count(len(documents), int(written.sum()))

    def draw(self, documents: Ended, held: Mask, score: Ints) -> None:
        hashes = _seeded(documents.hashes, self._seed)
        _, first = np.unique(hashes, return_index=True)
        first = first[held[first]]
        rows = _smallest(first.astype(np.int64), hashes, most=self._most)
        self.keep(rows, ((int(hashes[k]),) for k in rows), documents, score)


def _seeded(hashes: Hashes, seed: int) -> Hashes:
    out = np.empty(len(hashes), np.uint64)
    hash_parts(np.ascontiguousarray(hashes), np.full(len(hashes), seed, np.int64), out)
    return out


class _Holders(_Typical):
    """Documents that hold one of the words, by hash."""

    def __init__(self, view: View, records: Sequence[FileRecord]) -> None:
        super().__init__(view, records)
        self._words = [word.encode() for word in view.words]
        self._carried = [b"" for _ in self._words]
        self._found = np.zeros(len(self._words), np.int64)

    def observe(self, block: Block) -> None:
        batch, documents = block.batch, block.ended
        data, counts = batch.data.tobytes(), np.zeros((len(self._words), len(batch.starts)), np.int64)
        spans = list(zip(batch.starts.tolist(), batch.ends.tolist(), strict=True))
        for row, word in zip(counts, self._words, strict=True):
            if word in data:
                row[:] = [data.count(word, start, end) for start, end in spans]
        if batch.offset and spans:
            counts[:, 0] = [self._first(k, data[slice(*spans[0])]) for k in range(len(self._words))] + self._found
        if batch.unfinished and spans:
            begun = b"" if not (batch.offset and len(spans) == 1) else None
            self._found = counts[:, -1].copy()
            for k in range(len(self._words)):
                self._carried[k] = self._rest(
                    k, (self._carried[k] if begun is None else begun) + data[slice(*spans[-1])]
                )
        ended = counts[:, : len(documents)]
        held = ended.sum(0)
        self.draw(documents, held > 0, held)
        self.count(len(documents), int((held > 0).sum()), ended.sum(1).tolist())

    def _first(self, k: int, text: bytes) -> int:
        return (self._carried[k] + text).count(self._words[k])

    def _rest(self, k: int, text: bytes) -> bytes:
        """What may be the beginning of the word: after its last occurrence, shorter than itself."""
        word, at = self._words[k], 0
        while (found := text.find(word, at)) >= 0:
            at = found + len(word)
        return text[max(at, len(text) - len(word) + 1) :]


class _Worst(_Kept):
    """Documents by a rule, counted and scored as a scan does."""

    def __init__(self, view: View, records: Sequence[FileRecord]) -> None:
        super().__init__(view, records)
        self._rule = view.rule
        self._inspector = Inspector(records, view.rule == "CC404", LineTable(1))
        self.split = self._inspector.split

    def observe(self, block: Block) -> None:
        batch, documents = block.batch, block.ended
        rows = self._inspector.observe(batch, documents).rows
        hits, score = judged(self._rule, rows)
        chosen = _smallest(hits, -score, -rows[:, BYTES], most=self._most)
        self.keep(chosen, ((-int(score[k]), -int(rows[k, BYTES])) for k in chosen), documents, score)
        self.count(len(rows), len(hits))


class _MostOf(_Kept):
    """Documents by an amount that is added up while they go on from batch to batch."""

    _open = 0

    def amounts(self, block: Block) -> Ints:
        """Of each document as far as it is in this batch."""
        raise NotImplementedError

    def observe(self, block: Block) -> None:
        batch, documents = block.batch, block.ended
        score = self.amounts(block)
        if batch.offset and len(score):
            score[0] += self._open
        self._open = int(score[-1]) if batch.unfinished and len(score) else 0
        ended = score[: len(documents)]
        hits = np.flatnonzero(ended)
        chosen = _smallest(hits, -ended, -documents.sizes, most=self._most)
        self.keep(chosen, ((-int(ended[k]), -int(documents.sizes[k])) for k in chosen), documents, ended)
        self.count(len(documents), len(hits))


class _MostUnknown(_MostOf):
    """Documents by their [UNK] words."""

    def __init__(self, view: View, records: Sequence[FileRecord], counter: WordCounter) -> None:
        super().__init__(view, records)
        self._counter = counter

    def amounts(self, block: Block) -> Ints:
        return self._counter.observe(block.batch, block.documents, block.documents.held_out(0.0)).unk_words

    def finish(self) -> dict[str, Any]:
        self._counter.walker.finish()
        return super().finish()


class _MostShared(_MostOf):
    """Documents by the bytes of their lines that other documents have too."""

    def __init__(self, view: View, records: Sequence[FileRecord], shared: Hashes) -> None:
        super().__init__(view, records)
        self._lines = SharedLines(shared)
        self._inspector = Inspector(records, False, self._lines)

    def amounts(self, block: Block) -> Ints:
        self._inspector.observe(block.batch, block.ended)
        return self._lines.found


def judged(rule: str, rows: Ints) -> tuple[Ints, Ints]:
    """The rows that the rule names, and the score of each."""
    counts = Counts(rows)
    hits: Ints = np.flatnonzero(CRITERIA[rule].hit(counts))
    return hits, CRITERIA[rule].score(counts)


def chosen_of_shared(view: View, split: dict[str, Fragment]) -> ChoicePart:
    """The choices among documents that several work units shared, now that all their parts are known."""
    paths = list(split)
    sizes = np.array([split[path].size for path in paths], np.int64)
    if view.rule:
        rows = np.array([split[path].counts for path in paths], np.int64)
        only_korean(rows)
        hits, score = judged(view.rule, rows)
        found = [Choice((-int(score[k]), -int(sizes[k])), paths[k], 0, 0, int(sizes[k]), int(score[k])) for k in hits]
    else:
        hashes = np.array([text_hash(split[path].total, split[path].size) for path in paths], np.uint64)
        ranks = _seeded(hashes, view.seed).tolist()
        found = [Choice((ranks[k],), paths[k], 0, 0, int(sizes[k])) for k in range(len(paths))]
    return ChoicePart(view.count, tuple(found), len(paths), len(found)).bounded()
