from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuscheck.measuring.estimating import find_mojibake
from corpuscheck.profile.mojibake import MojibakePart
from corpuscheck.profile.sample import Sample
from corpuscheck.reading.encodings.declarations import declared, disagrees
from corpuscheck.reading.encodings.mojibake import Repair, named, repair

KOREAN = "한국어 뉴스 기사입니다. 오늘 날씨는 맑습니다."
FRENCH = "Voilà un café très élégant, déjà fermé à Noël."
RUSSIAN = "Сегодня в городе ясная погода."


JAPANESE = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。"
CHINESE = "我们在这里学习中文，今天的天气很好，大家都来了。"
TAIWANESE = "我們在這裡學習中文，今天的天氣很好，大家都來了。"
GREEK = "Σήμερα ο καιρός στην πόλη είναι καλός."
POLISH = "Zażółć gęślą jaźń, dzisiaj świeci słońce."
UKRAINIAN = "Сьогодні в місті гарна погода, а завтра її не буде."

# what was right, what was used, which texts
UTF8_READ_AS = {
    "latin_1": (KOREAN, FRENCH, RUSSIAN, JAPANESE, CHINESE, POLISH, UKRAINIAN, GREEK),
    "cp1252": (FRENCH,),
    "cp1251": ("Сегодня", UKRAINIAN, FRENCH, GREEK),
    "koi8_r": (KOREAN, RUSSIAN, JAPANESE, CHINESE, FRENCH, "Сегодня"),
    "cp866": (KOREAN, RUSSIAN, JAPANESE, CHINESE, FRENCH, "Сегодня"),
    "cp437": (KOREAN, RUSSIAN, JAPANESE, CHINESE, FRENCH, "한국어"),
    "mac_roman": (KOREAN, RUSSIAN, JAPANESE, CHINESE, FRENCH, "한국어"),
    "gbk": (RUSSIAN, UKRAINIAN, GREEK),
}
WHOLE = [(wrong, text) for wrong, texts in UTF8_READ_AS.items() for text in texts]


@pytest.mark.parametrize(("wrong", "text"), WHOLE)
def test_utf8_read_in_a_codec_of_single_bytes_is_taken_back(wrong: str, text: str) -> None:
    found = repair(text.encode().decode(wrong))
    assert found is not None
    assert found.kind == f"UTF-8 read as {named(wrong).replace('Latin-1', 'CP1252')}"
    assert found.text == text


def test_what_the_field_found_is_taken_back() -> None:
    assert repair("РЎРµРіРѕРґРЅСЏ") == Repair("UTF-8 read as CP1251", "Сегодня")


LOSSY = [
    (wrong, text)
    for wrong in ("cp1252", "cp1250", "cp1251", "gbk", "cp932", "cp949")
    for text in (KOREAN, JAPANESE, CHINESE, RUSSIAN, UKRAINIAN)
]


@pytest.mark.parametrize(("wrong", "text"), LOSSY)
def test_utf8_is_seen_though_bytes_of_it_are_lost(wrong: str, text: str) -> None:
    shown = text.encode().decode(wrong, "replace")
    found = repair(shown)
    assert found is not None
    assert found.kind == f"UTF-8 read as {named(wrong)}"
    assert found.text in ("", text)
    if "\ufffd" in shown:
        assert found.text == ""


LEGACY = [
    ("cp1251", "latin_1", RUSSIAN), ("cp1251", "cp1252", RUSSIAN), ("cp1251", "latin_1", "Сегодня"),
    ("cp1251", "latin_1", "Привет, мир"), ("cp1251", "cp1252", UKRAINIAN), ("koi8_r", "cp1251", RUSSIAN),
    ("koi8_r", "latin_1", RUSSIAN), ("cp866", "cp1251", RUSSIAN), ("cp1251", "cp866", RUSSIAN),
    ("cp949", "latin_1", KOREAN), ("cp949", "cp1252", KOREAN), ("cp949", "latin_1", "안녕하세요"),
    ("cp932", "latin_1", JAPANESE), ("cp932", "mac_roman", JAPANESE), ("gbk", "latin_1", CHINESE),
    ("gbk", "cp1252", CHINESE), ("big5", "latin_1", TAIWANESE), ("euc_jp", "latin_1", JAPANESE),
    ("cp1253", "latin_1", GREEK), ("cp949", "gbk", KOREAN),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "text"), LEGACY)
