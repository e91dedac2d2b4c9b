"""The 90 % intervals hold the truth about as often as they say, on small corpora of known make.

The full table, on real corpora, is made by benchmarks/calibration.py and stands in docs/method.md.
"""

from __future__ import annotations

import random
import sys

import laws
import pytest
from support import REPOSITORY

from corpuscheck.estimates.forecast import mean_bytes
from corpuscheck.profile.forecast import ForecastPart

sys.path.insert(0, str(REPOSITORY / "benchmarks"))

from calibration import Case, Truth, cases_of, generated, table

SEEDS = 8 if laws.thorough else 4
LEAST = 0.75
"""Far from 90 %: there are few cases, and those of one corpus resemble each other. It catches what is broken."""


def with_rare_characters(documents: list[bytes], seed: int) -> list[bytes]:
    """Up to three Han characters more in each, by a Zipf law, so that most of them are rare."""
    dice = random.Random(seed)
    made = []
    for document in documents:
        rare = [chr(0x4E00 + min(20_000, int(dice.paretovariate(0.6)))) for _ in range(dice.randint(0, 3))]
        made.append(" ".join([document.decode(), *rare]).encode())
    return made


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    corpora = {
        "long tail": generated(1, 1.5, 1200),
        "short tail": generated(2, 2.5, 1200),
        "rare characters": with_rare_characters(generated(3, 2.5, 3000), 3),
    }
    found: list[Case] = []
    for name, documents in corpora.items():
        truth = Truth(documents)
        found += [case for share in (0.05, 0.2) for seed in range(SEEDS) for case in cases_of(name, truth, share, seed)]
    return found


FIGURES = [
    "mean document", "unseen-character mass", "[UNK], whole alphabet", "[UNK], 0.9995 coverage",
    "new characters", "new words", "documents touched",
]  # fmt: skip


@pytest.mark.thorough
@pytest.mark.parametrize("figure", FIGURES)
def test_intervals_hold_the_truth_in_most_of_the_cases_claimed(cases: list[Case], figure: str) -> None:
    claimed = [case for case in cases if case.figure == figure and case.forecast.known]
    assert len(claimed) >= SEEDS, "too few cases to judge"
    assert sum(case.covered for case in claimed) / len(claimed) >= LEAST


@pytest.mark.thorough
@pytest.mark.parametrize("figure", FIGURES)
def test_intervals_are_no_wider_than_they_need_be(cases: list[Case], figure: str) -> None:
    """An interval from nothing to everything would hold the truth too."""
    widths = sorted(
        case.forecast.high / case.forecast.low
        for case in cases
        if case.figure == figure and case.forecast.known and case.forecast.low > 0
    )
    assert widths[len(widths) // 2] < 10


def test_the_first_documents_of_a_sorted_corpus_are_no_sample() -> None:
    """Why samples must be random: the interval of the shortest tenth is nowhere near the truth."""
    sizes = sorted(map(len, generated(4, 2.5, 1200)))
    mean = sum(sizes) / len(sizes)
    first, random_tenth = (sizes[:120], random.Random(1).sample(sizes, 120))
    told = [
        mean_bytes(ForecastPart(len(some), sum(some), sum(size * size for size in some)))
        for some in (first, random_tenth)
    ]
    assert told[0].high < 0.7 * mean
    assert told[1].low <= mean <= told[1].high


@pytest.mark.thorough
def test_the_table_counts_what_was_claimed(cases: list[Case]) -> None:
    lines = table(cases).splitlines()
    assert len(lines) == 2 + len(FIGURES)
    assert lines[2].startswith("| mean document | – | ")
