"""Tokens of a whole corpus: what the library gives, whoever counts them and in however many shares."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from popular_tokenizers import FOLLOWED, LEFT
from support import Main, document_of, korean_lines, scanned, write_files, write_vocabulary
from tokenizers import Tokenizer

from corpuscheck.api import merged, scan_shard
from corpuscheck.measuring import piecewise
from corpuscheck.reading import ranges as cutting
from corpuscheck.running import units
from corpuscheck.running.shares import WorkShare
from corpuscheck.settings import settings_from

LETTERS = "가나다라마바사아자차카타파하고노도로모보소오조"


def corpus(folder: Path) -> Path:
    """Documents of many lengths, some with what is left to the library."""
    dice = random.Random(5)
    lines = korean_lines(400, 3)
    files = {f"{n % 4}/{n}.txt": "\n".join(dice.choices(lines, k=dice.randint(1, 90))) for n in range(40)}
    files["1/odd.txt"] = "e\u0301 the <|end|> 똻 they'll\n" * 30
    files["2/large.txt"] = "\n".join(korean_lines(900, 4))
    return write_files(folder, files)


def tokenizer_file(name: str, folder: Path) -> str:
    if name == "vocab.txt":
        return write_vocabulary(folder / "vocab.txt", LETTERS)
    make = FOLLOWED[name] if name in FOLLOWED else LEFT[name][0]
    make().save(str(folder / "made.json"))
    return str(folder / "made.json")


def lengths_of(tokenizer: Tokenizer, folder: Path) -> list[int]:
    texts = [path.read_text("utf-8") for path in sorted(folder.rglob("*.txt"))]
    return [len(tokenizer.encode(text, add_special_tokens=False)) for text in texts]


KINDS = ["GPT-2", "Llama 3", "Llama 2", "Unigram, NFKC", "bytes by the normaliser", "vocab.txt"]


@pytest.mark.few(1)
@pytest.mark.parametrize("name", KINDS)
def test_tokens_and_lengths_are_those_of_the_library(name: str, tmp_path: Path) -> None:
    folder = corpus(tmp_path / "corpus")
    path = tokenizer_file(name, tmp_path)
    scan = scanned(folder, tokenizer=path, count_tokens=True)
    words, spread = scan.result.profile.words, scan.result.distributions
    definition = scan.result.profile.about["tokenizer"]
    lengths = lengths_of(Tokenizer.from_str(definition), folder)
    assert words.encoded_tokens == sum(lengths)
    assert spread.document_tokens.count == len(lengths)
    for limit, share in ((512, spread.over_512), (2048, spread.over_2048), (8192, spread.over_8192)):
        assert share == sum(length > limit for length in lengths) / len(lengths)
    for percent, value in spread.document_tokens.percentiles.items():
        low, high = (np.percentile(lengths, percent, method=method) for method in ("lower", "higher"))
        assert low / 1.1 <= value <= high * 1.1  # a bin is a twelfth wide
    assert not spread.document_tokens.estimated


@pytest.mark.thorough
def test_nothing_is_counted_where_nobody_asked_and_words_do_without(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "corpus")
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", LETTERS)
    assert scanned(folder, tokenizer=vocabulary).result.profile.words.encoded_tokens is None
    asked = scanned(folder, tokenizer=vocabulary, count_tokens=True).result.profile.words
    plain = scanned(folder, tokenizer=vocabulary).result.profile.words
    assert (asked.words, asked.unk_words, asked.lost) == (plain.words, plain.unk_words, plain.lost)


@pytest.mark.thorough
@pytest.mark.parametrize("name", KINDS)
def test_shards_make_what_one_scan_makes(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "_SMALLEST_UNIT", 1 << 12)
    monkeypatch.setattr(units, "LARGEST_UNIT", 1 << 13)
    monkeypatch.setattr(cutting, "_PROBE_BYTES", 16)
    folder = corpus(tmp_path / "corpus")
    options: dict[str, Any] = {"tokenizer": tokenizer_file(name, tmp_path), "count_tokens": True, "jobs": 1}
    parts = [str(tmp_path / f"{number}.ccp") for number in (1, 2, 3)]
    for number, part in enumerate(parts, 1):
        scan_shard(folder, WorkShare(number, 3), settings_from(**options)).save(part)
    merged(parts[::-1], 1).save(str(tmp_path / "all.ccp"))
    assert (tmp_path / "all.ccp").read_bytes() == scanned(folder, **options).result.profile.to_bytes()


@pytest.mark.thorough
def test_what_is_in_the_cache_is_what_was_counted(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "corpus")
    options: dict[str, Any] = {"tokenizer": tokenizer_file("GPT-2", tmp_path), "cache": str(tmp_path / "cache")}
    first = scanned(folder, **options).result.profile.to_bytes()
    assert scanned(folder, **options).result.profile.to_bytes() == first
    (folder / "new.txt").write_text("the new one 똻\n", encoding="utf-8")
    plain = {**options, "cache": None}
    assert scanned(folder, **options).result.profile.to_bytes() == scanned(folder, **plain).result.profile.to_bytes()


@pytest.mark.thorough
def test_where_kernels_are_wrong_everything_is_encoded_and_the_report_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = corpus(tmp_path / "corpus")
    path = tokenizer_file("GPT-2", tmp_path)
    right = document_of(folder, tokenizer=path)["tokenizer"]
    count = vars(piecewise)["count"]

    def wrong(*given: Any) -> int:
        done = int(count(*given))
        given[-1][:, 0] += 1
        return done

    monkeypatch.setattr(piecewise, "count", wrong)
    monkeypatch.setattr("corpuscheck.running.tasks._known.piecewise", {})
    found = document_of(folder, tokenizer=path)["tokenizer"]
    assert (found["tokens"], found["words"]) == (right["tokens"], right["words"])
    assert "does not hold for a sample" in found["method"]
    assert "each distinct piece" in right["method"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("GPT-2", "each distinct piece was encoded once, as its definition shows"),
        ("bytes by the normaliser", "every document was encoded (its normalizer ByteLevel is not followed"),
        ("vocab.txt", "counted from characters, suspects encoded; for tokens each distinct piece"),
    ],
)
def test_the_report_tells_how_tokens_were_counted(name: str, told: str, tmp_path: Path, run_main: Main) -> None:
    folder = write_files(tmp_path / "corpus", {"a.txt": "the 가나 다라\n" * 50})
    call = ("scan", folder, "--tokenizer", tokenizer_file(name, tmp_path), "--count-tokens", "--no-cache")
    report = json.loads(run_main(*call, "--format", "json")[1])
    assert report["tokenizer"]["method"].startswith(told)
    assert report["tokenizer"]["tokens_exact"]
    assert report["distributions"]["share_over_8192_tokens"] == 0
