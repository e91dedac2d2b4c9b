"""Composing: text in a normal form of Unicode, in time that no heap of combining marks can blow up."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import Literal

MOST_MARKS = 30
"""Combining marks in a row that are put in order together, as in Unicode's Stream-Safe Text Format; no language has
more. Those after them are taken as a run of their own."""

_SHORT = 1000


def normalised(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """The text in this form. Putting marks in order takes the square of their number, so a long run is cut."""
    if len(text) <= _SHORT or text.isascii():
        return unicodedata.normalize(form, text)
    marks = "".join(sorted(filter(unicodedata.combining, set(text))))
    if not marks:
        return unicodedata.normalize(form, text)
    cuts = [0, *(match.end() for match in _long_runs(marks).finditer(text)), len(text)]
    return "".join(unicodedata.normalize(form, text[start:end]) for start, end in pairwise(cuts))


@lru_cache(maxsize=64)
def _long_runs(marks: str) -> re.Pattern[str]:
    """`MOST_MARKS` of these marks before another one."""
    return re.compile(f"[{marks}]{{{MOST_MARKS}}}(?=[{marks}])")
