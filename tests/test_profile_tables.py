"""The tables of files and documents merge exactly, also past their bounds, where they become samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuscheck.profile import documents, files
from corpuscheck.profile.documents import DocumentPart, Documents
from corpuscheck.profile.files import FileFigures, FilesPart

Part = FilesPart | DocumentPart

n = st.integers(0, 50)
hashes = st.one_of(st.integers(1, 2**64 - 1), st.integers(1, 9), st.sampled_from([2**63, 2**64 - 1]))
figures = st.builds(FileFigures, st.sampled_from(["utf-8", "cp949"]), n, n, n, n, n, hashes)
file_tables = st.dictionaries(st.text("ab가", min_size=1, max_size=3), figures, max_size=12)
rows = st.lists(st.tuples(hashes, st.integers(0, 5), st.integers(1, 9)), max_size=12)


def of_rows(table: list[tuple[int, int, int]]) -> DocumentPart:
    """Texts with equal hashes have equal sizes."""
    texts, homes, counts = (list(column) for column in zip(*table, strict=True)) if table else ([], [], [])
    sizes = [text % 97 for text in texts]
    return DocumentPart.of(
        Documents(
            np.array(texts, np.uint64),
            np.array(homes, np.uint64),
            np.array(counts, np.int64),
            np.array(sizes, np.int64),
            np.array([text // 2 for text in texts], np.uint64),
            np.array(counts, np.int64),
            np.array([size // 2 for size in sizes], np.int64),
        )
    )


PARTS: dict[str, tuple[st.SearchStrategy[Part], Part]] = {
    "files": (file_tables.map(FilesPart.bounded), FilesPart()),
    "documents": (rows.map(of_rows), DocumentPart()),
}


@pytest.fixture(scope="module", params=[10**6, 8, 1])
def bound(request: pytest.FixtureRequest) -> Iterator[int]:
    """How many rows are kept."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(files, "MOST_FILES", request.param)
        patched.setattr(documents, "MOST_DOCUMENTS", request.param)
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
    assert len(whole.columns()) <= bound


@settings(max_examples=100, deadline=None, derandomize=True)
@given(a=file_tables, b=file_tables)
def test_files_of_two_corpora_are_those_of_one(
    bound: int, a: dict[str, FileFigures], b: dict[str, FileFigures]
) -> None:
    b = {f"other/{path}": row for path, row in b.items()}
    merged = FilesPart.bounded(a).merge(FilesPart.bounded(b))
    assert merged == FilesPart.bounded({**a, **b})
    assert len(merged.files) <= bound
    assert merged.complete or len(a) + len(b) > bound
