"""Load a SentencePiece .model: the few fields of its protocol buffer that a Unigram or BPE tokenizer needs.

Field numbers are those of sentencepiece_model.proto (google/sentencepiece).
"""

from __future__ import annotations

import json
import re
import struct
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tokenizers import AddedToken, Regex, Tokenizer
from tokenizers.models import BPE, Unigram
from tokenizers.pre_tokenizers import PreTokenizer, Split
from tokenizers.pre_tokenizers import Sequence as Steps

from corpuscheck.errors import TokenizerError
from corpuscheck.text.printable import printable
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.folder import Folder
from corpuscheck.tokenizer.piece_families import PIECE_FAMILIES, PIECES_BY_MODEL_TYPE

_PIECES, _TRAINER, _NORMALIZER = 1, 2, 3
_MODELS = {1: "Unigram", 2: "BPE", 3: "word", 4: "character"}
_NORMAL, _UNKNOWN, _CONTROL, _USER_DEFINED, _BYTE = 1, 2, 3, 4, 6
_MARK = "▁"
_MARKING = {"type": "Replace", "pattern": {"String": " "}, "content": _MARK}
_INSIDE = re.compile(f"[^{_MARK}]{_MARK}")
FieldValue = int | bytes


class _Piece(NamedTuple):
    text: str
    score: float
    kind: int


def looks_like_sentencepiece(content: bytes) -> bool:
    """Whether it begins with a message of pieces, as no text does: field 1, its length, then field 1 in it."""
    return len(content) > 4 and content[0] == 0x0A and content[2] == 0x0A and content[1] >= content[3] + 2


def from_sentencepiece(content: bytes, place: Path) -> Artefact:
    """The same tokenizer as the class of the files beside it makes it, else as SentencePiece does, with control and
    user-defined pieces as tokens that stand for themselves.

    Raises TokenizerError for one that is cut off, or of a kind that cannot be judged.
    """
    shown = printable(str(place), 200)
    pieces, trainer, normalizer = _read(content, shown)
    kind = _MODELS.get(int(trainer.get(3, 1)), "unknown")
    if kind not in ("Unigram", "BPE"):
        raise TokenizerError(f"{shown}: a SentencePiece model of {kind}s, not Unigram or BPE: it cannot be judged here")
    if trainer.get(24):
        raise TokenizerError(
            f"{shown}: a SentencePiece model that marks spaces at the end of words (treat_whitespace_as_suffix), which "
            "cannot be judged here"
        )
    files = Folder(place.parent)
    name = files.class_name or PIECES_BY_MODEL_TYPE.get(files.model_type, "")
    family = PIECE_FAMILIES.get(name)
    if family is not None and family.is_bpe != (kind == "BPE"):
        family = None
    tokenizer = Tokenizer(_model(kind, pieces, bool(trainer.get(35))))
    of_user = [piece.text for piece in pieces if piece.kind == _USER_DEFINED]
    if family is None and of_user and kind == "BPE":
        tokenizer.model.ignore_merges = True  # they are whole, whatever merges would make of them
    splitters = list(family.splitters(files) if family else _whole(of_user))
    inside = any(_INSIDE.search(piece.text) for piece in pieces if piece.kind == _NORMAL)
    if not inside and (family is None or family.is_bpe):
        splitters.append(
            Split(Regex(f"{_MARK}*[^{_MARK}]+|{_MARK}+"), "isolated")
        )  # words begin at the mark of a space
    if splitters:
        tokenizer.pre_tokenizer = splitters[0] if len(splitters) == 1 else Steps(splitters)
    tokenizer.add_special_tokens([piece.text for piece in pieces if piece.kind == _CONTROL])
    if family:
        tokenizer.add_tokens([AddedToken(text, normalized=False) for text in of_user])
    if files.config is not None:
        files.add_tokens(tokenizer, family, ())
    steps = list(family.steps(files, _table(normalizer)) if family else _steps(normalizer))
    if family and family.is_bpe:
        steps.append(_MARKING)
    definition = json.loads(tokenizer.to_str())
    definition["normalizer"] = {"type": "Sequence", "normalizers": steps} if steps else None
    unknown_class = name not in (*PIECE_FAMILIES, "", "PreTrainedTokenizer", "TokenizersBackend")
    assumed = f"assumed: read as SentencePiece does, whatever {printable(name)} does besides" if unknown_class else ""
    return Artefact(json.dumps(definition, ensure_ascii=False), shown, assumed=assumed)


