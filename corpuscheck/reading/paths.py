"""Paths: where the text stands in nested records, in the syntax of jmespath (`document[].paragraph[].form`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult

from corpuscheck.errors import UsageError
from corpuscheck.printable import printable

PREFERRED = (
    "text", "content", "contents", "body", "article", "document", "paragraph", "paragraphs", "passage", "context",
    "sentence", "sentences", "form", "corpus", "본문", "내용", "기사", "원문", "텍스트", "문장", "本文", "正文", "内容",
    "文本",
)  # fmt: skip
"""Names that hold the text in most corpora; the first that a record has is taken."""


_OPEN = re.compile(r"\w\[[^\]]*$")


def require_paths(names: Iterable[str]) -> None:
    """Raises UsageError for a name that is neither a key nor a path."""
    for name in names:
        if _compiled(name) is None and ("[]" in name or _OPEN.search(name)):
            raise UsageError(
                f"--text-field '{printable(name)}' is not a path: write it as in document[].paragraph[].form"
            )


class TextPath:
    """One way to the text of a record.

    Attributes:
        text: the path as written.
        stream: the array whose items are the documents, as ijson writes it (`document.item`); '' where the
            record itself is the document.
        inside: the path inside one of those items.
        corpus: arrays inside arrays: even where it is one of many, a record is not a document but holds some.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        head, brackets, rest = text.partition("[]")
        nested = bool(brackets)
        self.stream = ".".join(filter(None, (head.strip("."), "item"))) if nested else ""
        self.inside = rest.lstrip(".") or "@" if nested else text
        self._inside = _compiled(self.inside)
        self._whole = _compiled(text)
        self._items = _compiled(f"{head}[]")
        self.corpus = text.count("[]") > 1 and not text.startswith("[]")

    def items_of(self, record: Any) -> list[Any]:
        """The items of the first array, each of them a document."""
        return (self._items.search(record) if self._items is not None else None) or [None]

    def of_item(self, item: Any) -> str | None:
        """The text of one item of the streamed array, whose other keys can be named beside it."""
        if not self.stream:
            return self.of_record(item)
        return text_of(self._inside.search(item)) if self._inside is not None else None

    def of_record(self, record: Any) -> str | None:
        """The text of a whole record. A key that reads like a path is a key first."""
        if isinstance(record, Mapping) and self.text in record:
            return text_of(record[self.text])
        return text_of(self._whole.search(record)) if self._whole is not None else None


def _compiled(path: str) -> ParsedResult | None:
    try:
        return jmespath.compile(path)
    except JMESPathError:
        return None


def text_of(value: Any) -> str | None:
    """A string, or the strings of a nested list as its lines; None where there is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        lines = [line for item in value if (line := text_of(item)) is not None]
        return "\n".join(lines) if lines else None
    return None


def quoted(name: str) -> str:
    """A key as a step of a path."""
    plain = name.isascii() and name.isidentifier()
    return name if plain else json.dumps(name, ensure_ascii=False)


def weight(text: str) -> int:
    """Characters, ten times as many for what may be prose as for an identifier, an address or a date."""
    return len(text) if text.isascii() and not any(map(str.isspace, text)) else 10 * len(text)


def _mixed(items: list[Any]) -> bool:
    """A list of strings and other things is data, not lines of text."""
    strings = sum(isinstance(item, str) for item in items)
    return 0 < strings < len(items)


LONGEST_PATH = 10_000
"""Characters of a path; text under a longer one is not looked for, so that keys of megabytes are not copied."""

_LARGEST_PATHS = 1 << 25


class Lengths(dict[str, int]):
    """The weight of the text under each path. Once their paths are `_LARGEST_PATHS` long, no new one is entered."""

    def __init__(self) -> None:
        self._size = 0

    def enter(self, path: str, value: str) -> None:
        if path in self:
            self[path] += weight(value)
        elif self._size <= _LARGEST_PATHS:
            self._size += len(path)
            self[path] = weight(value)


def leaf_lengths(value: Any, path: str = "", found: Lengths | None = None) -> Lengths:
    """The weight of the text under each path, array indexes written as `[]`."""
    found = Lengths() if found is None else found
    if isinstance(value, str):
        found.enter(path, value)
    elif len(path) > LONGEST_PATH:
        return found
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if len(key) <= LONGEST_PATH:
                name = quoted(str(key))
                leaf_lengths(item, f"{path}.{name}" if path else name, found)
    elif isinstance(value, list) and not _mixed(value):
        for item in value[:1000]:
            leaf_lengths(item, path + "[]", found)
    return found


def best_path(lengths: Mapping[str, int]) -> str:
    """The path with a preferred last name, the one with most text among several; else that with most text.

    Deep inside a record a name alone does not tell: there it also has to hold a tenth of the text.
    """
    if not lengths:
        return ""
    total = sum(lengths.values())

    def preference(path: str) -> tuple[int, int]:
        name = path.rpartition(".")[2].replace("[]", "").strip('"').lower()
        known = PREFERRED.index(name) if name in PREFERRED else len(PREFERRED)
        deep = "." in path.strip(".[]") or "[]" in path.strip("[]")
        substantial = not deep or lengths[path] >= 0.1 * total
        return (known if substantial else len(PREFERRED) + 1, -lengths[path])

    return min(sorted(lengths), key=preference).removesuffix("[]")


def unquoted(path: str) -> str:
    """A path of a single key as that key, which is how people name it."""
    try:
        key = json.loads(path) if path.startswith('"') else path
    except ValueError:
        return path
    return str(key)
