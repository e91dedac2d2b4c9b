"""Declarations: what a file says of its own encoding, which is often wrong."""

from __future__ import annotations

import codecs
import re
from functools import cache

_CJK = ("euc_kr", "cp949", "johab", "shift_jis", "cp932", "euc_jp", "gb2312", "gbk", "gb18030", "big5", "cp950")


@cache
def _declaration() -> re.Pattern[bytes]:
    return re.compile(
        rb"""<\?xml[^>]{0,100}encoding\s*=\s*["']([\w.:-]+)|<meta[^>]{0,200}charset\s*=\s*["']?([\w.:-]+)"""
        rb"""|^[ \t\f]*(?:\#|//|%)[^\n]{0,40}coding[:=][ \t]*([\w.-]+)|^@charset "([\w.-]+)\"""",
        re.IGNORECASE | re.MULTILINE,
    )


def declared(head: bytes) -> str:
    """The encoding that a file says it has in its first kilobyte, as Python names it; '' where it says none."""
    small = head[:1024].lower()
    match = _declaration().search(head[:1024]) if b"coding" in small or b"charset" in small else None
    if match is None:
        return ""
    name = next(group for group in match.groups() if group).decode("ascii", "replace")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return name.lower()


def disagrees(declaration: str, encoding: str) -> bool:
    """Whether a declaration is wrong about an encoding.

    ASCII is right under every name that extends it; but a file that declares a CJK codec and has no letter of it has
    lost its text, or its declaration is a leftover.
    """
    if encoding == "ascii":
        return declaration.startswith(("utf-16", "utf-32")) or declaration in _CJK
    if not declaration or encoding in ("binary", "mixed", "empty"):
        return False
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        return False
    same = {declaration, name}
    alike = ({"cp949", "euc_kr"}, {"cp932", "shift_jis"}, {"gb18030", "gbk", "gb2312"}, {"cp950", "big5"},
             {"cp1252", "iso8859-1"}, {"cp874", "tis-620"}, {"utf-16", "utf-16-le", "utf-16-be"})  # fmt: skip
    return len(same) == 2 and not any(same <= group for group in alike)
