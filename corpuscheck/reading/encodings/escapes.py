r"""Escapes: notation for characters that was never turned back into them: \u00e9, &#54620;, %EC%95%88, b'\xec'.

Such notation is also what texts about programs write, so it counts only where it stands for letters, inside or beside
words, and not in addresses, quoted strings or alone between spaces.
"""

from __future__ import annotations

import binascii
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from corpuscheck.reading.encodings.mojibake import Repair
from corpuscheck.reading.encodings.plausibility import surprise

MAY_HOLD = re.compile(r"[\\&%=<+_][\w#?+/]")
"""Where text without this is, no escape is."""

_LEGACY = ("cp949", "cp932", "gbk", "big5", "cp1251", "cp1252")
_BESIDE = 200  # characters of a line that are looked at beside an escape
_FEWEST_LEGACY = 4  # bytes; fewer are text of many codecs by chance


@dataclass(frozen=True)
class _Notation:
    """How a kind of escape looks, and what a run of it stands for; '' where it stands for nothing."""

    kind: str
    pattern: re.Pattern[str]
    meaning: Callable[[re.Match[str]], str]


def _bytes_in(base: int, pattern: str) -> Callable[[re.Match[str]], str]:
    single = re.compile(pattern)

    def meaning(match: re.Match[str]) -> str:
        return _text_of(bytes(int(code, base) & 0xFF for code in single.findall(match.group())))

    return meaning


