"""Which scripts a text is written in."""

from __future__ import annotations

from collections.abc import Mapping

from corpuscheck.scripts import COMMON, script_of

_MUCH_KANA = 0.1
"""Japanese has at least so much Kana among its letters, and more Han than Kana in some of its texts."""


def script_shares(counts: Mapping[int, int]) -> dict[str, float]:
    """The share of each script among the letters, the largest first; `counts` are by code point."""
    found: dict[str, int] = {}
    for cp, n in counts.items():
        found[script_of(cp)] = found.get(script_of(cp), 0) + n
    found.pop(COMMON, None)
    total = sum(found.values())
    return {name: n / total for name, n in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))}


def main_script(counts: Mapping[int, int]) -> str:
    """The script of most letters, Kana where it is Japanese; empty without letters."""
    shares = script_shares(counts)
    if shares.get("Kana", 0.0) >= _MUCH_KANA and next(iter(shares)) in ("Kana", "Han"):
        return "Kana"
    return next(iter(shares), "")
