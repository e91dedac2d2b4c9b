"""Decoding: what the bytes are, and where they are broken. Score: decodes to the same text."""

from __future__ import annotations

import io
import itertools
import sqlite3
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import examples
from support import LANGUAGES

from corpuscheck.reading.encodings.decoded import UNCERTAIN, Decoded
from corpuscheck.reading.encodings.decoding import detect, settled
from corpuscheck.reading.text import Damage, TextStream
from corpuscheck.settings import HINTS

KOREAN = LANGUAGES["korean"]
MIB = 1 << 20


def _decoded(data: bytes, block: int = MIB) -> tuple[str, Decoded, Damage]:
    stream = TextStream(data[k : k + block] for k in range(0, len(data), block))
    text = b"".join(stream).decode()
    return text, stream.decoded, stream.damage


CODECS = [
    ("korean", "cp949"), ("korean", "euc_kr"), ("korean", "utf-8"), ("korean", "utf-8-sig"), ("korean", "iso2022_kr"),
    ("korean", "utf-16"), ("korean", "utf-16-le"), ("korean", "utf-16-be"), ("korean", "utf-32"),
    ("korean", "utf-32-le"), ("korean", "utf-32-be"), ("korean", "johab"),
    ("japanese", "cp932"), ("japanese", "shift_jis"), ("japanese", "euc_jp"), ("japanese", "iso2022_jp"),
    ("japanese", "utf-16-le"), ("japanese", "utf-16-be"),
    ("chinese_simplified", "gb18030"), ("chinese_simplified", "gb2312"), ("chinese_simplified", "hz"),
    ("chinese_simplified", "utf-16-be"), ("chinese_traditional", "big5"), ("chinese_traditional", "gb18030"),
    ("russian", "koi8-r"), ("russian", "cp1251"), ("russian", "cp866"), ("russian", "iso8859-5"),
    ("russian", "utf-16-le"), ("french", "cp1252"), ("french", "utf-16-le"), ("portuguese", "cp1252"),
    ("portuguese", "iso8859-1"), ("polish", "cp1250"), ("polish", "iso8859-2"), ("greek", "cp1253"),
    ("greek", "iso8859-7"), ("hebrew", "cp1255"), ("arabic", "cp1256"), ("thai", "tis-620"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "codec"), CODECS)
def test_every_common_codec_gives_back_the_text(language: str, codec: str) -> None:
    text = LANGUAGES[language]
    found, decoded, damage = _decoded(text.encode(codec))
    assert found == text
    assert damage == Damage()
    assert decoded.confidence >= UNCERTAIN
    "".encode(decoded.encoding)  # a Python codec


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("length", [100, 150, 300, 1500])
@pytest.mark.parametrize("language", ["korean", "japanese", "chinese_simplified", "chinese_traditional", "russian"])
def test_utf16_of_any_length_without_a_mark(language: str, length: int, codec: str) -> None:
    text = LANGUAGES[language][:length]
    for some in (text, text.replace("\n", "").replace(" ", "") if "ese" in language else text):
        assert _decoded(some.encode(codec))[:1] == (some,)


@pytest.mark.parametrize("text", ["hello", "an id 12", "hello world, this is text\n", "word " * 12])
@pytest.mark.parametrize("at", [0, 1, 4, 5])
def test_one_nul_in_a_short_text_is_a_character(text: str, at: int) -> None:
    data = (text[:at] + "\0" + text[at:]).encode()
    assert _decoded(data + b" and more")[1].encoding == "ascii"


def test_a_mark_of_utf8_before_another_encoding_is_a_wrong_declaration() -> None:
    stream = TextStream([b"\xef\xbb\xbf" + KOREAN.encode("cp949")])
    list(stream)
    assert stream.declared == "utf-8 (BOM)"


@pytest.mark.parametrize(("language", "codec"), CODECS)
def test_line_ends_and_a_head_in_ascii_change_nothing(language: str, codec: str) -> None:
    text = "id,name,text\r\n" + LANGUAGES[language].replace("\n", "\r\n")
    assert _decoded(text.encode(codec))[0] == text


