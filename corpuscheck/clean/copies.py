"""Copies among the documents, the lines that many share, and what is left as usable text. Looks at a profile alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from corpuscheck.arrays import Hashes, Ints
from corpuscheck.brief import brief
from corpuscheck.clean.near import near_copies
from corpuscheck.counted import DEBRIS
from corpuscheck.printable import printable
from corpuscheck.profile.documents import DocumentPart, file_id
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.profile.near import NearPart
from corpuscheck.profile.profile import Profile
from corpuscheck.profile.repeats import LinesSeen, RepeatsPart
from corpuscheck.profile.sample import ALL
from corpuscheck.profile.table import first_rows

_PAIRS = 10
_TOP_LINES = 10
_LEAST_SEEN = 4
"""Of a line drawn less often from a sample it is not told how many documents have it."""


@dataclass(frozen=True)
class DocumentPlace:
    """A document: its file, and its number there from 1. The path is empty where the file is not known any more."""

    path: str
    document: int

    @property
    def named(self) -> str:
        """path#document"""
        return f"{printable(self.path, LONGEST_PATH) or '?'}#{self.document}"


@dataclass(frozen=True)
class Amount:
    """Documents and bytes, with the standard error of the bytes where they were estimated from a sample."""

    documents: float = 0
    utf8_bytes: float = 0
    error: float = 0
    exact: bool = True


@dataclass(frozen=True)
class CopyStep:
    """Documents of which another one is kept. `pairs` are examples: (kept, left out), and how much they share."""

    __repr__ = brief

    amount: Amount = field(default_factory=Amount)
    pairs: tuple[tuple[DocumentPlace, DocumentPlace, float], ...] = ()


@dataclass(frozen=True)
class SharedLine:
    """The beginning of a line, how many documents have it (about, where not `exact`), and its bytes in one of them."""

    text: str
    documents: float
    utf8_bytes: int
    exact: bool

    @property
    def total_bytes(self) -> float:
        return self.documents * self.utf8_bytes


@dataclass(frozen=True)
class Shared:
    """Lines, or paragraphs: all of them, and those that stand in another document too, the first of each left out."""

    __repr__ = brief

    units: int
    utf8_bytes: int
    repeated: Amount

    @property
    def share(self) -> float:
        return min(1.0, self.repeated.utf8_bytes / self.utf8_bytes) if self.repeated.utf8_bytes else 0.0


@dataclass(frozen=True)
class Cleanliness:
    """What is left of a corpus: from raw text, step by step, nothing counted twice.

    `near` is None where it was not looked for; `debris` are bytes in the documents that are kept, by kind; `complete`
    is false where documents were too many, and figures come from a sample; `looked_into` where nobody looked.
    """

    __repr__ = brief

    raw_bytes: int = 0
    exact: CopyStep = field(default_factory=CopyStep)
    normalised: CopyStep = field(default_factory=CopyStep)
    near: CopyStep | None = None
    debris_bytes: float = 0
    debris: dict[str, int] = field(default_factory=dict)
    lines: Shared = field(default_factory=lambda: Shared(0, 0, Amount()))
    paragraphs: Shared = field(default_factory=lambda: Shared(0, 0, Amount()))
    top_lines: tuple[SharedLine, ...] = ()
    complete: bool = True
    looked_into: bool = False

    @property
    def steps(self) -> tuple[tuple[str, CopyStep], ...]:
        near = (("near copies", self.near),) if self.near else ()
        return (("exact copies", self.exact), ("normalised copies", self.normalised), *near)

    @property
    def usable_bytes(self) -> int:
        """Text without copies and debris."""
        left = self.raw_bytes - sum(step.amount.utf8_bytes for _, step in self.steps) - self.debris_bytes
        return max(0, round(left))

    @property
    def usable_share(self) -> float:
        return self.usable_bytes / self.raw_bytes if self.raw_bytes else 0.0


def cleanliness(profile: Profile) -> Cleanliness:
    """Copies, shared lines and usable text of a profile."""
    return _Steps(profile).result()


