"""CC601 and CC602: what is said of general text, of a domain, of what contradicts itself, and of mixtures."""

from __future__ import annotations

from dataclasses import replace

import pytest
from results import domain, examples_result

from corpuscheck.domain.mixture import MixtureShare
from corpuscheck.domain.report import DomainReport
from corpuscheck.domain.verdict import DomainVerdict
from corpuscheck.rules.domain import general_text, mixed_domain
from corpuscheck.rules.rule import Evidence, NotJudgedError


def evidence(report: DomainReport | None) -> Evidence:
    result = examples_result()
    return Evidence(result.profile, result.tokenizer, result.cleanliness, domain=report)


@pytest.mark.parametrize(("verdict", "warned"), [("general", True), ("unclear", False), ("domain", False)])
def test_general_text_is_told_and_what_is_unclear_is_not(verdict: DomainVerdict, warned: bool) -> None:
    found = list(general_text(evidence(replace(domain(), verdict=verdict)), 0.5))
    assert bool(found) == warned
    for one in found:
        assert one.measured == pytest.approx(0.97)
        assert (
            "97.0 % of the text looks like general text: 0.178 bits from general Korean (0.161 to 0.196)" in one.message
        )


def test_the_share_of_all_languages_counts() -> None:
    english = replace(domain(), language="en", share=0.45, verdict="general", others=())
    both = replace(domain(), share=0.55, verdict="domain", others=(english,))
    assert not list(general_text(evidence(both), 0.5))
    (found,) = general_text(evidence(both), 0.4)
    assert found.measured == pytest.approx(0.45)
    assert "general English" in found.message


@pytest.mark.parametrize("report", [None, DomainReport("ko", reason="too little text")])
def test_what_cannot_be_compared_is_not_judged(report: DomainReport | None) -> None:
    for rule in (general_text, mixed_domain):
        with pytest.raises(NotJudgedError):
            list(rule(evidence(report), 0.5))


@pytest.mark.parametrize(
    ("share", "interval", "told"),
    [(0.2, (0.14, 0.27), True), (0.05, (0.02, 0.1), False), (0.05, (0.035, 0.08), True), (0.97, (0.93, 0.99), False)],
)
def test_a_mixture_is_told_where_some_are_of_a_domain_and_more_than_a_few_are_general(
    share: float, interval: tuple[float, float], told: bool
) -> None:
    rulings = MixtureShare("civil rulings", "domain", share, interval)
    news = MixtureShare("news", "general", 1 - share, (0.0, 1.0))
    found = list(mixed_domain(evidence(replace(domain(), mixture=(rulings, news))), 0.1))
    assert bool(found) == told
    for one in found:
        assert one.measured == pytest.approx(1 - share)
        assert f"about {100 * share:.{0 if share >= 0.1 else 1}f}" in one.message
        assert "are like civil rulings" in one.message
        assert one.message.endswith("the rest like news")


def test_without_a_domain_among_them_there_is_no_mixture() -> None:
    general = (MixtureShare("news", "general", 0.6, (0.5, 0.7)), MixtureShare("wiki", "general", 0.4, (0.3, 0.5)))
    assert not list(mixed_domain(evidence(replace(domain(), mixture=general)), 0.1))
    with pytest.raises(NotJudgedError, match="too few documents"):
        list(mixed_domain(evidence(replace(domain(), mixture=())), 0.1))
