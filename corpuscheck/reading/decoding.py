"""Detect: bytes in, the encoding out, in an order of steps that was measured on labelled files.

chardet does the guessing, fed only lines that hold high bytes; the steps around it are ours.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

UNCERTAIN = 0.2
"""Below this confidence a guess is right too seldom to be trusted unasked."""

_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
UTF8_BOM = b"\xef\xbb\xbf"

_MAGIC = (
    (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"\x89PNG", "png"), (b"%PDF-", "pdf"),
    (b"SQLite format 3\x00", "sqlite"), (b"\x93NUMPY", "npy"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"),
    (b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07", "rar"), (b"\x7fELF", "elf"), (b"MZ\x90", "exe"),
    (b"\x00\x05\x16\x07", "AppleDouble"), (b"\x00\x05\x16\x00", "AppleSingle"), (b"PAR1", "parquet"),
    (b"ARROW1", "arrow"), (b"\xd0\xcf\x11\xe0", "ole"), (b"RIFF", "riff"), (b"OggS", "ogg"), (b"ID3", "mp3"),
    (b"\x89HDF", "hdf5"), (b"wOFF", "font"), (b"\xca\xfe\xba\xbe", "class"),
)  # fmt: skip

# chardet's answer → codecs to try strictly, first that fits wins.
_WIDER: dict[str, tuple[str, ...]] = {
    "euc_kr": ("cp949",),
    "shift_jis": ("cp932", "shift_jis_2004"),
    "shift_jis_2004": ("cp932", "shift_jis_2004"),
    "shift_jisx0213": ("cp932", "shift_jis_2004"),
    "big5": ("cp950", "big5hkscs"),
    "big5hkscs": ("cp950", "big5hkscs"),
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "euc_jis_2004": ("euc_jp", "euc_jis_2004"),
    "iso8859-1": ("cp1252", "iso8859-1"),
    "ascii": ("cp1252",),
}
_CJK = ("cp949", "johab", "cp932", "shift_jis_2004", "cp950", "big5hkscs", "gb18030", "euc_jp", "euc_jis_2004")


@dataclass(frozen=True)
class Decoded:
    """What the bytes are.

    Attributes:
        encoding: a Python codec name; ``mixed`` (UTF-8 lines and lines in `other`) or ``binary``.
        confidence: 0 to 1; under `UNCERTAIN` the corpus or the user should decide.
        how: the step that decided.
        skip: bytes of a byte order mark to leave out.
        other: for ``mixed``, the codec of the lines that are not UTF-8.
    """

    encoding: str
    confidence: float
    how: str
    skip: int = 0
    other: str = ""


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


_DECLARATION = re.compile(
    rb"""<\?xml[^>]{0,100}encoding\s*=\s*["']([\w.:-]+)|<meta[^>]{0,200}charset\s*=\s*["']?([\w.:-]+)"""
    rb"""|^[ \t\f]*(?:\#|//|%)[^\n]{0,40}coding[:=][ \t]*([\w.-]+)|^@charset "([\w.-]+)\"""",
    re.IGNORECASE | re.MULTILINE,
)


def declared(head: bytes) -> str:
    """The encoding that a file says it has in its first kilobyte, as Python names it; '' where it says none."""
    match = _DECLARATION.search(head[:1024])
    if match is None:
        return ""
    name = next(group for group in match.groups() if group).decode("ascii", "replace")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return name.lower()


def disagrees(declaration: str, encoding: str) -> bool:
    """Whether a declaration is wrong about an encoding. ASCII is right under every name that extends it."""
    if not declaration or encoding in ("ascii", "binary", "mixed", "empty"):
        return False
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        return False
    same = {declaration, name}
    alike = ({"cp949", "euc_kr"}, {"cp932", "shift_jis"}, {"gb18030", "gbk", "gb2312"}, {"cp950", "big5"},
             {"cp1252", "iso8859-1"}, {"cp874", "tis-620"}, {"utf-16", "utf-16-le", "utf-16-be"})  # fmt: skip
    return len(same) == 2 and not any(same <= group for group in alike)


