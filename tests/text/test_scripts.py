"""Scripts: which writing system a character belongs to."""

from __future__ import annotations

import itertools
import unicodedata

import pytest

from corpuscheck.text.scripts import RANGES, SCRIPTS, script_of


@pytest.mark.parametrize(
    ("script", "characters"),
    [
        ("Hangul", "가힣ㄱㅎᄀᆨ"),
        ("Han", "漢々〇㐀豈𠀀"),
        ("Kana", "あアー゛ｱ".replace("゛", "")),
        ("Latin", "azAZéßﬁＡ"),
        ("Cyrillic", "Яяѣ"),
        ("Greek", "Ωαἀ"),
        ("Thai", "กิ์"),
        ("Arabic", "عربي"),
        ("Hebrew", "שלום"),
        ("Devanagari", "हिन्दी"),
        ("other", "1 .,!-€$😀\n٣"),
    ],
)
def test_a_character_belongs_to_its_script(script: str, characters: str) -> None:
    assert {script_of(ord(ch)) for ch in characters} == {script}


def test_ranges_do_not_overlap() -> None:
    assert all(last < first for (_, last, _), (first, _, _) in itertools.pairwise(RANGES))


def test_letters_are_where_their_names_say() -> None:
    named = {name.upper(): name for name in SCRIPTS[1:]} | {"CJK": "Han", "HIRAGANA": "Kana", "KATAKANA": "Kana"}
    wrong = 0
    for code_point in range(0x30000):
        first = unicodedata.name(chr(code_point), "?").split()[0]
        if unicodedata.category(chr(code_point)).startswith("L") and first in named:
            wrong += script_of(code_point) not in (named[first], "Greek")
    assert wrong < 300  # rare letters of later blocks