@pytest.mark.parametrize("codec", ["cp949", "cp932", "gb18030", "big5", "koi8-r", "cp1252"])
def test_legacy_text_after_megabytes_of_ascii(codec: str) -> None:
    of = {"cp932": "japanese", "gb18030": "chinese_simplified", "big5": "chinese_traditional", "koi8-r": "russian"}
    text = "2024-05-01 00:00:00 INFO nothing happened\n" * 60_000 + LANGUAGES[of.get(codec, "french")] * 3
    text = text.replace(LANGUAGES["french"], KOREAN) if codec == "cp949" else text
    found, _, damage = _decoded(text.encode(codec))
    assert damage.invalid_bytes == 0
    assert found == text


# Rows of the table of hard inputs: the encoding, and the text.
ANSI = b"\x1b[32mINFO\x1b[0m started\n" * 40
DECLARED = '<html><head><meta charset="euc-kr"></head><body>plain words</body></html>\n'
ANTHEM = "동해물과 백두산이 마르고 닳도록\n" * 8 + "짤\n"
MOJIBAKE = KOREAN.encode().decode("latin-1")
HARD: dict[str, tuple[bytes, str, str]] = {
    "rare syllables in CP949": ("똠방각하\n".encode("cp949"), "cp949", "똠방각하\n"),
    "a CSV that repeats one word": (
        b"id,city\r\n" + b"".join(f"{n},서울\r\n".encode("cp949") for n in range(300)),
        "cp949",
        "id,city\r\n" + "".join(f"{n},서울\r\n" for n in range(300)),
    ),
    "a CP949 line that would be UTF-8 too": (ANTHEM.encode("cp949"), "cp949", ANTHEM),
    "UTF-8 mark before CP949": (b"\xef\xbb\xbf" + KOREAN.encode("cp949"), "cp949", KOREAN),
    "two marks": (b"\xef\xbb\xbf" * 2 + KOREAN.encode(), "utf-8", "\ufeff" + KOREAN),
    "text with one NUL": (KOREAN.encode() + b"\x00" + KOREAN.encode(), "utf-8", KOREAN + "\x00" + KOREAN),
    "CP949 with one NUL": (KOREAN.encode("cp949") + b"\x00", "cp949", KOREAN + "\x00"),
    "ASCII with one NUL": (b"a few words " * 20 + b"\x00", "ascii", "a few words " * 20 + "\x00"),
    "log with ANSI colours": (ANSI, "ascii", ANSI.decode()),
    "declaration on ASCII": (DECLARED.encode(), "ascii", DECLARED),
    "wrong declaration": ((DECLARED + KOREAN).encode(), "utf-8", DECLARED + KOREAN),
    "UTF-8 that holds mojibake": (MOJIBAKE.encode(), "utf-8", MOJIBAKE),
    "no-break spaces": ("a\xa0b\xa0c\n".encode(), "utf-8", "a\xa0b\xa0c\n"),
    "tildes and braces": (b"f~{x} and ~{y}\n" * 20, "ascii", "f~{x} and ~{y}\n" * 20),
}


@pytest.mark.parametrize("row", HARD)
def test_hard_input(row: str) -> None:
    data, encoding, text = HARD[row]
    found, decoded, damage = _decoded(data)
    assert (found, decoded.encoding) == (text, encoding)
    assert damage.invalid_bytes == 0
    if row == "UTF-8 mark before CP949":
        assert "stray" in decoded.how


def test_portuguese_capitals_are_no_hangul() -> None:
    assert detect("INFORMAÇÕES\nATENÇÃO\n".encode("cp1252") * 9).encoding != "cp949"


def test_nothing_is_empty() -> None:
    assert detect(b"").encoding == "empty"


