"""A word is shattered where one of its tokens is no whole character. It is the [UNK] of those that have none."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import Main
from tokenizer_zoo import TRAINING_TEXT, artefact_of, byte_level_bpe
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from corpuscheck.measuring.units import UnitSplitter
from corpuscheck.measuring.words import walked_with, word_counter
from corpuscheck.profile.words import WordPart
from corpuscheck.reading.batch import batch_of
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.probing import CharacterTable

BYTES = [f"<0x{byte:02X}>" for byte in range(256)]


def fallback_bpe(pre_tokenizer: pre_tokenizers.PreTokenizer | None) -> Tokenizer:
    """As Llama 2 and Mistral are made."""
    pieces = ["<unk>", *BYTES, "▁", *"abcthe서울은", "th", "▁th", "▁the", "서울"]
    merges = [("t", "h"), ("▁", "th"), ("▁th", "e"), ("서", "울")]
    tokenizer = Tokenizer(
        models.BPE({p: k for k, p in enumerate(dict.fromkeys(pieces))}, merges, unk_token="<unk>", byte_fallback=True)
    )
    if pre_tokenizer is None:
        tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    else:
        tokenizer.pre_tokenizer = pre_tokenizer
    return tokenizer


def fallback_unigram() -> Tokenizer:
    pieces = [("<unk>", 0.0), *((byte, -9.0) for byte in BYTES), ("▁", -2.0), *((ch, -4.0) for ch in "abcthe서울은")]
    tokenizer = Tokenizer(models.Unigram([*pieces, ("서울", -4.5), ("▁the", -4.5)], unk_id=0, byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return tokenizer


def trained_byte_level(normalizer: normalizers.Normalizer | None, *steps: pre_tokenizers.PreTokenizer) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([*steps, pre_tokenizers.ByteLevel(use_regex=not steps)])
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=300, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator([*TRAINING_TEXT, "똻똻 뷁 서울 서울"], trainer)
    return tokenizer


def byte_level_normalizer() -> Tokenizer:
    """Bytes by the normaliser, as ModernBERT's relatives have it."""
    tokenizer = byte_level_bpe()
    tokenizer.normalizer = normalizers.ByteLevel()
    tokenizer.pre_tokenizer = pre_tokenizers.Split("Ġ", "merged_with_next")
    return tokenizer


def with_literal_tokens() -> Tokenizer:
    """An added token whose letters stand for bytes elsewhere."""
    tokenizer = byte_level_bpe()
    tokenizer.add_tokens(["ìĿ", "é"])
    return tokenizer


KINDS: dict[str, Callable[[], Tokenizer]] = {
    "byte-level BPE": byte_level_bpe,
    "byte-level BPE, NFC": lambda: trained_byte_level(normalizers.NFC()),
    "byte-level BPE, NFD": lambda: trained_byte_level(normalizers.NFD()),
    "byte-level BPE, digits": lambda: trained_byte_level(None, pre_tokenizers.Digits(individual_digits=True)),
    "byte-level normaliser": byte_level_normalizer,
    "added tokens": with_literal_tokens,
    "byte fallback, Metaspace": lambda: fallback_bpe(pre_tokenizers.Metaspace()),
    "byte fallback, no pre-tokenizer": lambda: fallback_bpe(None),
    "byte fallback, Unigram": fallback_unigram,
}


@cache
def of_kind(kind: str) -> Artefact:
    return artefact_of(KINDS[kind](), kind)


def measured(artefact: Artefact, texts: list[str]) -> WordPart:
    counter = word_counter(artefact, CharacterTable(walked_with(artefact)))
    batch = batch_of([text.encode() for text in texts])
    units = UnitSplitter("document").split(batch)
    counter.observe(batch, units, units.held_out(0.5))
    return counter.finish()


def whole(artefact: Artefact, token: int) -> bool:
    """Whether the library decodes the token alone to whole characters."""
    if token in {added["id"] for added in artefact.added_tokens}:
        return True
    piece = str(artefact.tokenizer.id_to_token(token))
    if artefact.byte_level:
        return "\ufffd" not in decoders.ByteLevel().decode([piece])
    return not re.fullmatch("<0x[89A-F][0-9A-F]>", piece)


