"""What is planted into real text, and where: copies, debris, shapes of personal data, documents of doubtful kinds."""

from __future__ import annotations

import base64
import random
import re
import unicodedata
from collections.abc import Callable, Sequence

from corpuscheck.kernels.columns import (
    CARD,
    EMAILS,
    ENTITIES,
    FIRST_DEBRIS,
    FIRST_PII,
    IPV4,
    KR_LANDLINE,
    KR_MOBILE,
    KR_RESIDENT,
    KR_RESIDENT_DATED,
    MARKUP,
    PHONE,
    SYMBOL_RUNS,
    URLS,
    US_SOCIAL,
)

Dice = random.Random
WIDE = re.compile("[\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def folded(text: str) -> str:
    """Base letters in lower case and digits: the definition that the kernels are held against."""
    kept = []
    for ch in unicodedata.normalize("NFC", text).lower():
        letters = [c for c in unicodedata.normalize("NFKD", ch) if not unicodedata.combining(c)]
        whole = unicodedata.normalize("NFC", "".join(letters))
        if whole and (whole[0].isalpha() or unicodedata.category(whole[0]) in ("Nd", "Nl", "Mc", "Mn")):
            kept.append(whole[0])
        elif unicodedata.category(ch) in ("Mn", "Mc") and WIDE.match(ch):
            kept.append(ch)
    return "".join(kept)


def shingles(text: str) -> set[str]:
    """5 characters of a wide script, 10 of a narrow one."""
    flat = folded(text)
    width = 5 if 2 * len(WIDE.findall(flat)) > len(flat) else 10
    return {flat[k : k + width] for k in range(len(flat) - width + 1)}


def jaccard(a: set[str], b: set[str]) -> float:
    """What they share of what both have."""
    return len(a & b) / max(1, len(a | b))


def normalised_copy(text: str, dice: Dice) -> str:
    """The same but for case, spaces, punctuation or the form of its characters."""
    way = dice.randrange(4)
    if way == 0 and text.upper() != text and len(text.upper()) == len(text):
        return text.upper()
    if way == 1:
        return re.sub(r"[ \u3000]", "  ", text) + " \n"
    if way == 2 and unicodedata.normalize("NFD", text) != text:
        return unicodedata.normalize("NFD", text)
    return re.sub(r"[.,!?。、，．]", "", text) + " …"


def near_copy(text: str, target: float, words: Sequence[str], dice: Dice) -> tuple[str, float]:
    """Pieces replaced or left out, one by one, until the true Jaccard similarity has come down to the target."""
    pieces = re.findall(r"\s+|[^\s]{1,8}", text)
    whole = shingles(text)
    order = [k for k, piece in enumerate(pieces) if not piece.isspace()]
    dice.shuffle(order)
    step = max(1, round(len(order) * (1 - target) / 60))
    likeness = 1.0
    for k in range(0, len(order), step):
        for place in order[k : k + step]:
            pieces[place] = dice.choice(words) if dice.random() < 0.6 else ""
        likeness = jaccard(whole, shingles("".join(pieces)))
        if likeness <= target + 0.005:
            break
    return "".join(pieces), likeness


def _digits(dice: Dice, n: int) -> str:
    return "".join(dice.choices("0123456789", k=n))


def card(dice: Dice, valid: bool = True) -> str:
    """Sixteen digits whose last one is, or is not, the check digit of Luhn."""
    body = dice.choice("3456") + _digits(dice, 14)
    total = sum(sum(divmod(int(ch) * (2 - k % 2), 10)) for k, ch in enumerate(body))
    check = (-total + (0 if valid else dice.randint(1, 9))) % 10
    whole = f"{body}{check}"
    return dice.choice((whole, *("-".join(whole[k : k + 4] for k in range(0, 16, 4)),) * 2))


def _dated(dice: Dice) -> str:
    return f"{_digits(dice, 2)}{dice.randint(1, 12):02}{dice.randint(1, 28):02}"


def _name(dice: Dice) -> str:
    return "".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=dice.randint(3, 9)))


def url(dice: Dice) -> str:
    """Of a made-up page."""
    start = dice.choice(("https://", "http://", "https://www.", "www."))
    return f"{start}{_name(dice)}.{dice.choice(('com', 'co.kr', 'org'))}/{_name(dice)}?id={dice.randint(1, 999)}"


