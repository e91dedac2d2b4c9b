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
from divergences import divergence
from hypothesis import given
from hypothesis import strategies as st
from laws import examples

from corpuscheck.domain.bodies import Body, general, mixed
from corpuscheck.domain.comparing import bodies_of, domain_report
from corpuscheck.domain.differing import share_differing
from corpuscheck.domain.distance import Halves, distance, nearest_mixture, shares_of, standard_error
from corpuscheck.domain.korean import stems
from corpuscheck.domain.outliers import alike, outliers
from corpuscheck.domain.reference import Reference, reference_of
from corpuscheck.domain.source import ReferenceSource
from corpuscheck.domain.sources import sources_of
from corpuscheck.domain.spread import families, spread_of
from corpuscheck.domain.words import distinctive_words
from corpuscheck.errors import ProfileError
from corpuscheck.kernels import grams
from corpuscheck.kernels.arrays import BUCKETS, CODE_POINTS, GROUPS
from corpuscheck.measuring.domain import language_parts
from corpuscheck.profile.characters import CharacterPart
from corpuscheck.profile.domain import MOST_GRAMS, MOST_SKETCHES, DomainPart, LanguageParts, unpacked_grams
from corpuscheck.profile.domain_words import DomainWords
from corpuscheck.profile.profile import Profile
from corpuscheck.profile.sample import Sample

pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered")
texts = st.text("ab가나12 .\n\u00a0漢字かタ", max_size=40)

SCRIPT = "Georgian"

Forms = list[object]


def forms(kernel: object) -> Forms:
    """The kernel as compiled, and the Python it was compiled from."""
    return [kernel, getattr(kernel, "py_func", kernel)]


def sample_of(documents: list[str]) -> Sample:
    """A sample that holds every document as one passage."""
    keys = {text: int.from_bytes(random.Random(text).randbytes(8), "little") for text in documents}
    return Sample.of(1 << 40, ((key, text.encode(), 1, key) for text, key in keys.items()))


def part_of(documents: list[str]) -> DomainPart:
    return language_parts(sample_of(documents), SCRIPT).get(SCRIPT, DomainPart())


def profile_of(documents: list[str]) -> Profile:
    return Profile(
        characters=CharacterPart(dict(Counter(map(ord, "".join(documents))))),
        domain=LanguageParts(language_parts(sample_of(documents))),
    )


def source_of(documents: list[str], name: str) -> ReferenceSource:
    return ReferenceSource(name, SCRIPT, part_of(documents))


@cache
def _lexicon(kind: int) -> list[str]:
    letters = "აბგდევზთიკლმნოპრს"
    return ["".join(random.Random(1000 * kind + w).choices(letters, k=4)) for w in range(400)]


def documents(kind: int, number: int, seed: int, words: int = 60, own: float = 0.6) -> list[str]:
    """Made-up words in letters of a language that no reference is shipped for.

    Each kind has a lexicon of its own beside one that all share.
    """
    common, special = _lexicon(99), _lexicon(kind)
    dice = random.Random(f"{kind} {seed}")
    return [
        " ".join(dice.choice(special if dice.random() < own else common) for _ in range(words)) for _ in range(number)
    ]


RANGES = {grams.ALPHABETIC: (2, 4), grams.SYLLABIC: (1, 3), grams.IDEOGRAPHIC: (1, 2)}


def kind_of(ch: str) -> int:
    """Hangul and Kana are syllables, Han are ideographs."""
    return grams.IDEOGRAPHIC if ch in "漢字" else grams.SYLLABIC if ch in "가나かタ" else grams.ALPHABETIC


@examples(60)
@given(text=texts, other=texts)
def test_grams_are_counted_as_they_are_defined(text: str, other: str) -> None:
    folded = np.arange(CODE_POINTS, dtype=np.int32)
    for ch in text + other:
        counted = ord("0") if ch.isdecimal() else ord(ch)
        folded[ord(ch)] = 0 if ch.isspace() else grams.marked(counted, kind_of(ch))
    expected: list[list[int]] = []
    for one in (text, other):
        shown = ["" if ch.isspace() else "0" if ch.isdecimal() else ch for ch in one]
        found = []
        for end in range(len(shown)):
            for length in range(1, 5):
                gram = shown[max(0, end - length + 1) : end + 1]
                if len(gram) < length or "" in gram:
                    break
                shortest, longest = RANGES[kind_of(gram[-1])]
                if shortest <= length <= longest:
                    back = [np.uint64(ord(ch)) for ch in reversed(gram)] + [np.uint64(0)] * 3
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
    profile = profile_of(documents)
    report = domain_report(profile, [reference_of("r", [*sources_of(profile, "a"), *sources_of(profile, "b")])])
    assert report is None or report.verdict in ("unknown", "general", "unclear")
    assert LanguageParts.from_state(profile.domain.to_state()) == profile.domain