@pytest.mark.parametrize(
    ("text", "codec", "hint"),
    [
        ("東京", "euc_jp", "ja"), ("東京", "cp932", "ja"), ("日本", "euc_jp", "ja"), ("日本", "cp932", "ja"),
        ("水", "euc_jp", "ja"), ("가", "cp949", "ko"), ("да", "cp1251", "ru"),
    ],
)  # fmt: skip
def test_a_hint_settles_what_is_uncertain_by_the_codec_that_fits_best(text: str, codec: str, hint: str) -> None:
    data = text.encode(codec)
    uncertain = replace(detect(data), confidence=0.1, encoding="cp1252")
    assert data.decode(settled(uncertain, data, HINTS[hint], "the hint").encoding) == text


@pytest.mark.parametrize("data", ["가".encode("cp949"), "ㅋㅋㅋ".encode("cp949"), b"\xb0"])
def test_too_little_to_tell_is_uncertain(data: bytes) -> None:
    assert detect(data).confidence < UNCERTAIN
    assert _decoded(data)[1].confidence < UNCERTAIN


def _sqlite() -> bytes:
    with sqlite3.connect(":memory:") as database:
        database.execute("create table t (x text)")
        return database.serialize()


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", KOREAN)
    return out.getvalue()


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = len(KOREAN.encode())
        archive.addfile(info, io.BytesIO(KOREAN.encode()))
    return out.getvalue()


def _npy() -> bytes:
    out = io.BytesIO()
    np.save(out, np.arange(1000))
    return out.getvalue()


