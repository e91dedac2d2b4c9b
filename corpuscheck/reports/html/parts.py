"""What a page is made of: plain values that templates draw. A picture is a table with bars in it, or a plot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar, TypeVar

from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reports.answers import Verbatim
from corpuscheck.reports.common import LONGEST_TEXT, marked_word
from corpuscheck.reports.pasted import pasted
from corpuscheck.result.result import Finding, LostWord
from corpuscheck.settings import Severity
from corpuscheck.text.printable import printable

T = TypeVar("T")


@dataclass(frozen=True)
class Room:
    """How many rows a table may have, and characters a text: less where a page would be too large."""

    rows: int
    text: int


@dataclass(frozen=True)
class Bar:
    """A bar from one share of the width to another, and what it stands for: good, bad, or neither. Of a bar with an
    `inner` share only so much is filled."""

    end: float
    start: float = 0.0
    tone: str = ""
    inner: float | None = None

    @property
    def drawn(self) -> str:
        """How it is drawn: of nothing there is no bar, of little one that can be seen."""
        return self.tone if self.end > self.start or "dot" in self.tone else "none"

    @property
    def left(self) -> str:
        return _percent(self.start)

    @property
    def width(self) -> str:
        return _percent(self.end - self.start)

    @property
    def filled(self) -> str:
        return _percent((self.end - self.start) * (1 if self.inner is None else self.inner))


def _percent(share: float) -> str:
    """Of a width, as style sheets have it."""
    return f"{100 * min(max(share, 0.0), 1.0):.2f}%"


@dataclass(frozen=True)
class Marked:
    """A word in pieces, with those that are guilty."""

    pieces: tuple[tuple[str, bool], ...]

    @classmethod
    def of(cls, word: LostWord) -> Marked:
        return cls(tuple(marked_word(word)))


Cell = str | Bar | Marked | tuple[str, ...]


@dataclass(frozen=True)
class Heading:
    """A heading; numbers stand to the right. That of a bar is read aloud only."""

    heading: str
    number: bool = False
    bar: bool = False


@dataclass(frozen=True)
class Grid:
    """A table under its title; `left_out` are rows that are not here, `note` is what has to be said of it."""

    kind: ClassVar[str] = "grid"
    title: str
    columns: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    left_out: int = 0
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.rows)


@dataclass(frozen=True)
class PlotPoint:
    """A point of a plot in shares of its width and height, its number, and whether it is the one to choose."""

    x: float
    y: float
    number: int
    chosen: bool = False

    @property
    def left(self) -> str:
        return _percent(self.x)

    @property
    def bottom(self) -> str:
        return _percent(self.y)


@dataclass(frozen=True)
class Plot:
    """A curve through points, or columns from edge to edge, in shares of width and height; the words at its axes.

    `says` is what a person who does not see it is told.
    """

    kind: ClassVar[str] = "plot"
    title: str
    says: str
    points: tuple[tuple[float, float], ...] = ()
    columns: tuple[tuple[float, float, float], ...] = ()
    marks: tuple[PlotPoint, ...] = ()
    limit: float | None = None
    top: str = ""
    below: tuple[tuple[float, str], ...] = ()
    note: str = ""

    @property
    def path(self) -> str:
        """The curve as SVG draws it in a square of 1,000."""
        return " ".join(f"{1000 * x:.1f},{1000 * (1 - y):.1f}" for x, y in self.points)


@dataclass(frozen=True)
class Paragraph:
    """A sentence."""

    kind: ClassVar[str] = "paragraph"
    text: Cell
    quiet: bool = True


@dataclass(frozen=True)
class Folded:
    """What is shown when somebody asks for it."""

    kind: ClassVar[str] = "folded"
    title: str
    blocks: tuple[PageBlock, ...]

    def __bool__(self) -> bool:
        return bool(self.blocks)


PageBlock = Grid | Plot | Paragraph | Folded


@dataclass(frozen=True)
class PageFinding:
    """A finding, or a note: how grave, what, where, and what to do."""

    severity: Severity
    message: Cell
    rule: str = ""
    name: str = ""
    places: tuple[str, ...] = ()
    advice: Cell = ""

    @classmethod
    def of(cls, finding: Finding, places: int) -> PageFinding:
        paths = [place.path for place in finding.places[:1]]
        shown = [place.named for place in finding.places[:places] if place.named not in finding.message]
        message, advice = said(finding.message, paths), said(finding.advice)
        return cls(finding.severity, message, finding.rule, finding.name, tuple(shown), advice)


@dataclass(frozen=True)
class PageSection:
    """A question, the title that answers it, the mark before it, and what lies behind it."""

    anchor: str
    question: str
    title: str
    mark: str
    blocks: tuple[PageBlock, ...]
    answer: Cell = ""


@dataclass(frozen=True)
class HtmlPage:
    """A page from its top: `verdict` is a word, `tone` how grave it is, `title` the sentence that says why;
    what is `told` stands under its `heading`, `more` of it is folded away. `han` is the language of Han characters."""

    kind: str
    verdict: str
    tone: str
    title: str
    lead: tuple[Cell, ...] = ()
    told: tuple[PageFinding, ...] = ()
    more: tuple[PageFinding, ...] = ()
    left_out: int = 0
    sections: tuple[PageSection, ...] = ()
    heading: str = "What to do next"
    han: str = "zh"


def said(text: str, names: Iterable[str] = ()) -> tuple[str, ...]:
    """A sentence in pieces, with what a person would paste as code."""
    return tuple(filter(None, pasted(printable(text, LONGEST_TEXT), names)))


def path(name: str) -> Verbatim:
    """A path, whole."""
    return Verbatim(printable(name, LONGEST_PATH))


def grid(
    title: str,
    columns: Sequence[Heading],
    items: Sequence[T],
    row: Callable[[T], tuple[Cell, ...]],
    most: int,
    more: int = 0,
    note: str = "",
) -> Grid:
    """The table of so many items at most; there are `more` of them elsewhere."""
    rows = tuple(row(item) for item in islice(items, most))
    return Grid(title, tuple(columns), rows, len(items) - len(rows) + max(0, more), note)


def shown(*blocks: PageBlock | None) -> tuple[PageBlock, ...]:
    """Those that have something to show."""
    return tuple(_filled(blocks))


def _filled(blocks: Iterable[PageBlock | None]) -> Iterator[PageBlock]:
    for block in blocks:
        if block:
            yield block


def labelled(title: str, rows: Iterable[tuple[str, Cell]]) -> Grid:
    """Labels and their values."""
    return Grid(title, (Heading(""), Heading("")), tuple(rows))
