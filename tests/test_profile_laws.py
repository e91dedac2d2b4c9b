"""Every part of a profile merges exactly: identity, any order, any grouping, saved and loaded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuscheck.arrays import BUCKETS
from corpuscheck.errors import ProfileError
from corpuscheck.profile import domain, letters, lost
from corpuscheck.profile import domain_words as word_tables
from corpuscheck.profile.characters import CharacterPart
from corpuscheck.profile.curve import CurvePart
from corpuscheck.profile.domain import DomainPart, packed_counts, packed_grams
from corpuscheck.profile.domain_words import DomainWords
from corpuscheck.profile.estimates import EstimatePart
from corpuscheck.profile.lost import LostWords
from corpuscheck.profile.mojibake import MojibakePart
from corpuscheck.profile.profile import Profile
from corpuscheck.profile.reading import ReadingPart
from corpuscheck.profile.sample import Sample
from corpuscheck.profile.size import SizePart
from corpuscheck.profile.words import WordPart
from corpuscheck.reading.files import FileRecord

n = st.integers(0, 10**6)
names = st.text("abc가힣", min_size=1, max_size=3)
counts = st.dictionaries(names, st.integers(1, 99), max_size=5)
ranks = st.dictionaries(st.integers(0, 50), st.integers(1, 99), max_size=5)
groups = st.dictionaries(st.integers(0, 19), st.integers(1, 99), max_size=5)
sizes = st.builds(SizePart, n, n, n, n)
characters = st.builds(CharacterPart, st.dictionaries(st.integers(0, 0x10FFFF), st.integers(1, 99), max_size=6))
lost_words = st.dictionaries(st.tuples(st.integers(0, 5), names), st.integers(1, 9), max_size=6).map(
    lambda counts: LostWords(0, counts).bounded()
)
some_words = st.builds(
    WordPart, st.sampled_from(["", "f"]), n, n, n, n, n, n, st.dictionaries(names, st.booleans(), max_size=3),
    st.one_of(st.none(), n), lost_words, counts,
)  # fmt: skip
words = some_words.map(lambda part: part if part.fingerprint else WordPart())
curves = st.one_of(
    st.just(CurvePart()), st.builds(CurvePart, st.sampled_from("xy"), st.just(7), ranks, n, st.booleans())
)
estimates = st.builds(EstimatePart, groups, groups, groups, groups, groups, st.booleans())
mojibake = st.builds(MojibakePart, n, counts, st.just(()))
records = st.builds(
    FileRecord, path=names, status=st.sampled_from(["measured", "skipped"]),
    reason=st.sampled_from(["empty", "binary"]),
    encoding=st.sampled_from(["utf-8", "cp949"]), confidence=st.floats(0, 1), bytes=n, utf8_bytes=n, documents=n,
    invalid_bytes=st.integers(0, 3), bad_records=st.integers(0, 2),
)  # fmt: skip
buckets = st.dictionaries(st.integers(0, 2 * BUCKETS - 1), st.integers(1, 99), max_size=5)
sketches = st.dictionaries(
    st.integers(0, 2**64 - 1),
    st.lists(st.integers(0, BUCKETS - 1), max_size=4).map(lambda row: packed_grams(np.sort(np.array(row, np.int64)))),
    max_size=5,
)
frequent = st.dictionaries(names, st.integers(1, 9).map(lambda k: (k, 2 * k)), max_size=6)
domain_words = st.builds(DomainWords, st.integers(1000, 2000), st.integers(0, 9), st.just(0), frequent)
fertilities = st.dictionaries(st.sampled_from("pq"), st.tuples(n, n, n), max_size=2)


def grams_of(counts: dict[int, int]) -> bytes:
    table = np.zeros(2 * BUCKETS, np.int64)
    table[list(counts)] = list(counts.values())
    return packed_counts(table) if counts else b""


domains = st.builds(DomainPart, n, n, n, buckets.map(grams_of), sketches, domain_words, fertilities)
readings = st.lists(records, max_size=4).map(ReadingPart.of)
changed_words = st.dictionaries(names, st.integers(1, 99), max_size=6).map(letters.smallest)
changes = st.builds(letters.LettersPart, n, n, changed_words, n, n, st.booleans())
profiles = st.builds(Profile, readings, sizes, characters, words, curves, estimates, mojibake, letters=changes)
PARTS: dict[str, tuple[st.SearchStrategy[Any], Any]] = {
    "size": (sizes, SizePart()),
    "characters": (characters, CharacterPart()),
    "lost": (lost_words, LostWords()),
    "words": (words, WordPart()),
    "curve": (curves, CurvePart()),
    "estimates": (estimates, EstimatePart()),
    "mojibake": (mojibake, MojibakePart()),
    "letters": (changes, letters.LettersPart()),
    "reading": (readings, ReadingPart()),
    "domain": (domains, DomainPart()),
    "domain words": (domain_words, DomainWords()),
    "profile": (profiles, Profile()),
}


@pytest.mark.parametrize("name", PARTS)
@settings(max_examples=50, deadline=None, derandomize=True)
@given(data=st.data())
def test_merging_is_a_commutative_monoid(name: str, data: st.DataObject) -> None:
    strategy, nothing = PARTS[name]
    a, b, c = (data.draw(strategy) for _ in range(3))
    assert a.merge(nothing) == a == nothing.merge(a)
    assert a.merge(b) == b.merge(a)
    assert a.merge(b).merge(c) == a.merge(b.merge(c))


@pytest.mark.parametrize("name", [name for name in PARTS if name != "profile"])
@settings(max_examples=30, deadline=None, derandomize=True)
@given(data=st.data())
def test_state_goes_there_and_back(name: str, data: st.DataObject) -> None:
    part = data.draw(PARTS[name][0])
    assert type(part).from_state(part.to_state()) == part


@settings(max_examples=30, deadline=None, derandomize=True)
@given(a=profiles, b=profiles)
def test_a_saved_profile_is_the_profile(a: Profile, b: Profile) -> None:
    assert Profile.from_bytes(a.to_bytes()) == a
    assert a.merge(b).to_bytes() == b.merge(a).to_bytes()
    assert Profile.from_bytes(a.to_bytes()).merge(b).to_bytes() == a.merge(b).to_bytes()


@settings(max_examples=60, deadline=None, derandomize=True)
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


@settings(max_examples=60, deadline=None, derandomize=True)
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


@settings(max_examples=10, deadline=None, derandomize=True)
@given(a=domains, b=domains)
def test_a_profile_adds_up_its_domains(a: DomainPart, b: DomainPart) -> None:
    one, other = Profile(domain=a), Profile(domain=b)
    assert one.merge(other).domain == a.merge(b)
    assert Profile.from_bytes(one.to_bytes()) == one


items = st.dictionaries(
    st.tuples(st.integers(0, 30), st.binary(min_size=1, max_size=4)), st.integers(1, 3), max_size=12
)


def sample(table: dict[tuple[int, bytes], int], budget: int) -> Sample:
    return Sample.of(budget, ((key, text, count, key) for (key, text), count in table.items()))


@settings(max_examples=80, deadline=None, derandomize=True)
@given(a=items, b=items, c=items, budget=st.integers(0, 30))
def test_samples_past_their_budget_merge_exactly(
    a: dict[tuple[int, bytes], int], b: dict[tuple[int, bytes], int], c: dict[tuple[int, bytes], int], budget: int
) -> None:
    one, two, three = (sample(table, budget) for table in (a, b, c))
    assert one.merge(two) == two.merge(one)
    assert one.merge(two).merge(three) == one.merge(two.merge(three))
    union = {item: sum(t.get(item, 0) for t in (a, b, c)) for item in {**a, **b, **c}}
    assert one.merge(two).merge(three) == sample(union, budget)
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


@settings(max_examples=30, deadline=None, derandomize=True)
@given(parts=st.lists(changes, min_size=3, max_size=3))
def test_changed_words_past_their_bound_still_merge_exactly(parts: list[letters.LettersPart]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(letters, "MOST_EXAMPLES", 2)
        a, b, c = (replace(part, examples=letters.smallest(part.examples)) for part in parts)
        assert a.merge(b).merge(c) == a.merge(b.merge(c)) == c.merge(a).merge(b)
