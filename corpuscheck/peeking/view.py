"""View: what a person asks to see of a corpus."""

from __future__ import annotations

from dataclasses import dataclass

from corpuscheck.errors import UsageError
from corpuscheck.option import option
from corpuscheck.text.quantities import COUNT, size_in

COPIES = {"CC501": "exact-copies", "CC502": "normalised-copies", "CC503": "near-copies"}
"""Rules that name pairs of documents."""


@dataclass(frozen=True)
class View:
    """What is shown: the worst by `rule` (an id), else documents with one of the `words`, else typical ones.

    `count` documents or pairs, about `excerpt` bytes of each; what is drawn is drawn by a hash with the `seed`.
    """

    rule: str = option("", "--rule RULE", "The worst by a rule: CC301, CC401 to CC415, CC501 to CC504.")
    words: tuple[str, ...] = option(
        (), "--word TEXT", "Documents that hold this text, or a character such as U+B63B (repeat for several)."
    )
    count: int = option(5, "-n --count", "Documents, or pairs of copies (of those 10 at most).", COUNT)
    seed: int = option(0, "--seed", "Another seed draws other documents.", otherwise="0")
    excerpt: int = option("2kB", "--bytes", "About how much of each document is shown.", size_in("kB", least=0))

    def __post_init__(self) -> None:
        if self.rule and self.words:
            raise UsageError("--rule and --word exclude each other: ask twice")
        if self.count < 1:
            raise UsageError("--count must be 1 or more")
        if self.excerpt < 1:
            raise UsageError("--bytes must be above zero, as in 2kB")

    @property
    def pairs(self) -> bool:
        return self.rule in COPIES
