"""What makes a document doubtful: rules of its counts, each neutral to language, each with where it does not apply."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import Floats, Ints
from corpuscheck.kernels.columns import (
    BRACES,
    BULLET_LINES,
    BYTES,
    CONTROLS,
    DIGITS,
    ENDED_LINES,
    KINDS,
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

Mask = NDArray[np.bool_]
Columns = tuple[int, ...]

ALL_LETTERS: Columns = tuple(range(LETTERS))
VISIBLE: Columns = tuple(column for column in range(KINDS) if column not in (SPACES, LINE_ENDS))
"""What is written: all but spaces and line ends."""


@dataclass(frozen=True)
class Counts:
    """The counts of documents: an array of rows with the columns of `counted`."""

    rows: Ints

    def of(self, *columns: int) -> Ints:
        total: Ints = self.rows[:, list(columns)].sum(1)
        return total

    @property
    def visible(self) -> Ints:
        total: Ints = self.rows[:, :KINDS].sum(1) - self.of(SPACES, LINE_ENDS)
        return total


@dataclass(frozen=True)
class Share:
    """How much of the `whole` is the `part`, each a sum of columns; 0 where there is nothing to divide by."""

    part: Columns
    whole: Columns

    def of(self, counts: Counts) -> Floats:
        shares: Floats = np.asarray(counts.of(*self.part), np.float64) / np.maximum(counts.of(*self.whole), 1)
        return shares


@dataclass(frozen=True)
class Bound:
    """A share of a document that must not be larger than `most`."""

    share: Share
    most: float


@dataclass(frozen=True)
class DocumentRule:
    """A rule of one document: it is doubtful where its score is above `beyond`, if the rule is one for it at all.

    The score is a share, or with `rest` how much that leaves. It is `of` what a person is shown, who sees each `mark`.
    It is 0 where the whole is less than `enough`, or beyond the bound of `unless`. A document is not judged if it has
    fewer bytes or lines than the least, or is beyond the bound of `only`. A corpus is warned about where more than
    `allowed` of its documents, or of their bytes, are doubtful. `text` is what there is to know, with the thresholds
    in the place of their names.
    """

    id: str
    name: str
    says: str
    text: str
    share: Share
    beyond: float
    of: str
    mark: str
    rest: bool = False
    enough: int = 0
    unless: Bound | None = None
    least_bytes: int = SHORT_DOCUMENT
    least_lines: int = 0
    only: Bound | None = None
    allowed: float = 0.02
    needs_shingles: bool = False
    always_marked: bool = False

    @property
    def documentation(self) -> str:
        bounds = {name: bound.most for name in ("unless", "only") if (bound := getattr(self, name))}
        shares = {name: f"{100 * value:.3g} %" for name, value in (("beyond", self.beyond), *bounds.items())}
        return self.text.format(lines=self.least_lines, **shares)

    @property
    def kinds(self) -> Columns:
        """The kinds of characters that it counts; empty where it counts something else."""
        columns = [c for c in VISIBLE if c not in self.share.part] if self.rest else self.share.part
        return tuple(columns) if set(columns) <= set(VISIBLE) else ()

    def applies(self, counts: Counts) -> Mask:
        judged = (counts.of(BYTES) >= self.least_bytes) & (counts.of(LINES) >= self.least_lines)
        return judged & (self.only.share.of(counts) <= self.only.most) if self.only else judged

    def score(self, counts: Counts) -> Floats:
        score = 1 - self.share.of(counts) if self.rest else self.share.of(counts)
        counted = counts.of(*self.share.whole) >= self.enough
        if self.unless:
            counted &= self.unless.share.of(counts) <= self.unless.most
        return np.where(counted, score, 0.0)

    def names(self, counts: Counts) -> Mask:
        return self.applies(counts) & (self.score(counts) > self.beyond)


def _less_than(share: float) -> float:
    """The largest number below it."""
    return float(np.nextafter(share, 0))


DOCUMENT_RULES: tuple[DocumentRule, ...] = (
    DocumentRule(
        "CC401",
        "few-letters",
        "few letters",
        """More than {beyond} of what is written are no letters.

        Blank text, tables, logs, codes and art made of characters look like this; prose in any script does not.

        Fix: leave out what is no text; keep tables only if the model shall read tables.
        """,
        Share(ALL_LETTERS, VISIBLE),
        0.5,
        "of what is written are no letters",
        "no letters",
        rest=True,
    ),
    DocumentRule(
        "CC402",
        "many-digits",
        "many digits",
        """More than {beyond} of what is written are digits: tables, measurements, lists of numbers.

        Fix: leave out tables of numbers, or cut them from the prose around them.
        """,
        Share((DIGITS,), VISIBLE),
        0.4,
        "of what is written are digits",
        "digits",
    ),
    DocumentRule(
        "CC403",
        "many-symbols",
        "many symbols",
        """More than {beyond} of what is written is punctuation and symbols.

        Rules of characters, emoticons, encoded data.

        Fix: leave these documents out, or cut the lines that are made of symbols.
        """,
        Share((PUNCTUATION, SYMBOLS, BRACES), VISIBLE),
        0.35,
        "of what is written are punctuation and symbols",
        "symbols",
    ),
    DocumentRule(
        "CC404",
        "repeats-itself",
        "repeats itself",
        """More than {beyond} of the document are stretches that it has already.

        A stretch has 16 characters in Korean, Chinese, Japanese, Thai and the like, 40 in other scripts.
        Spam, templates and texts that were pasted twice. Laws and code repeat themselves too: look before you delete.

        Fix: keep each passage once, and leave out spam.
        """,
        Share((REPEATED,), (SAMPLED,)),
        0.3,
        "of it are stretches that it has already",
        "repeated stretch",
        enough=8,
        needs_shingles=True,
    ),
    DocumentRule(
        "CC405",
        "repeated-lines",
        "repeats lines",
        """More than {beyond} of the bytes of its lines are lines that it has already. Judged from {lines} lines on.

        Headers and footers of pages, menus, refrains.

        Fix: keep the first of each line; refrains of songs and verse may stay.
        """,
        Share((REPEATED_LINE_BYTES,), (LINE_BYTES,)),
        0.2,
        "of its lines, by bytes, are lines that it has already",
        "repeated line",
        least_lines=5,
    ),
    DocumentRule(
        "CC406",
        "only-short-lines",
        "only short lines",
        """At least {beyond} of the lines are short, and fewer than {unless} of them end in a mark.

        Short is up to 30 columns, of which a Korean character takes two.
        Menus, navigation, lists of names. Verse ends its lines with marks more often. Judged from {lines} lines on.

        Fix: extract the article without its navigation, or leave lists out.
        """,
        Share((SHORT_LINES,), (LINES,)),
        0.8999,
        "of its lines are short",
        "short line",
        unless=Bound(Share((ENDED_LINES,), (LINES,)), _less_than(0.12)),
        least_lines=10,
    ),
    DocumentRule(
        "CC407",
        "long-runs",
        "long runs",
        """More than {beyond} of the bytes are runs of five and more of one character, such as ------ or ㅋㅋㅋㅋㅋㅋ.

        Fix: shorten runs to two or three characters. ㅋㅋㅋ is style and may stay.
        """,
        Share((RUN_BYTES,), (BYTES,)),
        0.1,
        "of its bytes are runs of one character",
        "run",
        always_marked=True,
    ),
    DocumentRule(
        "CC408",
        "unreadable",
        "unreadable",
        """More than {beyond} of what is written nobody can read: U+FFFD, control characters, private use.

        Damage, binary data, or fonts with characters of their own. Judged at any length.

        Fix: fetch these documents again, or leave them out.
        """,
        Share((CONTROLS, PRIVATE, REPLACEMENTS), VISIBLE),
        0.001,
        "of what is written nobody can read",
        "unreadable",
        least_bytes=1,
        always_marked=True,
    ),
    DocumentRule(
        "CC409",
        "wrongly-decoded",
        "wrongly decoded",
        """More than {beyond} of what is written are runs of characters between U+0080 and U+00FF.

        Three and more of them stand together. No language writes like that; UTF-8 that was read as Latin-1 does:
        mojibake.

        Fix: convert them back, with ftfy for instance, or fetch them again.
        """,
        Share((LATIN_RUNS,), VISIBLE),
        0.02,
        "of what is written are runs between U+0080 and U+00FF",
        "Latin-1 run",
        always_marked=True,
    ),
    DocumentRule(
        "CC410",
        "long-words",
        "long words",
        """More than {beyond} of the words are longer than 100 characters.

        Encoded data, or text that has lost its spaces.
        Not judged where more than {only} of the letters are of a script without spaces.

        Fix: leave out encoded data; text that has lost its spaces is best extracted again.
        """,
        Share((LONG_WORDS,), (WORDS,)),
        0.02,
        "of its words are longer than 100 characters",
        "long word",
        only=Bound(Share(UNSPACED, ALL_LETTERS), 0.3),
    ),
    DocumentRule(
        "CC411",
        "braces",
        "braces (code)",
        """More than {beyond} of what is written are the braces {{ and }}: most likely program code or data.

        Code may well be what you collect; then --ignore this rule.

        Fix: leave out scripts and style sheets that came with web pages.
        """,
        Share((BRACES,), VISIBLE),
        0.01,
        "of what is written are braces",
        "brace",
    ),
    DocumentRule(
        "CC412",
        "only-bullets",
        "only bullets",
        """More than {beyond} of the lines begin with a bullet. Judged from {lines} lines on.

        Fix: leave out what is only a list, or keep it if lists are what you collect.
        """,
        Share((BULLET_LINES,), (LINES,)),
        0.9,
        "of its lines begin with a bullet",
        "bullet",
        least_lines=5,
    ),
)
