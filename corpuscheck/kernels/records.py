"""Write columns as lines of JSON: what stands before each value, and the value as text."""

from __future__ import annotations

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Hashes, Ints
from corpuscheck.kernels.jit import at, inlined, kernel

NUMBER, HEX, SHARE, TEXT = range(4)
"""How a value is written: as a whole number, null below zero; as 16 hexadecimal digits in quotes; as a share in
billionths; or as the text with this number."""

BILLION = 1_000_000_000
LONGEST = 20
"""Bytes that a value is at most, unless it is a text."""

_DIGIT, _LETTER = np.uint8(ord("0")), np.uint8(ord("a") - 10)
_QUOTE, _POINT = np.uint8(ord('"')), np.uint8(ord("."))
_NULL = np.frombuffer(b"null", np.uint8)


@inlined
def put(out: Bytes, n: int, data: Bytes, start: int, end: int) -> int:
    """Write a stretch of bytes; gives the place after it."""
    for i in range(start, end):
        out[at(n)] = data[at(i)]
        n += 1
    return n


@inlined
def put_number(out: Bytes, n: int, value: int) -> int:
    """Write a whole number that is not below zero."""
    width = 1
    rest = value // 10
    while rest > 0:
        width += 1
        rest //= 10
    for k in range(n + width - 1, n - 1, -1):
        out[at(k)] = _DIGIT + np.uint8(value % 10)
        value //= 10
    return n + width


@inlined
def put_hex(out: Bytes, n: int, value: np.uint64) -> int:
    """Write 16 hexadecimal digits."""
    for k in range(16):
        digit = np.uint8((value >> np.uint64(60 - 4 * k)) & np.uint64(15))
        out[at(n + k)] = digit + (_DIGIT if digit < 10 else _LETTER)
    return n + 16


@inlined
def put_share(out: Bytes, n: int, billionths: int) -> int:
    """Write a number of billionths with at least one place after the point."""
    n = put_number(out, n, billionths // BILLION)
    out[at(n)] = _POINT
    rest, place = billionths % BILLION, BILLION // 10
    n += 1
    while True:
        out[at(n)] = _DIGIT + np.uint8(rest // place)
        n += 1
        rest %= place
        place //= 10
        if rest == 0:
            return n


@kernel
def write_lines(
    before: Bytes, bounds: Ints, kinds: Ints, values: Ints, texts: Bytes, starts: Ints, ends: Ints, out: Bytes
) -> int:
    """Write a line for each row of `values` [columns, rows]; gives the number of bytes.

    Before the value of column c stand the bytes `before[bounds[c] : bounds[c + 1]]`, and after the last value the rest
    of them. Text k is `texts[starts[k] : ends[k]]`.
    """
    n = 0
    columns, rows = values.shape
    for row in range(rows):
        for c in range(columns):
            n = put(out, n, before, bounds[at(c)], bounds[at(c + 1)])
            value = values[at(c), at(row)]
            if kinds[at(c)] == TEXT:
                n = put(out, n, texts, starts[at(value)], ends[at(value)])
            elif kinds[at(c)] == HEX:
                out[at(n)] = _QUOTE
                n = put_hex(out, n + 1, np.uint64(value))
                out[at(n)] = _QUOTE
                n += 1
            elif kinds[at(c)] == SHARE:
                n = put_share(out, n, value)
            elif value < 0:
                n = put(out, n, _NULL, 0, 4)
            else:
                n = put_number(out, n, value)
        n = put(out, n, before, bounds[at(columns)], before.shape[0])
    return n


@kernel
def hex_digits(values: Hashes, out: Bytes) -> None:
    """Write 16 hexadecimal digits of each value, one after the other."""
    for k in range(values.shape[0]):
        put_hex(out, 16 * k, values[k])
