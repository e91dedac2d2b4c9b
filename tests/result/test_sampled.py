"""Where documents are too many, copies are estimated: intervals hold the truth, and figures do not contradict."""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from support import REPOSITORY, korean_lines, scanned, terminal_report, write_files

from corpuscheck.kernels.lines import MOST_LINES
from corpuscheck.profile.drawing import drawn_by, weights
from corpuscheck.profile.repeats import LineSample, RepeatsPart
from corpuscheck.reports.registry import render
from corpuscheck.result.copies import cleanliness
from corpuscheck.result.shared import shared, top_lines
from corpuscheck.result.sums import Sum
from corpuscheck.running import units

sys.path.append(str(REPOSITORY / "benchmarks"))

from sampled import KINDS, SHAPES, Corpus, held, low_bounds

SEEDS = 10


@pytest.fixture
def bounds() -> Iterator[None]:
    with low_bounds():
        yield


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("vocabulary") / "vocab.txt"
    path.write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##a\n")
    return str(path)


@pytest.mark.few(4)
@pytest.mark.parametrize("shape", ["none", "a pair", "3,000 pairs", "50", "100 of 50", "5,000"])
@pytest.mark.parametrize("kind", KINDS)
def test_intervals_hold_the_truth_for_every_size_of_cluster(kind: str, shape: str, bounds: None) -> None:
    """With a chance of 95 % each, all seeds but two hold it in 99 of 100 runs of this test; the seeds are fixed."""
    inside = np.array([held(kind, shape, seed, 20_000)[0] for seed in range(SEEDS)])
    assert inside.sum(0).min() >= SEEDS - 2


@pytest.mark.parametrize("kind", ["exact", "normalised", "lines"])
def test_a_page_copied_a_hundred_thousand_times_is_always_found(kind: str, bounds: None) -> None:
    for seed in range(SEEDS):
        corpus = Corpus(20_000, SHAPES["100,000"], seed)
        profile = KINDS[kind](corpus)
        found = cleanliness(profile)
        amount = {"exact": found.exact, "normalised": found.normalised}[kind].amount if kind != "lines" else None
        amount = amount or found.lines.repeated
        assert not amount.exact
        assert abs(amount.documents / 99_999 - 1) < 0.05


@pytest.mark.parametrize("kind", ["exact", "normalised"])
def test_a_few_large_documents_are_no_copies(kind: str, bounds: None) -> None:
    """Whether a large one is drawn would else decide on most of the bytes."""
    told = [held(kind, "3,000 pairs", seed, 20_000, large=3) for seed in range(SEEDS)]
    assert np.array([inside for inside, _ in told]).sum(0).min() >= SEEDS - 2
    assert max(width for _, width in told) < 0.02


def test_what_is_drawn_by_size_adds_up_to_all() -> None:
    dice = np.random.default_rng(2)
    sizes = np.concatenate((np.full(60_000, 100), np.full(300, 50_000), np.full(5, 10**8)))
    hashes = drawn_by(dice.integers(0, 2**64, len(sizes), np.uint64), sizes)
    drawn = hashes < np.uint64(2**64 >> 6)
    total = Sum.over(weights(sizes[drawn], 6), sizes[drawn].astype(np.float64))
    assert drawn[sizes == 10**8].all()
    assert abs(total.value - sizes.sum()) < 3 * total.error < 0.02 * sizes.sum()


@pytest.mark.thorough
def test_nothing_above_all_of_it_is_printed_and_every_estimate_has_its_margin(bounds: None) -> None:
    from corpuscheck.reports.terminal.clean import waterfall
    from corpuscheck.text.amounts import percent

    assert waterfall is not None
    for kind in KINDS:
        for shape in ("a pair", "100,000", "all of these"):
            found = cleanliness(KINDS[kind](Corpus(3_200, SHAPES[shape], 1)))
            left = found.raw_bytes - sum(step.amount.utf8_bytes for _, step in found.steps)
            assert -1e-6 <= left <= found.raw_bytes
            assert all(step.amount.utf8_bytes >= 0 and step.amount.documents >= 0 for _, step in found.steps)
            assert 0 <= found.usable_share <= 1
            assert 0 <= found.lines.share <= 1
            assert percent(found.lines.share) != ">100 %"


