"""Prose: which fields of a table hold text that somebody may miss, and how much of it is not read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from corpuscheck.reading.formats.paths import DEEPEST, Steps, quoted

MOST_FIELDS = 200
_LONGEST_PATH = 10_000  # of a field that is looked at
"""Fields of one file that are looked at; records whose keys are data have as many as there are records."""

_SHORT = 25
_MOST_ITEMS = 1000


def is_prose(values: Sequence[str]) -> bool:
    """Whether these values of a field are running text rather than labels, identifiers, addresses or dates."""
    filled = [value.strip() for value in values if value and not value.isspace()]
    if not filled:
        return False
    length = sum(map(len, filled)) / len(filled)
    few = len(filled) >= 10 and 5 * len(set(filled)) <= len(filled)
    if few and length < _SHORT:
        return False
    return 2 * sum(map(_reads_like_text, filled)) >= len(filled)


def _reads_like_text(text: str) -> bool:
    """Several words, or many letters where a script has no spaces; most of it letters."""
    text = text[:1000]
    words = text.split()
    letters = sum(map(str.isalpha, text))
    marks = sum(not character.isalnum() and not character.isspace() and ord(character) > 0x300 for character in text)
    if 2 * (letters + marks) < len(text) - len(words) + 1:
        return False
    return len(words) >= (3 if text.isascii() else 2) or (not text.isascii() and letters >= 8)


def leaf_texts(record: Any, found: dict[Steps, list[str]], steps: Steps = (), length: int = 0) -> None:
    """Enter each string of a record under the way to it; what is nested too deep is left out."""
    if len(steps) > DEEPEST:
        return
    if isinstance(record, str):
        if steps in found or len(found) < MOST_FIELDS:
            found.setdefault(steps, []).append(record)
    elif isinstance(record, Mapping):
        for key, value in record.items():
            if length + len(key) <= _LONGEST_PATH:
                leaf_texts(value, found, (*steps, str(key)), length + len(key))
    elif isinstance(record, list):
        for item in record[:_MOST_ITEMS]:
            leaf_texts(item, found, (*steps, None), length)


def shown(steps: Steps) -> str:
    """The way as a path: `messages[].content`."""
    path = ""
    for step in steps:
        path += "[]" if step is None else f".{quoted(step)}" if path else quoted(step) if len(steps) > 1 else step
    return path


class LeftOut:
    """Counts the characters of fields that are not read, record by record."""

    def __init__(self, fields: Iterable[Steps]) -> None:
        self.characters: dict[str, int] = {}
        self._plan: dict[str | None, Any] = {}
        for steps in fields:
            name = shown(steps)
            self.characters[name] = 0
            plan = self._plan
            for step in steps[:-1]:
                plan = plan.setdefault(step, {})
            if steps:
                plan[steps[-1]] = name

    def add(self, record: Any) -> None:
        if self._plan:
            self._count(record, self._plan)

    def _count(self, value: Any, plan: Mapping[str | None, Any]) -> None:
        if isinstance(value, Mapping):
            for step, inner in plan.items():
                if step is not None and (found := value.get(step)) is not None:
                    self._enter(found, inner)
        elif isinstance(value, list) and (inner := plan.get(None)) is not None:
            for item in value:
                self._enter(item, inner)

    def _enter(self, value: Any, inner: Any) -> None:
        if not isinstance(inner, str):
            self._count(value, inner)
        elif isinstance(value, str):
            self.characters[inner] += len(value)
