"""Look for texts that a model will be tested with: cut them into stretches, and find these in the corpus."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache, cached_property
from hashlib import blake2b
from typing import Any

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Flagged, Flags, Hashes, Ints
from corpuscheck.kernels.columns import COLUMNS, LETTERS, WIDE_SCRIPTS
from corpuscheck.kernels.inspection import inspect
from corpuscheck.kernels.stretches import ANCHOR, BASE, LONGEST, fill_slots, find_stretches, hash_between, word_starts
from corpuscheck.measuring.documents import PLACE_BITS, Ended
from corpuscheck.measuring.kinds import characters
from corpuscheck.profile.against import MOST_PLACED, AgainstPart, Benchmark, PlaceInCorpus
from corpuscheck.profile.table import first_rows
from corpuscheck.reading.batch import Batch, batch_of
from corpuscheck.reading.files import FileRecord
from corpuscheck.text.composing import normalised
from corpuscheck.text.scripts import SCRIPTS

WORDS, CHARACTERS = 13, 30
"""A stretch has so many words; where scripts part no words, so many letters."""

WIDE_SHORTEST, SHORTEST = ANCHOR, 20
"""Letters that a document needs to be looked for: of scripts in which few say much, and of others."""

FEW, MANY, SHARE = 3, 50, 0.1
"""A stretch is shared where more documents of a benchmark than `FEW` and than this share have it, or than `MANY`."""

_WITHOUT_SPACES = [SCRIPTS.index(name) for name in ("Han", "Kana", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan")]
_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class BenchmarkTexts:
    """The documents of a benchmark, by file."""

    name: str
    files: tuple[tuple[str, tuple[bytes, ...]], ...]

    @cached_property
    def fingerprint(self) -> str:
        """The same for the same documents in the same order."""
        digest = blake2b(digest_size=12)
        for _, texts in self.files:
            for text in texts:
                digest.update(len(text).to_bytes(8, "big") + text)
        return digest.hexdigest()


@dataclass(frozen=True)
class _Stretches:
    """The stretches of documents: hashes of their beginnings and of the whole, letters; how many each document has, and
    how many of their steps are half of one."""

    anchors: Hashes
    wholes: Hashes
    lengths: Ints
    counts: Ints
    halves: Ints

    @classmethod
    def joined(cls, parts: Sequence[_Stretches]) -> _Stretches:
        hashes, figures = np.zeros(0, np.uint64), np.zeros(0, np.int64)
        nothing = cls(hashes, hashes, figures, figures, figures)
        return cls(*(np.concatenate([getattr(part, one.name) for part in (nothing, *parts)]) for one in fields(cls)))


@dataclass(frozen=True, eq=False)
class Benchmarks:
    """All that is looked for: distinct stretches ascending by their anchors, and which of them each benchmark has."""

    anchors: Hashes
    wholes: Hashes
    lengths: Flags
    known: dict[str, Benchmark]
    numbers: dict[str, Ints]

    @classmethod
    def of(cls, texts: Sequence[BenchmarkTexts]) -> Benchmarks:
        """Cut texts into stretches."""
        each = {one.fingerprint: one for one in texts}
        cuts = {name: _cut([text for _, held in one.files for text in held]) for name, one in each.items()}
        every = _Stretches.joined(list(cuts.values()))
        order = _in_order(every)
        starts = first_rows(every.anchors[order], every.wholes[order], every.lengths[order])
        new = np.zeros(len(order), np.int64)
        new[starts] = 1
        numbers = np.empty(len(order), np.int64)
        numbers[order] = np.cumsum(new) - 1
        ends = np.cumsum([len(cut.anchors) for cut in cuts.values()]).tolist()
        of_each = dict(zip(cuts, np.split(numbers, ends[:-1]), strict=True)) if cuts else {}
        known = {name: _described(each[name], cut, of_each[name]) for name, cut in cuts.items()}
        rows = order[starts]
        lengths = every.lengths[rows].astype(np.int32)
        return cls(every.anchors[rows], every.wholes[rows], lengths, known, of_each)

    @property
    def fingerprint(self) -> str:
        return ",".join(sorted(self.known))

    @cached_property
    def table(self) -> tuple[Hashes, int, Flags]:
        """The sieve of the anchors, by how far they are shifted, and the slots that find them."""
        bits = max(10, (16 * len(self.anchors)).bit_length())
        sieve, shift = np.zeros(1 << (bits - 6), np.uint64), 64 - bits
        slots = np.full(1 << (2 * len(self.anchors) + 1).bit_length(), -1, np.int32)
        fill_slots(self.anchors, sieve, shift, slots)
        return sieve, shift, slots

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "table"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)


def _described(texts: BenchmarkTexts, cut: _Stretches, numbers: Ints) -> Benchmark:
    """What is told of a benchmark, and which of its stretches many of its documents share."""
    counts = cut.counts
    documents = np.repeat(np.arange(len(counts)), counts)
    pairs = np.sort(numbers * len(counts) + documents)
    holders = np.bincount(pairs[first_rows(pairs)] // max(1, len(counts)), minlength=int(numbers.max(initial=0)) + 1)
    holders = holders[numbers]
    shared = ((holders > FEW) & (holders > SHARE * len(counts))) | (holders > MANY)
    shared = _widened(shared, documents, cut.halves[documents])
    files = tuple((path, len(held)) for path, held in texts.files)
    short = int((counts == 0).sum())
    return Benchmark(texts.name, files, short, counts.astype("<u4").tobytes(), np.packbits(shared).tobytes())


def _widened(shared: Flagged, documents: Ints, halves: Ints) -> Flagged:
    """With the stretches that are half a shared one or more: they say little of their own."""
    widened = shared.copy()
    for step in range(1, int(halves.max(initial=0)) + 1):
        near = (documents[step:] == documents[:-step]) & (halves[step:] >= step)
        widened[step:] |= shared[:-step] & near
        widened[:-step] |= shared[step:] & near
    return widened


def _in_order(stretches: _Stretches) -> Ints:
    """The order by anchors; only the few stretches that share theirs are compared any further."""
    order = np.argsort(stretches.anchors)
    anchors = stretches.anchors[order]
    same = anchors[1:] == anchors[:-1]
    tied = np.flatnonzero(np.append(False, same) | np.append(same, False))
    rows = order[tied]
    order[tied] = rows[np.lexsort((stretches.lengths[rows], stretches.wholes[rows], stretches.anchors[rows]))]
    return order


def _cut(texts: Sequence[bytes]) -> _Stretches:
    """The stretches of documents, a megabyte at a time."""
    parts: list[_Stretches] = []
    waiting: list[bytes] = []
    size = 0
    for text in texts:
        waiting.append(text)
        size += len(text)
        if size > _AT_ONCE:
            parts.append(_cut_some(_composed(waiting)))
            waiting, size = [], 0
    return _Stretches.joined([*parts, _cut_some(_composed(waiting))] if waiting else parts)


def _composed(texts: Sequence[bytes]) -> Sequence[bytes]:
    """The texts in NFC, all at once: nothing joins a line end."""
    together = b"\n".join(texts).decode()
    whole = normalised("NFC", together)
    if whole == together:
        return texts
    data = whole.encode()
    line_ends = np.append(np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n")), len(data))
    ends = line_ends[np.cumsum([text.count(b"\n") + 1 for text in texts]) - 1].tolist()
    return [data[start:end] for start, end in zip([0, *(end + 1 for end in ends)], ends, strict=False)]


def _cut_some(texts: Sequence[bytes]) -> _Stretches:
    batch = batch_of(texts)
    data, n = batch.data, len(texts)
    rows, totals = np.zeros((n, COLUMNS), np.int64), np.zeros(n, np.uint64)
    prefix, begins, stops = np.zeros(len(data) + n + 1, np.uint64), np.zeros(n, np.int64), np.zeros(n, np.int64)
    inspect(data, batch.starts, batch.ends, characters(), rows, totals, prefix, begins, stops)
    words, documents = np.empty(len(data) + 1, np.int64), np.empty(len(data) + 1, np.int64)
    found = word_starts(data, batch.starts, batch.ends, characters(), words, documents)
    letters, scripts = stops - begins, rows[:, :LETTERS]
    unspaced = _unspaced(scripts)
    documents, starts, ends = _spans(words[:found], documents[:found], letters, scripts, unspaced)
    counts = np.bincount(documents, minlength=n)
    halves = np.where(unspaced, CHARACTERS // 2, WORDS // 2)
    starts, ends = starts + begins[documents], ends + begins[documents]
    lengths = ends - starts
    wholes = prefix[ends] - prefix[starts] * powers()[lengths]
    anchors = np.empty(len(starts), np.uint64)
    hash_between(prefix[starts], prefix[starts + ANCHOR], anchors)
    return _Stretches(anchors, wholes, lengths, counts, halves)


def _spans(words: Ints, documents: Ints, letters: Ints, scripts: Ints, unspaced: Flagged) -> tuple[Ints, Ints, Ints]:
    """The stretches of documents of so many letters: the document of each, its first letter and the one after its last.

    Words begin at these letters of these documents.
    """
    wide = 2 * scripts[:, list(WIDE_SCRIPTS)].sum(1) > scripts.sum(1)
    long = letters >= np.where(wide, WIDE_SHORTEST, SHORTEST)
    held = (long & ~unspaced)[documents] & (words < letters[documents])
    words, documents = words[held], documents[held]
    counts = np.bincount(documents, minlength=len(letters))
    number = np.arange(len(words)) - (np.cumsum(counts) - counts)[documents]
    goes_on = number + WORDS < counts[documents]
    ends = np.where(goes_on, words[np.minimum(np.arange(len(words)) + WORDS, len(words) - 1)], letters[documents])
    begins = number < np.maximum(1, counts[documents] - WORDS + 1)
    spans = documents[begins], words[begins], ends[begins]
    if (long & unspaced).any():
        each = np.where(long & unspaced, np.maximum(1, letters - CHARACTERS + 1), 0)
        of = np.repeat(np.arange(len(letters)), each)
        starts = np.arange(len(of)) - (np.cumsum(each) - each)[of]
        more = of, starts, np.minimum(starts + CHARACTERS, letters[of])
        order = np.argsort(np.concatenate((spans[0], of)), kind="stable")
        spans = tuple(np.concatenate(pair)[order] for pair in zip(spans, more, strict=True))  # type: ignore[assignment]
    documents, starts, ends = spans
    return documents, starts, np.minimum(ends, starts + LONGEST)


def _unspaced(scripts: Ints) -> Flagged:
    """Whether most letters are of scripts that part no words, from letters by script in the last axis."""
    unspaced: Flagged = 2 * scripts[..., _WITHOUT_SPACES].sum(-1) > scripts.sum(-1)
    return unspaced


@cache
def powers() -> Hashes:
    """What the first of so many letters is multiplied by in the hash of them all."""
    return np.multiply.accumulate(np.array([1, *[BASE] * LONGEST], np.uint64))


class StretchLooker(ABC):
    """Looks for stretches in the documents of one work unit, by the hashes of their beginnings."""

    def __init__(self) -> None:
        self._tail: Hashes = np.zeros(0, np.uint64)

    def observe(self, batch: Batch, documents: Ended, prefix: Hashes, begins: Ints, stops: Ints) -> None:
        """Look into documents: `prefix[begins[d]]` to `prefix[stops[d]]` are the hashes of the beginnings of one."""
        if not len(begins):
            return
        joined = self._tail
        if batch.offset and len(self._tail):
            first, last = int(begins[0]), int(min(stops[0], begins[0] + LONGEST))
            head = prefix[first : last + 1] + (self._tail[-1] - prefix[first]) * powers()[: last + 1 - first]
            joined = np.concatenate((self._tail, head[1:]))
            self._look(batch, documents, joined, np.zeros(1, np.int64), np.array([len(joined) - 1]))
        self._look(batch, documents, prefix, begins, stops)
        goes_on = batch.unfinished or batch.shared is not None
        first, last = int(begins[-1]), int(stops[-1])
        short = len(begins) == 1 and batch.offset > 0 and last - first < LONGEST
        rest = joined if short and len(joined) else prefix[max(first, last - LONGEST) : last + 1]
        self._tail = rest[-LONGEST - 1 :].copy() if goes_on else self._tail[:0]

    @abstractmethod
    def _look(self, batch: Batch, documents: Ended, prefix: Hashes, firsts: Ints, lasts: Ints) -> None:
        """Look between these rows of `prefix`; those of the first document may be its border with the batch before."""


class StretchFinder(StretchLooker):
    """Finds which stretches stand in the documents of one work unit, and where each first does."""

    def __init__(self, records: Sequence[FileRecord], benchmarks: Benchmarks) -> None:
        super().__init__()
        self._records, self._benchmarks = records, benchmarks
        self._seen = np.zeros(len(benchmarks.anchors), np.uint8)
        self._files = np.zeros(len(benchmarks.anchors), np.int32)
        self._places = np.zeros(len(benchmarks.anchors), np.int64)

    def _look(self, batch: Batch, documents: Ended, prefix: Hashes, firsts: Ints, lasts: Ints) -> None:
        known, new = self._benchmarks, np.empty((int((self._seen == 0).sum()), 2), np.int64)
        sieve, shift, slots = known.table
        n = find_stretches(
            prefix, firsts, lasts, sieve, shift, slots, known.anchors, known.wholes, known.lengths, powers(),
            self._seen, new,
        )  # fmt: skip
        if batch.shared is None:
            stretches, found = new[:n].T
            self._files[stretches], self._places[stretches] = documents.files[found], documents.places[found]

    def finish(self) -> AgainstPart:
        """What was found of each benchmark."""
        found: dict[str, bytes] = {}
        places: dict[tuple[str, int], PlaceInCorpus] = {}
        for name, numbers in self._benchmarks.numbers.items():
            hits = self._seen[numbers]
            found[name] = np.packbits(hits).tobytes()
            places |= {(name, document): place for document, place in self._first(name, numbers, hits)}
        return AgainstPart(self._benchmarks.known, found, places).bounded()

    def _first(self, name: str, numbers: Ints, hits: Bytes) -> Iterator[tuple[int, PlaceInCorpus]]:
        """The first place of each document of which something is found."""
        rows = np.flatnonzero(hits)
        counts = self._benchmarks.known[name].counts
        documents = np.repeat(np.arange(len(counts)), counts)[rows]
        if len(firsts := first_rows(documents)) > MOST_PLACED:
            rows, documents = rows[: firsts[MOST_PLACED]], documents[: firsts[MOST_PLACED]]
        files, places = self._files[numbers[rows]], self._places[numbers[rows]]
        known, which = np.unique(files, return_inverse=True)
        paths = [self._records[file].path for file in known.tolist()]
        ranks = np.empty(len(paths), np.int64)
        ranks[sorted(range(len(paths)), key=paths.__getitem__)] = np.arange(len(paths))
        order = np.lexsort((places, ranks[which], documents))
        for row in order[first_rows(documents[order])].tolist():
            place = int(places[row])
            yield int(documents[row]), (paths[which[row]], place >> PLACE_BITS, place & (1 << PLACE_BITS) - 1)
