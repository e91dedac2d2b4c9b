"""Discover: every file under the given paths, as a source to read or skipped with a reason."""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

from corpuscheck.errors import UsageError
from corpuscheck.files.listing import Listing
from corpuscheck.files.remote import Location
from corpuscheck.files.trust import NOT_REGULAR, leads_out
from corpuscheck.files.urls import Root, is_url, joined, local
from corpuscheck.reading.cleaned import is_list
from corpuscheck.reading.far import FarFile, Told, chosen
from corpuscheck.reading.ignoring import (
    IGNORE_FILE,
    Ignored,
    IgnoreFile,
    IgnoreFiles,
    filtered,
    folders_above,
    foreign_ignore_file,
)
from corpuscheck.reading.kinds import Kind, kind_of
from corpuscheck.reading.not_data import ANNEX
from corpuscheck.settings import CONFIGURATION_FILE, Reading
from corpuscheck.text.printable import printable
from corpuscheck.values.packed import Bits64, Distinct, Packed, Packing

T = TypeVar("T")

EMPTY = "empty"
HIDDEN = "hidden"
NO_PERMISSION = "permission denied"
VANISHED = "vanished while it was read"
BROKEN_LINK = "broken symbolic link"
LINK_LOOP = "symbolic link into a folder already walked"
SAME_FILE = "symbolic link to a file already found"
SPECIAL = NOT_REGULAR

CACHE_FOLDER = ".corpuscheck_cache"
OWN_NAMES = (CACHE_FOLDER, IGNORE_FILE, CONFIGURATION_FILE)
OWN_ENDING = ".ccp"
"""Made by this program or for it: no part of a corpus, unless named on the command line."""

FOREIGN = "list of what to leave out, by another user: not obeyed"
_HERE = os.curdir + os.sep


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: `path` as given, with / and without a leading ./, its `size` on disk, `modified` in nanoseconds.

    `inode` is its number on its `device`; `within` are the real paths that it lies in, empty where links may lead
    anywhere. One that lies in a store has the `root` that was named, the `name` below it, and a `stamp` that tells
    whether it has `changed` since it was found.
    """

    path: Distinct
    size: int
    kind: Kind
    modified: int = 0
    device: Bits64 = 0
    inode: Bits64 = 0
    within: tuple[str, ...] = ()
    root: Root | None = None
    name: Distinct = ""
    stamp: Distinct = ""
    changed: bool = False

    @property
    def location(self) -> Location | None:
        """Where it lies in a store; None for a file on this machine."""
        return Location(self.root, self.name, self.size, self.stamp) if self.root else None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not read, and why."""

    path: Distinct
    reason: str
    size: int = 0


@dataclass(frozen=True)
class Found:
    """What lies under the paths, each in the order of its path, and the lists of patterns that were obeyed; `roots` are
    the paths as those of the files are written."""

    sources: Packed[Source]
    skipped: Packed[Skipped]
    ignore_files: tuple[IgnoreFile, ...] = ()
    roots: tuple[str, ...] = ()


class _Entry(NamedTuple):
    path: str
    named: bool = False  # given on the command line: filters do not apply
    reason: str = ""
    link: bool = False


def _untold(_: int) -> None:
    pass


def discover(paths: Sequence[str | os.PathLike[str]], settings: Reading, told: Told = _untold) -> Found:
    """Walk files and folders, and list what lies below URLs, which may take long: `told` of files as they are found.

    Symbolic links are followed once; hidden names and excluded ones are not. Links that lead out of what was given, or
    to hidden files, are followed only if the settings say so.
    Raises UsageError for a path that does not exist or cannot be listed.
    """
    given = [local(os.fspath(path)) for path in paths]
    roots = [path for path in given if not is_url(path)]
    within = () if settings.follow_links else tuple(map(os.path.realpath, roots))
    ignore_files = IgnoreFiles()
    collected = _Collected(within)
    urls = list(dict.fromkeys(filter(is_url, given)))
    lists = [one for url in urls for one in collected.add_below(url, settings, told, alone=len(urls) == 1)]
    met: set[str] = set()
    for root in roots:
        for entry in _chosen(root, within, settings, ignore_files):
            if len(roots) > 1:
                place = os.path.abspath(entry.path)
                if place in met:
                    continue
                met.add(place)
            collected.add(entry._replace(path=portable(entry.path.removeprefix(_HERE))))
    named = (portable(root.removeprefix(_HERE)).rstrip("/") or root for root in roots)
    all_roots = tuple(dict.fromkeys((*named, *collected.far_roots)))
    return replace(collected.found((*ignore_files.obeyed(), *lists)), roots=all_roots)


