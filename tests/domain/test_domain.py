"""Is it this domain? The sample's figures against plain definitions, distances, words, and what a reference says."""

from __future__ import annotations

import random
import unicodedata
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import examples

from corpuscheck.domain.differing import share_differing
from corpuscheck.domain.distance import distance, divergence
from corpuscheck.domain.korean import stems
from corpuscheck.domain.reference import Reference, ReferenceSource, reference_of, source_of
from corpuscheck.domain.report import domain_report
from corpuscheck.domain.scripts import main_script
from corpuscheck.domain.spread import families, outliers, spread_of
from corpuscheck.domain.words import distinctive_words
from corpuscheck.errors import ProfileError
from corpuscheck.kernels import grams
from corpuscheck.kernels.arrays import BUCKETS, CODE_POINTS
from corpuscheck.measuring.domain import domain_part
from corpuscheck.profile.characters import CharacterPart
from corpuscheck.profile.domain import MOST_GRAMS, MOST_SKETCHES, DomainPart, unpacked_grams
from corpuscheck.profile.profile import Profile
from corpuscheck.profile.sample import Sample

pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered")
texts = st.text("ab가나12 .\n\u00a0漢字かタ", max_size=40)

Forms = list[object]


def forms(kernel: object) -> Forms:
    """The kernel as compiled, and the Python it was compiled from."""
    return [kernel, getattr(kernel, "py_func", kernel)]


def sample_of(documents: list[str]) -> Sample:
    """A sample that holds every document as one passage."""
    keys = {text: int.from_bytes(random.Random(text).randbytes(8), "little") for text in documents}
    return Sample.of(1 << 40, ((key, text.encode(), 1, key) for text, key in keys.items()))


def part_of(documents: list[str]) -> DomainPart:
    return domain_part(sample_of(documents))


def profile_of(documents: list[str]) -> Profile:
    return Profile(characters=CharacterPart(dict(Counter(map(ord, "".join(documents))))), domain=part_of(documents))


@cache
def _lexicon(kind: int) -> list[str]:
    letters = "가나다라마바사아자차카타파하고노도"
    return ["".join(random.Random(1000 * kind + w).choices(letters, k=3)) for w in range(400)]


def documents(kind: int, number: int, seed: int, words: int = 60, own: float = 0.6) -> list[str]:
    """Made-up Korean: each kind has a lexicon of its own beside one that all share."""
    common, special = _lexicon(99), _lexicon(kind)
    dice = random.Random(f"{kind} {seed}")
    return [
        " ".join(dice.choice(special if dice.random() < own else common) for _ in range(words)) for _ in range(number)
    ]


@examples(60)
@given(text=texts, other=texts)
def test_grams_are_counted_as_they_are_defined(text: str, other: str) -> None:
    folded = np.arange(CODE_POINTS, dtype=np.int32)
    for ch in text + other:
        folded[ord(ch)] = 0 if ch.isspace() else ord("0") if ch.isdecimal() else ord(ch)
    expected: list[list[int]] = []
    for one in (text, other):
        shown = ["" if ch.isspace() else chr(folded[ord(ch)]) for ch in one]
        found = []
        for end in range(len(shown)):
            for length in (2, 3, 4):
                gram = shown[max(0, end - length + 1) : end + 1]
                if len(gram) < length or "" in gram:
                    break
                back = [np.uint64(ord(ch)) for ch in reversed(gram)] + [np.uint64(0)] * 2
                found.append(int(grams.bucket(length, *back[:4])))
        expected.append(found)
    data = np.frombuffer((text + other).encode(), np.uint8)
    cut = len(text.encode())
    starts, ends = np.array([0, cut]), np.array([cut, len(data)])
    for kernel in forms(grams.count_grams):
        tables, totals = np.zeros((2, BUCKETS), np.int64), np.zeros(2, np.int64)
        kernel(data, starts, ends, folded, np.array([1, 0]), tables, totals)  # type: ignore[operator]
        assert totals.tolist() == [len(found) for found in expected]
        assert tables[1].tolist() == np.bincount(expected[0], minlength=BUCKETS).tolist()
        assert tables[0].tolist() == np.bincount(expected[1], minlength=BUCKETS).tolist()
    every = [*expected[0], *expected[1]]
    wanted = np.arange(0, len(every), 3)
    for kernel in forms(grams.grams_at):
        out = np.full(len(wanted), -1)
        kernel(data, starts, ends, folded, wanted, out)  # type: ignore[operator]
        assert out.tolist() == every[::3]