def _read(content: bytes, shown: str) -> tuple[list[_Piece], dict[int, FieldValue], dict[int, FieldValue]]:
    """The pieces, and the fields of the trainer's and the normaliser's settings."""
    try:
        parts = list(_fields(content))
        trainer = dict(_fields(_bytes(next((v for n, v in parts if n == _TRAINER), b""))))
        normalizer = dict(_fields(_bytes(next((v for n, v in parts if n == _NORMALIZER), b""))))
        pieces = [_piece(dict(_fields(_bytes(value)))) for number, value in parts if number == _PIECES]
    except (IndexError, ValueError, struct.error):
        raise TokenizerError(f"{shown}: looks like a SentencePiece model, but it is cut off or damaged") from None
    return pieces, trainer, normalizer


def _piece(fields: Mapping[int, FieldValue]) -> _Piece:
    score: float = struct.unpack("<f", _bytes(fields.get(2, bytes(4))))[0]
    return _Piece(_bytes(fields.get(1, b"")).decode(), score, int(fields.get(3, _NORMAL)))


def _model(kind: str, pieces: Sequence[_Piece], byte_fallback: bool) -> Unigram | BPE:
    unknown = next((number for number, piece in enumerate(pieces) if piece.kind == _UNKNOWN), None)
    if kind == "Unigram":
        scored = [(piece.text, piece.score) for piece in pieces]
        return Unigram(scored, unk_id=unknown, byte_fallback=byte_fallback)
    vocabulary = {piece.text: number for number, piece in enumerate(pieces)}
    unk = None if unknown is None else pieces[unknown].text
    merges = list(_merges(pieces, vocabulary))
    return BPE(vocabulary, merges, unk_token=unk, fuse_unk=True, byte_fallback=byte_fallback)


def _merges(pieces: Sequence[_Piece], vocabulary: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Every pair of pieces that makes a third, those of the best score first, as SentencePiece joins them."""
    made = [piece for piece in pieces if piece.kind not in (_UNKNOWN, _CONTROL, _BYTE)]
    known = {piece.text for piece in made}
    for piece in sorted(made, key=lambda piece: -piece.score):
        pairs = ((piece.text[:cut], piece.text[cut:]) for cut in range(1, len(piece.text)))
        both = [pair for pair in pairs if pair[0] in known and pair[1] in known]
        yield from sorted(both, key=lambda pair: (vocabulary[pair[0]], vocabulary[pair[1]]))


def _whole(texts: Sequence[str]) -> Iterator[PreTokenizer]:
    """Cuts pieces of the user's out of the text, the longest first."""
    if texts:
        longest_first = sorted(texts, key=len, reverse=True)
        yield Split(Regex("|".join(map(re.escape, longest_first))), "isolated")


def _table(normalizer: Mapping[int, FieldValue]) -> list[dict[str, Any]]:
    """What becomes of characters, which is only written down: a table without sense would break the library."""
    charsmap = normalizer.get(2)
    return [{"type": "Precompiled", "precompiled_charsmap": b64encode(_bytes(charsmap)).decode()}] if charsmap else []


def _steps(normalizer: Mapping[int, FieldValue]) -> Iterator[dict[str, Any]]:
    """SentencePiece's own steps."""
    yield from _table(normalizer)
    if normalizer.get(4, 1):  # extra spaces go unless it says otherwise
        yield {"type": "Replace", "pattern": {"Regex": r"\A +| +\z"}, "content": ""}
        yield {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}
    if normalizer.get(3, 1):
        yield {"type": "Prepend", "prepend": _MARK}
    yield _MARKING


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
