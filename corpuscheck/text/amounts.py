"""Numbers as a person reads them. A rate above zero is never shown as zero, one below 100 % never as 100 %."""

from __future__ import annotations

from collections.abc import Callable
from math import floor, log10


def count(n: int | float) -> str:
    """1,234,567"""
    return f"{round(n):,}"


def about(n: int | float) -> str:
    """1,230,000: three significant digits, for what is not known better than that."""
    return count(n if n < 1000 else round(n, 2 - floor(log10(n))))


def files(n: int) -> str:
    """1 file, 2 files"""
    return plural(n, "file")


def plural(n: int, word: str) -> str:
    """1 word, 2 words"""
    return f"{n:,} {word}" if n == 1 else f"{n:,} {word}s"


def size(n: int | float) -> str:
    """Bytes in decimal units: 1 GB = 10⁹ bytes."""
    if round(n) < 1000:
        return f"{round(n)} B"
    for unit in ("kB", "MB", "GB", "TB"):
        n /= 1000
        if n < 999.95 or unit == "TB":
            return f"{n:.2f} {unit}" if n < 9.995 else f"{n:.1f} {unit}"
    raise AssertionError


def percent(rate: float) -> str:
    """At least two significant digits, as many decimals as that takes."""
    shown = 100 * rate
    if shown <= 0:
        return "0 %"
    if shown >= 100:
        return "100 %"
    if shown < 0.0001:
        return "<0.0001 %"
    decimals = max(1, 1 - floor(log10(shown))) if shown < 10 else 1
    text = f"{shown:.{decimals}f}"
    if float(text) >= 100:
        return ">99.9 %"
    return f"{text} %"


def estimated(n: float, margin: float, exact: bool, tell: Callable[[float], str] = size) -> str:
    """1.2 MB, or ~1.2 MB ± 10 kB where it is not exact."""
    return tell(n) if exact else f"~{tell(n)} ± {tell(margin)}"


def points(difference: float) -> str:
    """A difference of two rates: 0.31 points."""
    return f"{percent(difference).removesuffix(' %')} points"


def times(ratio: float) -> str:
    """3.1, 0.42: how many times as far or as frequent; never rounded to a half, where limits lie."""
    if ratio >= 1 and round(ratio, 1) % 0.5 == 0 and ratio % 0.5:
        return f"{ratio:.2f}"
    return f"{ratio:.1f}" if ratio >= 1 else f"{ratio:.2f}" if ratio >= 0.01 or ratio <= 0 else "<0.01"
