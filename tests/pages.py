"""The pages that people read, and what is fenced in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from support import REPOSITORY

DOCS = REPOSITORY / "docs"
README, KOREAN = REPOSITORY / "README.md", REPOSITORY / "README.ko.md"
PAGES = [README, KOREAN, *sorted(DOCS.glob("*.md"))]
LEFT_OUT = "…"


class Shown(NamedTuple):
    """A command and what a page shows of its output."""

    page: Path
    command: str
    lines: str

    def __str__(self) -> str:
        return f"{self.page.name}: {self.command}"


def fenced(page: Path, *languages: str) -> Iterator[str]:
    """The blocks of a page in one of these languages."""
    for language, block in re.findall(r"^```(\w+)\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE):
        if language in languages:
            yield block


def marked(page: Path, name: str) -> str:
    """The block below the comment with that name."""
    (block,) = re.findall(rf"^<!-- {name} -->\n```\w+\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return str(block)


def shown(pages: list[Path]) -> Iterator[Shown]:
    """Each ``$ corpuscheck`` of the pages."""
    for page in pages:
        for block in fenced(page, "text"):
            for command, lines in re.findall(r"^\$ corpuscheck (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
                yield Shown(page, command, lines)
