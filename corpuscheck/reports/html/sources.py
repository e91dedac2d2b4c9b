"""The sources of a corpus, those first that cost it most, and which of them have the same text."""

from __future__ import annotations

from collections.abc import Iterator

from corpuscheck.domain.telling import bits
from corpuscheck.reports.answers import Foreign
from corpuscheck.reports.common import COME_FROM, overlap_told, told_apart
from corpuscheck.reports.html.parts import Bar, Cell, Folded, Grid, Heading, PageSection, Room, grid, shown
from corpuscheck.result.result import Result
from corpuscheck.result.sources import Overlap, SourceReport, Sources
from corpuscheck.text.amounts import count, percent, plural, size
from corpuscheck.text.printable import printable, with_codepoint

_SCRIPTS = 3
_COSTS = 0.01
"""The share of the text that a source has to cost so that somebody looks at it."""
_MATRIX = 7
"""So many sources are shown as a matrix."""


def sources(result: Result, room: Room) -> Iterator[PageSection]:
    """Nothing where there is only one."""
    found = result.sources
    if found:
        blocks = shown(_table(found, room), _overlaps(found, room), Folded("Each source", (_details(found, room),)))
        costs = found.sources[0].cost_bytes >= _COSTS * result.profile.size.utf8_bytes
        title, mark = (_worst_told(found.sources[0]), "warning") if costs else (_none_told(found), "fine")
        yield PageSection("sources", COME_FROM, title, mark, blocks, told_apart(found))


def _worst_told(worst: SourceReport) -> str:
    """What it costs by."""
    lost, name = 1 - worst.usable_share, printable(worst.name)
    if lost >= worst.lost_rate:
        return f"{name} costs most: {percent(lost)} of it is copies and debris"
    return f"{name} costs most: {percent(worst.lost_rate)} of its words are lost"


def _none_told(found: Sources) -> str:
    return f"None of the {plural(len(found), 'source')} costs much"


def _table(found: Sources, room: Room) -> Grid:
    largest = max(source.utf8_bytes for source in found.sources) or 1
    columns = (
        Heading("source"),
        Heading("usable", bar=True),
        Heading("text", number=True),
        Heading("of the corpus", number=True),
        Heading("usable", number=True),
        Heading("copies", number=True),
        Heading("lost words", number=True),
    )

    def row(source: SourceReport) -> tuple[Cell, ...]:
        copies = (source.copies_inside_bytes + source.copies_elsewhere_bytes) / (source.utf8_bytes or 1)
        return (
            Foreign(source.name),
            Bar(source.utf8_bytes / largest, tone="of", inner=source.usable_share),
            size(source.utf8_bytes),
            percent(source.share),
            percent(source.usable_share),
            percent(copies),
            percent(source.lost_rate),
        )

    note = "The bar is the text of a source; what of it is usable is filled."
    return grid("", columns, found.sources, row, room.rows, note=note)


def _overlaps(found: Sources, room: Room) -> Grid | None:
    """Which two have the same text: a matrix of a few sources, of more the pairs that have most."""
    if not found.overlaps:
        return None
    most = found.overlaps[0]
    title = overlap_told(most)
    if len(found) <= _MATRIX:
        return _matrix(found, title)
    columns = (
        Heading("one"),
        Heading("other"),
        Heading("both have", number=True),
        Heading("of the one", number=True),
        Heading("of the other", number=True),
    )

    def row(both: Overlap) -> tuple[Cell, ...]:
        shares = percent(both.share_of_one), percent(both.share_of_other)
        return Foreign(both.one), Foreign(both.other), size(both.utf8_bytes), *shares

    return grid(title, columns, found.overlaps, row, room.rows)


def _matrix(found: Sources, title: str) -> Grid:
    names = [source.name for source in found.sources]
    overlaps = {frozenset((both.one, both.other)): both for both in found.overlaps}
    columns = (Heading("both have"), *(Heading(f"{n}", number=True) for n in range(1, len(names) + 1)))

    def row(number: int, name: str) -> tuple[Cell, ...]:
        shared = (overlaps.get(frozenset((name, other))) for other in names)
        return (f"{number} ", Foreign(name)), *(size(both.utf8_bytes) if both else "" for both in shared)

    return Grid(title, columns, tuple(row(n, name) for n, name in enumerate(names, 1)))


def _details(found: Sources, room: Room) -> Grid:
    columns = (
        Heading("source"),
        Heading("files", number=True),
        Heading("documents", number=True),
        Heading("mean", number=True),
        Heading("median", number=True),
        Heading("copies inside", number=True),
        Heading("copies elsewhere", number=True),
        Heading("debris", number=True),
        Heading("doubtful", number=True),
        Heading("tokens", number=True),
        Heading("from general text", number=True),
        Heading("worst character"),
        Heading("scripts"),
        Heading("encodings"),
    )
    return grid("", columns, found.sources, _row, room.rows)


def _row(source: SourceReport) -> tuple[Cell, ...]:
    return (
        Foreign(source.name),
        count(source.files),
        count(source.documents),
        size(source.mean_document),
        size(source.median_document),
        size(source.copies_inside_bytes),
        size(source.copies_elsewhere_bytes),
        size(source.debris_bytes),
        count(source.doubtful_documents),
        "" if source.tokens is None else count(source.tokens),
        "" if source.distance is None else bits(source.distance),
        Foreign(with_codepoint(source.worst_character)) if source.worst_character else "",
        _most(source.scripts),
        Foreign(_most(source.encodings)),
    )


def _most(amounts: dict[str, int]) -> str:
    """Hangul 98.0 %, Latin 2.0 %"""
    total = sum(amounts.values()) or 1
    ranked = sorted(amounts.items(), key=lambda pair: (-pair[1], pair[0]))[:_SCRIPTS]
    return ", ".join(f"{name} {percent(amount / total)}" for name, amount in ranked)
