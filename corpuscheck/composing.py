"""Composing: text in a normal form of Unicode, in time that no heap of combining marks can blow up."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise
from typing import Literal

MOST_MARKS = 30
"""Combining marks in a row that are put in order together, as in Unicode's Stream-Safe Text Format; no language has
more. Those after them are taken as a run of their own."""

_SHORT = 1000

_NO_MARKS = 0x20000
"""From here on Unicode has no combining marks; to ask about each character would take longer than a small scan."""


def normalised(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """The text in this form. Putting marks in order takes the square of their number, so a long run is cut."""
    if len(text) <= _SHORT or text.isascii():
        return unicodedata.normalize(form, text)
    cuts = [0, *(match.end() for match in _long_runs().finditer(text)), len(text)]
    return "".join(unicodedata.normalize(form, text[start:end]) for start, end in pairwise(cuts))


@cache
def _long_runs() -> re.Pattern[str]:
    """`MOST_MARKS` marks before another one."""
    spans: list[list[int]] = []
    for code_point in filter(lambda cp: unicodedata.combining(chr(cp)), range(0x300, _NO_MARKS)):
        if spans and spans[-1][1] == code_point - 1:
            spans[-1][1] = code_point
        else:
            spans.append([code_point, code_point])
    marks = "".join(f"{chr(first)}-{chr(last)}" for first, last in spans)
    return re.compile(f"[{marks}]{{{MOST_MARKS}}}(?=[{marks}])")
