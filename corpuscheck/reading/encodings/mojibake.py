"""Mojibake: text that was decoded wrongly once and saved like that, and how to take it back.

One mechanism for all: a table says which codecs are used wrongly, and for which. A line that the wrong one could have
shown is turned back into its bytes; where another reading of them is far less surprising, that one was meant.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache

from corpuscheck.reading.encodings.guessing import HIGH
from corpuscheck.reading.encodings.plausibility import has_breaks, surprise

_CYRILLIC = ("cp1251", "koi8_r", "cp866")
_EAST_ASIAN = ("cp949", "gbk", "cp932", "big5", "euc_jp")
_LATIN = ("cp1252", "cp1250", "cp1254")

_RIGHT: dict[str, tuple[str, ...]] = {
    "cp1252": (*_EAST_ASIAN, *_CYRILLIC, "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp874"),
    "mac_roman": (*_EAST_ASIAN, *_CYRILLIC, *_LATIN),
    "cp437": (*_EAST_ASIAN, *_CYRILLIC, *_LATIN),
    "cp850": (*_EAST_ASIAN, *_CYRILLIC, *_LATIN),
    "cp1250": (*_EAST_ASIAN, *_CYRILLIC, "cp1252", "cp1253"),
    "cp1251": (*_EAST_ASIAN, "koi8_r", "cp866", *_LATIN, "cp1253"),
    "koi8_r": (*_EAST_ASIAN, "cp1251", "cp866"),
    "cp866": (*_EAST_ASIAN, "cp1251", "koi8_r"),
    "iso8859_5": ("cp1251", "koi8_r", "cp866"),
    "mac_cyrillic": ("cp1251", "koi8_r", "cp866"),
    "cp1253": (*_EAST_ASIAN, "cp1251"),
    "cp1254": (*_EAST_ASIAN, *_CYRILLIC),
    "cp1257": (*_EAST_ASIAN, *_CYRILLIC),
    "cp1255": (),
    "cp1256": (),
    "cp874": (),
    "cp949": ("gbk", "cp932", "big5", "euc_jp"),
    "gbk": ("cp949", "cp932", "big5", "euc_jp"),
    "cp932": ("cp949", "gbk", "big5", "euc_jp"),
    "big5": ("cp949", "gbk", "cp932", "euc_jp"),
}
"""The codec that was used wrongly → those that would have been right; UTF-8 is tried for each."""

NAMES = {
    "utf-8": "UTF-8", "koi8_r": "KOI8-R", "mac_roman": "Mac Roman", "mac_cyrillic": "Mac Cyrillic", "gbk": "GBK",
    "cp932": "Shift_JIS", "euc_jp": "EUC-JP", "big5": "Big5", "iso8859_5": "ISO 8859-5", "latin_1": "Latin-1",
}  # fmt: skip

_LOST = "\x7f"  # stands for U+FFFD, in bytes and text; no reading needs it
_MOST_TIMES = 3
_LOOK = 400  # characters
_TAIL = re.compile("[^\x00-\x7f]*\\Z")  # what a cut may have halved
_LEAST = 10
_FRAMES = frozenset("─│┌┐└┘├┤┬┴┼")  # trees of folders, tables
_FEWEST_WIDE = 5  # letters; two or three of a codec of two bytes are other text by chance
_WIDE = re.compile("[\u2e80-\uf8ff]")
_ADJACENT = re.compile("[^\x00-\x7f“”‘’„«»…]{2}")
_RANKED = re.compile("[\u0370-\u07ff]")
_ODD_RANKED, _CLOSER_RANKED, _ODD_NARROW, _ODD_WIDE = (
    4.2,
    4.8,
    5.2,
    9.0,
)  # bits for each character; text as it is written has about 5 and 7

_MULTIBYTE = re.compile(rb"(?:[\xc2-\xdf][\x80-\xbf\x7f]|[\xe0-\xef][\x80-\xbf\x7f]{2}|[\xf0-\xf4][\x80-\xbf\x7f]{3})+")

_TORN = re.compile(rb"\x7f[\x80-\xbf]{1,2}|[\xc2-\xf4][\x80-\xbf]{0,2}\x7f")  # of which a byte is lost


@dataclass(frozen=True)
class Repair:
    """What happened to a line, and the line as it was meant; '' where bytes of it are lost."""

    kind: str
    text: str


@dataclass(frozen=True)
class _Reading:
    """The bytes of a line read in another way: what they give, whether all of them, and how surprising that is."""

    wrong: str
    right: str
    text: str
    whole: bool
    price: int


def repair(line: str) -> Repair | None:
    """The repair of a line that is mojibake; None for any other.

    Judged by its beginning; where it holds characters that no wrong reading gives, its longest stretch without them is.
    """
    if line.isascii():
        return None
    reading = _of_line(line)
    if reading is None:
        stretch = _suspect_stretch(line)
        reading = _best(stretch) if stretch else None
        if reading is None or reading.right not in ("utf-8", *_EAST_ASIAN):
            return _replacements(line)
        before, _, after = line.partition(stretch)
        reading = _Reading(reading.wrong, reading.right, before + reading.text + after, reading.whole, reading.price)
    return _again(reading)


def _of_line(line: str) -> _Reading | None:
    """The best reading of a line. The beginning of a long one decides: what follows was read with it."""
    head = _TAIL.sub("", line[:_LOOK]) if len(line) > _LOOK else line
    if not head.strip() or len(head) == len(line):
        return _best(line)
    reading = _best(head)
    if reading is None:
        return None
    raw = _bytes_of(line, set(line), reading.wrong)
    try:
        text = "" if raw is None or _LOST.encode() in raw else raw.decode(reading.right)
    except UnicodeDecodeError:
        text = ""
    return replace(reading, text=text, whole=bool(text))


def _again(first: _Reading) -> Repair:
    """What was read wrongly may have been read wrongly before."""
    kind, reading, times = _kind(first), first, 1
    while reading.whole and times < _MOST_TIMES and (further := _best(reading.text)) is not None:
        same = (further.wrong, further.right) == (first.wrong, first.right)
        kind = f"{_kind(first)}, twice" if same and times == 1 else f"{kind}, and {_kind(further)} before"
        reading, times = further, times + 1
    return Repair(kind, reading.text if reading.whole else "")


def _kind(reading: _Reading) -> str:
    return f"{named(reading.right)} read as {named(reading.wrong)}"


def named(codec: str) -> str:
    """A codec as people write it."""
    return NAMES.get(codec, codec.upper())


def _best(line: str) -> _Reading | None:
    """The least surprising reading of the bytes of a line, if it is far less surprising than the line."""
    here = surprise(line)
    if not _is_odd(here, line):
        return None
    characters = set(line)
    letters = {ch for ch in characters if not ch.isascii()} - _FRAMES
    few = sum(map(str.isalpha, letters)) < _FEWEST_WIDE
    found: list[_Reading] = []
    for wrong, rights in _RIGHT.items():
        if few and wrong in _EAST_ASIAN:
            continue
        raw = _bytes_of(line, characters, wrong)
        if raw is None:
            continue
        if (utf8 := _as_utf8(raw, wrong, here)) is not None:
            if utf8.whole:
                return utf8
            found.append(utf8)
        if len(letters) > 1:
            found += filter(None, (_as_legacy(raw, wrong, right, here, line) for right in rights))
    return min(found, key=lambda reading: (reading.right != "utf-8", reading.price), default=None)


def _is_odd(here: int, line: str) -> bool:
    """Whether a line is surprising enough for a closer look: most lines are not, and a look takes time."""
    if here <= _LEAST or here <= _limit(line, _CLOSER_RANKED if _RANKED.search(line) else _ODD_NARROW):
        return False
    return _WIDE.search(line) is not None or _ADJACENT.search(line) is not None or has_breaks(line)


def _limit(text: str, narrow: float = _ODD_NARROW) -> float:
    """What the characters of a text cost at most, as texts are written."""
    high = len(text) - len(text.encode("ascii", "ignore"))
    return high * (_ODD_WIDE if _WIDE.search(text) else narrow)


def _bytes_of(line: str, characters: set[str], codec: str) -> bytes | None:
    """The bytes that a codec would have shown as this line; None if it shows no such line."""
    if codec in _EAST_ASIAN:
        try:
            return line.replace("\ufffd", _LOST).encode(codec)
        except UnicodeEncodeError:
            return None
    table = _table(codec)
    return bytes(map(table.__getitem__, line)) if characters <= table.keys() else None


@cache
def _table(codec: str) -> dict[str, int]:
    """What a codec of single bytes shows for each; the bytes it does not have are controls, as browsers show them."""
    table = {chr(b): b for b in range(0xA0)} | {"\ufffd": ord(_LOST)}
    for byte in range(0x80, 0x100):
        ch = bytes((byte,)).decode(codec, "ignore") or chr(byte)
        table[ch] = byte
    return table


def _as_utf8(raw: bytes, wrong: str, here: int) -> _Reading | None:
    """The bytes as UTF-8, whole or, where some are lost, most of them."""
    if raw.isascii():
        return None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return _as_damaged_utf8(raw, wrong, here)
    price = surprise(text)
    return _Reading(wrong, "utf-8", text, True, price) if price <= here - 5 and 4 * price <= 3 * here else None


def _as_damaged_utf8(raw: bytes, wrong: str, here: int) -> _Reading | None:
    runs = _MULTIBYTE.findall(raw)
    held = sum(map(len, runs))
    rest = _TORN.sub(b"", _MULTIBYTE.sub(b"", raw))
    astray = len(rest) - len(rest.translate(None, HIGH))
    text = "".join(run.decode("utf-8", "ignore") for run in runs)
    traces = _LOST.encode() in raw or b"?" in raw
    if held < 9 or astray * (1 if traces else 4) > held or not _is_of_one_kind(text):
        return None
    price = surprise(text)
    return _Reading(wrong, "utf-8", "", False, price) if 4 * price <= 3 * here else None


def _is_of_one_kind(text: str) -> bool:
    """Whether characters are of one part of Unicode, as in a text, and not from everywhere, as by chance."""
    parts = Counter(_part_of(ord(ch)) for ch in text if not ch.isascii())
    return sum(n for _, n in parts.most_common(2)) >= 0.85 * parts.total()


def _part_of(cp: int) -> int:
    """0 for Latin letters, 1 for what takes three bytes, else the number of the block."""
    if cp < 0x250 or 0x1E00 <= cp < 0x1F00:
        return 0
    return 1 if cp >= 0x800 else cp >> 7


def _as_legacy(raw: bytes, wrong: str, right: str, here: int, line: str) -> _Reading | None:
    """The bytes in a legacy codec; lost ones may have taken others with them. Case alone proves nothing: headings."""
    lost = raw.count(_LOST.encode())
    if lost and wrong in _EAST_ASIAN:
        return None
    try:
        text = raw.decode(right, "replace" if lost else "strict")
    except UnicodeDecodeError:
        return None
    price = surprise(text)
    most = 13 if wrong in _EAST_ASIAN else 14
    if price > here - 12 or 20 * price > most * here:
        return None
    small = surprise(text.lower())
    if not has_breaks(line) and 10 * small > 9 * surprise(line.lower()):
        return None
    if not lost and small > _limit(text, _ODD_RANKED if _RANKED.search(text) else _ODD_NARROW):
        return None
    return _Reading(wrong, right, "" if lost else text, not lost, price)


_LATIN_CHARACTERS = "\x80-\u024f\u02c6\u02dc\u2013-\u203a\u20ac\u2122\ufffd"
_STRETCH = re.compile(f"[\x00-\x7f{_LATIN_CHARACTERS}]+")
_RUN = re.compile(f"[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f][{_LATIN_CHARACTERS}]{{2}}")


def _suspect_stretch(line: str) -> str:
    """The longest stretch of Latin letters and the symbols among them in a line of other letters."""
    if _RUN.search(line) is None:
        return ""
    found = max(filter(_RUN.search, _STRETCH.findall(line)), key=len, default="")
    return found.strip() if len(found) < len(line) else ""


@cache
def _replaced() -> dict[str, str]:
    """What U+FFFD looks like when its UTF-8 is read wrongly → by which codec: ï¿½, 锟斤拷, 占쏙옙."""
    twice = "\ufffd\ufffd".encode()
    single = {twice[:3].decode(codec, "replace"): codec for codec in reversed(_RIGHT) if codec not in _EAST_ASIAN}
    double = {twice.decode(codec, "replace"): codec for codec in reversed(_RIGHT) if codec in _EAST_ASIAN}
    return {text: codec for text, codec in (single | double).items() if len(text) >= 3 and "\ufffd" not in text}


@cache
def _replaced_pattern() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, _replaced())))


def _replacements(line: str) -> Repair | None:
    match = _replaced_pattern().search(line)
    return Repair(f"U+FFFD read as {named(_replaced()[match.group()])}", "") if match else None
