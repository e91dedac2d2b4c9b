"""UTF-8: is it valid, which characters does it hold, where may it be cut."""

from __future__ import annotations

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Flags, Ints
from corpuscheck.kernels.jit import at, inlined, kernel

WINDOW = 8192
"""A long document is cut, for blocks and samples alike, once in every window of this many bytes."""

LONGEST_PASSAGE = 8 * WINDOW
"""A sampled passage without any white space is cut at this many bytes all the same."""

STRETCH = 256
"""Bytes that are looked at together to see whether there is anything of a kind among them."""

LONG_STRETCH = 1024
"""Bytes that are decoded together."""


@inlined
def code_point(data: Bytes, i: int) -> tuple[int, int]:
    """The code point that starts at byte `i` of valid UTF-8, and its width in bytes."""
    b = int(data[at(i)])
    if b < 0x80:
        return b, 1
    c = int(data[at(i + 1)]) & 0x3F
    if b < 0xE0:
        return (b & 0x1F) << 6 | c, 2
    d = int(data[at(i + 2)]) & 0x3F
    if b < 0xF0:
        return (b & 0x0F) << 12 | c << 6 | d, 3
    return (b & 0x07) << 18 | c << 12 | d << 6 | (int(data[at(i + 3)]) & 0x3F), 4


@inlined
def highest_byte(data: Bytes, start: int, stop: int) -> int:
    """The highest byte of a span. It has no branches: LLVM vectorises it, and the one below."""
    highest = np.uint8(0)
    for i in range(start, stop):
        highest = max(highest, data[at(i)])
    return int(highest)


@inlined
def character_width(cp: int) -> int:
    """The bytes that a code point takes."""
    return 1 + (cp >= 0x80) + (cp >= 0x800) + (cp >= 0x10000)


@inlined
def stretch_end(data: Bytes, start: int, stop: int, size: int) -> int:
    """The end of the stretch from `start` on: at most `size` bytes, and no part of a character."""
    end = start + size
    if end >= stop:
        return stop
    while data[at(end)] & 0xC0 == 0x80:
        end -= 1
    return end


@inlined
def decode_anywhere(data: Bytes, start: int, n: int, out: Flags) -> None:
    """What a code point would be at each of `n` bytes, those inside of a character too: LLVM vectorises it."""
    for j in range(n):
        b, c = np.int32(data[at(start + j)]), np.int32(data[at(start + j + 1)]) & np.int32(0x3F)
        d, e = np.int32(data[at(start + j + 2)]) & np.int32(0x3F), np.int32(data[at(start + j + 3)]) & np.int32(0x3F)
        two = (b & np.int32(0x1F)) << np.int32(6) | c
        three = (b & np.int32(0x0F)) << np.int32(12) | c << np.int32(6) | d
        four = (b & np.int32(0x07)) << np.int32(18) | c << np.int32(12) | d << np.int32(6) | e
        out[at(j)] = b if b < 0x80 else two if b < 0xE0 else three if b < 0xF0 else four


@inlined
def find_starts(data: Bytes, start: int, n: int, out: Bytes) -> None:
    """1 for each of `n` bytes that begins a character, else 0: LLVM vectorises it."""
    for j in range(n):
        out[at(j)] = data[at(start + j)] & 0xC0 != 0x80


@inlined
def decode(data: Bytes, start: int, stop: int, scratch: Flags, begins: Bytes, out: Flags, n: int) -> int:
    """Write the code points of a stretch to `out` from row `n` on; gives the row after them.

    Nothing here depends on what the bytes are, so that the processor never guesses wrong.
    """
    if highest_byte(data, start, stop) < 0x80:
        for j in range(stop - start):
            out[at(n + j)] = data[at(start + j)]
        return n + stop - start
    i = min(stop, max(start, data.shape[0] - 3))  # up to here three bytes follow
    decode_anywhere(data, start, i - start, scratch)
    find_starts(data, start, i - start, begins)
    for j in range(i - start):
        out[at(n)] = scratch[at(j)]
        n += int(begins[at(j)])
    while i < stop:
        if data[at(i)] & 0xC0 != 0x80:
            out[at(n)] = code_point(data, i)[0]
            n += 1
        i += 1
    return n


@inlined
def misplaced(b: int, p1: int, p2: int, p3: int) -> bool:
    """Is byte `b` impossible after the bytes p3 p2 p1? (The Unicode Standard, table 3-7.)"""
    expected = (p1 >= 0xC0) | (p2 >= 0xE0) | (p3 >= 0xF0)
    continuation = (b & 0xC0) == 0x80
    return (
        (expected != continuation)
        | ((p1 == 0xE0) & (b < 0xA0))  # overlong
        | ((p1 == 0xED) & (b >= 0xA0))  # surrogate
        | ((p1 == 0xF0) & (b < 0x90))  # overlong
        | ((p1 == 0xF4) & (b >= 0x90))  # above U+10FFFF
        | (b >= 0xF5)
        | (b == 0xC0)
        | (b == 0xC1)
    )


