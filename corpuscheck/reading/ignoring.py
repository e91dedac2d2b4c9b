"""Ignoring: which files --include, --exclude and the `.corpuscheckignore` files leave out."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

from corpuscheck.errors import UsageError
from corpuscheck.files.trust import descriptor_of, foreign
from corpuscheck.reading.kinds import kind_of
from corpuscheck.reading.patterns import Effort, PatternError, Patterns, TooMuchError
from corpuscheck.settings import Reading
from corpuscheck.text.printable import printable

IGNORE_FILE = ".corpuscheckignore"
LARGEST_IGNORE_FILE = 1 << 20
"""Bytes of a `.corpuscheckignore`; a larger one is refused."""

MOST_ABOVE = 100
"""Ignore files in the folders around one file; more are refused."""


def filtered(relative: str, settings: Reading, opens: bool = True) -> bool:
    """Whether --include or --exclude leave this file out, an archive only if it is one that `opens`."""
    if not settings.include and not settings.exclude:
        return False
    name = relative.replace(os.sep, "/").strip("/")
    if settings.include and not (opens and _archive(name)) and not _spec(settings.include, "--include").verdict(name):
        return True
    return bool(settings.exclude and _spec(settings.exclude, "--exclude").verdict(name))


def _archive(name: str) -> bool:
    """Archives are opened whatever --include says: it is their members that it chooses among."""
    return bool(kind_of(name.rpartition("/")[2]).archive)


@cache
def _spec(lines: tuple[str, ...], origin: str) -> Patterns:
    return _patterns(lines, origin, None)


def _patterns(lines: tuple[str, ...], origin: str, effort: Effort | None) -> Patterns:
    """Raises UsageError for a line that is no pattern; `origin` is where the lines stand."""
    try:
        return Patterns.of(lines, effort)
    except PatternError as error:
        raise UsageError(
            f"{printable(origin)}: line {error.number} is no gitignore pattern: '{printable(error.line, 80)}' ({error})"
        ) from None


@dataclass
class IgnoreFile:
    """A `.corpuscheckignore` that is obeyed: what it holds, in short, and how many files it left out."""

    path: str
    digest: str
    patterns: Patterns
    left_out: int = 0


class IgnoreFiles:
    """All that count while the given paths are walked, each read once."""

    def __init__(self) -> None:
        self._effort = Effort()
        self._files: dict[str, IgnoreFile | None] = {}

    def obeyed(self) -> tuple[IgnoreFile, ...]:
        """Those that left something out, and those that could have."""
        return tuple(file for _, file in sorted(self._files.items()) if file)

    def of(self, folder: str) -> IgnoreFile | None:
        """The one in a folder. Raises UsageError for one that cannot be read."""
        if folder not in self._files:
            self._files[folder] = self._read(folder)
        return self._files[folder]

    def _read(self, folder: str) -> IgnoreFile | None:
        path = os.path.join(folder, IGNORE_FILE)
        if foreign_ignore_file(folder):
            return None
        try:
            with open(descriptor_of(path), "rb") as file:
                data = file.read(LARGEST_IGNORE_FILE + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                return None  # nothing in such a folder can be read
            raise UsageError(f"{printable(path)}: cannot be read ({error.strerror or error})") from None
        return self.parsed(os.path.normpath(path), path, data)

    def parsed(self, path: str, shown: str, data: bytes) -> IgnoreFile:
        """The one with this content. Raises UsageError for what is no list of patterns."""
        try:
            if len(data) > LARGEST_IGNORE_FILE:
                raise ValueError(f"it has over {LARGEST_IGNORE_FILE:,} bytes")
            lines = data.decode("utf-8-sig").splitlines()
        except ValueError as error:
            raise UsageError(f"{printable(shown)}: cannot be read ({error})") from None
        digest = blake2b("\n".join(lines).encode(), digest_size=8).hexdigest()
        return IgnoreFile(path, digest, _patterns(tuple(lines), shown, self._effort))


def foreign_ignore_file(folder: str) -> bool:
    """Whether there is one that somebody else has put into the folder: it is not obeyed."""
    try:
        return foreign(os.lstat(os.path.join(folder, IGNORE_FILE)), os.stat(folder or os.curdir))
    except OSError:
        return False


class Ignored:
    """What the ignore files in the folders from `root` down leave out; the nearest that says anything decides.

    Where `root` lies in the present folder, those from here down to it count too.
    """

    def __init__(self, root: str, files: IgnoreFiles) -> None:
        self._root, self._files = root, files
        self._known: dict[str, tuple[IgnoreFile, ...]] = {}
        self._folder = ""
        self._above: tuple[tuple[str, IgnoreFile], ...] = ()

    def leave_out(self, path: str) -> bool:
        """Raises UsageError where so many patterns and files take too long."""
        folder, name = os.path.split(path)
        if folder != self._folder or not self._known:
            self._folder = folder
            self._above = tuple((_between(os.path.dirname(f.path), folder), f) for f in self._around(folder))
        for between, file in self._above:
            try:
                verdict = file.patterns.verdict(between + name)
            except TooMuchError:
                raise UsageError(
                    f"{printable(file.path)}: {len(file.patterns):,} patterns with wildcards over so many files would "
                    "take too long: name folders in it, or take wildcards out"
                ) from None
            if verdict is not None:
                file.left_out += verdict
                return verdict
        return False

    def _around(self, folder: str) -> tuple[IgnoreFile, ...]:
        """Those from a folder up, each folder looked into once."""
        new: list[str] = []
        found: tuple[IgnoreFile, ...] = ()
        for one in folders_above(folder, self._root):
            if one in self._known:
                found = self._known[one]
                break
            new.append(one)
        for one in reversed(new):
            file = self._files.of(one)
            found = found if file is None else (file, *found)
            if len(found) > MOST_ABOVE:
                raise UsageError(
                    f"{printable(found[0].path)}: over {MOST_ABOVE} {IGNORE_FILE} lie in folders around it"
                )
            self._known[one] = found
        return found


def folders_above(folder: str, root: str) -> Iterator[str]:
    """A folder and those around it whose lists of patterns count, the nearest first."""
    inside = not os.path.isabs(root) and not os.path.normpath(root).startswith(os.pardir)
    top = "" if inside else os.path.normpath(root)
    while True:
        if folder != os.curdir:  # the same as the last one, which has no name
            yield folder
        outer = os.path.dirname(folder)
        if outer == folder or (top and os.path.normpath(folder) == top):
            return
        folder = outer


def _between(outer: str, inner: str) -> str:
    """The folders from one to another inside it, with the slash behind them."""
    way = os.path.relpath(inner or os.curdir, outer or os.curdir).replace(os.sep, "/")
    return "" if way == os.curdir else f"{way}/"
