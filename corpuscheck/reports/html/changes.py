"""What has changed since the baseline: the figures before and now, then whatever is new."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from corpuscheck.reports.answers import Foreign
from corpuscheck.reports.common import before_and_now, copies_told, of_change, worst_places
from corpuscheck.reports.headlines import as_title, gist
from corpuscheck.reports.html.parts import (
    Cell,
    Folded,
    Heading,
    Marked,
    PageBlock,
    PageSection,
    Paragraph,
    Room,
    grid,
    path,
    shown,
)
from corpuscheck.result.place import Place
from corpuscheck.result.result import Change, ChangedFile, Changes, LostWord, NewCharacter, NewCopy, NewDamage, Result
from corpuscheck.result.sources import ChangedSource
from corpuscheck.text.amounts import count, files, percent, size
from corpuscheck.text.printable import printable, with_codepoint

_PLACES = 3


def changes(result: Result, comparison: Changes, room: Room) -> PageSection:
    """The section that comes first where there is a baseline."""
    grave = next((finding for finding in result.findings if of_change(finding)), None)
    counts = {change: len(comparison.changed(change)) for change in get_args(Change)}
    told = ", ".join(f"{n:,} {change}" for change, n in counts.items() if n)
    title = as_title(gist(grave)) if grave else "No rule stands against the change"
    answer = f"files: {told}" if told else "no file"
    question = f"What has changed since {printable(comparison.name, room.text)}?"
    mark = grave.severity if grave and grave.severity != "info" else "fine"
    return PageSection("changes", question, title, mark, shown(*_blocks(result, comparison, room)), answer)


def _blocks(result: Result, comparison: Changes, room: Room) -> Iterator[PageBlock | None]:
    columns: tuple[Heading, ...] = (Heading("figure"), Heading("before"), Heading("now"))
    figures = before_and_now(comparison, result.profile)
    yield grid("", columns, figures, lambda row: tuple(map(Foreign, row)), len(figures))
    columns = (
        Heading("source"),
        Heading("text before", number=True),
        Heading("now", number=True),
        Heading("[UNK] before", number=True),
        Heading("now", number=True),
    )
    yield grid("Changed sources", columns, comparison.sources, _source, room.rows)
    yield grid("Newly lost words", (Heading("word"), Heading("lost", number=True), Heading("why")),
               comparison.newly_lost, _lost, room.rows)  # fmt: skip
    yield _characters(comparison, room)
    yield _damage("New damage", comparison.damage, room)
    yield _damage("Newly skipped", comparison.newly_skipped, room)
    encodings = sorted(comparison.new_encodings.items())
    yield grid("New encodings", (Heading("encoding"), Heading("in")), encodings, _encoding, room.rows)
    copies = comparison.copies
    if copies.documents:
        yield Paragraph(Foreign(copies_told(copies)), quiet=False)
    if copies.unlooked:
        yield Paragraph(Foreign(copies.unlooked))
    columns = (Heading("copy"), Heading("of"), Heading("alike", number=True))
    yield grid("Copies of what was there", columns, copies.pairs, _copy, room.rows)
    changed = shown(*(_files(comparison, change, room) for change in get_args(Change)))
    yield Folded("Files", changed) if changed else None


def _source(source: ChangedSource) -> tuple[Cell, ...]:
    before = size(source.utf8_bytes_before), size(source.utf8_bytes)
    return Foreign(source.name), *before, percent(source.unk_rate_before), percent(source.unk_rate)


def _lost(word: LostWord) -> tuple[Cell, ...]:
    return Marked.of(word), count(word.count), Foreign(word.cause)


def _characters(comparison: Changes, room: Room) -> PageBlock:
    columns = (
        Heading("character"),
        Heading("name"),
        Heading("seen", number=True),
        Heading("lost or kept"),
        Heading("first"),
    )

    def row(new: NewCharacter) -> tuple[Cell, ...]:
        first = path(new.place.named) if new.place else ""
        lost = "lost" if new.lost else "kept"
        return Foreign(with_codepoint(new.character)), Foreign(new.name), count(new.count), lost, first

    return grid("New characters", columns, comparison.new_characters, row, room.rows)


def _damage(title: str, found: tuple[NewDamage, ...], room: Room) -> PageBlock:
    columns = (Heading("kind"), Heading("times", number=True), Heading("files", number=True), Heading("most in"))

    def row(damage: NewDamage) -> tuple[Cell, ...]:
        places = Foreign(worst_places(damage.places, _PLACES))
        return Foreign(damage.kind), count(damage.amount), count(damage.files), places

    return grid(title, columns, found, row, room.rows)


def _encoding(found: tuple[str, tuple[Place, ...]]) -> tuple[Cell, ...]:
    return Foreign(found[0]), Foreign(worst_places(found[1], _PLACES))


def _copy(copy: NewCopy) -> tuple[Cell, ...]:
    alike = percent(copy.likeness) if copy.kind == "near" else copy.kind
    return path(copy.place.named), path(copy.twin.named), alike


def _files(comparison: Changes, change: Change, room: Room) -> PageBlock:
    columns = (
        Heading("file"),
        Heading("text", number=True),
        Heading("documents", number=True),
        Heading("new words", number=True),
        Heading("[UNK]", number=True),
    )

    def row(file: ChangedFile) -> tuple[Cell, ...]:
        lost = f"{percent(file.unk_rate)} ({count(file.new_unk_words)})" if file.new_unk_words else ""
        named = path(Place(file.path, file.first_unk_line).named)
        return named, size(file.utf8_bytes), count(file.documents), count(file.new_words), lost

    changed = comparison.changed(change)
    return grid(f"{files(len(changed))} {change}", columns, changed, row, max(1, room.rows // 3))
