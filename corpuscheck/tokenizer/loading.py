"""Load: tokenizer.json, vocab.txt, a SentencePiece model, or a folder with one, as an artefact that can be judged."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, normalizers
from tokenizers.models import WordPiece
from tokenizers.pre_tokenizers import BertPreTokenizer

from corpuscheck.errors import TokenizerError
from corpuscheck.printable import printable
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.sentencepiece import from_sentencepiece, looks_like_sentencepiece

UNK = "[UNK]"
_IN_FOLDERS = ("tokenizer.json", "vocab.txt", "spiece.model", "tokenizer.model", "sentencepiece.bpe.model")
SPECIAL_TOKENS = ("[PAD]", UNK, "[CLS]", "[SEP]", "[MASK]")


def load(path: str, lowercase: bool | None = None) -> Artefact:
    """The tokenizer at `path`. `lowercase` overrides what a bare vocab.txt suggests.

    Raises TokenizerError with what to do.
    """
    place = Path(path)
    shown = printable(path, 200)
    if place.is_dir():
        for name in _IN_FOLDERS:
            if (place / name).is_file():
                return load(str(place / name), lowercase)
        raise TokenizerError(f"{shown}: this folder holds none of {', '.join(_IN_FOLDERS)}")
    try:
        raw = place.read_bytes()
        if looks_like_sentencepiece(raw):
            return usable(Artefact(from_sentencepiece(raw, shown), shown))
        content = raw.decode("utf-8-sig")
    except OSError as error:
        raise TokenizerError(f"{shown}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise TokenizerError(
            f"{shown}: not a tokenizer.json, vocab.txt or SentencePiece model (it is not UTF-8 text)"
        ) from None
    definition = (
        _checked(content, shown) if content.lstrip().startswith("{") else _from_vocab(content, place, lowercase)
    )
    return _able(Artefact(definition, shown))


def usable(artefact: Artefact) -> Artefact:
    """The same. Raises TokenizerError where it cannot encode text, or lost words could not be counted."""
    shown = printable(artefact.source, 200)
    _checked(artefact.definition, shown)
    return _able(artefact)


def _able(artefact: Artefact) -> Artefact:
    _ = artefact.unk_id
    try:
        artefact.tokenizer.encode("a 가 1", add_special_tokens=False)
    except Exception as error:  # the library raises bare Exception
        shown = printable(artefact.source, 200)
        raise TokenizerError(f"{shown}: this tokenizer cannot encode text ({printable(str(error))})") from None
    return artefact


def _checked(content: str, shown: str) -> str:
    try:
        parts = json.loads(content)
        if not isinstance(parts, dict) or not isinstance(parts.get("model"), dict):
            raise TokenizerError(f"{shown}: JSON, but not a tokenizer.json (it has no model)")
        return Tokenizer.from_str(content).to_str()
    except TokenizerError:
        raise
    except Exception as error:
        raise TokenizerError(f"{shown}: not a valid tokenizer.json ({printable(str(error))})") from None


def _from_vocab(content: str, place: Path, lowercase: bool | None) -> str:
    """A BERT tokenizer over the pieces of a vocab.txt, one to a line."""
    shown = printable(str(place), 200)
    pieces = content.removesuffix("\n").split("\n")
    vocabulary = {piece.rstrip("\r"): number for number, piece in enumerate(pieces)}
    if UNK not in vocabulary:
        raise TokenizerError(
            f"{shown}: no line '{UNK}', so this is no WordPiece vocabulary that can be checked: add the line"
        )
    settings = _neighbour_settings(place, vocabulary, lowercase)
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token=UNK, max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(**settings)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.add_special_tokens([token for token in SPECIAL_TOKENS if token in vocabulary])
    return tokenizer.to_str()


def _neighbour_settings(place: Path, vocabulary: dict[str, int], lowercase: bool | None) -> dict[str, Any]:
    """What a tokenizer_config.json beside it says, else what the vocabulary itself shows."""
    config: dict[str, Any] = {}
    try:
        read = json.loads((place.parent / "tokenizer_config.json").read_text("utf-8"))
        config = read if isinstance(read, dict) else {}
    except (OSError, ValueError):
        pass
    pieces = [piece for piece in vocabulary if not (piece.startswith("[") and piece.endswith("]"))]
    cased = any(ch.isupper() for piece in pieces for ch in piece)
    accents = any(unicodedata.normalize("NFD", ch) != ch for piece in pieces for ch in piece if not ch.isascii())
    if lowercase is None:
        lowercase = bool(config.get("do_lower_case", not cased))
    strip = config.get("strip_accents")
    return {
        "clean_text": True,
        "handle_chinese_chars": bool(config.get("tokenize_chinese_chars", True)),
        "strip_accents": bool(strip) if strip is not None else lowercase and not accents,
        "lowercase": lowercase,
    }
