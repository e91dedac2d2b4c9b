"""Wholeness: how many tokens the words of a sample take, script by script, and how much of the vocabulary is used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corpuscheck.profile.estimates import Interval, ratio
from corpuscheck.profile.part import Part, every, largest, sums, table_of, total
from corpuscheck.text.scripts import SCRIPTS
from corpuscheck.values.brief import brief

WHITE_SPACE = "white space"
_NAMES = {*SCRIPTS, WHITE_SPACE}


@dataclass(frozen=True)
class WholenessPart(Part):
    """Sums over the words of a sample, which stand between white space within what the tokenizer takes for a word.

    `scripts` has by (group, script) the words, those that one token other than [UNK] spells, those of several tokens,
    their tokens and their characters; white space that is a token of its own is no word. `used` counts the pieces that
    occur. `complete` tells that the sample is the whole text.
    """

    __repr__ = brief

    scripts: dict[tuple[int, str], tuple[int, int, int, int, int]] = table_of(sums)
    used: int = largest()
    sampled_bytes: int = total()
    complete: bool = every()

    @property
    def names(self) -> tuple[str, ...]:
        """The scripts that there are, those with the most tokens first."""
        tokens: dict[str, int] = {}
        for (_, script), row in self.scripts.items():
            tokens[script] = tokens.get(script, 0) + row[3]
        return tuple(sorted(tokens, key=lambda script: (-tokens[script], script)))

    def of(self, script: str) -> tuple[int, int, int, int, int]:
        """The sums of one script."""
        rows = [row for (_, name), row in self.scripts.items() if name == script]
        words, whole, continued, tokens, characters = sums(*rows) if rows else (0, 0, 0, 0, 0)
        return words, whole, continued, tokens, characters

    def whole_rate(self, scripts: Iterable[str]) -> Interval | None:
        """The share of the words of these scripts that are one token; None where there are none."""
        return self._ratio(set(scripts), 1, 0)

    def continued_rate(self, scripts: Iterable[str]) -> Interval | None:
        """The share of them that are several tokens."""
        return self._ratio(set(scripts), 2, 0)

    def tokens_per_word(self, scripts: Iterable[str]) -> Interval | None:
        return self._ratio(set(scripts), 3, 0)

    def _ratio(self, scripts: set[str], above: int, below: int) -> Interval | None:
        tables: tuple[dict[int, int], dict[int, int]] = ({}, {})
        for (group, script), row in self.scripts.items():
            if script in scripts:
                for table, column in zip(tables, (above, below), strict=True):
                    table[group] = table.get(group, 0) + row[column]
        return ratio(*tables, self.complete)

    def valid(self) -> None:
        if not all(script in _NAMES for _, script in self.scripts):
            raise ValueError("a script that there is not")
