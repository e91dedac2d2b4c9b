"""From the parts of a page to its bytes: what is foreign is escaped and cut here, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from corpuscheck._version import __version__
from corpuscheck.reports.answers import Foreign, Quiet, Strong, Verbatim
from corpuscheck.reports.html.parts import Bar, HtmlPage, Marked, Room
from corpuscheck.text.printable import printable

LARGEST = 300_000
"""Bytes of the largest page."""

ROOMS = (Room(60, 5_200), Room(25, 1_200), Room(12, 300), Room(6, 120), Room(3, 40))
"""The first in which a page is not too large is taken."""

_HAN = "\u2e80-\u2fd5\u3005\u3007\u3021-\u3029\u3400-\u9fff\uf900-\ufad9\U00020000-\U000323af"
_KANA = "\u3041-\u309f\u30a1-\u30ff\uff66-\uff9d"
_TONGUES = re.compile(
    "(?P<ko>[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]+)"
    f"|(?P<ja>[{_HAN}]*[{_KANA}][{_HAN}{_KANA}]*)|(?P<th>[\u0e01-\u0e4e]+)|(?P<han>[{_HAN}]+)"
    "|(?P<rtl>[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+)"
)
"""Runs of letters that browsers break and draw by their language."""

_UNITS = re.compile(r"(?<=\d) (?=%|[kMGT]?B\b)")
"""Spaces at which a number and its unit must not be parted."""

_WHOLE = 24
"""Characters of the longest option that is not broken at its dashes."""

_BAR = Markup('<span class="bar {}" style="--from:{};--width:{};--filled:{}"><i></i><b></b></span>')


def bytes_of(make: Callable[[Room], HtmlPage]) -> bytes:
    """The page in as much room as it may have."""
    for room in ROOMS:
        drawn = _drawn(make(room), room).encode()
        if len(drawn) <= LARGEST:
            return drawn
    raise AssertionError("a page has a bound")


def _drawn(page: HtmlPage, room: Room) -> str:
    template = _environment(room.text, page.han).get_template("page.html.j2")
    return template.render(page=page, version=__version__)


@cache
def _environment(longest: int, han: str) -> Environment:
    """Templates in which every value is shown by `_shown`; a name that is unknown is an error."""

    def finalize(value: Any) -> Any:
        return _shown(value, longest, han)

    return Environment(
        loader=PackageLoader("corpuscheck.reports.html"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _shown(value: Any, longest: int, han: str) -> Any:
    """A value as HTML. Only what is HTML already passes as it is."""

    def text(piece: str) -> Markup:
        return _with_tongues(escape(printable(piece, longest)), han)

    match value:
        case Markup():
            return value
        case tuple():
            return Markup("").join(_shown(piece, longest, han) for piece in value)
        case Verbatim():
            whole = ' class="whole"' if value.startswith("-") and len(value) <= _WHOLE else ""
            return Markup("<code{}>{}</code>").format(Markup(whole), text(value))
        case Foreign():
            return Markup("<bdi>{}</bdi>").format(text(value))
        case Quiet():
            return Markup('<span class="quiet">{}</span>').format(text(value))
        case Strong():
            return Markup("<strong>{}</strong>").format(text(value))
        case Bar():
            return _BAR.format(value.drawn, value.left, value.width, value.filled)
        case Marked():
            pieces = (Markup("<mark>{}</mark>").format(p) if bad else escape(p) for p, bad in value.pieces)
            return Markup('<code class="word">{}</code>').format(Markup("").join(pieces))
        case str():
            return text(_UNITS.sub("\u00a0", value))
    return value


def _with_tongues(text: Markup, han: str) -> Markup:
    """The same with runs of other languages marked, so that they are broken and drawn as they should be."""
    return Markup(_TONGUES.sub(lambda run: _tongue(run, han), text))


def _tongue(run: re.Match[str], han: str) -> str:
    if run.lastgroup == "rtl":
        return f"<bdi>{run[0]}</bdi>"
    return f'<span lang="{han if run.lastgroup == "han" else run.lastgroup}">{run[0]}</span>'