def test_a_legacy_codec_read_as_another_is_taken_back(right: str, wrong: str, text: str) -> None:
    found = repair(text.encode(right).decode(wrong))
    assert found == Repair(f"{named(right)} read as {named(wrong).replace('Latin-1', 'CP1252')}", text)


def test_shift_jis_read_as_cp1252_is_seen_though_bytes_of_it_are_lost() -> None:
    found = repair(JAPANESE.encode("cp932").decode("cp1252", "replace"))
    assert found == Repair("Shift_JIS read as CP1252", "")


def test_utf8_read_as_cp1252_twice_is_taken_back() -> None:
    once = FRENCH.encode().decode("cp1252")
    found = repair(once.encode().decode("latin-1"))
    assert found == Repair("UTF-8 read as CP1252, twice", FRENCH)


def test_two_different_mistakes_are_taken_back() -> None:
    once = RUSSIAN.encode().decode("koi8_r")
    found = repair(once.encode().decode("latin-1"))
    assert found is not None
    assert found.text == RUSSIAN


@pytest.mark.parametrize(
    "codec", ["latin_1", "cp1251", "cp1250", "koi8_r", "cp866", "cp437", "mac_roman", "gbk", "big5", "cp949"]
)
def test_replacement_characters_read_wrongly_have_lost_what_they_stood_for(codec: str) -> None:
    shown = ("\ufffd" * 6).encode().decode(codec)
    found = repair(f"제목: {shown} 끝")
    assert found is not None
    assert found.kind == f"U+FFFD read as {named(codec).replace('Latin-1', 'CP1252')}"
    assert found.text == ""


def test_a_part_of_a_line_is_taken_back_where_the_rest_is_right() -> None:
    found = repair("제목: " + "맛있는 김치찌개".encode().decode("latin_1") + " 입니다")
    assert found == Repair("UTF-8 read as CP1252", "제목: 맛있는 김치찌개 입니다")


def test_an_example_that_can_be_taken_back_comes_first() -> None:
    lost = MojibakePart(1, {"k": 1}, (("a", "x", ""),))
    whole = MojibakePart(1, {"k": 1}, (("b", "y", "meant"),))
    assert lost.merge(whole).examples == whole.merge(lost).examples == (("b", "y", "meant"), ("a", "x", ""))


def test_lines_end_at_a_line_feed_only() -> None:
    lines = [text.encode().decode("latin-1") for text in (KOREAN, "꽅은 낮에 핀다", RUSSIAN)]
    assert any("\x85" in line for line in lines)
    text = "\r\n".join(lines).encode()
    part = find_mojibake(Sample.of(1 << 20, [(1, text, 1, 0)]))
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
        "ПРЕАМБУЛА",
        "МОСКВА. ДОМ ШУЙСКОГО",
        "«Группа В» — 5 В°, ТЁ, Я… МІ НІ",
        "Сьогодні її немає, є лише ґанок",
        "Днес времето в София е хубаво, щастието също.",
        POLISH,
        "ŻÓŁĆ ŻÓŁTY ŹDŹBŁO",
        "Yarın İstanbul'da yağmur yağacak, öğleden sonra güneş çıkacak.",
        "Được rồi, người Việt ở khắp nơi đều thích phở.",
        "ข้อความภาษาไทยที่ถูกต้อง",
        "GODⅰⅱⅲⅳ←→↑↓",
        "ㄴㄱ ㅇ ㄱㄱㅅ ㄴㅇ~~~~",
        "막판 짜릿한 퍼펙트..",
        "탄천",
        "창",
        "鍊藥空求仙，讀書兼詠史。",
        "结尽寸肠千万缕。",
        "│   ├── src │   └── a.py",
        "„Über alles“ — §§ 1–3 … ×××",
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


@pytest.mark.parametrize("times", [1, 30])
@pytest.mark.parametrize(("right", "wrong", "text"), [("utf-8", "latin_1", KOREAN), *LEGACY])
def test_a_long_line_is_taken_back_as_a_whole(right: str, wrong: str, text: str, times: int) -> None:
    long = " ".join([text] * times)
    found = repair(long.encode(right).decode(wrong))
    assert found is not None
    assert found.text == long
