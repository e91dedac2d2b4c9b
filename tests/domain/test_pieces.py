"""Tokens per word by a vocabulary of general text."""

from __future__ import annotations

import numpy as np
import pytest

from corpuscheck.domain.bodies import general
from corpuscheck.domain.judging import against
from corpuscheck.domain.pieces import SHARES, tokens_by_share, tokens_of, tokens_per_word
from corpuscheck.domain.shipped import shipped
from corpuscheck.domain.verdict import LEAST_OF_A_DOMAIN, Signal, of_tokens, verdict_of
from corpuscheck.kernels.arrays import BUCKETS, GROUPS
from corpuscheck.profile.counts import packed_counts
from corpuscheck.profile.domain import DomainPart
from corpuscheck.profile.domain_words import DomainWords

VOCABULARY = frozenset(("heart", "attack", "heartbeat", "the", "be", "at"))


@pytest.mark.parametrize(
    ("word", "tokens"),
    [
        ("heart", 1),
        ("heartattack", 2),
        ("heartbeats", 2),  # the longest piece first
        ("xyz", 3),
        ("theheartbeat", 2),
        ("", 0),
        ("a" * 40, 40),
        ("심장", 2),
    ],
)
def test_a_word_is_cut_into_the_longest_pieces(word: str, tokens: int) -> None:
    assert tokens_of(word, VOCABULARY) == tokens


def test_tokens_per_word_are_of_all_words_as_often_as_they_are() -> None:
    words = DomainWords(1000, 4, 0, {"the": (9, 300), "heartattack": (5, 100), "xyz": (5, 100)})
    assert tokens_per_word(words, VOCABULARY) == pytest.approx((0.5, (300 + 200 + 300) / 500))
    assert tokens_per_word(DomainWords(), VOCABULARY) is None
    by_share = dict(zip(SHARES, tokens_by_share(words, VOCABULARY), strict=True))
    assert by_share[0.3] == 1
    assert by_share[0.4] == pytest.approx(500 / 400)
    assert by_share[0.5] == by_share[0.95] == pytest.approx(800 / 500)  # there are no more words
    assert not len(tokens_by_share(DomainWords(), VOCABULARY))


def part_of(words: DomainWords, code: str) -> DomainPart:
    shares = np.mean([body.shares for body in general(shipped(code))], axis=0)
    tables = np.rint(np.tile(shares, (GROUPS, 1)) * 20_000).astype(np.int64).reshape(GROUPS, BUCKETS)
    return DomainPart(100, 0, 500_000, packed_counts(tables), words=words)


@pytest.mark.parametrize("code", ["ko", "en", "es"])
def test_general_text_takes_as_many_tokens_as_general_text(code: str) -> None:
    """A body by the others, and what a text takes whose words no vocabulary holds."""
    for body in general(shipped(code))[:1]:
        others = [one for one in shipped(code) if one is not body]
        report = against(code, part_of(body.words, code), others)
        assert report.token_ratio is None or 0.7 < report.token_ratio < 1.3
    strange = DomainWords(10_000, 4, 0, {"qx" * 6 + chr(97 + k): (50, 200) for k in range(26)})
    strange_ratio = against(code, part_of(strange, code), shipped(code)).token_ratio
    assert strange_ratio
    assert strange_ratio > 3


@pytest.mark.parametrize("code", ["ja", "zh", "th", "ru", "vi", "pl"])
def test_nothing_is_told_without_spaces_or_of_few_bodies(code: str) -> None:
    report = against(code, part_of(general(shipped(code))[0].words, code), shipped(code))
    assert report.token_ratio is None
    assert "tokens" not in {signal.name for signal in report.signals}


def test_tokens_never_decide_alone() -> None:
    assert of_tokens(1.5).says == "domain"
    assert of_tokens(1.0).says == "general"
    assert of_tokens(1.15).says == "unclear"
    assert of_tokens(50.0).weight == -of_tokens(0.02).weight == 1
    middle = [Signal("distance", 0.06, 0.0), Signal("words", 0.03, 0.0), Signal("documents", 0.25, 0.0)]
    assert LEAST_OF_A_DOMAIN[3] > 1
    assert verdict_of([*middle, of_tokens(50.0)], 9) != "domain"
