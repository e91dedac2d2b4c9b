"""estimate: from numbers, a sample, a profile; what each figure is, and when there is not enough to tell."""

from __future__ import annotations

import random
from itertools import cycle, islice
from math import sqrt
from pathlib import Path
from typing import Any

import pytest
from support import Main, estimate_document, korean_lines, run, set_budgets, shrink_samples, write_files

from corpuscheck.estimates.estimate import Estimate, from_numbers, from_profile
from corpuscheck.estimates.figure import Figure, exactly, product
from corpuscheck.estimates.laws import GB, LADDER
from corpuscheck.estimates.plan import Plan
from corpuscheck.profile.profile import Profile


def told(path: Path, **plan: Any) -> Estimate:
    return from_profile(Profile.load(str(path)), Plan(**plan), path.name)


# From numbers


def test_from_numbers_each_figure_is_the_arithmetic_of_its_options() -> None:
    plan = Plan(articles=30_000, mean_bytes=4000, available=900_000, per_day=500, usable=0.8, parameters=110_000_000)
    it = from_numbers(plan)
    assert (it.documents, it.bytes) == (30_000, 120_000_000)
    assert it.by_mean.value == 4 * GB / (0.8 * 4000)
    assert it.by_rule.value == 4 * 256_000
    assert it.missing.value == 1_250_000 - 30_000
    assert it.days.value == 1_220_000 / 500
    assert it.collectable.value == it.full_bytes == 900_000 * 4000 * 0.8
    assert [(model.parameters, model.tokens) for model in it.models] == [(110_000_000, 2.2e9)]
    assert it.models[0].passes.value == pytest.approx(2.2e9 / it.tokens.value)
    assert it.below
    assert it.above
    assert it.below.size <= it.full_bytes < it.above.size


def test_figures_say_what_they_are() -> None:
    it = from_numbers(Plan(articles=30_000, mean_bytes=4000))
    kinds = {name: getattr(it, name).kind for name in ("mean_document", "by_rule", "by_mean", "usable", "tokens")}
    assert kinds == {
        "mean_document": "given", "by_rule": "rule", "by_mean": "given", "usable": "rule", "tokens": "rule",
    }  # fmt: skip
    assert not it.words.known
    assert not it.forecasts


@pytest.mark.parametrize(
    ("plan", "name", "value"),
    [
        ({"target_bytes": 8 * GB}, "by_mean", 2_000_000),
        ({"articles_per_gb": 100_000}, "by_rule", 400_000),
        ({"usable": 0.5}, "by_mean", 2_000_000),
        ({"articles": 2_000_000}, "missing", 0),
        ({"available": 10}, "collectable", 40_000),
        ({"per_day": 0.5}, "days", (1_000_000 - 10) * 2),
    ],
)
def test_every_option_changes_its_figure(plan: dict[str, Any], name: str, value: float) -> None:
    assert getattr(from_numbers(Plan(**{"articles": 10, "mean_bytes": 4000, **plan})), name).value == value


def test_epochs_decide_what_is_enough() -> None:
    fed = {e: [m.fed(e) for m in from_numbers(Plan(articles=10**6, mean_bytes=4000)).models] for e in (1, 4, 100)}
    assert fed[1] == [True, False, False, False, False]
    assert fed[4] == [True, True, False, False, False]
    assert fed[100] == [True, True, True, True, False]


def test_the_ladder_goes_up() -> None:
    assert [rung.size for rung in LADDER] == sorted(rung.size for rung in LADDER)
    assert all(rung.source for rung in LADDER)


def test_errors_that_do_not_depend_on_each_other_add_up_in_squares() -> None:
    both = product(Figure("forecast", 2, 2 / 8, 2 * 27), Figure("forecast", 5, 5 / 8, 5 * 81))
    assert (both.value, both.low) == pytest.approx((10, 10 * 8 ** -sqrt(2)))
    assert both.high == pytest.approx(10 * 3**5)
    assert product(Figure("forecast", 2, 1, 3), exactly("given", 10)).low == pytest.approx(10)
    assert product(Figure("forecast", unknown="why"), exactly("given", 10)).unknown == "why"


