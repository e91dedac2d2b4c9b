"""Plan: how a person asks for a clean copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corpuscheck.errors import UsageError
from corpuscheck.option import option
from corpuscheck.text.quantities import size_in

Form = Literal["jsonl", "parquet", "text"]
AgainstTakes = Literal["documents", "stretches"]

SETTINGS = ("near_duplicates", "by", "against", "against_fields")
"""The options of a scan that a clean copy has too, besides those of reading."""


@dataclass(frozen=True)
class CleanPlan:
    """What is done besides taking out copies and cutting debris, and in which form the rest is written."""

    nfc: bool = option(False, "--nfc", "Write the text in Unicode NFC.")
    drop: tuple[str, ...] = option(
        (), "--drop RULE", "Leave out documents that a rule names, CC401 to CC412 (repeat, or with commas)."
    )
    mask_personal_data: bool = option(
        False, "--mask-personal-data", "Write [PHONE], [ID] and the like for what has the shape of personal data."
    )
    against_takes: AgainstTakes = option(
        "documents", "--against-takes",
        "What goes of the texts that --against names: documents that hold any of it, or only those stretches."
    )  # fmt: skip
    repair_mojibake: bool = option(False, "--repair-mojibake", "Repair lines that were decoded wrongly before.")
    strip_boilerplate: str = option(
        "", "--strip-boilerplate LINES", "Take out these lines wherever they stand: a file with one on each line.",
        path=True
    )  # fmt: skip
    to: Form = option("jsonl", "--to", "What is written: JSON Lines and Parquet by shards, text as a tree of files.")
    shard_size: int = option("256MB", "--shard-size", "About how much text a shard holds.", size_in("MB"))

    def __post_init__(self) -> None:
        known = list(_names_by_id())
        wrong = [name for name in self.rules if name not in known]
        if wrong:
            raise UsageError(f"--drop takes rules of documents, {known[0]} to {known[-1]}: not {wrong[0]}")
        if self.shard_size < 1:
            raise UsageError("--shard-size must be above zero, as in 256MB")

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules whose documents are dropped, by id."""
        names = (name.strip() for group in self.drop for name in group.split(","))
        return tuple(dict.fromkeys(_id_of(name) for name in names if name))

    @property
    def dropped(self) -> int:
        """A bit for each of these rules."""
        return sum(1 << bit for bit, rule in enumerate(_names_by_id()) if rule in self.rules)


def _id_of(name: str) -> str:
    return next((rule for rule, its_name in _names_by_id().items() if its_name == name), name)


def _names_by_id() -> dict[str, str]:
    from corpuscheck.profile.document_rules import DOCUMENT_RULES  # NumPy, which a help text does not need

    return {rule.id: rule.name for rule in DOCUMENT_RULES}
