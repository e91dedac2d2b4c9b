"""Text that a pattern or a decoder could look at again and again: the time grows with the text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from in_time import in_time
from reading_of import read_all

from corpuscheck.settings import Reading

_LETTER = b"From a@b Thu Jan  1 00:00:00 2026\nSubject: x\n"

CASES: dict[str, tuple[str, Callable[[int], bytes], Reading]] = {
    "invalid bytes in UTF-8": ("a.txt", lambda n: b"\xff" * n, Reading(encoding="utf-8")),
    "surrogates in UTF-8": ("a.txt", lambda n: b"\xed\xa0\x80" * n, Reading(encoding="utf-8")),
    "letters without end beside a high byte": ("a.txt", lambda n: b"\xff " + b"a" * n, Reading()),
    "digits after From": ("a.mbox", lambda n: _LETTER + b"\nx\n\nFrom a " + b"1" * n + b"\n\nx", Reading()),
    "parameters of a header": (
        "a.mbox",
        lambda n: _LETTER + b"Content-Type: text/plain" + b"; charset*%d=a" * n + b"\n\nx\n\n" + _LETTER + b"\nx\n",
        Reading(),
    ),
    "spaces in a block": ("a.txt", lambda n: b'<doc id="1">\nx' + b" " * n + b"y\n</doc>\n", Reading()),
    "blocks that never end": ("a.txt", lambda n: b'<doc id="1">\nx\n</doc>\n' + b'<doc id="1">\n' * n, Reading()),
    "tags that never end": (
        "a.txt", lambda n: b"<doc " * n + b'\n<doc id="1">\nx\n</doc>\n', Reading(document="wikiextractor"),
    ),
    "tags that end far away": (
        "a.txt", lambda n: b"<doc \n" * n + b'<doc id="1">\nx\n</doc>\n', Reading(document="wikiextractor"),
    ),
}  # fmt: skip


@pytest.mark.few(5)
@pytest.mark.parametrize("name", CASES)
def test_reading_takes_linear_time(name: str, tmp_path: Path) -> None:
    file, content, settings = CASES[name]
    path = tmp_path / file
    path.write_bytes(content(100_000))
    with in_time():  # of quadratic time it would be minutes
        documents, records = read_all(path, settings)
    assert documents
    assert records[0].status == "measured"


@pytest.mark.parametrize("charset", ["idna", "undefined", "rot13", "nonsense", "\\x00"])
def test_a_charset_that_text_is_not_written_in_costs_no_letter(charset: str, tmp_path: Path) -> None:
    coded = f'Content-Type: text/plain; charset="{charset}"\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n'.encode()
    (tmp_path / "a.mbox").write_bytes(_LETTER + coded + b"\n" + _LETTER + b"\nworld\n")
    documents, records = read_all(tmp_path / "a.mbox", Reading())
    assert [text.strip() for text in documents] == ["hello", "world"]
    assert records[0].bad_records == 0


@pytest.mark.parametrize(
    "letter",
    [
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (k, k) for k in range(3000)) + b"\nx\n",
        b"Content-Type: text/plain" + b"; a=b" * 100_000 + b"\n\nx\n",
    ],
    ids=["parts inside each other", "a header without end"],
)
def test_a_letter_without_end_is_one_bad_record(letter: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.mbox").write_bytes(_LETTER + b"\nhello\n\n" + _LETTER + letter + b"\n" + _LETTER + b"\nworld\n")
    documents, records = read_all(tmp_path / "a.mbox", Reading())
    assert [text.strip() for text in documents] == ["hello", "world"]
    assert (records[0].bad_records, records[0].damage) == (1, None)


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ('<doc id="1">\na\n\nb \n\n</doc>\n<doc id="2"> \t\nc</doc>', ["a\n\nb", "c"]),
        ("<doc id='1'>\r\na\r\n</doc>\r\n", ["a"]),
        ('<doc id="1">a</doc><doc id="2">b</doc>', ["a", "b"]),
        ('<doc id="1"\n<doc id="2">\na\n</doc>', ["a"]),
        ('<doc id="1">\na <doc id="2">\nb\n</doc>\n<doc id="3">\nnever', ['a <doc id="2">\nb']),
        ('</doc>x</doc><doc id="1">\n \n</doc><doc id="2">\na\n</doc>', ["a"]),
    ],
)
def test_blocks_are_found_as_they_stand(text: str, documents: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(text, "utf-8", newline="")
    found, _ = read_all(tmp_path / "a.txt", Reading(document="wikiextractor"))
    assert [each for each in found if each] == documents
