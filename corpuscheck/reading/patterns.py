"""Patterns: which paths the lines of a gitignore file match, in time that the longest of patterns cannot blow up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

LONGEST_PATTERN = 4096
"""As long as a path can be; a longer one is refused."""

_FOLDERS = "(?:[^/]++/)*?"
_CLASSES = {
    "alnum": "a-zA-Z0-9", "alpha": "a-zA-Z", "blank": " \t", "cntrl": "\x00-\x1f\x7f", "digit": "0-9",
    "graph": "!-~", "lower": "a-z", "print": " -~", "punct": "!-/:-@\\[-`{-~", "space": "\\s", "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_SPECIAL = re.compile(r"[*?\[\\]")


MOST_WILD = 10_000
"""Lines with wildcards; a list of more is refused."""

MOST_WORK = 1 << 29
"""Characters of paths on which patterns with wildcards are tried, in all, beyond `_FREE` patterns for each path."""

_FREE = 32
_FEW = 16
_GRAM = 3


class TooMuchError(Exception):
    """Patterns with wildcards were tried on too many paths."""


class Effort:
    """How many characters of paths may still be looked at."""

    def __init__(self) -> None:
        self._left = MOST_WORK

    def spend(self, characters: int) -> None:
        """Raises TooMuchError."""
        self._left -= characters
        if self._left < 0:
            raise TooMuchError


class PatternError(ValueError):
    """A line that is no pattern: `number` counts from 1."""

    def __init__(self, number: int, line: str, why: str) -> None:
        super().__init__(why)
        self.number, self.line = number, line


@dataclass(frozen=True)
class _Pattern:
    """One line: whether it chooses or (behind `!`) spares, what it says of a path, and of one of its folders."""

    chooses: bool
    path: str | None
    folder: str | None
    literals: tuple[str, ...] = ()

    def of_path(self, path: str) -> bool:
        return self._path is not None and self._path.match(path) is not None

    def of_folder(self, path: str) -> bool:
        return self._folder is not None and self._folder.match(path) is not None

    @cached_property
    def _path(self) -> re.Pattern[str] | None:
        return None if self.path is None else re.compile(self.path, re.DOTALL)

    @cached_property
    def _folder(self) -> re.Pattern[str] | None:
        return None if self.folder is None else re.compile(self.folder, re.DOTALL)


@dataclass(frozen=True)
class _Literals:
    """Lines without wildcards, by what they name: a path from the top behind a slash, or a name anywhere."""

    paths: dict[str, tuple[int, bool]]
    folders: dict[str, tuple[int, bool]]

    def of(self, path: str) -> tuple[tuple[int, bool], tuple[int, bool]]:
        """The last line that names the path, and the last that names a folder of it; number -1 for none."""
        full = folder = (-1, False)
        if not self.folders:
            return full, folder
        *above, name = path.split("/")
        for key in (name, f"/{path}"):
            full = max(full, self.paths.get(key, full))
        for key in above:
            folder = max(folder, self.folders.get(key, folder))
        end = path.find("/")
        while end >= 0:
            folder = max(folder, self.folders.get(f"/{path[:end]}", folder))
            end = path.find("/", end + 1)
        return full, folder


@dataclass(frozen=True)
class Patterns:
    """The lines of one file, or of one option. Of those that match a path the last one counts; one that matches the
    path itself counts before one that matches a folder of it."""

    literals: _Literals
    wild: tuple[tuple[int, _Pattern], ...]
    effort: Effort | None = None

    @classmethod
    def of(cls, lines: Iterable[str], effort: Effort | None = None) -> Self:
        """Raises PatternError for a line that is no pattern. All work with the patterns is a part of the `effort`."""
        literals = _Literals({}, {})
        wild: dict[str, tuple[int, _Pattern]] = {}
        for number, line in enumerate(lines, 1):
            text = line if line.endswith("\\ ") else line.rstrip()
            if not text or text[0] == "#" or text == "/":
                continue
            if len(text) > LONGEST_PATTERN:
                raise PatternError(number, line, f"a pattern has at most {LONGEST_PATTERN:,} characters")
            chooses = text[0] != "!"
            text = text if chooses else text[1:]
            try:
                if not _SPECIAL.search(text) and text.strip("/"):
                    _enter(literals, text, (number, chooses))
                elif (pattern := _translated(text, chooses)) is not None:
                    wild[text] = (number, pattern)  # of equal ones the last counts
                    if len(wild) > MOST_WILD:
                        raise ValueError(f"a list has at most {MOST_WILD:,} patterns with wildcards")
            except ValueError as error:
                raise PatternError(number, line, str(error)) from None
        return cls(literals, tuple(sorted(wild.values(), key=lambda one: -one[0])), effort)

    def __len__(self) -> int:
        """How many have wildcards."""
        return len(self.wild)

    def verdict(self, path: str) -> bool | None:
        """Whether the path, its folders divided by `/`, is chosen or spared; None where no line matches it.

        Raises TooMuchError where the effort is used up.
        """
        full, folder = self.literals.of(path)
        for tried, (number, pattern) in enumerate(self._may_match(path)):
            if number < full[0]:
                break
            if self.effort and tried >= _FREE:
                self.effort.spend(len(path))
            if pattern.of_path(path):
                full = (number, pattern.chooses)
                break
            if number > folder[0] and pattern.of_folder(path):
                folder = (number, pattern.chooses)
        number, chooses = full if full[0] >= 0 else folder
        return chooses if number >= 0 else None

    def _may_match(self, path: str) -> Iterable[tuple[int, _Pattern]]:
        """The patterns with wildcards, the last one first: of many only those whose rarest letters the path has."""
        if len(self.wild) <= _FEW:
            return self.wild
        always, by_gram = self._index
        found = list(always)
        for length in range(1, _GRAM + 1):
            for gram in {path[k : k + length] for k in range(len(path) - length + 1)} & by_gram.keys():
                found += by_gram[gram]
        return sorted(found, key=lambda one: -one[0])

    @cached_property
    def _index(self) -> tuple[list[tuple[int, _Pattern]], dict[str, list[tuple[int, _Pattern]]]]:
        """Patterns without letters, and the others by the one of their letter groups that fewest others have."""
        frequency = Counter(gram for _, pattern in self.wild for gram in set(_grams(pattern.literals)))
        always: list[tuple[int, _Pattern]] = []
        by_gram: dict[str, list[tuple[int, _Pattern]]] = {}
        for one in self.wild:
            grams = sorted(set(_grams(one[1].literals)), key=lambda gram: (frequency[gram], -len(gram), gram))
            (by_gram.setdefault(grams[0], []) if grams else always).append(one)
        return always, by_gram


def _grams(literals: Iterable[str]) -> Iterator[str]:
    """What of the literal texts is looked for: groups of letters, and shorter ones as they are."""
    for text in literals:
        yield from (text[k : k + _GRAM] for k in range(max(1, len(text) - _GRAM + 1)))


def _enter(literals: _Literals, text: str, entry: tuple[int, bool]) -> None:
    only_folders = text.endswith("/")
    name = text.removesuffix("/")
    key = f"/{name.removeprefix('/')}" if "/" in name else name
    literals.folders[key] = entry
    if not only_folders:
        literals.paths[key] = entry


def _translated(text: str, chooses: bool) -> _Pattern | None:
    """None where brackets are not closed: git passes over such a line. Raises ValueError for what is no pattern."""
    segments = text.split("/")
    only_folders = not segments[-1]
    if not segments[0]:
        del segments[0]
    elif len(segments) == 1 or (len(segments) == 2 and only_folders):
        segments.insert(0, "**")
    if not segments:
        raise ValueError("nothing stands behind the !")
    if only_folders:
        segments[-1] = "**"
    segments = [one for k, one in enumerate(segments) if one != "**" or k == 0 or segments[k - 1] != "**"]
    try:
        return replace(_joined(segments, chooses, only_folders), literals=tuple(_literal_texts(text)))
    except _UnclosedError:
        return None


def _joined(segments: list[str], chooses: bool, only_folders: bool) -> _Pattern:
    """Each stretch between `**` is taken where it first fits, for good: it leaves the others most room, and nothing is
    tried twice."""
    inside = segments[-1] == "**"
    blocks = _blocks(segments[:-1] if inside else segments)
    anywhere = segments[0] == "**"
    *before, last = blocks or [""]
    expression = ""
    for block in before:
        expression += f"(?>{_FOLDERS}{block}/)" if anywhere else f"{block}/"
        anywhere = True
    expression += f"{_FOLDERS if anywhere else ''}{last}"
    within = f"{expression}/" if last else expression
    if not inside:
        return _Pattern(chooses, rf"{expression}\Z", within)
    if not last:
        within = "[^/]*/" if only_folders else ""
    return _Pattern(chooses, None, within) if only_folders else _Pattern(chooses, within, None)


def _blocks(segments: list[str]) -> list[str]:
    """The stretches between `**`, each as an expression."""
    blocks: list[list[str]] = [[]]
    for segment in segments:
        if segment == "**":
            blocks.append([])
        else:
            blocks[-1].append(_segment(segment))
    return ["/".join(block) for block in blocks if block]


class _UnclosedError(Exception):
    pass


def _segment(text: str) -> str:
    """One name with wildcards. What stands before a star is taken where it first fits, as with `**`."""
    parts: list[str] = [""]
    at = 0
    while at < len(text):
        ch = text[at]
        at += 1
        if ch == "*":
            if parts[-1] or len(parts) == 1:
                parts.append("")
        elif ch == "?":
            parts[-1] += "[^/]"
        elif ch == "[":
            expression, at = _bracket(text, at)
            parts[-1] += expression
        elif ch == "\\":
            if at == len(text):
                raise ValueError("nothing stands behind the last backslash")
            parts[-1] += re.escape(text[at])
            at += 1
        else:
            parts[-1] += re.escape(ch)
    if parts == ["", ""]:
        return "[^/]++"
    first, *middle, last = parts if len(parts) > 1 else [parts[0], ""]
    taken = "".join(f"(?>[^/]*?{part})" for part in middle)
    star = "[^/]*" if last else "[^/]*+"
    return first if len(parts) == 1 else f"{first}{taken}{star}{last}"


def _literal_texts(text: str) -> Iterator[str]:
    """What stands between the wildcards and slashes of a pattern, and so in every path that it matches."""
    found = ""
    at = 0
    while at < len(text):
        ch = text[at]
        at += 1
        if ch == "\\":
            found += text[at]
            at += 1
        elif ch in "*?/[":
            at = _bracket(text, at)[1] if ch == "[" else at
            if found:
                yield found
            found = ""
        else:
            found += ch
    if found:
        yield found


def _bracket(text: str, at: int) -> tuple[str, int]:
    """The set of characters that begins behind a bracket, and where it ends. Raises _UnclosedError."""
    out = "(?!/)["
    if text[at : at + 1] in ("!", "^"):
        out += "^"
        at += 1
    members: list[str] = []
    first = True
    while True:
        if at >= len(text):
            raise _UnclosedError
        if text[at] == "]" and not first:
            break
        first = False
        if text.startswith("[:", at) and (end := text.find(":]", at + 2)) >= 0:
            if text[at + 2 : end] not in _CLASSES:
                raise _UnclosedError
            members.append(_CLASSES[text[at + 2 : end]])
            at = end + 2
            continue
        low, at = _member(text, at)
        high = low
        if text.startswith("-", at) and text[at + 1 : at + 2] not in ("", "]"):
            high, at = _member(text, at + 1)
        if low <= high:
            members.append(f"{re.escape(low)}-{re.escape(high)}")
    members = members or ["^\\0-\\U0010ffff" if out.endswith("[") else ""]
    return (f"{out}{''.join(members)}]" if any(members) else "[^/]"), at + 1


def _member(text: str, at: int) -> tuple[str, int]:
    at += text[at] == "\\"
    if at >= len(text):
        raise _UnclosedError
    return text[at], at + 1
