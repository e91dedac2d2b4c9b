"""The tables of files and documents merge exactly, also past their bounds, where they become samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuscheck.profile import documents, files, near, repeats
from corpuscheck.profile.clean import CleanPart, Tally, Worst, worst_of
from corpuscheck.profile.documents import DocumentPart, NormPart
from corpuscheck.profile.files import FileFigures, FilesPart
from corpuscheck.profile.near import BINS, NearPart
from corpuscheck.profile.repeats import LinesSeen, RepeatsPart

Part = FilesPart | DocumentPart | NormPart | NearPart | RepeatsPart | LinesSeen | CleanPart

n = st.integers(0, 50)
hashes = st.one_of(st.integers(1, 2**64 - 1), st.integers(1, 9), st.sampled_from([2**63, 2**64 - 1]))
figures = st.builds(FileFigures, st.sampled_from(["utf-8", "cp949"]), n, n, n, n, n, hashes)
file_tables = st.dictionaries(st.text("ab가", min_size=1, max_size=3), figures, max_size=12)
rows = st.lists(st.tuples(hashes, st.integers(0, 5), st.integers(1, 9)), max_size=12)


def of_rows(table: list[tuple[int, int, int]]) -> DocumentPart:
    """Texts with equal hashes have equal sizes."""
    texts, homes, counts = (list(column) for column in zip(*table, strict=True)) if table else ([], [], [])
    sizes = [text % 97 for text in texts]
    return DocumentPart(
        0,
        np.array(texts, np.uint64),
        np.array(homes, np.uint64),
        np.array(counts, np.int64),
        np.array(sizes, np.int64),
        np.array([text // 2 for text in texts], np.uint64),
        np.array(counts, np.int64),
        np.array([size // 2 for size in sizes], np.int64),
        np.array(counts, np.int64) + 3,
    ).bounded()


def of_norms(table: list[tuple[int, int, int]]) -> NormPart:
    """Texts of one norm differ in size."""
    norms, sizes, debris = (list(column) for column in zip(*table, strict=True)) if table else ([], [], [])
    return NormPart(0, np.array(norms, np.uint64), np.array(sizes, np.int64), np.array(debris, np.int64)).bounded()


def of_signatures(table: list[tuple[int, int, int]]) -> NearPart:
    """Texts with equal norms have equal keys and signatures."""
    norms, homes, places = (list(column) for column in zip(*table, strict=True)) if table else ([], [], [])
    signatures = np.array([[(norm >> k % 48) % 256 for k in range(BINS)] for norm in norms], np.uint8)
    return NearPart(
        0,
        len(norms),
        sum(places),
        np.array([norm // 3 * 7 % 2**64 for norm in norms], np.uint64),
        np.array(norms, np.uint64),
        np.array(homes, np.uint64),
        np.array(places, np.int64),
        np.array([place * 3 for place in places], np.int64),
        np.array(places, np.int64),
        signatures.reshape(-1, BINS),
    ).bounded()


def of_units(table: list[tuple[int, int, int]]) -> RepeatsPart:
    """Equal units have equal sizes."""
    units, _, counts = (list(column) for column in zip(*table, strict=True)) if table else ([], [], [])
    sizes = np.array([unit % 31 for unit in units], np.int64)
    total = int(sizes.sum())
    return RepeatsPart(0, len(units), total, 0, np.array(units, np.uint64), np.array(counts, np.int64), sizes).bounded()


def of_occurrences(table: list[tuple[int, int, int]]) -> LinesSeen:
    """An occurrence is always of the same line."""
    return LinesSeen(rows={key: (key % 5, key % 31, f"line {key % 5}") for key, _, _ in table}).bounded()


worst = st.builds(Worst, n, n, st.text("ab가", min_size=1, max_size=2), n, st.integers(0, 2))
tallies = st.lists(worst, max_size=14).map(
    lambda rows: Tally(20, 900, len(rows), sum(row.utf8_bytes for row in rows), 3, 4, worst_of(rows))
)
cleans = st.dictionaries(st.sampled_from(["CC401", "any", "debris: URLs"]), tallies).map(CleanPart)

PARTS: dict[str, tuple[st.SearchStrategy[Part], Part]] = {
    "files": (file_tables.map(lambda table: FilesPart(0, table).bounded()), FilesPart()),
    "documents": (rows.map(of_rows), DocumentPart()),
    "norms": (rows.map(of_norms), NormPart()),
    "near": (rows.map(of_signatures), NearPart()),
    "repeats": (rows.map(of_units), RepeatsPart()),
    "occurrences": (rows.map(of_occurrences), LinesSeen()),
    "clean": (cleans, CleanPart()),
}


@settings(max_examples=100, deadline=None, derandomize=True)
@given(tables=st.lists(rows, max_size=4))
def test_tables_stay_within_their_bounds(bound: int, tables: list[list[tuple[int, int, int]]]) -> None:
    near_part = NearPart().merge(*map(of_signatures, tables))
    lines = RepeatsPart().merge(*map(of_units, tables))
    seen = LinesSeen().merge(*map(of_occurrences, tables))
    assert max(len(near_part), len(lines), len(seen.rows)) <= bound
    assert lines.units == sum(map(len, tables))
    every = [row for table in tables for row in table]
    assert near_part == of_signatures(every)
    assert near_part.judged == len(every)
    assert NormPart().merge(*map(of_norms, tables)) == of_norms(every)
    assert lines == of_units(every)
    assert seen == of_occurrences(every)


@pytest.fixture(scope="module", params=[10**6, 8, 1])
def bound(request: pytest.FixtureRequest) -> Iterator[int]:
    """How many rows are kept."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(files, "MOST_FILES", request.param)
        patched.setattr(DocumentPart, "MOST", request.param)
        patched.setattr(documents, "MOST_FILES_EACH", max(1, request.param // 4))
        patched.setattr(NormPart, "MOST", request.param)
        patched.setattr(NearPart, "MOST", request.param)
        patched.setattr(near, "MOST_ALIKE", max(1, request.param // 4))
        patched.setattr(RepeatsPart, "MOST", request.param)
        patched.setattr(repeats, "MOST_OCCURRENCES", request.param)
        yield request.param


@pytest.mark.parametrize("name", PARTS)
@settings(max_examples=100, deadline=None, derandomize=True)
@given(data=st.data())
def test_merging_is_a_commutative_monoid(name: str, bound: int, data: st.DataObject) -> None:
    strategy, nothing = PARTS[name]
    merge: Callable[..., Part] = type(nothing).merge
    a, b, c = (data.draw(strategy) for _ in range(3))
    assert merge(a, nothing) == a == merge(nothing, a)
    assert merge(a, b) == merge(b, a)
    assert merge(merge(a, b), c) == merge(a, merge(b, c))
    assert type(nothing).from_state(merge(a, b).to_state()) == merge(a, b)
    assert merge(type(nothing).from_state(a.to_state()), b) == merge(a, b)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(tables=st.lists(rows, max_size=4))
def test_documents_added_up_are_those_of_one_table(bound: int, tables: list[list[tuple[int, int, int]]]) -> None:
    whole = of_rows([row for table in tables for row in table])
    assert reduce(DocumentPart.merge, map(of_rows, tables), DocumentPart()) == whole
    assert len(whole) <= bound


@settings(max_examples=100, deadline=None, derandomize=True)
@given(a=file_tables, b=file_tables)
def test_files_of_two_corpora_are_those_of_one(
    bound: int, a: dict[str, FileFigures], b: dict[str, FileFigures]
) -> None:
    b = {f"other/{path}": row for path, row in b.items()}
    merged = FilesPart(0, a).bounded().merge(FilesPart(0, b).bounded())
    assert merged == FilesPart(0, {**a, **b}).bounded()
    assert len(merged.files) <= bound
    assert merged.complete or len(a) + len(b) > bound
