"""Which script a text is mainly written in."""

from __future__ import annotations

from collections.abc import Mapping

from corpuscheck.text.scripts import composition

_MUCH_KANA = 0.1
"""Japanese has at least so much Kana among its letters, and more Han than Kana in some of its texts."""


def main_script(counts: Mapping[int, int]) -> str:
    """The script of most letters, Kana where it is Japanese; empty without letters. `counts` are by code point."""
    shares = {script.name: script.share for script in composition(counts)}
    if shares.get("Kana", 0.0) >= _MUCH_KANA and next(iter(shares)) in ("Kana", "Han"):
        return "Kana"
    return next(iter(shares), "")
