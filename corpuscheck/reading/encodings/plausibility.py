"""Plausibility: how surprising the characters of a text are, to tell a right reading of bytes from a wrong one.

A rough price in bits for each character that is not ASCII, by how frequent it is in its script, and a price for what
no writing does: capitals behind small letters, two alphabets in one word, accents in a row, symbols inside words.
Prices are for comparing two readings of the same bytes; they say nothing about a text alone.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_CYRILLIC = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъіїєёјґўћђљњџѓќѕ"
_GREEK = "αοιετσνηυρπκμλίςάόήέγωδύχώθφβξζψϊϋΐΰ"
_HEBREW = "יוהלאתמרבנשדםכקעחפגסטזןצךףץ"
_ARABIC = "اليمنورتبةعدسفهكقحجشطصخأإضذثزغءئىظآؤپچگکی،؟"
_THAI = "านรอกเงมยลวดทสตะปบคหแจพชขใไโผซถธศณภฐษฟญฏฤฆฎฑฒฌฬ่้ีัิ์ุูึื็ำๆ"

_HANGUL = (
    "다이는을의에고가지한하은로를사도기서인자어해아정시대리그일나보라전수들부제있만게원장상스과여안구주동적조소것세무성거"
    "공국우오유마진신생요네않없와비연습니으면선때러위된할까관화문"
)

_HAN = (
    "的一是不了在人有我他这這个個们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得于着下自之年过過"
    "发發后後作里用道行所然家种事成方多经經么去法学學如都同现現当沒没动動面起看定天分还還进進好小部其些主样理心她本前开"
    "開但因只从從想实實日军者意无力它与長长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重新東京月話語見"
    "何言思今手場立気合目入私彼国食物名春風山水花不相无人白夜秋雨雲明君何處江"
)

_LATIN = "éáíóúàèìòùâêîôûäëïöüãõñçßæøåœăąćčďđęěğıłńňőřśşșťțţůűýźżšžėįūųāēģīķļņơưÿŷŵ"

_PUNCTUATION = "“”‘’„‚«»‹›–—…·°№§©®€£¥±×•、。「」『』（），：；！？～・《》〈〉【】\u00a0\u3000ー々〜―‖−"

_SYMBOLS = "µ²³½ºª¿¡´"

_KNOWN_SCRIPTS = ((0x0530, 0x058F), (0x0900, 0x0DFF), (0x0E80, 0x0EFF), (0x0F00, 0x109F), (0x10D0, 0x10FF),
                  (0x1200, 0x137F), (0x1780, 0x17FF), (0x1EA0, 0x1EF9), (0x0300, 0x036F), (0x3105, 0x312F))  # fmt: skip

_ODD = 12
_LOST = 14


def _by_rank(letters: str) -> dict[str, int]:
    """More for rarer letters: a quarter of the letters makes two thirds of a text, a half nearly all."""
    steps = ((0.25, 3), (0.4, 4), (0.55, 6), (1.0, 8))
    return {ch: next(price for share, price in steps if rank < share * len(letters)) for rank, ch in enumerate(letters)}


_BELOW_HAN = frozenset(map(chr, range(0x4E00)))


def _first_level(codec: str, leads: range) -> frozenset[str]:
    """The frequent characters of a character set: those that it puts first."""
    pairs = (bytes((lead, trail)) for lead in leads for trail in range(0x40, 0xFF))
    return frozenset("".join(pair.decode(codec, "ignore") for pair in pairs)) - _BELOW_HAN


class _Prices(dict[str, int]):
    """The price of each character, worked out when it is first met."""

    def __init__(self) -> None:
        super().__init__({chr(b): 0 for b in range(0x80)})
        for letters in (_CYRILLIC, _GREEK, _HEBREW, _ARABIC, _THAI):
            self.update(_by_rank(letters))
        self.update({ch.upper(): self[ch] + 2 for ch in _CYRILLIC + _GREEK if len(ch.upper()) == 1 and ch != "ς"})
        self.update(dict.fromkeys(_LATIN, 5) | {ch.upper(): 7 for ch in _LATIN if len(ch.upper()) == 1 and ch != "ı"})
        self.update(dict.fromkeys("ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎㅠㅜㅆㄲㅏㅔㅗ", 6))
        self.update(dict.fromkeys(_PUNCTUATION, 5) | dict.fromkeys(_SYMBOLS, 6))
        self.update(dict.fromkeys(_first_level("euc_kr", range(0xB0, 0xC9)), 10) | dict.fromkeys(_HANGUL, 5))
        han = _first_level("gb2312", range(0xB0, 0xD8)) | _first_level("shift_jis", range(0x88, 0x98))
        self.update(dict.fromkeys(han, 11))
        self.update(dict.fromkeys(_first_level("big5", range(0xA4, 0xC7)) - set(self), 11))
        self.update(dict.fromkeys(_HAN, 6))

    def __missing__(self, ch: str) -> int:
        self[ch] = price = _price(ord(ch), unicodedata.category(ch))
        return price


def _price(cp: int, category: str) -> int:
    if category in ("Cc", "Co", "Cs") or cp == 0xFFFD:
        return _LOST
    if category == "Cn":
        return 20
    if 0x3041 <= cp <= 0x30FE:
        return 5
    if 0xAC00 <= cp <= 0xD7A3 or 0x3400 <= cp <= 0x4DBF or cp >= 0x20000:
        return 18
    if 0x4E00 <= cp <= 0x9FFF:
        return 14
    if 0x3130 <= cp <= 0x318F:
        return 10
    if any(first <= cp <= last for first, last in _KNOWN_SCRIPTS):
        return 6
    if 0xFF61 <= cp <= 0xFF9F:
        return 11
    if category[0] in "SP" or 0xFF00 <= cp <= 0xFFEF:
        return 9
    return _ODD


_BREAKS = re.compile(
    r"[A-Za-z\u00c0-\u024f\u0370-\u07ff\u0e00-\u0e7f](?:"  # what any begins with, as most characters begin none
    r"(?<=[a-zа-яёα-ωà-öø-ÿ])(?=[А-ЯЁΑ-ΩÀ-ÖØ-Þ])"  # a capital behind a small letter
    r"|(?<=[A-Za-z])(?=[\u0370-\u07ff\u0e00-\u0e7f])|(?<=[\u0370-\u07ff\u0e00-\u0e7f])(?=[A-Za-z])"  # two alphabets
    r"|(?<=[\u00c0-\u017f])(?=[\u00c0-\u017f])"  # accents in a row
    r"|(?<=[A-Za-z\u00c0-\u024f])"
    r"(?=[\u00a1-\u00b6\u00b8-\u00bf\u201c-\u201e\u2020-\u2022\u02c6\u2122][A-Za-z\u00c0-\u024f]))"
)
_BREAK = 5


@cache
def prices() -> _Prices:
    """The table, made once, and only where it is needed."""
    return _Prices()


def surprise(text: str) -> int:
    """What the characters of a text cost together, in bits."""
    if text.isascii():
        return 0
    return sum(map(prices().__getitem__, text)) + _BREAK * len(_BREAKS.findall(text))


def has_breaks(text: str) -> bool:
    """Whether a word holds what no writing does."""
    return _BREAKS.search(text) is not None
