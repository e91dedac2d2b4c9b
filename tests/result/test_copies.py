"""Copies of documents: exact, normalised and near ones, against plain Python; no byte is counted twice."""

from __future__ import annotations

import json
import random
import sys
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import REPOSITORY, document_of, korean_lines, scanned, write_files

from corpuscheck.profile.near import BINS, NearPart
from corpuscheck.result.copies import Cleanliness, cleanliness
from corpuscheck.result.near import ALIKE, likeness, near_copies

sys.path.append(str(REPOSITORY / "benchmarks"))

from planting import jaccard, near_copy, shingles

ENGLISH = ("the", "cat", "sat", "on", "a", "mat", "with", "some", "old", "green", "tea", "and", "read", "of", "rain")
LATIN = [" ".join(random.Random(k).choices(ENGLISH, k=9)) for k in range(4000)]


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("vocabulary") / "vocab.txt"
    path.write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##a\n")
    return str(path)


def documents(n: int, seed: int = 1, lines: int = 12) -> list[str]:
    made = korean_lines(n * lines, seed)
    return ["\n".join(made[k * lines : (k + 1) * lines]) for k in range(n)]


def found_in(folder: Path, texts: list[str], vocabulary: str, **options: Any) -> Cleanliness:
    lines = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)
    write_files(folder, {"corpus.jsonl": lines})
    return cleanliness(scanned(folder, tokenizer=vocabulary, **options).result.profile)


def figures(found: Cleanliness) -> list[tuple[float, float]]:
    return [(step.amount.documents, step.amount.utf8_bytes) for _, step in found.steps]


NORMALISED = {
    "case": ("Straße Ünder Ωmega Москва Text", "STRAßE ÜNDER ωMEGA МОСКВА TEXT"),
    "spaces": ("한국어 문장을 적는다", "한국어  문장을\n적는다\u3000"),
    "punctuation": ("그는 말했다. 정말로!", "그는 「말했다」 정말로…"),
    "decomposed Hangul": ("한국어 문장 뷁쒧", unicodedata.normalize("NFD", "한국어 문장 뷁쒧")),
    "decomposed Kana": ("がぎぐパピプヴェづ゛び", unicodedata.normalize("NFD", "がぎぐパピプヴェづ゛び")),
    "half-width voiced Kana": ("ガラスのパン ヴィオラ", "ｶﾞﾗｽのﾊﾟﾝ ｳﾞｨｵﾗ"),
    "decomposed Latin": ("Crème brûlée Ångström", unicodedata.normalize("NFD", "Crème brûlée Ångström")),
    "marks": ("Crème brûlée", "Creme brulee"),
    "fullwidth": ("ABC abc 123", "ＡＢＣ ａｂｃ １２３"),
    "half-width Kana": ("カタカナ", "ｶﾀｶﾅ"),
    "zero-width": ("한국어 문장", "한국\u200b어 문\ufeff장"),
}
DIFFERENT = {
    "digits": ("문서 1번 2024년", "문서 2번 2024년"),
    "a letter": ("한국어 문장", "한국어 문잔"),
    "Kana voicing": ("かきのこ", "がきのこ"),
    "Thai vowels": ("กินข้าว", "กันข้าว"),
    "Thai tones": ("ข้าว", "ข่าว"),
    "Thai sara am": ("ทำ", "ทา"),
    "nothing but marks": ("!!!", "???"),
}


@pytest.mark.few(4)
@pytest.mark.parametrize("name", [*NORMALISED, *DIFFERENT])
def test_what_normalising_passes_over_and_what_it_does_not(name: str, tmp_path: Path, vocabulary: str) -> None:
    pair = NORMALISED.get(name) or DIFFERENT[name]
    sizes = sorted(len(text.encode()) for text in pair)
    expected = (1, sizes[0]) if name in NORMALISED else (0, 0)
    found = found_in(tmp_path, [*pair, *documents(3)], vocabulary)
    assert figures(found) == [(0, 0), expected, (0, 0)]


def test_a_copy_is_counted_once_however_many_ways_it_is_one(tmp_path: Path, vocabulary: str) -> None:
    first, second, third = documents(3)
    loud, changed = first.replace(".", " !"), second + "\n한 줄이 더 있다."
    texts = [first, first, first, loud, loud, second, changed, changed, changed.replace(".", "?!"), third]
    size = [len(text.encode()) for text in texts]
    found = found_in(tmp_path, texts, vocabulary)
    exact = (4, 2 * size[0] + size[3] + size[6])
    assert figures(found) == [exact, (2, size[0] + size[6]), (1, size[5])]
    assert found.usable_bytes == size[3] + size[8] + size[9]
    assert found.complete


