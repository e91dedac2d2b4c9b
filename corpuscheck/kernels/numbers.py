"""Numbers that look like somebody's: telephones, resident numbers, cards, addresses of machines."""

from __future__ import annotations

from corpuscheck.kernels.arrays import Bytes
from corpuscheck.kernels.columns import (
    CARD,
    IPV4,
    KR_LANDLINE,
    KR_MOBILE,
    KR_RESIDENT,
    KR_RESIDENT_DATED,
    PHONE,
    US_SOCIAL,
)
from corpuscheck.kernels.jit import at, inlined, kernel

_MOST_DIGITS = 20


@inlined
def _is_digit(b: int) -> bool:
    return 0x30 <= b <= 0x39


@inlined
def _joins(b: int) -> bool:
    """Whether a number next to this byte is part of something longer."""
    return _is_digit(b) or 0x61 <= (b | 0x20) <= 0x7A or b == 0x5F or b == 0x2F or b == 0x3D


@kernel
def _goes_on(data: Bytes, end: int, stop: int) -> bool:
    """Whether what ends here is only the beginning of something longer."""
    if end >= stop:
        return False
    dash = data[at(end)] == 0x2D or data[at(end)] == 0x2E
    return _joins(data[at(end)]) or (dash and end + 1 < stop and _is_digit(data[at(end + 1)]))


@inlined
def _digits(data: Bytes, start: int, n: int) -> int:
    value = 0
    for k in range(n):
        value = value * 10 + int(data[at(start + k)]) - 0x30
    return value


@kernel
def true_date(data: Bytes, start: int) -> bool:
    """Whether six digits are a date, as year, month and day."""
    month, day = _digits(data, start + 2, 2), _digits(data, start + 4, 2)
    days = 30 if month in (4, 6, 9, 11) else 29 if month == 2 else 31
    return 1 <= month <= 12 and 1 <= day <= days


@kernel
def luhn(data: Bytes, start: int, stop: int) -> bool:
    """The check digit of payment cards (ISO/IEC 7812-1), over the digits of a span."""
    total, double = 0, False
    for k in range(stop - 1, start - 1, -1):
        if _is_digit(data[at(k)]):
            digit = int(data[at(k)]) - 0x30
            if double:
                digit = digit * 2 - 9 if digit > 4 else digit * 2
            total += digit
            double = not double
    return total % 10 == 0


@kernel
def international_end(data: Bytes, i: int, stop: int) -> int:
    """The end of the telephone number whose + stands before `i`; 0 where there is none.

    ITU-T E.164: a country code of up to three digits, at most 15 in all. Groups may stand in brackets.
    """
    k, groups, total, end = i, 0, 0, i
    n1 = n2 = n3 = 0
    while k < stop and groups < 6:
        first = k
        while k < stop and _is_digit(data[at(k)]) and k - first < _MOST_DIGITS:
            k += 1
        groups, total, end = groups + 1, total + k - first, k
        if groups == 1:
            n1 = k - first
        elif groups == 2:
            n2 = k - first
        elif groups == 3:
            n3 = k - first
        if k < stop and data[at(k)] == 0x29:
            k += 1
        if k < stop and (data[at(k)] == 0x2D or data[at(k)] == 0x20):
            k += 1
        if k < stop and data[at(k)] == 0x28:
            k += 1
        if k == end or k >= stop or not _is_digit(data[at(k)]):
            break
        if total >= 8 and data[at(k - 1)] == 0x20 and (k + 1 >= stop or not _is_digit(data[at(k + 1)])):
            break  # a single digit after it is another number
    if n1 == 0 or data[at(i)] == 0x30 or total > 15 or (end < stop and _joins(data[at(end)])):
        return 0
    if groups == 1:
        return end if total >= 10 else 0
    date = n2 == 4 and 1 <= n3 <= 2
    return end if n1 <= 3 and total >= 8 and not date else 0


@kernel
def _korean_area(data: Bytes, i: int, n: int) -> bool:
    """Whether n digits are an area code: 02, 031 to 064."""
    return bool((n == 2 and data[i + 1] == 0x32) or (n == 3 and 0x33 <= data[i + 1] <= 0x36))


@kernel
def after_bracket(data: Bytes, k: int, stop: int) -> int:
    """The end of a number such as 596-1887 that follows an area code in brackets; 0 where there is none."""
    if k < stop and data[at(k)] == 0x20:
        k += 1
    first = k
    while k < stop and k - first < 4 and _is_digit(data[at(k)]):
        k += 1
    if k - first < 3 or k + 5 > stop or data[at(k)] not in (0x2D, 0x2E, 0x20):
        return 0
    for j in range(k + 1, k + 5):
        if not _is_digit(data[at(j)]):
            return 0
    return k + 5 if k + 5 == stop or not _is_digit(data[at(k + 5)]) else 0


