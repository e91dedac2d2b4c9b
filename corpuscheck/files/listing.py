"""Listing: the files below a URL, with their sizes and stamps, as they come: there may be millions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from corpuscheck.errors import UsageError
from corpuscheck.files.ranged import MOST_BYTES
from corpuscheck.files.remote import info_of, stamp_of
from corpuscheck.files.stores import Asked, system_of
from corpuscheck.files.urls import Root, named, without_secrets


class Listed(NamedTuple):
    """A file below a root, by its name there, which is empty where it is the root itself."""

    name: str
    size: int
    stamp: str


class Listing:
    """What a URL stands for: one file, or all that lie below it. `root` is what they are read by.

    Raises UsageError for an address that is not there or may not be read.
    """

    def __init__(self, url: str) -> None:
        self._shown = without_secrets(url)
        self._asked = Asked(self._shown)
        self._system, self._path = self._told(lambda: system_of(url))
        folder, self._pattern = _parted(url)
        if self._pattern and self._is_there():  # names with such characters come first
            self._pattern = None
        elif self._pattern:
            url, self._shown = folder, without_secrets(folder)
            self._system, self._path = self._told(lambda: system_of(url))
        steady = _protocols(self._system) == {"hf"} and self._is_repository()
        if steady:
            self._path = self._told(lambda: _pinned(self._system, self._path))
            url = f"hf://{self._path}"
        self.root = Root(url, self._shown, steady)
        self._file = None if self._pattern else self._as_file()

    @property
    def is_file(self) -> bool:
        return self._file is not None

    def files(self) -> Iterator[Listed]:
        """All of them, each once, in no order."""
        if self._file is not None:
            yield self._file
            return
        pages = _s3_pages if _protocols(self._system) & {"s3", "s3a"} else _pages
        below = f"{self._path.rstrip('/')}/"
        for page in self._each(pages(self._system, self._path, self._asked)):
            for info in page:
                name = str(info["name"])[len(below) :] if str(info["name"]).startswith(below) else ""
                if name and not name.endswith("/") and (not self._pattern or self._pattern.fullmatch(name)):
                    yield Listed(name, int(info.get("size") or 0), stamp_of(info))

    def _each(self, pages: Iterator[list[dict[str, Any]]]) -> Iterator[list[dict[str, Any]]]:
        while (page := self._told(lambda: next(pages, None))) is not None:
            yield page

    def _is_there(self) -> bool:
        try:
            self._asked(lambda: info_of(self._system, self._path))
        except (OSError, ValueError):
            return False
        return True

    def _is_repository(self) -> bool:
        return not self._path.startswith("buckets/")

    def _as_file(self) -> Listed | None:
        """None for a folder. Raises UsageError where there is nothing of this name."""
        web = bool(_protocols(self._system) & {"http", "https"})
        if web and self._path.partition("?")[0].endswith("/"):
            raise UsageError(f"{named(self._shown)}: folders cannot be listed by HTTP: name the files")
        info = self._told(lambda: self._asked(lambda: info_of(self._system, self._path)))
        if info.get("type") == "directory":
            return None
        size = info.get("size")
        if size is None:
            size = self._told(lambda: self._asked(self._counted))
        return Listed("", int(size), stamp_of(info))

    def _counted(self) -> int:
        """The size of what its server does not say the size of."""
        with self._system.open(self._path, "rb", block_size=0) as file:
            return sum(map(len, iter(lambda: file.read(MOST_BYTES), b"")))

    def _told(self, what: Callable[[], Any]) -> Any:
        """The same. Raises UsageError where it cannot be listed."""
        try:
            return what()
        except FileNotFoundError:
            raise UsageError(f"{named(self._shown)}: no such file or folder") from None
        except OSError as error:
            raise UsageError(f"{named(self._shown)}: cannot be listed ({error.strerror or error})") from None


_MAGIC = re.compile(r"[*?\[]")


def _parted(url: str) -> tuple[str, re.Pattern[str] | None]:
    """The folder of a URL with wildcards, and the pattern for the names below it."""
    scheme, separator, rest = url.partition("://")
    magic = _MAGIC.search(rest)
    if not magic or scheme.lower() in ("http", "https") or "::" in url:
        return url, None
    folder = rest[: magic.start()].rpartition("/")[0]
    from fsspec.utils import glob_translate

    return f"{scheme}{separator}{folder}", re.compile(glob_translate(rest[len(folder) :].lstrip("/")))


def _protocols(system: Any) -> set[str]:
    return {system.protocol} if isinstance(system.protocol, str) else set(system.protocol)


def _pinned(system: Any, path: str) -> str:
    """The path of a repository's files at the commit that its revision names now."""
    at = system.resolve_path(path)
    commit = system._api.repo_info(at.repo_id, revision=at.revision, repo_type=at.repo_type).sha
    kind = f"{at.repo_type}s/" if at.repo_type != "model" else ""
    return f"{kind}{at.repo_id}@{commit}" + (f"/{at.path_in_repo}" if at.path_in_repo else "")


def _pages(system: Any, path: str, asked: Asked) -> Iterator[list[dict[str, Any]]]:
    """What lies below, folder by folder."""
    folders = [path]
    while folders:
        folder = folders.pop()
        found: list[dict[str, Any]] = asked(lambda: system.ls(folder, detail=True))  # noqa: B023  # used at once
        below = [info for info in found if info["name"].rstrip("/") != folder.rstrip("/")]
        folders += sorted(str(info["name"]) for info in below if info["type"] == "directory")
        yield [info for info in below if info["type"] != "directory"]


def _s3_pages(system: Any, path: str, asked: Asked) -> Iterator[list[dict[str, Any]]]:
    """What lies below, a thousand keys at a time, whatever folders they are in."""
    bucket, key, _ = system.split_path(path)
    further: dict[str, Any] = {"Prefix": f"{key.rstrip('/')}/"} if key else {}
    while True:
        found = asked(lambda: system.call_s3("list_objects_v2", Bucket=bucket, **further))
        yield [
            {"name": f"{bucket}/{one['Key']}", "size": one["Size"], "ETag": one["ETag"]}
            for one in found.get("Contents", ())
        ]
        if not found.get("IsTruncated"):
            return
        further["ContinuationToken"] = found["NextContinuationToken"]
