"""Draw: how much a random sample is to hold."""

from __future__ import annotations

from dataclasses import dataclass

from corpuscheck.errors import UsageError
from corpuscheck.option import option
from corpuscheck.text.quantities import COUNT, SHARE, size_in


@dataclass(frozen=True)
class Draw:
    """What is drawn: one of a share of all documents, a number of them, or at most so many bytes of text.

    With `equal` every source gives as much as the others, as far as it has so much. Another `seed` draws others.
    """

    share: float | None = option(None, "--share SHARE", "Draw each document with this chance, such as 1%.", SHARE)
    documents: int | None = option(None, "--documents N", "Draw N documents.", COUNT)
    bytes: int | None = option(None, "--bytes SIZE", "Draw at most so much text, such as 100MB.", size_in("MB"))
    seed: int = option(0, "--seed N", "Another number draws other documents.", COUNT)
    equal: bool = False

    def __post_init__(self) -> None:
        if sum(amount is not None for amount in (self.share, self.documents, self.bytes)) != 1:
            raise UsageError("say how much is drawn in one way: a share such as 1%, --documents N, or --bytes SIZE")
        for amount, name in ((self.share, "a share"), (self.documents, "--documents"), (self.bytes, "--bytes")):
            if amount is not None and amount <= 0:
                raise UsageError(f"{name} of nothing draws nothing: it must be above zero")
        if not 0 <= self.seed < 1 << 62:
            raise UsageError("--seed must lie between 0 and 4.6 × 10¹⁸")
