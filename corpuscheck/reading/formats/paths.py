"""Paths: where the text stands in nested records, in the syntax of jmespath (`document[].paragraph[].form`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult

from corpuscheck.errors import UsageError
from corpuscheck.text.printable import printable

PREFERRED = (
    "text", "content", "contents", "body", "article", "document", "paragraph", "paragraphs", "passage", "context",
    "sentence", "sentences", "form", "corpus", "본문", "내용", "기사", "원문", "텍스트", "문장", "本文", "正文", "内容",
    "文本",
)  # fmt: skip
"""Names that hold the text in most corpora; the first that a record has is taken."""


LONGEST_VALUE = 200
"""Characters of the name of a source."""

_OPEN = re.compile(r"\w\[[^\]]*$")


_STEP = re.compile(r'"(?:[^"\\]|\\.)*"|\[\]|[^\W\d]\w*')

Steps = tuple[str | None, ...]
"""Names of keys from the outermost in, and None for each of all items of an array."""


def require_paths(names: Iterable[str]) -> None:
    """Raises UsageError for a name that is neither a key nor a path."""
    for name in names:
        if _steps(name) is None and _compiled(name) is None and ("[]" in name or _OPEN.search(name)):
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

    def __init__(self, text: str, steps: Steps | None = None, asked: bool = True) -> None:
        self.text = text
        steps = _steps(text) if steps is None else steps
        self._whole = _Way(steps, text if asked else "")
        self._head, self._inside, self.inside = _parted(steps, text, asked)
        self.stream = ".".join((*map(str, self._head), "item")) if self._head is not None else ""
        arrays = text.count("[]") if steps is None else steps.count(None)
        self.corpus = bool(self._head) and arrays > 1

    @classmethod
    def found(cls, path: str) -> TextPath:
        """A path that `leaf_lengths` wrote: its names are names, whatever they read like."""
        return cls(unquoted(path), _steps(path), asked=False)

    def items_of(self, record: Any) -> list[Any]:
        """The items of the first array, each of them a document."""
        return _walked(record, (*(self._head or ()), None)) or [None]

    def of_item(self, item: Any) -> str | None:
        """The text of one item of the streamed array, whose other keys can be named beside it."""
        return text_of(self._inside.end(item)) if self.stream else self.of_record(item)

    def of_record(self, record: Any) -> str | None:
        """The text of a whole record."""
        if isinstance(record, Mapping) and self.text in record:
            return text_of(record[self.text])
        return text_of(self._whole.end(record))


class NamePath:
    """The way to a short value of a record, such as the name of its source: names alone, never an expression."""

    def __init__(self, text: str) -> None:
        self.text, self._steps = text, _steps(text)

    @property
    def steps(self) -> Steps:
        return self._steps or (self.text,)

    def of_record(self, record: Any) -> str:
        """The value as text; empty where there is none, or no single one."""
        value = record.get(self.text) if isinstance(record, Mapping) else None
        if value is None and self._steps is not None:
            value = _walked(record, self._steps)
        return value_text(value)


def value_text(value: Any) -> str:
    """A text, a number or a truth as text; empty for everything else."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)[:LONGEST_VALUE] if isinstance(value, str | int | float) else ""


class _Way:
    """Steps into a record, else an expression of jmespath, else nothing."""

    def __init__(self, steps: Steps | None, expression: str) -> None:
        self._steps = steps
        self._expression = _compiled(expression) if steps is None and expression else None

    def end(self, record: Any) -> Any:
        """What is found there; None where nothing is, or where the expression makes no sense for the record."""
        if self._steps is not None:
            return _walked(record, self._steps)
        try:
            return self._expression.search(record) if self._expression is not None else None
        except (JMESPathError, ValueError, TypeError, RecursionError):
            return None


def _steps(path: str) -> Steps | None:
    """The steps of a path of names and `[]`; None where it is anything else."""
    steps: list[str | None] = []
    end = 0
    while end < len(path):
        dot = path.startswith(".", end) and end > 0
        match = _STEP.match(path, end + dot)
        if match is None or dot == (match[0] == "[]" or end == 0):
            return None
        try:
            steps.append(None if match[0] == "[]" else _name(match[0]))
        except ValueError:
            return None
        end = match.end()
    return tuple(steps)


def _name(step: str) -> str:
    return str(json.loads(step)) if step.startswith('"') else step


