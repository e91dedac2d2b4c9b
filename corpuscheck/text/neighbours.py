"""Neighbours: characters that no normal form of Unicode changes because of what stands before them."""

from __future__ import annotations

import sys
import unicodedata
from functools import cache


@cache
def starts_anew(ch: str) -> bool:
    """Whether nothing before a character is joined to it or put in another order because of it."""
    if unicodedata.category(ch) in ("Cn", "Cs"):
        return False  # a newer Unicode may say otherwise
    for form in ("NFD", "NFKD"):
        apart = unicodedata.normalize(form, ch)
        if unicodedata.combining(apart[0]) or apart[0] in _seconds():
            return False
    return True


_ALONE = frozenset(("Lu", "Ll", "Lt", "Lo", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po"))
_SIGNS = frozenset(("Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc"))


@cache
def stands_alone(ch: str) -> bool:
    """Whether a character is what a reader takes for one wherever it stands among others of the kind (a grapheme)."""
    if ch == "\u30fc":
        return True
    if not starts_anew(ch) or unicodedata.category(ch) not in _ALONE | _SIGNS:
        return False
    if ch > "\uffff" and not ("\U0001f300" <= ch <= "\U0001f9ff" or "\U00020000" <= ch <= "\U0003ffff"):
        return False
    modifier, jamo = "\U0001f3fb" <= ch <= "\U0001f3ff", unicodedata.name(ch, "").startswith("HANGUL JUNGSEONG")
    jamo |= "\u1100" <= ch <= "\u11ff" or "\ua960" <= ch <= "\ua97f" or "\ud7b0" <= ch <= "\ud7ff"
    return not (modifier or jamo or ch in "\r\u0e33\u0eb3\u0d4e")


@cache
def _seconds() -> frozenset[str]:
    """The characters that are joined to one before them."""
    found = {chr(cp) for cp in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))}
    for cp in range(sys.maxunicode + 1):
        decomposed = unicodedata.decomposition(chr(cp))
        if decomposed and not decomposed.startswith("<"):
            found.update(chr(int(part, 16)) for part in decomposed.split()[1:])
    return frozenset(found)
