"""Each kernel against its definition, compiled and as ordinary Python (also with NUMBA_DISABLE_JIT=1)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import examples

from corpuscheck.kernels import hashing, utf8, words
from corpuscheck.kernels.arrays import CODE_POINTS
from corpuscheck.kernels.strings import StringTable

pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered")
calm = examples(80)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def forms(kernel: Any) -> list[Callable[..., Any]]:
    """The kernel as compiled, and the Python it was compiled from."""
    return [kernel, getattr(kernel, "py_func", kernel)]


def array(data: bytes) -> Any:
    return np.frombuffer(data, np.uint8)


def spans(*pairs: tuple[int, int]) -> tuple[Any, Any]:
    return np.array([a for a, _ in pairs], np.int64), np.array([b for _, b in pairs], np.int64)


def is_valid(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@calm
@given(data=st.one_of(st.binary(max_size=40), texts.map(str.encode)), cut=st.integers(0, 5), byte=st.integers(0, 255))
def test_utf8_is_what_python_decodes(data: bytes, cut: int, byte: int) -> None:
    for sample in (data, data[cut:], data[: len(data) - cut], data[:cut] + bytes([byte]) + data[cut:]):
        for kernel in forms(utf8.is_utf8):
            assert kernel(array(sample)) == is_valid(sample)


@pytest.mark.parametrize(
    "data",
    [b"\xc0\x80", b"\xc1\xbf", b"\xe0\x9f\xbf", b"\xed\xa0\x80", b"\xf0\x8f\xbf\xbf", b"\xf4\x90\x80\x80",
     b"\xf5\x80\x80\x80", b"\xff"],
)  # fmt: skip
def test_overlong_surrogate_and_too_large_are_invalid_anywhere(data: bytes) -> None:
    for around in (b"", b"ab", "가나다라".encode() * 10):
        assert not utf8.is_utf8(array(around + data + around))


@calm
@given(text=texts)
def test_code_points_and_their_counts(text: str) -> None:
    data = array(text.encode())
    for code_point in forms(utf8.code_point):
        seen, i = [], 0
        while i < len(data):
            cp, width = code_point(data, i)
            seen.append(chr(cp))
            i += width
        assert "".join(seen) == text
    counts = np.zeros(CODE_POINTS, np.int64)
    starts, ends = spans((0, len(data)))
    utf8.count_characters(data, starts, ends, np.ones(1, np.uint8), counts)
    assert {chr(cp): int(counts[cp]) for cp in np.flatnonzero(counts)} == {ch: text.count(ch) for ch in set(text)}


@calm
@given(text=st.text("ab \t\r\n가", max_size=40))
def test_lines_and_paragraphs(text: str) -> None:
    data = text.encode()
    starts, ends = spans((0, len(data)))
    for kernel in forms(utf8.line_spans):
        rows = np.empty((len(data) + 2, 3), np.int64)
        n = kernel(array(data), starts, ends, rows)
        found = [data[a:b] for a, b, _ in rows[:n].tolist()]
        assert found == [line for line in data.splitlines() if line]
    for kernel in forms(utf8.paragraph_spans):
        rows = np.empty((len(data) + 2, 2), np.int64)
        n = kernel(array(data), rows)
        found = [data[a:b] for a, b in rows[:n].tolist()]
        groups: list[list[bytes]] = [[]]
        for line in data.splitlines(keepends=True):
            groups[-1].append(line) if line.strip() else groups.append([])
        assert found == [b"".join(group).rstrip(b"\r\n") for group in groups if group]


@examples(25)
@given(
    words=st.lists(st.sampled_from(["a" * 3000, "b " * 900, "\n", "가나 " * 700, "c" * 9000]), min_size=1, max_size=12)
)
def test_passages_part_a_document_and_do_not_depend_on_where_it_was_cut(words: list[str]) -> None:
    data = "".join(words).encode()
    whole = _passages(data, 0)
    assert b"".join(text for text, _ in whole) == data
    cut = int(utf8.last_boundary(array(data), 0))
    if 0 < cut < len(data):
        assert _passages(data[:cut], 0) + _passages(data[cut:], cut) == whole


def _passages(data: bytes, offset: int) -> list[tuple[bytes, int]]:
    starts, ends = spans((0, len(data)))
    rows = np.empty((len(data) // 4000 + 10, 4), np.int64)
    n = utf8.passages(array(data), starts, ends, offset, rows)
    return [(data[a:b], index) for a, b, _, index in rows[:n].tolist()]


@calm
@given(a=st.binary(max_size=30), b=st.binary(max_size=30))
def test_hashes_tell_bytes_apart_and_are_the_same_everywhere(a: bytes, b: bytes) -> None:
    one, two = (int(hashing.hash_bytes(array(x), 0, len(x))) for x in (a, b))
    assert (one == two) == (a == b)
    with np.errstate(over="ignore"):
        assert int(forms(hashing.hash_bytes)[1](array(a), 0, len(a))) == one


def test_the_hash_never_changes() -> None:
    data = "한국어".encode()
    assert int(hashing.hash_bytes(array(data), 0, len(data))) == 4223204817128270017


@examples(20)
@given(strings=st.lists(st.tuples(st.binary(max_size=6), st.integers(0, 2)), max_size=60))
def test_strings_are_numbered_in_the_order_they_come(strings: list[tuple[bytes, int]]) -> None:
    table = StringTable()
    expected: dict[tuple[bytes, int], int] = {}
    for _ in range(2):
        data = b"".join(text for text, _ in strings)
        ends = np.cumsum(np.array([len(text) for text, _ in strings], np.int64))
        starts = ends - np.array([len(text) for text, _ in strings], np.int64)
        ids = table.number(array(data), starts, ends, np.array([label for _, label in strings], np.int64))
        assert ids.tolist() == [expected.setdefault(item, len(expected)) for item in strings]
    assert [(table.string(k), table.label(k)) for k in range(len(table))] == list(expected)


def test_a_string_table_grows() -> None:
    table = StringTable()
    data = b"".join(b"%07d" % k for k in range(30_000))
    starts = np.arange(0, len(data), 7)
    assert table.number(array(data), starts, starts + 7, np.zeros(30_000, np.int64)).tolist() == list(range(30_000))


nested = st.recursive(
    st.one_of(st.none(), st.text(max_size=5)), lambda inner: st.lists(inner, max_size=3), max_leaves=8
)


def _flattened(value: object, left: int) -> object:
    if not isinstance(value, list):
        return value
    return [_flattened(item, left - 1) for item in value] if left else 0


def _deep(value: object, left: int) -> int:
    """How many lists are too deep."""
    if not isinstance(value, list):
        return 0
    return sum(_deep(item, left - 1) for item in value) if left else 1


@calm
@given(value=nested, limit=st.integers(1, 4), cut=st.integers(0, 30))
def test_json_that_nests_too_deep_is_made_a_number_whatever_the_blocks(value: object, limit: int, cut: int) -> None:
    data = json.dumps(value).encode()
    for kernel in forms(utf8.json_depth):
        state = utf8.no_depth(limit)
        blocks = array(data[:cut]).copy(), array(data[cut:]).copy()
        whole = [kernel(block, state, limit) == len(block) for block in blocks] == [True, True]
        flat = b"".join(block.tobytes() for block in blocks)
        assert json.loads(flat) == _flattened(value, limit)
        assert (state[6], whole) == (_deep(value, limit), not _deep(value, limit))


@calm
@given(text=st.text("ab가나. \n\u200b", max_size=40), longest=st.integers(1, 5))
def test_words_by_rank_is_the_highest_rank_of_each_word(text: str, longest: int) -> None:
    table = np.zeros(CODE_POINTS, np.int32)
    kinds = {" ": words.SPACE, "\n": words.SPACE, ".": words.ISOLATED, "\u200b": words.DELETED}
    ranks = np.zeros(CODE_POINTS, np.int32)
    for rank, ch in enumerate("ab가나. \n\u200b"):
        table[ord(ch)] = kinds.get(ch, words.WORD)
        ranks[ord(ch)] = rank
    expected = [0] * 10
    for chunk in text.replace("\u200b", "").replace(".", " . ").split():
        expected[9 if chunk != "." and len(chunk) > longest else max(int(ranks[ord(ch)]) for ch in chunk)] += 1
    data = text.encode()
    starts, ends = spans((0, len(data)))
    for kernel in forms(words.words_by_rank):
        hist = np.zeros((1, 10), np.int64)
        kernel(array(data), starts, ends, np.zeros(1, np.int64), table, ranks, longest, hist)
        assert hist[0].tolist() == expected