@examples(60)
@given(text=texts)
def test_words_are_runs_of_letters_and_pairs_where_there_are_no_spaces(text: str) -> None:
    kinds = np.zeros(CODE_POINTS, np.int32)
    for ch in text:
        if unicodedata.category(ch)[0] in "LN":
            kinds[ord(ch)] = grams.DENSE if ch in "漢字かタ" else grams.WORD
    expected: list[str] = []
    run = ""
    for before, ch in zip(" " + text, text + " ", strict=True):
        if kinds[ord(ch)] == grams.WORD:
            run += ch
        elif run:
            expected.append(run)
            run = ""
        if kinds[ord(before)] == kinds[ord(ch)] == grams.DENSE:
            expected.append(before + ch)
    data = np.frombuffer(text.encode(), np.uint8)
    for kernel in forms(grams.word_spans):
        rows = np.empty((len(data) + 1, 3), np.int64)
        n = kernel(data, np.array([0]), np.array([len(data)]), kinds, rows)  # type: ignore[operator]
        assert [bytes(data[a:b]).decode() for a, b, _ in rows[:n].tolist()] == expected


def test_words_are_counted_by_document() -> None:
    part = part_of([f"계약을 Contract {k}" for k in range(6)] + [f"계약의 계약의 漢字 {k}" for k in range(7)])
    assert part.documents == 0
    assert part.passages == 13
    assert part.words.counts["contract"] == (6, 6)
    assert part.words.counts["계약을"] == (6, 6)  # two forms are too few to know a stem
    assert part.words.counts["漢字"] == (7, 7)
    assert part.words.total == 13 + 7 + 6 + 7 + 13
    more = part_of([f"계약{josa} {k}" for josa in ("을", "의", "이", "") for k in range(10)])
    assert more.documents == 40
    assert more.words.counts["계약"] == (40, 40)
    assert "계약을" not in more.words.counts


def test_stems_are_what_a_particle_leaves() -> None:
    assert list(stems("법원에서는")) == ["법원에서는", "법원에서", "법원"]
    assert list(stems("나는")) == ["나는"]
    assert list(stems("court는")) == []


@pytest.mark.parametrize(
    "documents",
    [[], [""], [" \n\t "], ["가"], ["가나다라"], ["a" * 5000], ["漢" * 5000], ["1 2 3"] * 3, ["\ud7a3\u0000x"]],
)
def test_little_and_odd_text_has_a_part(documents: list[str]) -> None:
    part = part_of(documents)
    assert DomainPart.from_state(part.to_state()) == part
    assert distance(part.tables(), part.tables()) is None or len(documents[0]) == 5000
    profile = Profile(domain=part, characters=CharacterPart(dict(Counter(map(ord, "".join(documents))))))
    reference = reference_of("r", [source_of(profile, "a"), source_of(profile, "b")])
    report = domain_report(profile, [reference])
    assert report is not None
    assert report.standing in ("unknown", "ordinary")
    assert report.differing is None


def test_a_sketch_is_spread_over_its_document_and_bounded() -> None:
    part = part_of([f"{'가나 ' * k}{'다라 ' * 3 * k}{k}" for k in range(1, 260)])
    assert len(part.sketches) == MOST_SKETCHES
    assert max(len(unpacked_grams(row)) for row in part.sketches.values()) == MOST_GRAMS
    long = [np.unique(unpacked_grams(row), return_counts=True)[1] for row in part.sketches.values() if len(row) > 300]
    assert long
    for counts in long:  # one n-gram in four is that of the first part
        second, first = np.sort(counts)[-2:].tolist()
        assert 20 < second < 60
        assert first > 90


def test_forms_of_one_text_are_no_other_domain() -> None:
    text = documents(1, 200, 1)
    part = part_of(text)
    assert part_of([unicodedata.normalize("NFD", one) for one in text]).words == part.words
    latin = [f"Some Words {k} here" for k in range(40)]
    assert part_of([one.upper() for one in latin]).words.counts == part_of(latin).words.counts


