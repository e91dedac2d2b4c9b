"""Letters that a normaliser changes or deletes are measured for every tokenizer and script, in characters and words."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import document_of, scanned, write_files
from tokenizer_zoo import SPECIAL, UNK, artefact_of, pieces_of
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from corpuscheck.result.result import Finding
from corpuscheck.tokenizer.letters import Letters

BERT_UNCASED = normalizers.BertNormalizer(lowercase=True)
KEEPS: dict[str, normalizers.Normalizer | None] = {
    "no normaliser": None,
    "BERT cased": normalizers.BertNormalizer(lowercase=False),
    "BERT uncased, accents kept": normalizers.BertNormalizer(lowercase=True, strip_accents=False),
    "NFC": normalizers.NFC(),
    "NFD": normalizers.NFD(),
    "lowercase": normalizers.Lowercase(),
    "bytes": normalizers.ByteLevel(),
    "NFKC of width and jamo": normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(" ", "▁")]),
    "spaces as marks": normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]),
}
TEXTS = {
    "German": ("für Füße", "für → fur"),
    "Hindi": ("में हिन्दी", "में → म"),
    "Thai": ("ที่ นี้", "ที่ → ท"),
    "Burmese": ("မြို့ တွင်", "မြို့ → မ"),
    "Arabic": ("كِتَابٌ", "كِتَابٌ → كتاب"),
    "Vietnamese": ("việt ngữ", "việt → viet"),
    "Japanese": ("がぎ ぱぴ", "がぎ → かき"),
    "Korean": ("나무 나무", "나무 → ᄂ ᅡ ᄆ ᅮ"),
}


def tokenizer_of(normalizer: normalizers.Normalizer | None) -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(pieces_of("abc"), unk_token=UNK))
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(SPECIAL)
    return tokenizer


def letters_of(
    text: str, normalizer: normalizers.Normalizer | None, folder: Path
) -> tuple[dict[str, Any], list[Finding]]:
    write_files(folder, {"corpus/text.txt": text, "own.json": tokenizer_of(normalizer).to_str()})
    options: dict[str, Any] = {"tokenizer": str(folder / "own.json")}
    found = [f for f in scanned(folder / "corpus", **options).result.findings if f.rule == "CC302"]
    letters: dict[str, Any] = document_of(folder / "corpus", **options)["tokenizer"]["letters"]
    return letters, found


@pytest.mark.parametrize("script", TEXTS)
def test_stripping_accents_is_said_for_every_script(script: str, tmp_path: Path) -> None:
    text, example = TEXTS[script]
    letters, (found,) = letters_of(text, BERT_UNCASED, tmp_path)
    assert found.message.startswith("the tokenizer strips accents, as lowercase=True does by itself: ")
    assert example in found.message
    assert letters["words_exact"]
    changed = {word for word in text.split() if BERT_UNCASED.normalize_str(word) != word.lower()}
    assert letters["words_changed"] == sum(word in changed for word in text.split())
    assert letters["words"] == len(text.split())


@pytest.mark.few(2)
@pytest.mark.parametrize("name", KEEPS)
def test_case_composition_and_spaces_are_no_loss(name: str, tmp_path: Path) -> None:
    everything = " ".join(text for text, _ in TEXTS.values())
    text = f"{everything} ÄÖÜ ㅋㅋㅋ Ａ， ΟΔΟΣ a\u200bb a\u00a0b 👍\ufe0f {unicodedata.normalize('NFD', everything)}\n"
    letters, found = letters_of(text, KEEPS[name], tmp_path)
    assert (letters["characters_lost"], letters["words_changed"], found) == (0, 0, [])


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("normalizer", "text", "characters", "changed", "said"),
    [
        (normalizers.Replace(Regex("[^가-힣 \n]"), ""), "나무 3월 서울! 좋다", 2, 2, "3월 → 월"),
        (normalizers.Replace("것이", ""), "것이다 나무", 0, 1, "것이다 → 다"),
        (normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents()]), "für a", 1, 1, "für → fur"),
        (normalizers.NFKC(), "①② ﬁn x", 3, 2, "①② → 12"),
        (normalizers.BertNormalizer(lowercase=False), "가\ue001나 다", 1, 1, "가\\ue001나 → 가나"),
        (normalizers.Replace("a", "b"), "cac c", 1, 1, "cac → cbc"),
    ],
)
def test_whatever_a_normaliser_does(
    normalizer: normalizers.Normalizer, text: str, characters: int, changed: int, said: str, tmp_path: Path
) -> None:
    letters, (found,) = letters_of(text, normalizer, tmp_path)
    assert (letters["characters_lost"], letters["words_changed"]) == (characters, changed)
    assert said in found.message


def test_characters_are_counted_in_all_of_the_text_and_by_script(tmp_path: Path) -> None:
    letters, (found,) = letters_of("für में\n" * 1000, BERT_UNCASED, tmp_path)
    assert letters["by_script"] == {"Devanagari": 2000, "Latin": 1000}
    assert letters["characters_lost"] == 3000
    ways = {loss["character"]: (loss["way"], loss["left"], loss["count"]) for loss in letters["worst"]}
    assert ways == {"ü": ("changed", "u", 1000), "े": ("deleted", "", 1000), "ं": ("deleted", "", 1000)}
    assert found.measured == pytest.approx(3000 / 8000)


def test_little_of_it_is_no_finding(tmp_path: Path) -> None:
    letters, found = letters_of("naïve " + "plain words of English " * 100, BERT_UNCASED, tmp_path)
    assert letters["words_changed"] == 1
    assert not found


def test_every_loss_is_one_by_the_tokenizer_itself() -> None:
    """Over all characters: what is no loss comes back, but for case, width and composition."""
    artefact = artefact_of(tokenizer_of(BERT_UNCASED))
    code_points = [*range(0x20, 0x3100), *range(0xAC00, 0xAD00), *range(0xFF00, 0xFFF0)]
    losses = Letters(artefact).losses(code_points)
    for cp in code_points:
        ch = chr(cp)
        left = BERT_UNCASED.normalize_str(ch).strip()
        if ch in losses:
            assert left != ch.lower(), hex(cp)
        elif ch.isalpha() and unicodedata.decomposition(ch) == "":
            assert left == ch.lower(), hex(cp)


def test_a_bare_vocabulary_says_what_was_assumed_and_what_the_other_reading_loses(tmp_path: Path) -> None:
    pieces = [*SPECIAL, "Haus", "##e", "für", "klein"]
    write_files(tmp_path, {"vocab/vocab.txt": "\n".join(pieces), "corpus/text.txt": "Haus für klein\n" * 10})
    tokenizer = document_of(tmp_path / "corpus", tokenizer=str(tmp_path / "vocab"))["tokenizer"]
    assert tokenizer["assumed"] == (
        "assumed: its pieces have capitals and accents, and no tokenizer_config.json is beside it"
    )
    assert tokenizer["unk_rate"] == 0
    other = tokenizer["other_reading"]
    assert other == {
        "normalizer": "BERT (lowercased, accents stripped, Han isolated)",
        "unk_rate": pytest.approx(2 / 3),
        "exact": True,
    }
    write_files(tmp_path / "vocab", {"tokenizer_config.json": json.dumps({"tokenizer_class": "BertTokenizer"})})
    tokenizer = document_of(tmp_path / "corpus", tokenizer=str(tmp_path / "vocab"))["tokenizer"]
    assert (tokenizer["assumed"], tokenizer["other_reading"]) == (None, None)
    assert tokenizer["unk_rate"] == other["unk_rate"]


@pytest.mark.parametrize(("text", "warned"), [("में हिन्दी है ", True), ("Tuesday is a day ", False)])
def test_training_with_lowercase_warns_where_it_takes_letters(
    text: str, warned: bool, tmp_path: Path, run_main: Callable[..., tuple[int, str, str]]
) -> None:
    write_files(tmp_path, {"corpus/text.txt": (text * 3 + "\n") * 30})
    arguments = ("train", str(tmp_path / "corpus"), "-o", str(tmp_path / "made"), "--vocab-size", "1000")
    code, _, said = run_main(*arguments, "--lowercase")
    assert code == 0
    assert ("warning: --lowercase strips accents" in said) == warned
    assert ("में → म" in said) == warned
    assert "warning" not in run_main(*arguments)[2]