NOISE = bytes((n * n * 7 + n // 3) % 256 for n in range(4000))
BINARIES: dict[str, bytes] = {
    "zip": _zip(),
    "png": b"\x89PNG\r\n\x1a\n" + NOISE,
    "sqlite": _sqlite(),
    "npy": _npy(),
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n" + NOISE,
    "NUL bytes": bytes(2048),
    "tar": _tar(),
    "parquet": b"PAR1\x15\x04\x15 plain words" * 20,
    "arrow": b"ARROW1\x00\x00" + b"plain words" * 20,
    "AppleDouble": b"\x00\x05\x16\x07" + NOISE,
    "NUL": b"Mac OS X        " + bytes(60),
    "": NOISE,
}


@pytest.mark.parametrize("kind", BINARIES)
def test_binary(kind: str) -> None:
    text, decoded, _ = _decoded(BINARIES[kind])
    assert (decoded.encoding, text) == ("binary", "")
    assert kind in decoded.how


def _valid_pieces(data: bytes, codec: str) -> Iterator[tuple[int, int]]:
    """(offset, length) of what the codec refuses, by decoding strictly again and again."""
    start = 0
    while True:
        try:
            data[start:].decode(codec)
            return
        except UnicodeDecodeError as error:
            yield start + error.start, error.end - error.start
            start += error.end


def _with(data: bytes, offset: int, bad: bytes) -> bytes:
    return data[:offset] + bad + data[offset:]


LONG = KOREAN * 1000
PLACES = [0, 1, 999, MIB - 4, MIB - 3, MIB - 2, MIB - 1, MIB, MIB + 1, 2 * MIB - 1]


@pytest.mark.few(6)
@pytest.mark.parametrize("place", [*PLACES, 5 * MIB + 7])
@pytest.mark.parametrize("codec", ["utf-8", "cp949"])
def test_damage_is_counted_and_located(place: int, codec: str) -> None:
    data = _with((LONG * (1 + place // (3 * MIB) * 2)).encode(codec), place, b"\xff")
    expected = list(_valid_pieces(data, codec))
    assert expected
    text, decoded, damage = _decoded(data)
    assert decoded.encoding == codec
    assert damage == Damage(sum(length for _, length in expected), expected[0][0])
    assert text == data.decode(codec, "replace")


CJK = [("korean", "cp949"), ("japanese", "cp932"), ("japanese", "euc_jp"), ("chinese_simplified", "gb18030"),
       ("chinese_traditional", "cp950")]  # fmt: skip


@pytest.mark.parametrize(("language", "codec"), CJK)
@pytest.mark.parametrize("line", [0, 1, 3])
def test_one_bad_byte_does_not_change_the_encoding(language: str, codec: str, line: int) -> None:
    lines = (LANGUAGES[language] * 5).splitlines(keepends=True)
    place = len("".join(lines[:line]).encode(codec))
    data = _with("".join(lines).encode(codec), place, b"\x81\n" if codec == "cp932" else b"\xff\n")
    _, decoded, damage = _decoded(data)
    assert decoded.encoding == codec
    assert damage == Damage(1, place)


BAD = {"a stray byte": b"\xff", "overlong": b"\xc0\xaf", "surrogate": b"\xed\xa0\x80", "cut": "가".encode()[:2],
       "above U+10FFFF": b"\xf4\x90\x80\x80", "a lone continuation": b"\x80"}  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("far", [False, True], ids=["early", "past 200 KB"])
def test_damaged_utf8(bad: str, far: bool) -> None:
    text = LONG[:200_000] if far else KOREAN
    data = text.encode() + b"\n" + BAD[bad] + b"\n" + KOREAN.encode()
    found, decoded, damage = _decoded(data)
    assert decoded.encoding == "utf-8"
    assert (damage.invalid_bytes, damage.first_offset) == (len(BAD[bad]), len(text.encode()) + 1)
    assert found == data.decode("utf-8", "replace")


@pytest.mark.parametrize("length", [1, 2])
@pytest.mark.parametrize("text", [KOREAN, "가", LONG[: MIB // 4]], ids=["page", "one syllable", "long"])
def test_utf8_cut_inside_the_last_character(text: str, length: int) -> None:
    data = (text.rstrip("\n.") + "가").encode()[: length - 3]
    found, decoded, damage = _decoded(data)
    assert decoded.encoding == "utf-8"
    assert (damage.invalid_bytes, damage.first_offset) == (length, len(data) - length)
    assert found == data.decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("data", "offset", "count"),
    [
        (KOREAN.encode("utf-16") + b"\x41", 2 + 2 * len(KOREAN), 1),
        (KOREAN.encode("utf-16-le") + b"\x41", 2 * len(KOREAN), 1),
        ("ab".encode("utf-16") + b"\x00\xd8" + KOREAN.encode("utf-16-le"), 6, 2),
        (b"\xfe\xff" + KOREAN.encode("utf-16-be") + b"\xdc\x00\x00a", 2 + 2 * len(KOREAN), 2),
        (LONG.encode("utf-16") + b"\x41", 2 + 2 * len(LONG), 1),
    ],
    ids=["odd byte", "odd byte, no mark", "lone high surrogate", "lone low surrogate", "odd byte after megabytes"],
)
def test_damaged_utf16(data: bytes, offset: int, count: int) -> None:
    text, decoded, damage = _decoded(data)
    assert decoded.encoding.startswith("utf-16")
    assert (damage.first_offset, damage.invalid_bytes) == (offset, count)
    assert text.count("\ufffd") == 1


def _mixed(parts: list[str]) -> bytes:
    return b"".join(part.encode(codec) for part, codec in zip(parts, itertools.cycle(["utf-8", "cp949"]), strict=False))


def test_lines_in_two_encodings() -> None:
    lines = KOREAN.splitlines(keepends=True) * 4
    text, decoded, damage = _decoded(_mixed(lines))
    assert (text, decoded.encoding, decoded.other) == ("".join(lines), "mixed", "cp949")
    assert damage.invalid_bytes == 0


def test_megabytes_of_utf8_then_of_cp949() -> None:
    text, decoded, _ = _decoded(_mixed([LONG, LONG]))
    same = text == LONG * 2  # no difference of megabytes in the report
    assert same
    assert decoded.encoding == "mixed"


@examples(150)
@given(
    st.lists(st.sampled_from([*KOREAN.split(), "\xff", "a", "\x80", "\n", "한"]), min_size=1, max_size=60),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp949"]),
    st.integers(4, 40),
    st.sampled_from([b"", b"\xff", b"\xed\xa0"]),
)
def test_blocks_may_be_cut_anywhere(words: list[str], codec: str, block: int, bad: bytes) -> None:
    data = KOREAN.encode(codec) + " ".join(words).encode(codec.replace("-sig", ""), "ignore") + bad
    whole, decoded, damage = _decoded(data)
    assert _decoded(data, block) == (whole, decoded, damage)


# A dropped byte after which every byte is valid: text, codec, where in its bytes, and where one is left over.
CLOSED_OVER: dict[str, tuple[str, str, str, int, int]] = {
    "half-width kana": ("japanese", "cp932", "近くに古い", 2, 2),
    "full-width letter and kana": ("japanese", "cp932", "くに古い", 1, 2),
    "rare kanji and letter": ("japanese", "cp932", "い時計店が", 2, 4),
    "letter two characters on": ("chinese_traditional", "big5", "全校只有三", 1, 4),
    "rare character and letter": ("chinese_traditional", "big5", "有三十二個", 3, 4),
    "Hong Kong's Big5": ("chinese_traditional", "big5hkscs", "有三十二個", 3, 4),
}


@pytest.mark.parametrize("row", CLOSED_OVER)
@pytest.mark.parametrize("block", [MIB, 777])
def test_a_dropped_byte_that_turns_into_valid_characters(row: str, block: int) -> None:
    language, codec, around, dropped, left = CLOSED_OVER[row]
    whole = (LANGUAGES[language] * 20).encode(codec)
    place = whole.rindex(around.encode(codec))
    data = whole[: place + dropped] + whole[place + dropped + 1 :]
    text = data.decode(codec)  # strictly
    found, _, damage = _decoded(data, block)
    assert damage == Damage(1, place + left)
    assert found == text


# Letters and half-width kana that are meant, each once in a text that has no others.
MEANT = [
    ("japanese", "cp932", "第Ａ級とB級、Tシャツ、X線、霞ｹ関、三ﾂ星、下線部ｱの、やだｧと、ﾃﾚﾋﾞ、はいﾈ。Ｑ&A\n"),
    ("japanese", "cp932", "ﾊﾟｿｺﾝとﾌﾟﾘﾝﾀ、ｺﾋﾟｰの1ｶ月、ﾉ、(ﾟДﾟ)ﾉ\n"),
    ("chinese_traditional", "big5", "維他命C的、甲A組、T恤、K書、很Q的、B超、e化、|、中文]\n"),
]


@pytest.mark.parametrize(("language", "codec", "line"), MEANT)
@pytest.mark.parametrize("times", [1, 20])
def test_letters_that_are_meant_are_no_damage(language: str, codec: str, line: str, times: int) -> None:
    text = LANGUAGES[language] * times + line
    found, _, damage = _decoded(text.encode(codec))
    assert (found, damage) == (text, Damage())


def test_text_full_of_single_letters_tells_nothing() -> None:
    text = LANGUAGES["chinese_traditional"] * 20 + "甲A乙B丙C丁D\n" * 3000
    place = text.rindex("有三十二個") * 2
    data = text.encode("big5")
    stream = TextStream([data[: place - 1], data[place:]], "big5")
    list(stream)
    assert stream.damage.invalid_bytes == 0


@pytest.mark.parametrize("codec", ["utf-16", "utf-32"])
@pytest.mark.parametrize("order", ["", "-le", "-be"])
def test_utf16_that_was_asked_for_needs_no_mark(codec: str, order: str) -> None:
    stream = TextStream([KOREAN.encode(codec + order)], codec)
    assert b"".join(stream).decode() == KOREAN
    assert stream.damage == Damage()


@pytest.mark.parametrize("codec", ["iso2022_jp", "iso2022_kr"])
def test_an_escape_sequence_that_a_block_cuts(codec: str) -> None:
    data = b"plain \x1b" + b"$" * 40 + b"\nplain"
    whole = TextStream([data], codec)
    cut = TextStream([data[:20], data[20:]], codec)
    for stream in (whole, cut):
        text = b"".join(stream).decode()
        assert text.startswith("plain \ufffd")
        assert text.endswith("\nplain")
        assert stream.damage.first_offset == 6
