"""Tokenizers in the styles that models are published with, trained on texts at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import NamedTuple

from tokenizers import AddedToken, Encoding, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from corpuscheck.text.word_patterns import CL100K, O200K, QWEN

Maker = Callable[[Sequence[str]], Tokenizer]
_SIZE = 1200


def _byte_level(pattern: str | None, normalizer: normalizers.Normalizer | None = None, prefix: bool = False) -> Maker:
    def made(texts: Sequence[str]) -> Tokenizer:
        tokenizer = Tokenizer(models.BPE())
        if normalizer is not None:
            tokenizer.normalizer = normalizer
        own = pre_tokenizers.ByteLevel(add_prefix_space=prefix, use_regex=pattern is None)
        cut = [] if pattern is None else [pre_tokenizers.Split(Regex(pattern), "isolated")]
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([*cut, own]) if cut else own
        letters = pre_tokenizers.ByteLevel.alphabet()
        special = ["<|endoftext|>"]
        trainer = trainers.BpeTrainer(
            vocab_size=_SIZE, initial_alphabet=letters, special_tokens=special, show_progress=False
        )
        tokenizer.train_from_iterator(texts, trainer)
        tokenizer.decoder = decoders.ByteLevel()
        return tokenizer

    return made


def _llama2(texts: Sequence[str]) -> Tokenizer:
    """Without a pre-tokenizer, with marks from the normaliser and bytes for what it does not know."""
    trained = Tokenizer(models.BPE(unk_token="<unk>"))
    trained.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.BpeTrainer(
        vocab_size=_SIZE, special_tokens=["<unk>", "<s>", "</s>"], limit_alphabet=300, show_progress=False
    )
    trained.train_from_iterator(texts, trainer)
    import json

    model = json.loads(trained.to_str())["model"]
    vocabulary = dict(model["vocab"])
    for byte in range(256):
        vocabulary.setdefault(f"<0x{byte:02X}>", len(vocabulary))
    merges = [(left, right) for left, right in model["merges"]]
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.add_special_tokens(["<unk>", "<s>", "</s>"])
    return tokenizer


def _unigram(byte_fallback: bool) -> Maker:
    def made(texts: Sequence[str]) -> Tokenizer:
        counts = Counter("".join(texts).replace(" ", "▁").replace("\n", ""))
        words = Counter(f"▁{word}" for text in texts for word in text.split())
        scored = [(piece, -8.0 - k / 1000) for k, (piece, _) in enumerate(words.most_common(500)) if len(piece) > 1]
        single = [(ch, -12.0 - k / 1000) for k, (ch, _) in enumerate(counts.most_common(250))]
        pieces = dict([*single, *scored])
        if byte_fallback:
            pieces |= {f"<0x{byte:02X}>": -20.0 for byte in range(256)}
        model = models.Unigram([("<unk>", 0.0), *pieces.items()], unk_id=0, byte_fallback=byte_fallback)
        tokenizer = Tokenizer(model)
        tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first" if byte_fallback else "always")
        return tokenizer

    return made


def _wordpiece(lowercase: bool) -> Maker:
    def made(texts: Sequence[str]) -> Tokenizer:
        special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = trainers.WordPieceTrainer(
            vocab_size=_SIZE, limit_alphabet=300, special_tokens=special, show_progress=False
        )
        tokenizer.train_from_iterator(texts, trainer)
        return tokenizer

    return made


def _ends_of_words(texts: Sequence[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.BpeTrainer(
        vocab_size=_SIZE, special_tokens=["<unk>"], end_of_word_suffix="</w>", limit_alphabet=300, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def _with_added_tokens(texts: Sequence[str]) -> Tokenizer:
    tokenizer = _byte_level(CL100K)(texts)
    tokenizer.add_tokens([AddedToken("the", single_word=True), AddedToken("다.", lstrip=True, rstrip=True)])
    tokenizer.add_special_tokens(["<|im_start|>"])
    return tokenizer


def _dropping(texts: Sequence[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=_SIZE, limit_alphabet=200, show_progress=False))
    return tokenizer


DEFINITIONS: dict[str, Maker] = {
    "GPT-2": _byte_level(None),
    "RoBERTa with a space before": _byte_level(None, prefix=True),
    "Llama 3": _byte_level(CL100K),
    "Qwen": _byte_level(QWEN, normalizers.NFC()),
    "o200k": _byte_level(O200K),
    "Llama 2": _llama2,
    "T5": _unigram(byte_fallback=False),
    "Unigram with bytes": _unigram(byte_fallback=True),
    "BERT cased": _wordpiece(lowercase=False),
    "BERT uncased": _wordpiece(lowercase=True),
    "HerBERT": _ends_of_words,
    "added tokens": _with_added_tokens,
    "BPE that drops": _dropping,
}


class Expected(NamedTuple):
    """What `encode` gives for whole documents."""

    tokens: int
    words: int
    unk_words: int
    unk_tokens: int
    shattered: int


def expected(tokenizer: Tokenizer, texts: Sequence[str], unk: str | None, byte_level: bool) -> Expected:
    """From the encodings alone; a piece is whole where its bytes are text."""
    bytes_of = _letters() if byte_level else {}
    unk_id = -1 if unk is None else tokenizer.token_to_id(unk)
    total = Expected(0, 0, 0, 0, 0)
    for text in texts:
        found = tokenizer.encode(text, add_special_tokens=False)
        unknown = {word for token, word in zip(found.ids, found.word_ids, strict=True) if token == unk_id}
        broken = sum(
            any(not _whole(token, bytes_of) for token, _ in group)
            for _, group in groupby(zip(found.tokens, found.word_ids, strict=True), lambda pair: pair[1])
        )
        figures = (len(found), _words(found), len(unknown), sum(token == unk_id for token in found.ids), broken)
        total = Expected(*(a + b for a, b in zip(total, figures, strict=True)))
    return total


def _words(encoding: Encoding) -> int:
    return max((word for word in encoding.word_ids if word is not None), default=-1) + 1


def _whole(token: str, bytes_of: dict[str, int]) -> bool:
    if token.startswith("<0x") and token.endswith(">") and len(token) == 6:
        return int(token[3:5], 16) < 128
    if not bytes_of or not set(token) <= bytes_of.keys():
        return True
    try:
        bytes(bytes_of[letter] for letter in token).decode()
    except UnicodeDecodeError:
        return False
    return True


def _letters() -> dict[str, int]:
    """As GPT-2's encoder.py has them."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + k): byte for k, byte in enumerate(others)}
