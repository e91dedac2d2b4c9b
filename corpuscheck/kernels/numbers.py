"""Numbers that look like somebody's: telephones, resident numbers, cards, addresses of machines."""

from __future__ import annotations

from corpuscheck.arrays import Bytes
from corpuscheck.counted import CARD, IPV4, KR_LANDLINE, KR_MOBILE, KR_RESIDENT, KR_RESIDENT_DATED, PHONE, US_SOCIAL
from corpuscheck.kernels.jit import at, kernel

_MOST_DIGITS = 20


@kernel
def _is_digit(b: int) -> bool:
    return 0x30 <= b <= 0x39


@kernel
def _joins(b: int) -> bool:
    """Whether a number next to this byte is part of something longer."""
    return _is_digit(b) or 0x61 <= (b | 0x20) <= 0x7A or b == 0x5F or b == 0x2F or b == 0x3D


@kernel
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
def number_shape(data: Bytes, begin: int, i: int, stop: int) -> tuple[int, int]:
    """The end of the number that begins at `i`, and the shape of personal data it has; -1 where it has none.

    A number is groups of digits with one and the same separator (-, . or space) between them.
    """
    start = i
    plus = data[i] == 0x2B
    if plus:
        i += 1
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
    if groups == 0:
        return start + 1, -1
    single = i + n1
    if start > begin and (_joins(data[at(start - 1)]) or data[at(start - 1)] in (0x2D, 0x2E)):
        return single, -1
    if end < stop and (_joins(data[at(end)]) or (data[at(end)] in (0x2D, 0x2E) and end + 1 < stop
                                                 and _is_digit(data[at(end + 1)]))):  # fmt: skip
        return single, -1
    shape = _shape(data, i, end, plus, separator, groups, total, n1, n2, n3, n4)
    return (end, shape) if shape >= 0 else (single, -1)


@kernel
def _shape(
    data: Bytes, i: int, end: int, plus: bool, separator: int, groups: int, total: int, n1: int, n2: int, n3: int,
    n4: int,
) -> int:  # fmt: skip
    if plus:
        return PHONE if groups >= 2 and n1 <= 3 and 8 <= total <= 15 and separator != 0x2E else -1
    mobile = data[i] == 0x30 and n1 >= 3 and data[i + 1] == 0x31 and data[i + 2] in (0x30, 0x31, 0x36, 0x37, 0x38, 0x39)
    if mobile and groups == 3 and n1 == 3 and 3 <= n2 <= 4 and n3 == 4:
        return KR_MOBILE
    if mobile and groups == 1 and n1 == 11 and data[i + 2] == 0x30:
        return KR_MOBILE
    if separator == 0x2D:
        area = (n1 == 2 and data[i + 1] == 0x32) or (n1 == 3 and 0x33 <= data[i + 1] <= 0x36)
        if groups == 3 and data[i] == 0x30 and area and 3 <= n2 <= 4 and n3 == 4:
            return KR_LANDLINE
        if groups == 2 and n1 == 6 and n2 == 7 and 0x31 <= data[i + 7] <= 0x38:
            return KR_RESIDENT_DATED if true_date(data, i) else KR_RESIDENT
        if groups == 3 and n1 == 3 and n2 == 2 and n3 == 4:
            return US_SOCIAL
    if separator in (0x2D, 0x2E) and groups == 3 and n1 == 3 and n2 == 3 and n3 == 4:
        return PHONE if data[i] >= 0x32 and data[i + 4] >= 0x32 else -1
    card = (groups == 4 and n1 == 4 and n2 == 4 and n3 == 4 and n4 == 4) or (groups == 1 and n1 == 16)
    if card and 0x33 <= data[i] <= 0x36 and separator != 0x2E:
        return CARD if luhn(data, i, end) else -1
    if separator == 0x2E and groups == 4 and total >= 8 and n1 <= 3 and n2 <= 3 and n3 <= 3 and n4 <= 3:
        second = i + n1 + 1
        third = second + n2 + 1
        parts = max(_digits(data, i, n1), _digits(data, second, n2), _digits(data, third, n3))
        return IPV4 if max(parts, _digits(data, third + n3 + 1, n4)) <= 255 else -1
    return -1
