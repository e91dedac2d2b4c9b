"""Real corpora, where they are: law and medicine stand out from general text, another encyclopedia does not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from support import scanned
from test_real_corpora import CORPORA, VOCABULARIES

from corpuscheck.domain.reference import reference_of, source_of
from corpuscheck.domain.report import DomainReport, domain_report
from corpuscheck.profile.domain import DomainPart
from corpuscheck.profile.profile import Profile

pytestmark = pytest.mark.slow

OPTIONS: dict[str, dict[str, Any]] = {
    "ko-wiki-wikiextractor": {"document": "wikiextractor"},
    "ko-wikinews/csv": {},
    "ko-precedents-md": {"skip_front_matter": True},
}
KOREAN = ("ko-wiki-wikiextractor", "ko-wikinews/csv")
ENGLISH = ("domain-contrast/en-general-books.txt", "en-gutenberg")


@pytest.fixture(autouse=True, scope="module")
def _corpora() -> None:
    if not (CORPORA / "domain-contrast").is_dir():
        pytest.skip("no corpora of domains here")


@cache
def profile(name: str) -> Profile:
    options = OPTIONS.get(name, {"document": "blank-line"})
    return scanned(CORPORA / name, tokenizer=str(CORPORA / VOCABULARIES["koelectra"]), **options).result.profile


def judged(name: str, general: tuple[str, ...]) -> DomainReport:
    report = domain_report(profile(name), [reference_of("general", [source_of(profile(g), g) for g in general])])
    assert report
    return report


@pytest.mark.parametrize(
    ("name", "general"),
    [
        ("domain-contrast/ko-legal-civil.txt", KOREAN),
        ("ko-precedents-md", KOREAN),
        ("domain-contrast/en-biomedical-medquad.txt", ENGLISH),
        ("en-contracts", ENGLISH),
    ],
)
def test_a_domain_is_specific(name: str, general: tuple[str, ...]) -> None:
    report = judged(name, general)
    assert report.standing == "specific"
    assert report.differing is not None
    assert report.differing > 0.2


def test_general_text_is_ordinary() -> None:
    report = judged("domain-contrast/ko-general-wiki.txt", KOREAN)
    assert report.standing == "ordinary"
    assert report.differing == pytest.approx(0, abs=0.05)


def test_the_words_of_law_are_those_of_law() -> None:
    words = {word.word for word in judged("domain-contrast/ko-legal-civil.txt", KOREAN).words}
    assert words >= {"원고", "피고", "판결", "대법원"}


def test_a_profile_grows_by_less_than_100_kilobytes() -> None:
    for name in (*KOREAN, *ENGLISH, "en-contracts"):
        whole = profile(name)
        assert len(whole.to_bytes()) - len(replace(whole, domain=DomainPart()).to_bytes()) < 100_000
