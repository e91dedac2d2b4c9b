"""What a tokenizer does not know is counted, whatever becomes of it: dropped, fused, or given another token's id."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support import scanned as scan_of
from support import write_files
from tokenizers import Tokenizer, models, pre_tokenizers

from corpuscheck.result.result import Result
from corpuscheck.tokenizer.loading import load

TEXTS = ["ab똻 ab 뷁c", "abc", "똻", "c 똻뷁똻 b", "", "a\n똻b"]


def bpe(*merges: tuple[str, str], **options: Any) -> Tokenizer:
    pieces = ["a", "b", "c", *("".join(pair) for pair in merges), *map(str, filter(None, [options.get("unk_token")]))]
    vocabulary = {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.BPE(vocabulary, list(merges), **options))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return tokenizer


def byte_level_without(*letters: str) -> Tokenizer:
    alphabet = [letter for letter in sorted(pre_tokenizers.ByteLevel.alphabet()) if letter not in letters]
    tokenizer = Tokenizer(models.BPE({letter: number for number, letter in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return tokenizer


def unigram(unk: str = "<unk>") -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram([(unk, 0.0), ("▁", -1.0), ("a", -2.0), ("b", -2.0), ("c", -2.0)], unk_id=0))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return tokenizer


def scanned(folder: Path, tokenizer: Tokenizer, texts: list[str]) -> Result:
    write_files(folder, {"t.json": tokenizer.to_str()})
    write_files(folder / "texts", {f"{number}.txt": text for number, text in enumerate(texts) if text})
    return scan_of(folder / "texts", tokenizer=str(folder / "t.json"), jobs=1).result


def test_characters_that_are_dropped_in_silence_are_counted_and_named(tmp_path: Path) -> None:
    tokenizer = bpe(("a", "b"))
    result = scanned(tmp_path, tokenizer, TEXTS)
    words = result.profile.words
    assert words.encoded_tokens == sum(len(tokenizer.encode(text).ids) for text in TEXTS)
    assert (words.words, words.unk_words, words.unk_tokens) == (10, 5, 7)
    assert result.tokenizer.unknown.way == "dropped"
    assert result.tokenizer.vocab_size == tokenizer.get_vocab_size()
    assert {c.character for c in result.tokenizer.worst_characters} == {"똻", "뷁"}
    finding = next(finding for finding in result.findings if finding.rule == "CC307")
    assert "7 characters in 5 words vanish in silence" in finding.message


def test_a_byte_level_one_that_lacks_bytes_drops_them(tmp_path: Path) -> None:
    tokenizer = byte_level_without("ë", "Ń")
    result = scanned(tmp_path, tokenizer, ["a ë똻 b\n" * 3])
    assert result.profile.words.encoded_tokens == len(tokenizer.encode("a ë똻 b\n" * 3).ids)
    assert result.profile.words.unk_words == 3
    assert result.tokenizer.unknown.way == "dropped"


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("token", "way"),
    [("a", "ordinary"), ("unk", "ordinary"), ("<|endoftext|>", "ordinary"), ("<unk>", "token"), ("[UNK]", "token")],
)
def test_an_unknown_token_with_another_use_is_named(tmp_path: Path, token: str, way: str) -> None:
    result = scanned(tmp_path, bpe(("a", "b"), unk_token=token), TEXTS)
    assert result.tokenizer.unknown.way == way
    told = [finding.message for finding in result.findings if finding.rule == "CC307"]
    assert [f"become '{token}'" in message for message in told] == [True] * (way == "ordinary")


def test_unknown_tokens_that_stand_for_several_characters_are_counted(tmp_path: Path) -> None:
    result = scanned(tmp_path, unigram(), TEXTS)
    unknown = result.tokenizer.unknown
    assert (unknown.way, unknown.fuses) == ("token", True)
    assert (unknown.fused_words, unknown.fused_characters) == (1, 3)
    assert not [finding for finding in result.findings if finding.rule == "CC307"]


def test_a_tokenizer_of_bytes_has_nothing_unknown(tmp_path: Path) -> None:
    tokenizer = byte_level_without()
    write_files(tmp_path, {"t.json": tokenizer.to_str()})
    artefact = load(str(tmp_path / "t.json"))
    assert artefact.unknown.way == "none"
    assert artefact.tokenizer.get_vocab_size() == 256