def settled(found: Decoded, data: bytes, candidates: tuple[str, ...], how: str) -> Decoded:
    """An uncertain guess replaced by the first candidate that decodes the data, if one does."""
    if found.confidence >= UNCERTAIN or found.encoding in ("binary", "empty"):
        return found
    codec = next((codec for codec in candidates if _decodes(data, codec)), None)
    return found if codec is None else Decoded(codec, 0.5, how, found.skip)


def _after_utf8_bom(data: bytes, whole: bool) -> Decoded:
    body = data[len(UTF8_BOM) :]
    if body.isascii() or utf8_share(body) >= 0.8:
        return Decoded("utf-8", 1.0, "byte order mark", len(UTF8_BOM))
    inner = _not_ascii(body, whole)
    return Decoded(
        inner.encoding, inner.confidence, inner.how + " after a stray UTF-8 mark", len(UTF8_BOM), inner.other
    )


def _ascii(data: bytes) -> Decoded:
    if b"\x00" in data:
        return _with_nuls(data) or Decoded("ascii", 1.0, "every byte below 0x80")
    if b"\x1b" in data or b"\x0e" in data or b"~{" in data:
        guess, confidence = _ask_chardet(data)
        if guess.startswith("iso2022") or guess == "hz":
            return Decoded(guess, confidence, "escape sequences")
    return Decoded("ascii", 1.0, "every byte below 0x80")


def _not_ascii(data: bytes, whole: bool) -> Decoded:
    magic = next((name for start, name in _MAGIC if data.startswith(start)), "")
    if magic:
        return Decoded("binary", 1.0, magic)
    if b"\x00" in data and (found := _with_nuls(data)):
        return found
    try:
        (data if whole else _without_cut_end(data)).decode("utf-8")
        return Decoded("utf-8", 1.0, "strict decoding")
    except UnicodeDecodeError:
        pass
    share = utf8_share(data)
    if share >= 0.8:
        return Decoded("utf-8", 0.99, "damaged UTF-8")
    if data.count(b"\x00") > len(data) // 100 or _control_share(data) > 0.1:
        return Decoded("binary", 1.0, "control bytes")
    if share >= 0.1 and (mixed := _mixed(data)):
        return mixed
    return _legacy(high_lines(data), data)


def _without_cut_end(data: bytes) -> bytes:
    end = data.rfind(b"\n") + 1
    return data[:end] if end else data[:-3]


def utf8_share(data: bytes) -> float:
    """Share of the high bytes that lie in valid UTF-8 sequences. Legacy text never exceeds about half."""
    high = len(data) - len(data.translate(None, delete=_HIGH))
    if not high:
        return 1.0
    text = data.decode("utf-8", "surrogateescape")
    astray = sum(map(len, re.findall("[\udc80-\udcff]+", text)))
    return 1 - astray / high


_HIGH = bytes(range(0x80, 0x100))
_CONTROLS = bytes(b for b in range(0x20) if b not in b"\t\n\r\f\x1b")


def _control_share(data: bytes) -> float:
    return 1 - len(data.translate(None, delete=_CONTROLS)) / len(data)


