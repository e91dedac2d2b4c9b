"""Count [UNK]: exactly what the tokenizer gives, at a fraction of its work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from corpuscheck.errors import TextError, TokenizerError
from corpuscheck.kernels.arrays import Ints
from corpuscheck.kernels.strings import StringTable
from corpuscheck.kernels.words import IS_CHUNK, IS_LOST
from corpuscheck.measuring.shattering import ShatterTally, TouchedDocuments
from corpuscheck.measuring.text import Walked, Walker
from corpuscheck.measuring.units import Units, octaves_of, passages_of
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.profile.lost import LostWords
from corpuscheck.profile.words import WordPart
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.files import FileRecord
from corpuscheck.text.printable import printable
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.encoder import Encoded
from corpuscheck.tokenizer.probing import CharacterTable
from corpuscheck.tokenizer.ranking import segmentation_artefact

_MOST_DISTINCT = 1 << 16
_LONGEST_ENCODED = 1 << 18


@dataclass(frozen=True)
class Counted:
    """Words, [UNK] words and shattered words of each unit of a batch; new characters, see `Walked`."""

    words: Ints
    unk_words: Ints
    shattered: Ints
    first_lost: Ints
    new: Ints
    places: Ints


class WordCounter(Protocol):
    """Counts the words of units and those with [UNK]; `walker` has counted their characters."""

    walker: Walker

    def observe(self, batch: Batch, units: Units, held_out: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Counted:
        """`first_lost` is the byte at which a unit's first [UNK] or shattered word stands, or somewhere before it."""
        ...

    def finish(self) -> WordPart: ...


def walked_with(artefact: Artefact) -> Artefact:
    """The tokenizer whose character table a counter walks with: its own, or BERT's plain segmentation."""
    return segmentation_artefact() if artefact.not_characterwise else artefact


def word_counter(
    artefact: Artefact, characters: CharacterTable, suspects: Suspects | None = None, records: Sequence[FileRecord] = ()
) -> WordCounter:
    """The fast counter where it is sound for this tokenizer, else the one that encodes everything."""
    if artefact.not_characterwise:
        return EncodingCounter(artefact, characters, records)
    return CharacterCounter(artefact, characters, suspects, records)


class _Tally:
    """The sums that both counters keep."""

    def __init__(self, artefact: Artefact) -> None:
        self._fingerprint = artefact.fingerprint
        self._totals = np.zeros(5, np.int64)
        self._documents = TouchedDocuments()
        self.shattered = ShatterTally(artefact.spelling)
        self.lost: dict[tuple[int, str], int] = {}
        self.special: Counter[str] = Counter()
        self._level = 0

    def add(
        self,
        batch: Batch,
        units: Units,
        held_out: np.ndarray[tuple[int], np.dtype[np.bool_]],
        words: Ints,
        unk_words: Ints,
        unk_tokens: int,
        shattered: Ints,
    ) -> None:
        """Take in words, [UNK] words and shattered words per unit."""
        self._totals += (words.sum(), unk_words.sum(), unk_tokens, words[held_out].sum(), unk_words[held_out].sum())
        self._documents.add(batch, units, unk_words)
        self.shattered.add(batch, units, held_out, shattered)

    def lose(self, words: Iterable[tuple[tuple[int, str], int]]) -> None:
        """Note lost words by their (octave, word), with their counts."""
        lost = self.lost
        for key, count in words:
            lost[key] = lost.get(key, 0) + count
        if len(lost) > 2 * _MOST_DISTINCT:
            bounded = LostWords(self._level, lost).bounded()
            self.lost, self._level = bounded.counts, bounded.level

    def part(self, tokens: int | None) -> WordPart:
        words, unk_words, unk_tokens, held, held_unk = (int(n) for n in self._totals)
        lost = LostWords(self._level, self.lost).bounded()
        return WordPart(
            self._fingerprint,
            words,
            unk_words,
            unk_tokens,
            held,
            held_unk,
            self._documents.whole,
            dict(self._documents.split),
            tokens,
            lost,
            dict(self.special),
            self.shattered.part(),
        )


