"""Tables: what a model knows, laid out for the kernels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from corpuscheck.kernels.arrays import CODE_POINTS, Bytes, Flags, Hashes, Ints
from corpuscheck.kernels.merging import enter_rules
from corpuscheck.kernels.pieces import BPE, UNIGRAM, WORDPIECE, Pieces
from corpuscheck.kernels.reading import Literals
from corpuscheck.kernels.tries import child, plant
from corpuscheck.tokenizer.recipe import Recipe
from corpuscheck.tokenizer.spelling import Spelling, byte_letters

_UNK_PENALTY = 10.0
"""So much worse than the worst piece is a character that is none."""


def bytes_of(text: str) -> Bytes:
    """UTF-8."""
    return np.frombuffer(text.encode(), np.uint8)


def laid(texts: Sequence[bytes]) -> tuple[Bytes, Ints]:
    """Laid end to end, and where each ends."""
    return np.frombuffer(b"".join(texts), np.uint8), np.cumsum(np.array([len(text) for text in texts], np.int64))


Trie = tuple[Hashes, Flags, Flags]
_NO_TRIE: Trie = np.zeros(1, np.uint64), np.zeros(1, np.int32), np.full(1, -1, np.int32)


def trie_of(texts: Sequence[bytes], numbers: Iterable[int]) -> Trie:
    """A trie in which each text has its number."""
    data, ends = laid(texts)
    size = 1 << (2 * len(data) + 2).bit_length()
    keys, children = np.zeros(size, np.uint64), np.zeros(size, np.int32)
    ids = np.full(len(data) + 1, -1, np.int32)
    nodes = plant(data, ends, np.array(list(numbers), np.int64), keys, children, ids)
    return keys, children, ids[:nodes].copy()


def literals_of(texts: Sequence[str]) -> Literals:
    """Texts that are looked for."""
    spelled = [text.encode() for text in texts]
    begins = np.zeros(256, np.uint8)
    begins[[text[0] for text in spelled]] = 1
    return Literals(begins, *trie_of(spelled, range(len(spelled))))


def pieces_of(model: Mapping[str, Any], recipe: Recipe, vocabulary: Mapping[str, int], spelling: Spelling) -> Pieces:
    """What a model knows."""
    kind = {"BPE": BPE, "Unigram": UNIGRAM, "WordPiece": WORDPIECE}[model.get("type") or "BPE"]
    ids = max(spelling.spelled, default=0) + 1
    partial, sizes = np.zeros(ids, np.uint8), np.zeros(ids, np.int32)
    partial[list(spelling.pieces)] = 1
    for number, spelled in spelling.spelled.items():
        sizes[number] = len(spelled)
    trie, scores = _NO_TRIE, np.zeros(0, np.float64)
    lowest, inside = 0.0, -1
    if kind == UNIGRAM:
        trie = trie_of([piece.encode() for piece, _ in model["vocab"]], range(len(model["vocab"])))
        scores = np.array([score for _, score in model["vocab"]], np.float64)
        lowest = float(scores.min())
    elif kind == WORDPIECE:
        trie = trie_of([piece.encode() for piece in vocabulary], vocabulary.values())
        inside = _node(str(model.get("continuing_subword_prefix") or "").encode(), trie)
    return Pieces(
        kind,
        partial,
        sizes,
        _rules(model, vocabulary) if kind == BPE else np.zeros(2, np.int64),
        _byte_ids(model, recipe, vocabulary),
        _point_ids(vocabulary) if kind == BPE and not recipe.byte_level else np.zeros(0, np.int32),
        bool(model.get("fuse_unk")),
        _unknown(model, vocabulary),
        *trie,
        scores,
        lowest - _UNK_PENALTY,
        inside,
        int(model.get("max_input_chars_per_word", 100)),
    )


def _unknown(model: Mapping[str, Any], vocabulary: Mapping[str, int]) -> int:
    """The id of the unknown token; -1 where there is none."""
    if model.get("type") == "Unigram":
        return -1 if model.get("unk_id") is None else int(model["unk_id"])
    return vocabulary.get(str(model.get("unk_token")), -1)


def _rules(model: Mapping[str, Any], vocabulary: Mapping[str, int]) -> Ints:
    pairs = [merge.split(" ", 1) if isinstance(merge, str) else merge for merge in model["merges"]]
    rows = [(vocabulary[left], vocabulary[right], vocabulary[left + right]) for left, right in pairs]
    rules = np.zeros(2 << (2 * len(rows) + 2).bit_length(), np.int64)
    enter_rules(np.array(rows, np.int64).reshape(-1, 3), rules)
    return rules


def _byte_ids(model: Mapping[str, Any], recipe: Recipe, vocabulary: Mapping[str, int]) -> Flags:
    """The id of each byte; -1 where bytes are no pieces."""
    if recipe.byte_level:
        letters = sorted(byte_letters().items(), key=lambda pair: pair[1])
        return np.array([vocabulary[letter] for letter, _ in letters], np.int32)
    if model.get("byte_fallback"):
        return np.array([vocabulary[f"<0x{byte:02X}>"] for byte in range(256)], np.int32)
    return np.full(256, -1, np.int32)


def _point_ids(vocabulary: Mapping[str, int]) -> Flags:
    """The id of each code point that is a piece, else -1."""
    ids = np.full(CODE_POINTS, -1, np.int32)
    for piece, number in vocabulary.items():
        if len(piece) == 1:
            ids[ord(piece)] = number
    return ids


def _node(text: bytes, trie: Trie) -> int:
    """The node that a text leads to; -1 where there is none."""
    node = 0
    for byte in text:
        node = child(node, byte, trie[0], trie[1])
        if node < 0:
            break
    return node
