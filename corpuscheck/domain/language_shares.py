"""By which n-grams languages of one script are told apart: a table that comes with corpuscheck, without any text."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import zstandard

from corpuscheck.domain.languages import written_in
from corpuscheck.errors import ProfileError
from corpuscheck.kernels.arrays import BUCKETS, Floats
from corpuscheck.profile.profile import decompressed
from corpuscheck.values.json_text import json_bytes

FILE = Path(__file__).with_name("general") / "languages.ccg"
FORMAT = 1

_MAGIC = b"corpuscheck languages\n"
_LARGEST = 1 << 24
_SCALE = float(1 << 24)
_STEPS = 2.0
"""Shares are kept in steps of half a doubling."""

_LEAST = 3e-6
"""Of rarer n-grams nothing is kept: each counts as one that is as rare as this."""


def to_bytes(shares: Mapping[str, Floats], licence: str, origin: str) -> bytes:
    """The file of the table of these languages by their codes."""
    head = json_bytes({"format": FORMAT, "languages": list(shares), "licence": licence, "origin": origin})
    levels = np.array([_levels(found) for found in shares.values()])
    size = np.array([len(head)], "<u4").tobytes()
    return _MAGIC + zstandard.ZstdCompressor(level=19).compress(size + head + levels.tobytes())


def from_bytes(data: bytes) -> tuple[dict[str, Any], dict[str, Floats]]:
    """The head of the table, and the shares of n-grams by language. Raises ProfileError for anything else."""
    try:
        if not data.startswith(_MAGIC):
            raise ValueError("it begins otherwise")
        whole = decompressed(data[len(_MAGIC) :], _LARGEST)
        start = 4 + int(np.frombuffer(whole[:4], "<u4")[0])
        head: dict[str, Any] = orjson.loads(whole[4:start])
        if head["format"] != FORMAT:
            raise ValueError("another format")
        levels = np.frombuffer(whole[start:], np.uint8).reshape(-1, BUCKETS)
        found = np.where(levels > 0, (np.exp2((levels - 1.0) / _STEPS) - 1) / _SCALE, 0.0) + _LEAST
        found /= found.sum(axis=1, keepdims=True)
        return head, dict(zip(head["languages"], found, strict=True))
    except (zstandard.ZstdError, ValueError, LookupError, TypeError) as error:
        raise ProfileError(f"the shipped table of languages is damaged ({error}): install corpuscheck anew") from None


@cache
def _known() -> tuple[dict[str, Any], dict[str, Floats]]:
    return from_bytes(FILE.read_bytes())


def attribution() -> str:
    """The licence of the word lists that the table was made from, and who made them."""
    head, _ = _known()
    return f"{head['licence']}; {head['origin']}"


@cache
def languages_of_script(script: str) -> tuple[tuple[str, ...], Floats]:
    """The codes of the languages that are written in a script, and the shares of n-grams in each."""
    codes, shares = written_in(script), _known()[1]
    return codes, np.array([shares[code] for code in codes])


def _levels(shares: Floats) -> Any:
    return np.where(shares > _LEAST, 1 + np.rint(_STEPS * np.log2(1 + shares * _SCALE)), 0).astype(np.uint8)
