"""Look at a sample of documents for what stands in one of them alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from corpuscheck.kernels.arrays import CODE_POINTS, Bytes, Hashes, Ints
from corpuscheck.kernels.forecast import document_frequencies, word_types, words_with
from corpuscheck.measuring.block import Block
from corpuscheck.profile.forecast import BLOCKS, GROUPS, Alone, ForecastPart
from corpuscheck.profile.sample import ALL, Sample
from corpuscheck.reading.batch import Batch, batch_of
from corpuscheck.reading.files import FileRecord
from corpuscheck.tokenizer.probing import CharacterTable
from corpuscheck.tokenizer.ranking import LONGEST_WORD, rank, segmentation_artefact

COVERAGE = 0.9995
FOLDS = 10
_MOST_WORDS = 1 << 22
ALL_HASHES = (1 << 63) - 1


class DocumentSampler:
    """Collects whole documents by hash, and the size of every document in the order of reading."""

    def __init__(self, records: Sequence[FileRecord], budget: int, bound: int = ALL) -> None:
        self._records = records
        self._sample = Sample(budget, bound)
        self._waiting: list[tuple[int, bytes, int, int]] = []
        self._size = 0
        self._open: list[bytes] = []
        self._open_size = 0
        self._sizes: dict[int, list[int]] = {}

    def observe(self, block: Block) -> None:
        """Take in the documents of a block."""
        batch, units = block.batch, block.documents
        lengths = (batch.ends - batch.starts).tolist()
        if batch.shared is not None:
            return
        files = [0] * len(lengths) if batch.files is None else batch.files.tolist()
        last = len(lengths) - 1
        for k, length in enumerate(lengths):
            key = int(units.keys[k])
            goes_on, began = k == last and batch.unfinished, k == 0 and batch.offset > 0
            wanted = key < self._sample.bound and self._open_size + length <= self._sample.budget // 4
            text = batch.data[batch.starts[k] : batch.ends[k]].tobytes() if wanted else b""
            if not began:
                self._open, self._open_size = [], 0
            self._open.append(text)
            self._open_size += length
            if goes_on:
                continue
            self._sizes.setdefault(files[k], []).append(self._open_size)
            whole = b"".join(self._open)
            if whole and len(whole) == self._open_size:
                self._add(key, whole)
            self._open, self._open_size = [], 0

    def _add(self, key: int, text: bytes) -> None:
        self._waiting.append((key, text, 1, key))
        self._size += len(text)
        if self._size > self._sample.budget // 4:
            self._settle()

    def _settle(self) -> None:
        new = Sample.of(self._sample.budget, self._waiting, self._sample.bound)
        self._sample = self._sample.merge(new)
        self._waiting, self._size = [], 0

    def finish(self) -> dict[str, Any]:
        self._settle()
        places = {n: (self._records[n].path, self._records[n].start) for n in self._sizes}
        return {"sample": self._sample, "sizes": {places[n]: tuple(sizes) for n, sizes in self._sizes.items()}}


def forecast_part(sizes: Sequence[int], sample: Sample) -> ForecastPart:
    """The state for forecasts. `sizes` are of all documents, in the order in which the corpus is read."""
    documents = [(text, key) for text, count, key in sample.items() for _ in range(count)]
    all_sizes = np.array(sizes, np.int64)
    squares = sum(size * size for size in all_sizes.tolist())
    part = ForecastPart(len(sizes), int(all_sizes.sum()), squares, blocks=blocks_of(all_sizes))
    if not documents:
        return part
    looked = _Examined.of([text for text, _ in documents], np.array([key for _, key in documents], np.uint64))
    return replace(part, **looked.state())


def blocks_of(sizes: Ints) -> tuple[tuple[int, int, int], ...]:
    """Sums over neighbouring documents, in `BLOCKS` blocks of about equal bytes."""
    if len(sizes) < 2 * BLOCKS:
        return ()
    reached = np.cumsum(sizes)
    number = np.minimum((reached - sizes) * BLOCKS // max(1, int(reached[-1])), BLOCKS - 1)
    x = np.round(1000 * np.log(np.maximum(sizes, 1))).astype(np.int64)
    return tuple(
        (int((number == k).sum()), int(x[number == k].sum()), int((x[number == k] ** 2).sum())) for k in range(BLOCKS)
    )


@dataclass(frozen=True)
class _Examined:
    """Documents laid end to end, with what each code point is to BERT's segmentation."""

    batch: Batch
    keys: Hashes
    characters: CharacterTable

    @classmethod
    def of(cls, texts: Sequence[bytes], keys: Hashes) -> _Examined:
        batch = batch_of(texts)
        table = CharacterTable(segmentation_artefact())
        present = np.unique(np.frombuffer(batch.data.tobytes().decode().encode("utf-32-le"), np.uint32))
        table.learn(present.tolist())
        return cls(batch, keys, table)

    def state(self) -> dict[str, Any]:
        data, starts, ends, table = self.batch.data, self.batch.starts, self.batch.ends, self.characters.table
        sizes = (ends - starts).tolist()
        frequency = np.zeros(CODE_POINTS, np.int64)
        holders, counts = np.zeros((CODE_POINTS, 2), np.int64), np.zeros((CODE_POINTS, 2), np.int64)
        scratch = np.zeros(CODE_POINTS, np.int64)
        total = document_frequencies(data, starts, ends, table, scratch, frequency, holders, counts)
        once, twice = np.flatnonzero(frequency == 1), np.flatnonzero(frequency == 2)
        per_document = np.zeros(len(starts), np.int64)
        np.add.at(per_document, holders[once, 0], counts[once, 0])
        pairs = int((counts[twice, 0] * counts[twice, 1]).sum())
        marked = (frequency == 1).view(np.uint8)
        words, hit = self._words_with(marked, starts, ends)
        return {
            "examined": len(sizes),
            "examined_bytes": sum(sizes),
            "examined_squares": sum(size * size for size in sizes),
            "characters": _alone(per_document, total, pairs),
            "words": _alone(hit, int(words.sum()), pairs),
            "covered": self._covered(),
            "once": len(once),
            "twice": len(twice),
            "groups": self._groups(frequency, holders),
            "touched": int((per_document > 0).sum()),
            "types": self._types(),
        }

    def _words_with(self, marked: Bytes, starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
        words, hit = np.zeros(len(starts), np.int64), np.zeros(len(starts), np.int64)
        words_with(self.batch.data, starts, ends, self.characters.table, marked, LONGEST_WORD, words, hit)
        return words, hit

    def _covered(self) -> Alone:
        """Each tenth of the documents, judged by the alphabet that the other nine give."""
        fold = (self.keys % np.uint64(FOLDS)).astype(np.int64)
        counts = [self._counts(np.flatnonzero(fold == k)) for k in range(FOLDS)]
        everything = sum(counts, np.zeros(CODE_POINTS, np.int64))
        lost, total = np.zeros(len(fold), np.int64), 0
        for k in range(FOLDS):
            chosen = np.flatnonzero(fold == k)
            if not len(chosen):
                continue
            others = everything - counts[k]
            present = np.flatnonzero(others)
            ranking = rank(dict(zip(present.tolist(), others[present].tolist(), strict=True)))
            alphabet = set(ranking.characters[: ranking.covering(COVERAGE)])
            marked = np.ones(CODE_POINTS, np.uint8)
            marked[[ord(ch) for ch in alphabet]] = 0
            words, hit = self._words_with(marked, self.batch.starts[chosen], self.batch.ends[chosen])
            lost[chosen] = hit
            total += int(words.sum())
        return _alone(lost, total, 0)

    def _counts(self, chosen: Ints) -> Ints:
        from corpuscheck.kernels.utf8 import count_characters

        counts = np.zeros(CODE_POINTS, np.int64)
        starts, ends = self.batch.starts[chosen], self.batch.ends[chosen]
        count_characters(self.batch.data, starts, ends, np.ones(len(chosen), np.uint8), counts)
        return counts

    def _groups(self, frequency: Ints, holders: Ints) -> tuple[tuple[int, int], ...]:
        """Characters in one and in two documents, were a group of documents not there.

        Only characters in up to three documents can change; those in three are left as they are, which widens
        nothing and saves keeping a third holder.
        """
        group = (self.keys % np.uint64(GROUPS)).astype(np.int64)
        once, twice = np.flatnonzero(frequency == 1), np.flatnonzero(frequency == 2)
        first, second = group[holders[twice, 0]], group[holders[twice, 1]]
        rows = []
        for g in range(GROUPS):
            gone_once = int((group[holders[once, 0]] == g).sum())
            one_gone, both_gone = int(((first == g) ^ (second == g)).sum()), int(((first == g) & (second == g)).sum())
            rows.append((len(once) - gone_once + one_gone, len(twice) - one_gone - both_gone))
        return tuple(rows)

    def _types(self) -> tuple[tuple[int, int, int], ...]:
        """Distinct words in nested samples of the documents, from a sample of the words by their hash."""
        data, starts, ends = self.batch.data, self.batch.starts, self.batch.ends
        share = 1
        while len(data) // 4 // share > _MOST_WORDS:
            share *= 2
        order = np.argsort(np.argsort(self.keys, kind="stable"), kind="stable")
        hashes, holders = self._word_rows(ALL_HASHES // share)
        rows = []
        for part in (16, 4, 1):
            inside = order[holders] < max(1, len(starts) // part)
            size = int((ends - starts)[order < max(1, len(starts) // part)].sum())
            documents = _documents_of(hashes[inside], holders[inside])
            rows.append((size, len(documents) * share, int((documents == 1).sum()) * share))
        return tuple(rows)

    def _word_rows(self, highest: int) -> tuple[Hashes, Ints]:
        starts, ends = self.batch.starts, self.batch.ends
        room = max(1 << 20, int((ends - starts).max()) + 1)
        hashes, holders = np.empty(room, np.uint64), np.empty(room, np.int64)
        found: list[tuple[Hashes, Ints]] = []
        done = 0
        while done < len(starts):
            done, n = word_types(self.batch.data, starts, ends, self.characters.table, highest, hashes, holders, done)
            found.append((hashes[:n].copy(), holders[:n].copy()))
        return np.concatenate([h for h, _ in found]), np.concatenate([u for _, u in found])


def _documents_of(hashes: Hashes, holders: Ints) -> Ints:
    """In how many documents each distinct word stands."""
    order = np.argsort(hashes, kind="stable")
    words, documents = hashes[order], holders[order]
    new = np.ones(len(words), np.bool_)
    new[1:] = (words[1:] != words[:-1]) | (documents[1:] != documents[:-1])
    return np.unique(words[new], return_counts=True)[1]


def _alone(per_document: Ints, total: int, pairs: int) -> Alone:
    values = per_document[per_document > 0].tolist()
    return Alone(total, sum(values), sum(v * v for v in values), max(values, default=0), len(values), pairs)