def test_a_sketch_is_spread_over_its_document_and_bounded() -> None:
    part = part_of([f"{'가나 ' * k}{'다라 ' * 3 * k}{k}" for k in range(1, 260)])
    assert len(part.sketches) == MOST_SKETCHES
    assert max(len(unpacked_grams(row)) for row in part.sketches.values()) == MOST_GRAMS
    long = [unpacked_grams(row) for row in part.sketches.values() if len(row) == 2 * MOST_GRAMS]
    assert long
    first_part = set(unpacked_grams(next(iter(part_of(["가나 " * 300]).sketches.values()))).tolist())
    for row in long:  # one n-gram in four is that of the first part
        assert 0.1 < np.mean([gram in first_part for gram in row.tolist()]) < 0.4


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
    return reference_of("general", [source_of(text, name) for name, text in GENERAL.items()])


@pytest.fixture(scope="module")
def bodies(reference: Reference) -> list[Body]:
    return bodies_of(SCRIPT, [reference])


def test_distance_from_known_shares_is_that_from_a_large_sample(bodies: list[Body]) -> None:
    law = part_of(LAW).tables()
    halves = Halves.of(law)
    assert halves
    for name, body in zip(GENERAL, bodies, strict=True):
        d = distance(law, part_of(GENERAL[name]).tables())
        assert d
        assert halves.distance_from(body.shares).bits == pytest.approx(d.bits, abs=0.01)
    own = Halves.of(part_of(documents(7, 300, 2, own=0.8)).tables())
    assert own
    assert abs(own.distance_from(shares_of(law.sum(axis=0))).bits) < 0.01
    assert Halves.of(part_of(["აბ გდ"]).tables()) is None


def test_a_mixture_of_sources_is_found() -> None:
    one, other, none = (part_of(documents(k, 300, 1)).groups().sum(axis=0) for k in (1, 2, 3))
    shares = np.array([shares_of(table) for table in (one, other, none)])
    weights = nearest_mixture(3 * part_of(documents(1, 300, 5)).groups().sum(axis=0) + other, shares)
    assert weights == pytest.approx([0.75, 0.25, 0], abs=0.02)
    assert nearest_mixture(none, shares[:1]) == pytest.approx([1])


def test_the_standard_error_falls_with_the_square_root_of_the_documents() -> None:
    shares = shares_of(part_of(documents(2, 1000, 9)).groups().sum(axis=0))
    varied = [documents(1, 1, k, own=(k % 7) / 7)[0] for k in range(1600)]
    small, large = (standard_error(part_of(varied[:number]).groups(), shares) for number in (100, 1600))
    assert 2 < small / large < 8
    assert standard_error(np.zeros((8, BUCKETS), np.int64), shares) == 1


@pytest.mark.parametrize(
    ("word", "elsewhere", "ratio"),
    [
        ("shall", {"shall": 5}, 8),
        ("shall", {"shallow": 5}, 80),
        ("계약", {"계약": 5}, 8),
        ("계약", {"계약을": 2, "계약의": 3}, 8),
        ("계약을", {"계약": 5}, 8),
        ("суд", {"суд": 5}, 8),
    ],
)
def test_a_word_is_so_many_times_as_frequent_as_elsewhere(word: str, elsewhere: dict[str, int], ratio: float) -> None:
    here = DomainPart(documents=100, words=DomainWords(1000, 0, 0, {word: (10, 40)}))
    others = DomainWords(1000, 0, 0, {form: (1, times) for form, times in elsewhere.items()})
    assert [row.ratio for row in distinctive_words(here, [others])] == [pytest.approx(ratio)]


def test_a_domain_stands_out_and_general_text_does_not(reference: Reference) -> None:
    law = domain_report(profile_of(LAW), [reference])
    assert law
    assert (law.language, law.verdict, law.general_bodies, law.references) == (SCRIPT, "domain", 4, ("general",))
    assert law.differing is not None
    assert law.differing > 0.9
    assert law.distance_bits
    assert law.distance_interval
    assert law.distance_interval[0] < law.distance_bits < law.distance_interval[1]
    special = set(" ".join(LAW).split()) - set(" ".join(text for found in GENERAL.values() for text in found).split())
    assert sum(word.word in special for word in law.words) > 10
    assert law.words[0].ratio > 10
    general = domain_report(profile_of(documents(2, 300, 7, own=0.2)), [reference])
    assert general
    assert general.verdict == "general"
    assert general.nearest
    assert general.nearest.name == "general 2"
    assert general.differing is not None
    assert general.differing < 0.15


def test_the_share_is_a_lower_bound_in_mixtures(bodies: list[Body]) -> None:
    found = []
    for share in (0.0, 0.2, 0.5, 1.0):
        law = documents(7, round(600 * share), 3, own=0.8)
        part = part_of(law + documents(2, round(600 * (1 - share)), 9, own=0.2))
        differing = share_differing(part, mixed(part.tables().sum(axis=0), general(bodies))[1], bodies)
        assert differing is not None
        assert differing <= share + 0.1
        found.append(differing)
    assert found == sorted(found)
    assert found[-1] > 0.9
    few = part_of(LAW[:9])
    assert share_differing(few, mixed(few.tables().sum(axis=0), bodies)[1], bodies) is None