def test_a_line_that_is_counted_is_also_among_the_repeated_bytes(bounds: None) -> None:
    """One footer under each of many documents whose lines are otherwise their own."""
    footer = np.uint64(2**64 - 5)  # is never drawn
    dice = np.random.default_rng(1)
    hashes = np.append(dice.integers(1, 2**64 - 9, 40_000, np.uint64), footer)
    counts, sizes = np.append(np.ones(40_000, np.int64), 40_000), np.full(40_001, 50)
    part = RepeatsPart(0, 80_000, 80_000 * 50, 0, hashes, counts, sizes).bounded()
    seen = LineSample(2**64 >> 5, {k * 997: (int(footer), 50, "footer") for k in range(1250)})
    lines = top_lines(seen, part, 40_000)
    found = shared(part, lines)
    assert not part.exact
    assert [line.text for line in lines] == ["footer"]
    assert not lines[0].exact
    assert abs(lines[0].documents - 40_000) <= 2 * lines[0].error
    assert found.repeated.certain
    assert abs(found.repeated.documents - 39_999) <= found.repeated.documents_margin
    assert abs(found.share - 0.5) < 0.03


@pytest.mark.thorough
def test_estimates_are_printed_with_their_margins_in_every_report(
    tmp_path: Path, vocabulary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from corpuscheck.profile.documents import DocumentPart, NormPart

    monkeypatch.setattr(DocumentPart, "MOST", 500)
    monkeypatch.setattr(NormPart, "MOST", 500)
    lines = korean_lines(3000)
    write_files(tmp_path, {"a.txt": "\n".join([*lines, *[lines[0] * 3] * 4000])})
    result = scanned(tmp_path, tokenizer=vocabulary, document="line").result
    texts = [terminal_report(result, width=120), terminal_report(result, width=120, full=True)]
    texts += [render(result, name).decode() for name in ("markdown", "concise", "github", "gitlab", "junit")]
    for text in texts:
        for line in text.splitlines():
            assert not re.search(r"~[\d.,]+(?! ?[kMG]?B? ?±)(?=[^\d.,]*$)", line) or "±" in line or "estimated" in line
    assert "±" in texts[1]
    told = json.loads(render(result, "json"))["clean"]
    assert not told["usable"]["exact"]
    copies = told["copies"]["exact"]
    assert abs(copies["documents"] - 3999) <= 2 * copies["standard_error_documents"]
    assert copies["standard_error_documents"] > 0


@pytest.mark.thorough
def test_documents_too_short_for_near_copies_are_told_as_not_judged(tmp_path: Path, vocabulary: str) -> None:
    """Pairs of sixty syllables that differ in one: nobody should read that there are no near copies."""
    dice = random.Random(1)
    texts = []
    for _ in range(100):
        text = "".join(chr(dice.randrange(0xAC00, 0xD7A4)) for _ in range(60))
        texts += [text, text[:30] + "뷁" + text[31:]]
    long = " ".join(korean_lines(40))
    write_files(tmp_path, {"a.txt": "\n".join([*texts, long])})
    result = scanned(tmp_path, tokenizer=vocabulary, document="line").result
    short = result.cleanliness.short
    assert (short.documents, short.utf8_bytes) == (200, 200 * 180)
    told = json.loads(render(result, "json"))["clean"]["copies"]["too_short_for_near"]
    assert told == {"documents": 200, "bytes": 36000, "byte_share": 36000 / (36000 + len(long.encode()))}
    assert "200 documents" in terminal_report(result, width=120, full=True)
    unlooked = scanned(tmp_path, tokenizer=vocabulary, document="line", near_duplicates=False).result
    assert json.loads(render(unlooked, "json"))["clean"]["copies"]["too_short_for_near"] is None


LONG = {
    "read in ranges": (korean_lines(9_000, 3), 200_000),
    "of many different lines": ([f"줄 {k} 하나 더" for k in range(3 * MOST_LINES)], 1 << 40),
}


@pytest.mark.thorough
@pytest.mark.parametrize("name", LONG)
def test_one_document_shares_no_line_with_itself(
    name: str, tmp_path: Path, vocabulary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines, largest = LONG[name]
    monkeypatch.setattr(units, "_SMALLEST_UNIT", min(largest, units._SMALLEST_UNIT))
    monkeypatch.setattr(units, "LARGEST_UNIT", min(largest, units.LARGEST_UNIT))
    text = "\n".join([*lines, *lines, *lines, "", *lines[:5], "", *lines[:5], ""])
    write_files(tmp_path, {"a.txt": text})
    result = scanned(tmp_path, tokenizer=vocabulary).result
    found = result.cleanliness
    assert result.profile.size.documents == 1
    assert found.lines.repeated.utf8_bytes == 0
    assert found.paragraphs.repeated.utf8_bytes == 0
    assert found.lines.left_out > 0
    assert "CC504" not in {finding.rule for finding in result.findings}
    assert "not compared" in terminal_report(result, width=120, full=True)
