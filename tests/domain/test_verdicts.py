"""One verdict from all signals, as a table; contradictions are told and not decided."""

from __future__ import annotations

import pytest

from corpuscheck.domain.verdict import (
    DomainVerdict,
    Signal,
    contradict,
    of_distance,
    of_documents,
    of_landmark,
    of_words,
    verdict_of,
)


def signals(script: str, bits: float, words: float | None, documents: float | None, bodies: int = 9) -> list[Signal]:
    found = [of_distance(bits, script, bodies)]
    found += [of_words(words, bodies)] if words is not None else []
    return found + ([of_documents(documents)] if documents is not None else [])


@pytest.mark.parametrize(
    ("script", "bits", "words", "documents", "bodies", "verdict"),
    [
        ("Hangul", 0.166, 0.19, 0.82, 9, "domain"),
        ("Hangul", 0.032, 0.005, 0.01, 9, "general"),
        ("Hangul", 0.067, 0.08, 0.00, 9, "general"),  # reports: words of their own, documents like all others
        ("Hangul", 0.140, 0.02, 0.40, 9, "unclear"),  # chat: another register
        ("Latin", 0.078, 0.12, 0.66, 8, "domain"),
        ("Latin", 0.044, 0.02, 0.03, 8, "general"),
        ("Latin", 0.230, 0.40, None, 8, "domain"),
        ("Latin", 0.078, None, None, 8, "unclear"),
        ("Latin", 0.078, 0.12, 0.66, 1, "unclear"),  # a single body
        ("Latin", 0.060, 0.01, 0.05, 2, "general"),
        ("Latin", 0.300, 0.40, 0.90, 2, "domain"),
        ("Latin", 0.600, 0.00, None, 1, "unclear"),
        ("Latin", -0.002, 0.00, 0.00, 8, "general"),
        ("Han", 0.112, 0.01, 0.02, 3, "unclear"),  # far, and nothing else says so
    ],
)
def test_signals_add_up(
    script: str, bits: float, words: float | None, documents: float | None, bodies: int, verdict: DomainVerdict
) -> None:
    assert verdict_of(signals(script, bits, words, documents, bodies), bodies) == verdict


def test_without_a_signal_nothing_is_known() -> None:
    assert verdict_of([], 9) == "unknown"


def test_much_nearer_to_a_landmark_than_to_general_text_is_a_domain() -> None:
    weak = signals("Han", 0.12, 0.005, 0.01, 3)
    near = of_landmark(0.015, 0.12)
    assert near
    assert verdict_of(weak, 3) != "domain"
    assert verdict_of([*weak, near], 3) == "domain"
    assert of_landmark(0.1, 0.12) is None


def test_what_contradicts_is_told() -> None:
    assert contradict(signals("Latin", 0.2, 0.001, 0.01))
    assert not contradict(signals("Latin", 0.2, 0.2, 0.8))
    assert not contradict(signals("Latin", 0.01, 0.001, 0.01))
    assert [signal.says for signal in signals("Latin", 0.2, 0.03, 0.01)] == ["domain", "unclear", "general"]


def test_each_step_towards_a_domain_never_leads_away_from_it() -> None:
    order = {"general": 0, "unclear": 1, "domain": 2}
    steps = [verdict_of(signals("Hangul", 0.01 * k, 0.02 * k, 0.08 * k), 9) for k in range(1, 12)]
    assert [order[verdict] for verdict in steps] == sorted(order[verdict] for verdict in steps)
    assert steps[0] == "general"
    assert steps[-1] == "domain"
