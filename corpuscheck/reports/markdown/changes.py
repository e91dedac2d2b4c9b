"""The part of the Markdown report that compares: what has changed since the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_args

from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.profile.profile import Profile
from corpuscheck.reports.common import before_and_now, copies_told
from corpuscheck.reports.markdown.text import bullets, code, code_of, details, prose, table
from corpuscheck.result.place import Place
from corpuscheck.result.result import (
    Change,
    ChangedFile,
    Changes,
    LostWord,
    NewCharacter,
    NewCopies,
    NewCopy,
    NewDamage,
)
from corpuscheck.result.sources import ChangedSource
from corpuscheck.text.amounts import count, files, percent, size

_PLACES = 3
_OF_SOURCE = ("source", "text before", "now", "`[UNK]` before", "now")
_PAIRS = 20


def changes(comparison: Changes, now: Profile, findings: str) -> Iterator[str]:
    """The findings about it, then whatever is new; texts with nothing to tell are empty."""
    yield f"### What has changed since {code(comparison.name, LONGEST_PATH)}?"
    yield findings
    yield table(("", "before", "now"), before_and_now(comparison, now), lambda row: tuple(map(prose, row)))
    for change in get_args(Change):
        changed = comparison.changed(change)
        rows = table(("file", "text", "documents", "new words", "`[UNK]`"), changed, _file)
        yield details(f"{files(len(changed))} {change}", rows)
    yield _titled("Changed sources", table(_OF_SOURCE, comparison.sources, _source))
    characters = table(("character", "", "name", "seen", "", "first"), comparison.new_characters, _character)
    yield _titled("New characters", characters)
    yield _titled("Newly lost words", table(("word", "lost", "why"), comparison.newly_lost, _lost))
    yield _titled("New encodings", bullets(sorted(comparison.new_encodings.items()), _encoding))
    yield _titled("New damage", bullets(comparison.damage, _damage))
    yield _titled("Newly skipped", bullets(comparison.newly_skipped, _damage))
    yield _titled("Copies", _copies(comparison.copies))


def _titled(title: str, body: str) -> str:
    return f"**{title}**\n\n{body}" if body else ""


def _file(file: ChangedFile) -> Sequence[str]:
    lost = f"{percent(file.unk_rate)} ({count(file.new_unk_words)})" if file.new_unk_words else ""
    if file.new_shattered_words:
        shattered = f"{percent(file.shattered_rate)} ({count(file.new_shattered_words)}) shattered"
        lost = f"{lost}, {shattered}" if lost else shattered
    return (
        code_of(Place(file.path, file.first_unk_line)),
        size(file.utf8_bytes),
        count(file.documents),
        count(file.new_words),
        lost,
    )


def _source(source: ChangedSource) -> Sequence[str]:
    return (
        code(source.name, 80),
        size(source.utf8_bytes_before),
        size(source.utf8_bytes),
        percent(source.unk_rate_before),
        percent(source.unk_rate),
    )


def _character(new: NewCharacter) -> Sequence[str]:
    lost = "lost" if new.lost else "kept"
    first = code_of(new.place) if new.place else ""
    return code(new.character), f"`{new.codepoint}`", prose(new.name), count(new.count), lost, first


def _lost(word: LostWord) -> Sequence[str]:
    return code(word.word, 60), count(word.count), prose(word.cause)


def _copies(copies: NewCopies) -> str:
    """How many, and the largest with their twins."""
    told = [copies_told(copies) + _most(copies.places)] if copies.documents else []
    told += [prose(copies.unlooked)] if copies.unlooked else []
    pairs = table(("copy", "of", "alike"), copies.pairs[:_PAIRS], _pair)
    return "\n\n".join([*told, *([pairs] if pairs else [])])


def _pair(copy: NewCopy) -> Sequence[str]:
    alike = percent(copy.likeness) if copy.kind == "near" else copy.kind
    return code(copy.place.named), code(copy.twin.named), alike


def _encoding(found: tuple[str, Sequence[Place]]) -> str:
    return f"{code(found[0])} in {_places(found[1])}"


def _damage(damage: NewDamage) -> str:
    return f"{prose(damage.kind)}: {count(damage.amount)} in {files(damage.files)}" + _most(damage.places)


def _places(places: Sequence[Place]) -> str:
    """The first places, each as code."""
    shown = ", ".join(code_of(place) for place in places[:_PLACES])
    return shown + (f" and {len(places) - _PLACES:,} more" if len(places) > _PLACES else "")


def _most(places: Sequence[Place]) -> str:
    return f", most in {_places(places)}" if places else ""