def email(dice: Dice) -> str:
    """Of nobody."""
    return f"{_name(dice)}.{_name(dice)}@{_name(dice)}.{dice.choice(('com', 'co.kr', 'de'))}"


def _tag(dice: Dice) -> str:
    return dice.choice(
        ("<br>", "<BR/>", "</div>", f'<a href="/{_name(dice)}">', '<p class="x">', "<blockquote>", "<td>")
    )


DEBRIS: dict[str, tuple[int, Callable[[Dice], str]]] = {
    "tags": (FIRST_DEBRIS + 2 * MARKUP, _tag),
    "entities": (FIRST_DEBRIS + 2 * ENTITIES, lambda d: d.choice(("&nbsp;", "&amp;", "&#160;", "&#xA0;", "&quot;"))),
    "URLs": (FIRST_DEBRIS + 2 * URLS, url),
    "e-mail addresses": (FIRST_DEBRIS + 2 * EMAILS, email),
    "symbol runs": (FIRST_DEBRIS + 2 * SYMBOL_RUNS, lambda d: d.choice("-=_*#─★") * d.randint(5, 30)),
}

PERSONAL: dict[str, tuple[int, Callable[[Dice], str]]] = {
    "Korean mobile number": (
        FIRST_PII + KR_MOBILE,
        lambda d: d.choice((f"010-{_digits(d, 4)}-{_digits(d, 4)}", f"010{_digits(d, 8)}")),
    ),
    "Korean landline number": (
        FIRST_PII + KR_LANDLINE,
        lambda d: f"{d.choice(('02', '031', '051'))}-{d.randint(200, 9999)}-{_digits(d, 4)}",
    ),
    "Korean resident number, true date": (
        FIRST_PII + KR_RESIDENT_DATED,
        lambda d: f"{_dated(d)}-{d.randint(1, 4)}{_digits(d, 6)}",
    ),
    "Korean resident number, no such date": (
        FIRST_PII + KR_RESIDENT,
        lambda d: f"{_digits(d, 2)}{d.randint(13, 99)}{_digits(d, 2)}-{d.randint(1, 4)}{_digits(d, 6)}",
    ),
    "payment card number": (FIRST_PII + CARD, card),
    "US social security number": (
        FIRST_PII + US_SOCIAL,
        lambda d: f"{d.randint(100, 665)}-{d.randint(10, 99)}-{d.randint(1000, 9999)}",
    ),
    "telephone number": (
        FIRST_PII + PHONE,
        lambda d: d.choice((f"+82-10-{_digits(d, 4)}-{_digits(d, 4)}", f"+49 30 {_digits(d, 6)}",
                            f"+1 (415) 5{_digits(d, 2)}-{_digits(d, 4)}", f"415-5{_digits(d, 2)}-{_digits(d, 4)}")),
    ),
    "IPv4 address": (FIRST_PII + IPV4, lambda d: ".".join(str(d.randint(10, 255)) for _ in range(4))),
}  # fmt: skip

DECOYS: tuple[Callable[[Dice], str], ...] = (
    lambda d: f"{d.randint(1900, 2030)}-{d.randint(1, 12):02}-{d.randint(1, 28):02}",
    lambda d: f"{d.randint(1900, 2030)}.{d.randint(1, 12)}.{d.randint(1, 28)}.",
    lambda d: f"ORD-{_digits(d, 12)}",
    lambda d: card(d, valid=False),
    lambda d: f"{d.randint(1, 9)}.{d.randint(0, 20)}.{d.randint(0, 20)}",
    lambda d: f"{d.randint(1, 99999)}.{_digits(d, 6)}",
    lambda d: f"978-89-{_digits(d, 4)}-{_digits(d, 3)}-{d.randint(0, 9)}",
    lambda d: f"{d.randint(1000, 1999)}-{d.randint(1000, 1999)}",
    lambda d: f"§ {d.randint(1, 300)}-{d.randint(1, 20)}",
    lambda d: f"{d.randint(1, 999)},{_digits(d, 3)},{_digits(d, 3)}",
    lambda d: f"{d.randint(1900, 2020)} {d.randint(1900, 2020)} {d.randint(1900, 2020)}",
)
"""Dates, orders, cards with a wrong check digit, versions, decimals, books, ranges of years, articles, amounts."""


