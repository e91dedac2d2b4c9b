"""Guess: legacy encodings without a mark, by chardet and by tests of our own for what it gets wrong."""

from __future__ import annotations

import re

from corpuscheck.reading.encodings.decoded import UNCERTAIN, Decoded
from corpuscheck.reading.encodings.plausibility import surprise
from corpuscheck.reading.lines import line_start, line_stop

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
    "euc_jp": ("euc_jp", "euc_jis_2004"),
    "euc_jis_2004": ("euc_jp", "euc_jis_2004"),
    "iso8859-1": ("cp1252", "iso8859-1"),
    "ascii": ("cp1252",),
}

_CJK = ("cp949", "johab", "cp932", "shift_jis_2004", "cp950", "big5hkscs", "gb18030", "euc_jp", "euc_jis_2004")

_LATIN = ("cp1252", "cp1250", "iso8859-2", "cp1254", "cp1257", "cp1258", "iso8859-15", "cp850", "cp852", "mac-roman")

_HIGH_BYTE = re.compile(rb"[\x80-\xff]")

_LETTERS = re.compile(rb"[A-Za-z\x80-\xff]+")

_DAMAGE = 6  # what damage costs more than a character that is rare

HIGH = bytes(range(0x80, 0x100))


def decodes(data: bytes, encoding: str) -> bool:
    """Whether the bytes are valid in this encoding to the last one."""
    try:
        data.decode(encoding)
    except (UnicodeError, LookupError):
        return False
    return True


def utf8_share(data: bytes) -> float:
    """Share of the high bytes that lie in valid UTF-8 sequences. Legacy text never exceeds about half."""
    high = len(data) - len(data.translate(None, delete=HIGH))
    if not high:
        return 1.0
    text = data.decode("utf-8", "surrogateescape")
    astray = sum(map(len, re.findall("[\udc80-\udcff]+", text)))
    return 1 - astray / high


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
            begin = line_start(data, hit.start(), max(0, hit.start() - limit))
            end = line_stop(data, hit.start(), min(len(data), hit.start() + limit))
            if hit.start() - begin >= max(budget, 256):
                begin = hit.start()
            line = data[begin:end][: max(budget, 256)]
            picked.append(line)
            budget -= len(line)
            position = reached = max(end, hit.end())
    return b"".join(picked)


def guess_legacy(evidence: bytes, data: bytes) -> Decoded:
    """A guess on the evidence, settled by decoding the data."""
    guess, confidence = ask_chardet(evidence[:4096])
    if not (confidence >= 0.5 and guess in _CJK) and len(evidence) > 4096:
        guess, confidence = ask_chardet(evidence)
    if guess in _LATIN and len(evidence) >= 256 and not _is_latin(evidence):
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
    if codec := _of_family(_WIDER.get(guess, (guess,)), evidence, data):
        return Decoded(codec, confidence, "chardet")
    for codec in _WIDER.get(guess, (guess,)):
        if decodes(evidence, codec):
            return Decoded(codec, confidence, "chardet")
    if looks_korean(evidence, 0.9):
        return Decoded("cp949", 0.5, "Hangul of KS X 1001")
    return Decoded("cp1252", min(confidence, 0.1), "nothing else fits")


def _of_family(family: tuple[str, ...], evidence: bytes, data: bytes) -> str:
    """The first codec that decodes the data; where it does not, the one whose text is the least surprising.

    A character that only a larger set has is no damage to the smaller; but damage may read as one of the larger.
    """
    if decodes(data, family[0]):
        return family[0]
    likely = [
        codec for codec in family if decodes(data, codec) or (codec in _CJK and _damaged_share(evidence, codec) <= 0.03)
    ]
    if len(likely) < 2:
        return "".join(likely)
    return min(likely, key=lambda codec: _price(data.decode(codec, "replace")))


def _price(text: str) -> int:
    return surprise(text) + _DAMAGE * text.count("\ufffd")


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


def _ask_about_words(evidence: bytes, guess: str, confidence: float) -> tuple[str, float]:
    """Numbers and markup drown the few words that tell; and single high bytes among letters are a Latin script."""
    words = _words(evidence)
    latin = _is_latin(evidence)
    name, sure = ask_chardet(words[:4096], _LATIN if latin else None)
    better = sure > confidence or (latin and guess in _CJK)
    return (name, sure) if better else (guess, confidence)


def _words(evidence: bytes) -> bytes:
    """The words that hold high bytes."""
    return b" ".join(word for word in _LETTERS.findall(evidence) if not word.isascii())


def _is_latin(evidence: bytes) -> bool:
    """Single high bytes among letters, as in a Latin script, rather than runs of them."""
    words = _words(evidence)
    runs = re.findall(rb"[\x80-\xff]+", words)
    letters = len(words.translate(None, delete=HIGH + b" "))
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
        name, sure = ask_chardet(part)
        answers.setdefault(name, []).append(sure)
    best = max(answers, key=lambda name: sum(answers[name]), default=guess)
    sure = sum(answers.get(best, [0.0])) / max(1, len(parts))
    return (best, sure) if sure > confidence else (guess, confidence)


def ask_chardet(data: bytes, among: tuple[str, ...] | None = None) -> tuple[str, float]:
    """chardet's answer under Python's names, and its confidence. Mainframe codecs only where 0x40 is the space."""
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


KS_X_1001 = frozenset(
    bytes((lead, trail)).decode("euc_kr") for lead in range(0xB0, 0xC9) for trail in range(0xA1, 0xFF)
)


def in_ks_x_1001(ch: str) -> bool:
    """Whether a character is one of the 2,350 Hangul syllables of KS X 1001."""
    return ch in KS_X_1001
