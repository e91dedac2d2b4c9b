"""Misaligned: a dropped byte that Shift_JIS or Big5 closes over, so that every byte is valid and the text is wrong.

The second byte of a character may there be an ASCII letter or a half-width kana. After a dropped byte, pairs are
cut in the wrong place until such a byte is left over, alone behind a wide character. It is taken for damage when

- the wide character occurs nowhere else in the file, but its second byte and the one left over are a frequent one; or
- it is a half-width kana between kana and kanji, in a file that has hardly any others.

What loses a first byte before an ASCII letter cannot be told from text that has a letter there, and is not reported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

_JAPANESE = ("cp932", "shift_jis")

CLOSING_OVER = (*_JAPANESE, "big5", "cp950", "big5hkscs")
"""Codecs whose second bytes are also letters, and whose texts know no spaces at which to fail."""

_ALONE = re.compile("[A-Za-z\uff66-\uff9d](?<=[^\x00-\x7f\uff61-\uff9f\ufffd].)(?![!-~\uff61-\uff9f])")

_AMID = re.compile("[\u3041-\u30fa\u4e00-\u9fff][\uff66-\uff9d][\u3041-\u30fa\u4e00-\u9fff]")

_WRITTEN_ALONE = re.compile("[ｱｲｳｴｵﾛﾊﾆｶｹﾂﾉ]|[ぁ-ヺ][ｧｨｩｪｫ]")  # labels, 霞ｹ関, 三ﾂ星, drawled vowels

_FREQUENT = 5
_MANY = 10_000  # a text full of single letters, in which nothing could be told
_ONE_IN = 20  # letters alone that look misaligned by chance are one in a thousand


@dataclass(frozen=True)
class _Left:
    """A byte left over: where, the character before it, the one the two make, whether kana and kanji surround it."""

    offset: int
    before: str
    other: str
    amid: bool


class Misaligned:
    """What is left over in one file. Blocks may be cut between any two characters."""

    def __init__(self, codec: str) -> None:
        self._codec = codec
        self._counts = np.zeros(1 << 16, np.int64)
        self._left: list[_Left] = []
        self._alone = 0
        self._held = ""

    def add(self, text: str, offset: int, final: bool) -> None:
        """The text of the bytes from `offset` on."""
        if self._alone > _MANY:
            return
        self._counts += np.bincount(np.frombuffer(text.encode("utf-16-le", "replace"), np.uint16), minlength=1 << 16)
        at = offset - self._width(self._held)
        text = self._held + text
        done = 0
        for match in _ALONE.finditer(text, 1):
            here = match.start()
            if here == len(text) - 1 and not final:
                break
            self._alone += 1
            at += self._width(text[done:here])
            done = here
            self._enter(text[here - 1 : here + 2], at)
        self._held = text[-2:]

    def _enter(self, around: str, offset: int) -> None:
        before, single = around[0], around[1]
        amid = self._codec in _JAPANESE and _AMID.match(around) is not None and not _WRITTEN_ALONE.search(around)
        pair = before.encode(self._codec, "replace")[-1:] + single.encode(self._codec, "replace")
        other = pair.decode(self._codec, "replace")
        if amid or len(other) == 1:
            self._left.append(_Left(offset, before, other, amid))

    def offsets(self) -> list[int]:
        """Where the bytes left over by damage are."""
        few = 2 * sum(left.amid for left in self._left) >= self._counts[0xFF66:0xFFA0].sum()
        found = [left.offset for left in self._left if (left.amid and few) or self._misread(left)]
        return found if self._alone <= min(_MANY, _ONE_IN * len(found)) else []

    def _misread(self, left: _Left) -> bool:
        if max(left.before, left.other) > "\uffff" or len(left.other) != 1:
            return False
        return bool(self._counts[ord(left.before)] == 1 and self._counts[ord(left.other)] >= _FREQUENT)

    def _width(self, text: str) -> int:
        return len(text.encode(self._codec, "replace"))