class Suspects:
    """What a tokenizer makes of each distinct suspect: asked once, remembered from file to file."""

    def __init__(self, artefact: Artefact) -> None:
        self._asker = _Asker(artefact)
        self.forget()

    def forget(self) -> None:
        self._strings = StringTable()
        self.outcomes = np.zeros((0, 3), np.int64)
        self.lost_in: list[tuple[tuple[int, str], ...]] = []
        self.special_in: dict[int, tuple[str, ...]] = {}

    @property
    def full(self) -> bool:
        return len(self._strings) > _MOST_DISTINCT or self._strings.size > 1 << 23

    def numbers(self, batch: Batch, units: Units, walked: Walked) -> Ints:
        """The number of each span's string; strings not met before are judged.

        `outcomes` has a row (words, words with [UNK], [UNK] tokens) for each, `lost_in` the words it loses, each with
        the octave of its passage, `special_in` the special tokens of those that hold any. Raises TextError with the
        number of the unit where the tokenizer breaks down.
        """
        starts, ends, unit, what = (np.ascontiguousarray(walked.spans[:, k]) for k in range(4))
        labels = octaves_of(units, unit, starts) * 4 + what
        known = len(self._strings)
        ids = self._strings.number(batch.data, starts, ends, labels)
        new = range(known, len(self._strings))
        outcomes = np.zeros((len(new), 3), np.int64)
        questions: list[tuple[int, str]] = []
        for row, number in enumerate(new):
            text = self._strings.string(number).decode()
            octave, what_it_is = divmod(self._strings.label(number), 4)
            if what_it_is == IS_LOST:
                self.lost_in.append(((octave, text),))
            else:
                self.lost_in.append(())
                questions.append((row, text))
        try:
            answers = self._asker.outcomes([text for _, text in questions])
        except TextError as error:
            self.forget()
            first = np.flatnonzero(ids == known + questions[error.number][0])[0]
            raise TextError(error.what, int(unit[first])) from None
        for (row, _), seen in zip(questions, answers, strict=True):
            outcomes[row] = seen.words, seen.unk_words, seen.unk_tokens
            octave = self._strings.label(known + row) // 4
            self.lost_in[known + row] = tuple((octave, word) for word in seen.lost)
            if seen.special:
                self.special_in[known + row] = seen.special
        self.outcomes = np.concatenate((self.outcomes, outcomes))
        return ids


