"""Remote: files in stores, read by ranges, ahead of whoever reads them, and what becomes of them meanwhile."""

from __future__ import annotations

import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, BinaryIO, TypeVar, cast

from corpuscheck.errors import ScanError
from corpuscheck.files.ranged import FIRST_BYTES, MOST_BYTES, Range, RemoteFile
from corpuscheck.files.stores import Asked, ChangedError, NoRangesError, ShortError, system_of
from corpuscheck.files.urls import Root, joined
from corpuscheck.text.printable import printable

_IN_MEMORY = 16 << 20
_AT_ONCE, _SOON = 8, 8

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Location:
    """A file in a store: the URL that was given, its name below that, and what it was when it was found."""

    root: Root
    name: str
    size: int
    stamp: str

    @property
    def shown(self) -> str:
        return joined(self.root.shown, self.name)


def path_of(root: Root, name: str) -> tuple[Any, str]:
    """The file system, and the path of a name below a URL there."""
    system, base = system_of(root.url)
    return system, joined(base, name)


def stamp_of(info: dict[str, Any]) -> str:
    """What tells whether a file has changed besides its size: an ETag or the like, else a time; may be empty."""
    for key in ("ETag", "etag", "generation", "blob_id", "Content-MD5", "content_md5", "md5Hash", "checksum"):
        if info.get(key):
            return str(info[key]).strip('"')
    for key in ("LastModified", "Last-Modified", "last_modified", "mtime", "updated", "created"):
        if time := info.get(key):
            time = time.timestamp() if isinstance(time, datetime) else time
            return f"{time:.3f}" if isinstance(time, int | float) else str(time)
    return ""


def open_remote(place: Location, start: int = 0, stop: int | None = None) -> BinaryIO:
    """The file as one object to read and to seek in, of which the part from `start` to `stop` will be read first.

    Raises OSError where nothing of it can be read.
    """
    reading = _readings.begun(place)
    file = RemoteFile(reading.read, place.size, place.size if stop is None else min(stop, place.size))
    file.look(start)
    return cast(BinaryIO, file)


def read_at(place: Location, start: int, stop: int) -> bytes:
    """The bytes from one place to another, as many as there are."""
    stop = min(stop, place.size)
    return _readings.begun(place).read(start, stop) if start < stop else b""


def finished(place: Location) -> int:
    """What has to be known when all of a file was read: how many requests had to be repeated.

    Raises ChangedError where it is no longer what it was when it was found.
    """
    reading = _readings.ended(place)
    if not reading.checked:
        reading.check()
    return reading.asked.repeated


def at_once(function: Callable[[A], B], items: Iterable[A], far: bool) -> list[B]:
    """What a function gives for each, several at a time where that asks servers that are `far` away."""
    if not far:
        return list(map(function, items))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(function, items))


def soon(items: Iterable[A], place_of: Callable[[A], Location | None]) -> Iterator[A]:
    """The same, while the beginnings of the files of those that come next are fetched already."""
    waiting: deque[tuple[A, Future[None] | None]] = deque()
    pool: ThreadPoolExecutor | None = None
    try:
        for item in items:
            place = place_of(item)
            if place is not None and pool is None:
                pool = ThreadPoolExecutor(_SOON, thread_name_prefix="fetching")
            waiting.append((item, pool.submit(_readings.begun(place).begin) if place and pool else None))
            while waiting and (len(waiting) > _SOON or pool is None):
                yield _come(*waiting.popleft())
        while waiting:
            yield _come(*waiting.popleft())
    finally:
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)


def _come(item: A, coming: Future[None] | None) -> A:
    if coming is not None:
        coming.result()
    return item


def now(place: Location) -> Location:
    """The file as it is now. Raises OSError where it is gone."""
    asked = Asked(place.shown)
    size, stamp = _state(place, asked)
    return Location(place.root, place.name, size, stamp)


def _state(place: Location, asked: Asked) -> tuple[int, str]:
    system, path = path_of(place.root, place.name)
    info = asked(lambda: info_of(system, path))
    size = info.get("size")
    return place.size if size is None else int(size), stamp_of(info)


def info_of(system: Any, path: str) -> dict[str, Any]:
    """What a store says about a file at this moment."""
    system.invalidate_cache(path)
    info: dict[str, Any] = system.info(path)
    return info


