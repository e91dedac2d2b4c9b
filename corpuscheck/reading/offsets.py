"""Offsets: where a place in the decoded text stands in the file."""

from __future__ import annotations

from collections.abc import Iterable

from corpuscheck.reading.text import TextStream


def raw_offset(blocks: Iterable[bytes], encoding: str, utf8_offset: int) -> int:
    """Where the character at `utf8_offset` of the decoded text stands in the file; 0-based, in bytes.

    `blocks` are gone through twice where lines are in different encodings.
    """
    if encoding == "mixed":
        return _mixed_offset(blocks, utf8_offset)
    raw = 0
    for block in TextStream(blocks, encoding):
        inside = block[:utf8_offset]
        raw += len(inside.decode("utf-8", "ignore").encode(encoding, "replace"))
        utf8_offset -= len(inside)
        if utf8_offset <= 0:
            break
    return raw


def _mixed_offset(blocks: Iterable[bytes], utf8_offset: int) -> int:
    stream = TextStream(blocks)
    lines, rest = 0, b""
    for block in stream:
        inside = block[:utf8_offset]
        lines += inside.count(b"\n")
        rest = (rest + inside)[(rest + inside).rfind(b"\n") + 1 :]
        utf8_offset -= len(inside)
        if utf8_offset <= 0:
            break
    start, line = _line_start(blocks, lines)
    if line.startswith(rest):
        return start + len(rest)
    return start + len(rest.decode("utf-8", "ignore").encode(stream.decoded.other or "utf-8", "replace"))


def _line_start(blocks: Iterable[bytes], lines: int) -> tuple[int, bytes]:
    """Where the line after so many begins, and the bytes from there on that its block holds."""
    passed = 0
    for block in blocks:
        if lines <= (here := block.count(b"\n")):
            before = block.split(b"\n", lines)[:lines]
            inside = sum(len(line) + 1 for line in before)
            return passed + inside, block[inside:]
        lines -= here
        passed += len(block)
    return passed, b""
