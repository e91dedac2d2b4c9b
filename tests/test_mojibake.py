from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuscheck.measuring.estimating import find_mojibake
from corpuscheck.profile.mojibake import MojibakePart
from corpuscheck.profile.sample import Sample
from corpuscheck.reading.declarations import declared, disagrees
from corpuscheck.reading.mojibake import repair

KOREAN = "한국어 뉴스 기사입니다. 오늘 날씨는 맑습니다."
FRENCH = "Voilà un café très élégant, déjà fermé à Noël."
RUSSIAN = "Сегодня в городе ясная погода."


@pytest.mark.parametrize("text", [KOREAN, FRENCH, RUSSIAN])
def test_utf8_read_as_latin1_is_taken_back(text: str) -> None:
    found = repair(text.encode().decode("latin-1"))
    assert found is not None
    assert found.text == text


def test_utf8_read_as_cp1252_twice_is_taken_back() -> None:
    once = FRENCH.encode().decode("cp1252")
    found = repair(once.encode().decode("latin-1"))
    assert found is not None
    assert (found.kind, found.text) == ("UTF-8 read as CP1252, twice", FRENCH)


def test_cp949_read_as_latin1_is_taken_back() -> None:
    found = repair(KOREAN.encode("cp949").decode("latin-1"))
    assert found is not None
    assert (found.kind, found.text) == ("CP949 read as Latin-1", KOREAN)


def test_utf8_read_as_cp949_is_seen_though_bytes_of_it_are_lost() -> None:
    found = repair(KOREAN.encode().decode("cp949", "replace"))
    assert found is not None
    assert (found.kind, found.text) == ("UTF-8 read as CP949", "")


def test_an_example_that_can_be_taken_back_comes_first() -> None:
    lost = MojibakePart(1, {"k": 1}, (("a", "x", ""),))
    whole = MojibakePart(1, {"k": 1}, (("b", "y", "meant"),))
    assert lost.merge(whole).examples == whole.merge(lost).examples == (("b", "y", "meant"), ("a", "x", ""))


def test_lines_end_at_a_line_feed_only() -> None:
    lines = [text.encode().decode("latin-1") for text in (KOREAN, "꽅은 낮에 핀다", RUSSIAN)]
    assert any("\x85" in line for line in lines)
    text = "\r\n".join(lines).encode()
    part = find_mojibake(Sample(1 << 20, items={(1, text): 1}, groups={(1, text): 0}))
    assert (part.lines, sum(part.found.values())) == (3, 3)


@pytest.mark.parametrize(
    "line",
    [
        KOREAN,
        FRENCH,
        RUSSIAN,
        "plain",
        "Größe: 5 µm ± 2 °C",
        "naïve façade — “quoted”",
        "똠방각하 펲시맨",
        "ÀÉÎÕÜ àéîõü ßñç",
        "日本語のテキスト",
    ],
)
def test_clean_lines_are_left_alone(line: str) -> None:
    assert repair(line) is None


@given(st.text(max_size=60))
def test_any_text_is_judged_without_an_error(line: str) -> None:
    repair(line)


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (b'<html><head><meta charset="euc-kr">', "euc_kr"),
        (b'<META http-equiv="Content-Type" content="text/html; charset=Shift_JIS">', "shift_jis"),
        (b'<?xml version="1.0" encoding="UTF-8"?>', "utf-8"),
        (b"#!/usr/bin/python\n# -*- coding: cp949 -*-\n", "cp949"),
        (b'@charset "windows-1252";', "cp1252"),
        (b"no declaration; charset is not one", ""),
    ],
)
def test_declarations(head: bytes, says: str) -> None:
    assert declared(head) == says


@pytest.mark.parametrize(
    ("says", "encoding", "wrong"),
    [
        ("euc_kr", "cp949", False),
        ("euc_kr", "ascii", True),
        ("iso8859-1", "ascii", False),
        ("utf-16", "ascii", True),
        ("euc_kr", "utf-8", True),
        ("utf-8", "cp949", True),
        ("utf-8", "utf-8", False),
        ("iso8859-1", "cp1252", False),
        ("no-such-codec", "utf-8", True),
        ("", "cp949", False),
        ("utf-8 (BOM)", "cp949", True),
    ],
)
def test_content_decides_and_disagreement_is_told(says: str, encoding: str, wrong: bool) -> None:
    assert disagrees(says, encoding) is wrong