@inlined
def plain_number_end(data: Bytes, i: int, stop: int) -> int:
    """The end of the number at `i` where it is too short for any shape and nothing makes it longer, else 0.

    Most numbers are years and amounts, which `number_shape` need not see.
    """
    k = i
    while k < stop and _is_digit(data[at(k)]):
        k += 1
    if k == i or k - i >= 11 or k == stop:
        return k if i < k < i + 11 else 0
    b = data[at(k)]
    separated = (b == 0x2D or b == 0x2E or b == 0x20) and k + 1 < stop and _is_digit(data[at(k + 1)])
    return 0 if separated or b == 0x29 else k


@kernel
def number_shape(data: Bytes, begin: int, i: int, stop: int) -> tuple[int, int]:
    """The end of the number that begins at `i`, and the shape of personal data it has; -1 where it has none.

    A number is groups of digits with one and the same separator (-, . or space) between them.
    """
    if data[i] == 0x2B:
        end = international_end(data, i + 1, stop)
        alone = i == begin or not _joins(data[at(i - 1)])
        return (end, PHONE) if end and alone else (i + 1, -1)
    n1 = n2 = n3 = n4 = groups = total = 0
    separator = 0
    end = k = i
    while k < stop and groups < 4:
        first = k
        while k < stop and _is_digit(data[at(k)]) and k - first < _MOST_DIGITS:
            k += 1
        length = k - first
        if length == 0:
            break
        groups += 1
        total += length
        end = k
        if groups == 1:
            n1 = length
        elif groups == 2:
            n2 = length
        elif groups == 3:
            n3 = length
        else:
            n4 = length
        if k + 1 >= stop or not _is_digit(data[at(k + 1)]):
            break
        b = int(data[at(k)])
        if b not in (0x2D, 0x2E, 0x20) or (separator and b != separator):
            break
        separator = b
        k += 1
    single = i + n1
    if i > begin and (_joins(data[at(i - 1)]) or data[at(i - 1)] in (0x2D, 0x2E)):
        return single, -1
    if groups == 1 and single < stop and data[at(single)] == 0x29:
        end = after_bracket(data, single + 1, stop)
        if end and data[i] == 0x30:
            return (end, KR_LANDLINE) if _korean_area(data, i, n1) else (single, -1)
        bracketed = i > begin and data[at(i - 1)] == 0x28
        return (end, PHONE) if end and bracketed and n1 == 3 and data[i] >= 0x32 else (single, -1)
    shape = -1
    if not _goes_on(data, end, stop):
        shape = _shape(data, i, end, separator, groups, total, n1, n2, n3, n4)
    if shape < 0 and separator == 0x20 and n1 in (11, 16):  # a number of one group, and another number after it
        end, shape = single, _shape(data, i, single, 0, 1, n1, n1, 0, 0, 0)
    return (end, shape) if shape >= 0 else (single, -1)


@kernel
def _shape(
    data: Bytes, i: int, end: int, separator: int, groups: int, total: int, n1: int, n2: int, n3: int, n4: int,
) -> int:  # fmt: skip
    mobile = data[i] == 0x30 and n1 >= 3 and data[i + 1] == 0x31 and data[i + 2] in (0x30, 0x31, 0x36, 0x37, 0x38, 0x39)
    if mobile and groups == 3 and n1 == 3 and 3 <= n2 <= 4 and n3 == 4:
        return KR_MOBILE
    if mobile and groups == 1 and n1 == 11 and data[i + 2] == 0x30:
        return KR_MOBILE
    if separator == 0x2D:
        if groups == 3 and data[i] == 0x30 and _korean_area(data, i, n1) and 3 <= n2 <= 4 and n3 == 4:
            return KR_LANDLINE
        if groups == 2 and n1 == 6 and n2 == 7 and 0x31 <= data[i + 7] <= 0x38:
            return KR_RESIDENT_DATED if true_date(data, i) else KR_RESIDENT
        if groups == 3 and n1 == 3 and n2 == 2 and n3 == 4:
            area, group, serial = _digits(data, i, 3), _digits(data, i + 4, 2), _digits(data, i + 7, 4)
            given = 0 < area < 900 and area != 666 and group > 0 and serial > 0  # others are never given out
            return US_SOCIAL if given else -1
    if separator in (0x2D, 0x2E) and groups == 3 and n1 == 3 and n2 == 3 and n3 == 4:
        return PHONE if data[i] >= 0x32 and data[i + 4] >= 0x32 else -1
    if groups == 4 and n1 == 1 and data[i] == 0x31 and n2 == 3 and n3 == 3 and n4 == 4:
        return PHONE if data[i + 2] >= 0x32 and data[i + 6] >= 0x32 else -1
    card = (groups == 4 and n1 == 4 and n2 == 4 and n3 == 4 and n4 == 4) or (groups == 1 and n1 == 16)
    if card and 0x33 <= data[i] <= 0x36 and separator != 0x2E:
        return CARD if luhn(data, i, end) else -1
    if separator == 0x2E and groups == 4 and total >= 8 and n1 <= 3 and n2 <= 3 and n3 <= 3 and n4 <= 3:
        second = i + n1 + 1
        third = second + n2 + 1
        parts = max(_digits(data, i, n1), _digits(data, second, n2), _digits(data, third, n3))
        return IPV4 if max(parts, _digits(data, third + n3 + 1, n4)) <= 255 else -1
    return -1
