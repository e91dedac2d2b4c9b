"""Plan: what the user says of a collection that an estimate is for."""

from __future__ import annotations

from dataclasses import dataclass, fields

from corpuscheck.errors import UsageError
from corpuscheck.estimates.laws import EPOCHS
from corpuscheck.option import option, options_of
from corpuscheck.settings import Limits
from corpuscheck.text.quantities import COUNT, NUMBER, SHARE, size_in

_MOST = 1e18


@dataclass(frozen=True)
class Plan:
    """What the user says of the collection; sizes in bytes, rates in documents. The target is that of the limits.

    `articles` and `mean_bytes` describe what there is where no text is at hand; `available` is how many documents
    could be had in all, `usable` the share of their bytes that survives cleaning.
    """

    target_bytes: int = Limits.target_bytes
    articles_per_gb: int = Limits.articles_per_gb
    articles: int | None = option(
        None, "--articles N", "Documents that there are, where no text is at hand.", COUNT
    )  # fmt: skip
    mean_bytes: float | None = option(None, "--mean-bytes SIZE", "Their mean size.", size_in("kB"))
    available: int | None = option(None, "--available N", "Documents that could be had in all.", COUNT)
    per_day: float | None = option(None, "--per-day N", "Documents that can be collected in a day.", NUMBER)
    usable: float | None = option(
        None, "--usable SHARE", "Share of the text that survives cleaning, such as 80%.", SHARE
    )
    parameters: int | None = option(None, "--params N", "A model size to feed, such as 110M.", COUNT)
    epochs: int = option(EPOCHS, "--epochs", "Passes over the text that you would make.", COUNT)

    def __post_init__(self) -> None:
        known = {**options_of(Plan), **options_of(Limits)}
        for name in (one.name for one in fields(Plan) if one.name != "usable"):
            value = getattr(self, name)
            if value is not None and not 0 < value < _MOST:
                over = " and below 10¹⁸" if value >= _MOST else ""
                raise UsageError(f"{known[name].flag} must be above zero{over}")
        if self.usable is not None and not 0 < self.usable <= 1:
            raise UsageError("--usable is a share above 0 and at most 1, as in 0.8")
        if self.available is not None and self.articles is not None and self.available < self.articles:
            raise UsageError("--available counts all documents that can be had: it cannot be less than --articles")
