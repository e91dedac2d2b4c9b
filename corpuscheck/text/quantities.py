"""Numbers as people write them: sizes, counts and shares, the same wherever they are given."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import isfinite

from corpuscheck.errors import UsageError
from corpuscheck.text.printable import printable

GB = 10**9
MB = 10**6
ALL_TEXT = 1 << 62
"""More bytes than any corpus has, for --train-bytes all."""

_MOST = 1 << 62
LEAST_WITHOUT_UNIT = 1000

_NUMBER = re.compile(
    r"""(?P<number>[0-9]{1,3}(?:[, ][0-9]{3})+(?:\.[0-9]+)?   # 30,000 or 30 000
      | [0-9]+(?:_[0-9]+)*(?:\.[0-9]*)? | \.[0-9]+)           # 30_000, 2.5
    (?P<power>e[+-]?[0-9]{1,4})?\s*(?P<unit>[a-z%‰]*)$""",
    re.VERBOSE | re.IGNORECASE,
)
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]+")
_POINT_OF_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(\.[0-9]{3})+$")

_SIZES = {"b": 1, "byte": 1, "bytes": 1, "k": 10**3, "m": MB, "g": GB, "t": 10**12}
_SIZES |= {"kb": 10**3, "mb": MB, "gb": GB, "tb": 10**12, "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}
_COUNTS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9}
_SHARES = {"": 1.0, "%": 0.01, "‰": 0.001}

Value = str | int | float
Parser = Callable[[Value], float]


def parse_size(value: Value, usual: str = "GB", least: int = LEAST_WITHOUT_UNIT) -> int:
    """Bytes of ``4GB``, ``500 MB``, ``1.5GiB``, ``30k`` or ``1,000,000``; 1 GB is 10⁹.

    Raises UsageError for anything else, also for fewer than the `least` without a unit: the `usual` one was meant.
    """
    help_ = "write a number and a unit, as in 500MB or 4GB (1 GB = 10⁹ bytes)"
    number, unit = _parts(value, "a size", help_)
    if not unit and 0 < number < least:
        told = f"{number:g}"
        raise UsageError(f"{told} bytes? Write {told}{usual}, or {told}B where bytes are meant")
    if unit and unit not in _SIZES:
        raise UsageError(f"'{_shown(value)}' is not a size: {help_}")
    return _whole(value, number * _SIZES.get(unit, 1))


def parse_size_or_all(value: Value, usual: str = "MB") -> int:
    """A size, or the word all."""
    return ALL_TEXT if str(value).strip().lower() == "all" else parse_size(value, usual)


def parse_count(value: Value) -> int:
    """A whole number such as ``30000``, ``30,000``, ``30_000``, ``30k``, ``2.5M``, ``1.3B`` or ``1e6``."""
    number = parse_number(value)
    if number % 1 and abs(number - round(number)) > 1e-9 * number:
        raise UsageError(f"'{_shown(value)}' is not a whole number")
    return _whole(value, number)


def parse_number(value: Value) -> float:
    """The same, also with a fraction."""
    help_ = "write it as in 30000, 30,000, 30k, 2.5M or 1e6"
    number, unit = _parts(value, "a number", help_)
    if unit not in _COUNTS:
        raise UsageError(f"'{_shown(value)}' is not a number: {help_}")
    if not unit and isinstance(value, str) and _POINT_OF_THOUSANDS.match(value.strip()):
        thousands = value.strip().replace(".", ",")
        raise UsageError(f"'{_shown(value)}' can be read in two ways: write {thousands} or {number:g}")
    _whole(value, number * _COUNTS[unit])
    return number if not unit else round(number * _COUNTS[unit], 6)


def parse_share(value: Value) -> float:
    """A share between 0 and 1, such as ``0.01``, ``1%`` or ``0.5 %``."""
    help_ = "write a share, as in 1% or 0.01"
    number, unit = _parts(value, "a share", help_)
    if unit not in _SHARES:
        raise UsageError(f"'{_shown(value)}' is not a share: {help_}")
    share = number if not unit else float(f"{number * _SHARES[unit]:.15g}")
    if share > 1 and not unit:
        meant = f"write {number:g}% or {number / 100:g}" if number <= 100 else "100% is all"
        raise UsageError(f"must lie between 0 and 1: {number:g} is {100 * number:g} %, {meant}")
    if share > 1:
        raise UsageError(f"must lie between 0% and 100%, not {number:g}{unit}")
    return share


def _parts(value: Value, what: str, help_: str) -> tuple[float, str]:
    """The number and the unit in lower case. Raises UsageError."""
    shown = _shown(value)
    text = unicodedata.normalize("NFKC", str(value)).replace("\u2212", "-").strip()
    if isinstance(value, bool) or not text:
        raise UsageError(f"'{shown}' is not {what}: {help_}")
    if text.startswith("-") and re.match(r"-\s*[0-9.]", text):
        raise UsageError(f"'{shown}' is below zero: {help_}")
    match = _NUMBER.match(text.removeprefix("+"))
    if match is None:
        if comma := _DECIMAL_COMMA.match(text):
            help_ = f"write a decimal point, {comma[0].replace(',', '.')}, and commas between thousands only"
        raise UsageError(f"'{shown}' is not {what}: {help_}")
    digits = re.sub("[, _]", "", match["number"])
    number = float(digits + (match["power"] or ""))
    if not isfinite(number) or number > _MOST:
        raise UsageError(f"'{shown}' is too large")
    return number, match["unit"].lower()


def _whole(value: Value, number: float) -> int:
    if number > _MOST:
        raise UsageError(f"'{_shown(value)}' is too large")
    return round(number)


def _shown(value: Value) -> str:
    return printable(str(value), 60)


@dataclass(frozen=True)
class Notation:
    """A way to write numbers: its name, and what reads it. That raises UsageError for anything else."""

    name: str
    parse: Parser


COUNT = Notation("count", parse_count)
NUMBER = Notation("number", parse_number)
SHARE = Notation("share", parse_share)
SIZE_OR_ALL = Notation("size|all", parse_size_or_all)


def size_in(usual: str, least: int = LEAST_WITHOUT_UNIT) -> Notation:
    """A size; fewer bytes than the least, without a unit, were meant in the usual one."""
    return Notation("size", partial(parse_size, usual=usual, least=least))