def _menu(words: Sequence[str], dice: Dice) -> str:
    return "\n".join(dice.choice(words)[:14] for _ in range(40))


def _spam(words: Sequence[str], dice: Dice) -> str:
    slogan = " ".join(dice.choices(words, k=12))
    return " ".join(f"{slogan} {dice.choice(words)}" for _ in range(15))


def _numbers(words: Sequence[str], dice: Dice) -> str:
    rows = (" ".join(f"{dice.uniform(0, 9999):.2f}" for _ in range(6)) for _ in range(20))
    return "\n".join(f"{dice.choice(words)} {row}" for row in rows)


def _laughter(words: Sequence[str], dice: Dice) -> str:
    return " ".join(f"{dice.choice(words)} {dice.choice('ㅋㅎㅠㅜ') * dice.randint(6, 25)}" for _ in range(20))


def _art(words: Sequence[str], dice: Dice) -> str:
    return "\n".join("".join(dice.choices("  /\\|_-=()'.:*#", k=50)) for _ in range(20)) + "\n" + dice.choice(words)


def _bytes(dice: Dice, n: int) -> bytes:
    return bytes(dice.randrange(256) for _ in range(n))


def _encoded(words: Sequence[str], dice: Dice) -> str:
    return f"{' '.join(dice.choices(words, k=8))} data:image/png;base64,{base64.b64encode(_bytes(dice, 900)).decode()}"


def _mime(words: Sequence[str], dice: Dice) -> str:
    return " ".join(dice.choices(words, k=8)) + "\n" + base64.encodebytes(_bytes(dice, 900)).decode()


def _code(words: Sequence[str], dice: Dice) -> str:
    body = "\n".join(f"  if ({_name(dice)}[{k}] > {k}) {{ {_name(dice)}({_name(dice)}); }}" for k in range(20))
    return f"function {_name(dice)}({_name(dice)}) {{\n{body}\n}}"


def _python(words: Sequence[str], dice: Dice) -> str:
    body = "\n".join(f"    if {_name(dice)}[{k}] > {k}:\n        {_name(dice)}({_name(dice)})" for k in range(20))
    return f"def {_name(dice)}({_name(dice)}):\n{body}\n"


def _bullets(words: Sequence[str], dice: Dice) -> str:
    return "\n".join(f"{dice.choice('-•*')} {' '.join(dice.choices(words, k=6))}" for _ in range(15))


def _junk(words: Sequence[str], dice: Dice) -> str:
    return _bytes(dice, 1200).decode("utf-8", "replace")


DOUBTFUL: dict[str, tuple[str, Callable[[Sequence[str], Dice], str]]] = {
    "menu": ("CC406", _menu),
    "spam that repeats itself": ("CC404", _spam),
    "number table": ("CC402", _numbers),
    "ㅋ, ㅎ, ㅠ runs": ("CC407", _laughter),
    "art of characters": ("CC401", _art),
    "base64, one word": ("CC410", _encoded),
    "base64, lines of 76": ("", _mime),
    "code with braces": ("CC411", _code),
    "code without braces": ("", _python),
    "bullet list": ("CC412", _bullets),
    "binary junk": ("CC408", _junk),
}

LEGACY = {"ko": "cp949", "ja": "cp932", "zh": "gb18030", "th": "cp874", "ru": "cp1251", "en": "cp1252", "de": "cp1252"}


def mojibake(text: str, way: int, language: str) -> tuple[str, str, str]:
    """What it is called, the rule that should name it, and the text read in the wrong way."""
    data, old = text.encode(), text.encode(LEGACY[language], "ignore")
    return (
        ("UTF-8 read as Latin-1", "CC409", data.decode("latin-1")),
        ("UTF-8 read as Windows-1252", "CC409", data.decode("cp1252", "ignore")),
        ("legacy read as Latin-1", "CC409", old.decode("latin-1")),
        ("legacy read as UTF-8", "CC408", old.decode("utf-8", "replace")),
    )[way]
