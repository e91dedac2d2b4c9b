"""Decoded: what the detection of an encoding answers."""

from __future__ import annotations

from dataclasses import dataclass

UNCERTAIN = 0.2
"""Below this confidence a guess is right too seldom to be trusted unasked."""


@dataclass(frozen=True)
class Decoded:
    """What the bytes are.

    Attributes:
        encoding: a Python codec name; ``mixed`` (UTF-8 lines and lines in `other`) or ``binary``.
        confidence: 0 to 1; under `UNCERTAIN` the corpus or the user should decide.
        how: the step that decided.
        skip: bytes of a byte order mark to leave out.
        other: for ``mixed``, the codec of the lines that are not UTF-8.
    """

    encoding: str
    confidence: float
    how: str
    skip: int = 0
    other: str = ""
