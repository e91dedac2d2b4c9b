"""Copies among the documents, the lines that many share, and what is left as usable text. Looks at a profile alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from math import sqrt

import numpy as np

from corpuscheck.kernels.arrays import Hashes, Ints
from corpuscheck.kernels.columns import DEBRIS
from corpuscheck.profile.documents import DocumentPart, NormPart, file_id, in_order, long_enough
from corpuscheck.profile.near import NearPart
from corpuscheck.profile.profile import Profile
from corpuscheck.profile.table import first_rows, ordered, several
from corpuscheck.result.costs import Costs, CostsOfSources
from corpuscheck.result.near import left_over, near_copies
from corpuscheck.result.place import Place
from corpuscheck.result.shared import Shared, SharedLine, shared, top_lines
from corpuscheck.result.sums import Amount, Sum, TextSums
from corpuscheck.values.brief import brief

_PAIRS = 10

Pairs = tuple[tuple[Place, Place, float], ...]


@dataclass(frozen=True)
class CopyStep:
    """Documents of which another one is kept. `pairs` are examples: (kept, left out), and how much they share."""

    __repr__ = brief

    amount: Amount = field(default_factory=Amount)
    pairs: Pairs = ()


@dataclass(frozen=True)
class Cleanliness:
    """What is left of a corpus: from raw text, step by step, nothing counted twice.

    `near` is None where it was not looked for; `short` are documents too short for that; `debris` are bytes in all
    documents by kind, `debris_left` those in documents that are kept; `complete` is false where documents were too
    many, and figures come from a sample; `looked_into` where nobody looked. `usable_error` is a standard error, `costs`
    is what each source loses.
    """

    __repr__ = brief

    raw_bytes: int = 0
    exact: CopyStep = field(default_factory=CopyStep)
    normalised: CopyStep = field(default_factory=CopyStep)
    near: CopyStep | None = None
    short: Amount = Amount()
    debris_left: Amount = Amount()
    debris: dict[str, int] = field(default_factory=dict)
    lines: Shared = Shared()
    paragraphs: Shared = Shared()
    top_lines: tuple[SharedLine, ...] = ()
    complete: bool = True
    looked_into: bool = False
    usable_error: float = 0.0
    costs: Costs = field(default_factory=Costs)

    @property
    def steps(self) -> tuple[tuple[str, CopyStep], ...]:
        near = (("near copies", self.near),) if self.near else ()
        return (("exact copies", self.exact), ("normalised copies", self.normalised), *near)

    @property
    def debris_bytes(self) -> float:
        return self.debris_left.utf8_bytes

    @property
    def usable(self) -> Amount:
        """Text without copies and debris."""
        left = self.raw_bytes - sum(step.amount.utf8_bytes for _, step in self.steps) - self.debris_bytes
        return Amount(0, max(0, round(left)), self.usable_error, self.complete)

    @property
    def copies(self) -> Amount:
        """Documents that are copies in any way."""
        amounts = [step.amount for _, step in self.steps]
        errors = (sqrt(sum(error**2 for error in column)) for column in zip(*map(_errors, amounts), strict=True))
        documents, size = sum(amount.documents for amount in amounts), sum(amount.utf8_bytes for amount in amounts)
        return Amount(documents, size, next(errors), self.complete, next(errors))

    @property
    def usable_bytes(self) -> int:
        return round(self.usable.utf8_bytes)

    @property
    def usable_share(self) -> float:
        return self.usable_bytes / self.raw_bytes if self.raw_bytes else 0.0


def _errors(amount: Amount) -> tuple[float, float]:
    return amount.error, amount.documents_error


def cleanliness(profile: Profile) -> Cleanliness:
    """Copies, shared lines and usable text of a profile."""
    return _Steps(profile).result()


@dataclass(frozen=True)
class _Left:
    """Texts that a step leaves; documents and bytes that it is known for sure to take away, with examples."""

    texts: TextSums = TextSums()
    gone: tuple[float, float] = (0.0, 0.0)
    pairs: Pairs = ()


class _Steps:
    """Documents by hash, then those that are left by their norm, then by their signature.

    Of a sample it can be told how many different texts there are, not how many copies: those of one text are in it or
    out of it together. So each step is what the step before leaves without what this one leaves.
    """

    def __init__(self, profile: Profile) -> None:
        self._profile, self._rows = profile, profile.documents
        self._looked = profile.about.get("clean") == "yes"
        self._near_looked = self._looked and profile.about.get("near_duplicates") == "yes"
        self._costs = CostsOfSources(profile)
        self._left: DocumentPart | None = None

    @cached_property
    def _paths(self) -> dict[int, str]:
        return {file_id(path): path for path in self._profile.files.files}

    def result(self) -> Cleanliness:
        profile, exact = self._profile, self._rows.exact
        every, different = self._every(), self._different()
        short, long = self._normalised() if self._looked else (TextSums(), _Left(different.texts))
        alike = self._near() if self._near_looked else _Left(long.texts)
        complete = exact and (not self._near_looked or (profile.near.exact and not alike.texts.documents.variance))
        whole, last = short + long.texts, short + alike.texts
        removal = _Removal(every)
        amounts = (
            removal.step(different.texts, every - different.texts, different.gone, exact),
            removal.step(whole, different.texts - whole, long.gone, exact),
            removal.step(last, long.texts - alike.texts, alike.gone, complete),
        )
        debris = last.debris.within(0, removal.left[1])
        lines = top_lines(profile.boilerplate, profile.lines, profile.size.documents)
        return Cleanliness(
            profile.size.utf8_bytes,
            CopyStep(amounts[0], different.pairs),
            CopyStep(amounts[1], long.pairs),
            CopyStep(amounts[2], alike.pairs) if self._near_looked else None,
            self._short(),
            Amount(0, debris.value, debris.error, complete),
            {name: profile.clean[f"debris: {name}"].amount_bytes for name in DEBRIS},
            shared(profile.lines, lines),
            shared(profile.paragraphs),
            lines,
            complete,
            self._looked,
            last.usable.error,
            self._costs.result(),
        )

    @cached_property
    def _kept(self) -> Ints:
        """The row that is kept of each text: the first by its path."""
        rows = self._rows
        starts = first_rows(rows.hashes)
        several_rows = np.diff(np.append(starts, len(rows))) > 1
        groups = np.repeat(several_rows, np.diff(np.append(starts, len(rows))))
        some = np.flatnonzero(groups)
        order = some[ordered(rows.hashes[some], self._ranks(rows)[some], rows.places[some])]
        starts[several_rows] = order[first_rows(rows.hashes[order])]
        return starts

    def _ranks(self, rows: DocumentPart | NearPart) -> Ints:
        """Where the file of each row stands in the order of paths; those whose path is not known come last."""
        return self._file_ranks[np.searchsorted(self._file_ids, rows.files)]

    @cached_property
    def _file_ids(self) -> Hashes:
        return np.unique(np.concatenate((self._rows.files, self._profile.near.files)))

    @cached_property
    def _file_ranks(self) -> Ints:
        """The rank of each of the file ids."""
        paths = self._paths
        named = {number: rank for rank, number in enumerate(sorted(paths, key=lambda number: in_order(paths[number])))}
        ids = self._file_ids.tolist()
        return np.array([named.get(number, len(named) + k) for k, number in enumerate(ids)], np.int64)

    def _every(self) -> TextSums:
        rows, size = self._rows, self._profile.size
        if rows.exact:
            return TextSums(Sum(float(rows.counts.sum())), Sum(float(rows.counts @ rows.sizes)))
        return TextSums(Sum(size.documents), Sum(size.utf8_bytes))

    def _short(self) -> Amount:
        """Documents in which near copies were not looked for, as they are too short."""
        size, near = self._profile.size, self._profile.near
        if not self._near_looked:
            return Amount()
        return Amount(size.documents - near.judged, size.utf8_bytes - near.judged_bytes)

    def _different(self) -> _Left:
        """One document of each text."""
        rows, first = self._rows, self._kept
        extra = rows.counts.copy()
        extra[first] -= 1
        copies = np.flatnonzero(extra)
        kept = first[np.searchsorted(first_rows(rows.hashes), copies, "right") - 1]
        self._costs.of_equal(rows, first)
        places = [(self._place(rows, k), self._last(rows, c)) for k, c in _largest(rows.sizes, kept, copies)]
        pairs = tuple((min(pair, key=_order), max(pair, key=_order), 1.0) for pair in places)
        texts = TextSums.over(rows.weights()[first], rows.sizes[first], rows.debris[first])
        return _Left(texts, (float(extra.sum()), float(extra @ rows.sizes)), pairs)

    def _normalised(self) -> tuple[TextSums, _Left]:
        """One text of each norm: those too short for a signature, and the others, with the copies of both."""
        rows, first = self._rows, self._kept
        alike = first[several(rows.norms[first])]
        order = alike[ordered(rows.norms[alike], -rows.sizes[alike], self._ranks(rows)[alike], rows.places[alike])]
        kept = first_rows(rows.norms[order])
        copies = np.delete(np.arange(len(order)), kept)
        homes = order[kept[np.searchsorted(kept, copies, "right") - 1]]
        copies = order[copies]
        pairs = tuple((self._place(rows, k), self._place(rows, c), 1.0) for k, c in _largest(rows.sizes, homes, copies))
        gone = float(len(copies)), float(rows.sizes[copies].sum())
        self._costs.of_normalised(rows, homes, copies)
        self._costs.left(rows.chosen(_without(first, copies)), self._near_looked)
        left: DocumentPart | NormPart = self._profile.norms
        if rows.exact:
            left = self._left = rows.chosen(_without(first, copies))
        long = long_enough(left.norms)
        two = (TextSums.over(left.weights()[some], left.sizes[some], left.debris[some]) for some in (~long, long))
        return next(two), _Left(next(two), gone, pairs)

    def _near(self) -> _Left:
        """Texts that are not nearly the same as a larger one."""
        rows = self._profile.near
        alike = several(rows.norms)
        order = alike[ordered(rows.norms[alike])]
        again = np.delete(order, first_rows(rows.norms[order]))
        rows = rows.chosen(_without(np.arange(len(rows)), again)) if len(again) else rows
        ranks = None
        if self._left is not None and len(rows):
            rows = _as_kept(rows, self._left)
            ranks = np.empty(len(rows), np.int64)
            ranks[np.lexsort((rows.places, self._ranks(rows)))] = np.arange(len(rows))
        found = near_copies(rows, ranks)
        texts = left_over(rows, found)
        self._costs.of_near(rows, found)
        best = np.argsort(-rows.sizes[found.copies], kind="stable")[:_PAIRS].tolist()
        pairs = tuple(
            (self._place(rows, found.kept[k]), self._place(rows, found.copies[k]), float(found.likeness[k]))
            for k in best
        )
        return _Left(texts, (float(len(found.copies)), float(rows.sizes[found.copies].sum())), pairs)

    def _last(self, rows: DocumentPart, k: int) -> Place:
        return replace(self._place(rows, k), document=int(rows.lasts[k]) + 1)

    def _place(self, rows: DocumentPart | NearPart, k: int) -> Place:
        return Place(self._paths.get(int(rows.files[k]), ""), document=int(rows.places[k]) + 1)


class _Removal:
    """Documents and bytes that are left after each step: never more than before, never what was seen to be copied."""

    def __init__(self, every: TextSums) -> None:
        self.left = every.documents.value, every.utf8_bytes.value

    def step(self, leaves: TextSums, taken: TextSums, gone: tuple[float, float], exact: bool) -> Amount:
        """What is taken away: `gone` is known for sure, and is all of it where that is exact."""
        before, figures = self.left, (leaves.documents.value, leaves.utf8_bytes.value)
        most = before[0] - gone[0], before[1] - gone[1]
        self.left = most if exact else (min(figures[0], most[0]), min(figures[1], most[1]))
        documents, size = before[0] - self.left[0], before[1] - self.left[1]
        return Amount(documents, size, taken.utf8_bytes.error, exact, taken.documents.error)


def _as_kept(rows: NearPart, left: DocumentPart) -> NearPart:
    """The rows as the documents that are left of their norms: of equal ones the table may know another one."""
    order = np.argsort(left.norms, kind="stable")
    places = np.minimum(np.searchsorted(left.norms, rows.norms, sorter=order), max(0, len(order) - 1))
    if not len(order):
        return rows
    where = order[places]
    same = left.norms[where] == rows.norms
    columns = {
        name: np.where(same, getattr(left, name)[where], getattr(rows, name))
        for name in ("files", "places", "sizes", "debris")
    }
    return replace(rows, **columns)


def _without(rows: Ints, some: Ints) -> Ints:
    return rows[~np.isin(rows, some)] if len(some) else rows


def _order(place: Place) -> tuple[str, int]:
    """Of equal documents the one that a reader meets first is told as kept."""
    return place.path, place.document or 0


def _largest(sizes: Ints, kept: Ints, copies: Ints) -> list[tuple[int, int]]:
    order = np.argsort(-sizes[copies], kind="stable")[:_PAIRS]
    return list(zip(kept[order].tolist(), copies[order].tolist(), strict=True))
