"""Ranged: a file that is read by ranges, ahead of whoever reads it."""

from __future__ import annotations

import io
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, BinaryIO

FIRST_BYTES, MOST_BYTES = 1 << 18, 1 << 22
"""What is asked for at once: more and more, the longer a file is read from one end to the other."""

_AHEAD = 3
_KEPT_BYTES = 4 * MOST_BYTES

Range = Callable[[int, int], bytes]
"""Gives the bytes from one place to another."""


def expect(file: BinaryIO, start: int, stop: int) -> None:
    """Tell a file that is read by ranges what will be read of it next."""
    if isinstance(file, RemoteFile):
        file.expect(start, stop)


class RemoteFile(io.RawIOBase):
    """A file that is read by ranges; what comes next is asked for while the last of it is used.

    Some megabytes are kept, so that going back a little asks for nothing.
    """

    def __init__(self, read: Range, size: int, ahead: int) -> None:
        self._range, self._size, self._until = read, size, ahead
        self._at = 0
        self._bytes = FIRST_BYTES
        self._kept: deque[tuple[int, bytes]] = deque()
        self._coming: deque[tuple[int, int, Future[bytes]]] = deque()
        self._threads: ThreadPoolExecutor | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if at < 0:
            raise OSError("before the beginning")
        self._at = at
        return at

    def read(self, size: int | None = -1) -> bytes:
        """All of the bytes that are asked for, as far as there are any."""
        stop = self._size if size is None or size < 0 else min(self._size, self._at + size)
        parts: list[bytes] = []
        while self._at < stop:
            start, data = self._holding(stop)
            part = data[self._at - start : stop - start]
            parts.append(part)
            self._at += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def look(self, start: int) -> None:
        """Get the first bytes of what will be read."""
        if start < self._size:
            end = min(self._size, start + FIRST_BYTES)
            self._keep((start, self._range(start, end)))

    def expect(self, start: int, stop: int) -> None:
        """This is what will be read next, and nothing behind it. What can be kept is got at once."""
        self._until = stop
        if stop - start <= _KEPT_BYTES - FIRST_BYTES:
            self.seek(start)
            self.read(stop - start)
            self.seek(start)

    def close(self) -> None:
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
        self._kept.clear()
        self._coming.clear()
        super().close()

    def _holding(self, stop: int) -> tuple[int, bytes]:
        """A range that holds the next byte, and where it begins."""
        for start, data in self._kept:
            if start <= self._at < start + len(data):
                return start, data
        while self._coming and not self._coming[0][0] <= self._at < self._coming[0][1]:
            self._coming.popleft()[2].cancel()
        much = stop - self._at > MOST_BYTES
        until = stop if much else self._until
        if self._coming:
            start, end, coming = self._coming.popleft()
            self._go_on(self._coming[-1][1] if self._coming else end, until)
            held = start, coming.result()
        else:
            in_order = any(self._at == start + len(data) for start, data in self._kept)
            self._bytes = min(MOST_BYTES, 2 * self._bytes) if in_order else FIRST_BYTES
            most = max(stop, min(self._until, self._at + self._bytes))
            end = min(self._size, self._at + MOST_BYTES if much else most)
            if in_order or much:
                self._go_on(end, until)
            held = self._at, self._range(self._at, end)
        self._keep(held)
        return held

    def _keep(self, held: tuple[int, bytes]) -> None:
        self._kept.append(held)
        while sum(len(data) for _, data in self._kept) > _KEPT_BYTES:
            self._kept.popleft()

    def _go_on(self, end: int, until: int) -> None:
        """Ask for what follows."""
        while len(self._coming) < _AHEAD and end < until:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(_AHEAD, thread_name_prefix="reading-ahead")
            self._bytes = min(MOST_BYTES, 2 * self._bytes)
            start, end = end, min(until, end + self._bytes)
            self._coming.append((start, end, self._threads.submit(self._range, start, end)))
