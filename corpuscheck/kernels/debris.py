"""Debris and shapes of personal data: what bytes can tell, one look at each byte that may begin something."""

from __future__ import annotations

from functools import cache, reduce

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Hashes, Ints
from corpuscheck.kernels.columns import EMAILS, ENTITIES, FIRST_DEBRIS, FIRST_PII, MARKUP, PII_EMAIL, SYMBOL_RUNS, URLS
from corpuscheck.kernels.jit import at, inlined, kernel
from corpuscheck.kernels.numbers import number_shape, plain_number_end

LONGEST_TAG = 2048
LONGEST_NAME = 16
LONGEST_RUN = 5

_STRETCH = 32
"""Bytes that are passed over together where none of them may begin anything."""

_PLAIN, _TAG, _ENTITY, _COLON, _W, _AT, _DIGIT, _SYMBOL, _WIDE = range(9)


@cache
def triggers() -> Bytes:
    """What each byte may begin."""
    table = np.zeros(256, np.uint8)
    for kind, characters in (
        (_TAG, b"<"), (_ENTITY, b"&"), (_COLON, b":"), (_W, b"wW"), (_AT, b"@"), (_DIGIT, b"0123456789+"),
        (_SYMBOL, b"-=_*#|"), (_WIDE, b"\xe2"),
    ):  # fmt: skip
        table[list(characters)] = kind
    return table


@cache
def packed_names(names: str) -> Hashes:
    """Names as numbers to the base of 257, ascending; those of up to eight letters have one each of their own."""
    numbers = [reduce(lambda number, byte: (number * 257 + byte) % 2**64, name.encode(), 0) for name in names.split()]
    return np.array(sorted(numbers), np.uint64)


TAGS = (
    "a abbr address article aside audio b base bdi bdo big body br button canvas caption center cite code col dd del "
    "details dfn dir div dl dt em embed fieldset figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header "
    "hr html i iframe img input ins kbd label legend li link main map mark menu meta nav noscript object ol optgroup "
    "option p param picture pre progress q rp rt ruby s samp script section select small source span strike strong "
    "style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var video "
    "wbr path g math mi mo mn mrow blockquote figcaption datalist ref references nowiki gallery poem includeonly "
    "noinclude onlyinclude syntaxhighlight"
)
"""Names of HTML elements, and of MediaWiki's own; `<IBM>` and `<김철수>` are text."""


@inlined
def is_letter(b: int) -> bool:
    """Of ASCII."""
    return 0x61 <= (b | 0x20) <= 0x7A


@inlined
def is_digit(b: int) -> bool:
    """Of ASCII."""
    return 0x30 <= b <= 0x39


@kernel
def listed(name: np.uint64, names: Hashes) -> bool:
    """Whether the ascending names have this one."""
    k = np.searchsorted(names, name)
    return bool(k < names.shape[0] and names[at(k)] == name)


@kernel
def tag_end(data: Bytes, i: int, stop: int, names: Hashes) -> int:
    """After the tag, comment or declaration that begins at `i`; 0 where there is none."""
    k = i + 1
    limit = min(stop, i + LONGEST_TAG)
    if k + 2 < limit and (data[k] == 0x21 or data[k] == 0x3F) and (data[k + 1] == 0x2D or is_letter(data[k + 1])):
        comment = data[k + 1] == 0x2D
        for j in range(k + 2, limit):
            if data[at(j)] == 0x3E and (not comment or data[at(j - 1)] == 0x2D):
                return j + 1
        return 0
    if k < limit and data[k] == 0x2F:
        k += 1
    name, begin = np.uint64(0), k
    while k < limit and k - begin <= LONGEST_NAME and (is_letter(data[at(k)]) or (k > begin and is_digit(data[at(k)]))):
        letter = data[at(k)] if is_digit(data[at(k)]) else data[at(k)] | 0x20
        name = name * np.uint64(257) + np.uint64(letter)
        k += 1
    if k == begin or k - begin > LONGEST_NAME or k >= limit or not listed(name, names):
        return 0
    if data[k] != 0x3E and data[k] != 0x2F and data[k] != 0x20 and not 0x09 <= data[k] <= 0x0D:
        return 0
    while k < limit and data[at(k)] != 0x3C:
        if data[at(k)] == 0x3E:
            return k + 1
        k += 1
    return 0