@inlined
def any_misplaced(data: Bytes, start: int, stop: int) -> bool:
    """Whether any byte of a span is impossible after the three before it, which `data` must have."""
    wrong = False
    for i in range(start, stop):
        wrong |= misplaced(data[at(i)], data[at(i - 1)], data[at(i - 2)], data[at(i - 3)])
    return wrong


@kernel
def is_utf8(data: Bytes) -> bool:
    """Strict UTF-8, complete to the last byte. Stretches of ASCII after ASCII are not looked at closely."""
    n = data.shape[0]
    for i in range(min(3, n)):
        p1 = int(data[i - 1]) if i > 0 else 0
        p2 = int(data[i - 2]) if i > 1 else 0
        if misplaced(int(data[i]), p1, p2, 0):
            return False
    before = 0xFF
    for start in range(3, n, STRETCH):
        stop = min(start + STRETCH, n)
        highest = highest_byte(data, start, stop)
        if max(before, highest) >= 0x80 and any_misplaced(data, start, stop):
            return False
        before = highest
    open_end = (n > 0 and data[n - 1] >= 0xC0) or (n > 1 and data[n - 2] >= 0xE0) or (n > 2 and data[n - 3] >= 0xF0)
    return not open_end


@kernel
def whole_spans(data: Bytes, starts: Ints, ends: Ints) -> bool:
    """Whether the spans ascend, lie inside of `data`, and neither begin nor end inside a character of it."""
    n, free = data.shape[0], 0
    for u in range(starts.shape[0]):
        start, end = starts[u], ends[u]
        if start < free or end < start or end > n:
            return False
        if (start < n and data[at(start)] & 0xC0 == 0x80) or (end < n and data[at(end)] & 0xC0 == 0x80):
            return False
        free = end
    return True


@kernel
def count_characters(data: Bytes, starts: Ints, ends: Ints, chosen: Bytes, counts: Ints) -> int:
    """Add each code point of the chosen spans to `counts` (one row per code point). Returns the highest."""
    highest = 0
    for u in range(starts.shape[0]):
        if chosen[u]:
            i = starts[u]
            while i < ends[u]:
                cp, width = code_point(data, i)
                counts[at(cp)] += 1
                highest = max(highest, cp)
                i += width
    return highest


@inlined
def is_white(b: int) -> bool:
    """ASCII white space, which no normaliser joins to its neighbours."""
    return b == 0x20 or 0x09 <= b <= 0x0D


@kernel
def boundary(data: Bytes, start: int, stop: int, complete: bool) -> int:
    """Where the window `data[start:stop]` may be cut: after its first line end, else its first space.

    -1 where it has neither, or where it is not complete and a line end might still come.
    """
    space = -1
    for i in range(start, stop):
        if data[i] == 0x0A or (data[i] == 0x0D and i + 1 < stop and data[i + 1] != 0x0A):
            return i + 1
        if space < 0 and (data[i] == 0x20 or data[i] == 0x09):
            space = i + 1
    return space if complete else -1


@kernel
def last_boundary(data: Bytes, offset: int) -> int:
    """The last place to cut `data`, which lies `offset` bytes into its document; 0 where there is none.

    Depends on the document's bytes alone, not on how they arrived.
    """
    n = data.shape[0]
    k = (offset + n) // WINDOW
    while k * WINDOW > offset:
        start = k * WINDOW - offset
        cut = boundary(data, start, min(start + WINDOW, n), start + WINDOW <= n)
        if cut > 0:
            return cut
        k -= 1
    return 0


@kernel
def first_boundary(data: Bytes, offset: int) -> int:
    """The first place at or after `data[0]` where the document may be cut; -1 where there is none."""
    n = data.shape[0]
    k = (offset + WINDOW - 1) // WINDOW
    while k * WINDOW - offset < n:
        start = k * WINDOW - offset
        cut = boundary(data, start, min(start + WINDOW, n), start + WINDOW <= n)
        if cut > 0:
            return cut
        k += 1
    return -1


@inlined
def character_start(data: Bytes, i: int) -> int:
    """The start of the character that byte `i` belongs to."""
    while i > 0 and data[i] & 0xC0 == 0x80:
        i -= 1
    return i


