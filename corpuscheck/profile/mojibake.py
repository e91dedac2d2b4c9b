"""Text that was decoded wrongly once: how many lines of the sample, and examples with their repair."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from corpuscheck.brief import brief
from corpuscheck.profile.tables import added

MOST_EXAMPLES = 10

Example = tuple[str, str, str]
"""(kind, line as it stands, line as it was meant or '' where bytes of it are lost)"""


@dataclass(frozen=True)
class MojibakePart:
    """`lines` were looked at, those of the sample that are not ASCII; `found` counts mojibake by kind."""

    __repr__ = brief

    lines: int = 0
    found: dict[str, int] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    @property
    def share(self) -> float:
        return sum(self.found.values()) / self.lines if self.lines else 0.0

    def merge(self, other: MojibakePart) -> MojibakePart:
        whole_first = sorted({*self.examples, *other.examples}, key=lambda example: (not example[2], example))
        examples = tuple(whole_first[:MOST_EXAMPLES])
        return MojibakePart(self.lines + other.lines, added(self.found, other.found), examples)

    def to_state(self) -> dict[str, Any]:
        return dict(vars(self))

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> MojibakePart:
        examples = tuple((str(kind), str(line), str(meant)) for kind, line, meant in state["examples"])
        return cls(int(state["lines"]), {str(k): int(n) for k, n in state["found"].items()}, examples)
