"""Documents that came in addition and that the baseline has already: exactly, normalised, or nearly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import Floats, Hashes, Ints
from corpuscheck.profile.documents import DocumentPart, file_id
from corpuscheck.profile.drawing import weights
from corpuscheck.profile.near import NearPart
from corpuscheck.profile.profile import Profile
from corpuscheck.result.near import ALIKE, keys_to_meet, likeness, meetings
from corpuscheck.result.place import Place
from corpuscheck.result.result import CopyKind, NewCopies, NewCopy
from corpuscheck.result.sums import Sum

MOST_PAIRS = 1000
"""Pairs that are named, those of the largest documents; the amounts are of all."""

_ODD = np.uint64(0xD6E8FEB86659FD93)


def new_copies(base: Profile, head: Profile) -> NewCopies:
    """Copies among what came in addition. What left one place and stands in another has moved, what is nearly its own
    former version was edited: neither is a copy, nor is what was one in the baseline already.

    Exact while the tables of both hold every document; else counted among sampled ones and scaled up.
    """
    normalised, near = _all_looked(base, head, "clean"), _all_looked(base, head, "near_duplicates")
    search = _Search(base, head)
    search.look(not normalised, not (normalised or near))
    unlooked = ""
    if normalised:
        unlooked = f"changed and near copies cannot be told: {normalised} was not looked into (--no-clean)"
    elif near:
        unlooked = f"near copies cannot be told: {near} was scanned with --no-near-duplicates"
    return search.told(unlooked)


def _all_looked(base: Profile, head: Profile, what: str) -> str:
    """The side of which not everything was looked into; empty where there is none."""
    sides = {"the baseline": base, "this corpus": head}
    return next((name for name, profile in sides.items() if profile.about.get(what) != "yes"), "")


class _Search:
    """Every document of the head that is not in the same file of the baseline is new, until it is known where from.

    `new` and `gone` count, by rows of the tables, what the other side has less of.
    """

    def __init__(self, base: Profile, head: Profile) -> None:
        self._profiles = base, head
        self._level = max(base.documents.level, head.documents.level)
        self._base, self._head = _below(base, self._level), _below(head, self._level)
        self._new, self._gone = _differences(self._head, self._base)
        self._still = self._gone == 0
        self._found: list[tuple[CopyKind, Ints, Ints, Floats, Floats]] = []

    def look(self, normalised: bool, near: bool) -> None:
        """First what has moved or was edited, then copies, the surest first."""
        head, base = self._head, self._base
        _settle(self._new, head.hashes, self._gone, base.hashes)
        if normalised:
            _settle(self._new, head.norms + head.files * _ODD, self._gone, base.norms + base.files * _ODD)
            _settle(self._new, head.norms, self._gone, base.norms)
        if near:
            self._settle_near(in_file=True)
        self._enter("exact", head.hashes, base.hashes, np.ones(len(base), np.bool_), self._weights)
        if normalised:
            # a twin is known where its row was drawn, independently; whether it is gone only where all were
            candidates = self._still if self._level else np.ones(len(base), np.bool_)
            self._enter("normalised", head.norms, base.norms, candidates, self._weights**2)
        if near:
            self._settle_near(in_file=False)
            self._enter_near()

    def _enter(
        self, kind: CopyKind, mine: Hashes, others: Hashes, candidates: NDArray[np.bool_], stand_for: Floats
    ) -> None:
        """New rows whose key the baseline has; the twin is one that is still there, where there is one."""
        rows = np.flatnonzero(self._new > 0)
        order = np.flatnonzero(candidates)
        order = order[np.lexsort((~self._still[order], others[order]))]
        twins = _positions(others[order], mine[rows])
        rows, twins = rows[twins >= 0], order[twins[twins >= 0]]
        self._found.append((kind, rows, twins, np.ones(len(rows)), stand_for[rows]))
        self._counted(rows)

    def _counted(self, rows: Ints) -> None:
        self._amounts[rows] = self._new[rows]
        self._new[rows] = 0

    @cached_property
    def _amounts(self) -> Ints:
        return np.zeros(len(self._head), np.int64)

    @cached_property
    def _weights(self) -> Floats:
        """How many documents each row of the head stands for."""
        return weights(self._head.sizes, self._level)

    @cached_property
    def _near_level(self) -> int:
        return max(profile.near.level for profile in self._profiles)

    @cached_property
    def _signed(self) -> tuple[NearPart, NearPart]:
        """The signatures of both sides, baseline first, of one level."""
        base, head = (profile.near.below(self._near_level) for profile in self._profiles)
        return base, head

    @cached_property
    def _signature_of(self) -> Ints:
        """For each document of the head the row of its signature, -1 where it has none."""
        norms = self._signed[1].norms
        order = np.argsort(norms, kind="stable")
        found = _positions(norms[order], self._head.norms)
        return np.where(found >= 0, order[found] if len(order) else -1, -1)

    @cached_property
    def _room(self) -> Ints:
        """How many documents with each signature of the baseline are gone."""
        base, head = self._signed
        if self._level:
            return (~np.isin(base.norms, head.norms)).astype(np.int64)
        return _sums(self._gone, self._base.norms, base.norms)

    def _pairs(self, in_file: bool, only_gone: bool) -> Iterator[tuple[Ints, Ints, Floats]]:
        """Documents of the head that are still new with signatures of the baseline that they are like, the most alike
        first, some of them at a time."""
        base, head = self._signed
        signatures = np.concatenate((head.signatures, base.signatures))
        columns = (
            [(self._head.files, base.files)]
            if in_file
            else [(mine[self._signature_of], others) for mine, others in keys_to_meet(head, base)]
        )
        for mine, others in columns:
            rows = np.flatnonzero((self._new > 0) & (self._signature_of >= 0))
            there = np.flatnonzero(self._room > 0)
            if not only_gone:  # what is there normalised was counted as that, in a sample by other rows
                rows, there = rows[~np.isin(self._head.norms[rows], base.norms)], np.arange(len(base))
            ones, twins = meetings(mine[rows], others[there])
            ones, twins = rows[ones], there[twins]
            alike = likeness(signatures, self._signature_of[ones], len(head) + twins)
            order = np.lexsort((twins, ones, -alike))
            order = order[alike[order] >= ALIKE]
            yield ones[order], twins[order], alike[order]

    def _settle_near(self, in_file: bool) -> None:
        """Take off documents that are nearly what is gone, from the same file or from any."""
        if not (len(self._signed[0]) and len(self._signed[1])):
            return
        for ones, twins, _ in self._pairs(in_file, only_gone=True):
            for one, twin in zip(ones.tolist(), twins.tolist(), strict=True):
                same = min(self._new[one], self._room[twin])
                self._new[one] -= same
                self._room[twin] -= same

    def _enter_near(self) -> None:
        base, head = self._signed
        if not (len(base) and len(head)):
            return
        signed = weights(head.sizes, self._near_level) / self._profiles[1].near.chances()[1][: len(head)]
        for ones, twins, alike in self._pairs(in_file=False, only_gone=False):
            rows, first = np.unique(ones, return_index=True)
            scale = signed[self._signature_of[rows]] * self._weights[rows]
            if (
                self._near_level
            ):  # a pair is drawn together where both have the same key, about as often as they are alike
                scale = scale / alike[first]
            self._found.append(("near", rows, twins[first], alike[first], scale))
            self._counted(rows)

    def told(self, unlooked: str) -> NewCopies:
        """What was found, in words and numbers."""
        documents: dict[CopyKind, float] = {"exact": 0, "normalised": 0, "near": 0}
        total, size, sampled = Sum(), Sum(), self._level > 0
        copies: list[NewCopy] = []
        for kind, rows, twins, alike, stand_for in self._found:
            amounts = self._amounts[rows].astype(np.float64)
            found = Sum.over(stand_for, amounts)
            documents[kind] += found.value
            total, size = total + found, size + Sum.over(stand_for, amounts * self._head.sizes[rows])
            sampled = sampled or bool((stand_for > 1).any())
            there: DocumentPart | NearPart = self._signed[0] if kind == "near" else self._base
            copies += [
                self._copy(kind, row, Place(self._path(0, there, twin), document=int(there.places[twin]) + 1), share)
                for row, twin, share in zip(rows.tolist(), twins.tolist(), alike.tolist(), strict=True)
            ]
        copies.sort(key=lambda copy: (-copy.utf8_bytes, copy.place.path, copy.place.document))
        counts = {kind: round(n) for kind, n in documents.items()}
        return NewCopies(
            sum(counts.values()),
            round(size.value),
            sampled,
            _by_file(copies),
            counts,
            tuple(copies[:MOST_PAIRS]),
            unlooked,
            total.error,
            size.error,
        )

    def _copy(self, kind: CopyKind, row: int, twin: Place, alike: float) -> NewCopy:
        """Of equal documents of a file, of which the baseline had one, the last one is the new one."""
        n = int(self._amounts[row])
        number = int(self._head.lasts[row] if n < self._head.counts[row] else self._head.places[row]) + 1
        place = Place(self._path(1, self._head, row), document=number)
        return NewCopy(kind, place, twin, alike, n, n * int(self._head.sizes[row]))

    @cached_property
    def _paths(self) -> tuple[dict[int, str], ...]:
        return tuple({file_id(path): path for path in profile.files.files} for profile in self._profiles)

    def _path(self, side: int, rows: DocumentPart | NearPart, row: int) -> str:
        return self._paths[side].get(int(rows.files[row]), "")


def _by_file(copies: list[NewCopy]) -> tuple[Place, ...]:
    """The files with copies, those with most of them first, each with its largest pair."""
    by_path: dict[str, list[NewCopy]] = defaultdict(list)
    for copy in copies:
        by_path[copy.place.path].append(copy)
    counted = [(sum(copy.documents for copy in there), path, there[0]) for path, there in by_path.items()]
    counted.sort(key=lambda row: (-row[0], row[1]))
    return tuple(
        Place(path, detail=example.told if n == 1 else f"{n:,} documents, such as {example.told}")
        for n, path, example in counted
    )


def _below(profile: Profile, level: int) -> DocumentPart:
    """The documents that a table of this level would have kept, without empty ones."""
    rows = profile.documents.below(level)
    return rows.chosen(rows.sizes > 0)


def _differences(head: DocumentPart, base: DocumentPart) -> tuple[Ints, Ints]:
    """For each row of both how many more of its documents there are in the same file than on the other side."""
    new, gone = head.counts.copy(), base.counts.copy()
    _, mine, others = np.intersect1d(
        head.hashes + head.files * _ODD, base.hashes + base.files * _ODD, assume_unique=True, return_indices=True
    )
    new[mine] -= base.counts[others]
    gone[others] -= head.counts[mine]
    return np.maximum(new, 0), np.maximum(gone, 0)


def _settle(new: Ints, keys: Hashes, gone: Ints, others: Hashes) -> None:
    """Take off, in place, what is new here and gone there under the same key."""
    shared = np.intersect1d(keys[new > 0], others[gone > 0])
    if len(shared):
        same = np.minimum(_sums(new, keys, shared), _sums(gone, others, shared))
        _take(new, keys, shared, same)
        _take(gone, others, shared, same)


def _sums(amounts: Ints, keys: Hashes, wanted: Hashes) -> Ints:
    """The total of the amounts under each of the wanted keys."""
    unique, inverse = np.unique(wanted, return_inverse=True)
    at = _positions(unique, keys)
    sums = np.zeros(len(unique), np.int64)
    np.add.at(sums, at[at >= 0], amounts[at >= 0])
    return sums[inverse]


def _take(amounts: Ints, keys: Hashes, shared: Hashes, same: Ints) -> None:
    """Take so much off the amounts under each of the shared keys (ascending), from the first row on."""
    rows = np.flatnonzero(np.isin(keys, shared) & (amounts > 0))
    rows = rows[np.argsort(keys[rows], kind="stable")]
    group = np.searchsorted(shared, keys[rows])
    so_far = np.cumsum(amounts[rows]) - amounts[rows]
    before = so_far - so_far[np.searchsorted(group, group)]
    amounts[rows] -= np.clip(same[group] - before, 0, amounts[rows])


def _positions(keys: Hashes, wanted: Hashes) -> Ints:
    """Where each of the wanted stands first among ascending keys, -1 where it does not."""
    if not len(keys):
        return np.full(len(wanted), -1, np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, at, -1)
