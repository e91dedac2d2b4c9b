"""Tokenizers in the ways in which popular models have them, made here from small vocabularies."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tokenizer_zoo import BOTH_FORMS, TRAINING_TEXT, bert, pieces_of, white_space, wordpiece
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

from corpuscheck.tokenizer.recipe import PATTERNS

BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
TEXT = [*TRAINING_TEXT, "서울에서 부산까지 12345 they'll IT'S", "naïve café 서울 서울은\n\n  x", "e = mc2; f(x) = 100"]
GPT2, LLAMA3, _, QWEN, _, O200K = PATTERNS


def byte_level(
    *steps: pre_tokenizers.PreTokenizer,
    normalizer: normalizers.Normalizer | None = None,
    prefix: bool = False,
    regex: bool = True,
    **settings: Any,
) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(**settings))
    if normalizer:
        tokenizer.normalizer = normalizer
    last = pre_tokenizers.ByteLevel(add_prefix_space=prefix, use_regex=regex, trim_offsets=True)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([*steps, last]) if steps else last
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=330, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(TEXT, trainer)
    return tokenizer


def split(pattern: str) -> pre_tokenizers.PreTokenizer:
    return pre_tokenizers.Split(Regex(pattern), "isolated")


def fallback(
    pre_tokenizer: pre_tokenizers.PreTokenizer | None,
    *steps: normalizers.Normalizer,
    longer: tuple[str, ...] = (),
    **settings: Any,
) -> Tokenizer:
    """A BPE that spells what it does not know in bytes."""
    pieces = ["<unk>", *BYTES, "▁", *"abcthe서울은.1", "th", "▁th", "▁the", "서울", "▁▁", *longer]
    merges = [("t", "h"), ("▁", "th"), ("▁th", "e"), ("서", "울"), ("▁", "▁")]
    merges += [(piece[:-1], piece[-1]) for piece in longer]
    ids = {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.BPE(ids, merges, unk_token="<unk>", byte_fallback=True, **settings))
    if steps:
        tokenizer.normalizer = normalizers.Sequence(list(steps))
    if pre_tokenizer is not None:
        tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.add_special_tokens([AddedToken("<unk>", normalized=False)])
    return tokenizer


LLAMA2 = (normalizers.Prepend("▁"), normalizers.Replace(" ", "▁"))


def unigram(
    pre_tokenizer: pre_tokenizers.PreTokenizer, normalizer: normalizers.Normalizer | None = None, spelled: bool = False
) -> Tokenizer:
    pieces = [("<unk>", 0.0), *(((byte, -9.0) for byte in BYTES) if spelled else ()), ("▁", -2.0)]
    pieces += [(ch, -4.0) for ch in BOTH_FORMS] + [("서울", -4.5), ("▁the", -4.5), ("▁서울", -5.0), ("ab", -8.0)]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=0, byte_fallback=spelled))
    tokenizer.pre_tokenizer = pre_tokenizer
    if normalizer:
        tokenizer.normalizer = normalizer
    return tokenizer


def with_unk(pre_tokenizer: pre_tokenizers.PreTokenizer, fuse: bool = False) -> Tokenizer:
    pieces = ["[UNK]", *"abcthe서울은. ", "th", "the", "서울"]
    merges = [("t", "h"), ("th", "e"), ("서", "울")]
    ids = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.BPE(ids, merges, unk_token="[UNK]", fuse_unk=fuse))
    tokenizer.pre_tokenizer = pre_tokenizer
    return tokenizer


def with_added_tokens() -> Tokenizer:
    tokenizer = byte_level()
    tokens = [
        AddedToken("<|end|>", normalized=False, special=True),
        AddedToken("cat", single_word=True, normalized=False),
        AddedToken("<left>", lstrip=True, normalized=False),
        AddedToken("<right>", rstrip=True, normalized=True),
        AddedToken("서울은", normalized=True),
    ]
    tokenizer.add_tokens(tokens)
    return tokenizer


def whole_pieces() -> Tokenizer:
    """ignore_merges: pieces that no merge makes are found all the same."""
    made = json.loads(byte_level(split(LLAMA3), regex=False).to_str())
    made["model"]["ignore_merges"] = True
    vocabulary = made["model"]["vocab"]
    vocabulary["Ġnothing"] = len(vocabulary)
    return Tokenizer.from_str(json.dumps(made))


Metaspace = pre_tokenizers.Metaspace

FOLLOWED: dict[str, Callable[[], Tokenizer]] = {
    "GPT-2": byte_level,
    "GPT-2 with a space before": lambda: byte_level(prefix=True),
    "GPT-2, NFC": lambda: byte_level(normalizer=normalizers.NFC()),
    "GPT-2, NFKC and lower case": lambda: byte_level(
        normalizer=normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    ),
    "GPT-2, no dropout": lambda: byte_level(dropout=0.0),
    "byte-level, whole texts": lambda: byte_level(regex=False),
    "Llama 3": lambda: byte_level(split(LLAMA3), regex=False),
    "Llama 3, whole pieces": whole_pieces,
    "Qwen": lambda: byte_level(split(QWEN), regex=False, normalizer=normalizers.NFC()),
    "o200k": lambda: byte_level(split(O200K), regex=False),
    "single digits": lambda: byte_level(pre_tokenizers.Digits(individual_digits=True)),
    "digits and punctuation": lambda: byte_level(
        pre_tokenizers.Punctuation("contiguous"), pre_tokenizers.Digits(individual_digits=False)
    ),
    "added tokens": with_added_tokens,
    "Llama 2": lambda: fallback(None, *LLAMA2),
    "Llama 2, pieces with a mark inside": lambda: fallback(None, *LLAMA2, longer=("e▁",)),
    "Mistral": lambda: fallback(Metaspace(prepend_scheme="first", split=False)),
    "Gemma": lambda: fallback(pre_tokenizers.Split(" ", "merged_with_previous"), normalizers.Replace(" ", "▁")),
    "byte fallback, Metaspace": lambda: fallback(Metaspace()),
    "byte fallback, Metaspace first": lambda: fallback(Metaspace(prepend_scheme="first")),
    "byte fallback, Metaspace never": lambda: fallback(Metaspace(prepend_scheme="never")),
    "Unigram": lambda: unigram(Metaspace()),
    "Unigram, NFKC": lambda: unigram(Metaspace(), normalizers.NFKC()),
    "Unigram, byte fallback": lambda: unigram(Metaspace(prepend_scheme="never"), None, True),
    "Unigram, white space": lambda: unigram(pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), Metaspace()])),
    "Unigram, several blanks": lambda: unigram(Metaspace(), normalizers.Replace(Regex(" {2,}"), " ")),
    "Unigram, several blanks are a mark": lambda: unigram(
        pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), Metaspace()]),
        normalizers.Replace(Regex(" {2,}"), "▁"),
    ),
    "BPE, white space": lambda: with_unk(pre_tokenizers.WhitespaceSplit()),
    "BPE, words": lambda: with_unk(pre_tokenizers.Whitespace(), fuse=True),
    "BPE, BERT": lambda: with_unk(pre_tokenizers.BertPreTokenizer()),
    "BPE, blanks isolated": lambda: with_unk(pre_tokenizers.Split(" ", "isolated")),
    "BPE, blanks removed": lambda: with_unk(pre_tokenizers.Split(" ", "removed")),
    "BPE, blanks together": lambda: with_unk(pre_tokenizers.Split(" ", "contiguous")),
    "BPE, blanks before words": lambda: with_unk(pre_tokenizers.Split(" ", "merged_with_next")),
    "BPE, blanks after words": lambda: with_unk(pre_tokenizers.Split(" ", "merged_with_previous")),
    "WordPiece": bert,
    "WordPiece, accents stripped": lambda: bert(lowercase=True),
    "WordPiece, white space": white_space,
    "WordPiece, short words": lambda: wordpiece(
        pieces_of(BOTH_FORMS), normalizers.NFKC(), pre_tokenizers.BertPreTokenizer(), longest=5
    ),
}
"""Those whose definition shows what they do."""

LEFT: dict[str, tuple[Callable[[], Tokenizer], str]] = {
    "chance": (lambda: byte_level(dropout=0.5), "dropout"),
    "a pattern of its own": (lambda: byte_level(split(r"\p{Han}+|\P{Han}+"), regex=False), "a pattern"),
    "a space before each part": (lambda: byte_level(pre_tokenizers.Digits(), prefix=True), "before each part"),
    "bytes by the normaliser": (lambda: byte_level(normalizer=normalizers.ByteLevel()), "normalizer ByteLevel"),
    "white space stripped": (lambda: byte_level(normalizer=normalizers.Strip()), "normalizer Strip"),
    "cut by scripts": (lambda: byte_level(pre_tokenizers.UnicodeScripts()), "UnicodeScripts"),
    "whole texts that may be unknown": (
        lambda: unigram(Metaspace(split=False)), "a whole text for one word"
    ),
}  # fmt: skip
"""Those whose documents are all left to the library, and why."""
