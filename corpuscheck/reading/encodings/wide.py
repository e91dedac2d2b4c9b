"""Wide: UTF-16 and UTF-32 without a mark, told from binary data and from text with a stray NUL."""

from __future__ import annotations

from corpuscheck.reading.encodings.decoded import Decoded
from corpuscheck.reading.encodings.guessing import decodes

_SAMPLE = 1 << 16
_CONTROLS = bytes(b for b in range(0x20) if b not in b"\t\n\r\f\x1b")
_EAST_ASIAN = ((0x3000, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xFF00, 0xFFEF), (0x20, 0x7E), (0x09, 0x0D))
_FEW_NULS = 2


def control_share(data: bytes) -> float:
    """Control characters that text does not have, of all bytes."""
    return 1 - len(data.translate(None, delete=_CONTROLS)) / len(data)


def east_asian(data: bytes) -> Decoded | None:
    """UTF-16 of Chinese, Japanese or Korean. Its second bytes are anything, also controls, as in no other encoding."""
    if len(data) < 16 or control_share(data[:_SAMPLE]) < 0.01:
        return None
    little, big = (_east_asian_share(data[:_SAMPLE], encoding) for encoding in ("utf-16-le", "utf-16-be"))
    if max(little, big) < 0.97 or min(little, big) > 0.9:
        return None
    return Decoded("utf-16-le" if little > big else "utf-16-be", 0.9, "East Asian characters in UTF-16")


def _east_asian_share(sample: bytes, encoding: str) -> float:
    text = sample[: len(sample) // 2 * 2].decode(encoding, "replace")
    return sum(any(first <= ord(ch) <= last for first, last in _EAST_ASIAN) for ch in text) / len(text)


def with_nuls(data: bytes) -> Decoded | None:
    """What data with NULs are: UTF-16 or UTF-32 without a mark, or binary; None for text with a stray NUL."""
    nuls = data.count(b"\x00")
    sample = data[: _SAMPLE // 4 * 4]
    if nuls < len(data):
        sample = sample[: len(sample) // 4 * 4]
        zeros = [sample[k::4].count(0) / max(1, len(sample) // 4) for k in range(4)]
        for encoding, empty, full in (("utf-32-le", (2, 3), 0), ("utf-32-be", (0, 1), 3)):
            fits = len(data) % 4 == 0 and zeros[full] < 0.5 and all(zeros[k] > 0.9 for k in empty)
            if fits and decodes(sample, encoding):
                return Decoded(encoding, 0.95, "pattern of NULs")
        if found := _with_ascii(data[:_SAMPLE]):
            return found
    few = nuls <= _FEW_NULS and control_share(data) <= 0.15
    return None if few or nuls <= len(data) // 100 else Decoded("binary", 1.0, "NUL bytes")


def _with_ascii(sample: bytes) -> Decoded | None:
    """UTF-16 by its spaces, digits and letters of ASCII."""
    if control_share(sample) < (0.2 if sample.isascii() else 0.02):
        return None  # a stray NUL makes one pair of letters an ASCII character
    little, big = (_ascii_score(sample, encoding) for encoding in ("utf-16-le", "utf-16-be"))
    if max(little, big) <= 0 or little == big:
        return None
    return Decoded("utf-16-le" if little > big else "utf-16-be", 0.9, "ASCII characters in UTF-16")


def _ascii_score(sample: bytes, encoding: str) -> int:
    """Spaces, digits and letters of ASCII less those in the wrong byte order; 0 for what is no text."""
    text = sample[: len(sample) // 2 * 2].decode(encoding, "replace")
    odd = sum(not (ch.isprintable() or ch.isspace()) or ch == "\ufffd" for ch in text)
    if not text or odd > 0.02 * len(text):
        return 0
    plain = sum(ch in "\t\n\r" or " " <= ch <= "~" for ch in text)
    swapped = sum(ord(ch) & 0xFF == 0 and (ord(ch) >> 8 in (9, 10, 13) or 0x20 <= ord(ch) >> 8 <= 0x7E) for ch in text)
    return max(0, plain - swapped)
