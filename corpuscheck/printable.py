"""The one door through which corpus text, file names and messages reach a screen, a log or a report."""

from __future__ import annotations

import unicodedata

_JOINERS = {0x200C, 0x200D}
_LIMIT = 120


def _shown(ch: str) -> str:
    cp = ord(ch)
    category = unicodedata.category(ch)
    if 0xDC80 <= cp <= 0xDCFF:  # an undecodable byte of a file name
        return f"\\x{cp - 0xDC00:02x}"
    if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return f"\\u{cp:04x}" if cp <= 0xFFFF else f"\\U{cp:08x}"
    if cp in (0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800, 0x034F) or 0xFE00 <= cp <= 0xFE0F:
        return f"\\u{cp:04x}"  # takes part in text but leaves no mark
    return ch


def printable(text: str, limit: int = _LIMIT) -> str:
    """`text` with everything that could steer a terminal or hide written out, cut to `limit` characters.

    Control characters, bidirectional and zero-width formatting, surrogates, private-use and unassigned
    code points and invisible fillers become ``\\uXXXX``; undecodable bytes of file names ``\\xNN``.
    """
    cut = text[: limit + 1]
    shown = "".join(map(_shown, cut if len(text) <= limit else cut[: limit - 1]))
    return shown if len(text) <= limit else shown + "…"


def codepoint(ch: str) -> str:
    """U+B63B"""
    return f"U+{ord(ch):04X}"


def with_codepoint(ch: str) -> str:
    """The character as it may be shown, and its code point: 똻 (U+B63B)."""
    return f"{printable(ch)} ({codepoint(ch)})"


def shown_or_codepoint(ch: str) -> str:
    """The same; the code point alone of what cannot be seen or cannot stand by itself."""
    alone = printable(ch) == ch and unicodedata.category(ch)[0] not in "MZ"
    return with_codepoint(ch) if alone else codepoint(ch)


def name_of(ch: str) -> str:
    """The Unicode name; control characters, which have none, get their category."""
    return unicodedata.name(ch, "") or {"Cc": "CONTROL CHARACTER", "Co": "PRIVATE USE CHARACTER"}.get(
        unicodedata.category(ch), "UNASSIGNED CODE POINT"
    )


def display_width(text: str) -> int:
    """Terminal columns of already printable text (Hangul, Han and kana take two)."""
    from rich.cells import cell_len

    return cell_len(text)
