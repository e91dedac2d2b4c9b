"""Question marks: letters that a codec could not hold, each replaced by `?`. What they were is lost."""

from __future__ import annotations

import re

MAY_HOLD = re.compile(r"\?\?|\w\?\w")

_WORD = re.compile(r"\S+")
_ALONE = re.compile(r"[\"'(\[<*-]*+\?[-,.:;!\"')\]>*0-9?]*+")
_INSIDE = re.compile(r"[^\W\d_A-Z]\?+[^\W\d_A-Z]")
_ADDRESS = re.compile(r"[/=&@#]|\.\w")
_CASELESS = re.compile("[\u0e00-\u0e7f\u1100-\u11ff\u3040-\u9fff\uac00-\ud7a3]")

_FEWEST = 4


def replaced_letters(line: str) -> bool:
    """Whether letters of a line were replaced by `?`: whole words of them, or several words with one inside.

    `???` alone is a question that somebody asks, and two words of Korean may meet at one: neither counts.
    """
    words = _WORD.findall(line)
    alone = [word for word in words if _ALONE.fullmatch(word)]
    marks = [word.count("?") for word in alone]
    others = [word for word in words if not _ALONE.fullmatch(word) and any(map(str.isalpha, word))]
    if len(alone) >= 2 and sum(marks) >= _FEWEST and max(marks) >= 2 and len(alone) > len(others):
        return True
    inside = [word for word in words if _INSIDE.search(word) and not _ADDRESS.search(word)]
    return len(inside) >= 2 and not any(map(_CASELESS.search, inside))
