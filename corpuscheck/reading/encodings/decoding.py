"""Detect: bytes in, the encoding out, in an order of steps that was measured on labelled files.

chardet does the guessing, fed only lines that hold high bytes; the steps around it are ours.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

from corpuscheck.reading.encodings.decoded import UNCERTAIN, Decoded
from corpuscheck.reading.encodings.guessing import (
    HIGH,
    ask_chardet,
    decodes,
    guess_legacy,
    high_lines,
    looks_korean,
    utf8_share,
)
from corpuscheck.reading.encodings.plausibility import surprise
from corpuscheck.reading.encodings.wide import control_share, east_asian, with_nuls
from corpuscheck.reading.lines import whole_lines

_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)

CESU8 = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]|\xc0\x80")
"""A character above U+FFFF as two surrogates in UTF-8, and NUL as Java writes it."""

UTF8_BOM = b"\xef\xbb\xbf"

_MAGIC = (
    (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"\x89PNG", "png"), (b"%PDF-", "pdf"),
    (b"SQLite format 3\x00", "sqlite"), (b"\x93NUMPY", "npy"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"),
    (b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07", "rar"), (b"\x7fELF", "elf"), (b"MZ\x90", "exe"),
    (b"\x00\x05\x16\x07", "AppleDouble"), (b"\x00\x05\x16\x00", "AppleSingle"), (b"PAR1\x15", "parquet"),
    (b"ARROW1\x00\x00", "arrow"), (b"\xd0\xcf\x11\xe0", "ole"), (b"RIFF", "riff"), (b"OggS", "ogg"), (b"ID3", "mp3"),
    (b"\x89HDF", "hdf5"), (b"wOFF", "font"), (b"\xca\xfe\xba\xbe", "class"),
)  # fmt: skip


_NO_TEXT = tuple((start, name) for start, name in _MAGIC if re.search(rb"[^\t\n\r -~]", start))


def known_binary(data: bytes, magic: Iterable[tuple[bytes, str]] = _NO_TEXT) -> str:
    """The kind of file that these first bytes tell; unless all magic is asked for, only by bytes that no text has."""
    if data[257:262] == b"ustar":
        return "tar"
    return next((name for start, name in magic if data.startswith(start)), "")


def detect(data: bytes, whole: bool = True) -> Decoded:
    """The encoding of `data`: a whole file, or (`whole` false) its beginning, cut anywhere."""
    if not data:
        return Decoded("empty", 1.0, "no bytes")
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return Decoded(encoding, 1.0, "byte order mark")
    if data.startswith(UTF8_BOM):
        return _after_utf8_bom(data, whole)
    if data.isascii():
        return _ascii(data)
    return _not_ascii(data, whole)


def as_asked(encoding: str, data: bytes) -> Decoded:
    """The encoding that was asked for; UTF-16 and UTF-32 without a mark, in the order of bytes they seem to have."""
    name = codecs.lookup(encoding).name
    mark = len(UTF8_BOM) if name == "utf-8" and data.startswith(UTF8_BOM) else 0
    if name in ("utf-16", "utf-32") and not any(data.startswith(bom) for bom, marked in _BOMS if marked == name):
        found = detect(data, whole=False).encoding
        encoding = found if found.startswith(f"{name}-") else f"{name}-le"
    return Decoded(encoding, 1.0, "as asked", mark)


def settled(found: Decoded, data: bytes, candidates: tuple[str, ...], how: str) -> Decoded:
    """An uncertain guess replaced by the most plausible candidate that decodes the data, if one does."""
    if found.confidence >= UNCERTAIN or found.encoding in ("binary", "empty"):
        return found
    fitting = [codec for codec in candidates if decodes(data, codec)]
    if not fitting:
        return found
    codec = min(fitting, key=lambda codec: (_oddities(data, codec), codec != found.encoding))
    return Decoded(codec, 0.5, how, found.skip)


_ODD = re.compile("[\x80-\x9f\u2500-\u257f\ue000-\uf8ff\uff61-\uff9f]")


def _oddities(data: bytes, codec: str) -> int:
    """Characters that the wrong codec makes: half-width kana, lines of boxes, controls, private ones."""
    return len(_ODD.findall(data[: 1 << 16].decode(codec, "ignore")))


def _after_utf8_bom(data: bytes, whole: bool) -> Decoded:
    body = data[len(UTF8_BOM) :]
    if body.isascii() or utf8_share(body) >= 0.8:
        return Decoded("utf-8", 1.0, "byte order mark", len(UTF8_BOM))
    inner = _not_ascii(body, whole)
    return Decoded(
        inner.encoding, inner.confidence, inner.how + " after a stray UTF-8 mark", len(UTF8_BOM), inner.other
    )


def _ascii(data: bytes) -> Decoded:
    if data.startswith(b"%PDF-"):
        return Decoded("binary", 1.0, "pdf")
    if b"\x00" in data:
        return with_nuls(data) or Decoded("ascii", 1.0, "every byte below 0x80")
    if b"\x1b" in data or b"\x0e" in data or b"~{" in data:
        guess, confidence = ask_chardet(data)
        if guess.startswith("iso2022") or guess == "hz":
            return Decoded(guess, confidence, "escape sequences")
    return Decoded("ascii", 1.0, "every byte below 0x80")


def _not_ascii(data: bytes, whole: bool) -> Decoded:
    if magic := known_binary(data, _MAGIC):
        return Decoded("binary", 1.0, magic)
    utf8 = decodes(data if whole else _without_cut_end(data), "utf-8")
    if utf8 and data.count(b"\x00") <= len(data) // 100:
        return Decoded("utf-8", 1.0, "strict decoding")
    if (found := east_asian(data)) or (b"\x00" in data and (found := with_nuls(data))):
        return found
    if utf8:
        return Decoded("utf-8", 1.0, "strict decoding")
    if CESU8.search(data) and utf8_share(CESU8.sub("😀".encode(), data)) >= 0.8:
        return Decoded("utf-8", 1.0, "UTF-8 with surrogates (CESU-8)")
    if _utf8_cut_at_its_end(data):
        return Decoded("utf-8", 0.99, "UTF-8 cut at its end")
    if whole and len(data) >= 256 and decodes(data, "cp949") and looks_korean(high_lines(data, 1024)):
        return Decoded("cp949", 0.95, "Hangul of KS X 1001")  # plain Korean needs no guess, and chardet is slow
    share = utf8_share(data)
    if share >= 0.8:
        return Decoded("utf-8", 0.99, "damaged UTF-8")
    if data.count(b"\x00") > len(data) // 100 or control_share(data) > 0.1:
        return Decoded("binary", 1.0, "control bytes")
    if share >= 0.1 and (mixed := _mixed(data)):
        return mixed
    return guess_legacy(high_lines(data), data)


def _likelier(alike: bytes, encoding: str) -> bool:
    """Whether lines that are valid UTF-8 are less surprising in the other encoding."""
    return surprise(alike.decode(encoding)) < surprise(alike.decode("utf-8"))


def _utf8_cut_at_its_end(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        cut = error.end == len(data) and error.reason == "unexpected end of data"
        return cut and not data[: error.start].isascii()
    return False


def _without_cut_end(data: bytes) -> bytes:
    end = whole_lines(data)
    return data[:end] if end else data[:-3]


def _mixed(data: bytes) -> Decoded | None:
    """UTF-8 on some lines and one legacy codec on the others."""
    valid: list[bytes] = []
    other: list[bytes] = []
    for line in data.splitlines()[:20_000]:
        if not line.isascii():
            (valid if decodes(line, "utf-8") else other).append(line)
    if not valid or not other or len(valid) < 0.1 * (len(valid) + len(other)):
        return None
    lines = b"\n".join(other)
    found = guess_legacy(lines[: 1 << 16], lines)
    if found.encoding == "binary" or found.confidence < UNCERTAIN:
        return None
    alike = b"\n".join(valid)  # a few legacy bytes can be valid UTF-8 by chance
    few = len(alike) - len(alike.translate(None, HIGH)) < 8
    if decodes(alike, found.encoding) and (few or looks_korean(alike) or _likelier(alike, found.encoding)):
        return None
    how = f"{len(valid)} lines in UTF-8, {len(other)} in {found.encoding}"
    return Decoded("mixed", found.confidence, how, other=found.encoding)
