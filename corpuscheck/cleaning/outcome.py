"""Outcome: what a clean copy holds, what was taken out of the corpus, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from corpuscheck.cleaning.decisions import Waterfall
from corpuscheck.cleaning.shards import Output
from corpuscheck.values.brief import brief
from corpuscheck.values.presentable import Presentable

_AFTER = "after cutting"


@dataclass(frozen=True)
class Input:
    """A file that was read."""

    path: str
    bytes: int
    hash: str


@dataclass(frozen=True)
class NotRead:
    """A file of which nothing is in the copy, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Cleaned(Presentable):
    """A clean copy, or with `dry_run` what it would be.

    Of the `waterfall` the rules that end with "after cutting" are copies and debris that show only when debris is cut.
    """

    __repr__ = brief

    waterfall: Waterfall
    settings: dict[str, Any]
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    folder: str | None = None
    estimated: bool = False
    not_read: tuple[NotRead, ...] = ()

    @property
    def dry_run(self) -> bool:
        return self.folder is None

    @property
    def documents_kept(self) -> int:
        return self.waterfall.kept.documents

    @property
    def bytes_kept(self) -> int:
        return self.waterfall.kept.utf8_bytes

    @property
    def documents_removed(self) -> int:
        return self.waterfall.read.documents - self.documents_kept

    @property
    def bytes_removed(self) -> int:
        """Bytes of documents and spans that were taken out: without what changing the text has added or saved."""
        return sum(removal.utf8_bytes for removal in self.waterfall.by_rule.values())

    def manifest(self, version: str) -> dict[str, Any]:
        """The same for whoever reads the copy; nothing in it depends on when or by how many workers it was made."""
        fall = self.waterfall
        return {
            "made_by": "corpuscheck clean",
            "version": version,
            "documents_kept": self.documents_kept,
            "bytes_kept": self.bytes_kept,
            "documents_removed": self.documents_removed,
            "bytes_removed": self.bytes_removed,
            "documents_read": fall.read.documents,
            "bytes_read": fall.read.utf8_bytes,
            "bytes_usable": fall.usable.utf8_bytes,
            "bytes_changed": fall.changed_bytes,
            "removed_by": {
                rule: {"documents": removal.documents, "bytes": removal.utf8_bytes}
                for rule, removal in fall.by_rule.items()
            },
            "settings": self.settings,
            "inputs": [vars(one) for one in self.inputs],
            "outputs": [one.row() for one in self.outputs],
            "not_read": [vars(one) for one in self.not_read],
        }

    @property
    def after_cutting(self) -> bool:
        """Whether more was taken out than a scan of the corpus counts, as copies and debris showed while cutting."""
        return any(rule.endswith(_AFTER) and removal.utf8_bytes for rule, removal in self.waterfall.by_rule.items())
