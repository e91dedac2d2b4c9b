"""Documents on a terminal, with their trouble highlighted; where nothing can be highlighted, it is between ⟦ and ⟧."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from corpuscheck.peeking.criteria import NAMES, marks_of
from corpuscheck.peeking.excerpts import Excerpt
from corpuscheck.peeking.marking import Mark
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reports.terminal.console import text_on
from corpuscheck.reports.terminal.parts import safe
from corpuscheck.running.showing import Peek, Shown
from corpuscheck.text.amounts import count, percent, plural, size
from corpuscheck.text.printable import printable

_TAB = "    "
_SCRIPTS = 3
_STYLES = {"unreadable": "bold red reverse", "word": "bold green reverse", "different": "bold yellow reverse"}
_TROUBLE, _BESIDE = "bold yellow reverse", "cyan underline"
"""What a document is shown for, and what else is found in it."""


def render_terminal(peek: Peek, console: Console) -> str:
    """The documents as this console shows them. Corpus text only ever reaches it as escaped `Text`, never as markup."""
    colours = console.color_system is not None
    documents = (part for shown in peek.shown for part in _document(shown, marks_of(peek.view), colours))
    return text_on(console, [safe(head_of(peek), "bold", limit=2000), *documents])


def head_of(peek: Peek) -> str:
    """What was asked for, and how much of it there is."""
    view, of = peek.view, f"of {plural(peek.documents, 'document')}"
    if view.words and not peek.held:
        return f"none {of} holds " + " or ".join(f"'{word}'" for word in view.words)
    if view.words:
        words = ", ".join(f"'{word}' {plural(n, 'time')}" for word, n in zip(view.words, peek.amounts, strict=True))
        return f"{words}, in {count(peek.held)} {of}"
    if view.rule and not peek.held:
        return f"no document is named by {view.rule}"
    if view.rule:
        order = "the largest first" if view.pairs else "the worst first"
        return f"{view.rule} {NAMES[view.rule]}: {count(peek.held)} {of}, {order}"
    return f"{len(peek.shown)} {of}, drawn by hash (seed {view.seed}); the same text only once"


def _document(shown: Shown, wanted: tuple[str, ...], colours: bool) -> Iterator[RenderableType]:
    excerpt = shown.excerpt
    yield ""
    yield Text(shown.place.named, "bold cyan", overflow="fold")
    facts = [size(excerpt.utf8_bytes), *_letters(excerpt), printable(shown.why, LONGEST_PATH)]
    yield _indented(Text(" · ".join(facts), "dim", overflow="fold"))
    if excerpt.marks:
        found = Counter(mark.kind for mark in excerpt.marks)
        told = ", ".join(f"{kind} {count(n)}" for kind, n in sorted(found.items(), key=lambda p: (-p[1], p[0])))
        yield _indented(Text(f"marked here: {told}", "dim", overflow="fold"))
    body = Text(overflow="fold")
    if excerpt.before:
        body.append(f"… {size(excerpt.before)} before\n", "dim")
    for piece, style in _pieces(excerpt, wanted):
        body.append(f"⟦{piece}⟧" if style and not colours else piece, style)
    if excerpt.after:
        body.append(f"\n… {size(excerpt.after)} after", "dim")
    yield _indented(body)


def _indented(text: Text) -> Padding:
    return Padding(text, (0, 0, 0, 3))


def _letters(excerpt: Excerpt) -> Iterator[str]:
    total = sum(excerpt.letters.values())
    shares = [f"{name} {percent(n / total)}" for name, n in list(excerpt.letters.items())[:_SCRIPTS]]
    yield ", ".join(shares) or "no letters"


def _pieces(excerpt: Excerpt, wanted: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The text as it may be shown, cut where a style begins or ends."""
    edges = sorted({0, len(excerpt.text), *(edge for mark in excerpt.marks for edge in (mark.start, mark.end))})
    opening: dict[int, list[Mark]] = {}
    for mark in excerpt.marks:
        opening.setdefault(mark.start, []).append(mark)
    open_marks: list[Mark] = []
    waiting, last = "", ""
    for start, end in pairwise(edges):
        open_marks = [mark for mark in open_marks if mark.end > start] + opening.get(start, [])
        style = min((_style(mark, wanted) for mark in open_marks), key=lambda s: s == _BESIDE, default="")
        if style != last:
            yield waiting, last
            waiting, last = "", style
        waiting += _visible(excerpt.text[start:end])
    yield waiting, last


def _style(mark: Mark, wanted: tuple[str, ...]) -> str:
    return _STYLES.get(mark.kind) or (_TROUBLE if mark.kind in wanted else _BESIDE)


def _visible(text: str) -> str:
    """Line ends and tabs as such, everything else that cannot be seen written out."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(_TAB.join(printable(part, len(part)) for part in line.split("\t")) for line in lines)
