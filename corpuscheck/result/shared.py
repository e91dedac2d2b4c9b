"""Lines and paragraphs that several documents have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from corpuscheck.profile.repeats import LineSample, RepeatsPart
from corpuscheck.profile.sample import ALL
from corpuscheck.result.sums import Amount, Sum
from corpuscheck.values.brief import brief

_TOP_LINES = 10
_LEAST_SEEN = 16
"""Of a line drawn less often from a sample it is not told how many documents have it."""


@dataclass(frozen=True)
class SharedLine:
    """The beginning of a line, how many documents have it, and its bytes in one of them. Where not `exact`, the
    documents are estimated, `error` is their standard error."""

    text: str
    documents: float
    utf8_bytes: int
    exact: bool
    error: float = 0.0

    @property
    def total_bytes(self) -> float:
        return self.documents * self.utf8_bytes


@dataclass(frozen=True)
class Shared:
    """Lines, or paragraphs: all of them, and those that stand in another document too, the first of each left out.

    `left_out` are bytes of lines of very long documents that were not compared.
    """

    __repr__ = brief

    units: int = 0
    utf8_bytes: int = 0
    repeated: Amount = Amount()
    left_out: int = 0

    @property
    def share(self) -> float:
        return self.of_bytes(self.repeated.utf8_bytes)

    @property
    def error(self) -> float:
        """The standard error of the share."""
        return self.of_bytes(self.repeated.error)

    def of_bytes(self, size: float) -> float:
        """A share of the bytes of all of them."""
        return min(1.0, size / self.utf8_bytes) if size else 0.0


def shared(part: RepeatsPart, seen: Iterable[SharedLine] = ()) -> Shared:
    """What is repeated is all that there is without what is different: of that a sample tells, as of repeated things
    it does not. `seen` are lines that are known to be shared."""
    weights, sizes = part.weights(), part.sizes.astype("f8")
    units, held = Sum.over(weights, weights**0), Sum.over(weights, sizes)
    if part.exact:
        units, held = Sum(len(part)), Sum(float(sizes.sum()))
    extra = (part.counts - 1).astype("f8")
    known = float(extra @ sizes), *((line.documents - 1) * line.utf8_bytes for line in seen if line.exact)
    again = (Sum(part.units) - units).within(float(extra.sum()), part.units - len(part))
    repeated = (Sum(part.utf8_bytes) - held).within(max(known), part.utf8_bytes - float(sizes.sum()))
    amount = Amount(again.value, repeated.value, repeated.error, part.exact, again.error)
    return Shared(part.units, part.utf8_bytes, amount, part.left_out)


def top_lines(seen: LineSample, lines: RepeatsPart, documents: int) -> tuple[SharedLine, ...]:
    """The lines that hold most bytes beyond their first document, counted where they are among the known ones."""
    drawn: dict[int, int] = defaultdict(int)
    told: dict[int, tuple[int, str]] = {}
    for line, size, text in seen.rows.values():
        drawn[line] += 1
        told[line] = (size, text)
    known = dict(zip(lines.hashes.tolist(), lines.counts.tolist(), strict=True))
    share = 1.0 if seen.complete else seen.bound / ALL
    found = []
    for line, n in drawn.items():
        size, text = told[line]
        if line in known or seen.complete:
            found.append(SharedLine(text, known.get(line, n), size, True))
        elif n >= _LEAST_SEEN:
            error = sqrt(n * (1 - share)) / share
            found.append(SharedLine(text, min(n / share, documents), size, False, error))
    shared = sorted(
        (line for line in found if line.documents >= 2),
        key=lambda line: (-(line.documents - 1) * line.utf8_bytes, line.text),
    )
    return tuple(shared[:_TOP_LINES])