def test_divergence_is_that_of_lin() -> None:
    p, q = np.array([0.5, 0.5, 0.0]), np.array([0.0, 0.0, 1.0])
    assert divergence(p, p) == pytest.approx(0)
    assert divergence(p, q) == pytest.approx(1)
    assert divergence(np.array([1.0, 0.0]), np.array([0.5, 0.5])) == pytest.approx(0.311278, abs=1e-5)


def test_two_samples_of_one_source_are_not_apart_at_any_size() -> None:
    for number in (150, 600, 2500):
        found = distance(*(part_of(documents(1, number, seed)).tables() for seed in (1, 2)))
        assert found
        assert abs(found.bits) < 0.004


def test_distance_is_the_same_both_ways_and_hardly_depends_on_size() -> None:
    small, large = (part_of(documents(1, number, 1)).tables() for number in (200, 2500))
    other = part_of(documents(2, 800, 1)).tables()
    one, two = distance(small, other), distance(large, other)
    assert one
    assert two
    assert one == distance(other, small)
    assert one.bits > 0.1
    assert one.bits == pytest.approx(two.bits, rel=0.1)


GENERAL = {f"general {k}": documents(k, 300, 1, own=0.2) for k in (1, 2, 3, 4)}
LAW = documents(7, 300, 1, own=0.8)


@pytest.fixture(scope="module")
def reference() -> Reference:
    return reference_of("general", [source_of(profile_of(text), name) for name, text in GENERAL.items()])


def test_a_domain_stands_out_and_general_text_does_not(reference: Reference) -> None:
    law = domain_report(profile_of(LAW), [reference])
    assert law
    assert law.standing == "specific"
    assert law.differing is not None
    assert law.differing > 0.9
    special = set(" ".join(LAW).split()) - set(" ".join(text for found in GENERAL.values() for text in found).split())
    assert sum(any(stem in special for stem in stems(word.word)) for word in law.words) > 10
    assert law.words[0].ratio > 10
    general = domain_report(profile_of(documents(5, 300, 1, own=0.2)), [reference])
    assert general
    assert general.standing == "ordinary"
    assert general.differing is not None
    assert general.differing < 0.15


def test_the_share_is_a_lower_bound_in_mixtures(reference: Reference) -> None:
    sources = [source.part for source in reference.sources]
    found = []
    for share in (0.0, 0.2, 0.5, 1.0):
        law = documents(7, round(600 * share), 3, own=0.8)
        mixed = part_of(law + documents(2, round(600 * (1 - share)), 9, own=0.2))
        differing = share_differing(mixed, sources, range(4))
        assert differing is not None
        assert differing <= share + 0.1
        found.append(differing)
    assert found == sorted(found)
    assert found[-1] > 0.9
    assert share_differing(part_of(LAW[:60]), sources, range(4)) is None
    assert share_differing(part_of(LAW), sources, [0] * 4) is None


def test_a_single_source_gives_a_distance_and_no_verdict(reference: Reference) -> None:
    alone = Reference("one", reference.sources[:1], ())
    report = domain_report(profile_of(LAW), [alone])
    assert report
    assert (report.standing, report.ratio, report.spread, report.differing) == ("unknown", None, None, None)
    assert report.nearest
    assert report.nearest.bits > 0.1
    assert report.words
    assert "single source" in report.not_shared


def test_sources_of_another_script_are_left_out(reference: Reference) -> None:
    latin = ["some general words in another alphabet " + "".join(random.Random(k).choices("abcdefgh ", k=400)) for k in
             range(60)]  # fmt: skip
    foreign = source_of(profile_of(latin), "english")
    report = domain_report(profile_of(LAW), [reference_of("mixed", [*reference.sources, foreign])])
    assert report
    assert report.left_out == (("english", "written in Latin"),)
    assert len(report.sources) == 4
    alone = domain_report(profile_of(LAW), [reference_of("english", [foreign])])
    assert alone
    assert alone.unavailable == "no source in Hangul, which this text is in"


def test_of_several_references_the_nearest_counts(reference: Reference) -> None:
    near = reference_of("near", [source_of(profile_of(documents(7, 200, 8, own=0.7)), "law"), reference.sources[0]])
    for order in ([reference, near], [near, reference]):
        report = domain_report(profile_of(LAW), order)
        assert report
        assert report.reference == "near"
        assert ("general", "farther away than this reference") in report.left_out
    assert domain_report(profile_of(LAW), []) is None


