"""Bodies of text side by side as a page: how far each is from each, and the words that set them apart."""

from __future__ import annotations

from corpuscheck.domain.sides import Side, Sides
from corpuscheck.domain.telling import bits
from corpuscheck.domain.words import DistinctiveWord
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reports.answers import Foreign, Verbatim
from corpuscheck.reports.common import how_often
from corpuscheck.reports.html.page import bytes_of
from corpuscheck.reports.html.parts import Bar, Cell, Grid, Heading, HtmlPage, PageBlock, PageSection, Room, grid, shown
from corpuscheck.text.amounts import count, plural, times
from corpuscheck.text.printable import printable

_WORDS = 10

Pair = tuple[tuple[int, int], float]


def render(compared: Sides) -> bytes:
    """One page, at most 300 kB, the same for the same comparison."""
    return bytes_of(lambda room: _page(compared, room))


def _page(compared: Sides, room: Room) -> HtmlPage:
    pairs = sorted(((pair, d) for pair, d in compared.distances.items() if d is not None), key=lambda found: -found[1])
    sections = [
        PageSection("distances", "How far are these from each other?", _told(compared, pairs[-1:], "nearest"), "",
                    shown(_distances(compared, pairs, room), _sides(compared, room))),
        PageSection("words", "Which words set them apart?", "The words that one has and the others have not", "",
                    shown(*(_words(side, room) for side in compared.sides[: room.rows] if side.words))),
    ]  # fmt: skip
    return HtmlPage(
        kind="corpuscheck compare: how far are these texts from each other?",
        verdict="COMPARED",
        tone="fine",
        title=_told(compared, pairs[:1], "farthest apart"),
        lead=(plural(len(compared.sides), "text"),),
        sections=tuple(section for section in sections if section.blocks),
    )


def _told(compared: Sides, pairs: list[Pair], what: str) -> str:
    if not pairs:
        return "There is too little text to tell"
    one, other = (printable(compared.sides[k].name, LONGEST_PATH) for k in pairs[0][0])
    return f"{one} and {other} are {what}: {bits(pairs[0][1])} bits"


def _distances(compared: Sides, pairs: list[Pair], room: Room) -> Grid:
    most = max((d for _, d in pairs), default=1.0) or 1.0
    columns = (Heading("one"), Heading("other"), Heading("distance", bar=True), Heading("bits", number=True))

    def row(found: Pair) -> tuple[Cell, ...]:
        (one, other), d = found
        return Foreign(compared.sides[one].name), Foreign(compared.sides[other].name), Bar(d / most), bits(d)

    note = "D in bits; two samples of one source are 0.00 apart"
    return grid("", columns, pairs, row, room.rows, note=note)


def _sides(compared: Sides, room: Room) -> Grid:
    columns = (Heading("text"), Heading("size"), Heading("script"), Heading("times the others", number=True))

    def row(side: Side) -> tuple[Cell, ...]:
        units = f"{count(side.documents)} documents" if side.documents else f"{count(side.passages)} passages"
        return Foreign(side.name), units, side.script or "no letters", "" if side.ratio is None else times(side.ratio)

    return grid("", columns, compared.sides, row, room.rows)


def _words(side: Side, room: Room) -> PageBlock:
    columns = (Heading("word"), Heading("times as frequent", number=True))

    def row(word: DistinctiveWord) -> tuple[Cell, ...]:
        return Verbatim(word.word), how_often(word)

    return grid(printable(side.name, LONGEST_PATH), columns, side.words, row, min(_WORDS, room.rows))
