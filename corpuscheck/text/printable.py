"""The one door through which corpus text, file names and messages reach a screen, a log or a report."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_LIMIT = 120

_COMMAND = re.compile(r"##(?=[a-z]*\[)", re.IGNORECASE)
"""``##[error]`` and ``##vso[...]`` are commands to the runners of continuous integration, anywhere in a line."""

_LINE_COMMAND = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
"""``::error::`` is one where a line begins with it."""


_UNMARKED = re.compile("[\u034f\u115f\u1160\u2800\u3164\ufe00-\ufe0f\uffa0]")
"""What takes part in text but leaves no mark."""


def _shown(ch: str) -> str:
    cp = ord(ch)
    category = unicodedata.category(ch)
    if 0xDC80 <= cp <= 0xDCFF:  # an undecodable byte of a file name
        return f"\\x{cp - 0xDC00:02x}"
    if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return f"\\u{cp:04x}" if cp <= 0xFFFF else f"\\U{cp:08x}"
    return f"\\u{cp:04x}" if _UNMARKED.match(ch) else ch


def printable(text: str, limit: int = _LIMIT) -> str:
    """`text` with everything that could steer a terminal or hide written out, cut to `limit` characters.

    Control characters, bidirectional and zero-width formatting, surrogates, private-use and unassigned
    code points and invisible fillers become ``\\uXXXX``; undecodable bytes of file names ``\\xNN``. What is a command
    to a runner of continuous integration is broken up in the same way.
    """
    cut = text[: limit + 1]
    kept = cut if len(text) <= limit else cut[: limit - 1]
    shown = kept if kept.isprintable() and not _UNMARKED.search(kept) else "".join(map(_shown, kept))
    return without_commands(shown if len(text) <= limit else shown + "…")


def without_commands(text: str) -> str:
    """The same with what is a command wherever it stands broken up: ``#\\u0023[error]``, in JSON the same text."""
    return _COMMAND.sub(r"#\\u0023", text) if "##" in text else text


def guarded(text: str) -> str:
    """Finished lines, for a screen or a log, without commands: neither inside nor at the beginning of one."""
    return _LINE_COMMAND.sub(r"\1\\u003a", without_commands(text))


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
    """The Unicode name: CJK UNIFIED IDEOGRAPH-91CE, HANGUL SYLLABLE HIM; of a control its alias, LINE FEED.

    What has neither gets the label that Unicode gives it: <private-use-E000>, <noncharacter-FFFE>, <reserved-0378>.
    """
    return unicodedata.name(ch, "") or _derived(ord(ch)) or _aliases().get(ch, "") or _label(ord(ch))


_DERIVED = (
    (0x17000, 0x187F7, "TANGUT IDEOGRAPH"),
    (0x18B00, 0x18CD5, "KHITAN SMALL SCRIPT CHARACTER"),
    (0x18D00, 0x18D08, "TANGUT IDEOGRAPH"),
    (0x1B170, 0x1B2FB, "NUSHU CHARACTER"),
)
"""Ranges whose names are made from code points, and which not every version of Python knows."""


def _derived(cp: int) -> str:
    return next((f"{name}-{cp:04X}" for first, last, name in _DERIVED if first <= cp <= last), "")


@cache
def _aliases() -> dict[str, str]:
    """Controls have no names; Unicode's NameAliases gives them these."""
    return {unicodedata.lookup(alias): alias for alias in _CONTROLS}


_CONTROLS = (
    "NULL", "START OF HEADING", "START OF TEXT", "END OF TEXT", "END OF TRANSMISSION", "ENQUIRY", "ACKNOWLEDGE",
    "ALERT", "BACKSPACE", "CHARACTER TABULATION", "LINE FEED", "LINE TABULATION", "FORM FEED", "CARRIAGE RETURN",
    "SHIFT OUT", "SHIFT IN", "DATA LINK ESCAPE", "DEVICE CONTROL ONE", "DEVICE CONTROL TWO", "DEVICE CONTROL THREE",
    "DEVICE CONTROL FOUR", "NEGATIVE ACKNOWLEDGE", "SYNCHRONOUS IDLE", "END OF TRANSMISSION BLOCK", "CANCEL",
    "END OF MEDIUM", "SUBSTITUTE", "ESCAPE", "INFORMATION SEPARATOR FOUR", "INFORMATION SEPARATOR THREE",
    "INFORMATION SEPARATOR TWO", "INFORMATION SEPARATOR ONE", "DELETE", "PADDING CHARACTER", "HIGH OCTET PRESET",
    "BREAK PERMITTED HERE", "NO BREAK HERE", "INDEX", "NEXT LINE", "START OF SELECTED AREA", "END OF SELECTED AREA",
    "CHARACTER TABULATION SET", "CHARACTER TABULATION WITH JUSTIFICATION", "LINE TABULATION SET",
    "PARTIAL LINE FORWARD", "PARTIAL LINE BACKWARD", "REVERSE LINE FEED", "SINGLE SHIFT TWO", "SINGLE SHIFT THREE",
    "DEVICE CONTROL STRING", "PRIVATE USE ONE", "PRIVATE USE TWO", "SET TRANSMIT STATE", "CANCEL CHARACTER",
    "MESSAGE WAITING", "START OF GUARDED AREA", "END OF GUARDED AREA", "START OF STRING",
    "SINGLE GRAPHIC CHARACTER INTRODUCER", "SINGLE CHARACTER INTRODUCER", "CONTROL SEQUENCE INTRODUCER",
    "STRING TERMINATOR", "OPERATING SYSTEM COMMAND", "PRIVACY MESSAGE", "APPLICATION PROGRAM COMMAND",
)  # fmt: skip


def _label(cp: int) -> str:
    category = unicodedata.category(chr(cp))
    if category == "Cn":
        kind = "noncharacter" if 0xFDD0 <= cp <= 0xFDEF or cp & 0xFFFE == 0xFFFE else "reserved"
    else:
        kind = {"Co": "private-use", "Cs": "surrogate"}.get(category, "control")
    return f"<{kind}-{cp:04X}>"
