"""Distributions: histograms with fixed bins against numpy, whatever the corpus is cut into."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from support import document_of, korean_lines, scanned, terminal_report, write_files, write_vocabulary

from corpuscheck.profile.distributions import EDGES, RATES, bins_of, rate_bins
from corpuscheck.result.distributions import Distributions, Histogram
from corpuscheck.result.percentiles import bounds_of, percentile, rank_shares


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Documents from a few bytes to some hundred kilobytes."""
    dice, lines = random.Random(3), korean_lines(3000)
    return ["\n".join(dice.choices(lines, k=int(2 ** dice.uniform(0, 9)))) for _ in range(300)]


@pytest.fixture(scope="module")
def found(texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    folder = tmp_path_factory.mktemp("corpus")
    rows = "".join(json.dumps({"text": one}, ensure_ascii=False) + "\n" for one in [*texts, *texts[:5], texts[0]])
    write_files(folder, {"corpus/a.jsonl": rows})
    tokenizer = write_vocabulary(folder / "vocab.txt", sorted(set("".join(texts)) - set(" \n뷁쫡")))
    return scanned(folder / "corpus", tokenizer=tokenizer).result.distributions


def counts_of(histogram: Histogram) -> dict[float, int]:
    return {one.low: one.count for one in histogram.bins if one.count}


def expected(figures: list[int]) -> dict[float, int]:
    """By numpy, in the bins whose bounds are documented."""
    edges = [0, *EDGES.tolist(), np.inf]
    counts, _ = np.histogram(figures, edges)
    return {low: int(n) for low, n in zip(edges, counts, strict=False) if n}


def every(texts: list[str]) -> list[str]:
    return [*texts, *texts[:5], texts[0]]


def test_documents_are_counted_by_their_bytes(found: Distributions, texts: list[str]) -> None:
    sizes = [len(one.encode()) for one in every(texts)]
    assert counts_of(found.document_bytes) == expected(sizes)
    assert sum(one.utf8_bytes for one in found.document_bytes.bins) == sum(sizes)
    for percent, value in found.document_bytes.percentiles.items():
        assert value == pytest.approx(np.percentile(sizes, percent), rel=0.12)


def test_lines_are_counted_by_their_characters(found: Distributions, texts: list[str]) -> None:
    lines = [len(line.strip(" \t\r")) for one in every(texts) for line in one.split("\n")]
    assert counts_of(found.line_characters) == expected([length for length in lines if length])


def test_documents_are_counted_by_their_unknown_words(found: Distributions, texts: list[str]) -> None:
    counts: Counter[int] = Counter()
    for one in every(texts):  # what BERT takes for words: punctuation stands alone
        words = one.replace(".", " . ").split()
        lost = sum(any(ch in "뷁쫡" for ch in word) for word in words)
        edge = int(np.searchsorted(RATES, lost * 10_000 / len(words), "right"))
        counts[edge + 1 if lost else 0] += 1
    assert [one.count for one in found.unk_rate.bins] == [counts[k] for k in range(len(found.unk_rate.bins))]
    assert found.unk_rate.count == len(every(texts))


def test_texts_are_counted_by_their_copies(found: Distributions, texts: list[str]) -> None:
    times = Counter(Counter(every(texts)).values())
    assert counts_of(found.copies) == dict(times)


def test_the_largest_documents_hold_their_share(found: Distributions, texts: list[str]) -> None:
    sizes = np.sort([len(one.encode()) for one in every(texts)])[::-1]
    for rank in found.ranks:
        exact = sizes[: round(rank.documents * len(sizes))].sum() / sizes.sum()
        assert rank.text == pytest.approx(exact, rel=0.1)


@pytest.mark.thorough
def test_however_it_is_cut_the_histograms_are_the_same(texts: list[str], tmp_path: Path) -> None:
    tokenizer = write_vocabulary(tmp_path / "vocab.txt", "가나다")
    halves = {"a/1.txt": "\n".join(texts[:150]), "b/2.txt": "\n".join(texts[150:])}
    write_files(tmp_path / "corpus", halves)
    whole = scanned(tmp_path / "corpus", tokenizer=tokenizer, document="line").result.profile
    parts = [scanned(tmp_path / "corpus" / name, tokenizer=tokenizer, document="line") for name in "ab"]
    one, other = (part.result.profile for part in parts)
    assert one.distributions.merge(other.distributions) == whole.distributions
    assert one.merge(other).sources.everything.lengths == whole.sources.everything.lengths


@pytest.mark.thorough
def test_a_report_shows_them_where_all_is_asked_for(texts: list[str], tmp_path: Path) -> None:
    corpus = write_files(tmp_path / "corpus", {f"{k}.txt": one for k, one in enumerate(texts[:40])})
    tokenizer = write_vocabulary(tmp_path / "vocab.txt", "가나다")
    result = scanned(corpus, tokenizer=tokenizer).result
    assert "How is it spread?" in terminal_report(result)
    assert "How is it spread?" not in terminal_report(result, full=False)
    document = document_of(corpus, tokenizer=tokenizer)["distributions"]
    assert sum(one["count"] for one in document["document_bytes"]["bins"]) == 40
    assert set(document["document_bytes"]["percentiles"]) == {f"p{n}" for n in (1, 5, 25, 50, 75, 95, 99)}


LENGTHS = [0, 1, 2, 3, 10, 99, 100, 1023, 1024, 1025, 10**6, 2**40, 2**47]


@pytest.mark.parametrize("length", LENGTHS)
def test_a_length_lies_in_its_bin(length: int) -> None:
    low, high = bounds_of(int(bins_of(np.array([length]))[0]))
    assert low <= length
    assert high is None or length < high


def test_bins_have_one_width_on_a_logarithmic_scale() -> None:
    assert {2**k for k in range(48)} <= set(EDGES.tolist())
    wide = EDGES[EDGES > 200]
    assert ((wide[1:] / wide[:-1]) < 2 ** (1 / 8) * 1.01).all()


PARTS = {(0, 10): 0, (1, 100_000): 1, (1, 10_000): 2, (1, 1000): 5, (1, 2): 13, (10, 10): 14, (0, 0): 0}


@pytest.mark.parametrize(("share", "number"), PARTS.items())
def test_a_rate_lies_in_its_bin(share: tuple[int, int], number: int) -> None:
    part, whole = (np.array([n]) for n in share)
    assert rate_bins(part, whole).tolist() == [number]


def test_of_nothing_there_is_nothing_to_tell() -> None:
    assert percentile({}, 50) == 0
    assert rank_shares({}, {}) == ()
    assert not Distributions().histograms