@kernel
def entity_end(data: Bytes, i: int, stop: int) -> int:
    """After a reference such as `&nbsp;` or `&#160;` that begins at `i`; 0 where there is none."""
    k = i + 1
    if k < stop and data[k] == 0x23:
        k += 1
    begin = k
    while k < min(stop, i + 12) and (is_letter(data[at(k)]) or is_digit(data[at(k)])):
        k += 1
    return k + 1 if k - begin >= 2 and k < stop and data[k] == 0x3B else 0


@inlined
def closes(b: int) -> bool:
    """Whether it ends a phrase rather than an address: . , ) ' ; : ! or ?"""
    return b == 0x2E or b == 0x2C or b == 0x29 or b == 0x27 or b == 0x3B or b == 0x3A or b == 0x21 or b == 0x3F


@inlined
def is_label(b: int) -> bool:
    """Whether a host name can have this byte between its dots."""
    return is_letter(b) or is_digit(b) or b == 0x2D


@kernel
def address_end(data: Bytes, k: int, stop: int) -> int:
    """The end of the visible ASCII that begins at `k`, without brackets, quotes and closing punctuation."""
    while k < stop and 0x21 <= data[at(k)] <= 0x7E:
        b = data[at(k)]
        if b == 0x3C or b == 0x3E or b == 0x22 or b == 0x5C or b == 0x60 or b == 0x7C or b == 0x5D or b == 0x7D:
            break
        k += 1
    while k > 0 and closes(data[at(k - 1)]):
        k -= 1
    return k


@kernel
def url_start(data: Bytes, begin: int, i: int, stop: int) -> int:
    """Where the URL begins whose colon is at `i`; -1 where there is none."""
    if i + 3 >= stop or data[i + 1] != 0x2F or data[i + 2] != 0x2F:
        return -1
    k = i - 1 if i > begin and data[at(i - 1)] | 0x20 == 0x73 else i
    for scheme in (0x68747470, 0x667470):  # http, ftp
        width = 4 if scheme > 0xFFFFFF else 3
        value = 0
        for j in range(max(begin, k - width), k):
            value = (value << 8) | int(data[at(j)] | 0x20)
        if value == scheme and (k == i or width == 4):
            return k - width
    return -1


@inlined
def is_mailbox(b: int) -> bool:
    """Whether the name in an e-mail address can have this byte."""
    return is_letter(b) or is_digit(b) or b == 0x2E or b == 0x5F or b == 0x25 or b == 0x2B or b == 0x2D


@kernel
def email_span(data: Bytes, begin: int, i: int, stop: int) -> tuple[int, int]:
    """The e-mail address around the @ at `i`; (0, 0) where there is none."""
    start = i
    while start > begin and i - start < 64 and is_mailbox(data[at(start - 1)]):
        start -= 1
    k, dot = i + 1, 0
    while k < stop and k - i < 255:
        if not is_label(data[at(k)]) and (data[at(k)] != 0x2E or k == i + 1 or data[at(k - 1)] == 0x2E):
            break
        if data[at(k)] == 0x2E:
            dot = k
        k += 1
    if dot == k - 1:  # a full stop after it
        k -= 1
        dot = k - 1
        while dot > i and data[at(dot)] != 0x2E:
            dot -= 1
    if start == i or dot <= i + 1 or k - dot < 3 or not is_letter(data[dot + 1]):
        return 0, 0
    return start, k


@kernel
def run_end(data: Bytes, i: int, stop: int, width: int) -> int:
    """After the run of the character at `i`."""
    k = i + width
    while k + width <= stop:
        for j in range(width):
            if data[at(k + j)] != data[at(i + j)]:
                return k
        k += width
    return k


@kernel
def emails_inside(data: Bytes, start: int, end: int, d: int, row: Ints, spans: Ints, n: int) -> int:
    """Count e-mail addresses in a tag or URL, as in mailto:, where they are somebody's all the same."""
    for k in range(start, end):
        if data[at(k)] == 0x40:
            left, right = email_span(data, start, k, end)
            if right:
                row[FIRST_PII + PII_EMAIL] += 1
                if n < spans.shape[0]:
                    spans[n, 0], spans[n, 1], spans[n, 2], spans[n, 3] = left, right, d, FIRST_PII + PII_EMAIL
                    n += 1
    return n


