"""Lines and paragraphs of documents: short ones, bullets, ends, and which are there twice."""

from __future__ import annotations

import numpy as np

from corpuscheck.kernels.arrays import SMALL_BITS, Bytes, Hashes, Ints
from corpuscheck.kernels.columns import (
    BULLET_LINES,
    ENDED_LINES,
    LINE_BYTES,
    LINES,
    NEW_LINE_BYTES,
    NEW_LINES,
    PARAGRAPH_BYTES,
    PARAGRAPHS,
    PUNCTUATION,
    REPEATED_LINE_BYTES,
    SHORT_LINES,
)
from corpuscheck.kernels.hashing import hash_bytes, mix
from corpuscheck.kernels.jit import at, inlined, kernel
from corpuscheck.kernels.shingles import begin_set, known, remembered
from corpuscheck.kernels.utf8 import code_point, count_line_ends, line_end

SHORT_COLUMNS = 30
"""A line of at most so many columns is short; wide characters take two."""

MOST_LINES = 1 << 14
"""Different lines of one document that are told apart: further ones are not compared with other documents."""

LINE, OCCURRENCE, PARAGRAPH = range(3)

_BULLETS = (0x2D, 0x2A, 0x2022, 0xB7, 0x25AA, 0x25A0, 0x25A1, 0x25CB, 0x25CF, 0x25E6, 0x2023, 0x25B6, 0x25BA, 0x203B)


@inlined
def is_blank(b: int) -> bool:
    """Whether a line is trimmed of this byte."""
    return b == 0x20 or b == 0x09 or b == 0x0D


@inlined
def is_short(data: Bytes, start: int, stop: int) -> bool:
    """Whether the line is of at most `SHORT_COLUMNS`. A column takes one or two bytes."""
    if stop - start <= SHORT_COLUMNS or stop - start > 2 * SHORT_COLUMNS:
        return stop - start <= SHORT_COLUMNS
    columns = 0
    for i in range(start, stop):
        b = data[at(i)]
        columns += (b & 0xC0 != 0x80) + (b >= 0xE0)
    return columns <= SHORT_COLUMNS


@inlined
def ends_with_mark(data: Bytes, start: int, stop: int, kinds: Bytes) -> bool:
    """Whether the last character of a line is punctuation."""
    i = stop - 1
    while i > start and data[at(i)] & 0xC0 == 0x80:
        i -= 1
    cp, _ = code_point(data, i)
    return int(kinds[at(cp)]) == PUNCTUATION


@inlined
def has_bullet(data: Bytes, start: int) -> bool:
    """Whether the line begins with a bullet."""
    cp, _ = code_point(data, start)
    for bullet in _BULLETS:
        if cp == bullet:
            return True
    return False


@inlined
def bin_of_length(data: Bytes, start: int, stop: int, edges: Ints) -> int:
    """The bin of the characters of a line: how many of the ascending edges are no larger."""
    characters = 0
    for i in range(start, stop):
        characters += data[at(i)] & 0xC0 != 0x80
    low, high = 0, edges.shape[0]
    while low < high:
        middle = (low + high) // 2
        if edges[at(middle)] <= characters:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def drawn_by(h: np.uint64, size: int) -> np.uint64:
    """The hash by which a text of this size is drawn, as in the tables of a profile: large ones more surely."""
    size >>= SMALL_BITS
    while size > 0:
        h >>= np.uint64(1)
        size >>= 1
    return h


@kernel
def read_lines(
    data: Bytes, starts: Ints, ends: Ints, kinds: Bytes, goes_on: bool, unfinished: bool, table: Hashes,
    keys: Hashes, highest: Hashes, edges: Ints, lengths: Ints, rows: Ints, hashes: Hashes, spans: Ints,
) -> int:  # fmt: skip
    """Count the lines of each document. Those that it has not held before, up to `MOST_LINES`, go to `hashes` and
    `spans`.

    Spans are rows (start, end, document, what): a line or paragraph whose own hash is at most `highest[0]` is LINE or
    PARAGRAPH, a line whose hash with its document's key is at most `highest[1]` is also an OCCURRENCE, with that hash
    and the bits of its own in a fifth column. `table` remembers the lines of a document; it is carried on where the
    first document `goes_on` or the last is `unfinished`. `lengths` counts the lines by their characters, in the bins
    between `edges`.
    Returns the number of rows.
    """
    n = 0
    top, rare = highest[0], highest[1]
    for d in range(starts.shape[0]):
        row, end = rows[d], ends[d]
        mask = table.shape[0] - 1
        if d > 0 or not goes_on:
            whole = d < starts.shape[0] - 1 or not unfinished
            mask = begin_set(table, count_line_ends(data, starts[d], end) + 1 if whole else table.shape[0])
        paragraph, lines, begin, finish = np.uint64(0), 0, starts[d], starts[d]
        start = starts[d]
        while start <= end:
            stop = line_end(data, start, end)
            left, right = start, stop
            while left < right and is_blank(data[at(left)]):
                left += 1
            while left < right and is_blank(data[at(right - 1)]):
                right -= 1
            if left < right:
                h = hash_bytes(data, left, right)
                row[LINES] += 1
                row[LINE_BYTES] += right - left
                lengths[at(bin_of_length(data, left, right, edges))] += 1
                row[SHORT_LINES] += is_short(data, left, right)
                row[ENDED_LINES] += ends_with_mark(data, left, right, kinds)
                row[BULLET_LINES] += has_bullet(data, left)
                told = row[NEW_LINES] < MOST_LINES
                if not told:
                    if known(table, mask, h):
                        row[REPEATED_LINE_BYTES] += right - left
                elif remembered(table, mask, h):
                    row[REPEATED_LINE_BYTES] += right - left
                else:
                    drawn = drawn_by(h, right - left)
                    if drawn <= top:
                        hashes[n] = drawn
                        spans[n, 0], spans[n, 1], spans[n, 2], spans[n, 3] = left, right, d, LINE
                        n += 1
                    occurrence = mix(h ^ keys[d])
                    if occurrence <= rare:
                        hashes[n] = occurrence
                        spans[n, 0], spans[n, 1], spans[n, 2], spans[n, 3] = left, right, d, OCCURRENCE
                        spans[n, 4] = np.int64(drawn)
                        n += 1
                    row[NEW_LINES] += 1
                    row[NEW_LINE_BYTES] += right - left
                if lines == 0:
                    begin = left
                paragraph, lines, finish = mix(paragraph ^ h), lines + 1, right
            if left == right or stop >= end:
                told = lines > 1 and row[NEW_LINES] < MOST_LINES
                if told and not remembered(table, mask, paragraph):
                    row[PARAGRAPHS] += 1
                    row[PARAGRAPH_BYTES] += finish - begin
                    drawn = drawn_by(paragraph, finish - begin)
                    if drawn <= top:
                        hashes[n] = drawn
                        spans[n, 0], spans[n, 1], spans[n, 2], spans[n, 3] = begin, finish, d, PARAGRAPH
                        n += 1
                paragraph, lines = np.uint64(0), 0
            start = stop + 1
    return n
