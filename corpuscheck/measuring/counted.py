"""Counted: what is known of the words of texts, and the sums of it that all counters keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from corpuscheck.errors import TextError, TokenizerError
from corpuscheck.kernels.arrays import Ints
from corpuscheck.measuring.piecewise import Taken
from corpuscheck.measuring.shattering import ShatterTally, TouchedDocuments
from corpuscheck.measuring.units import Units
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.profile.lost import LostWords
from corpuscheck.profile.words import WordPart
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.files import FileRecord
from corpuscheck.text.printable import printable
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.encoder import Encoded

MOST_DISTINCT = 1 << 16

NO_PAIRS: Ints = np.zeros((0, 2), np.int64)


@dataclass(frozen=True)
class Counted:
    """Words, [UNK] words and shattered words of each unit of a batch; new characters, see `Walked`.

    `tokens` of each unit are None where not everything was encoded. `guilty` has a row (unit, code point) for each lost
    word with a character that no piece holds, by the first of them.
    """

    words: Ints
    unk_words: Ints
    shattered: Ints
    first_lost: Ints
    new: Ints
    places: Ints
    guilty: Ints
    tokens: Ints | None = None


class WordTally:
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
        if len(lost) > 2 * MOST_DISTINCT:
            bounded = LostWords(self._level, lost).bounded()
            self.lost, self._level = bounded.counts, bounded.level

    def note(self, octave: int, seen: Outcome) -> None:
        """Note what a tokenizer made of a text, besides what `add` is told."""
        self.lose(((octave, word), 1) for word in seen.lost)
        self.special.update(seen.special)
        self.shattered.meet(octave, seen.shattered)

    def take(self, pieces: Taken) -> None:
        """Note what kernels made of texts."""
        self.lose(((octave, word), times) for octave, word, times in pieces.lost())
        self.shattered.take(pieces)

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


@dataclass(frozen=True)
class Outcome:
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


class Asker:
    """Asks the real tokenizer."""

    def __init__(self, artefact: Artefact) -> None:
        self._encoder = artefact.encoder
        self._unk = artefact.unk_id
        self._special = artefact.special_ids

    def outcomes(self, texts: list[str]) -> list[Outcome]:
        found = self._encoder.encode(texts)
        return [self._outcome(text, encoded) for text, encoded in zip(texts, found, strict=True)]

    def _outcome(self, text: str, encoded: Encoded) -> Outcome:
        if not encoded.watched:
            return Outcome(encoded.tokens, encoded.words, shattered=encoded.shattered)
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
        return Outcome(encoded.tokens, encoded.words, len(first), unk_tokens, lost, tuple(special), shattered)


def named(error: TextError, batch: Batch, document: int, records: Sequence[FileRecord]) -> TokenizerError:
    """The error with the file that holds the text."""
    if batch.files is None or not records:
        return error
    return error.of(printable(records[batch.files[document]].path, LONGEST_PATH))