@kernel
def passages(data: Bytes, starts: Ints, ends: Ints, offset: int, out: Ints) -> int:
    """Cut spans into passages of at most about `LONGEST_PASSAGE`, rows (start, end, span, index within the document).

    `offset` is how far into its document the first span starts. Returns the number of rows.
    """
    n = 0
    for u in range(starts.shape[0]):
        begin = offset if u == 0 else 0
        start = starts[u]
        while True:
            index = (begin + start - starts[u]) // WINDOW
            stop = ends[u]
            k = index + 1
            while starts[u] + k * WINDOW - begin < ends[u]:
                window = starts[u] + k * WINDOW - begin
                cut = boundary(data, window, min(window + WINDOW, ends[u]), True)
                if cut > 0:
                    stop = cut
                    break
                if window - start >= LONGEST_PASSAGE:
                    stop = character_start(data, window)
                    break
                k += 1
            out[n, 0], out[n, 1], out[n, 2], out[n, 3] = start, stop, u, index
            n += 1
            start = stop
            if start >= ends[u]:
                break
    return n


@inlined
def ends_line(data: Bytes, i: int, stop: int) -> bool:
    """Whether byte `i` is the last of a line end: LF, or CR without an LF behind it."""
    b = data[at(i)]
    return b == 0x0A or (b == 0x0D and (i + 1 == stop or data[at(i + 1)] != 0x0A))


@inlined
def may_end_line(data: Bytes, start: int, stop: int) -> bool:
    """Whether there is an LF or CR in a stretch. It has no branches: LLVM vectorises it."""
    found = False
    for i in range(start, stop):
        b = data[at(i)]
        found |= (b == 0x0A) | (b == 0x0D)
    return found


@inlined
def line_end(data: Bytes, i: int, stop: int) -> int:
    """The last byte of the line end at or after byte `i`, or `stop`."""
    while i + 64 <= stop and not may_end_line(data, i, i + 64):
        i += 64
    while i + 16 <= stop and not may_end_line(data, i, i + 16):
        i += 16
    while i < stop and not ends_line(data, i, stop):
        i += 1
    return i


@inlined
def count_line_ends(data: Bytes, start: int, stop: int) -> int:
    """How many lines end in the span; a CR LF may count twice."""
    n = 0
    for i in range(start, stop):
        b = data[at(i)]
        n += (b == 0x0A) | (b == 0x0D)
    return n


@kernel
def line_spans(data: Bytes, starts: Ints, ends: Ints, out: Ints) -> int:
    """Lines of the spans, without their ends, rows (start, end, span). Lines end at LF, CR LF and CR."""
    n = 0
    for u in range(starts.shape[0]):
        start, end = starts[u], ends[u]
        while start <= end:
            i = stop = line_end(data, start, end)
            if i < end and stop > start and data[at(i)] == 0x0A and data[at(stop - 1)] == 0x0D:
                stop -= 1
            if stop > start:
                out[n, 0], out[n, 1], out[n, 2] = start, stop, u
                n += 1
            start = i + 1
    return n


@kernel
def paragraph_spans(data: Bytes, out: Ints) -> int:
    """Blocks of lines between blank lines, rows (start, end), without the blank lines around them."""
    n = 0
    first = -1
    last = 0
    start = 0
    for i in range(data.shape[0] + 1):
        if i == data.shape[0] or ends_line(data, i, data.shape[0]):
            blank = True
            for j in range(start, i):
                if not is_white(data[j]):
                    blank = False
                    break
            if blank:
                if first >= 0:
                    out[n, 0], out[n, 1] = first, last
                    n += 1
                first = -1
            else:
                if first < 0:
                    first = start
                last = i - 1 if data[i - 1] == 0x0D else i
            start = i + 1
    if first >= 0:
        out[n, 0], out[n, 1] = first, last
        n += 1
    return n


def no_depth(limit: int) -> Ints:
    """The state of `json_depth` at the beginning."""
    return np.zeros(limit + 10, np.int64)


@kernel
def json_depth(data: Bytes, state: Ints, limit: int) -> int:
    """Make of each value of JSON text that nests deeper than `limit` the number 0, in place, with blanks behind it.

    Returns where the first one begins or goes on; the length of `data` where there is none. `state` is carried from
    block to block: depth, inside a string, after a backslash, the length of the last string, of the path of keys to
    here, and of the paths of all keys together; how many values were made 0, their bytes, and those of one that has
    not ended yet; then the length of the key at each depth.
    """
    depth, quoted, escaped, length, path, paths = state[0], state[1], state[2], state[3], state[4], state[5]
    first = len(data) if depth <= limit else 0
    for i in range(data.shape[0]):
        b = data[i]
        if depth > limit:
            data[i] = 0x20
            state[8] += 1
        if quoted:
            length += 1
            if escaped:
                escaped = 0
            elif b == 0x5C:
                escaped = 1
            elif b == 0x22:
                quoted = 0
        elif b == 0x22:
            quoted, length = 1, 0
        elif b == 0x3A and depth <= limit:
            if depth >= 0:
                path += length - state[9 + depth]
                state[9 + depth] = length
            paths += path
        elif b == 0x5B or b == 0x7B:
            depth += 1
            if depth == limit + 1:
                first = min(first, i)
                data[i] = 0x30
                state[8] += 1
        elif b == 0x5D or b == 0x7D:
            if 0 <= depth <= limit:
                path -= state[9 + depth]
                state[9 + depth] = 0
            depth -= 1
            if depth == limit:
                state[6] += 1
                state[7] += state[8]
                state[8] = 0
    state[0], state[1], state[2], state[3], state[4], state[5] = depth, quoted, escaped, length, path, paths
    return first


