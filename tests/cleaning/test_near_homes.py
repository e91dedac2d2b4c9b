"""Which of nearly equal documents stay: what goes is like what stays for it, and all that stay would stay again."""

from __future__ import annotations

import os
import tempfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import examples

from corpuscheck.cleaning import columns, homes, near
from corpuscheck.kernels import alike
from corpuscheck.kernels.arrays import Bytes
from corpuscheck.profile.near import BINS
from corpuscheck.result.near import ALIKE, likeness, near_homes


def chained(seed: int, n: int = 400) -> Bytes:
    """Rows that are like one before them, more or less."""
    dice = np.random.default_rng(seed)
    rows = [dice.integers(0, 256, BINS)]
    for _ in range(n):
        following = rows[dice.integers(0, len(rows))].copy()
        changed = dice.integers(0, BINS, int(dice.choice([0, 3, 12, 20, BINS])))
        following[changed] = dice.integers(0, 256, len(changed))
        rows.append(following)
    return np.stack(rows).astype(np.uint8)


@pytest.mark.parametrize("seed", range(5))
def test_chains_and_clusters(seed: int) -> None:
    signatures = chained(seed)
    stays = near_homes(signatures).astype(np.int64)
    going = np.flatnonzero(stays >= 0)
    assert len(going) > 50
    assert (stays[stays[going]] == -1).all()
    assert (stays[going] < going).all()
    assert (likeness(signatures, going, stays[going]) >= ALIKE).all()
    staying = np.flatnonzero(stays < 0)
    assert (near_homes(signatures[staying]) == -1).all()


def test_of_a_large_cluster_one_stays() -> None:
    dice = np.random.default_rng(1)
    signatures = np.repeat(dice.integers(0, 256, (1, BINS)), 5000, 0).astype(np.uint8)
    signatures[np.arange(5000), dice.integers(0, BINS, 5000)] = dice.integers(0, 256, 5000)
    stays = near_homes(signatures)
    assert (stays[1:] == 0).all()
    assert stays[0] == -1


@examples(20)
@given(
    seed=st.integers(0, 1000),
    n=st.integers(0, 300),
    chunk=st.integers(1, 60),
    block=st.integers(1, 100),
    part=st.integers(1, 100),
)
def test_a_part_at_a_time_as_all_at_once(seed: int, n: int, chunk: int, block: int, part: int) -> None:
    """However small the parts: even those of one key, which are read in blocks."""
    signatures = chained(seed, n)
    sizes = np.random.default_rng(seed).integers(1, 6, len(signatures)) * 10 ** (seed % 13)
    numbers = np.random.default_rng(seed).permutation(len(signatures)) * (1 + seed % 7 * 10**6)

    def found(limit: int) -> dict[int, int]:
        with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            patch.setattr(near, "_IN_MEMORY", limit)
            for room, name, size in ((near, "_PART", part), (homes, "_CHUNK", chunk), (homes, "_READ", part),
                                     (homes, "_PICKED", part), (columns, "_BLOCK_ROWS", block),
                                     (columns, "_PART_ROWS", part), (columns, "_PICKED", part)):  # fmt: skip
                patch.setattr(room, name, size)
            finder = near.NearFinder(folder)
            for start in range(0, len(signatures), 50):
                some = slice(start, start + 50)
                finder.add(signatures[some], sizes[some], numbers[some])
            pairs = [
                pair for copies, kept in finder.twins() for pair in zip(copies.tolist(), kept.tolist(), strict=True)
            ]
            assert not os.listdir(folder)
        assert len(pairs) == len({copy for copy, _ in pairs})
        return dict(pairs)

    assert found(0) == found(1 << 20)


@examples(60)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 2), st.lists(st.integers(0, 1), min_size=4, max_size=4)),
        max_size=30,
    )
)
def test_each_row_goes_to_the_first_head_that_it_is_like(rows: list[tuple[int, int, list[int]]]) -> None:
    signatures = np.array([signature for *_, signature in rows], np.uint8).reshape(-1, 4)
    heads: dict[tuple[int, int], list[int]] = {}
    expected: list[int] = []
    for row, (one, other, signature) in enumerate(rows):
        mine = [heads.setdefault(key, []) for key in ((0, one), (1, other))]
        like = [head for some in mine for head in some if sum(map(int.__eq__, rows[head][2], signature)) >= 3]
        expected.append(min(like, default=-1))
        for some in mine:
            if not like and len(some) < 2:
                some.append(row)
    n = len(rows)
    groups = np.array([one for one, *_ in rows] + [3 + other for _, other, _ in rows], np.int32)
    for kernel in (alike.homes_of, getattr(alike.homes_of, "py_func", alike.homes_of)):
        homes = np.zeros(n, np.int32)
        kernel(
            signatures, np.tile(np.arange(n, dtype=np.int32), 2), groups, np.array([0, n, 2 * n]),
            np.arange(0, 14, 2), 3, np.zeros(6, np.int32), np.zeros(12, np.int32), homes,
        )  # fmt: skip
        assert homes.tolist() == expected