def test_a_single_body_gives_a_distance_and_never_a_domain(reference: Reference) -> None:
    report = domain_report(profile_of(LAW), [Reference("one", reference.sources[:1])])
    assert report
    assert (report.verdict, report.ratio, report.spread, report.differing) == ("unclear", None, None, None)
    assert report.distance_bits
    assert report.distance_bits > 0.1
    assert report.words
    assert "single body" in report.reason


def test_each_language_is_compared_with_its_own(reference: Reference) -> None:
    armenian = ["".join(random.Random(k).choices("աբգդեզէըթժիլխ ", k=400)) for k in range(80)]
    foreign = ReferenceSource("other", "Armenian", part_of(armenian))
    report = domain_report(profile_of(LAW + armenian[:40]), [reference, reference_of("second", [foreign])])
    assert report
    assert (report.language, report.verdict, report.references) == (SCRIPT, "domain", ("general",))
    assert [(other.language, other.references) for other in report.others] == [("Armenian", ("second",))]
    assert report.share + report.others[0].share == pytest.approx(1)
    alone = domain_report(profile_of(LAW), [reference_of("second", [foreign])])
    assert alone
    assert (alone.verdict, alone.reason) == (
        "unknown", "no general text is shipped for this language: --reference names some",
    )  # fmt: skip


def test_references_add_to_each_other(reference: Reference) -> None:
    own = reference_of("own", [source_of(documents(7, 200, 8, own=0.7), "law")])
    for order in ([reference, own], [own, reference]):
        report = domain_report(profile_of(LAW), order)
        assert report
        assert (report.verdict, report.general_bodies) == ("general", 5)
        assert report.nearest
        assert report.nearest.name == "law"
    assert domain_report(Profile(), [reference]) is None


def test_a_source_of_a_domain_is_noticed(reference: Reference) -> None:
    assert outliers(reference.sources) == []
    law = source_of(LAW, "law")
    assert [source.name for source, _ in outliers([*reference.sources, law])] == ["law"]
    assert alike([law, *reference.sources, source_of(documents(7, 300, 5, own=0.8), "more")]) == [("law", "more")]


def test_two_parts_of_one_source_are_one() -> None:
    pairs = {("a", "b"): 0.01, ("a", "c"): 0.05, ("b", "c"): 0.06, ("c", "d"): 0.1, ("a", "d"): 0.3, ("b", "d"): 0.3}
    between = {**pairs, **{(b, a): d for (a, b), d in pairs.items()}}
    assert families("abcd", between) == [0, 0, 2, 3]
    assert spread_of("abcd", between) == pytest.approx(0.055)
    assert spread_of("ab", {pair: d for pair, d in between.items() if set(pair) <= set("ab")}) is None


def test_a_word_that_another_table_knows_by_its_forms_is_not_distinctive() -> None:
    here = part_of([f"판결을 판결의 판결이 법정 {k}" for k in range(50)])
    there = part_of([f"판결을 판결의 나무 {k}" for k in range(50)])
    assert [row.word for row in distinctive_words(here, [there.words])] == ["법정"]
    assert distinctive_words(here, []) == ()
    assert distinctive_words(DomainPart(), [there.words]) == ()


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
        replace(reference, sources=(replace(first, kind="other"), *reference.sources[1:])),  # type: ignore[arg-type]
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
        ("grams", [1]), ("grams", [-1] * (GROUPS * BUCKETS)), ("grams", [1 << 62] * (GROUPS * BUCKETS)),
        ("documents", -1),
        ("sketches", sketches("AAAA", [[1]])), ("sketches", sketches(ONE, [])),
        ("sketches", sketches(ONE, [[BUCKETS]])),
        ("sketches", sketches(ONE, [[1] * (MOST_GRAMS + 1)])), ("sketches", sketches(ONE, [[1.5]])), ("documents", "x"),
        ("words", {"total": 1}),
        ("words", {"total": 1, "unseen": 0, "level": 0, "counts": [["a"], [2], [1]]}),
        ("words", {"total": 9, "unseen": 0, "level": 65, "counts": [[], [], []]}),
    ],
)  # fmt: skip
def test_a_part_that_cannot_be_is_an_error(name: str, value: object) -> None:
    state = {**part_of(LAW[:40]).to_state(), name: value}
    with pytest.raises((ValueError, LookupError, TypeError)):
        DomainPart.from_state(state)


@pytest.mark.parametrize(
    "state",
    [
        {"languages": {"": {}}, "fertility": [[], [], [], []]},
        {"languages": {"x" * 99: {}}, "fertility": [[], [], [], []]},
        {"languages": {}, "fertility": [["a"], [1], [2]]},
    ],
)
def test_languages_that_cannot_be_are_an_error(state: dict[str, Any]) -> None:
    with pytest.raises((ValueError, LookupError, TypeError)):
        LanguageParts.from_state(state)
