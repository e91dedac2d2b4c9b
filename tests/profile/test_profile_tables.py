"""The tables of files and documents merge exactly, also past their bounds, where they become samples."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import examples
from parts_made import KINDS, file_tables, of_norms, of_occurrences, of_rows, of_signatures, of_units, rows

from corpuscheck.profile import documents, files, near, repeats
from corpuscheck.profile.clean import CleanPart
from corpuscheck.profile.documents import DocumentPart, NormPart
from corpuscheck.profile.files import FileFigures, FilesPart
from corpuscheck.profile.near import NearPart
from corpuscheck.profile.repeats import LineSample, RepeatsPart

TABLES = (FilesPart, DocumentPart, NormPart, NearPart, RepeatsPart, LineSample, CleanPart)


@examples(60)
@given(tables=st.lists(rows, max_size=4))
def test_tables_stay_within_their_bounds(bound: int, tables: list[list[tuple[int, int, int]]]) -> None:
    near_part = NearPart().merge(*map(of_signatures, tables))
    lines = RepeatsPart().merge(*map(of_units, tables))
    seen = LineSample().merge(*map(of_occurrences, tables))
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


@pytest.mark.few(4)
@pytest.mark.parametrize("kind", TABLES)
@examples(50)
@given(data=st.data())
def test_merging_is_a_commutative_monoid(kind: type[Any], bound: int, data: st.DataObject) -> None:
    a, b, c = (data.draw(KINDS[kind]) for _ in range(3))
    assert a.merge(kind()) == a == kind().merge(a)
    assert a.merge(b) == b.merge(a)
    assert a.merge(b).merge(c) == a.merge(b.merge(c))
    assert kind.from_state(a.merge(b).to_state()) == a.merge(b)
    assert kind.from_state(a.to_state()).merge(b) == a.merge(b)


@examples(60)
@given(tables=st.lists(rows, max_size=4))
def test_documents_added_up_are_those_of_one_table(bound: int, tables: list[list[tuple[int, int, int]]]) -> None:
    whole = of_rows([row for table in tables for row in table])
    assert reduce(DocumentPart.merge, map(of_rows, tables), DocumentPart()) == whole
    assert len(whole) <= bound


@examples(60)
@given(a=file_tables, b=file_tables)
def test_files_of_two_corpora_are_those_of_one(
    bound: int, a: dict[str, FileFigures], b: dict[str, FileFigures]
) -> None:
    b = {f"other/{path}": row for path, row in b.items()}
    merged = FilesPart(0, a).bounded().merge(FilesPart(0, b).bounded())
    assert merged == FilesPart(0, {**a, **b}).bounded()
    assert len(merged.files) <= bound
    assert merged.complete or len(a) + len(b) > bound
