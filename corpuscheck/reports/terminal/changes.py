"""The section of the terminal report that compares: what has changed since the baseline."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.profile.profile import Profile
from corpuscheck.reports.common import before_and_now, copies_told, worst_places
from corpuscheck.reports.terminal.parts import columns, safe, section
from corpuscheck.result.place import Place
from corpuscheck.result.result import (
    Change,
    ChangedFile,
    Changes,
    LostWord,
    NewCharacter,
    NewCopies,
    NewDamage,
)
from corpuscheck.text.amounts import count, files, percent, size
from corpuscheck.text.printable import printable

_WORST = 10
_FILES = 5
_PLACES = 3
_CHANGES: tuple[Change, ...] = ("added", "changed", "moved", "removed")


def changes(comparison: Changes, now: Profile) -> Group:
    """The figures before and now, then whatever is new, the worst first."""
    parts: list[RenderableType | None] = [figures(comparison, now)]
    parts += [_files(change, comparison.changed(change)) for change in _CHANGES]
    parts += [
        _lines("changed sources", (source.told for source in comparison.sources)),
        _characters(comparison.new_characters),
        newly_lost(comparison.newly_lost),
        _lines(
            "new encodings", [f"{c} in {worst_places(p, _PLACES)}" for c, p in sorted(comparison.new_encodings.items())]
        ),
        _lines("new damage", map(_damage, comparison.damage)),
        _lines("newly skipped", map(_damage, comparison.newly_skipped)),
        _copies(comparison.copies),
    ]
    return section(None, title_of(comparison), what_changed(comparison), *(part for part in parts if part))


def title_of(comparison: Changes) -> str:
    """The question, with the name of the baseline."""
    return f"What has changed since {printable(comparison.name, LONGEST_PATH)}?"


def what_changed(comparison: Changes) -> str:
    """files: 1 added, 2 changed"""
    counts = {change: len(comparison.changed(change)) for change in _CHANGES}
    told = ", ".join(f"{n:,} {change}" for change, n in counts.items() if n)
    return f"files: {told}" if told else "no file"


def figures(comparison: Changes, now: Profile) -> Table:
    """What there was before, and what there is now."""
    table = columns(("", "left"), ("before", "left"), ("now", "left"))
    for what, before, after in before_and_now(comparison, now):
        table.add_row(Text(what, "dim"), before, after)
    return table


def _files(change: Change, changed: tuple[ChangedFile, ...]) -> Table | None:
    if not changed:
        return None
    table = columns((f"{files(len(changed))} {change}", "left"))
    for file in changed[:_FILES]:
        lost = f", {percent(file.unk_rate)} of {count(file.new_words)} new words [UNK]" if file.new_unk_words else ""
        if file.new_shattered_words:
            lost += f", {percent(file.shattered_rate)} of {count(file.new_words)} new words shattered"
        table.add_row(
            Text.assemble(Place(file.path, file.first_unk_line).named, (f"  {size(file.utf8_bytes)}{lost}", "dim"))
        )
    return _and_more(table, len(changed) - _FILES)


def _characters(characters: tuple[NewCharacter, ...]) -> Table | None:
    if not characters:
        return None
    table = columns(("new characters", "left"), ("", "left"), ("seen", "right"), ("", "left"), ("name", "left"))
    for new in characters[:_WORST]:
        first = f"  {new.place.named}" if new.place else ""
        table.add_row(
            safe(new.character),
            new.codepoint,
            count(new.count),
            Text("lost", "bold red") if new.lost else Text("kept", "dim"),
            Text.assemble(safe(new.name), (first, "dim")),
        )
    return _and_more(table, len(characters) - _WORST)


def newly_lost(words: tuple[LostWord, ...], most: int = _WORST) -> Table | None:
    """Words that the baseline did not lose."""
    if not words:
        return None
    table = columns(("newly lost words", "left"), ("lost", "right"), ("why", "left"))
    for word in words[:most]:
        table.add_row(safe(word.word, limit=24), count(word.count), safe(word.cause))
    return _and_more(table, len(words) - most)


def _lines(title: str, lines: Iterable[str]) -> Table | None:
    every = list(lines)
    if not every:
        return None
    table = columns((title, "left"))
    for line in every[:_WORST]:
        table.add_row(safe(line, limit=4 * LONGEST_PATH))
    return _and_more(table, len(every) - _WORST)


def _damage(damage: NewDamage) -> str:
    places = f": {worst_places(damage.places, _PLACES)}" if damage.places else ""
    return f"{damage.kind}, {count(damage.amount)} in {files(damage.files)}{places}"


def _copies(copies: NewCopies) -> Table | None:
    """How many, then the largest with their twins."""
    if not copies.documents:
        return _lines("copies", [copies.unlooked]) if copies.unlooked else None
    every = [copies_told(copies), *([copies.unlooked] if copies.unlooked else ())]
    shown = [f"  {copy.told}" for copy in copies.pairs[:_FILES]]
    left = copies.documents - sum(copy.documents for copy in copies.pairs[:_FILES])
    return _lines("copies", [*every, *shown, *([f"  … and {left:,} more"] if shown and left > 0 else ())])


def _and_more(table: Table, left: int) -> Table:
    if left > 0:
        table.add_row(Text(f"… and {left:,} more", "dim"))
    return table
