"""Tokenizers of every kind that corpuscheck meets, built in code from small vocabularies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, trainers

from corpuscheck.tokenizer.artefact import Artefact

UNK = "[UNK]"
SPECIAL = ["[PAD]", UNK, "[CLS]", "[SEP]", "[MASK]"]

BOTH_FORMS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIKLMNOPRSTUV0123456789,.()[]'가나다라서울한국어か中"
ONLY_INITIAL = "Q각の"
ONLY_INSIDE = "Z힣が"
"""None of these is in any piece: !, W, J, 똠, 뷁, 文, accented letters, emoji."""
LONGER = ["the", "##ing", "ab", "##가나", "서울", "XY", "##뷔페", "ab##", "中"]
JAMO = "".join(map(chr, (*range(0x1100, 0x110A), *range(0x1161, 0x1170), *range(0x11A8, 0x11B0))))


def artefact_of(tokenizer: Tokenizer, name: str = "zoo") -> Artefact:
    return Artefact(tokenizer.to_str(), name)


def pieces_of(both: str, initial: str = "", inside: str = "", longer: Iterable[str] = ()) -> dict[str, int]:
    pieces = [*SPECIAL, *both, *(f"##{ch}" for ch in both), *initial, *(f"##{ch}" for ch in inside), *longer]
    return {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}


def wordpiece(
    vocabulary: dict[str, int],
    normalizer: normalizers.Normalizer | None,
    splitter: pre_tokenizers.PreTokenizer,
    added: Iterable[str | AddedToken] = SPECIAL,
    longest: int = 100,
    unknown: str = UNK,
) -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token=unknown, max_input_chars_per_word=longest))
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = splitter
    for token in added:
        add = tokenizer.add_special_tokens if isinstance(token, str) else tokenizer.add_tokens
        add([token])
    return tokenizer


def bert(lowercase: bool = False, strip: bool | None = None, clean: bool = True, han: bool = True) -> Tokenizer:
    vocabulary = pieces_of(BOTH_FORMS + JAMO * lowercase, ONLY_INITIAL, ONLY_INSIDE, LONGER)
    normalizer = normalizers.BertNormalizer(
        clean_text=clean, handle_chinese_chars=han, strip_accents=strip, lowercase=lowercase
    )
    return wordpiece(vocabulary, normalizer, pre_tokenizers.BertPreTokenizer())


def normalized(*steps: normalizers.Normalizer, longest: int = 100) -> Tokenizer:
    accented = "éçÅ각뷁"
    vocabulary = pieces_of(BOTH_FORMS + JAMO + accented, ONLY_INITIAL, ONLY_INSIDE, LONGER)
    normalizer = steps[0] if len(steps) == 1 else normalizers.Sequence(list(steps))
    return wordpiece(vocabulary, normalizer, pre_tokenizers.BertPreTokenizer(), longest=longest)


def white_space(*further: pre_tokenizers.PreTokenizer, added: Iterable[str | AddedToken] = SPECIAL) -> Tokenizer:
    vocabulary = pieces_of(BOTH_FORMS, ONLY_INITIAL, ONLY_INSIDE, LONGER)
    splitters = [pre_tokenizers.WhitespaceSplit(), *further]
    return wordpiece(vocabulary, None, pre_tokenizers.Sequence(splitters), added)


def added_tokens() -> Tokenizer:
    """Tokens found in the raw text, and tokens found after normalisation."""
    tokenizer = bert(lowercase=True, strip=False)
    raw = ["가나", "#x", "中a", "!?", "\u200bz", "Qq"]
    late = ["abc", "Éa", "文b", "?!", "İn"]
    tokenizer.add_tokens([AddedToken(content, normalized=False) for content in raw])
    tokenizer.add_tokens([AddedToken(content, normalized=True) for content in late])
    tokenizer.add_tokens([AddedToken("nation", normalized=False, single_word=True, lstrip=True, rstrip=True)])
    tokenizer.add_tokens([AddedToken("only", normalized=True, single_word=True, lstrip=True)])
    return tokenizer


def unknown_of_letters() -> Tokenizer:
    """Its unknown token may stand in any text, as a part of a word and in capitals."""
    vocabulary = pieces_of(BOTH_FORMS, ONLY_INITIAL, ONLY_INSIDE, [*LONGER, "unk"])
    normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=False)
    return wordpiece(vocabulary, normalizer, pre_tokenizers.BertPreTokenizer(), added=(), unknown="unk")


def unknown_by_normalization() -> Tokenizer:
    """Full-width brackets become those of the unknown token."""
    vocabulary = pieces_of(BOTH_FORMS, ONLY_INITIAL, ONLY_INSIDE, LONGER)
    return wordpiece(vocabulary, NFKC(), pre_tokenizers.WhitespaceSplit(), added=())


TRAINING_TEXT = ["the cat sat on the mat", "서울 한국어 서울에서", "a man, a plan (no canal)", "the thing is nothing"]


def byte_level_bpe() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=280, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(TRAINING_TEXT, trainer)
    return tokenizer


def bpe_with_unk() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(unk_token=UNK))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.BpeTrainer(vocab_size=80, special_tokens=SPECIAL, show_progress=False)
    tokenizer.train_from_iterator(TRAINING_TEXT, trainer)
    return tokenizer


def unigram() -> Tokenizer:
    pieces = [("<unk>", 0.0), ("▁", -2.0), ("▁the", -3.0), ("서울", -3.5), *((ch, -4.0) for ch in BOTH_FORMS)]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=0, byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return tokenizer


NFC, NFD, NFKC, NFKD = normalizers.NFC, normalizers.NFD, normalizers.NFKC, normalizers.NFKD
Lowercase, StripAccents = normalizers.Lowercase, normalizers.StripAccents

ZOO: dict[str, Callable[[], Tokenizer]] = {
    "bert cased": bert,
    "bert uncased, accents stripped": lambda: bert(lowercase=True),
    "bert uncased, accents kept": lambda: bert(lowercase=True, strip=False),
    "bert cased, control characters and Han kept": lambda: bert(clean=False, han=False),
    "NFC": lambda: normalized(NFC()),
    "NFKC": lambda: normalized(NFKC()),
    "NFKC, short words": lambda: normalized(NFKC(), Lowercase(), longest=8),
    "NFD, lowercase, accents stripped": lambda: normalized(NFD(), Lowercase(), StripAccents()),
    "lowercase, NFKD": lambda: normalized(Lowercase(), NFKD()),
    "accents stripped, NFC": lambda: normalized(StripAccents(), NFC()),
    "white space": white_space,
    "white space, no added tokens": lambda: white_space(added=()),
    "white space, punctuation, digits": lambda: white_space(
        pre_tokenizers.Punctuation(), pre_tokenizers.Digits(individual_digits=True)
    ),
    "added tokens": added_tokens,
    "unknown token of letters": unknown_of_letters,
    "unknown token by normalisation": unknown_by_normalization,
    "byte-level BPE": byte_level_bpe,
    "BPE with an unknown token": bpe_with_unk,
    "Unigram": unigram,
}

WHY_SLOW = {
    "byte-level BPE": "BPE models have no per-character proof",
    "BPE with an unknown token": "BPE models have no per-character proof",
    "Unigram": "Unigram models have no per-character proof",
}
"""The tokenizers of the zoo whose documents are all encoded, and why."""


@cache
def artefact(name: str) -> Artefact:
    return artefact_of(ZOO[name](), name)
