"""Swept: tokenizers of several sizes made from the same text, and what each does on text that none has seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpuscheck.measuring.units import Unit
from corpuscheck.profile.estimates import Interval
from corpuscheck.values.brief import brief

WIDTH = 768
"""Of the embeddings that parameters are counted for: that of a base model."""


@dataclass(frozen=True)
class SizeRow:
    """A tokenizer of `pieces` pieces, where `asked` were asked for, on held-out text.

    `lost_rate` is the share of the words that are [UNK] or shattered. `bits_per_byte` is the loss of a model that knows
    how often each token is, and nothing else: -log2 of the share that it has in the text it was made from.
    """

    asked: int
    pieces: int
    fingerprint: str
    lost_rate: float
    tokens_per_word: Interval
    bytes_per_token: float
    bits_per_byte: float

    @property
    def embedding_parameters(self) -> int:
        return self.pieces * WIDTH


@dataclass(frozen=True)
class Sweep:
    """The rows by size, and the `knee`: the size beyond which further pieces save less; None where there is none."""

    __repr__ = brief

    model: str
    unit: Unit
    made_from: int
    judged_on: int
    rows: tuple[SizeRow, ...]

    @property
    def knee(self) -> int | None:
        return knee_of([(row.asked, row.pieces, row.tokens_per_word.value) for row in self.rows])


def knee_of(points: Sequence[tuple[int, int, float]]) -> int | None:
    """Of points (name, pieces, tokens), the one farthest below the line from the first to the last.

    After Satopaa et al. 2011, "Finding a kneedle in a haystack".
    """
    if len(points) < 3:
        return None
    (_, first, most), (_, last, least) = points[0], points[-1]
    if last <= first or least >= most:
        return None
    below = [(1 - (x - first) / (last - first) - (y - least) / (most - least), name) for name, x, y in points]
    farthest, name = max(below, key=lambda pair: (pair[0], -pair[1]))
    return name if farthest > 1e-9 else None