def test_usable_bytes_of_a_composed_corpus_are_the_truth(tmp_path: Path, vocabulary: str) -> None:
    dice, made = random.Random(5), documents(60)
    lexicon = " ".join(made).split()
    debris = "<br/>https://example.com/a?b=1 me@example.com &nbsp;-------- \ufffd"
    held = len(debris.encode()) - debris.count(" ")
    dirty = [f"{text}\n{debris}" for text in made[:20]]
    near = [near_copy(text, 0.92, lexicon, dice)[0] for text in made[30:40]]
    loud = [text.replace(" ", "  ").replace(".", "!") for text in made[40:50]]
    texts = [*dirty, *made[20:], *made[50:], *dirty[:5], *near, *loud]
    dice.shuffle(texts)
    found = found_in(tmp_path, texts, vocabulary)
    kept = sum(len(text.encode()) for text in [*made[:30], *loud, *made[50:]]) + 20
    kept += sum(max(len(a.encode()), len(b.encode())) for a, b in zip(made[30:40], near, strict=True))
    assert [step.amount.documents for _, step in found.steps] == [15, 10, 10]
    assert found.debris_bytes == 20 * held
    assert found.usable_bytes == kept + 20 * debris.count(" ")
    assert document_of(tmp_path, tokenizer=vocabulary)["clean"]["usable"]["usable_bytes"] == found.usable_bytes


@pytest.mark.thorough
def test_estimated_likeness_is_near_the_true_one(tmp_path: Path, vocabulary: str) -> None:
    dice, made = random.Random(7), [*documents(40, 3, 30), *(" ".join(LATIN[k : k + 60]) for k in range(0, 2400, 60))]
    lexicon = " ".join(made[:40]).split()
    pairs = [(text, *near_copy(text, dice.uniform(0.5, 0.98), lexicon, dice)) for text in made]
    texts = [text for pair in pairs for text in pair[:2]]
    found_in(tmp_path, texts, vocabulary)
    rows = scanned(tmp_path, tokenizer=vocabulary).result.profile.near
    row = dict(zip(rows.places.tolist(), range(len(rows)), strict=True))
    a, b = (np.array([row[2 * k + side] for k in range(len(pairs))]) for side in (0, 1))
    errors = likeness(rows.signatures, a, b) - np.array([true for *_, true in pairs])
    assert float(np.sqrt((errors**2).mean())) < 0.05
    assert abs(float(errors.mean())) < 0.015
    strangers = likeness(rows.signatures, a[:39], a[1:40])
    assert float(strangers.max()) < 0.1
    near = near_copies(rows)
    both = zip(rows.places[near.copies].tolist(), rows.places[near.kept].tolist(), strict=True)
    told = {frozenset(pair) for pair in both}
    true = [jaccard(*(shingles(texts[k]) for k in pair)) for pair in told]
    assert len(told) > 10
    assert min(true) > 0.68


def of_signatures(signatures: list[np.ndarray[Any, Any]]) -> NearPart:
    n = len(signatures)
    keys, zeros = np.arange(n).astype(np.uint64), np.zeros(n, np.int64)
    return NearPart(0, n, n, keys, keys, keys, zeros, np.arange(n, 0, -1), zeros, np.stack(signatures).astype(np.uint8))


def test_near_copies_make_no_chains() -> None:
    """Each is like the next, and the first is unlike the last: what goes is like what stays."""
    dice = np.random.default_rng(3)
    chain = [dice.integers(0, 256, BINS)]
    for k in range(12):
        following = chain[-1].copy()
        following[8 * k : 8 * k + 8] = dice.integers(0, 256, 8)
        chain.append(following)
    rows = of_signatures([*chain, *(dice.integers(0, 256, BINS) for _ in range(5))])
    told = near_copies(rows)
    assert len(told.copies) == len(set(told.copies.tolist()))
    assert not set(told.copies.tolist()) & set(told.kept.tolist())
    assert (likeness(rows.signatures, told.copies, told.kept) >= ALIKE).all()
    assert 0 < len(told.copies) < 12
    assert (rows.sizes[told.kept] > rows.sizes[told.copies]).all()


def test_short_documents_are_never_near_copies(tmp_path: Path, vocabulary: str) -> None:
    short = "가나다라마바사아자차카타파하" * 4
    assert len(shingles(short)) < 64
    found = found_in(tmp_path, [short + "끝", short + "꼭", *documents(3)], vocabulary)
    assert figures(found) == [(0, 0)] * 3


def test_without_near_copies_nothing_is_said_of_them(tmp_path: Path, vocabulary: str) -> None:
    made = documents(5)
    found = found_in(tmp_path, [*made, made[0] + "\n끝."], vocabulary, near_duplicates=False)
    assert found.near is None
    assert [name for name, _ in found.steps] == ["exact copies", "normalised copies"]


def test_files_orders_and_ranges_do_not_matter(tmp_path: Path, vocabulary: str) -> None:
    dice = random.Random(2)
    made = documents(30)
    texts = [*made, *made[:4], *(text.replace(".", "!") for text in made[4:8]), *(f"{t}\n끝." for t in made[8:12])]
    seen = set()
    for k in range(3):
        folder = tmp_path / str(k)
        parts = texts[:13], texts[13:14], texts[14:]
        for name, part in enumerate(parts):
            write_files(folder, {f"{name}.jsonl": "".join(json.dumps({"text": text}) + "\n" for text in part)})
        found = cleanliness(scanned(folder, tokenizer=vocabulary).result.profile)
        seen.add((tuple(figures(found)), found.usable_bytes))
        dice.shuffle(texts)
    assert len(seen) == 1