def test_words_are_as_uncertain_as_the_size_of_all_that_is_available(profile: Path) -> None:
    target, available = told(profile, target_bytes=10**6), told(profile, available=4000)
    assert available.words.high / available.words.low > target.words.high / target.words.low
    assert available.words.high / available.words.low > available.collectable.high / available.collectable.low


def test_dividing_changes_the_ends() -> None:
    assert Figure("forecast", 10, 5, 20).into(100) == Figure("forecast", 10, 5, 20)
    assert exactly("given", 0).into(1).unknown
    assert Figure("given", unknown="why").into(1).unknown == "why"


# From a sample and from a profile


def test_a_sample_is_told_as_its_saved_profile(estimating: Main, sample: Path, profile: Path) -> None:
    options = ("--target", "1MB", "--available", "4000")
    one = estimate_document(estimating, sample, "--document", "line", *options)
    other = estimate_document(estimating, profile, *options)
    assert one.pop("source") == str(sample)
    assert other.pop("source") == str(profile)
    assert one == other
    assert one["mean_document_bytes"]["kind"] == "forecast"
    assert all(figure["kind"] == "forecast" for figure in one["forecasts"].values())
    assert set(one["forecasts"]) == {
        "unseen_character_mass", "unk_rate_all_characters", "unk_rate_alphabet_by_coverage", "documents_touched",
        "new_characters", "new_words",
    }  # fmt: skip
    for figure in (*one["forecasts"].values(), one["words"], one["tokens"], one["documents_missing"]):
        assert figure["interval"][0] < figure["value"] < figure["interval"][1]


def test_full_size_is_all_that_is_available_else_what_the_target_takes(profile: Path) -> None:
    mean = told(profile).mean_document.value
    assert told(profile, available=5000).full_bytes == pytest.approx(5000 * mean)
    assert told(profile, available=5000, usable=0.5).full_bytes == pytest.approx(5000 * mean / 2)
    assert told(profile, target_bytes=10**6).full_bytes == pytest.approx(10**6)
    assert told(profile, target_bytes=10**6, usable=0.5).full_bytes == pytest.approx(10**6)
    half, whole = (told(profile, target_bytes=10**6, usable=share) for share in (0.5, 1.0))
    assert half.forecasts["new_words"].value > whole.forecasts["new_words"].value  # it takes twice the raw text


@pytest.mark.parametrize("plan", [{"target_bytes": 1000}, {"available": 400}])
def test_a_whole_corpus_is_counted_and_not_forecast(profile: Path, plan: dict[str, int]) -> None:
    it = told(profile, **plan)
    assert it.mean_document == exactly("measured", it.bytes / 400)
    assert it.words.kind == it.tokens.kind == "measured"
    assert round(it.words.value) == Profile.load(str(profile)).words.words
    assert not it.forecasts
    assert "nothing to forecast" in it.notes[-1]


def test_second_copies_are_not_usable(tmp_path: Path, estimating: Main) -> None:
    lines = korean_lines(100)
    write_files(tmp_path, {"a.txt": "\n".join(lines), "b.txt": "\n".join(lines[:50])})
    found = estimate_document(estimating, tmp_path, "--document", "line", "--target", "10MB")["usable_share"]
    again = sum(len(line.encode()) for line in lines[:50])
    once = sum(len(line.encode()) for line in lines)
    assert found == {
        "kind": "measured", "value": pytest.approx(once / (once + again)), "interval": None,
        "order_of_magnitude": False,
    }  # fmt: skip


