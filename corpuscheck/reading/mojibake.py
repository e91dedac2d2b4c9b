"""Mojibake: text that was decoded wrongly once and saved like that, and how to take it back."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from corpuscheck.reading.guessing import in_ks_x_1001

_LOOK = 100
"""Characters of a line that show whether a closer look is worth it."""


@dataclass(frozen=True)
class Repair:
    """What happened to a line, and the line as it was meant; '' where bytes of it are lost."""

    kind: str
    text: str


def repair(line: str) -> Repair | None:
    """The repair of a line that is mojibake; None for any other.

    Tried in turn: UTF-8 read as CP1252 or Latin-1 (once or twice), CP949 read as Latin-1, UTF-8 read as
    CP949. A line counts only where the whole of it converts without loss, into less suspicious text; the last loses
    bytes as a rule.
    """
    raw = _latin_bytes(line)
    if raw is not None:
        text = _decoded(raw, "utf-8")
        if text is not None and text != line:
            again = _latin_bytes(text)
            twice = _decoded(again, "utf-8") if again is not None else None
            if twice is not None and twice != text:
                return Repair("UTF-8 read as CP1252, twice", twice)
            return Repair("UTF-8 read as CP1252", text)
        text = _decoded(raw, "cp949")
        if text is not None and _is_korean(text):
            return Repair("CP949 read as Latin-1", text)
        return None
    return _utf8_as_cp949(line)


def _latin_bytes(line: str) -> bytes | None:
    """The bytes that CP1252, with Latin-1 in its gaps, would have shown as this line; None if it is no such line."""
    if line.isascii():
        return None
    out = bytearray()
    for ch in line:
        if ord(ch) < 0x80:
            out.append(ord(ch))
            continue
        try:
            out += ch.encode("cp1252")
        except UnicodeEncodeError:
            if ord(ch) > 0xFF:
                return None
            out.append(ord(ch))
    return bytes(out)


def _decoded(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_korean(text: str) -> bool:
    high = [ch for ch in text if not ch.isascii()]
    syllables = sum(map(in_ks_x_1001, high))
    runs = sum(in_ks_x_1001(a) and in_ks_x_1001(b) for a, b in pairwise(text))
    return len(high) >= 4 and syllables >= 0.95 * len(high) and runs >= 0.3 * len(high)


def _utf8_as_cp949(line: str) -> Repair | None:
    """Hangul outside KS X 1001 in plenty is what UTF-8 looks like in CP949; odd bytes of it are lost."""
    hangul = [ch for ch in line[:_LOOK] if "가" <= ch <= "힣"]
    if len(hangul) < 4 or sum(map(in_ks_x_1001, hangul)) > 0.5 * len(hangul):
        return None
    hangul = [ch for ch in line if "가" <= ch <= "힣"]
    raw = line.encode("cp949", "replace")
    good = sum(in_ks_x_1001(ch) for ch in raw.decode("utf-8", "replace"))
    whole = _decoded(raw, "utf-8") if raw.decode("cp949", "replace") == line else None
    return Repair("UTF-8 read as CP949", whole or "") if good >= 0.2 * len(hangul) else None
