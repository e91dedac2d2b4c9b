"""Tables over all code points: of which kind each is, and what is left of it when its trimmings are taken off."""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np

from corpuscheck.kernels.arrays import CODE_POINTS, Bytes, Flags
from corpuscheck.kernels.columns import (
    BRACES,
    CONTROLS,
    DIGITS,
    LETTERS,
    LINE_ENDS,
    PRIVATE,
    PUNCTUATION,
    REPLACEMENTS,
    SPACES,
    SYMBOLS,
    UNASSIGNED,
)
from corpuscheck.kernels.inspection import IS_JOINING, IS_LATIN, IS_UNREADABLE, KIND_SHIFT, VOICED
from corpuscheck.text.scripts import COMMON, RANGES, script_of

_OF_CATEGORY = {
    "L": 0, "M": 0, "Nd": DIGITS, "Nl": 0, "No": SYMBOLS, "P": PUNCTUATION, "S": SYMBOLS, "Z": SPACES, "Cc": CONTROLS,
    "Cf": SPACES, "Co": PRIVATE, "Cn": UNASSIGNED, "Cs": UNASSIGNED,
}  # fmt: skip

_PLANES = ((0, 0x3400), (0xA000, 0xAC00), (0xD7A4, 0xD800), (0xF900, 0x20000), (0xE0000, 0xE0200))
"""Where code points differ from their neighbours; the rest is Han, Hangul, private or not assigned."""

_BLOCK = 32

_VOICING = {"\u3099": 0x3099, "\u309a": 0x309A, "\uff9e": 0x3099, "\uff9f": 0x309A}
"""Marks that make another kana of the one before, in both widths."""

_TRIMMED = frozenset({"Latin", "Greek", "Cyrillic", "Hebrew", "Arabic", COMMON})
"""Scripts whose marks are trimmings; in all others, as in Thai, Indic scripts and Kana, they are text."""

_HANGUL, _HAN = (0xAC00, 0xD7A4), ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0x20000, 0x323B0))


@cache
def kinds() -> Bytes:
    """uint8 for each code point: the number of a letter's script, or one of the other kinds of `counted`."""
    table = np.full(CODE_POINTS, UNASSIGNED, np.uint8)
    for first, end in (_HANGUL, *_HAN):
        table[first:end] = 0
    for first, end in ((0xE000, 0xF900), (0xF0000, 0xFFFFE), (0x100000, 0x10FFFE)):
        table[first:end] = PRIVATE
    by_category = {
        name: _OF_CATEGORY.get(name, _OF_CATEGORY.get(name[0], 0))
        for name in {unicodedata.category(chr(cp)) for cp in range(0x3400)} | {"Co", "Cs", "Cn", "Cf"}
    }
    for first, end in _PLANES:
        names = map(unicodedata.category, map(chr, range(first, end)))
        table[first:end] = np.fromiter(map(by_category.__getitem__, names), np.uint8, end - first)
    for first, last, script in RANGES:
        span = table[first : last + 1]
        span[span < LETTERS] = script
    table[[ord(ch) for ch in "{}"]] = BRACES
    table[[0x09]] = SPACES
    table[[0x0A, 0x0D]] = LINE_ENDS
    table[0x4DC0:0x4E00] = SYMBOLS
    table[0xFFFD] = REPLACEMENTS
    return table


@cache
def folds() -> Flags:
    """int32 for each code point: its base letter in lower case, a digit as in ASCII; 0 for all that is not text.

    Documents whose letters and digits fold to the same are the same but for case, spaces, punctuation, marks and the
    script of digits; where marks are vowels they stay.
    """
    kind = kinds()
    table = np.zeros(CODE_POINTS, np.int32)
    text = np.flatnonzero((kind < LETTERS) | (kind == DIGITS))
    table[text] = text
    for first, end in _PLANES:
        for block in range(first, end, _BLOCK):
            characters = "".join(map(chr, table[block : min(block + _BLOCK, end)].nonzero()[0] + block))
            if not _plain(characters):
                table[list(map(ord, characters))] = list(map(_base, characters))
    return table


@cache
def characters() -> Flags:
    """int32 for each code point: its fold, its kind, and the flags of `kernels.inspection`."""
    kind, fold = kinds().astype(np.int32), folds()
    table = fold | kind << KIND_SHIFT
    table[(kind >= CONTROLS) & (kind <= REPLACEMENTS)] |= IS_UNREADABLE
    table[0x80:0x100][kind[0x80:0x100] != SPACES] |= IS_LATIN
    table[((fold >= 0x1161) & (fold < 0x11C3)) | (fold == VOICED) | (fold == VOICED + 1)] |= IS_JOINING
    return table


def _plain(characters: str) -> bool:
    """Whether all are letters that are their own base, or digits of ASCII."""
    lowered = characters.lower()
    return (
        (characters.isalpha() or (characters.isascii() and characters.isalnum()))
        and lowered == characters
        and unicodedata.is_normalized("NFKD", characters)
    )


def _base(ch: str) -> int:
    """The letter under the marks; jamo and voicing marks stay, since only together they make a letter."""
    cp = ord(ch)
    if "ᄀ" <= ch <= "ᇿ":
        return cp
    if ch in _VOICING:
        return _VOICING[ch]
    if unicodedata.combining(ch) or unicodedata.category(ch).startswith("M"):
        return 0 if script_of(cp) in _TRIMMED else cp
    if ch.isdecimal():
        return ord("0") + unicodedata.digit(ch)
    whole = unicodedata.normalize("NFKC", ch.lower())
    if script_of(ord(whole[0])) in _TRIMMED:
        whole = "".join(c for c in unicodedata.normalize("NFKD", whole) if not unicodedata.combining(c)) or whole
    return ord(whole[0]) if unicodedata.category(whole[0])[0] in "LN" else 0
