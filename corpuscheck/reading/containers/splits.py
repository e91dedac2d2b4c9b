"""Splits: parts of archives that were cut into several files, which only make sense together."""

from __future__ import annotations

import re

JOIN = "part of a split archive: join them, as in 'cat NAME* > WHOLE', and read that"
SPLIT_ZIP = "part of a split archive: join them with 'zip -s 0 NAME.zip --out WHOLE.zip' and read that"
SPLIT_RAR = "part of a split archive: unpack it with 'unrar x' or '7z x' and read that"

_PACKED = r"(?:zip|7z|rar|tar|gz|tgz|bz2|tbz2?|xz|txz|zst|tzst|zstd|lzma|lz4|warc)"
_NUMBERED = r"(?:\d{2,3}|[a-d][a-z]|aa[a-z])"  # as split and 7-Zip name parts
_BY_NAME = (
    (re.compile(rf"\.{_PACKED}(?:[._-]?{_NUMBERED}|[._-]?(?:part|split|chunk)[._-]?\w{{1,4}})$"), JOIN),
    (re.compile(r"\.z\d{2}$"), SPLIT_ZIP),
    (re.compile(r"(?:\.part\d+\.rar|\.r\d{2})$"), SPLIT_RAR),
)
_LIKE_A_PART = re.compile(rf"(?:[._-](?:part|split|chunk)[._-]?\w{{1,4}}|\.\d{{2,3}}|\.{_NUMBERED}|^x[a-z]{{2}})$")


def part_of_archive(name: str) -> str:
    """Why a file of this name is not read by itself; empty for others."""
    lowered = name.lower()
    return next((reason for pattern, reason in _BY_NAME if pattern.search(lowered)), "")


def named_like_a_part(name: str) -> bool:
    """Whether it may be a part of something: it is one if its content is compressed or binary."""
    return bool(_LIKE_A_PART.search(name.lower()))
