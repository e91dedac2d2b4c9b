"""The shipped references: what is in them, and what they say of text that is drawn from the bodies themselves."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from divergences import divergence

from corpuscheck.domain import language_shares
from corpuscheck.domain.bodies import Body, general
from corpuscheck.domain.judging import ENOUGH_GRAMS, against
from corpuscheck.domain.language_shares import FILE, languages_of_script
from corpuscheck.domain.languages import LANGUAGES
from corpuscheck.domain.mixture import mixture_of
from corpuscheck.domain.report import DomainReport
from corpuscheck.domain.shipped import FOLDER, from_bytes, ordinary_words, shipped, to_bytes
from corpuscheck.errors import ProfileError
from corpuscheck.kernels.arrays import GROUPS
from corpuscheck.profile.counts import packed_counts
from corpuscheck.profile.domain import MOST_GRAMS, MOST_SKETCHES, DomainPart, packed_grams
from corpuscheck.profile.domain_words import DomainWords

MOST_BYTES = 200_000
CLOSE = [{"da", "nb"}, {"id", "ms"}, {"cs", "sk"}, {"ru", "uk"}, {"bg", "mk"}]
LARGE = [(code, body.name) for code in ("ko", "en", "de") for body in shipped(code) if body.text_bytes > 500_000]
EVERY = [(code, body.name) for code in LANGUAGES for body in shipped(code)]


def drawn(bodies: list[tuple[Body, float]], grams: int = 400_000, documents: int = 400) -> DomainPart:
    """A corpus whose documents are drawn from bodies by their shares; its words are those of the first one."""
    dice = np.random.RandomState(7)
    shares = np.sum([weight * body.shares for body, weight in bodies], axis=0)
    tables = np.array([dice.multinomial(grams // GROUPS, shares / shares.sum()) for _ in range(GROUPS)])
    numbers = dice.choice(len(bodies), MOST_SKETCHES, p=[weight for _, weight in bodies])
    sketches = {
        k * 1_000_003: packed_grams(np.sort(dice.choice(len(shares), MOST_GRAMS, p=bodies[number][0].shares)))
        for k, number in enumerate(numbers.tolist())
    }
    words = bodies[0][0].words
    counts = {word: (documents // 2, n) for word, (_, n) in words.counts.items()}
    table = DomainWords(words.total, words.unseen, 0, counts)
    return DomainPart(documents, 0, 8 * grams, packed_counts(tables), sketches, table)


def judged(code: str, name: str, left_out: bool = False) -> DomainReport:
    """What the reference of a language says of text drawn from one of its bodies."""
    body = next(body for body in shipped(code) if body.name == name)
    part = drawn([(body, 1.0)])
    if body.kind == "domain":  # words are shipped of general text alone
        part = replace(part, words=DomainWords())
    return against(code, part, [one for one in shipped(code) if one is not body or not left_out])


def test_every_language_has_its_file_and_no_other_is_there() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {FILE.name} | {f"{code}.ccg" for code in LANGUAGES}
    assert shipped("xx") == shipped("../ko") == ()


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_file_is_small_and_says_whose_text_it_counts(code: str) -> None:
    assert (FOLDER / f"{code}.ccg").stat().st_size <= MOST_BYTES
    assert general(shipped(code))
    assert len({body.name for body in shipped(code)}) == len(shipped(code))
    for body in shipped(code):
        assert body.shares.sum() == pytest.approx(1)
        assert body.shares.min() > 0
        assert body.licence
        assert body.origin
        assert (body.distance is None) == (len(general(shipped(code))) < 2)
    words, least = ordinary_words(code)
    assert len(words) == 100
    assert 0.03 < least < 0.6


@pytest.mark.few(4)
@pytest.mark.parametrize(("code", "name"), EVERY)
def test_text_like_a_body_is_of_its_kind(code: str, name: str) -> None:
    report = judged(code, name)
    kind = next(body.kind for body in shipped(code) if body.name == name)
    assert report.distance_bits is not None
    if kind == "domain":
        assert report.verdict == "domain"
    else:
        assert report.verdict == "general"
    if report.landmarks:
        assert report.nearest
        assert report.nearest.name == name
        assert report.nearest.from_here == pytest.approx(0, abs=0.004)
    assert report.mixture[0].name == name
    assert report.mixture[0].share > 0.9


@pytest.mark.few(3)
@pytest.mark.parametrize(("code", "name"), LARGE)
def test_a_body_that_is_left_out_stands_where_its_own_ladder_has_it(code: str, name: str) -> None:
    report = judged(code, name, left_out=True)
    body = next(body for body in shipped(code) if body.name == name)
    assert report.distance_bits == pytest.approx(body.distance, abs=0.012)
    assert report.landmarks == tuple(sorted(report.landmarks, key=lambda mark: (mark.distance_bits, mark.name)))


@pytest.mark.few(5)
@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 0.8])
@pytest.mark.parametrize(
    ("code", "domain", "other"),
    [("ko", "civil rulings", "encyclopedia"), ("ko", "technical docs", "comments"), ("en", "health answers", "novels"),
     ("de", "statutes", "novels"), ("zh", "classical poetry", "encyclopedia")],
)  # fmt: skip
def test_the_share_of_a_planted_mixture_is_found(code: str, domain: str, other: str, share: float) -> None:
    by_name = {body.name: body for body in shipped(code)}
    part = drawn([(by_name[other], 1 - share), (by_name[domain], share)])
    found = {row.name: row for row in mixture_of(part, shipped(code))}
    low, high = found[domain].interval
    assert low <= share <= high
    assert found[domain].share == pytest.approx(share, abs=0.08)
    assert found[other].share == pytest.approx(1 - share, abs=0.08)
    if share >= 0.5:
        assert against(code, part, shipped(code)).verdict != "general"


def test_too_little_text_says_how_much_would_do() -> None:
    body = shipped("ko")[0]
    report = against("ko", drawn([(body, 1.0)], grams=30_000), shipped("ko"))
    assert (report.verdict, report.reason, report.distance_bits) == ("unknown", "too little text", None)
    assert report.needed_bytes == pytest.approx(ENOUGH_GRAMS / 30_000 * report.text_bytes, rel=0.02)


@pytest.mark.parametrize("code", ["pl", "tr", "ar"])
def test_a_single_body_never_says_that_it_is_a_domain(code: str) -> None:
    far = next(body for body in shipped("ko") if body.name == "statutes")
    assert against(code, drawn([(far, 1.0)]), shipped(code)).verdict == "unclear"


def test_what_is_written_can_be_read() -> None:
    bodies = shipped("de")
    again = from_bytes(to_bytes("de", bodies), "de")
    for one, other in zip(bodies, again, strict=True):
        assert (one.name, one.kind, one.distance, one.licence, one.origin) == (
            other.name, other.kind, other.distance, other.licence, other.origin,
        )  # fmt: skip
        assert divergence(one.shares, other.shares) < 0.001
        assert set(one.words.counts) == set(other.words.counts)


@pytest.mark.parametrize("damage", [b"", b"corpuscheck shipped reference\n", b"corpuscheck shipped reference\nx", b"x"])
def test_a_damaged_file_is_an_error(damage: bytes) -> None:
    with pytest.raises(ProfileError, match="install corpuscheck anew"):
        from_bytes(damage, "ko")
    with pytest.raises(ProfileError, match="damaged"):
        from_bytes((FOLDER / "ko.ccg").read_bytes()[:-50], "ko")


def test_the_languages_of_one_script_are_far_from_each_other() -> None:
    for script, number in {"Latin": 27, "Cyrillic": 5, "Arabic": 3}.items():
        codes, shares = languages_of_script(script)
        assert len(codes) == number
        assert shares.sum(axis=1) == pytest.approx(1)
        for (one, p), (other, q) in combinations(zip(codes, shares, strict=True), 2):
            assert divergence(p, q) > (0.03 if {one, other} in CLOSE else 0.09), (one, other)


def test_the_table_of_languages_is_small_and_can_be_read_as_it_was_written() -> None:
    assert FILE.stat().st_size < 250_000
    codes, shares = languages_of_script("Cyrillic")
    head, again = language_shares.from_bytes(language_shares.to_bytes(dict(zip(codes, shares, strict=True)), "l", "o"))
    assert (head["licence"], head["origin"], list(again)) == ("l", "o", list(codes))
    for before, found in zip(shares, again.values(), strict=True):
        assert divergence(before, found) < 0.005
    for damage in (b"", b"corpuscheck languages\n", FILE.read_bytes()[:-50]):
        with pytest.raises(ProfileError, match="install corpuscheck anew"):
            language_shares.from_bytes(damage)
