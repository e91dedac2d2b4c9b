"""Escapes that were never resolved, and letters that became question marks."""

from __future__ import annotations

import quopri
import urllib.parse
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import document_of, korean_lines, write_files

from corpuscheck.reading.encodings.escapes import MAY_HOLD, unescaped
from corpuscheck.reading.encodings.question_marks import replaced_letters

KOREAN = "안녕하세요 반갑습니다"
FRENCH = "Le café est déjà fermé"


def _entities(text: str, form: str) -> str:
    return "".join(form.format(ord(ch)) if ch > "\x7f" else ch for ch in text)


ESCAPED = {
    "bytes of UTF-8": (str(KOREAN.encode()), KOREAN),
    "bytes of UTF-8 in French": (str(FRENCH.encode()), FRENCH),
    "bytes of CP949": (str(KOREAN.encode("cp949")), KOREAN),
    "bytes in a line": (r"제목 \xec\x95\x88\xeb\x85\x95 끝", "제목 안녕 끝"),
    "octal bytes, as git writes them": (r"\354\225\210\353\205\225.txt", "안녕.txt"),
    "a text of \\u": (KOREAN.encode("unicode_escape").decode(), KOREAN),
    "\\xe9 in words": (FRENCH.encode("unicode_escape").decode(), FRENCH),
    "surrogates": (r"좋아요 \ud83d\ude00", "좋아요 😀"),
    "\\U": (r"\U0001F600 하하", "😀 하하"),
    "decimal entities": (_entities(KOREAN, "&#{};"), KOREAN),
    "hexadecimal entities": (_entities(KOREAN, "&#x{:X};"), KOREAN),
    "entities in words": ("caf&#233; d&#233;j&#224; vu", "café déjà vu"),
    "percent": (urllib.parse.quote(KOREAN), KOREAN),
    "quoted-printable": (quopri.encodestring("안녕하세요".encode()).decode(), "안녕하세요"),
    "quoted-printable of CP949": (quopri.encodestring(KOREAN.encode("cp949")).decode(), KOREAN),
    "a header of mail": ("=?UTF-8?B?7JWI64WV?=", "안녕"),
    "R on Windows": ("<U+C548><U+B155>", "안녕"),
    "R, bytes": ("<ec><95><88><eb><85><95>", "안녕"),
    "SentencePiece bytes": ("<0xEC><0x95><0x88>하세요", "안하세요"),
    "UTF-7": ("+vBisEcK1ssiy5A- !", "반갑습니다 !"),
    "a line end": (r"첫 줄이다.\n둘째 줄이다.", "첫 줄이다.\n둘째 줄이다."),
    "line ends of Windows": (r"첫 줄\r\n둘째 줄", "첫 줄\n둘째 줄"),
    "a line end in English": (r"The first.\n\nThe second.", "The first.\n\nThe second."),
    "spreadsheet": ("끝_x000D_", "끝\r"),
    "both": (KOREAN.encode("unicode_escape").decode() + r"\n끝", KOREAN + "\n끝"),
}


@pytest.mark.parametrize("row", ESCAPED)
def test_escapes_are_found_and_resolved(row: str) -> None:
    line, meant = ESCAPED[row]
    assert MAY_HOLD.search(line)
    found = unescaped(line)
    assert found is not None
    assert found.text == meant


@pytest.mark.parametrize(
    "line",
    [
        r'print("a\n")', r"split('\n')", r"C:\new\table", r"\nabla f \neq 0", r"use \n to end a line", r"[^\n]*",
        r"[\u4e00-\u9fff]", r"\r\n or \n", r"f'{a}\n{b}'", r"\x1b[0m", "https://ko.wikipedia.org/wiki/%EC%95%88",
        "q=%EC%95%88%EB%85%95", "100%25", "x=AB=CD", "R&#39;s", "a &#8212; b", "<b2><b3>", "C++ and C+abcdef-g",
        r"\alpha\beta", r"D:\공유\자료", "50% EC", "a_x000_b",
    ],
)  # fmt: skip
def test_texts_about_programs_and_addresses_are_left_alone(line: str) -> None:
    assert unescaped(line) is None


@given(st.text("\\xu0123eé&#;%=<>U+?_bnr'\"-", max_size=40))
def test_any_text_is_judged_without_an_error(line: str) -> None:
    unescaped(line)
    replaced_letters(line)


@pytest.mark.parametrize(
    "line",
    ["??? ??", "????? ??? ?????????.", "???????, ???! ??? ????", "d?j? vu, caf? cr?me", "Yar?n ya?mur ya?acak",
     "?? ????? 2024? ??? ?????"],
)  # fmt: skip
def test_letters_replaced_by_question_marks(line: str) -> None:
    assert replaced_letters(line)


@pytest.mark.parametrize(
    "line",
    ["???", "뭐야??", "뭐야?진짜? 왜?그래", "what??? no???", "really? yes? ?", "http://a.b/c?d=e f?g=h", "? ? ?",
     "뭐??? ??? 진짜", "is it?or not", "何?何?", "a?b:c"],
)  # fmt: skip
def test_questions_are_questions(line: str) -> None:
    assert not replaced_letters(line)


def test_a_scan_reports_both_with_their_share_and_an_example(tmp_path: Path) -> None:
    lines = [*korean_lines(96), r"\uc548\ub155\ud558\uc138\uc694", "=EC=95=88=EB=85=95", "??? ????", "?? ???? ??."]
    document = document_of(write_files(tmp_path, {"a.txt": "\n".join(lines)}))
    findings = {finding["rule"]: finding["message"] for finding in document["findings"]}
    assert findings["CC116"].startswith("2.0 % of the lines looked at hold escapes")
    assert "안녕" in findings["CC116"]
    assert findings["CC117"].startswith("2.0 % of the lines looked at have ? in the place of letters")
    characters = document["characters"]
    assert characters["escapes"]["lines_looked_at"] == characters["question_marks"]["lines_looked_at"] == 100


def test_clean_text_has_neither(tmp_path: Path) -> None:
    document = document_of(write_files(tmp_path, {"a.txt": "\n".join(korean_lines(100))}))
    assert not {"CC110", "CC116", "CC117"} & {finding["rule"] for finding in document["findings"]}