class _Reading:
    """One file while it is read, by however many readers."""

    def __init__(self, place: Location) -> None:
        self._place = place
        self.asked = Asked(place.shown)
        self._system, self._path = path_of(place.root, place.name)
        self._copy: _Copy | None = None
        self._range = _range_of(self._system, self._path, place.size)
        self._lock = threading.Lock()
        self._head = b""
        self.checked = False

    def begin(self) -> None:
        """Fetch the beginning. Of a file that is no longer than that nothing is left to do; errors can wait."""
        with suppress(OSError, ScanError):
            stop = min(self._place.size, FIRST_BYTES)
            head = self.read(0, stop)
            if stop == self._place.size:
                self.check()
                self.checked = True
            self._head = head

    def read(self, start: int, stop: int) -> bytes:
        """All of these bytes. Raises OSError, ChangedError or UnreachableError."""
        if stop <= len(self._head):
            return self._head[start:stop]
        if self._copy is None:
            try:
                return self.asked(lambda: self._read(start, stop))
            except FileNotFoundError:
                self.check()
                raise
            except NoRangesError:
                with self._lock:
                    self._copy = self._copy or _Copy(self._opened, self.asked, self._place.shown)
        return self._copy.read(start, stop)

    def _read(self, start: int, stop: int) -> bytes:
        data = self._range(start, stop)
        if len(data) < stop - start:
            self.check(gone=False)
            raise ShortError(f"only {len(data)} of {stop - start} bytes came")
        return data[: stop - start]

    def _opened(self) -> IO[bytes]:
        return cast(IO[bytes], self._system.open(self._path, "rb", block_size=0))

    def check(self, gone: bool = True) -> None:
        """Raises ChangedError where the file is no longer what it was when it was found."""
        if self._place.root.steady:
            return
        try:
            state = _state(self._place, Asked(self._place.shown) if gone else Asked(self._place.shown, 2))
        except FileNotFoundError:
            return
        if state != (self._place.size, self._place.stamp):
            raise ChangedError(f"{printable(self._place.shown, 300)}: it changed while it was read")


def _range_of(system: Any, path: str, size: int) -> Range:
    """How a file system gives a range of a file, each time with a request of its own."""
    protocol = {system.protocol} if isinstance(system.protocol, str) else set(system.protocol)
    if protocol & {"http", "https"}:
        headers = {**system.kwargs.get("headers", {}), "Accept-Encoding": "identity"}
        file = system.open(path, "rb", block_size=FIRST_BYTES, cache_type="none", size=size, headers=headers)

        def of_http(start: int, stop: int) -> bytes:
            try:
                data: bytes = file._fetch_range(start, stop)
            except ValueError:
                raise NoRangesError from None
            return data

        return of_http
    further = {} if getattr(system, "async_impl", False) else {"cache_type": "none"}
    return lambda start, stop: cast(bytes, system.cat_file(path, start=start, end=stop, **further))


class _Copy:
    """A file that its server gives only as a whole: what has come of it, on disk where it is much.

    Where the connection drops, it is begun anew, and what is there already is passed over.
    """

    def __init__(self, opened: Callable[[], IO[bytes]], asked: Asked, shown: str) -> None:
        self._opened, self._asked, self._shown = opened, asked, shown
        self._copy = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  # closed with the last reader
        self._there = 0
        self._file: IO[bytes] | None = None
        self._lock = threading.Lock()

    def read(self, start: int, stop: int) -> bytes:
        with self._lock:
            while self._there < stop:
                data = self._asked(self._next)
                self._copy.seek(self._there)
                self._copy.write(data)
                self._there += len(data)
            self._copy.seek(start)
            return self._copy.read(stop - start)

    def _next(self) -> bytes:
        """What comes next."""
        try:
            if self._file is None:
                self._file = self._opened()
                left = self._there
                while left and (passed := self._file.read(min(left, MOST_BYTES))):
                    left -= len(passed)
            data = self._file.read(1 << 20)
        except BaseException:
            self._file = None
            raise
        if not data:
            self._file = None
            raise ShortError(f"only {self._there} bytes came")
        return data


class _Readings:
    """The files that this process is reading now."""

    def __init__(self) -> None:
        self._open: dict[Location, _Reading] = {}
        self._lock = threading.Lock()

    def begun(self, place: Location) -> _Reading:
        with self._lock:
            reading = self._open.get(place)
        if reading is None:
            reading = _Reading(place)
            with self._lock:
                reading = self._open.setdefault(place, reading)
        return reading

    def ended(self, place: Location) -> _Reading:
        with self._lock:
            reading = self._open.pop(place, None)
        return reading or _Reading(place)


_readings = _Readings()
