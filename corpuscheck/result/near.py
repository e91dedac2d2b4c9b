"""Find documents that are nearly the same: candidates by bands of their signatures, verified by all of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.alike import HEADS, homes_of
from corpuscheck.kernels.arrays import Bytes, Flags, Floats, Hashes, Ints
from corpuscheck.profile.near import BINS, NearPart
from corpuscheck.profile.table import first_rows, several
from corpuscheck.result.sums import Sum, TextSums

ALIKE = 0.8
"""Jaccard similarity of the shingles from which on two documents are copies of each other."""

BAND = np.dtype("<u8")
_CHANCE = 1 / 256
"""Eight bits of two different bins are equal so often (Li & König, WWW 2010)."""

_AT_ONCE = 1 << 16

LEAST_EQUAL = math.ceil(BINS * (ALIKE * (1 - _CHANCE) + _CHANCE))
"""Bins in which two rows that are alike agree."""

_UNSEEN = 3.0
"""Where none of many rows is of its own kind, up to so many times as many as one row stands for may be (rule of three).
"""

_MOST_MEETINGS = 1 << 22
_EACH = (4, 256)
"""Rows that one row meets under one key, at least and at most; fewer where many rows ask."""


@dataclass(frozen=True)
class NearCopies:
    """Rows of the table: those left out, for each the one that is kept, and their estimated similarity."""

    copies: Ints
    kept: Ints
    likeness: NDArray[np.float64]


def likeness(signatures: Bytes, a: Ints, b: Ints) -> NDArray[np.float64]:
    """Estimated Jaccard similarity of pairs of rows."""
    equal = [
        (signatures[a[k : k + _AT_ONCE]] == signatures[b[k : k + _AT_ONCE]]).mean(1) for k in range(0, len(a), _AT_ONCE)
    ]
    shares: NDArray[np.float64] = (np.concatenate(equal) - _CHANCE) / (1 - _CHANCE) if equal else np.zeros(0)
    return np.maximum(shares, 0.0)


def near_copies(rows: NearPart, ranks: Ints | None = None) -> NearCopies:
    """Which rows are nearly the same as one that stays: the longest, then the first by their `ranks`, or their norms.

    No chains: each is verified against what is kept.
    """
    order = np.lexsort((rows.norms if ranks is None else ranks, -rows.sizes))
    signatures = rows.signatures[order]
    homes = near_homes(signatures)
    copies = np.flatnonzero(homes >= 0)
    kept = homes[copies].astype(np.int64)
    return NearCopies(order[copies], order[kept], likeness(signatures, copies, kept))


def near_homes(signatures: Bytes) -> Flags:
    """For each row, the one to be kept before all others first, the row that stays for it; -1 where it stays itself."""
    bands = signatures.view(BAND)
    met = np.zeros(len(signatures), np.bool_)
    rows: list[Flags] = []
    groups: list[Flags] = []
    sizes: list[Ints] = [np.zeros(0, np.int64)]
    before = 0
    for band in range(bands.shape[1]):
        keys = np.ascontiguousarray(bands[:, band])
        some = several(keys)
        keys = keys[some]
        order = np.argsort(keys, kind="stable")
        starts = first_rows(keys[order])
        lengths = np.diff(np.append(starts, len(order)))
        numbers = np.empty(len(order), np.int32)
        numbers[order] = np.repeat(np.arange(before, before + len(starts), dtype=np.int32), lengths)
        met[some] = True
        rows.append(some.astype(np.int32))
        groups.append(numbers)
        sizes.append(np.minimum(lengths - 1, HEADS))
        before += len(starts)
    homes = np.full(len(signatures), -1, np.int32)
    room = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.concatenate(sizes))))
    if not room[-1]:
        return homes
    which = np.flatnonzero(met).astype(np.int32)
    number = np.cumsum(met, dtype=np.int32) - np.int32(1)
    for band, mine in enumerate(rows):
        rows[band] = number[mine]
    del number, met
    alone, heads = np.empty(len(which), np.int32), np.empty(int(room[-1]), np.int32)
    places = np.cumsum([0, *map(len, rows)])
    laid, laid_groups = _laid(rows), _laid(groups)
    chosen = signatures[which]
    filled = np.zeros(len(room) - 1, np.int32)
    homes_of(chosen, laid, laid_groups, places, room, LEAST_EQUAL, filled, heads, alone)
    going = np.flatnonzero(alone >= 0)
    homes[which[going]] = which[alone[going]]
    return homes


def _laid(columns: list[Flags]) -> Flags:
    """Columns end to end; they are taken from the list, as both together take much memory."""
    end = sum(map(len, columns))
    laid = np.empty(end, np.int32)
    while columns:
        column = columns.pop()
        laid[end - len(column) : end] = column
        end -= len(column)
    return laid


def left_over(rows: NearPart, found: NearCopies) -> TextSums:
    """The texts without near copies, estimated where rows are a sample.

    Rows of one key are drawn together, and most texts of a kind share theirs. A text with a key of its own may be drawn
    without them and looks like nothing else: what is known of kinds that were drawn tells how many such there are.
    """
    drawn, kept = rows.chances()
    share = np.ones(len(rows))
    share[found.copies] = 0.0
    if len(found.copies) and (drawn.min() < 1 or kept.min() < 1):
        copies = np.bincount(found.kept, minlength=len(rows))
        alone = copies[found.kept] == 1
        share[found.copies[alone]] = 1 - 1 / kept[found.copies[alone]]
        share[found.kept[~alone]] = kept[found.kept[~alone]]
        _take_strays(share, rows, found, drawn, kept)
    return _summed(rows, share, 1 / drawn, 1 / kept)


def _take_strays(share: Floats, rows: NearPart, found: NearCopies, drawn: Floats, kept: Floats) -> None:
    """Take off, in place, texts that were drawn without any other of their kind.

    With a likeness of J a text has the key of its kind with a chance of about c = √J. Of m texts with that key are then
    m(1 − c)/c without it, of which any is drawn with the chance that is taken off here.
    """
    copies = np.bincount(found.kept, minlength=len(rows))
    alike = np.bincount(found.kept, found.likeness, len(rows)) / np.maximum(copies, 1)
    kinds = np.arange(len(rows))
    kinds[found.copies] = found.kept
    of_kinds = np.flatnonzero(alike[kinds] > 0)
    order = of_kinds[np.lexsort((rows.keys[of_kinds], kinds[of_kinds]))]
    members = _per_run(first_rows(kinds[order], rows.keys[order]), len(order))
    chance, c = drawn[order], np.sqrt(np.clip(alike[kinds[order]], ALIKE, 1.0))
    strays = members / kept[order] * (1 - c) / c
    any_drawn = (1 - chance) * (1 - (1 - chance) ** strays) / chance
    share[order] -= np.where(members > 1, any_drawn * kept[order] / members, 0.0)


def _summed(rows: NearPart, share: Floats, drawn: Floats, kept: Floats) -> TextSums:
    """Of each row a share counts. Its key stands for `drawn` keys, it itself for `kept` rows of that key."""
    starts = first_rows(rows.keys)
    ones, sizes, debris = np.ones(len(rows)), rows.sizes.astype(np.float64), rows.debris.astype(np.float64)
    sums = []
    for figures in (ones, sizes, debris, sizes - debris):
        counted = share * figures
        of_keys = np.add.reduceat(counted * kept, starts) if len(rows) else counted
        variance = (drawn * (drawn - 1))[starts] @ of_keys**2
        within = drawn * kept * (kept - 1) * (counted**2 + figures**2 * _UNSEEN / _per_run(starts, len(rows)))
        sums.append(Sum(float(drawn[starts] @ of_keys), float(variance + within.sum())))
    return TextSums(*sums)


def _per_run(starts: Ints, rows: int) -> Ints:
    """For each row the length of its run."""
    lengths = np.diff(np.append(starts, rows))
    return np.repeat(lengths, lengths)


def keys_to_meet(ones: NearPart, others: NearPart) -> Iterator[tuple[Hashes, Hashes]]:
    """Pairs of columns in which rows of two tables that are nearly the same mostly agree."""
    yield ones.keys, others.keys
    mine, theirs = (np.ascontiguousarray(rows.signatures).view(BAND) for rows in (ones, others))
    for band in range(mine.shape[1]):
        yield mine[:, band], theirs[:, band]


def meetings(ones: Hashes, others: Hashes) -> tuple[Ints, Ints]:
    """Rows of two tables with equal keys, as pairs. Where too many share a key, they take turns."""
    order = np.argsort(others, kind="stable")
    first = np.searchsorted(others[order], ones, "left")
    there = np.searchsorted(others[order], ones, "right") - first
    least, most = _EACH
    each = np.minimum(there, max(least, min(most, _MOST_MEETINGS // max(1, len(ones)))))
    rows = np.repeat(np.arange(len(ones)), each)
    turn = np.arange(len(rows)) - np.repeat(np.cumsum(each) - each, each) + _ranks(ones)[rows]
    return rows, order[first[rows] + turn % there[rows]]


def _ranks(keys: Hashes) -> Ints:
    """The number of each row among those with its key."""
    order = np.argsort(keys, kind="stable")
    numbers = np.empty(len(keys), np.int64)
    numbers[order] = np.arange(len(keys)) - np.searchsorted(keys[order], keys[order])
    return numbers
