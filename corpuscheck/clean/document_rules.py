"""What makes a document doubtful: rules of its counts, each neutral to language, each with where it does not apply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpuscheck.arrays import Ints
from corpuscheck.counted import (
    BRACES,
    BULLET_LINES,
    BYTES,
    CONTROLS,
    DIGITS,
    ENDED_LINES,
    LATIN_RUNS,
    LETTERS,
    LINE_BYTES,
    LINE_ENDS,
    LINES,
    LONG_WORDS,
    PRIVATE,
    PUNCTUATION,
    REPEATED,
    REPEATED_LINE_BYTES,
    REPLACEMENTS,
    RUN_BYTES,
    SAMPLED,
    SHORT_DOCUMENT,
    SHORT_LINES,
    SPACES,
    SYMBOLS,
    UNSPACED,
    WORDS,
)

Shares = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Counts:
    """The counts of documents: an array of rows with the columns of `counted`. Shares are of non-space characters."""

    rows: Ints

    def of(self, *columns: int) -> Ints:
        total: Ints = self.rows[:, list(columns)].sum(1)
        return total

    @property
    def letters(self) -> Ints:
        total: Ints = self.rows[:, :LETTERS].sum(1)
        return total

    @property
    def visible(self) -> Ints:
        total: Ints = self.rows[:, : REPLACEMENTS + 2].sum(1) - self.of(SPACES, LINE_ENDS)
        return total

    def share(self, *columns: int) -> Shares:
        return ratio(self.of(*columns), self.visible)


def ratio(part: Any, whole: Any) -> Shares:
    """0 where there is nothing to divide by."""
    shares: Shares = np.asarray(part, np.float64) / np.maximum(whole, 1)
    return shares


def few_letters(counts: Counts) -> Shares:
    """Less than half of what is written are letters.

    Blank text, tables, logs, codes and art made of characters look like this; prose in any script does not.

    Fix: leave out what is no text; keep tables only if the model shall read tables.
    """
    return 1 - ratio(counts.letters, counts.visible)


def many_digits(counts: Counts) -> Shares:
    """More than 40 % of what is written are digits: tables, measurements, lists of numbers.

    Fix: leave out tables of numbers, or cut them from the prose around them.
    """
    return counts.share(DIGITS)


def many_symbols(counts: Counts) -> Shares:
    """More than 35 % of what is written is punctuation and symbols: rules of characters, emoticons, encoded data.

    Fix: leave these documents out, or cut the lines that are made of symbols.
    """
    return counts.share(PUNCTUATION, SYMBOLS, BRACES)


def repeats_itself(counts: Counts) -> Shares:
    """More than 30 % of the document are stretches that it has already.

    A stretch has 16 characters in Korean, Chinese, Japanese, Thai and the like, 40 in other scripts.
    Spam, templates and texts that were pasted twice. Laws and code repeat themselves too: look before you delete.

    Fix: keep each passage once, and leave out spam.
    """
    return np.where(counts.of(SAMPLED) >= 8, ratio(counts.of(REPEATED), counts.of(SAMPLED)), 0.0)


def repeated_lines(counts: Counts) -> Shares:
    """More than 20 % of the bytes of its lines are lines that it has already. Judged from five lines on.

    Headers and footers of pages, menus, refrains.

    Fix: keep the first of each line; refrains of songs and verse may stay.
    """
    return ratio(counts.of(REPEATED_LINE_BYTES), counts.of(LINE_BYTES))


def only_short_lines(counts: Counts) -> Shares:
    """At least 90 % of the lines are short, and fewer than 12 % of them end in a mark.

    Short is up to 30 columns, of which a Korean character takes two.
    Menus, navigation, lists of names. Verse ends its lines with marks more often. Judged from ten lines on.

    Fix: extract the article without its navigation, or leave lists out.
    """
    lines = counts.of(LINES)
    unended = ratio(counts.of(ENDED_LINES), lines) < 0.12
    return np.where(unended, ratio(counts.of(SHORT_LINES), lines), 0.0)


def long_runs(counts: Counts) -> Shares:
    """More than 10 % of the bytes are runs of five and more of the same character, such as ------ or ㅋㅋㅋㅋㅋㅋ.

    Fix: shorten runs to two or three characters. ㅋㅋㅋ is style and may stay.
    """
    return ratio(counts.of(RUN_BYTES), counts.of(BYTES))


def unreadable(counts: Counts) -> Shares:
    """More than 0.1 % of what is written nobody can read: U+FFFD, control characters, private use.

    Damage, binary data, or fonts with characters of their own. Judged at any length.

    Fix: fetch these documents again, or leave them out.
    """
    return counts.share(CONTROLS, PRIVATE, REPLACEMENTS)


def wrongly_decoded(counts: Counts) -> Shares:
    """More than 2 % of what is written are runs of characters between U+0080 and U+00FF, three and more together.

    No language writes like that; UTF-8 that was read as Latin-1 does: mojibake.

    Fix: convert them back, with ftfy for instance, or fetch them again.
    """
    return counts.share(LATIN_RUNS)


def long_words(counts: Counts) -> Shares:
    """More than 2 % of the words are longer than 100 characters: encoded data, or text that has lost its spaces.

    Not judged where more than 30 % of the letters are of a script without spaces.

    Fix: leave out encoded data; text that has lost its spaces is best extracted again.
    """
    return ratio(counts.of(LONG_WORDS), counts.of(WORDS))


def braces(counts: Counts) -> Shares:
    """More than 1 % of what is written are the braces { and }: most likely program code or data.

    Code may well be what you collect; then --ignore this rule.

    Fix: leave out scripts and style sheets that came with web pages.
    """
    return counts.share(BRACES)


def only_bullets(counts: Counts) -> Shares:
    """More than 90 % of the lines begin with a bullet. Judged from five lines on.

    Fix: leave out what is only a list, or keep it if lists are what you collect.
    """
    return ratio(counts.of(BULLET_LINES), counts.of(LINES))


def _long(counts: Counts) -> Mask:
    return np.asarray(counts.of(BYTES) >= SHORT_DOCUMENT)


def _any(counts: Counts) -> Mask:
    return np.asarray(counts.of(BYTES) > 0)


def _lines(least: int) -> Callable[[Counts], Mask]:
    return lambda counts: _long(counts) & (counts.of(LINES) >= least)


def _spaced(counts: Counts) -> Mask:
    return _long(counts) & (ratio(counts.of(*UNSPACED), counts.letters) <= 0.3)


@dataclass(frozen=True)
class DocumentRule:
    """A rule of one document: it is doubtful where its score is above `beyond`, if the rule applies to it at all."""

    id: str
    name: str
    says: str
    score: Callable[[Counts], Shares]
    beyond: float
    applies: Callable[[Counts], Mask] = _long
    needs_shingles: bool = False


DOCUMENT_RULES: tuple[DocumentRule, ...] = (
    DocumentRule("CC401", "few-letters", "few letters", few_letters, 0.5),
    DocumentRule("CC402", "many-digits", "many digits", many_digits, 0.4),
    DocumentRule("CC403", "many-symbols", "many symbols", many_symbols, 0.35),
    DocumentRule("CC404", "repeats-itself", "repeats itself", repeats_itself, 0.3, needs_shingles=True),
    DocumentRule("CC405", "repeated-lines", "repeats lines", repeated_lines, 0.2, _lines(5)),
    DocumentRule("CC406", "only-short-lines", "only short lines", only_short_lines, 0.8999, _lines(10)),
    DocumentRule("CC407", "long-runs", "long runs", long_runs, 0.1),
    DocumentRule("CC408", "unreadable", "unreadable", unreadable, 0.001, _any),
    DocumentRule("CC409", "wrongly-decoded", "wrongly decoded", wrongly_decoded, 0.02),
    DocumentRule("CC410", "long-words", "long words", long_words, 0.02, _spaced),
    DocumentRule("CC411", "braces", "braces (code)", braces, 0.01),
    DocumentRule("CC412", "only-bullets", "only bullets", only_bullets, 0.9, _lines(5)),
)
