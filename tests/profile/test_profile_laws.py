"""Every part of a profile merges exactly: identity, any order, any grouping, saved and loaded."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import examples
from parts_made import KINDS, changes, domain_words, domains, lost_words, names

from corpuscheck.errors import ProfileError
from corpuscheck.profile import domain, letters, lost
from corpuscheck.profile import domain_words as word_tables
from corpuscheck.profile.curve import CurvePart
from corpuscheck.profile.domain import DomainPart
from corpuscheck.profile.domain_words import DomainWords
from corpuscheck.profile.lost import LostWords
from corpuscheck.profile.part import Part, kinds_of
from corpuscheck.profile.profile import Profile
from corpuscheck.profile.sample import Sample
from corpuscheck.profile.words import WordPart

WITHIN: dict[type[Part], st.SearchStrategy[Any]] = {
    LostWords: lost_words,
    DomainWords: domain_words,
    DomainPart: domains,
}
"""Parts of parts, which merge by the same laws."""

FIELDS = {f.name: kinds_of(Profile)[f.name] for f in fields(Profile)}
MADE = {name: KINDS[kind] for name, kind in FIELDS.items() if name != "about"}
abouts = st.fixed_dictionaries({"version": names}, optional={"tokenizer": names, "document": names})
profiles = st.builds(Profile, **MADE, about=st.just({}) | abouts)
PARTS: dict[str, tuple[st.SearchStrategy[Any], type[Any]]] = {
    **{name: (strategy, FIELDS[name]) for name, strategy in MADE.items()},
    **{kind.__name__: (strategy, kind) for kind, strategy in WITHIN.items()},
}


def is_a_commutative_monoid(a: Any, b: Any, c: Any) -> None:
    nothing = type(a)()
    assert a.merge(nothing) == a == nothing.merge(a)
    assert a.merge(b) == b.merge(a)
    assert a.merge(b).merge(c) == a.merge(b.merge(c)) == c.merge(b, a)


@pytest.mark.few(5)
@pytest.mark.parametrize("name", PARTS)
@examples(40)
@given(data=st.data())
def test_every_part_merges_exactly_and_goes_there_and_back(name: str, data: st.DataObject) -> None:
    strategy, kind = PARTS[name]
    a, b, c = (data.draw(strategy) for _ in range(3))
    is_a_commutative_monoid(a, b, c)
    assert kind.from_state(a.to_state()) == a
    assert kind.from_state(a.to_state()).merge(b) == a.merge(b)


@examples(15)
@given(a=profiles, b=profiles, c=profiles)
def test_a_profile_merges_field_by_field(a: Profile, b: Profile, c: Profile) -> None:
    is_a_commutative_monoid(a, b, c)
    both = a.merge(b)
    for name in MADE:
        assert getattr(both, name) == getattr(a, name).merge(getattr(b, name))


@examples(15)
@given(a=profiles, b=profiles)
def test_a_saved_profile_is_the_profile(a: Profile, b: Profile) -> None:
    assert Profile.from_bytes(a.to_bytes()) == a
    assert a.merge(b).to_bytes() == b.merge(a).to_bytes()
    assert Profile.from_bytes(a.to_bytes()).merge(b).to_bytes() == a.merge(b).to_bytes()


@examples(60)
@given(data=st.data())
def test_lost_words_past_their_bound_still_merge_exactly(data: st.DataObject) -> None:
    tables = data.draw(
        st.lists(
            st.dictionaries(st.tuples(st.integers(0, 6), names), st.integers(1, 9), max_size=20), min_size=3, max_size=3
        )
    )
    bound, lost.MOST_WORDS = lost.MOST_WORDS, 8
    try:
        a, b, c = (LostWords(0, table).bounded() for table in tables)
        assert a.merge(b) == b.merge(a)
        assert a.merge(b).merge(c) == a.merge(b.merge(c))
        assert len(a.merge(b).counts) <= 8
    finally:
        lost.MOST_WORDS = bound


@examples(60)
@given(a=domains, b=domains, c=domains)
def test_domains_past_their_bounds_still_merge_exactly(a: DomainPart, b: DomainPart, c: DomainPart) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(domain, "MOST_SKETCHES", 3)
        patched.setattr(word_tables, "MOST_WORDS", 4)
        a, b, c = (part.bounded() for part in (a, b, c))
        assert a.merge(b) == b.merge(a)
        assert a.merge(b).merge(c) == a.merge(b.merge(c))
        whole = a.merge(b).merge(c)
        assert len(whole.sketches) <= 3
        assert len(whole.words.counts) <= 4
        assert whole.tables().sum() == sum(part.tables().sum() for part in (a, b, c))
        assert DomainPart.from_state(whole.to_state()) == whole


items = st.dictionaries(
    st.tuples(st.integers(0, 30), st.binary(min_size=1, max_size=4)), st.integers(1, 3), max_size=12
)


def sample(table: dict[tuple[int, bytes], int], budget: int, source: int = 0) -> Sample:
    found = Sample.of(budget, ((key, text, count, key) for (key, text), count in table.items()))
    return replace(found, sources=np.full(len(found), source, np.uint64))


@examples(80)
@given(a=items, b=items, c=items, budget=st.integers(0, 30))
def test_samples_past_their_budget_merge_exactly(
    a: dict[tuple[int, bytes], int], b: dict[tuple[int, bytes], int], c: dict[tuple[int, bytes], int], budget: int
) -> None:
    one, two, three = (sample(table, budget, source) for source, table in enumerate((a, b, c), 1))
    assert one.merge(two) == two.merge(one)
    assert one.merge(two).merge(three) == one.merge(two.merge(three))
    union = {item: sum(t.get(item, 0) for t in (a, b, c)) for item in {**a, **b, **c}}
    whole = one.merge(two).merge(three)
    assert replace(whole, sources=np.zeros(len(whole), np.uint64)) == sample(union, budget)
    items = zip(whole.hashes.tolist(), (text for text, _, _ in whole.items()), strict=True)
    assert whole.sources.tolist() == [min(k for k, t in enumerate((a, b, c), 1) if item in t) for item in items]
    assert one.size <= budget


def test_different_tokenizers_cannot_be_added() -> None:
    with pytest.raises(ProfileError, match="different tokenizers"):
        WordPart("a").merge(WordPart("b"))


def test_different_rankings_have_no_sum_and_say_so() -> None:
    a, b = CurvePart("x", 5, {1: 2}), CurvePart("y", 5, {1: 2})
    assert a.merge(b).conflict
    assert a.merge(b).words == 0


@pytest.mark.parametrize(
    "damage", [lambda d: b"", lambda d: b"PK" + d, lambda d: d[:-3], lambda d: d[:25] + b"\0" * 9 + d[34:]]
)
def test_a_damaged_profile_is_an_error(damage: Any) -> None:
    with pytest.raises(ProfileError):
        Profile.from_bytes(damage(Profile().to_bytes()))


@examples(30)
@given(parts=st.lists(changes, min_size=3, max_size=3))
def test_changed_words_past_their_bound_still_merge_exactly(parts: list[letters.LettersPart]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(letters, "MOST_EXAMPLES", 2)
        a, b, c = (replace(part, examples=letters.smallest(part.examples)) for part in parts)
        assert a.merge(b).merge(c) == a.merge(b.merge(c)) == c.merge(a).merge(b)