@pytest.mark.few(1)
@pytest.mark.parametrize("available", [None, 5000])
def test_three_documents_are_not_enough_to_tell(tmp_path: Path, estimating: Main, available: int | None) -> None:
    write_files(tmp_path, {f"{k}.txt": line for k, line in enumerate(korean_lines(3))})
    options = ("--available", str(available)) if available else ()
    document = estimate_document(estimating, tmp_path, *options)
    silent = ["mean_document_bytes", "documents_missing", "words", "tokens", "days", "collectable_bytes"]
    figures = [document[name] for name in silent] + list(document["forecasts"].values())
    figures += [model["passes"] for model in document["models"]] + [document["documents_for_target"]["by_mean"]]
    assert all(figure["value"] is None and figure["reason"] for figure in figures)
    assert not any(model["fed"] for model in document["models"])
    status, out, _ = estimating(tmp_path, *options, "-q")
    assert status == 0
    assert out.startswith("not enough to tell how much is missing")


def test_a_sample_too_small_for_the_target_says_so(profile: Path) -> None:
    it = told(profile)
    assert any(note.startswith("the sample is 0.00") for note in it.notes)
    assert any("knows its words by heart" in note for note in it.notes)
    assert "200 times can be told" in it.forecasts["new_words"].unknown


@pytest.mark.thorough
def test_a_sorted_prefix_is_named_and_a_shuffled_sample_is_not(tmp_path: Path, estimating: Main) -> None:
    dice = random.Random(1)
    source = cycle(korean_lines(3000))
    lines = [" ".join(islice(source, int(1 + dice.paretovariate(1.2)))) for _ in range(600)]
    dice.shuffle(lines)
    by_length = sorted(lines, key=len)
    for name, documents, noticed in (("shuffled", lines[:300], False), ("sorted", by_length[:300], True)):
        folder = write_files(tmp_path / name, {"x.txt": "\n".join(documents)})
        notes = estimate_document(estimating, folder, "--document", "line", "--target", "1MB")["notes"]
        assert any("sorted corpus" in note for note in notes) is noticed


@pytest.mark.thorough
def test_merged_profiles_are_not_forecast_from(tmp_path: Path, sample: Path, profile: Path) -> None:
    merged, vocabulary = tmp_path / "merged.ccp", tmp_path / "tokenizer"
    lines = {"more.txt": "\n".join(korean_lines(50, 9))}
    assert run("train", sample, "--document", "line", "-o", vocabulary, "-q").returncode == 0
    for name, folder in (("a", sample), ("b", write_files(tmp_path / "more", lines))):
        run("scan", folder, "--document", "line", "--tokenizer", vocabulary, "--save", tmp_path / f"{name}.ccp", "-q")
    assert run("merge", tmp_path / "a.ccp", tmp_path / "b.ccp", "-o", merged).returncode == 0
    it = told(merged, target_bytes=10**6)
    assert it.forecasts == {}
    assert "merged" in it.notes[-1]
    assert it.mean_document.known


def test_a_part_that_was_not_looked_at_is_said(sample: Path, estimating: Main, monkeypatch: pytest.MonkeyPatch) -> None:
    set_budgets(monkeypatch, forecast=10_000)
    shrink_samples(monkeypatch)
    document = estimate_document(estimating, sample, "--document", "line", "--target", "200kB", "--jobs", "1")
    assert any("were looked for in" in note for note in document["notes"])


@pytest.mark.thorough
def test_what_scan_finds_wrong_with_the_text_is_said(tmp_path: Path, estimating: Main) -> None:
    """An estimate counts tags as text, so a sample full of them must not pass without a word."""
    write_files(
        tmp_path, {f"{k}.html": f"<html><p><b>{line}</b></p></html>" for k, line in enumerate(korean_lines(40))}
    )
    assert any(note.startswith("CC112 ") for note in estimate_document(estimating, tmp_path)["notes"])
    stripped = estimate_document(estimating, tmp_path, "--strip-markup")
    assert not any(note.startswith("CC") for note in stripped["notes"])