@inlined
def may_begin(data: Bytes, start: int, stop: int) -> bool:
    """Whether a stretch, and a byte after it, may hold a trigger that counts. LLVM vectorises it."""
    found = False
    for i in range(start, stop):
        b = data[at(i)]
        number = ((b >= 0x2A) & (b <= 0x2B)) | (b == 0x2D) | ((b >= 0x30) & (b <= 0x3D))
        sign = (b == 0x23) | (b == 0x26) | (b == 0x40) | (b == 0x5F) | (b == 0x7C) | (b == 0xE2)
        found |= number | sign | ((b | 0x20 == 0x77) & (data[at(i + 1)] | 0x20 == 0x77))
    return found


@inlined
def next_trigger(data: Bytes, i: int, stop: int, triggers: Bytes) -> int:
    """The first byte at or after `i` that may begin something, or `stop`."""
    while i < stop:
        end = min(i + _STRETCH, stop)
        if end == stop or may_begin(data, i, end):
            while i < end:
                if triggers[at(data[at(i)])] != _PLAIN:
                    return i
                i += 1
        i = end
    return stop


@kernel
def find_debris(
    data: Bytes, starts: Ints, ends: Ints, triggers: Bytes, names: Hashes, rows: Ints, spans: Ints
) -> int:  # fmt: skip
    """Count debris and shapes of personal data by document; `spans` takes as many of their places as it has room for,
    rows (start, end, document, column). Debris never overlaps: nothing begins before what ended last (`free`).
    Returns the number of rows."""
    n = 0
    for d in range(starts.shape[0]):
        row = rows[d]
        begin, stop = starts[d], ends[d]
        i = free = begin
        while i < stop:
            i = next_trigger(data, i, stop, triggers)
            if i == stop:
                break
            what = triggers[at(data[at(i)])]
            start, end, column = i, 0, -1
            if what == _DIGIT:
                end = plain_number_end(data, i, stop)
                if end:
                    i = end
                    continue
                end, shape = number_shape(data, begin, i, stop)
                if shape >= 0:
                    row[FIRST_PII + shape] += 1
                    if n < spans.shape[0]:
                        spans[n, 0], spans[n, 1], spans[n, 2], spans[n, 3] = i, end, d, FIRST_PII + shape
                        n += 1
                i = max(end, i + 1)
                continue
            if what == _TAG:
                end, column = tag_end(data, i, stop, names), MARKUP
            elif what == _ENTITY:
                end, column = entity_end(data, i, stop), ENTITIES
            elif what == _COLON:
                start, column = url_start(data, free, i, stop), URLS
                end = address_end(data, i + 3, stop) if start >= 0 else 0
            elif what == _W:
                if (
                    i + 4 < stop and data[i + 1] | 0x20 == 0x77 and data[i + 2] | 0x20 == 0x77 and data[i + 3] == 0x2E
                    and (is_letter(data[i + 4]) or is_digit(data[i + 4])) and (i == begin or not is_letter(data[i - 1]))
                ):  # fmt: skip
                    end, column = address_end(data, i + 4, stop), URLS
            elif what == _AT:
                (start, end), column = email_span(data, free, i, stop), EMAILS
                row[FIRST_PII + PII_EMAIL] += end > 0
            else:
                width = 1 if what == _SYMBOL else 3
                end, column = run_end(data, i, stop, width), SYMBOL_RUNS
                if end - i < LONGEST_RUN * width:
                    i = end
                    continue
            if end == 0:
                i += 1
                continue
            row[FIRST_DEBRIS + 2 * column] += 1
            row[FIRST_DEBRIS + 2 * column + 1] += end - start
            if n < spans.shape[0]:
                spans[n, 0], spans[n, 1], spans[n, 2], spans[n, 3] = start, end, d, FIRST_DEBRIS + 2 * column
                n += 1
            if column == MARKUP or column == URLS:
                n = emails_inside(data, start, end, d, row, spans, n)
            i = free = end
    return n
