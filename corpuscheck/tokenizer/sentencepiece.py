"""Load a SentencePiece .model: the few fields of its protocol buffer that a Unigram tokenizer needs.

Field numbers are those of sentencepiece_model.proto (google/sentencepiece).
"""

from __future__ import annotations

import json
import struct
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from tokenizers import Tokenizer
from tokenizers.models import Unigram
from tokenizers.pre_tokenizers import Metaspace

from corpuscheck.errors import TokenizerError

_PIECES, _TRAINER, _NORMALIZER = 1, 2, 3
_UNKNOWN, _UNIGRAM = 2, 1
FieldValue = int | bytes


def looks_like_sentencepiece(content: bytes) -> bool:
    """Whether it begins with a message of pieces, as no text does: field 1, its length, then field 1 in it."""
    return len(content) > 4 and content[0] == 0x0A and content[2] == 0x0A and content[1] >= content[3] + 2


def from_sentencepiece(content: bytes, shown: str) -> str:
    """The definition of the same tokenizer. Raises TokenizerError for one that is not Unigram, or cut off."""
    try:
        parts = list(_fields(content))
        trainer = dict(_fields(_bytes(next((v for n, v in parts if n == _TRAINER), b""))))
        normalizer = dict(_fields(_bytes(next((v for n, v in parts if n == _NORMALIZER), b""))))
        pieces = [dict(_fields(_bytes(value))) for number, value in parts if number == _PIECES]
        scored = [(_bytes(p.get(1, b"")).decode(), struct.unpack("<f", _bytes(p.get(2, bytes(4))))[0]) for p in pieces]
        unknown = next((k for k, piece in enumerate(pieces) if piece.get(3) == _UNKNOWN), None)
    except (IndexError, ValueError, struct.error):
        raise TokenizerError(f"{shown}: looks like a SentencePiece model, but it is cut off or damaged") from None
    if trainer.get(3, _UNIGRAM) != _UNIGRAM:
        raise TokenizerError(
            f"{shown}: a SentencePiece model that is not Unigram: convert its folder with transformers "
            "(AutoTokenizer.from_pretrained(FOLDER).save_pretrained(NEW)) and pass NEW"
        )
    tokenizer = Tokenizer(Unigram(scored, unk_id=unknown, byte_fallback=bool(trainer.get(35, 0))))
    tokenizer.pre_tokenizer = Metaspace(prepend_scheme="always" if normalizer.get(3, 1) else "never")
    definition = json.loads(tokenizer.to_str())
    steps: list[dict[str, Any]] = []
    if charsmap := normalizer.get(2):  # only written down: a table that makes no sense would break the library
        steps.append({"type": "Precompiled", "precompiled_charsmap": b64encode(_bytes(charsmap)).decode()})
    if normalizer.get(4, 1):  # extra spaces go unless it says otherwise
        steps.append({"type": "Strip", "strip_left": True, "strip_right": True})
        steps.append({"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "})
    definition["normalizer"] = {"type": "Sequence", "normalizers": steps} if steps else None
    return json.dumps(definition, ensure_ascii=False)


def _bytes(value: FieldValue) -> bytes:
    if not isinstance(value, bytes):
        raise ValueError("a number where bytes were expected")
    return value


def _fields(message: bytes) -> Iterator[tuple[int, FieldValue]]:
    """(number, value) of each field. Raises IndexError or ValueError where the message is broken."""
    i = 0
    while i < len(message):
        key, i = _varint(message, i)
        kind = key & 7
        if kind == 0:
            value, i = _varint(message, i)
            yield key >> 3, value
            continue
        if kind == 2:
            width, i = _varint(message, i)
        elif kind in (1, 5):
            width = 8 if kind == 1 else 4
        else:
            raise ValueError("an unknown kind of field")
        if i + width > len(message):
            raise IndexError("cut off")
        yield key >> 3, message[i : i + width]
        i += width


def _varint(message: bytes, i: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[i]
        value |= (byte & 0x7F) << shift
        i += 1
        shift += 7
        if byte < 0x80:
            return value, i
        if shift > 63:
            raise ValueError("a number that is too long")