def _parted(steps: Steps | None, text: str, asked: bool) -> tuple[Steps | None, _Way, str]:
    """The steps to the first array, None where there is none; the way on from one of its items, and its text."""
    if steps is not None and None not in steps:
        return None, _Way((), ""), text
    before, _, after = text.partition("[]")
    rest = after.removeprefix(".") or "@"
    if steps is not None:
        at = steps.index(None)
        return steps[:at], _Way(steps[at + 1 :], ""), rest
    if not asked or "[]" not in text:
        return None, _Way((), ""), text
    return _steps(before), _Way(_steps(rest), rest), rest


def _walked(value: Any, steps: Steps) -> Any:
    """What stands at the end of the steps, as jmespath finds it: `[]` flattens an array by one level."""
    inside = False
    for step in steps:
        if step is None:
            if not isinstance(value, list):
                return None
            flat: list[Any] = []
            for item in value:
                flat.extend(item) if isinstance(item, list) else flat.append(item)
            value, inside = [item for item in flat if item is not None], True
        elif inside:
            value = [item[step] for item in value if isinstance(item, Mapping) and item.get(step) is not None]
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _compiled(path: str) -> ParsedResult | None:
    try:
        return jmespath.compile(path)
    except (JMESPathError, ValueError, RecursionError):
        return None


def text_of(value: Any) -> str | None:
    """A string, or the strings of a nested list as its lines; None where there is none."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return None
    lines = [item for item in _leaves(value) if isinstance(item, str)]
    return "\n".join(lines) if lines else None


def _leaves(value: list[Any]) -> Iterator[Any]:
    """The items of nested lists in their order, however deep they are."""
    waiting = [iter(value)]
    while waiting:
        for item in waiting[-1]:
            if isinstance(item, list):
                waiting.append(iter(item))
                break
            yield item
        else:
            waiting.pop()


def quoted(name: str) -> str:
    """A key as a step of a path."""
    plain = name.isascii() and name.isidentifier()
    return name if plain else json.dumps(name, ensure_ascii=False)


DEEPEST = 200
"""Objects and arrays inside each other; text deeper inside is not looked for."""


def weight(text: str) -> int:
    """Characters, ten times as many for what may be prose as for an identifier, an address or a date."""
    return len(text) if text.isascii() and not any(map(str.isspace, text)) else 10 * len(text)


def _mixed(items: list[Any]) -> bool:
    """A list of strings and other things is data, not lines of text."""
    strings = sum(isinstance(item, str) for item in items)
    return 0 < strings < len(items)


_LONG = 1000
_LARGEST_PATHS = 1 << 25


class Lengths(dict[str, int]):
    """The weight of the text under each path.

    Once paths are `_LARGEST_PATHS` long together, no new one is entered. It is empty where as many characters of long
    ones would have to be copied: keys of megabytes over thousands of others are no names of fields.
    """

    def __init__(self) -> None:
        self._size = self._copied = 0

    def enter(self, path: str, value: str) -> None:
        if path in self:
            self[path] += weight(value)
        elif self._size <= _LARGEST_PATHS:
            self._size += len(path)
            self[path] = weight(value)

    def below(self, path: str, name: str) -> str:
        """The path one step further in."""
        whole = f"{path}.{name}" if path and name != "[]" else path + name
        self._copied += len(whole) if len(whole) > _LONG else 0
        return whole

    @property
    def too_large(self) -> bool:
        return self._copied > _LARGEST_PATHS


def leaf_lengths(value: Any, path: str = "", found: Lengths | None = None) -> Lengths:
    """The weight of the text under each path, array indexes written as `[]`; what is nested too deep is left out."""
    found = Lengths() if found is None else found
    waiting: list[Iterator[tuple[str, Any]]] = [iter(((path, value),))]
    while waiting and not found.too_large:
        path, value = next(waiting[-1], ("", None))
        if value is None:
            waiting.pop()
        elif isinstance(value, str):
            found.enter(path, value)
        elif len(waiting) <= DEEPEST + 1:
            waiting.append(_below(path, value, found))
    if found.too_large:
        found.clear()
    return found


def _below(path: str, value: Any, lengths: Lengths) -> Iterator[tuple[str, Any]]:
    """What is in an object or an array, nulls left out."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if item is not None:
                yield lengths.below(path, quoted(str(key))), item
    elif isinstance(value, list) and not _mixed(value):
        for item in value[:1000]:
            if item is not None:
                yield lengths.below(path, "[]"), item


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
