"""A character that only a larger set has is no damage; surrogates in UTF-8 are read as they are meant."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from support import LANGUAGES, document_of, documents_in, write_files

from corpuscheck.reading.encodings.decoded import Decoded
from corpuscheck.reading.text import Damage, TextStream

KOREAN, JAPANESE = LANGUAGES["korean"], LANGUAGES["japanese"]


def _decoded(data: bytes, block: int = 1 << 20) -> tuple[str, Decoded, Damage]:
    stream = TextStream(data[k : k + block] for k in range(0, len(data), block))
    text = b"".join(stream).decode()
    return text, stream.decoded, stream.damage


ONLY_IN_2004 = ["鷗", "俱", "噓", "㊿", "ゔ", "か゚", "è", "é", "𠀋", "𡈽", "♨"]
CASES = [
    *((codec, JAPANESE, ch) for codec in ("shift_jis_2004", "euc_jis_2004") for ch in ONLY_IN_2004),
    *(("euc_jis_2004", JAPANESE, ch) for ch in ("①", "Ⅳ", "㈱", "～")),
    *(("big5hkscs", LANGUAGES["chinese_traditional"], ch) for ch in ("啲", "嘅", "咗", "喺", "㗎", "冇")),
    *(("gb18030", LANGUAGES["chinese_simplified"], ch) for ch in ("한", "é", "😀", "ﬂ")),
]


@pytest.mark.parametrize(("codec", "text", "odd"), CASES)
def test_one_character_of_a_larger_set_tells_the_set(codec: str, text: str, odd: str) -> None:
    whole = text * 3 + odd + "\n" + text
    assert _decoded(whole.encode(codec))[::2] == (whole, Damage())


@pytest.mark.parametrize("odd", ["髙", "﨑", "①", "㈱", "～", "－", "∥"])
def test_what_windows_has_stays_its_codec(odd: str) -> None:
    whole = JAPANESE * 3 + odd + "\n" + JAPANESE
    text, decoded, damage = _decoded(whole.encode("cp932"))
    assert (text, decoded.encoding, damage) == (whole, "cp932", Damage())


LATIN = {
    "a passage in English": "This is a passage in English, with nothing else in it.\n",
    "letters of Denmark and Iceland": "æ\nøß\nðæþ\n",
    "full-width": "Ｌａｔｉｎ ｌｅｔｔｅｒｓ\n",
    "numerals": "ⅰ ⅱ ⅲ Ⅳ Ⅴ\n",
}


@pytest.mark.parametrize("passage", LATIN)
@pytest.mark.parametrize("times", [1, 3, 12])
def test_johab_with_a_latin_passage_is_johab(passage: str, times: int) -> None:
    whole = KOREAN + LATIN[passage] * times + KOREAN
    text, decoded, damage = _decoded(whole.encode("johab"))
    assert (text, decoded.encoding, damage) == (whole, "johab", Damage())


def _cesu8(text: str) -> bytes:
    """Each unit of UTF-16 as three bytes of UTF-8, as Oracle and Java write it."""
    units = memoryview(text.encode("utf-16-le")).cast("H")
    return "".join(map(chr, units)).encode("utf-8", "surrogatepass").replace(b"\0", b"\xc0\x80")


@pytest.mark.parametrize("block", [1, 2, 3, 4, 5, 7, 1 << 20])
@pytest.mark.parametrize("text", ["안녕 😀 하세요\n" * 5, "😀", "hello 😀😀\n", "a" * 100 + "𠀋", "가\0나 😀\n"])
def test_surrogates_in_utf8_are_the_characters_they_make(text: str, block: int) -> None:
    odd = sum(ch > "\uffff" or ch == "\0" for ch in text)
    found, decoded, damage = _decoded(_cesu8(text), block)
    assert (found, decoded.encoding) == (text, "utf-8")
    assert damage == Damage(cesu8=odd)


def test_half_a_pair_is_still_damage() -> None:
    data = _cesu8("😀 안녕") + b"\xed\xa0\x80 " + "안녕하세요".encode()
    text, _, damage = _decoded(data)
    assert damage == Damage(3, len(_cesu8("😀 안녕")), 1)
    assert text == "😀 안녕\ufffd\ufffd\ufffd 안녕하세요"


def test_cesu8_is_reported_and_its_text_is_whole(tmp_path: Path) -> None:
    folder = write_files(tmp_path, {"a.txt": _cesu8("안녕 😀 하세요\n" * 50), "b.txt": KOREAN})
    documents, record = documents_in(folder / "a.txt", document="line")
    assert (set(documents), record.cesu8, record.invalid_bytes) == ({"안녕 😀 하세요"}, 50, 0)
    messages = [f["message"] for f in document_of(folder)["findings"] if f["rule"] == "CC102"]
    assert len(messages) == 1
    assert "CESU-8 in 1 file: 50" in messages[0]


LEGACY = [
    ("thai", "tis_620"), ("thai", "cp874"), ("thai", "iso8859_11"), ("korean", "iso2022_kr"),
    *itertools.product(["japanese"], ["iso2022_jp", "iso2022_jp_2", "iso2022_jp_ext"]),
    ("chinese_simplified", "hz"), ("russian", "mac_cyrillic"), ("greek", "mac_greek"), ("french", "mac_roman"),
    ("french", "cp500"), ("french", "cp850"), ("french", "cp037"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "codec"), LEGACY)
def test_further_codecs_give_back_the_text(language: str, codec: str) -> None:
    text = LANGUAGES[language].encode(codec, "ignore").decode(codec)
    found, _, damage = _decoded(text.encode(codec))
    assert (found, damage) == (text, Damage())