def _with_nuls(data: bytes) -> Decoded | None:
    """UTF-16 or UTF-32 without a mark, or binary; None for text with a stray NUL."""
    sample = data[: 1 << 16]
    sample = sample[: len(sample) // 4 * 4]
    zeros = [sample[k::4].count(0) / max(1, len(sample) // 4) for k in range(4)]
    for encoding, empty in (("utf-32-le", (2, 3)), ("utf-32-be", (0, 1))):
        if len(data) % 4 == 0 and all(zeros[k] > 0.9 for k in empty) and _decodes(sample, encoding):
            return Decoded(encoding, 0.95, "pattern of NULs")
    little, big = (_utf16_score(data[: 1 << 16], encoding) for encoding in ("utf-16-le", "utf-16-be"))
    if max(little, big) > 0 and little != big:
        encoding = "utf-16-le" if little > big else "utf-16-be"
        return Decoded(encoding, 0.9, "ASCII characters in UTF-16")
    if data.count(b"\x00") > len(data) // 100:
        return Decoded("binary", 1.0, "NUL bytes")
    return None


def _utf16_score(sample: bytes, encoding: str) -> int:
    """Spaces, digits and letters of ASCII less those in the wrong byte order; 0 for what is no text."""
    text = sample[: len(sample) // 2 * 2].decode(encoding, "replace")
    odd = sum(not (ch.isprintable() or ch.isspace()) or ch == "\ufffd" for ch in text)
    if not text or odd > 0.02 * len(text):
        return 0
    plain = sum(ch in "\t\n\r" or " " <= ch <= "~" for ch in text)
    swapped = sum(ord(ch) & 0xFF == 0 and (ord(ch) >> 8 in (9, 10, 13) or 0x20 <= ord(ch) >> 8 <= 0x7E) for ch in text)
    return max(0, plain - swapped)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def high_lines(data: bytes, limit: int = 1 << 16) -> bytes:
    """Whole lines that hold high bytes: half from the head, a quarter each from the middle and the tail."""
    shares: tuple[tuple[int, int], ...] = (
        (0, limit // 2),
        (len(data) // 2, limit // 4),
        (max(0, len(data) - 4 * limit), limit // 4),
    )
    if len(data) <= limit:
        shares = ((0, limit),)
    picked: list[bytes] = []
    reached = 0
    for start, budget in shares:
        position = max(start, reached)
        while budget > 0 and (hit := _HIGH_BYTE.search(data, position)):
            begin = max(data.rfind(b"\n", 0, hit.start()) + 1, hit.start() - limit)
            end = data.find(b"\n", hit.start())
            end = min(len(data) if end < 0 else end + 1, hit.start() + limit)
            line = data[begin:end][: max(budget, 256)]
            picked.append(line)
            budget -= len(line)
            position = reached = max(end, hit.end())
    return b"".join(picked)


_HIGH_BYTE = re.compile(rb"[\x80-\xff]")


def _mixed(data: bytes) -> Decoded | None:
    """UTF-8 on some lines and one legacy codec on the others."""
    valid: list[bytes] = []
    other: list[bytes] = []
    for line in data.split(b"\n")[:20_000]:
        if not line.isascii():
            (valid if _decodes(line, "utf-8") else other).append(line)
    if not valid or not other or len(valid) < 0.1 * (len(valid) + len(other)):
        return None
    lines = b"\n".join(other)
    found = _legacy(lines[: 1 << 16], lines)
    if found.encoding == "binary" or found.confidence < UNCERTAIN:
        return None
    how = f"{len(valid)} lines in UTF-8, {len(other)} in {found.encoding}"
    return Decoded("mixed", found.confidence, how, other=found.encoding)


def _legacy(evidence: bytes, data: bytes) -> Decoded:
    """A guess on the evidence, settled by decoding the data."""
    guess, confidence = _ask_chardet(evidence[:4096])
    if not (confidence >= 0.5 and guess in _CJK) and len(evidence) > 4096:
        guess, confidence = _ask_chardet(evidence)
    if guess in _LATIN and not _is_latin(evidence):
        guess, confidence = _ask_in_parts(evidence, guess, 0.0)
    if (confidence < 0.5 or guess == "johab") and looks_korean(evidence):
        confidence = max(confidence, 0.5) if len(_HIGH_BYTE.findall(evidence)) >= 8 else 0.1
        return Decoded("cp949", confidence, "Hangul of KS X 1001")
    if confidence < UNCERTAIN and (codec := _japanese(evidence)):
        return Decoded(codec, 0.5 if len(evidence) >= 16 else 0.1, "kana")
    if confidence < UNCERTAIN:
        guess, confidence = _ask_about_words(evidence, guess, confidence)
    if confidence < 0.3 and len(evidence) >= 1024:
        guess, confidence = _ask_in_parts(evidence, guess, confidence)
    for codec in _WIDER.get(guess, (guess,)):
        if _decodes(data, codec) or (codec in _CJK and _damaged_share(evidence, codec) <= 0.03):
            return Decoded(codec, confidence, "chardet")
    for codec in _WIDER.get(guess, (guess,)):
        if _decodes(evidence, codec):
            return Decoded(codec, confidence, "chardet")
    if looks_korean(evidence, 0.9):
        return Decoded("cp949", 0.5, "Hangul of KS X 1001")
    return Decoded("cp1252", min(confidence, 0.1), "nothing else fits")


def _japanese(evidence: bytes) -> str:
    """Strict Shift_JIS or EUC-JP whose non-ASCII text is largely kana; '' otherwise."""
    for codec in ("cp932", "euc_jp"):
        try:
            high = [ch for ch in evidence.decode(codec) if not ch.isascii()]
        except UnicodeDecodeError:
            continue
        kana = sum("\u3041" <= ch <= "\u30fe" for ch in high)
        if len(high) >= 2 and kana >= 0.4 * len(high):
            return codec
    return ""


_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_LATIN = ("cp1252", "cp1250", "iso8859-2", "cp1254", "cp1257", "cp1258", "iso8859-15", "cp850", "cp852", "mac-roman")


def _ask_about_words(evidence: bytes, guess: str, confidence: float) -> tuple[str, float]:
    """Numbers and markup drown the few words that tell; and single high bytes among letters are a Latin script."""
    words = b" ".join(_WORD.findall(evidence))
    latin = _is_latin(evidence)
    name, sure = _ask_chardet(words[:4096], _LATIN if latin else None)
    better = sure > confidence or (latin and guess in _CJK)
    return (name, sure) if better else (guess, confidence)


def _is_latin(evidence: bytes) -> bool:
    """Single high bytes among letters, as in a Latin script, rather than runs of them."""
    words = b" ".join(_WORD.findall(evidence))
    runs = re.findall(rb"[\x80-\xff]+", words)
    letters = len(words.translate(None, delete=_HIGH + b" "))
    return letters > len(words) // 2 and sum(len(run) == 1 for run in runs) >= 0.7 * len(runs)


def _ask_in_parts(evidence: bytes, guess: str, confidence: float) -> tuple[str, float]:
    """A bad byte makes chardet drop a codec, so ask about parts, most of which hold none; the majority wins."""
    lines = [line for line in evidence.splitlines(keepends=True) if not line.isascii()]
    step = max(1, len(lines) // 8)
    parts = [b"".join(lines[k : k + step])[:2048] for k in range(0, len(lines), step)]
    if len(lines) < 4:
        parts = [
            evidence[k : k + 512].partition(b" ")[2] for k in range(0, len(evidence), max(512, len(evidence) // 8))
        ]
    answers: dict[str, list[float]] = {}
    for part in parts:
        name, sure = _ask_chardet(part)
        answers.setdefault(name, []).append(sure)
    best = max(answers, key=lambda name: sum(answers[name]), default=guess)
    sure = sum(answers.get(best, [0.0])) / max(1, len(parts))
    return (best, sure) if sure > confidence else (guess, confidence)


def _ask_chardet(data: bytes, among: tuple[str, ...] | None = None) -> tuple[str, float]:
    import chardet

    eras = chardet.EncodingEra.ALL
    if data.count(0x40) <= 4 * data.count(0x20):
        eras &= ~chardet.EncodingEra.MAINFRAME
    answer = chardet.detect(data, encoding_era=eras, prefer_superset=False, compat_names=False, include_encodings=among)
    name = str(answer["encoding"] or "cp1252").lower().replace("-", "_")
    return name.replace("iso8859_", "iso8859-"), float(answer["confidence"] or 0)


def _damaged_share(data: bytes, codec: str) -> float:
    text = data.decode(codec, "replace")
    high = sum(not ch.isascii() for ch in text)
    return text.count("\ufffd") / high if high else 1.0


_LONE_SYLLABLE = re.compile("[A-Za-z][가-힣][A-Za-z]")


def looks_korean(data: bytes, share: float = 0.95) -> bool:
    """Strict CP949 whose non-ASCII text is Hangul of KS X 1001, but not lone syllables between letters.

    (Portuguese INFORMAÇÕES reads as INFORMA합ES.)
    """
    text = data.decode("cp949", "replace")
    high = [ch for ch in text if not ch.isascii()]
    if not high or text.count("\ufffd") > 0.03 * len(high):
        return False
    common = sum(in_ks_x_1001(ch) for ch in high)
    return common >= share * len(high) and len(_LONE_SYLLABLE.findall(text)) <= 0.2 * len(high)


def in_ks_x_1001(ch: str) -> bool:
    """Whether a character is one of the 2,350 Hangul syllables of KS X 1001."""
    if not "가" <= ch <= "힣":
        return False
    lead, trail = ch.encode("cp949")
    return 0xB0 <= lead <= 0xC8 and trail >= 0xA1
