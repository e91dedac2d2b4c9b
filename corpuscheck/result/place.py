"""Place: where in a corpus something is, the same for findings, copies and what is shown of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.text.printable import printable

_LINE = re.compile(r"\bline ([1-9]\d*)")


@dataclass(frozen=True)
class Place:
    """Where something is: a file, a line or else the number of a document in it (from 1), and what is there.

    The path is empty where the file is not known any more.
    """

    path: str
    line: int | None = None
    detail: str = ""
    document: int | None = None

    @classmethod
    def of_trouble(cls, path: str, detail: str) -> Place:
        """At the first line that the detail names: ``first at line 12, offset 3456``."""
        line = _LINE.search(detail)
        return cls(path, int(line[1]) if line else None, detail)

    @property
    def named(self) -> str:
        """path:12 of a line, path#3 of a document, or the path alone. It is whole, so that it can be pasted."""
        path = printable(self.path, LONGEST_PATH) or "?"
        if self.line is not None:
            return f"{path}:{self.line}"
        return path if self.document is None else f"{path}#{self.document}"
