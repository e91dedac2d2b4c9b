"""Debris and shapes of personal data, case by case: what is found, and what only looks like it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from laws import examples
from support import without_the_compiler

from corpuscheck.kernels.columns import COLUMNS, DEBRIS, FIRST_DEBRIS, FIRST_PII, PII, PII_EMAIL
from corpuscheck.kernels.debris import TAGS, find_debris, packed_names, triggers
from corpuscheck.reading.batch import batch_of

pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered")

NAMES = {FIRST_DEBRIS + 2 * k: name for k, name in enumerate(DEBRIS)} | {
    FIRST_PII + k: name for k, name in enumerate(PII)
}

Found = list[tuple[str, str]]


def forms(kernel: Any) -> list[Callable[..., Any]]:
    """The kernel as compiled, and the Python it was compiled from."""
    return [kernel, getattr(kernel, "py_func", kernel)]


def look(text: str, kernel: Callable[..., Any] = find_debris) -> tuple[Found, list[int]]:
    """What is found, as (kind, piece) in the order of the text, and the row of counts."""
    batch = batch_of([text.encode()])
    rows, spans = np.zeros((1, COLUMNS), np.int64), np.zeros((len(batch.data) + 1, 4), np.int64)
    n = kernel(batch.data, batch.starts, batch.ends, triggers(), packed_names(TAGS), rows, spans)
    found = [(NAMES[column], text.encode()[a:b].decode()) for a, b, _, column in spans[:n].tolist()]
    return found, rows[0].tolist()


# kind, text, and the pieces that are found in it
CASES: list[tuple[str, str, list[str]]] = [
    ("markup", "<b>굵은</b> 글", ["<b>", "</b>"]),
    ("markup", "<br>", ["<br>"]),
    ("markup", "끝<BR/>", ["<BR/>"]),
    ("markup", '<a href="/x">가</a>', ['<a href="/x">', "</a>"]),
    ("markup", "<div><p>가</p></div>", ["<div>", "<p>", "</p>", "</div>"]),
    ("markup", "<p\nclass=x>가", ["<p\nclass=x>"]),
    ("markup", "<blockquote>가</blockquote>", ["<blockquote>", "</blockquote>"]),
    ("markup", "<figcaption>가 <h1>나", ["<figcaption>", "<h1>"]),
    ("markup", "<!-- 말 -->본문<!DOCTYPE html>", ["<!-- 말 -->", "<!DOCTYPE html>"]),
    ("markup", '<?xml version="1.0"?>본문', ['<?xml version="1.0"?>']),
    ("markup", "가<ref name=x>나</ref><references/>", ["<ref name=x>", "</ref>", "<references/>"]),
    ("markup", "<IBM> <김철수> <quote> <brr> <blockquot>", []),
    ("markup", "a < b > c, 3<5, x<y, i <= n, <3, <>, <", []),
    ("markup", "<div class='x'", []),
    ("markup", "<b <i>가", ["<i>"]),
    ("markup", "<!-- 끝이 없다", []),
    ("markup", "<p" + "x" * 30 + ">", []),
    ("entities", "&nbsp;가&amp;나&#160;다&#xA0;", ["&nbsp;", "&amp;", "&#160;", "&#xA0;"]),
    ("entities", "R&D, A & B, AT&T; &, &; &#; &amp 나", []),
    ("entities", "&lt;p&gt;", ["&lt;", "&gt;"]),
    ("URLs", "https://ko.example.org/a?b=c#d", ["https://ko.example.org/a?b=c#d"]),
    ("URLs", "주소는 http://example.com/입니다", ["http://example.com/"]),
    ("URLs", "주소는http://example.com에서", ["http://example.com"]),
    ("URLs", "(see https://example.com/a_(b)).", ["https://example.com/a_(b"]),
    ("URLs", "HTTPS://EXAMPLE.COM, then ftp://x.org.", ["HTTPS://EXAMPLE.COM", "ftp://x.org"]),
    ("URLs", "Sourcehttps://example.com", ["https://example.com"]),
    ("URLs", "www.example.com은, WWW.Example.com!", ["www.example.com", "WWW.Example.com"]),
    ("URLs", "awww.sweet.com, www., www.한글, 12://34, //a, c://x", []),
    ("URLs", "ดู https://example.comครับ", ["https://example.com"]),
    ("e-mail addresses", "me@example.com", ["me@example.com"]),
    ("e-mail addresses", "메일:first.last+x@mail.co.kr로 보내", ["first.last+x@mail.co.kr"]),
    ("e-mail addresses", "Write to me@example.com.", ["me@example.com"]),
    ("e-mail addresses", "@home, a@b, me@, me@example., a@b.1, 3 @ 4.50, @a.com", []),
    ("e-mail addresses", "<b>me@x.org</b>", ["me@x.org"]),
    ("e-mail addresses", "-----me@x.org", ["me@x.org"]),
    ("e-mail addresses", "a@b.com@c.com", ["a@b.com"]),
    ("symbol runs", "-----", ["-----"]),
    ("symbol runs", "가====나", []),
    ("symbol runs", "가=====나★★★★★", ["=====", "★★★★★"]),
    ("symbol runs", "-=-=-=-= ..... ㅋㅋㅋㅋㅋㅋ", []),
    ("Korean mobile number", "문의:010-1234-5678로", ["010-1234-5678"]),
    ("Korean mobile number", "01012345678", ["01012345678"]),
    ("Korean mobile number", "전화01012345678 3번, 011-123-4567", ["01012345678", "011-123-4567"]),
    ("Korean mobile number", "010.1234.5678 010 1234 5678", ["010.1234.5678", "010 1234 5678"]),
    ("Korean mobile number", "01094307324 031-4697-1133", ["01094307324"]),
    ("Korean mobile number", "1010-1234-5678 010-1234-56789 010-1234-5678-9 v010-1234-5678 0101234567", []),
    ("Korean landline number", "(02-123-4567) 031-1234-5678번", ["02-123-4567", "031-1234-5678"]),
    ("Korean landline number", "022-123-4567 02-12-4567 02.123.4567", []),
    ("Korean resident number with a true date", "901231-1234567", ["901231-1234567"]),
    ("Korean resident number with a true date", "901331-1234567 900230-1234567 901231-9234567", []),
    ("Korean resident number", "주민901331-1234567은", ["901331-1234567"]),
    ("Korean resident number", "901331-0234567 9013311-234567", []),
    ("payment card number", "4111 1111 1111 1111", ["4111 1111 1111 1111"]),
    ("payment card number", "카드4111-1111-1111-1111로", ["4111-1111-1111-1111"]),
    ("payment card number", "4111111111111111 3 times", ["4111111111111111"]),
    ("payment card number", "4111111111111112 1111111111111117 4111-1111-1111-1111-1", []),
    ("US social security number", "123-45-6789.", ["123-45-6789"]),
    ("US social security number", "000-45-6789 666-45-6789 912-45-6789 123-00-6789 123-45-0000", []),
    ("telephone number", "+82-10-1234-5678", ["+82-10-1234-5678"]),
    ("telephone number", "call (801) 596-1887, 1-800-422-6237.", ["801) 596-1887", "1-800-422-6237"]),
    ("telephone number", "(801 596-1887) 801) 596-1887 (1999) 123-4567 (801) 96-1887 (801) 596-18877", []),
    ("Korean landline number", "(02) 123-4567, 031)1234-5678로", ["02) 123-4567", "031)1234-5678"]),
    ("e-mail address", '<a href="mailto:kim@example.org">글</a>', ["kim@example.org"]),
    ("markup", "<ockquote>", []),
    ("telephone number", "+82 10-1234-5678로", ["+82 10-1234-5678"]),
    ("telephone number", "+1 (415) 555-2671", ["+1 (415) 555-2671"]),
    ("telephone number", "+821012345678, +33 1 23 45 67 89", ["+821012345678", "+33 1 23 45 67 89"]),
    ("telephone number", "전화 +49 30 123456 2 mal", ["+49 30 123456"]),
    ("telephone number", "415-555-2671", ["415-555-2671"]),
    ("telephone number", "+10 2020-01-02 +5 % a+82-10-1234-5678 + +", []),
    ("IPv4 address", "서버 192.168.10.10에서", ["192.168.10.10"]),
    ("IPv4 address", "256.168.10.10 1.2.3.4 192.168.10 192.168.10.10.1", []),
]


@pytest.mark.parametrize(("kind", "text", "pieces"), CASES, ids=[f"{kind}: {text[:24]}" for kind, text, _ in CASES])
def test_what_is_found_and_what_only_looks_like_it(kind: str, text: str, pieces: list[str]) -> None:
    for around in ("{}", "앞 {}", "{} 뒤", "\n{}\n", "가 {}\n"):
        found, _ = look(around.format(text))
        assert [piece for name, piece in found if name == kind] == pieces, around


@pytest.mark.parametrize(
    "decoy",
    [
        "2024-01-15", "2024.01.15.", "1999-2000", "ISBN 978-89-1234-567-8", "3.141592653589793", "v1.2.3",
        "제12조 제3항", "제750조의2", "2012다12345", "ORD-123456789012", "1588 1234", "100-200", "12:34:56", "1/2/2024",
        "0.1.2.3", "1990 1991 1992 1993", "64-bit", "1e-10", "1,234,567원",
    ],
)  # fmt: skip
def test_numbers_that_are_nobodys(decoy: str) -> None:
    for text in (decoy, f"가{decoy}나", f"see {decoy}, and"):
        assert look(text)[0] == []


PIECES = st.sampled_from([
    "<b>", "</div>", "<", ">", "&amp;", "&", "http://a.bc", "://", "www.", "www.ab.cd", "a@b.cd", "@", ".", "-----",
    "010-1234-5678", "+82 10-1234-5678", "4111111111111111", "123-45-6789", "10.20.30.40", "가", " ", "\n", "a", "1",
    "=", "★★★★★",
])  # fmt: skip


@examples(150)
@example(parts=["010-1234-5678", "@", "www.ab.cd"])
@given(parts=st.lists(PIECES, max_size=14))
def test_compiled_or_not_nothing_overlaps_and_the_counts_are_those_of_the_places(parts: list[str]) -> None:
    text = "".join(parts)
    (found, row), *others = [look(text, kernel) for kernel in forms(find_debris)]
    assert all(other == (found, row) for other in others)
    for column, name in NAMES.items():
        pieces = [piece for kind, piece in found if kind == name]
        if column < FIRST_PII:
            assert row[column : column + 2] == [len(pieces), sum(len(piece.encode()) for piece in pieces)]
        elif column != FIRST_PII + PII_EMAIL:
            assert row[column] == len(pieces)
    inside = [piece for kind, piece in found if kind == NAMES[FIRST_PII + PII_EMAIL]]
    assert row[FIRST_PII + PII_EMAIL] == sum(kind == "e-mail addresses" for kind, _ in found) + len(inside)
    assert all(any(piece in other for kind, other in found if kind in ("markup", "URLs")) for piece in inside)
    for kinds in (DEBRIS, [name for name in PII if name != PII[PII_EMAIL]]):  # a number may stand in an address
        alone = [piece for kind, piece in found if kind in kinds]
        assert re.fullmatch(".*?".join(["", *map(re.escape, alone), ""]), text, re.S)


@examples(60)
@given(lines=st.lists(st.lists(PIECES.filter(lambda p: p != "\n"), max_size=5).map("".join), max_size=6))
def test_lines_together_hold_what_they_hold_alone(lines: list[str]) -> None:
    """Text without a tag, or a run of spaces, that goes over a line end: wherever it is cut at one, counts add up."""
    lines = [line.replace("<", "") for line in lines]
    alone = np.array([look(line)[1] for line in lines] or [[0] * COLUMNS]).sum(0)
    assert look("\n".join(lines))[1] == alone.tolist()


@pytest.mark.thorough
def test_nothing_changes_without_the_compiler() -> None:
    without_the_compiler("test_debris.py", "test_document_rules.py")
