"""Tables of counts: what is written down can be read, and what cannot be is an error."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import examples

from corpuscheck.profile.counts import joined_counts, known_counts, packed_counts, unpacked_counts, written_counts

ROWS, CELLS = 2, 5
rows = st.lists(st.sampled_from([0, 0, 1, 7, 10**12]), min_size=ROWS * CELLS, max_size=ROWS * CELLS)


@examples(60)
@given(one=rows, other=rows)
def test_what_is_written_down_is_read_again(one: list[int], other: list[int]) -> None:
    tables = [np.array(row, np.int64).reshape(ROWS, CELLS) for row in (one, other)]
    packed = [packed_counts(table) for table in tables]
    for counts, table in zip(packed, tables, strict=True):
        assert known_counts(written_counts(counts, ROWS), ROWS, CELLS) == counts
        assert np.array_equal(unpacked_counts(counts, ROWS, CELLS), table)
    assert np.array_equal(unpacked_counts(joined_counts(packed), ROWS, CELLS), tables[0] + tables[1])


def test_few_counts_take_little_room() -> None:
    table = np.zeros((8, 1 << 14), np.int64)
    table[3, 77] = table[4, 77] = 5
    assert written_counts(packed_counts(table), 8) == [[77 * 8 + 3, 0], [5, 5]]
    assert written_counts(packed_counts(table + 1), 8)[0] == []


@pytest.mark.parametrize(
    "state",
    [[], [[0]], [[0], [1], [2]], [[0, 0], [1]], [[], [1]], [[9, 9], [1, 1]], [[10], [1]], [[1 << 62], [1]], [[-1], [1]],
     [[0], [-1]], [[0], [1 << 50]], [[0], ["1"]], [["0"], [1]], [[True], [1]], [[0.0], [1]], [None, [1]], {"a": 1}],
)  # fmt: skip
def test_what_cannot_be_is_an_error(state: Any) -> None:
    with pytest.raises((ValueError, LookupError, TypeError)):
        known_counts(state, ROWS, CELLS)
