"""Forecasts: formulas as tables worked out by hand, laws that hold always, and what is not enough to tell."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import examples
from support import korean_lines

from corpuscheck.estimates import forecast
from corpuscheck.estimates.figure import Figure
from corpuscheck.estimates.forecast import Spread, clopper_pearson, effective, intraclass_correlation
from corpuscheck.measuring.forecasting import blocks_of, forecast_part
from corpuscheck.profile.forecast import Alone, ForecastPart
from corpuscheck.profile.sample import Sample

calm = examples(60)


def part_of(documents: list[str]) -> ForecastPart:
    """The state of a sample of these documents, in this order."""
    texts = [document.encode() for document in documents]
    sample = Sample.of(1 << 40, ((k * 2**50, text, 1, k * 2**50) for k, text in enumerate(texts)))
    return forecast_part([len(text) for text in texts], sample)


def sized(*sizes: int) -> ForecastPart:
    squares = sum(size * size for size in sizes)
    return ForecastPart(len(sizes), sum(sizes), squares, len(sizes), sum(sizes), squares)


def enough(**given: object) -> ForecastPart:
    """A sample worth 400 documents, and what is given besides."""
    return replace(sized(*[1000] * 400), **given)  # type: ignore[arg-type]


def ends(point: float, s: float, spread: Spread) -> tuple[float, float, float]:
    return point, point * exp(spread.low * s), point * exp(spread.high * s)


def three(told: Figure) -> tuple[float, float, float]:
    assert told.known, told.unknown
    return told.value, told.low, told.high


# Formulas


@pytest.mark.parametrize(
    ("sizes", "worth"),
    [((5, 5, 5, 5), 4.0), ((1, 1), 2.0), ((3, 1), 16 / 10), ((10, 0, 0), 1.0), ((), 0.0)],
)
def test_effective_number_of_documents(sizes: tuple[int, ...], worth: float) -> None:
    assert effective(sum(sizes), sum(size * size for size in sizes)) == pytest.approx(worth)


def test_mean_is_the_mean_with_its_standard_error() -> None:
    part = sized(*[100] * 20, *[300] * 20)
    s = sqrt((100**2 * 40 / 39) / 40) / 200  # each is 100 off the mean of 200
    assert three(forecast.mean_bytes(part)) == pytest.approx(ends(200, s, forecast.MEAN_BYTES))


def test_unseen_mass_is_what_stands_in_one_document_alone() -> None:
    alone = Alone(total=100_000, sum=50, squares=50, largest=1, documents=50, pairs=25)
    s = sqrt((50 + 2 * 25) / 50**2 / (1 - 1 / 5) + 0.2**2)
    assert three(forecast.unseen_mass(enough(characters=alone), 5)) == pytest.approx(
        ends(50 / 100_000, s, forecast.UNSEEN_MASS)
    )
    assert three(forecast.unk_full(enough(words=alone), 5)) == pytest.approx(ends(50 / 100_000, s, forecast.UNK_FULL))
    s = sqrt(50 / 50**2 / (1 - 1 / 5) + 0.2**2)  # the alphabet by coverage has no pairs
    assert three(forecast.unk_covered(enough(covered=alone), 5)) == pytest.approx(
        ends(50 / 100_000, s, forecast.UNK_COVERED)
    )


@pytest.mark.parametrize(
    ("once", "twice", "growth", "expected"),
    [
        (100, 50, 10, 100 * log(10)),  # β = 0
        (100, 0, 10, 900.0),  # β = 1: as many again with each sample
        (100, 25, 9, 100 * (3 - 1) / 0.5),  # β = ½
        (100, 100, 10, 100 * (1 - 0.1)),  # β = -1: at most 100 are left
    ],
)
def test_new_characters_grow_by_their_own_exponent(once: int, twice: int, growth: float, expected: float) -> None:
    part = enough(once=once, twice=twice, groups=((once, twice),) * 20)
    told = forecast.new_characters(part, growth)
    assert three(told) == pytest.approx(ends(expected, 0.1 * log(growth), forecast.NEW_CHARACTERS))


def test_new_characters_widen_with_what_each_group_of_documents_changes() -> None:
    groups = ((90, 50),) * 10 + ((110, 50),) * 10
    steady = forecast.new_characters(enough(once=100, twice=50, groups=((100, 50),) * 20), 10)
    shaky = forecast.new_characters(enough(once=100, twice=50, groups=groups), 10)
    assert shaky.low < steady.low < steady.value == shaky.value < steady.high < shaky.high


def test_new_words_follow_the_slopes_of_three_nested_samples() -> None:
    # Singles double while the text grows fourfold: slope ½, no curvature: U = 400·(√g - 1)/½
    part = enough(types=((1000, 0, 100), (4000, 0, 200), (16_000, 0, 400)))
    told = forecast.new_words(part, 9)
    assert told.value == pytest.approx(400 * (3 - 1) / 0.5, rel=1e-4)
    s = sqrt(0.1**2 + (0.2 * log(9)) ** 2)
    assert three(told) == pytest.approx(ends(told.value, s, forecast.NEW_WORDS))
    flattening = forecast.new_words(enough(types=((1000, 0, 100), (4000, 0, 250), (16_000, 0, 400))), 9)
    assert flattening.value < told.value


def test_text_that_was_not_looked_at_is_no_news() -> None:
    """400 documents of 1,600 were looked at: what is new in the other 1,200 is known, only the rest is counted."""
    looked_at = enough(once=100, twice=50, groups=((100, 50),) * 20)
    part = replace(looked_at, documents=1600, bytes=1_600_000, squares=1600 * 1000**2)
    assert forecast.new_characters(part, 10).value == pytest.approx(100 * (log(40) - log(4)))
    part = replace(part, types=((1000, 0, 100), (4000, 0, 200), (16_000, 0, 400)))
    assert forecast.new_words(part, 9).value == pytest.approx(400 * (6 - 2) / 0.5, rel=1e-4)


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [
        # 5 % of either tail: 1 - 0.05^(1/n), 0.05^(1/n), and quantiles of the beta distribution (qbeta in R)
        (0, 10, 0.0, 1 - 0.05 ** (1 / 10)),
        (10, 10, 0.05 ** (1 / 10), 1.0),
        (1, 10, 0.0051162, 0.3941633),
        (5, 10, 0.2224411, 0.7775589),
        (1, 1, 0.05, 1.0),
    ],
)
def test_clopper_pearson_against_known_values(hits: int, trials: int, low: float, high: float) -> None:
    assert clopper_pearson(hits, trials) == pytest.approx((low, high), abs=1e-6)


# Laws


@calm
@given(hits=st.integers(0, 60), more=st.integers(0, 200))
def test_clopper_pearson_holds_the_share_and_narrows(hits: int, more: int) -> None:
    trials = max(1, hits + more)
    low, high = clopper_pearson(hits, trials)
    assert 0 <= low <= hits / trials <= high <= 1
    again = clopper_pearson(3 * hits, 3 * trials)
    assert again[1] - again[0] <= high - low + 1e-9


def every_forecast(part: ForecastPart, growth: float) -> dict[str, Figure]:
    return {
        "mean": forecast.mean_bytes(part),
        "unseen": forecast.unseen_mass(part, growth),
        "unk": forecast.unk_full(part, growth),
        "covered": forecast.unk_covered(part, growth),
        "characters": forecast.new_characters(part, growth),
        "words": forecast.new_words(part, growth),
        "touched": forecast.touched(part, growth),
    }


states = st.builds(
    lambda sizes, alone, once, twice, touched, types: replace(
        sized(*sizes),
        characters=alone, words=alone, covered=alone, once=once, twice=twice,
        groups=((once, twice),) * 20, touched=min(touched, len(sizes)), types=types,
    ),
    st.lists(st.integers(1, 10**6), min_size=1, max_size=200),
    st.builds(
        lambda values: Alone(
            10 * sum(values) + 1, sum(values), sum(v * v for v in values), max(values, default=0), len(values)
        ),
        st.lists(st.integers(1, 50), max_size=80),
    ),
    st.integers(0, 500), st.integers(0, 500), st.integers(0, 200),
    st.sampled_from([((1, 2, 1), (2, 3, 1), (3, 4, 1)), ((10, 90, 50), (40, 200, 90), (160, 400, 130)), ()]),
)  # fmt: skip


@calm
@given(part=states, growth=st.floats(1.0, 1e6))
def test_intervals_hold_their_point_and_nothing_is_negative_or_endless(part: ForecastPart, growth: float) -> None:
    for name, told in every_forecast(part, growth).items():
        if told.known:
            assert 0 <= told.low <= told.value * (1 + 1e-12) <= told.high * (1 + 1e-12) < float("inf"), name
        else:
            assert told.value == told.low == told.high == 0
            assert told.unknown


@calm
@given(sizes=st.lists(st.integers(1, 10**5), min_size=60, max_size=120), times=st.integers(2, 5))
def test_more_documents_of_the_same_kind_narrow_the_mean(sizes: list[int], times: int) -> None:
    few, many = forecast.mean_bytes(sized(*sizes)), forecast.mean_bytes(sized(*sizes * times))
    if few.known:
        assert many.value == pytest.approx(few.value)
        assert few.low <= many.low * (1 + 1e-12)
        assert many.high <= few.high * (1 + 1e-12)


@calm
@given(documents=st.integers(30, 300), times=st.integers(2, 9), growth=st.floats(1.5, 100))
def test_more_documents_narrow_the_unseen_mass(documents: int, times: int, growth: float) -> None:
    def told(n: int) -> Figure:
        return forecast.unseen_mass(enough(characters=Alone(1000 * n, 2 * n, 4 * n, 2, n)), growth)

    few, many = told(documents), told(documents * times)
    assert few.value == pytest.approx(many.value)
    assert few.low < many.low < many.high < few.high


@calm
@given(near=st.floats(1.01, 100), further=st.floats(1.01, 2))
def test_more_text_brings_more_that_is_new(near: float, further: float) -> None:
    part = enough(
        once=100, twice=40, groups=((100, 40),) * 20, types=((1000, 0, 100), (4000, 0, 200), (16_000, 0, 400))
    )
    for count in (forecast.new_characters, forecast.new_words):
        one, other = count(part, near), count(part, near * further)
        assert one.value < other.value
        assert one.high / one.low < other.high / other.low


# Gates


@pytest.mark.few(9)
@pytest.mark.parametrize("growth", [1.0, 1.0001, 10.0, 150.0, 1e9])
@pytest.mark.parametrize(
    "documents",
    [[], ["가나다"], korean_lines(3), korean_lines(29)],
    ids=["empty", "one document", "three documents", "29 documents"],
)
def test_a_handful_of_documents_tells_nothing(documents: list[str], growth: float) -> None:
    for name, told in every_forecast(part_of(documents), growth).items():
        assert told.unknown, name


def test_one_giant_document_among_many_tells_nothing_of_the_mean() -> None:
    assert (
        forecast.mean_bytes(sized(*[100] * 500, 10**7)).unknown
        == "the sample is worth 1 documents of equal size, 30 are needed"
    )


def test_one_document_with_most_of_what_is_new_is_no_ground() -> None:
    alone = Alone(100_000, 139, 39 + 100**2, 100, 40)
    assert "over a quarter" in forecast.unseen_mass(enough(characters=alone), 10).unknown


def test_equal_documents_have_a_mean_without_doubt_and_nothing_new() -> None:
    part = part_of([f"가나 다라 {k % 2}" for k in range(200)])
    assert three(forecast.mean_bytes(part)) == (15.0, 15.0, 15.0)
    assert forecast.unseen_mass(part, 10).unknown
    assert forecast.new_characters(part, 10).unknown
    assert forecast.touched(part, 10).value == 0
    assert forecast.touched(part, 10).high > 0


def test_nothing_new_is_counted_far_beyond_the_sample() -> None:
    part = enough(once=100, twice=40, groups=((100, 40),) * 20, types=((10, 0, 100), (40, 0, 200), (160, 0, 400)))
    for count in (forecast.new_characters, forecast.new_words):
        assert not count(part, 10).rough
        assert count(part, 199).rough
        assert count(part, 201).unknown == "the corpus is 201 times the sample, 200 times can be told"


# Sorted corpora


def test_documents_sorted_by_length_show_it_and_shuffled_ones_do_not() -> None:
    dice = np.random.default_rng(5)
    sizes = np.round(1000 * (1 + dice.pareto(1.5, 4000))).astype(np.int64)
    for order, is_sorted in ((sizes, False), (np.sort(sizes), True), (np.sort(sizes)[:800], True)):
        part = ForecastPart(blocks=blocks_of(order))
        assert (intraclass_correlation(part) > 0.05) is is_sorted


def test_shuffled_documents_rarely_look_sorted() -> None:
    dice = np.random.default_rng(6)
    shuffled = [np.round(1000 * (1 + dice.pareto(1.2, 200))).astype(np.int64) for _ in range(200)]
    assert sum(intraclass_correlation(ForecastPart(blocks=blocks_of(sizes))) > 0.05 for sizes in shuffled) <= 6


def test_likeness_of_few_or_equal_documents_is_none() -> None:
    assert intraclass_correlation(ForecastPart()) == 0
    for sizes in (np.array([10] * 39), np.array([10] * 400), np.arange(1, 90)):
        assert intraclass_correlation(ForecastPart(blocks=blocks_of(sizes))) == 0


def test_two_samples_cannot_be_added_up() -> None:
    one = part_of(korean_lines(40))
    assert one.merge(ForecastPart()) == one == ForecastPart().merge(one)
    assert one.merge(one).conflict
    assert ForecastPart.from_state(one.to_state()) == one


def test_state_does_not_depend_on_the_order_of_reading() -> None:
    texts = [document.encode() for document in korean_lines(60)]
    sample = Sample.of(1 << 40, ((k * 2**50, text, 1, k * 2**50) for k, text in enumerate(texts)))
    sizes = [len(text) for text in texts]
    one, other = (replace(forecast_part(order, sample), blocks=()) for order in (sizes, sizes[::-1]))
    assert one == other
