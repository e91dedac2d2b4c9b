"""Decisions: of every document whether it stays, and which one stays in its place, for whoever asks."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import examples

from corpuscheck.cleaning import columns
from corpuscheck.cleaning.decisions import Decider, Decision
from corpuscheck.cleaning.rows import ROW, Documents
from corpuscheck.kernels.arrays import Bytes
from corpuscheck.profile.near import BINS

Row = tuple[int, int, int]
"""The hash, the norm and the size of a document."""


def documents(folder: Path, files: dict[str, list[Row]], signatures: Bytes | None = None) -> Documents:
    """Documents as a first pass leaves them, all in one work unit."""
    rows = np.zeros(sum(map(len, files.values())), ROW)
    for row, (one, norm, size) in zip(rows, [row for some in files.values() for row in some], strict=True):
        row["hash"] = row["made_hash"] = one
        row["norm"] = row["made_norm"] = norm
        row["size"] = row["made_size"] = size
    rows["made_visible"] = 1
    rows.tofile(folder / "unit.rows")
    (folder / "unit.raw").write_bytes(b"" if signatures is None else signatures.tobytes())
    (folder / "unit.made").write_bytes(b"")
    (folder / "unit.json").write_text(json.dumps([(path, 0, len(some)) for path, some in files.items()]))
    return Documents.of(str(folder), ["unit"])


def test_the_longest_stays_then_the_first_by_path(tmp_path: Path) -> None:
    found = documents(
        tmp_path, {"z": [(1, 10, 5), (2, 10, 9)], "a": [(1, 10, 5), (3, 20, 7)], "b": [(4, 20, 7), (3, 20, 7)]}
    )
    decisions, fall = Decider(found).decide()
    assert [*decisions] == [
        Decision("a", 0, "CC502", ("z", 1)),
        Decision("a", 1, "", None),
        Decision("b", 0, "CC502", ("a", 1)),
        Decision("b", 1, "CC501", ("a", 1)),
        Decision("z", 0, "CC501", ("z", 1)),  # equal to one that gives way itself
        Decision("z", 1, "", None),
    ]
    assert (fall.read.utf8_bytes, fall.usable.utf8_bytes) == (40, 16)


def test_near_copies_are_those_of_documents_that_are_left(tmp_path: Path) -> None:
    dice = np.random.default_rng(1)
    one, other = dice.integers(0, 256, (2, BINS), dtype=np.uint8)
    like = one.copy()
    like[:10] += 1
    rows = [(1, 11, 50), (2, 21, 60), (3, 31, 40), (1, 11, 50)]
    decisions, _ = Decider(documents(tmp_path, {"a": rows}, np.stack((one, like, other, one)))).decide()
    assert [(row.rule, row.twin) for row in decisions] == [
        ("CC503", ("a", 1)), ("", None), ("", None), ("CC501", ("a", 1)),
    ]  # fmt: skip


def test_ranges_of_a_file_count_on(tmp_path: Path) -> None:
    documents(tmp_path, {"a": [(1, 2, 5), (3, 4, 5), (1, 2, 5), (5, 6, 7)]})
    (tmp_path / "unit.json").write_text(json.dumps([("a", 512, 2), ("a", 0, 2)]))
    decisions, _ = Decider(Documents.of(str(tmp_path), ["unit"])).decide()
    assert [(row.number, row.rule, row.twin) for row in decisions] == [
        (0, "", None), (1, "", None), (2, "CC501", ("a", 0)), (3, "", None),
    ]  # fmt: skip


@examples(30)
@given(
    keys=st.lists(st.integers(0, 6), max_size=60),
    seed=st.integers(0, 99),
    part=st.integers(1, 30),
    block=st.integers(1, 30),
)
def test_keys_in_parts_as_a_plain_program_finds_them(keys: list[int], seed: int, part: int, block: int) -> None:
    dice = np.random.default_rng(seed)
    high = np.array([(key % 4) << 62 | key for key in keys], np.uint64)
    ranks, numbers = dice.integers(0, 3, len(keys)), np.arange(len(keys)) * 3
    rows = [*zip(high.tolist(), ranks.tolist(), numbers.tolist(), strict=True)]
    of_each = {key: sorted(row[1:] for row in rows if row[0] == key) for key, *_ in rows}
    expected = {number: some[0][1] for some in of_each.values() for _, number in some[1:]}
    alike = sorted(sorted(number for _, number in some) for some in of_each.values() if len(some) > 1)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "_PART_ROWS", part)
        patch.setattr(columns, "_BLOCK_ROWS", block)
        found: list[columns.Parted] = []
        for name in ("twins", "shared"):
            found.append(columns.Parted(folder, name, len(keys)))
            for start in range(0, len(keys), 7):
                some = slice(start, start + 7)
                found[-1].add(high[some], ranks[some], numbers[some])
        twins = [pair for copies, kept in found[0].twins() for pair in zip(copies.tolist(), kept.tolist(), strict=True)]
        shared = [row for some in found[1].shared() for row in zip(*(column.tolist() for column in some), strict=True)]
        assert not os.listdir(folder)
    assert dict(twins) == expected
    assert len(twins) == len(expected)
    groups: dict[int, list[int]] = {}
    for number, group, following in sorted(shared):
        groups.setdefault(group, []).append(number)
        assert following == min((n for n, other, _ in shared if other == group and n > number), default=-1)
    assert sorted(groups.values()) == alike
    assert sorted(groups) == list(range(len(alike)))