def _text_of(raw: bytes) -> str:
    """Bytes as UTF-8, else in the least surprising legacy codec; '' where neither is likely."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if len(raw) == 1:
        return raw.decode("cp1252", "ignore")
    if len(raw) < _FEWEST_LEGACY:
        return ""
    found: list[tuple[int, str]] = []
    for codec in _LEGACY:
        try:
            text = raw.decode(codec)
        except UnicodeDecodeError:
            continue
        found.append((surprise(text), text))
    price, text = min(found, default=(0, ""))
    return text if price <= 5 * len(raw) else ""


def _code_points(pattern: str, base: int = 16) -> Callable[[re.Match[str]], str]:
    single = re.compile(pattern)

    def meaning(match: re.Match[str]) -> str:
        codes = [int(code, base) for code in single.findall(match.group())]
        return _of_units([code for code in codes if code <= 0x10FFFF])

    return meaning


def _of_units(codes: list[int]) -> str:
    """Code points, pairs of surrogates joined; a surrogate alone is damage."""
    return "".join(map(chr, codes)).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _entities(match: re.Match[str]) -> str:
    codes = (code for code in re.findall(r"&#([xX]?[0-9a-fA-F]{1,6});", match.group()))
    points = [int(code[1:], 16) if code[0] in "xX" else int(code) if code.isdigit() else 0 for code in codes]
    return _of_units([point for point in points if point <= 0x10FFFF])


def _encoded_words(match: re.Match[str]) -> str:
    try:
        return str(make_header(decode_header(match.group())))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return ""


def _utf7(match: re.Match[str]) -> str:
    coded, end = match.groups()
    if not end:
        return ""
    try:
        text = binascii.a2b_base64(coded + "=" * (-len(coded) % 4)).decode("utf-16-be")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return text if text and not re.search("[\x00-\x7f]", text) and surprise(text) <= 9 * len(text) else ""


_NOTATIONS = (
    _Notation("\\x bytes", re.compile(r"(?<!\\)(?:\\x[0-9a-fA-F]{2})+"), _bytes_in(16, r"\\x(..)")),
    _Notation("\\ooo bytes", re.compile(r"(?<!\\)(?:\\[23][0-7]{2}){2,}"), _bytes_in(8, r"\\(...)")),
    _Notation(
        "\\uXXXX",
        re.compile(r"(?<!\\)(?:\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8})+"),
        _code_points(r"\\[uU]([0-9a-fA-F]{8}|[0-9a-fA-F]{4})"),
    ),
    _Notation("<U+XXXX>", re.compile(r"(?:<U\+[0-9A-Fa-f]{4,6}>)+"), _code_points(r"<U\+([0-9A-Fa-f]+)>")),
    _Notation("<0xXX> bytes", re.compile(r"(?:<0x[0-9A-Fa-f]{2}>){2,}"), _bytes_in(16, r"<0x(..)>")),
    _Notation("<xx> bytes", re.compile(r"(?:<[0-9a-f]{2}>){2,}"), _bytes_in(16, r"<(..)>")),
    _Notation("&#NNN; entities", re.compile(r"(?:&#(?:\d{2,7}|[xX][0-9a-fA-F]{2,6});)+"), _entities),
    _Notation("MIME encoded words", re.compile(r"=\?[\w-]{3,20}\?[bBqQ]\?[^?\s]+\?="), _encoded_words),
    _Notation("=XX bytes (quoted-printable)", re.compile(r"(?:=[0-9A-F]{2}){2,}"), _bytes_in(16, r"=(..)")),
    _Notation("%XX bytes", re.compile(r"(?:%[0-9A-Fa-f]{2}){2,}"), _bytes_in(16, r"%(..)")),
    _Notation("UTF-7", re.compile(r"\+([A-Za-z0-9+/]{5,}+)(-?)"), _utf7),
)

_ADDRESS = re.compile(r"[\w+.,!?'\"()*~%-]*")
_LITERAL = re.compile(r"""\b[bB](['"])((?:[^'"\\]|\\.)*+)\1""")
_BYTE = re.compile(r"(?<!\\)(?:\\\\)*\\x")
_LINE_END = re.compile(
    r"""(?:^(?=(?:\\[nrt])+[^\s\\])|(?<=[^\s\\"'`\[(|^{/]))(?<!\\r)((?:\\[nrt])++)((?=\s|$|[^\x00-\x7f”’]|[A-Z0-9*•-]))?"""
)
_ONE_END = re.compile(r"(?<!\\r)(?:(?:\\r)?\\n|\\r|\\t)")
_EXCEL = re.compile(r"_x00(0D|0A|09)_")


def unescaped(line: str) -> Repair | None:
    """What escapes in a line stand for; None where it holds none, or none that counts."""
    kind = ""
    text = line
    literals = [match for match in _LITERAL.finditer(line) if _BYTE.search(match.group(2))]
    if (
        literals
        and _LITERAL.sub(lambda match: "" if _BYTE.search(match.group(2)) else match.group(), line).strip(" ,.[]()")
        == ""
    ):
        text, kind = _LITERAL.sub(lambda match: match.group(2), line), f"{literals[0].group()[0]}'…' literal"
    for notation in _NOTATIONS:
        read = notation.pattern.sub(lambda match, of=notation: _in_place(of, match), text)  # type: ignore[misc]
        if read != text:
            kind, text = kind or notation.kind, read
    if "\\" in line and (end := next((m for m in _LINE_END.finditer(text) if m.group(2) is not None), None)):
        kind = kind or f"literal {_ONE_END.findall(end.group(1))[0]}"
        text = _LINE_END.sub(_ended, text)
    if _EXCEL.search(text):
        kind = kind or "_x000D_ of spreadsheets"
        text = _EXCEL.sub(lambda match: chr(int(match.group(1), 16)), text)
    if not kind or (kind.endswith("literal") and text.isascii()):
        return None
    return Repair(kind, text)


def _ended(match: re.Match[str]) -> str:
    """A run of literal line ends and tabs, turned into them where what follows it lets it count."""
    if match.group(2) is None:
        return match.group()
    return _ONE_END.sub(lambda one: "\t" if one.group() == "\\t" else "\n", match.group(1))


def _in_place(notation: _Notation, match: re.Match[str]) -> str:
    """What a run of escapes stands for, where it counts; else the run as it stands."""
    text = notation.meaning(match)
    letters = sum(_tells(ch) for ch in text)
    if not letters or letters < 0.5 * len(text) or any(unicodedata.category(ch) in ("Cc", "Cn", "Co") for ch in text):
        return match.group()
    start, end = match.span()
    before, after = match.string[max(0, start - _BESIDE) : start], match.string[end : end + _BESIDE]
    if notation.kind == "%XX bytes" and not _ADDRESS.fullmatch(_last(before) + _first(after)):
        return match.group()
    beside = before[-1:].isalpha() or after[:1].isalpha()
    return text if len(text) > 1 or beside or max(text) > "\uffff" else match.group()


def _tells(ch: str) -> bool:
    return ch > "\x7f" and (ch.isalpha() or unicodedata.category(ch)[0] == "M" or unicodedata.category(ch) == "So")


def _last(text: str) -> str:
    return re.split(r"\s", text)[-1]


def _first(text: str) -> str:
    return re.split(r"\s", text)[0]