@kernel
def json_numbers(data: Bytes, state: Ints, digits: int) -> None:
    """Make numbers that are not JSON into some that are, in place: NaN and Infinity, and those of too many digits.

    An exponent keeps two digits, so that no number is beyond what the parser holds.
    `state` (digits of the number, inside a string, after a backslash, inside NaN or Infinity, 1 and the digits of an
    exponent) is carried on.
    """
    length, quoted, escaped, word, exponent = state[0], state[1], state[2], state[3], state[4]
    for i in range(data.shape[0]):
        b = data[i]
        if quoted:
            if escaped:
                escaped = 0
            elif b == 0x5C:
                escaped = 1
            elif b == 0x22:
                quoted = 0
            continue
        if b == 0x22:
            quoted = 1
        if b == 0x4E or b == 0x49:
            data[i] = 0x20 if word else 0x30
            word = 1
        elif word and 0x61 <= b <= 0x7A:
            data[i] = 0x20
        else:
            word = 0
        digit = 0x30 <= b <= 0x39
        if digit and exponent:
            exponent += 1
        elif (b == 0x65 or b == 0x45) and length:
            exponent = 1
        elif b != 0x2B and b != 0x2D:
            exponent = 0
        if digit:
            length += 1
        if exponent > 3 and digit:
            data[i] = 0x20
        if length > digits and (digit or b == 0x2E or b == 0x65 or b == 0x45 or b == 0x2B or b == 0x2D):
            data[i] = 0x20
        elif not digit:
            length = 0
    state[0], state[1], state[2], state[3], state[4] = length, quoted, escaped, word, exponent


@inlined
def _four_digits(data: Bytes, start: int) -> int:
    """The number of four hexadecimal digits; -1 where there are others."""
    number = 0
    for i in range(start, start + 4):
        b = data[i] | 0x20
        if 0x30 <= b <= 0x39:
            number = number * 16 + b - 0x30
        elif 0x61 <= b <= 0x66:
            number = number * 16 + b - 0x57
        else:
            return -1
    return number


@kernel
def json_strings(data: Bytes, state: Ints, last: bool) -> int:
    """Mend, in place, what many writers do though JSON forbids it: halves of surrogate pairs become U+FFFD, raw control
    characters in strings spaces, commas before a closing bracket vanish.

    Gives the number of bytes that are settled: an escape or a comma at the end waits for what follows, unless these
    are the `last` bytes. `state` (inside a string, the string is counted, strings with halves) is carried on.
    """
    quoted, counted, halves = state[0], state[1], state[2]
    length = len(data)
    i = 0
    while i < length:
        b = data[i]
        if quoted:
            if b == 0x22:
                quoted = 0
            elif b < 0x20:
                data[i] = 0x20
            elif b == 0x5C:
                if i + 12 > length and not last:
                    break
                if i + 6 > length or data[i + 1] != 0x75:
                    i += 2
                    continue
                code = _four_digits(data, i + 2)
                if 0xD800 <= code < 0xE000:
                    paired = code < 0xDC00 and i + 12 <= length and data[i + 6] == 0x5C and data[i + 7] == 0x75
                    if paired and 0xDC00 <= _four_digits(data, i + 8) < 0xE000:
                        i += 12
                        continue
                    data[i + 2], data[i + 3], data[i + 4], data[i + 5] = 0x66, 0x66, 0x66, 0x64
                    halves += 1 - counted
                    counted = 1
                i += 6
                continue
        elif b == 0x22:
            quoted, counted = 1, 0
        elif b == 0x2C:
            k = i + 1
            while k < length and (data[k] == 0x20 or 0x09 <= data[k] <= 0x0D):
                k += 1
            if k == length and not last:
                break
            if k < length and (data[k] == 0x5D or data[k] == 0x7D):
                data[i] = 0x20
            i = k
            continue
        i += 1
    state[0], state[1], state[2] = quoted, counted, halves
    return min(i, length)
