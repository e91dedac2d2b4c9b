"""Figures of an estimate, each with what it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, log, sqrt
from typing import Literal

FigureKind = Literal["given", "measured", "rule", "forecast"]


@dataclass(frozen=True)
class Figure:
    """A number on screen, and what it is: given by the user, measured, a rule, or a forecast with its 90 % interval.

    `unknown` says why it cannot be told; `rough` marks an order of magnitude, from a sample of under 5 %.
    """

    kind: FigureKind
    value: float = 0.0
    low: float = 0.0
    high: float = 0.0
    unknown: str = ""
    rough: bool = False

    @property
    def known(self) -> bool:
        return not self.unknown

    def times(self, factor: float) -> Figure:
        return replace(self, value=self.value * factor, low=self.low * factor, high=self.high * factor)

    def into(self, total: float) -> Figure:
        """total / self: the ends change places."""
        if not self.known or self.value <= 0:
            return self if not self.known else replace(self, unknown="nothing to divide by")
        return replace(self, value=total / self.value, low=total / self.high, high=total / self.low)


def product(rate: Figure, amount: Figure) -> Figure:
    """rate · amount, whose errors do not depend on each other: they add up in squares on a logarithmic scale."""
    if not rate.known or not amount.known:
        return rate if not rate.known else replace(amount, kind=rate.kind)
    value, ends = rate.value * amount.value, []
    for name in ("low", "high"):
        errors = [log(getattr(of, name) / of.value) for of in (rate, amount) if of.value > 0 and getattr(of, name) > 0]
        ends.append(sqrt(sum(error * error for error in errors)))
    return replace(rate, value=value, low=value * exp(-ends[0]), high=value * exp(ends[1]))


def exactly(kind: FigureKind, value: float) -> Figure:
    """A figure without an interval."""
    return Figure(kind, value, value, value)
