"""Is it really this domain? How far from general text, and which words set it apart."""

from __future__ import annotations

from collections.abc import Iterator

from corpuscheck.domain.report import DomainReport, SourceDistance
from corpuscheck.domain.words import DistinctiveWord
from corpuscheck.reports.answers import Foreign, Verbatim
from corpuscheck.reports.common import bits, how_often
from corpuscheck.reports.html.parts import Bar, Cell, Grid, Heading, PageBlock, Room, grid
from corpuscheck.result.result import Result
from corpuscheck.text.amounts import count, percent
from corpuscheck.text.scripts import ScriptShare

_SCRIPTS = 6
_WORDS = 10


def domain(result: Result, room: Room) -> Iterator[PageBlock | None]:
    """Scripts, which are always known; then distances and words."""
    if result.scripts:
        yield _scripts(result.scripts, room)
    if result.domain:
        if result.domain.sources:
            yield _distances(result.domain, room)
        if result.domain.words:
            yield _words(result.domain, room)
        if result.domain.left_out:
            columns = (Heading("left out"), Heading("why"))
            left_out = result.domain.left_out
            yield grid("", columns, left_out, lambda pair: (Foreign(pair[0]), Foreign(pair[1])), room.rows)


def _scripts(scripts: tuple[ScriptShare, ...], room: Room) -> Grid:
    columns = (Heading("script"), Heading("share", bar=True), Heading("of the letters", number=True))

    def row(script: ScriptShare) -> tuple[Cell, ...]:
        return script.name, Bar(script.share), percent(script.share)

    title = f"{percent(scripts[0].share)} of the letters are {scripts[0].name}"
    return grid(title, columns, scripts, row, min(_SCRIPTS, room.rows))


def _distances(report: DomainReport, room: Room) -> Grid:
    most = max(source.bits for source in report.sources) or 1.0
    columns = (Heading("general source"), Heading("distance", bar=True), Heading("bits", number=True))

    def row(source: SourceDistance) -> tuple[Cell, ...]:
        return Foreign(source.name), Bar(source.bits / most), bits(source.bits)

    nearest = min(report.sources, key=lambda source: source.bits)
    note = f"{bits(report.spread)} from a general source to its nearest, in the middle" if report.spread else ""
    return grid(f"Nearest of general text is {nearest.name}", columns, report.sources, row, room.rows, note=note)


def _words(report: DomainReport, room: Room) -> Grid:
    columns = (
        Heading("word"),
        Heading(f"in {report.units}", number=True),
        Heading("times as frequent as in general text", number=True),
    )

    def row(word: DistinctiveWord) -> tuple[Cell, ...]:
        return Verbatim(word.word), count(word.documents), how_often(word)

    return grid(f"{report.words[0].word} sets it apart most", columns, report.words, row, min(_WORDS, room.rows))
