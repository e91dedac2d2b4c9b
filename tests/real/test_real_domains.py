"""Real corpora, where they are: law and medicine are domains out of the box, encyclopedias and reviews are not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from support import scanned
from test_real_corpora import CORPORA, VOCABULARIES

from corpuscheck.domain.report import DomainReport
from corpuscheck.profile.domain import LanguageParts
from corpuscheck.result.result import Result

pytestmark = pytest.mark.slow

OPTIONS: dict[str, dict[str, Any]] = {
    "ko-wiki-wikiextractor": {"document": "wikiextractor"},
    "ko-wikinews/csv": {},
    "ko-nsmc-raw-json": {},
    "ko-precedents-md": {"skip_front_matter": True},
    "de-gesetze": {},
}


@pytest.fixture(autouse=True, scope="module")
def _corpora() -> None:
    if not (CORPORA / "domain-contrast").is_dir():
        pytest.skip("no corpora of domains here")


@cache
def result(name: str) -> Result:
    options = OPTIONS.get(name, {"document": "blank-line"})
    return scanned(CORPORA / name, tokenizer=str(CORPORA / VOCABULARIES["koelectra"]), **options).result


def report(name: str) -> DomainReport:
    found = result(name).domain
    assert found
    return found


@pytest.mark.parametrize(
    ("name", "language", "nearest"),
    [
        ("domain-contrast/ko-legal-civil.txt", "ko", "civil rulings"),
        ("ko-precedents-md", "ko", "civil rulings"),
        ("domain-contrast/en-biomedical-medquad.txt", "en", "health answers"),
        ("en-contracts", "en", "contracts"),
        ("de-gesetze", "de", "statutes"),
    ],
)
def test_a_domain_is_one_with_no_option(name: str, language: str, nearest: str) -> None:
    found = report(name)
    assert (found.language, found.verdict) == (language, "domain")
    assert found.nearest
    assert found.nearest.name == nearest
    assert found.mixture[0].name == nearest


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("domain-contrast/ko-general-wiki.txt", "ko"),
        ("ko-wiki-wikiextractor", "ko"),
        ("ko-nsmc-raw-json", "ko"),
        ("domain-contrast/en-general-books.txt", "en"),
    ],
)
def test_general_text_is_general(name: str, language: str) -> None:
    found = report(name)
    assert (found.language, found.verdict) == (language, "general")
    assert found.differing is not None
    assert found.differing < 0.1


def test_the_words_of_law_are_those_of_law() -> None:
    words = {word.word for word in report("domain-contrast/ko-legal-civil.txt").words}
    assert words >= {"원고", "피고", "판결", "대법원"}


def test_a_profile_grows_by_less_than_200_kilobytes() -> None:
    for name in ("ko-wiki-wikiextractor", "domain-contrast/en-general-books.txt", "en-contracts"):
        whole = result(name).profile
        assert len(whole.to_bytes()) - len(replace(whole, domain=LanguageParts()).to_bytes()) < 200_000
