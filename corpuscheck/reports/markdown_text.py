"""Markdown that nothing foreign can become: text, rows and lists in which corpus text stays text.

GitHub makes links of more than Markdown does (@user, #1, GH-1, user@host, hashes of commits, :smile:), but
nowhere in code. So whatever is not a plain word or number becomes code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from corpuscheck.printable import printable

ROOM = 48_000
"""Bytes that one list or table may take. A report has fewer than twenty of them: it stays under 1 MiB."""

_LETTER = r"(?:[0-9A-Za-z]|[^\x00-\x7f])"
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


def prose(text: str, limit: int = 600) -> str:
    """Running text: plain words as they are, everything else as code."""
    words = printable(text, limit).split(" ")
    return " ".join(word if _PLAIN.fullmatch(word) else _word(word) for word in words)


def _word(word: str) -> str:
    """The word as code, with the punctuation of the sentence after it left outside."""
    inner = word.rstrip(",.;:") or word
    return code(inner) + word[len(inner) :]


def table(head: Sequence[str], rows: Iterable[Sequence[str]], most: int = 50) -> str:
    """A table of cells that are Markdown already; empty without rows."""
    lines = [_row(cells) for cells in rows]
    shown = _fitting(lines, most)
    return "\n".join((_row(head), _row(["---"] * len(head)), *shown)) + _rest(lines, shown) if lines else ""


def bullets(items: Iterable[str], most: int = 100) -> str:
    """A list of items that are Markdown already; empty without items."""
    lines = [f"- {item}" for item in items]
    shown = _fitting(lines, most)
    return "\n".join(shown) + _rest(lines, shown)


def details(summary: str, body: str) -> str:
    """The body, folded away; empty without one."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>" if body else ""


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _fitting(lines: Sequence[str], most: int) -> Sequence[str]:
    """As many lines from the start as there is room for."""
    taken = 0
    for n, line in enumerate(lines[:most]):
        taken += len(line.encode()) + 1
        if taken > ROOM:
            return lines[:n]
    return lines[:most]


def _rest(lines: Sequence[str], shown: Sequence[str]) -> str:
    left = len(lines) - len(shown)
    return f"\n\n*… and {left:,} more, left out here*" if left else ""
