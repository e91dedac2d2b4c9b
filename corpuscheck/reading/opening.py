"""Open: the bytes of a source, decompressed, in blocks. Damage ends the stream, it does not raise."""

from __future__ import annotations

import lzma
import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO

from corpuscheck.files.remote import open_remote
from corpuscheck.files.trust import OUTSIDE, descriptor_of, leads_out
from corpuscheck.reading.batch import BLOCK_BYTES
from corpuscheck.reading.containers.compressions import (
    HEAD_BYTES,
    TOO_MUCH_MEMORY,
    Peeked,
    UnsupportedError,
    compression_of,
    unpacked,
)
from corpuscheck.reading.kinds import Compression

if TYPE_CHECKING:
    from corpuscheck.reading.discover import Source


class UnreadableError(Exception):
    """A source that gave no bytes at all, with the reason for skipping it."""


class Stream:
    """The blocks of a file, read once. After the last one, `damage` says what cut it short, if anything.

    `opened` gives the file when the reading begins; `start` and `stop` are bytes of it; `expansions` are told how
    much came out. `compression` is what the name says; what the file turns out to be has the last word.
    """

    def __init__(
        self,
        opened: Callable[[], BinaryIO],
        compression: Compression = "",
        start: int = 0,
        stop: int | None = None,
        progress: Callable[[int], None] = lambda _: None,
        expansions: Sequence[Expansion] = (),
    ) -> None:
        self._expansions = expansions
        self._opened = opened
        self.named = self.compression = compression
        self._progress = progress
        self.damage = ""
        self.bytes_read = 0
        self._start = start
        self._stop = stop

    def __iter__(self) -> Iterator[bytes]:
        """Blocks of at most `BLOCK_BYTES`. Raises UnreadableError when the file cannot be opened."""
        try:
            file = self._opened()
        except UNREADABLE as error:
            raise UnreadableError(reason_of(error)) from None
        with file:
            yield from self._blocks(file)

    def _blocks(self, file: BinaryIO) -> Iterator[bytes]:
        left = BLOCK_BYTES if self._stop is None else self._stop - self._start
        parts: list[bytes] = []
        size = 0
        told = self._start
        try:
            read = self._reader(file)
            while left > 0 and (part := read(min(BLOCK_BYTES - size, left))):
                for expansion in self._expansions:
                    expansion.add(len(part))
                left -= 0 if self._stop is None else len(part)
                parts.append(part)
                size += len(part)
                if size >= BLOCK_BYTES:
                    told = self._tell(file, told)
                    yield b"".join(parts)
                    parts, size = [], 0
        except UNREADABLE as error:
            self.damage = damage_of(error, self.compression)
        self._tell(file, told)
        if parts:
            yield b"".join(parts)

    def _reader(self, file: BinaryIO) -> Callable[[int], bytes]:
        if self._start:
            file.seek(self._start)
            return file.read
        head = file.read(HEAD_BYTES if self.named else BLOCK_BYTES)
        self.compression = compression_of(head, self.named)
        return decompressed(Peeked(head, file), self.compression)

    def _tell(self, file: BinaryIO, told: int) -> int:
        """Report how far the file on disk has been read, the measure of progress."""
        here = file.tell()
        self._progress(here - told)
        self.bytes_read = here - self._start
        return here


def open_regular(path: str) -> BinaryIO:
    """Open without waiting: a pipe or device that took the file's place must not hang the scan."""
    return open(descriptor_of(path), "rb", buffering=0)


def open_found(source: Source, start: int = 0, stop: int | None = None) -> BinaryIO:
    """Open a file as it was found: what took its place since then must not lie outside of what was given either.

    The part from `start` to `stop` is what will be read of it, for a store that is far away.
    """
    if (place := source.location) is not None:
        return open_remote(place, start, stop)
    file = open_regular(source.path)
    status = os.fstat(file.fileno())
    if source.within and (status.st_dev, status.st_ino) != (source.device, source.inode):
        real = os.path.realpath(source.path)
        reason = leads_out(real, source.within)
        if reason or not os.path.samestat(status, os.lstat(real)):
            file.close()
            raise OSError(reason or OUTSIDE)
    return file


def reason_of(error: Exception) -> str:
    """An error as a reason for skipping, without the path that the report shows beside it."""
    if isinstance(error, PermissionError):
        return "permission denied"
    if isinstance(error, FileNotFoundError):
        return "vanished while it was read"
    return (isinstance(error, OSError) and error.strerror) or str(error)


UNREADABLE = (
    EOFError, OSError, ValueError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError,
)  # fmt: skip
"""What the decompressors and archives raise when data are damaged."""


class BombError(OSError):
    """Compressed data that expand beyond all measure."""

    def __init__(self) -> None:
        super().__init__(f"expands to over {BOMB_RATIO} times its size: taken for a decompression bomb")


class CutError(EOFError):
    """A member of which its archive holds only the beginning."""

    def __init__(self) -> None:
        super().__init__("truncated: the archive holds only part of it")


def damage_of(error: Exception, compression: str) -> str:
    """What went wrong while reading, for the report."""
    if isinstance(error, lzma.LZMAError) and "usage limit" in str(error):
        return TOO_MUCH_MEMORY
    if isinstance(error, BombError | CutError | UnsupportedError):
        return str(error)
    if isinstance(error, EOFError):
        return "truncated: the compressed data end too early"
    return f"damaged {compression} data" if compression else f"read error: {reason_of(error)}"


def decompressed(file: BinaryIO | Peeked, compression: Compression) -> Callable[[int], bytes]:
    """What gives the next decompressed bytes, at most as many as asked for (zstd: a few more).

    It raises one of `UNREADABLE` for damaged data and for a decompression bomb.
    """
    read = unpacked(file, compression)
    return _bounded(read, file) if compression else read


BOMB_BYTES = 1 << 30
BOMB_RATIO = 200


class Expansion:
    """How much the text of an archive, or of a member of it, may grow from what is stored."""

    def __init__(self, stored: int) -> None:
        self._left = max(BOMB_BYTES, BOMB_RATIO * stored)

    def add(self, size: int) -> None:
        """Raises BombError for too much."""
        self._left -= size
        if self._left < 0:
            raise BombError


def copied(stored: BinaryIO, copy: BinaryIO, *expansions: Expansion) -> None:
    """Copy what can only be read from its end. Raises BombError where it expands too much."""
    while block := stored.read(BLOCK_BYTES):
        for expansion in expansions:
            expansion.add(len(block))
        copy.write(block)
    copy.seek(0)


def _bounded(read: Callable[[int], bytes], file: BinaryIO | Peeked) -> Callable[[int], bytes]:
    """Stops what expands to over `BOMB_BYTES` and more than `BOMB_RATIO` times what was read for it."""
    given = 0

    def bounded(size: int) -> bytes:
        nonlocal given
        part = read(size)
        given += len(part)
        if given > BOMB_BYTES and given > BOMB_RATIO * file.tell():
            raise BombError
        return part

    return bounded