def portable(path: str, separator: str = os.sep) -> str:
    """A path as it is written on all systems, so that profiles of one corpus name its files alike."""
    return path if separator == "/" else path.replace(separator, "/")


def _chosen(root: str, within: tuple[str, ...], settings: Reading, files: IgnoreFiles) -> Iterator[_Entry]:
    """What lies under one path, but for what is to be left out."""
    ignored, folder = Ignored(root, files), os.path.isdir(root)
    for entry in _walk_root(root, within):
        if not entry.named:
            relative = entry.path[len(root) :] if folder else os.path.basename(entry.path)
            if filtered(relative, settings) or ignored.leave_out(entry.path):
                continue
        yield entry


def _walk_root(root: str, within: tuple[str, ...]) -> Iterator[_Entry]:
    shown = printable(root)
    try:
        mode = os.stat(root).st_mode
    except FileNotFoundError:
        raise UsageError(f"{shown}: no such file or folder") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{shown}: cannot be read ({_because(error)})") from None
    if not stat.S_ISDIR(mode):
        yield _Entry(root, named=True, link=os.path.islink(root))
        return
    try:
        os.scandir(root).close()
    except OSError as error:
        raise UsageError(f"{shown}: cannot be listed ({_because(error)})") from None
    for folder in folders_above(os.path.dirname(os.path.join(root, "")), root):
        if foreign_ignore_file(folder):
            yield _Entry(os.path.join(folder, IGNORE_FILE), True, FOREIGN)
    yield from _walk_folder(root, within)


def _because(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)


def _walk_folder(root: str, within: tuple[str, ...]) -> Iterator[_Entry]:
    """Depth-first without recursion; each real folder once, folders before the links that lead to them."""
    walked: set[tuple[int, int]] = set()
    folders, links = [root], deque[str]()
    while folders or links:
        folder = folders.pop() if folders else links.popleft()
        below: list[str] = []
        linked: list[str] = []
        try:
            status = os.stat(folder)
            identity = (status.st_dev, status.st_ino)
            if identity in walked:
                yield _Entry(folder, reason=LINK_LOOP)
                continue
            walked.add(identity)
            if folder != root and foreign_ignore_file(folder):
                yield _Entry(os.path.join(folder, IGNORE_FILE), True, FOREIGN)
            with os.scandir(folder) as entries:
                for entry in entries:
                    yield from _looked_at(entry, within, below, linked)
        except OSError as error:
            yield _Entry(folder, reason=NO_PERMISSION if isinstance(error, PermissionError) else _because(error))
        folders += sorted(below)
        links += sorted(linked)


def _looked_at(
    entry: os.DirEntry[str], within: tuple[str, ...], folders: list[str], links: list[str]
) -> Iterator[_Entry]:
    """What one entry of a folder is, if it is a file; a folder, or a link to one, is added to the others."""
    if _is_own(entry.name) or is_list(entry.path):
        return
    link = entry.is_symlink()
    if entry.name.startswith("."):
        yield _Entry(entry.path, reason=HIDDEN)
    elif link and within and (reason := _refused(entry.path, within)):
        yield _Entry(entry.path, reason=reason)
    elif link and os.path.isdir(entry.path):
        links.append(entry.path)
    elif not entry.is_dir(follow_symlinks=False):
        yield _Entry(entry.path, link=link)
    elif not _is_cache(entry.path):
        folders.append(entry.path)


def _is_own(name: str) -> bool:
    return name in OWN_NAMES or name.endswith(OWN_ENDING)


def _refused(link: str, within: tuple[str, ...]) -> str:
    """Why a symbolic link is not followed; one that leads nowhere is told of as such."""
    return leads_out(os.path.realpath(link), within) if os.path.exists(link) else ""


def _is_cache(folder: str) -> bool:
    """Whether it is a cache of this program, under whatever name."""
    return all(os.path.isfile(os.path.join(folder, name)) for name in ("cache.db", "CACHEDIR.TAG"))


