"""The compact protocol of Thrift, in which Parquet describes itself, and the lengths of its delta encodings."""

from __future__ import annotations

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Ints
from corpuscheck.kernels.jit import at, inlined, kernel

CUT = -1
"""The data end before the struct does."""

GARBLED = -2
"""The data are no struct, or one that cannot be held."""

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, STRUCT = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12
_DEEPEST = 24
_STEP_BITS = 9
_LONGEST_PATH = 1 << 6 * _STEP_BITS
_ELSEWHERE = -1


def path(*steps: tuple[int, int]) -> int:
    """Where a value stands: the number and type of each field that leads to it. Items of a list have number 0."""
    known = 0
    for number, kind in steps:
        known = known << _STEP_BITS | number << 4 | kind
    return known


@inlined
def _below(outer: int, number: int, kind: int) -> int:
    if outer == _ELSEWHERE or number < 0 or number > 31 or outer >= _LONGEST_PATH >> _STEP_BITS:
        return _ELSEWHERE
    return outer << _STEP_BITS | number << 4 | kind


# These steps have one way out each: with several, Numba counts references at every value, which takes as long again.
@inlined
def _varint(data: Bytes, i: int) -> tuple[int, int]:
    """A whole number of seven bits in each byte, and where it ends."""
    value, shift, more = np.uint64(0), 0, True
    while more and shift < 70 and i < len(data):
        b = np.uint64(data[at(i)])
        value |= (b & np.uint64(0x7F)) << np.uint64(shift)
        more = bool(b >= 0x80)
        shift += 7
        i += 1
    if more:
        value = np.uint64(0)
        i = GARBLED if shift == 70 else CUT
    return int(np.int64(value)), i


@inlined
def _signed(value: int) -> int:
    """The number that is written as zigzag."""
    bits = np.uint64(value)
    half = int(np.int64(bits >> np.uint64(1)))
    return ~half if bits & np.uint64(1) else half


@inlined
def _field(data: Bytes, i: int, before: int) -> tuple[int, int, int]:
    """The type of a field, 0 at the end of the struct, its number, and where its value begins."""
    kind = number = 0
    if i >= len(data):
        i = CUT
    else:
        head = int(data[at(i)])
        kind, number = head & 15, before + (head >> 4)
        i += 1
        if kind and number == before:
            number, i = _varint(data, i)
            number = _signed(number)
        if kind and (number < -32768 or number > 32767):
            i = GARBLED
    return kind, number, i


@inlined
def _single(data: Bytes, i: int, kind: int, in_list: bool) -> tuple[int, int]:
    """A value that holds no others, 0 where it is no whole number, and where it ends."""
    value = size = 0
    if kind in (TRUE, FALSE):
        value, size = int(kind == TRUE), int(in_list)
    elif kind == BYTE:
        size = 1
    elif kind in (I16, I32, I64):
        value, i = _varint(data, i)
        value = _signed(value)
        if kind != I64 and (value < -(1 << 31) or value >= 1 << 31):
            i = GARBLED
    elif kind == DOUBLE:
        size = 8
    elif kind == BINARY:
        size, i = _varint(data, i)
        if size < 0 or size > 1 << 31:
            size, i = 0, GARBLED
    else:
        i = GARBLED
    i += size
    return value, i if i <= len(data) else CUT


@inlined
def _list(data: Bytes, i: int) -> tuple[int, int, int]:
    """How many items a list has, of which type, and where they begin."""
    size = kind = 0
    if i >= len(data):
        i = CUT
    else:
        head = int(data[at(i)])
        size, kind = head >> 4, head & 15
        i += 1
        if size == 15:
            size, i = _varint(data, i)
        if size < 0 or size > 1 << 31:
            i = GARBLED
    return size, kind, i


@kernel
def numbers_of(data: Bytes, start: int, wanted: Ints, which: Ints, values: Ints) -> tuple[int, int]:
    """The numbers of a struct that stand at the paths wanted: of each its path, as a place in `wanted`, and value.

    A struct that is wanted itself is found with 0. Gives where the struct ends, `CUT` or `GARBLED`, and how many
    were found. Each step goes forward by a byte at least, and what nests too deep is garbled.
    """
    outer = np.zeros(_DEEPEST, np.int64)
    last = np.zeros(_DEEPEST, np.int64)  # the number of the field before
    left = np.zeros(_DEEPEST, np.int64)  # items of a list that are to come; -1 is a struct
    kinds = np.zeros(_DEEPEST, np.int64)
    left[0] = -1
    depth = found = 0
    i = start
    while depth >= 0:
        if left[depth] == 0:
            depth -= 1
            continue
        in_list = left[depth] > 0
        if in_list:
            left[depth] -= 1
            kind, number = kinds[depth], 0
        else:
            kind, number, i = _field(data, i, last[depth])
            if i < 0:
                return i, found
            if kind == 0:
                depth -= 1
                continue
            last[depth] = number
        here = _below(outer[depth], number, kind)
        value = 0
        if kind in (LIST, SET, STRUCT):
            depth += 1
            if depth == _DEEPEST:
                return GARBLED, found
            outer[depth], last[depth], left[depth] = here, 0, -1
            if kind != STRUCT:
                left[depth], kinds[depth], i = _list(data, i)
        else:
            value, i = _single(data, i, kind, in_list)
        if i < 0:
            return i, found
        if kind in (LIST, SET, BINARY) or here == _ELSEWHERE:
            continue
        for k in range(len(wanted)):
            if wanted[k] == here:
                if found >= len(which):
                    return GARBLED, found
                which[found], values[found] = k, value
                found += 1
    return i, found


@kernel
def delta_lengths(data: Bytes, start: int, most: int) -> tuple[int, int, int]:
    """The sum and the largest of the lengths that a delta encoding packs, at most `most`, and where they end.

    The end is `GARBLED` for what is no such packing, or holds lengths below nought or more of them.
    """
    head = np.zeros(4, np.int64)  # values in a block, parts of a block, values, the first value
    i = start
    for k in range(4):
        head[k], i = _varint(data, i)
        if i < 0:
            return GARBLED, 0, 0
    block, parts, count = head[0], head[1], head[2]
    value = _signed(head[3]) & 0xFFFFFFFF
    if count < 0 or count > most or block <= 0 or parts <= 0 or block % parts or block > 1 << 31:
        return GARBLED, 0, 0
    if count == 0:
        return i, 0, 0
    if value >= 1 << 31:
        return GARBLED, 0, 0
    size = block // parts
    total = longest = value
    done = 1
    while done < count:
        least, i = _varint(data, i)
        if i < 0 or i + parts > len(data):
            return GARBLED, 0, 0
        least = _signed(least)
        widths = i
        i += parts
        for part in range(parts):
            if done >= count:
                break
            width = int(data[at(widths + part)])
            stop = i + (width * size + 7) // 8
            if width > 32:
                return GARBLED, 0, 0
            held = np.uint64(0)
            bits = 0
            for _ in range(min(size, count - done)):
                while bits < width:
                    if i >= len(data):
                        return GARBLED, 0, 0
                    held |= np.uint64(data[at(i)]) << np.uint64(bits)
                    i += 1
                    bits += 8
                packed = int(held & ((np.uint64(1) << np.uint64(width)) - np.uint64(1)))
                held >>= np.uint64(width)
                bits -= width
                value = (value + least + packed) & 0xFFFFFFFF
                if value >= 1 << 31:
                    return GARBLED, 0, 0
                total += value
                longest = max(longest, value)
            done += min(size, count - done)
            i = min(stop, len(data))
    return i, total, longest
