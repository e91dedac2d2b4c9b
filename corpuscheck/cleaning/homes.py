"""Homes of near copies beyond memory: rows are settled a chunk at a time, and tell the chunks after it what stays."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np

from corpuscheck.cleaning.columns import Dealt, MappedFile, Parted
from corpuscheck.kernels.alike import HEADS, homes_of
from corpuscheck.kernels.arrays import Bytes, Ints, RowArray
from corpuscheck.profile.near import BINS
from corpuscheck.result.near import BAND, LEAST_EQUAL

_CHUNK = 1 << 15
"""Rows that are settled together."""

_READ = 1 << 17
_PICKED = 1 << 14
"""Signatures that are looked up together, each on a page of its own."""

_MEMBER = np.dtype([("row", "<u4"), ("group", "<u4"), ("next", "<i4")])
"""A row that shares a key with others, which key, and the next chunk that has a row with it, -1 after the last."""

_NEWS = np.dtype([("group", "<u4"), ("heads", "<i4", HEADS)])
"""The rows of a key that stay, of those before a chunk; -1 where there is no further one."""


def homes_in_parts(path: str, count: int) -> Iterator[tuple[Ints, Ints]]:
    """What `near_homes` gives, of signatures in a file: rows that go, and those that stay for them."""
    bands = _meet(path, count)
    with MappedFile(path) as file:
        for chunk in range(-(-count // _CHUNK)):
            yield _settle(path, chunk, bands, file)


def _meet(path: str, count: int) -> Ints:
    """Write down which rows share keys, by chunk; gives the first key of each band, and the end of the last one."""
    first, bands = 0, [0]
    with MappedFile(path) as file:
        keys = file.rows(BAND).reshape(count, -1)
        for band in range(keys.shape[1]):
            parted = Parted(os.path.dirname(path), "band", count)
            for start in range(0, count, _READ):
                column = keys[start : start + _READ, band]
                parted.add(column, np.zeros(len(column), np.int64), np.arange(start, start + len(column)))
                file.let_go()
            last = first
            for rows, groups, following in parted.shared():
                _add_members(path, rows, groups + first, following)
                last = max(last, first + int(groups.max()) + 1)
            first = last
            bands.append(first)
        del keys, column
    return np.array(bands)


def _add_members(path: str, rows: Ints, groups: Ints, following: Ints) -> None:
    members = np.empty(len(rows), _MEMBER)
    chunks = rows // _CHUNK
    members["row"], members["group"] = rows, groups
    members["next"] = np.where(following >= 0, following // _CHUNK, -1)
    _members(path).add(chunks, members)


def _members(path: str) -> Dealt:
    return Dealt(path + ".members", _MEMBER)


def _news(path: str) -> Dealt:
    return Dealt(path + ".news", _NEWS)


def _settle(path: str, chunk: int, bands: Ints, file: MappedFile) -> tuple[Ints, Ints]:
    """The rows of a chunk that go, and those that stay for them; later chunks are told which of its rows stay."""
    members, news = _members(path).take(chunk), _news(path).take(chunk)
    band_of = np.searchsorted(bands, members["group"], "right") - 1
    members = members[np.lexsort((members["row"], band_of))]
    groups, group_of = np.unique(members["group"], return_inverse=True)
    heads = np.full((len(groups), HEADS), -1, np.int32)
    heads[np.searchsorted(groups, news["group"])] = news["heads"]
    rows = np.unique(np.concatenate((heads[heads >= 0], members["row"].astype(np.int64))))
    numbers = np.where(heads >= 0, np.searchsorted(rows, heads), -1).astype(np.int32)
    filled = (numbers >= 0).sum(1).astype(np.int32)
    homes = np.empty(len(rows), np.int32)
    ends = np.bincount(band_of, minlength=len(bands) - 1).cumsum()
    ours, room = np.searchsorted(rows, members["row"]), np.arange(0, HEADS * len(groups) + 1, HEADS)
    homes_of(
        _signatures(file, rows), ours.astype(np.int32), group_of.astype(np.int32), np.append(0, ends), room,
        LEAST_EQUAL, filled, numbers.reshape(-1), homes,
    )  # fmt: skip
    _tell(path, members, groups, group_of, np.where(numbers >= 0, rows[numbers], -1))
    going = np.flatnonzero(homes >= 0)
    return rows[going], rows[homes[going]]


def _tell(path: str, members: RowArray, groups: Ints, group_of: Ints, heads: Ints) -> None:
    """Tell the next chunk that has rows with a key which rows of it stay."""
    going_on = np.flatnonzero(members["next"] > members["row"] // _CHUNK)
    going_on = going_on[heads[group_of[going_on], 0] >= 0]
    news = np.empty(len(going_on), _NEWS)
    news["group"], news["heads"] = groups[group_of[going_on]], heads[group_of[going_on]]
    _news(path).add(members["next"][going_on], news)


def _signatures(file: MappedFile, rows: Ints) -> Bytes:
    """The signatures of some rows."""
    every = file.rows(np.dtype(np.uint8)).reshape(-1, BINS)
    chosen = np.empty((len(rows), BINS), np.uint8)
    for start in range(0, len(rows), _PICKED):
        chosen[start : start + _PICKED] = every[rows[start : start + _PICKED]]
        file.let_go()
    return chosen