class CharacterCounter:
    """Words of safe characters are never [UNK]; only the others are looked at, each distinct one once."""

    def __init__(
        self,
        artefact: Artefact,
        characters: CharacterTable,
        suspects: Suspects | None,
        records: Sequence[FileRecord] = (),
    ) -> None:
        self.walker = Walker(characters, artefact.longest_word)
        self._suspects = suspects or Suspects(artefact)
        self._records = records
        self._tally = _Tally(artefact)
        self._occurrences = np.zeros(0, np.int64)

    def observe(self, batch: Batch, units: Units, held_out: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Counted:
        walked = self.walker.walk(batch, units)
        words, unk_words = walked.words, walked.lost
        unk_tokens = int(walked.lost.sum())
        first_unk = units.ends.copy()
        if len(walked.spans):
            try:
                ids = self._suspects.numbers(batch, units, walked)
            except TextError as error:
                raise _named(error, batch, units.documents[error.number], self._records) from None
            unit, what = walked.spans[:, 2], walked.spans[:, 3]
            outcomes = self._suspects.outcomes
            open_question = what != IS_LOST
            found = outcomes[ids[open_question]]
            np.add.at(words, unit[open_question], np.where(what[open_question] == IS_CHUNK, found[:, 0], 0))
            np.add.at(unk_words, unit[open_question], found[:, 1])
            unk_tokens += int(found[:, 2].sum())
            is_lost = ~open_question | (outcomes[ids, 1] > 0)
            np.minimum.at(first_unk, unit[is_lost], walked.spans[is_lost, 0])
            occurrences = np.bincount(ids, minlength=len(outcomes))
            occurrences[: len(self._occurrences)] += self._occurrences
            self._occurrences = occurrences
        shattered = np.zeros_like(words)  # WordPiece has no bytes to spell in
        self._tally.add(batch, units, held_out, words, unk_words, unk_tokens, shattered)
        if self._suspects.full:
            self._flush()
            self._suspects.forget()
        return Counted(words, unk_words, shattered, first_unk, walked.new, walked.places)

    def _flush(self) -> None:
        met = np.flatnonzero(self._occurrences)
        lost_in, counts = self._suspects.lost_in, self._occurrences[met].tolist()
        self._tally.lose((key, n) for number, n in zip(met.tolist(), counts, strict=True) for key in lost_in[number])
        for number, tokens in self._suspects.special_in.items():
            if number < len(self._occurrences) and self._occurrences[number]:
                for token in tokens:
                    self._tally.special[token] += int(self._occurrences[number])
        self._occurrences = np.zeros(0, np.int64)

    def finish(self) -> WordPart:
        self._flush()
        return self._tally.part(None)


class EncodingCounter:
    """Encodes every document: slow, and right for every tokenizer. `records` name the files of the batches.

    Raises TokenizerError naming the file on which a tokenizer breaks down.
    """

    def __init__(self, artefact: Artefact, characters: CharacterTable, records: Sequence[FileRecord] = ()) -> None:
        self.walker = Walker(characters, artefact.longest_word)
        self._asker = _Asker(artefact)
        self._records = records
        self._tally = _Tally(artefact)
        self._tokens = 0

    def observe(self, batch: Batch, units: Units, held_out: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Counted:
        walked = self.walker.walk(batch, units)
        words, unk_words = np.zeros(len(units.starts), np.int64), np.zeros(len(units.starts), np.int64)
        shattered = np.zeros_like(words)
        octaves = octaves_of(units, np.arange(len(units.starts)), units.starts)
        unk_tokens = 0
        for group in _groups(batch, units):
            for (u, _), seen in zip(group, self._outcomes(batch, units, group), strict=True):
                words[u] += seen.words
                unk_words[u] += seen.unk_words
                unk_tokens += seen.unk_tokens
                self._tokens += seen.tokens
                self._tally.lose(((int(octaves[u]), word), 1) for word in seen.lost)
                self._tally.special.update(seen.special)
                shattered[u] += len(seen.shattered)
                self._tally.shattered.meet(int(octaves[u]), seen.shattered)
        self._tally.add(batch, units, held_out, words, unk_words, unk_tokens, shattered)
        return Counted(words, unk_words, shattered, units.starts, walked.new, walked.places)

    def _outcomes(self, batch: Batch, units: Units, group: list[tuple[int, str]]) -> list[_Outcome]:
        try:
            return self._asker.outcomes([text for _, text in group])
        except TextError as error:
            document = units.documents[group[error.number][0]]
            raise _named(error, batch, document, self._records) from None

    def finish(self) -> WordPart:
        return self._tally.part(self._tokens)


def _named(error: TextError, batch: Batch, document: int, records: Sequence[FileRecord]) -> TokenizerError:
    """The error with the file that holds the text."""
    if batch.files is None or not records:
        return error
    return error.of(printable(records[batch.files[document]].path, LONGEST_PATH))


def _groups(batch: Batch, units: Units) -> Iterator[list[tuple[int, str]]]:
    """Units as text, about a quarter of a megabyte at a time."""
    group: list[tuple[int, str]] = []
    size = 0
    for u, start, stop in _encodable(batch, units):
        group.append((u, batch.data[start:stop].tobytes().decode()))
        size += stop - start
        if size >= _LONGEST_ENCODED:
            yield group
            group, size = [], 0
    if group:
        yield group


def _encodable(batch: Batch, units: Units) -> Iterator[tuple[int, int, int]]:
    """Spans to encode, (unit, start, stop): a unit whole, or the passages of one that is too long.

    The passages depend on the document alone, so that the figures do not depend on how it was cut for reading.
    """
    last = len(units.starts) - 1
    rows = passages_of(batch, units)[0]
    unit_of_row = rows[:, 2]
    for u in range(last + 1):
        start, stop = int(units.starts[u]), int(units.ends[u])
        partial = (u == 0 and units.offset > 0) or (u == last and batch.unfinished)
        if not partial and stop - start <= _LONGEST_ENCODED:
            yield u, start, stop
            continue
        first, end = np.searchsorted(unit_of_row, (u, u + 1))
        for row in rows[first:end].tolist():
            yield u, row[0], row[1]


@dataclass(frozen=True)
class _Outcome:
    """What a tokenizer made of a text: tokens, words, words with [UNK], [UNK] tokens, words lost, special tokens.

    `shattered` are its shattered words, each as its tokens.
    """

    tokens: int
    words: int
    unk_words: int = 0
    unk_tokens: int = 0
    lost: tuple[str, ...] = ()
    special: tuple[str, ...] = ()
    shattered: Sequence[Sequence[int]] = ()


class _Asker:
    """Asks the real tokenizer."""

    def __init__(self, artefact: Artefact) -> None:
        self._encoder = artefact.encoder
        self._unk = artefact.unk_id
        self._special = artefact.special_ids

    def outcomes(self, texts: list[str]) -> list[_Outcome]:
        found = self._encoder.encode(texts)
        return [self._outcome(text, encoded) for text, encoded in zip(texts, found, strict=True)]

    def _outcome(self, text: str, encoded: Encoded) -> _Outcome:
        if not encoded.watched:
            return _Outcome(encoded.tokens, encoded.words, shattered=encoded.shattered)
        first: dict[int | None, str] = {}
        special: list[str] = []
        unk_tokens = 0
        for id_, word, start, stop in encoded.watched:
            token = self._special.get(id_)
            if token is not None and (id_ != self._unk or token == text[start:stop].strip()):
                special.append(token)
            if id_ == self._unk:
                unk_tokens += 1
                first.setdefault(word, text[start:stop])
        lost, shattered = tuple(first.values()), encoded.shattered
        return _Outcome(encoded.tokens, encoded.words, len(first), unk_tokens, lost, tuple(special), shattered)