def truth(artefact: Artefact, texts: list[str]) -> tuple[int, int, int]:
    """Shattered words, tokens that are no whole characters, and documents that hold any."""
    words = pieces = documents = 0
    for text in texts:
        encoding = artefact.tokenizer.encode(text, add_special_tokens=False)
        cut = [not whole(artefact, token) for token in encoding.ids]
        of_words = groupby(zip(encoding.word_ids, cut, strict=True), lambda pair: pair[0])
        found = sum(any(broken for _, broken in word) for _, word in of_words)
        words, pieces, documents = words + found, pieces + sum(cut), documents + bool(found)
    return words, pieces, documents


letters = st.sampled_from("abcthe 서울은똻뷁éか文😀1 \n ")
texts_of_it = st.lists(st.one_of(st.text(letters, max_size=30), st.text(max_size=8)), min_size=1, max_size=4)


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None, derandomize=True)
@given(texts=texts_of_it)
def test_shattered_words_are_those_with_a_token_that_decodes_to_no_whole_character(kind: str, texts: list[str]) -> None:
    texts = [text.replace("\ufffd", "") for text in texts]
    found = measured(of_kind(kind), texts).shattered
    assert (found.words, found.pieces, found.documents) == truth(of_kind(kind), texts)


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "byte-level BPE, NFD"])
@settings(max_examples=60, deadline=None, derandomize=True)
@given(text=st.text(st.sampled_from("the 서울은똻뷁か文😀"), max_size=30))
def test_characters_that_are_cut_are_those_of_the_text(kind: str, text: str) -> None:
    shattered = measured(of_kind(kind), [text]).shattered
    occurrences = Counter(text)
    for code_point, (words, times, tokens) in shattered.characters.items():
        assert 1 <= words <= times <= occurrences[chr(code_point)]
        assert 2 * times <= tokens <= 4 * times
    assert bool(shattered.characters) == bool(shattered.words)
    assert not {ord(ch) for ch in "the "} & shattered.characters.keys()


