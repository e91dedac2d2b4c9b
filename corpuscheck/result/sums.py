"""Sums over rows of which only a sample is known, and amounts that are told of them."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import Ints

ERRORS = 2
"""An estimate is given with so many standard errors to either side."""


@dataclass(frozen=True)
class Sum:
    """A sum and the variance of its estimate, 0 where every row is known."""

    value: float = 0.0
    variance: float = 0.0

    @classmethod
    def over(cls, weights: NDArray[np.float64], figures: NDArray[np.float64]) -> Sum:
        """Each row was drawn with the chance 1 / weight (Horvitz and Thompson 1952)."""
        return cls(float(weights @ figures), float((weights * (weights - 1)) @ figures**2))

    @property
    def error(self) -> float:
        """The standard error."""
        return sqrt(self.variance)

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.value + other.value, self.variance + other.variance)

    def __sub__(self, other: Sum) -> Sum:
        """The difference of sums that were drawn independently."""
        return Sum(self.value - other.value, self.variance + other.variance)

    def within(self, least: float, most: float) -> Sum:
        """The same, no further than what is known for sure."""
        return Sum(min(max(self.value, least), max(least, most)), self.variance)


@dataclass(frozen=True)
class Amount:
    """Documents and bytes, with their standard errors where they were estimated from a sample."""

    documents: float = 0
    utf8_bytes: float = 0
    error: float = 0
    exact: bool = True
    documents_error: float = 0

    @property
    def margin(self) -> float:
        """Bytes that it may be off to either side."""
        return ERRORS * self.error

    @property
    def documents_margin(self) -> float:
        """Documents that it may be off to either side."""
        return ERRORS * self.documents_error

    @property
    def certain(self) -> bool:
        """Whether there is any for sure, as far as a sample can tell."""
        return self.utf8_bytes > 0 and (self.exact or self.utf8_bytes >= self.margin)


@dataclass(frozen=True)
class TextSums:
    """Texts of one kind: how many, their bytes, those that are debris, and those that are not."""

    documents: Sum = Sum()
    utf8_bytes: Sum = Sum()
    debris: Sum = Sum()
    usable: Sum = Sum()

    @classmethod
    def over(cls, weights: NDArray[np.float64], sizes: Ints, debris: Ints) -> TextSums:
        """The texts of these rows, each standing for `weights` of them."""
        figures = np.ones(len(sizes)), sizes, debris, sizes - debris
        return cls(*(Sum.over(weights, figure.astype(np.float64)) for figure in figures))

    def __add__(self, other: TextSums) -> TextSums:
        return TextSums(
            self.documents + other.documents,
            self.utf8_bytes + other.utf8_bytes,
            self.debris + other.debris,
            self.usable + other.usable,
        )

    def __sub__(self, other: TextSums) -> TextSums:
        return TextSums(
            self.documents - other.documents,
            self.utf8_bytes - other.utf8_bytes,
            self.debris - other.debris,
            self.usable - other.usable,
        )
