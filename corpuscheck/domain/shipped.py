"""The references that come with corpuscheck: figures of general text and of landmarks, by language; no text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import zstandard

from corpuscheck.domain.bodies import Body, general
from corpuscheck.domain.languages import LANGUAGES
from corpuscheck.domain.pieces import most_frequent
from corpuscheck.errors import ProfileError
from corpuscheck.kernels.arrays import BUCKETS, Bytes, Floats
from corpuscheck.profile.domain_words import DomainWords
from corpuscheck.profile.profile import decompressed
from corpuscheck.values.json_text import json_bytes

FOLDER = Path(__file__).with_name("general")
FORMAT = 2

_MAGIC = b"corpuscheck shipped reference\n"
_LARGEST = 1 << 24
_SCALE = float(1 << 24)
_STEPS = 4.0
"""Shares are kept in steps of a quarter of a doubling: 9 % to either side, which adds 0.0005 bits to a distance."""

_MILLIONTHS = 1_000_000
_FEWEST = 1e-12
_ORDINARY = 100


@cache
def shipped(language: str) -> tuple[Body, ...]:
    """The bodies that are shipped for a language by its code, none where there is no reference."""
    if language not in LANGUAGES:
        return ()
    return from_bytes((FOLDER / f"{language}.ccg").read_bytes(), language)


@cache
def ordinary_words(language: str) -> tuple[frozenset[str], float]:
    """The most frequent words of general text in a shipped language, and the least share of all words that they have
    in one of its bodies."""
    tables = [body.words for body in general(shipped(language))]
    rates: dict[str, float] = {}
    for table in tables:
        for word, (_, occurrences) in table.counts.items():
            rates[word] = rates.get(word, 0.0) + occurrences / table.total
    most = frozenset(sorted(rates, key=lambda word: (-rates[word], word))[:_ORDINARY])
    return most, min(sum(n for word, (_, n) in t.counts.items() if word in most) / t.total for t in tables)


@cache
def listed_words(language: str) -> frozenset[str]:
    """All words that stand in the bodies of general text of a shipped language."""
    return frozenset(word for body in general(shipped(language)) for word in body.words.counts)


def to_bytes(language: str, bodies: Sequence[Body]) -> bytes:
    """The file of a language: a head as JSON, then columns of levels, compressed; words of general text alone."""
    bodies = [replace(body, words=_most_frequent(body.words)) for body in bodies]
    words = sorted({word for body in general(bodies) for word in body.words.counts})
    rows = [
        {
            "name": body.name,
            "kind": body.kind,
            "licence": body.licence,
            "origin": body.origin,
            "documents": body.documents,
            "text_bytes": body.text_bytes,
            "distance": None if body.distance is None else round(body.distance * _MILLIONTHS),
            "tokens": np.rint(body.tokens * _MILLIONTHS / 1000).astype(int).tolist(),
            "scores": {
                str(length): [number, *np.rint(found * _MILLIONTHS / 1000).astype(int).tolist()]
                for length, (number, found) in sorted(body.scores.items())
            },
            "words": body.words.total,
            "unseen": body.words.unseen,
        }
        for body in bodies
    ]
    head = json_bytes({"format": FORMAT, "language": language, "bodies": rows}, orjson.OPT_SORT_KEYS)
    listed = "\n".join(words).encode()
    levels = np.array([_levels(body.shares) for body in bodies])
    middle = np.rint(levels.mean(axis=0)).astype(np.uint8)
    rates = np.array(
        [
            _levels(np.array([body.words.counts.get(word, (0, 0))[1] / max(1, body.words.total) for word in words]))
            if body.kind == "general"
            else np.zeros(len(words), np.uint8)
            for body in bodies
        ]
    )
    parts = (head, listed, middle.tobytes(), (levels - middle).tobytes(), rates.tobytes())
    sizes = np.array([len(part) for part in parts], "<u4").tobytes()
    return _MAGIC + zstandard.ZstdCompressor(level=19).compress(sizes + b"".join(parts))


def _most_frequent(words: DomainWords) -> DomainWords:
    rows = dict(most_frequent(words))
    rest = [units for word, (units, _) in words.counts.items() if word not in rows]
    return replace(words, unseen=max(rest, default=words.unseen), counts=rows)


def from_bytes(data: bytes, name: str) -> tuple[Body, ...]:
    """Raises ProfileError for anything that is no such file."""
    try:
        if not data.startswith(_MAGIC):
            raise ValueError("it begins otherwise")
        return _from_parts(decompressed(data[len(_MAGIC) :], _LARGEST))
    except (zstandard.ZstdError, ValueError, LookupError, TypeError) as error:
        raise ProfileError(f"the shipped reference '{name}' is damaged ({error}): install corpuscheck anew") from None


def _from_parts(whole: bytes) -> tuple[Body, ...]:
    ends = 20 + np.cumsum(np.frombuffer(whole[:20], "<u4").astype(np.int64))
    head, listed, middle, levels, rates = (whole[a:b] for a, b in zip([20, *ends], ends, strict=False))
    state: dict[str, Any] = orjson.loads(head)
    if state["format"] != FORMAT:
        raise ValueError("another format")
    rows = state["bodies"]
    words = listed.decode().split("\n")
    grams = np.frombuffer(levels, np.uint8).reshape(len(rows), BUCKETS) + np.frombuffer(middle, np.uint8)
    frequent = np.frombuffer(rates, np.uint8).reshape(len(rows), len(words))
    return tuple(_body(row, grams[k], words, frequent[k]) for k, row in enumerate(rows))


def _body(row: dict[str, Any], levels: Bytes, words: list[str], rates: Bytes) -> Body:
    shares = _of_levels(levels) + _FEWEST
    held = np.flatnonzero(rates)
    occurrences = np.maximum(1, np.rint(_of_levels(rates[held]) * row["words"])).astype(int).tolist()
    counts = {words[k]: (1, n) for k, n in zip(held.tolist(), occurrences, strict=True)}
    return Body(
        row["name"],
        row["kind"],
        shares / shares.sum(),
        DomainWords(row["words"], row["unseen"], 0, counts),
        None if row["distance"] is None else row["distance"] / _MILLIONTHS,
        np.array(row["tokens"]) / 1000,
        {int(length): (found[0], np.array(found[1:]) / 1000) for length, found in row["scores"].items()},
        licence=row["licence"],
        origin=row["origin"],
        documents=row["documents"],
        text_bytes=row["text_bytes"],
    )


def _levels(shares: Floats) -> Bytes:
    """The shares in steps; 0 for what is not there."""
    return np.where(shares > 0, 1 + np.rint(_STEPS * np.log2(1 + shares * _SCALE)), 0).astype(np.uint8)


def _of_levels(levels: Bytes) -> Floats:
    return np.asarray(np.where(levels > 0, np.exp2((levels - 1.0) / _STEPS) - 1, 0.0) / _SCALE)
