"""Text that is not as it was meant: how many lines of the sample, and examples with their repair.

Decoded wrongly once, with escapes that were never resolved, or with letters replaced by `?`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corpuscheck.profile.part import Part, rows, table, total
from corpuscheck.values.brief import brief

MOST_EXAMPLES = 10

MojibakeExample = tuple[str, str, str]
"""(kind, line as it stands, line as it was meant or '' where bytes of it are lost)"""


def whole_first(examples: Iterable[MojibakeExample]) -> tuple[MojibakeExample, ...]:
    """A few of them, those first that are known whole."""
    return tuple(sorted(set(examples), key=lambda example: (not example[2], example))[:MOST_EXAMPLES])


@dataclass(frozen=True)
class MojibakePart(Part):
    """`lines` were looked at (for mojibake those that are not ASCII); `found` counts what was found by kind."""

    __repr__ = brief

    lines: int = total()
    found: dict[str, int] = table()
    examples: tuple[MojibakeExample, ...] = rows(whole_first)

    @property
    def share(self) -> float:
        return sum(self.found.values()) / self.lines if self.lines else 0.0
