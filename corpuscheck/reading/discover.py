"""Discover: every file under the given paths, as a source to read or skipped with a reason."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from corpuscheck.errors import UsageError
from corpuscheck.printable import printable
from corpuscheck.reading.formats import Kind, kind_of
from corpuscheck.reading.not_data import ANNEX
from corpuscheck.reading.patterns import PatternError, Patterns
from corpuscheck.settings import CONFIGURATION_FILE, Reading
from corpuscheck.trust import NOT_REGULAR, descriptor_of, foreign, leads_out

EMPTY = "empty"
HIDDEN = "hidden"
NO_PERMISSION = "permission denied"
VANISHED = "vanished while it was read"
BROKEN_LINK = "broken symbolic link"
LINK_LOOP = "symbolic link into a folder already walked"
SAME_FILE = "symbolic link to a file already found"
SPECIAL = NOT_REGULAR

CACHE_FOLDER = ".corpuscheck_cache"
IGNORE_FILE = ".corpuscheckignore"
OWN_NAMES = (CACHE_FOLDER, IGNORE_FILE, CONFIGURATION_FILE)
OWN_ENDING = ".ccp"
"""Made by this program or for it: no part of a corpus, unless named on the command line."""

FOREIGN = "list of what to leave out, by another user: not obeyed"
LARGEST_IGNORE_FILE = 1 << 20
"""Bytes of a `.corpuscheckignore`; a larger one is refused."""

_HERE = os.curdir + os.sep


@dataclass(frozen=True)
class Source:
    """A file to read: `path` as given, without a leading ./, `size` in bytes on disk, `modified` in nanoseconds.

    `identity` is its device and number there; `within` are the real paths that it lies in, empty where links may lead
    anywhere.
    """

    path: str
    size: int
    kind: Kind
    modified: int = 0
    identity: tuple[int, int] = (0, 0)
    within: tuple[str, ...] = ()


@dataclass(frozen=True)
class Skipped:
    """A file that is not read, and why."""

    path: str
    reason: str
    size: int = 0


@dataclass(frozen=True)
class Found:
    """What lies under the paths, each in the order of its path."""

    sources: tuple[Source, ...]
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True)
class _Entry:
    path: str
    named: bool  # given on the command line: filters do not apply
    reason: str = ""


def discover(paths: Sequence[str | os.PathLike[str]], settings: Reading) -> Found:
    """Walk files and folders. Symbolic links are followed once; hidden names and excluded ones are not.

    Links that lead out of what was given, or to hidden files, are followed only if the settings say so.
    Raises UsageError for a path that does not exist or cannot be listed.
    """
    entries: dict[str, _Entry] = {}
    within = () if settings.follow_links else tuple(os.path.realpath(path) for path in paths)
    _ignore_file.cache_clear()
    for given in paths:
        root = os.fspath(given)
        ignore_files = _IgnoreFiles(root)
        for entry in _walk_root(root, within):
            relative = os.path.relpath(entry.path, root) if os.path.isdir(root) else os.path.basename(entry.path)
            if not entry.named and (filtered(relative, settings) or ignore_files.leave_out(entry.path)):
                continue
            plain = replace(entry, path=entry.path.removeprefix(_HERE))
            entries.setdefault(os.path.abspath(entry.path), plain)
    return _classified([entries[key] for key in sorted(entries)], within)


@cache
def _spec(lines: tuple[str, ...], origin: str) -> Patterns:
    """Raises UsageError for a line that is no pattern; `origin` is where the lines stand."""
    try:
        return Patterns.of(lines)
    except PatternError as error:
        raise UsageError(
            f"{printable(origin)}: line {error.number} is no gitignore pattern: '{printable(error.line, 80)}' ({error})"
        ) from None


def filtered(relative: str, settings: Reading, opens: bool = True) -> bool:
    """Whether --include or --exclude leave this file out, an archive only if it is one that `opens`."""
    name = relative.replace(os.sep, "/").strip("/")
    if settings.include and not (opens and _archive(name)) and not _spec(settings.include, "--include").verdict(name):
        return True
    return bool(settings.exclude and _spec(settings.exclude, "--exclude").verdict(name))


class _IgnoreFiles:
    """The `.corpuscheckignore` files in the folders from `root` down; the nearest that says anything decides.

    Where `root` lies in the present folder, those from here down to it count too.
    """

    def __init__(self, root: str) -> None:
        inside = not os.path.isabs(root) and not os.path.normpath(root).startswith(os.pardir)
        self._top = "" if inside else os.path.normpath(root)
        self._known: dict[str, tuple[tuple[str, Patterns], ...]] = {}

    def leave_out(self, path: str) -> bool:
        for folder, spec in self._above(os.path.dirname(path)):
            name = os.path.relpath(path, folder or ".").replace(os.sep, "/")
            verdict = spec.verdict(name)
            if verdict is not None:
                return verdict
        return False

    def _above(self, folder: str) -> tuple[tuple[str, Patterns], ...]:
        """Those from a folder up, each folder looked into once."""
        new: list[str] = []
        while folder not in self._known:
            new.append(folder)
            if not folder or (self._top and os.path.normpath(folder) == self._top):
                break
            folder = os.path.dirname(folder)
        found = self._known.get(folder, ())
        for one in reversed(new):
            spec = _ignore_file(one)
            found = found if spec is None else ((one, spec), *found)
            self._known[one] = found
        return found


def _folders_above(path: str, root: str) -> Iterator[str]:
    """The folders whose lists of patterns count for a path, the nearest first."""
    inside = not os.path.isabs(root) and not os.path.normpath(root).startswith(os.pardir)
    top = "" if inside else os.path.normpath(root)
    folder = os.path.dirname(path)
    yield folder
    while folder and not (top and os.path.normpath(folder) == top):
        folder = os.path.dirname(folder)
        yield folder


@cache
def _ignore_file(folder: str) -> Patterns | None:
    """Raises UsageError for one that cannot be read."""
    path = os.path.join(folder, IGNORE_FILE)
    if _foreign_ignore_file(folder):
        return None
    try:
        with open(descriptor_of(path), "rb") as file:
            data = file.read(LARGEST_IGNORE_FILE + 1)
        if len(data) > LARGEST_IGNORE_FILE:
            raise ValueError(f"it has over {LARGEST_IGNORE_FILE:,} bytes")
        lines = data.decode("utf-8-sig").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
            return None  # nothing in such a folder can be read
        raise UsageError(f"{printable(path)}: cannot be read ({_because(error)})") from None
    return _spec(tuple(lines), path)


def _foreign_ignore_file(folder: str) -> bool:
    """Whether there is one that somebody else has put into the folder: it is not obeyed."""
    try:
        return foreign(os.lstat(os.path.join(folder, IGNORE_FILE)), os.stat(folder or os.curdir))
    except OSError:
        return False


def _archive(name: str) -> bool:
    """Archives are opened whatever --include says: it is their members that it chooses among."""
    return bool(kind_of(name.rpartition("/")[2]).archive)


def _walk_root(root: str, within: tuple[str, ...]) -> Iterator[_Entry]:
    shown = printable(root)
    try:
        mode = os.stat(root).st_mode
    except FileNotFoundError:
        raise UsageError(f"{shown}: no such file or folder") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{shown}: cannot be read ({_because(error)})") from None
    if not stat.S_ISDIR(mode):
        yield _Entry(root, named=True)
        return
    try:
        os.listdir(root)
    except OSError as error:
        raise UsageError(f"{shown}: cannot be listed ({_because(error)})") from None
    for folder in _folders_above(os.path.join(root, ""), root):
        if _foreign_ignore_file(folder):
            yield _Entry(os.path.join(folder, IGNORE_FILE), True, FOREIGN)
    yield from _walk_folder(root, within)


def _because(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)


def _walk_folder(root: str, within: tuple[str, ...]) -> Iterator[_Entry]:
    """Depth-first without recursion; each real folder once, folders before the links that lead to them."""
    walked: set[tuple[int, int]] = set()
    folders, links = [root], list[str]()
    while folders or links:
        linked = not folders
        folder = links.pop(0) if linked else folders.pop()
        try:
            status = os.stat(folder)
            identity = (status.st_dev, status.st_ino)
            if identity in walked:
                yield _Entry(folder, False, LINK_LOOP)
                continue
            walked.add(identity)
            entries = sorted(os.scandir(folder), key=lambda e: e.name)
        except OSError as error:
            yield _Entry(folder, False, NO_PERMISSION if isinstance(error, PermissionError) else _because(error))
            continue
        if _foreign_ignore_file(folder):
            yield _Entry(os.path.join(folder, IGNORE_FILE), True, FOREIGN)
        for entry in entries:
            if entry.name in OWN_NAMES or entry.name.endswith(OWN_ENDING):
                continue
            if entry.name.startswith("."):
                yield _Entry(entry.path, False, HIDDEN)
            elif within and entry.is_symlink() and (reason := _refused(entry.path, within)):
                yield _Entry(entry.path, False, reason)
            elif entry.is_dir(follow_symlinks=False):
                if not _is_cache(entry.path):
                    folders.append(entry.path)
            elif entry.is_symlink() and os.path.isdir(entry.path):
                links.append(entry.path)
            else:
                yield _Entry(entry.path, False)


def _refused(link: str, within: tuple[str, ...]) -> str:
    """Why a symbolic link is not followed; one that leads nowhere is told of as such."""
    return leads_out(os.path.realpath(link), within) if os.path.exists(link) else ""


def _is_cache(folder: str) -> bool:
    """Whether it is a cache of this program, under whatever name."""
    return all(os.path.isfile(os.path.join(folder, name)) for name in ("cache.db", "CACHEDIR.TAG"))


def _classified(entries: list[_Entry], within: tuple[str, ...]) -> Found:
    sources: list[Source] = []
    skipped: list[Skipped] = []
    links: list[_Entry] = []
    identities: set[tuple[int, int]] = set()
    any_link = any(not e.reason and os.path.islink(e.path) for e in entries)
    for entry in entries:
        if entry.reason:
            skipped.append(Skipped(entry.path, entry.reason))
        elif any_link and os.path.islink(entry.path):
            links.append(entry)
        else:
            status = _classify(entry.path, within, sources, skipped)
            if any_link and status is not None:
                identities.add((status.st_dev, status.st_ino))
    for entry in links:
        try:
            status = os.stat(entry.path)
        except OSError:
            skipped.append(Skipped(entry.path, ANNEX if _is_annexed(entry.path) else BROKEN_LINK))
            continue
        identity = (status.st_dev, status.st_ino)
        if identity in identities:
            skipped.append(Skipped(entry.path, SAME_FILE, status.st_size))
            continue
        identities.add(identity)
        _classify(entry.path, within, sources, skipped)
    return Found(
        tuple(sorted(sources, key=lambda s: os.path.normpath(s.path))),
        tuple(sorted(skipped, key=lambda s: os.path.normpath(s.path))),
    )


def _is_annexed(link: str) -> bool:
    """Whether a link points at content that git-annex has not fetched."""
    try:
        return "annex/objects/" in os.readlink(link).replace(os.sep, "/")
    except OSError:
        return False


def _classify(
    path: str, within: tuple[str, ...], sources: list[Source], skipped: list[Skipped]
) -> os.stat_result | None:
    try:
        status = os.stat(path)
    except OSError:
        skipped.append(Skipped(path, VANISHED))
        return None
    kind = kind_of(Path(path).name)
    if not stat.S_ISREG(status.st_mode):
        skipped.append(Skipped(path, SPECIAL))
    elif status.st_size == 0:
        skipped.append(Skipped(path, EMPTY))
    elif kind.skip:
        skipped.append(Skipped(path, kind.skip, status.st_size))
    else:
        identity = (status.st_dev, status.st_ino)
        sources.append(Source(path, status.st_size, kind, status.st_mtime_ns, identity, within))
    return status