class _Steps:
    """Documents by hash, then those that are left by their norm, then by their signature."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._part = profile.documents
        self._rows = profile.documents
        self._scale = float(2**self._part.level)

    @cached_property
    def _paths(self) -> dict[int, str]:
        return {file_id(path): path for path in self._profile.files.files}

    def result(self) -> Cleanliness:
        profile = self._profile
        looked = profile.about.get("clean") == "yes"
        first = first_rows(self._rows.hashes)
        distinct = self._rows.chosen(first)
        exact = self._exact(first)
        order = np.lexsort((distinct.places, distinct.files, distinct.sizes, distinct.norms))
        distinct = distinct.chosen(order)
        kept = first_rows(distinct.norms)
        normalised = self._normalised(distinct, kept)
        near, gone = self._near() if looked and profile.about.get("near_duplicates") == "yes" else (None, None)
        left = distinct.chosen(kept)
        debris = left.debris
        if gone is not None and self._part.exact and profile.near.level == 0:
            debris = debris[~np.isin(left.norms, gone)]
        debris_bytes = self._scale * float(debris.sum())
        if gone is not None and not (self._part.exact and profile.near.level == 0) and near:
            rest = profile.size.utf8_bytes - exact.amount.utf8_bytes - normalised.amount.utf8_bytes
            debris_bytes *= 1 - min(1.0, near.amount.utf8_bytes / rest if rest > 0 else 0.0)
        return Cleanliness(
            profile.size.utf8_bytes,
            exact,
            normalised,
            near,
            debris_bytes,
            {name: profile.clean[f"debris: {name}"].amount_bytes for name in DEBRIS},
            _shared(profile.lines),
            _shared(profile.paragraphs),
            _top_lines(profile.boilerplate, profile.lines),
            self._part.exact and profile.near.level == 0,
            looked,
        )

    def _exact(self, first: Ints) -> CopyStep:
        rows = self._rows
        extra = rows.counts.copy()
        extra[first] -= 1
        copies = np.flatnonzero(extra)
        amount = self._amount(extra[copies], rows.sizes[copies])
        kept = first[np.searchsorted(first, copies, "right") - 1]
        places = [(self._place(rows, k), self._last(rows, c)) for k, c in _largest(rows.sizes, kept, copies)]
        return CopyStep(amount, tuple((min(pair, key=_order), max(pair, key=_order), 1.0) for pair in places))

    def _normalised(self, distinct: DocumentPart, kept: Ints) -> CopyStep:
        copies = np.setdiff1d(np.arange(len(distinct)), kept, assume_unique=True)
        amount = self._amount(np.ones(len(copies), np.int64), distinct.sizes[copies])
        homes = kept[np.searchsorted(kept, copies, "right") - 1]
        pairs = [
            (self._place(distinct, k), self._place(distinct, c), 1.0)
            for k, c in _largest(distinct.sizes, homes, copies)
        ]
        return CopyStep(amount, tuple(pairs))

    def _near(self) -> tuple[CopyStep, Hashes]:
        """Near copies, and the norms of those that are left out."""
        part = self._profile.near
        rows = part
        found = near_copies(rows)
        sizes = rows.sizes[found.copies].astype(np.float64)
        stand_for = part.weights()
        weights = stand_for[found.copies]
        if part.level:  # a pair stays together where both have the same key, about as often as they are alike
            weights /= found.likeness
        error = float(np.sqrt((weights * (weights - 1) * sizes**2).sum()))
        every = part.level == 0 and not (stand_for > 1).any()
        amount = Amount(float(weights.sum()), float((weights * sizes).sum()), error, every)
        best = np.argsort(-rows.sizes[found.copies], kind="stable")[:_PAIRS].tolist()
        pairs = [
            (self._place(rows, found.kept[k]), self._place(rows, found.copies[k]), float(found.likeness[k]))
            for k in best
        ]
        return CopyStep(amount, tuple(pairs)), rows.norms[found.copies]

    def _amount(self, counts: Ints, sizes: Ints) -> Amount:
        """Horvitz and Thompson (1952): each text was drawn with probability 1/scale."""
        lost = (counts * sizes).astype(np.float64)
        error = float(np.sqrt(self._scale * (self._scale - 1) * (lost**2).sum()))
        return Amount(self._scale * float(counts.sum()), self._scale * float(lost.sum()), error, self._part.exact)

    def _last(self, rows: DocumentPart, k: int) -> DocumentPlace:
        return replace(self._place(rows, k), document=int(rows.lasts[k]) + 1)

    def _place(self, rows: DocumentPart | NearPart, k: int) -> DocumentPlace:
        return DocumentPlace(self._paths.get(int(rows.files[k]), ""), int(rows.places[k]) + 1)


def _order(place: DocumentPlace) -> tuple[str, int]:
    """Of equal documents the one that a reader meets first is told as kept."""
    return place.path, place.document


def _largest(sizes: Ints, kept: Ints, copies: Ints) -> list[tuple[int, int]]:
    order = np.argsort(-sizes[copies], kind="stable")[:_PAIRS]
    return list(zip(kept[order].tolist(), copies[order].tolist(), strict=True))


def _shared(part: RepeatsPart) -> Shared:
    total, error = part.repeated_bytes()
    documents = float((part.counts - 1).sum()) * 2**part.level
    return Shared(part.units, part.utf8_bytes, Amount(documents, total, error, part.exact))


def _top_lines(seen: LinesSeen, lines: RepeatsPart) -> tuple[SharedLine, ...]:
    """The lines that hold most bytes beyond their first document, counted where all lines are known."""
    drawn: dict[int, int] = defaultdict(int)
    told: dict[int, tuple[int, str]] = {}
    for line, size, text in seen.rows.values():
        drawn[line] += 1
        told[line] = (size, text)
    known = dict(zip(lines.hashes.tolist(), lines.counts.tolist(), strict=True)) if lines.exact else {}
    share = 1.0 if seen.complete else seen.bound / ALL
    found = []
    for line, n in drawn.items():
        documents = known.get(line, n / share if seen.complete or n >= _LEAST_SEEN else 0)
        if documents >= 2:
            size, text = told[line]
            found.append(SharedLine(text, documents, size, line in known or seen.complete))
    ordered = sorted(found, key=lambda line: (-(line.documents - 1) * line.utf8_bytes, line.text))
    return tuple(ordered[:_TOP_LINES])