CASES = {
    "bytes of one syllable": ("byte fallback, Metaspace", "the 똻", {"똻": (1, 1, 3)}, ["똻"]),
    "twice in a word": ("byte fallback, Metaspace", "서울똻은똻", {"똻": (1, 2, 6)}, ["서울똻은똻"]),
    "in several words": ("byte fallback, Metaspace", "똻 a똻", {"똻": (2, 2, 6)}, ["a똻", "똻"]),
    "a word is all": ("byte fallback, no pre-tokenizer", "the 똻 a똻", {"똻": (1, 2, 6)}, ["a똻", "똻"]),
    "Unigram": ("byte fallback, Unigram", "the 😀!", {"😀": (1, 1, 4)}, ["😀!"]),
    "line ends are whole": ("byte fallback, Metaspace", "the\nthe", {}, []),
    "every byte": ("byte-level BPE", "é서", {"é": (1, 1, 2)}, ["é서"]),
    "white space before": ("byte-level BPE, NFC", " 😀 \u3000", {"😀": (1, 1, 4), "\u3000": (1, 1, 3)}, ["😀"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_cut_is_named(case: str) -> None:
    kind, text, characters, shown = CASES[case]
    found = measured(of_kind(kind), [text]).shattered
    assert {chr(cp): figures for cp, figures in found.characters.items()} == characters
    assert sorted(found.shown.words()) == shown


def test_a_text_takes_fewer_tokens_with_its_characters_whole() -> None:
    part = measured(of_kind("byte fallback, Metaspace"), ["the 똻 서울"])
    assert (part.encoded_tokens, part.tokens_if_whole) == (7, 5)


def scanned(run_main: Main, folder: Path, tokenizer: Tokenizer | None, text: str, *options: str) -> dict[str, Any]:
    (folder / "text.txt").write_text(text, encoding="utf-8")
    call = ["scan", "text.txt", "--document", "line", "--format", "json", "--no-cache", *options]
    if tokenizer:
        tokenizer.save(str(folder / "made.json"))
        call += ["--tokenizer", "made.json"]
    report: dict[str, Any] = json.loads(run_main(*call)[1])
    return report


ENGLISH_ON_KOREAN = "the 서울 한국어 똻똻\n" * 300 + "the cat sat\n" * 100


def test_a_tokenizer_with_unk_shatters_nothing(run_main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tokenizer = scanned(run_main, tmp_path, None, "서울 똻 the\n" * 300)["tokenizer"]
    assert tokenizer["shattered_words"] == 0 == tokenizer["documents_with_shattered"]
    assert tokenizer["worst_shattered_characters"] == []


def test_an_english_tokenizer_on_korean_is_the_first_finding(
    run_main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    report = scanned(run_main, tmp_path, byte_level_bpe(), ENGLISH_ON_KOREAN, "--min-size", "1GB")
    first, tokenizer = report["findings"][0], report["tokenizer"]
    assert (first["rule"], first["severity"], report["verdict"]) == ("CC304", "error", "not_ready")
    assert "똻 (U+B63B)" in first["message"]
    assert "tokens" in first["advice"]
    assert tokenizer["documents_with_shattered"] == 300
    assert tokenizer["shattered_rate"] == tokenizer["shattered_words"] / tokenizer["words"] > 0.1
    worst = {cut["character"]: cut for cut in tokenizer["worst_shattered_characters"]}
    assert (worst["똻"]["words"], worst["똻"]["times"], worst["똻"]["tokens"]) == (300, 600, 1800)
    assert (worst["똻"]["codepoint"], worst["똻"]["name"]) == ("U+B63B", "HANGUL SYLLABLE DDWALH")


@pytest.mark.few(2)
@pytest.mark.parametrize(("limit", "judged"), [("0.9", False), ("0.01", True), ("0", True)])
def test_the_limit_is_an_option(
    run_main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, judged: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    report = scanned(run_main, tmp_path, byte_level_bpe(), ENGLISH_ON_KOREAN, "--max-shattered-rate", limit)
    assert ("CC304" in {finding["rule"] for finding in report["findings"]}) == judged


def test_the_gate_compares_shattered_words(run_main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    scanned(run_main, tmp_path, byte_level_bpe(), "the cat sat on the mat\n" * 300, "--save", "base.ccp")
    worse = "the cat sat on the mat\n" * 300 + "the 똻 sat\n" * 30
    report = scanned(run_main, tmp_path, byte_level_bpe(), worse, "--baseline", "base.ccp", "--limit", "CC304=1")
    told = {finding["rule"]: finding for finding in report["findings"]}
    assert "share of shattered words rose" in told["CC701"]["message"]
    assert "of the new words are shattered" in told["CC702"]["message"]
    assert "똻 (U+B63B)" in told["CC703"]["message"]
    assert (report["comparison"]["new_shattered_words"], report["comparison"]["base"]["shattered_words"]) == (30, 0)
    assert told["CC702"]["places"][0]["line"] == 301


def test_a_comparison_shows_shattered_words_and_does_not_take_the_tokenizer_that_has_them(
    run_main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_text("서울 서울은 똻 서울\n" * 300, encoding="utf-8")
    for name, tokenizer in (("english.json", byte_level_bpe()), ("korean.json", trained_byte_level(None))):
        tokenizer.save(str(tmp_path / name))
    call = ["compare", "text.txt", "--document", "line", "--tokenizer", "english.json", "--tokenizer", "korean.json"]
    compared = json.loads(run_main(*call, "--format", "json")[1])
    english, korean = compared["tokenizers"]
    assert english["shattered_rate"] == english["shattered_words"] / english["words"]
    assert english["tokens_per_byte"] == 1 / english["bytes_per_token"]["value"]
    assert compared["recommended"] == "korean.json"
    assert korean["tokens"]["value"] < english["tokens"]["value"]
    assert "shattered" in run_main(*call)[1]
