"""Composing: text in a normal form of Unicode, in time that no heap of combining marks can blow up."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from itertools import pairwise
from typing import Literal

MOST_MARKS = 30
"""Combining marks in a row that are put in order together, as in Unicode's Stream-Safe Text Format; no language has
more. Those after them are taken as a run of their own."""

_Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
_APART: dict[_Form, _Form] = {"NFC": "NFD", "NFD": "NFD", "NFKC": "NFKD", "NFKD": "NFKD"}

_FULL = re.compile(rb"\x01{%d}(?=\x01)" % MOST_MARKS)
_LONG_RUN = re.compile(rb"\x01{%d,}" % (MOST_MARKS + 1))


def normalised(form: _Form, text: str) -> str:
    """The text in this form. Putting marks in order takes the square of their number, so a long run is cut."""
    cuts = [match.end() for match in _FULL.finditer(_marks(form, text))]
    if not cuts:
        return unicodedata.normalize(form, text)
    return "".join(unicodedata.normalize(form, text[start:end]) for start, end in pairwise([0, *cuts, len(text)]))


def normaliser(form: _Form, counts: Mapping[str, int]) -> Callable[[str], str]:
    """What `normalised` makes of texts that hold these characters so often, without looking at each in every text."""
    marks = sorted(ch for ch in counts if _is_mark(_APART[form], ch))
    if sum(counts[ch] for ch in marks) <= MOST_MARKS:
        return partial(unicodedata.normalize, form)
    long_run = re.compile(f"[{''.join(map(re.escape, marks))}]{{{MOST_MARKS + 1}}}")
    return lambda text: normalised(form, text) if long_run.search(text) else unicodedata.normalize(form, text)


def cut_runs(form: _Form, text: str) -> int:
    """How many runs of marks are cut before the text is brought into this form."""
    return len(_LONG_RUN.findall(_marks(form, text)))


def _marks(form: _Form, text: str) -> bytes:
    """1 for each character that joins the run of marks before it, else 0; empty where there is no long run."""
    if len(text) <= MOST_MARKS or text.isascii():
        return b""
    apart = _APART[form]
    marks = {ch for ch in set(text) if _is_mark(apart, ch)}
    return bytes(map(marks.__contains__, text)) if marks else b""


@lru_cache(1 << 16)
def _is_mark(apart: _Form, ch: str) -> bool:
    return unicodedata.combining(unicodedata.normalize(apart, ch)[0]) > 0
