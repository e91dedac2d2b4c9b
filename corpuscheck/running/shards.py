"""Shards: what each of several jobs measured of one corpus, and the survey that they are all judged by, as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

from corpuscheck._version import __version__
from corpuscheck.errors import ProfileError
from corpuscheck.measuring.units import Unit
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.sourcing import Sourcing
from corpuscheck.running.folding import Fold
from corpuscheck.running.kept import (
    artefact_of,
    artefact_state,
    body_of,
    damaged,
    fold_of,
    fold_state,
    head_of,
    ranking_of,
    ranking_state,
    settings_of,
    settings_state,
    write_kept,
)
from corpuscheck.running.program import code
from corpuscheck.running.scanning import Judge
from corpuscheck.running.shares import FoundFiles, WorkShare
from corpuscheck.settings import Settings
from corpuscheck.text.amounts import size
from corpuscheck.text.printable import printable
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.values.fitting import fitted
from corpuscheck.values.packed import Packed

ShardKind = Literal["shard", "survey shard", "survey"]
"""A shard of a scan, one of a survey, and a survey that is whole."""
SHARD: ShardKind = "shard"
SURVEY_SHARD: ShardKind = "survey shard"
SURVEY: ShardKind = "survey"


@dataclass(frozen=True)
class Head:
    """What all shards of a corpus have in common, and which of them it is; a survey that is whole has no `share`.

    `judge` is the tokenizer that a scan judges by, or that a survey made. `about` goes into the profile as it is.
    `pieces` says how many ranges each file is cut into, `unit` what a survey holds out first.
    """

    kind: ShardKind
    settings: Settings
    listing: FoundFiles
    share: WorkShare | None = None
    judge: Judge | None = None
    general: tuple[Artefact, ...] = ()
    about: Mapping[str, str] = field(default_factory=dict)
    pieces: Mapping[str, int] = field(default_factory=dict)
    unit: Unit = "document"
    sourcing: Sourcing = Sourcing()
    name: str = ""

    def to_state(self) -> dict[str, Any]:
        judge = self.judge
        return {
            "version": __version__,
            "code": code().hex(),
            "share": [self.share.number, self.share.of] if self.share else None,
            "listing": asdict(self.listing),
            "settings": settings_state(self.settings),
            "tokenizer": artefact_state(judge.artefact) if judge else None,
            "held_out": judge.unit if judge else "document",
            "ranking": ranking_state(judge.ranking) if judge and judge.ranking else None,
            "general": list(map(artefact_state, self.general)),
            "about": dict(self.about),
            "pieces": dict(self.pieces),
            "unit": self.unit,
            "sourcing": {**asdict(self.sourcing), "paths": sorted(self.sourcing.paths)},
        }

    @classmethod
    def load(cls, path: str, kind: ShardKind) -> Self:
        """Raises ProfileError."""
        state, name = head_of(path, kind), printable(path)
        with damaged(name):
            if state["code"] != code().hex():
                version = printable(str(state["version"]), 40)
                raise ProfileError(
                    f"{name}: made by another version of corpuscheck ({version}, this one is {__version__}); one "
                    "version measures all shards and merges them"
                )
            share, ranking = state["share"], state["ranking"]
            judge = None
            if state["tokenizer"]:
                unit = fitted(Judge, {"unit": state["held_out"]})["unit"]
                judge = Judge(artefact_of(state["tokenizer"]), unit, ranking_of(ranking) if ranking else None)
            plain = fitted(cls, {name: state[name] for name in ("about", "unit", "pieces")})
            return cls(
                kind,
                settings_of(state["settings"]),
                FoundFiles(**fitted(FoundFiles, state["listing"])),
                WorkShare.parse(f"{share[0]}/{share[1]}") if share else None,
                judge,
                tuple(map(artefact_of, state["general"])),
                sourcing=_sourcing_of(state["sourcing"]),
                name=name,
                **plain,
            )

    def save(self, path: str) -> None:
        """Write a survey that is whole. Raises CorpuscheckError."""
        write_kept(path, self.kind, self.to_state(), None)


def _sourcing_of(state: Mapping[str, Any]) -> Sourcing:
    plain = fitted(Sourcing, {name: state[name] for name in ("by", "depth", "found")})
    return Sourcing(paths=frozenset(map(str, state["paths"])), **plain)


@dataclass(frozen=True)
class Shard:
    """What one shard measured: of each pass its units, folded.

    `again` has the bytes of files that may have to be read again when all shards are known. `skipped` are the files
    that nobody reads, in the first shard alone.
    """

    head: Head
    passes: Mapping[str, Fold]
    again: Mapping[str, int]
    skipped: Packed[FileRecord]

    def save(self, path: str) -> None:
        """Write the file as a whole or not at all."""
        body = {
            "passes": {key: fold_state(fold) for key, fold in self.passes.items()},
            "again": dict(self.again),
            "skipped": self.skipped.to_state(),
        }
        write_kept(path, self.head.kind, self.head.to_state(), body)

    @classmethod
    def load(cls, path: str, head: Head) -> Self:
        """The shard with this head. Raises ProfileError."""
        state = body_of(path, head.kind)
        with damaged(head.name):
            return cls(
                head,
                {str(key): fold_of(fold, head.pieces) for key, fold in state["passes"].items()},
                {str(path): int(size) for path, size in state["again"].items()},
                Packed.from_state(FileRecord, state["skipped"]),
            )


def one_kind(kinds: Sequence[str], paths: Sequence[str]) -> ShardKind | None:
    """The kind of shards that all files are; None where none is. Raises ProfileError for a mixture."""
    if not {SHARD, SURVEY_SHARD, SURVEY}.intersection(kinds):
        return None
    for kind, path in zip(kinds, paths, strict=True):
        if kind != kinds[0]:
            one, other = (kind or "file of another kind" for kind in (kinds[0], kind))
            raise ProfileError(f"{printable(paths[0])} is a {one} and {printable(path)} a {other}: they do not add up")
    if kinds[0] == SURVEY:
        raise ProfileError(f"{printable(paths[0])}: this survey is whole: there is nothing to merge")
    return SHARD if kinds[0] == SHARD else SURVEY_SHARD


def difference(one: Head, other: Head) -> str:
    """What two shards were measured with that is not the same; empty where all is."""
    if one.listing != other.listing:
        return (
            f"it is a share of {other.listing.files:,} files, {size(other.listing.bytes)}, not of "
            f"{one.listing.files:,} files, {size(one.listing.bytes)}; all shards are measured over the same files, "
            "which must not change meanwhile"
        )
    if differing := unlike(one.settings, other.settings):
        return differing
    if one.judge != other.judge:
        return "it was measured with another tokenizer"
    if one.general != other.general:
        return "it was compared with another reference"
    if one.sourcing != other.sourcing:
        return "its sources are told apart in another way"
    if one.pieces != other.pieces:
        return "a file has changed meanwhile: large ones are cut in other places"
    return "" if one.about == other.about else "it was measured with other limits, rules or lists of what to leave out"


def unlike(one: Settings, other: Settings, groups: Sequence[str] = ()) -> str:
    """The first setting in which the other differs, of these groups or of all; empty where they agree."""
    ours, theirs = (_flat(settings_state(settings), groups) for settings in (one, other))
    for name, value in ours.items():
        if value != theirs[name]:
            return f"{name.replace('_', ' ')} is {_shown(theirs[name])}, not {_shown(value)}"
    return ""


def _flat(state: dict[str, Any], groups: Sequence[str]) -> dict[str, Any]:
    return {
        name: value
        for group, inner in state.items()
        if not groups or group in groups
        for name, value in (inner.items() if isinstance(inner, dict) else [(group, inner)])
    }


def _shown(value: Any) -> str:
    shown = ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
    return printable(shown, 100) or "nothing"