class _Collected:
    """What is found, classified as it comes; links wait until it is known what lies there without them."""

    def __init__(self, within: tuple[str, ...]) -> None:
        self._within = within
        self._sources = Packing(Source)
        self._skipped = Packing(Skipped)
        self._links: list[str] = []
        self._far: dict[str, Root] = {}
        self.far_roots: list[str] = []

    def add(self, entry: _Entry) -> None:
        if entry.reason:
            self._skipped.append(Skipped(entry.path, entry.reason))
        elif entry.link:
            self._links.append(entry.path)
        else:
            self._classify(entry.path)
        self._sources.settle(len(self._sources))
        self._skipped.settle(len(self._skipped))

    def add_below(self, url: str, settings: Reading, told: Told, alone: bool) -> tuple[IgnoreFile, ...]:
        """What lies below a URL; gives the lists of patterns that decided what is left out.

        One that is named `alone` has each file once.
        """
        listing = Listing(url)
        self.far_roots.append(listing.root.shown.rstrip("/"))
        files, ignore_files = chosen(listing, settings, _is_own, told)
        for file in files:
            path = joined(listing.root.shown, file.name)
            if alone or not self._is_known(path, listing.root):
                self._add_far(path if alone else self._other(path, listing.root), listing.root, file)
        return ignore_files

    def _other(self, path: str, root: Root) -> str:
        """The name of a file; of another one, by what is not shown of its address, with a number."""
        while path in self._far:
            path += "#2"
        self._far[path] = root
        return path

    def _add_far(self, path: str, root: Root, file: FarFile) -> None:
        named = path if file.name or not path.startswith("http") else path.partition("?")[0]
        kind = kind_of(named.rpartition("/")[2])
        if file.hidden:
            self._skipped.append(Skipped(path, HIDDEN))
        elif reason := EMPTY if file.size == 0 else kind.skip:
            self._skipped.append(Skipped(path, reason, file.size))
        else:
            self._sources.append(Source(path, file.size, kind, root=root, name=file.name, stamp=file.stamp))
        self._sources.settle(len(self._sources))
        self._skipped.settle(len(self._skipped))

    def _is_known(self, path: str, root: Root) -> bool:
        known = self._far.get(path)
        return known is not None and (known.url == root.url or known.shown != root.shown)

    def found(self, ignore_files: tuple[IgnoreFile, ...]) -> Found:
        """All of it, in the order of the paths."""
        self._resolve_links()
        return Found(by_path(self._sources.finish()), by_path(self._skipped.finish()), ignore_files)

    def _resolve_links(self) -> None:
        identities = self._identities() if self._links else set()
        for path in sorted(self._links, key=os.path.abspath):
            try:
                status = os.stat(path)
            except OSError:
                self._skipped.append(Skipped(path, ANNEX if _is_annexed(path) else BROKEN_LINK))
                continue
            identity = (status.st_dev, status.st_ino)
            if identity in identities:
                self._skipped.append(Skipped(path, SAME_FILE, status.st_size))
                continue
            identities.add(identity)
            self._classify(path)

    def _identities(self) -> set[tuple[int, int]]:
        """Of the files themselves, also of those that are not read by what they are."""
        found = {(source.device, source.inode) for source in self._sources}
        for skipped in self._skipped:
            if skipped.reason not in (HIDDEN, FOREIGN):
                with suppress(OSError):
                    status = os.lstat(skipped.path)
                    found.add((status.st_dev, status.st_ino))
        return found

    def _classify(self, path: str) -> None:
        try:
            status = os.stat(path)
        except OSError:
            self._skipped.append(Skipped(path, VANISHED))
            return
        kind = kind_of(os.path.basename(path))
        if not stat.S_ISREG(status.st_mode):
            self._skipped.append(Skipped(path, SPECIAL))
        elif status.st_size == 0:
            self._skipped.append(Skipped(path, EMPTY))
        elif kind.skip:
            self._skipped.append(Skipped(path, kind.skip, status.st_size))
        else:
            place = (status.st_dev, status.st_ino)
            self._sources.append(Source(path, status.st_size, kind, status.st_mtime_ns, *place, self._within))


def by_path(rows: Packed[T]) -> Packed[T]:
    """The same in the order of their normalised paths."""
    rows = rows.ordered("path")
    if all(map(_is_normal, rows.values("path"))):
        return rows
    return rows.ordered("path", _normalised)


def _normalised(path: str) -> str:
    return portable(os.path.normpath(path))


def _is_normal(path: str) -> bool:
    return path == _normalised(path)


def _is_annexed(link: str) -> bool:
    """Whether a link points at content that git-annex has not fetched."""
    try:
        return "annex/objects/" in os.readlink(link).replace(os.sep, "/")
    except OSError:
        return False