def test_a_source_of_a_domain_is_noticed(reference: Reference) -> None:
    assert outliers(reference) == []
    with_law = reference_of("r", [*reference.sources, source_of(profile_of(LAW), "law")])
    assert [name for name, _ in outliers(with_law)] == ["law"]


def test_two_parts_of_one_source_are_one() -> None:
    pairs = {("a", "b"): 0.01, ("a", "c"): 0.05, ("b", "c"): 0.06, ("c", "d"): 0.1, ("a", "d"): 0.3, ("b", "d"): 0.3}
    between = {**pairs, **{(b, a): d for (a, b), d in pairs.items()}}
    assert families("abcd", between) == [0, 0, 2, 3]
    assert spread_of("abcd", between) == pytest.approx(0.055)
    assert spread_of("ab", {pair: d for pair, d in between.items() if set(pair) <= set("ab")}) is None


def test_a_word_that_another_table_knows_by_its_forms_is_not_distinctive() -> None:
    here = part_of([f"판결을 판결의 판결이 법정 {k}" for k in range(50)])
    there = part_of([f"판결을 판결의 나무 {k}" for k in range(50)])
    assert [row.word for row in distinctive_words(here, [there])] == ["법정"]
    assert distinctive_words(here, []) == ()
    assert distinctive_words(DomainPart(), [there]) == ()


def test_scripts() -> None:
    assert main_script(Counter(map(ord, "漢字かな"))) == "Kana"
    assert main_script(Counter(map(ord, "漢字漢字漢字漢字漢字漢か"))) == "Han"
    assert main_script({ord("1"): 5}) == ""


def test_a_reference_is_saved_whole(reference: Reference, tmp_path: object) -> None:
    assert Reference.from_bytes(reference.to_bytes(), "r") == reference
    same = reference_of("r", [reference.sources[0], reference.sources[0]])
    assert [source.name for source in same.sources] == ["general 1", "general 1 (2)"]


@pytest.mark.parametrize("cut", [0, 10, 30, 200, -1])
def test_a_damaged_reference_is_an_error(reference: Reference, cut: int) -> None:
    with pytest.raises(ProfileError):
        Reference.from_bytes(reference.to_bytes()[:cut], "r")


def test_a_reference_that_cannot_be_is_an_error(reference: Reference) -> None:
    first = reference.sources[0]
    for wrong in (
        replace(reference, distances=reference.distances[:-1]),
        replace(reference, distances=(2_000_000, *reference.distances[1:])),
        replace(reference, sources=(first, *reference.sources[:3])),
        replace(reference, sources=()),
        replace(reference, sources=(replace(first, tokens=-1), *reference.sources[1:])),
        replace(reference, sources=(replace(first, part=replace(first.part, documents=-1)), *reference.sources[1:])),
    ):
        with pytest.raises(ProfileError, match="damaged"):
            Reference.from_bytes(wrong.to_bytes(), "r")
    with pytest.raises(ProfileError, match="1 to 64"):
        reference_of("r", [ReferenceSource(str(k), "", DomainPart()) for k in range(65)])


ONE = "AQAAAAAAAAA="


def sketches(units: str, gaps: list[Any]) -> dict[str, Any]:
    """The state of sketches of units with these hashes."""
    return {"units": units, "gaps": gaps}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("grams", [1]), ("grams", [-1] * (2 * BUCKETS)), ("grams", [1 << 62] * (2 * BUCKETS)), ("documents", -1),
        ("sketches", sketches("AAAA", [[1]])), ("sketches", sketches(ONE, [])),
        ("sketches", sketches(ONE, [[BUCKETS]])),
        ("sketches", sketches(ONE, [[1] * (MOST_GRAMS + 1)])), ("sketches", sketches(ONE, [[1.5]])), ("documents", "x"),
        ("fertility", [["a"], [1], [2]]), ("words", {"total": 1}),
        ("words", {"total": 1, "unseen": 0, "level": 0, "counts": [["a"], [2], [1]]}),
        ("words", {"total": 9, "unseen": 0, "level": 65, "counts": [[], [], []]}),
    ],
)  # fmt: skip
def test_a_part_that_cannot_be_is_an_error(name: str, value: object) -> None:
    state = {**part_of(LAW[:40]).to_state(), name: value}
    with pytest.raises((ValueError, LookupError, TypeError)):
        DomainPart.from_state(state)
