"""Markdown that nothing foreign can become: text, rows and lists in which corpus text stays text.

GitHub makes links of more than Markdown does (@user, #1, GH-1, user@host, hashes of commits, :smile:), but
nowhere in code. So whatever is not a plain word or number becomes code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reports.answers import Verbatim
from corpuscheck.reports.common import LONGEST_TEXT
from corpuscheck.reports.pasted import pasted
from corpuscheck.result.place import Place
from corpuscheck.text.printable import printable

T = TypeVar("T")

ROOM = 48_000
"""Bytes that one list or table may take. A report has fewer than twenty of them: it stays under 1 MiB."""

_LETTER = r"(?:[0-9A-Za-z]|[^\x00-\x7f\s])"
_PLAIN = re.compile(
    rf"""[('"]*                                        # ( or a quotation mark
    (?![0-9A-Fa-f]{{7,}}(?![0-9A-Za-z]))               # no hash of a commit
    (?:{_LETTER}+(?:(?<=[0-9])[.,](?=[0-9]){_LETTER}+  # 1,234.5
    |['-](?=[A-Za-z]){_LETTER}+)*)?                    # held-out
    [)'"%,.;:]*""",
    re.VERBOSE,
)


def code(text: str, limit: int = 300) -> str:
    """A code span, in which nothing is interpreted."""
    shown = printable(text, limit) or " "
    fence = "`" * (max(map(len, re.findall("`+", shown)), default=0) + 1)
    edge = " " if shown.strip(" ") and (shown[0] in "` " or shown[-1] in "` ") else ""
    return f"{fence}{edge}{shown}{edge}{fence}"


def code_of(place: Place) -> str:
    """A place as code, whole."""
    return code(place.named, 2 * LONGEST_PATH)


def prose(text: str, limit: int = LONGEST_TEXT, names: Iterable[str] = ()) -> str:
    """Running text: plain words as they are; commands, the names that are given and everything else as code."""
    told = pasted(printable(text, limit), names)
    return "".join(code(piece, limit) if isinstance(piece, Verbatim) else _words(piece) for piece in told)


def _words(text: str) -> str:
    return " ".join(word if _PLAIN.fullmatch(word) else _word(word) for word in text.split(" "))


def _word(word: str) -> str:
    """The word as code, with the punctuation of the sentence around it left outside."""
    inner = word.rstrip(",.;:") or word
    after = word[len(inner) :]
    if len(inner) > 1 and inner[0] == "(":
        closed = len(inner) > 2 and inner[-1] == ")"
        return f"({code(inner[1:-1])}){after}" if closed else f"({code(inner[1:])}{after}"
    return code(inner) + after


def table(head: Sequence[str], items: Sequence[T], cells: Callable[[T], Sequence[str]], most: int = 50) -> str:
    """A row of cells for each item, which are Markdown already; empty without items."""
    rows = _fitting(items, lambda item: _row(cells(item)), most)
    return "\n".join((_row(head), _row(["---"] * len(head)), *rows)) + _rest(items, rows) if items else ""


def bullets(items: Sequence[T], line: Callable[[T], str], most: int = 100) -> str:
    """A line of Markdown for each item; empty without items."""
    lines = _fitting(items, lambda item: f"- {line(item)}", most)
    return "\n".join(lines) + _rest(items, lines)


def details(summary: str, body: str) -> str:
    """The body, folded away; empty without one."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>" if body else ""


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _fitting(items: Sequence[T], line: Callable[[T], str], most: int) -> list[str]:
    """The lines of as many items from the start as there is room for."""
    lines: list[str] = []
    room = ROOM
    for item in items[:most]:
        lines.append(line(item))
        room -= len(lines[-1].encode()) + 1
        if room < 0:
            return lines[:-1]
    return lines


def _rest(items: Sequence[T], lines: Sequence[str]) -> str:
    left = len(items) - len(lines)
    return f"\n\n*… and {left:,} more, left out here*" if left else ""
