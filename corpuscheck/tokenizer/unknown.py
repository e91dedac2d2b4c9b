"""Unknown: what a tokenizer makes of characters that it does not know."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tokenizers.pre_tokenizers import ByteLevel

from corpuscheck.tokenizer.encoder import DROPPED

_MARKS_UNKNOWN = re.compile(r"[^\w\s].*(?:unk|oov).*", re.IGNORECASE)

UnknownWay = Literal["token", "dropped", "ordinary", "none"]


@dataclass(frozen=True)
class Unknown:
    """What becomes of an unknown character: an unknown `token`, one that has another use as well (`ordinary`), nothing
    at all (`dropped`), or there is none, as everything is spelled in bytes. With `fused`, neighbours become one token.
    """

    way: UnknownWay
    token: str = ""
    fused: bool = False


def with_dropped_marked(definition: str, spells_all: bool) -> str:
    """The definition of a BPE with a token for what it drops; the same for every other."""
    parts: dict[str, Any] = json.loads(definition)
    model = parts["model"]
    if (
        (model.get("type") or "BPE") != "BPE"
        or model.get("unk_token") is not None
        or spells_all
        or "vocab" not in model
    ):
        return definition
    numbers = [*model["vocab"].values(), *(token["id"] for token in parts.get("added_tokens") or ())]
    model["vocab"][DROPPED] = max(numbers, default=-1) + 1
    model["unk_token"], model["fuse_unk"] = DROPPED, False
    return json.dumps(parts, ensure_ascii=False)


def unknown_of(model: Mapping[str, Any], unk_id: int | None) -> Unknown:
    """From the definition of a model."""
    if unk_id is None:
        return Unknown("none")
    if model.get("type") == "Unigram":
        token, fused = str(model["vocab"][unk_id][0]), True
    else:
        token, fused = str(model.get("unk_token")), bool(model.get("fuse_unk"))
    if token == DROPPED:
        return Unknown("dropped")
    return Unknown("token" if _MARKS_UNKNOWN.fullmatch(token) else "ordinary", token, fused)


def spells_every_byte(vocabulary: Mapping[str, int], byte_level: bool, byte_fallback: bool, suffix: str) -> bool:
    """Whether there is a piece for each byte, so that nothing is unknown."""
    if byte_level:
        letters = ByteLevel.alphabet()
        return all(letter in vocabulary and letter + suffix in vocabulary for letter in letters)
    return byte_fallback and all(f"<0x{byte:02X}>" in vocabulary for byte in range(256))
