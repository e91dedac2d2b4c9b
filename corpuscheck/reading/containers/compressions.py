"""Compressions: how the bytes of a file are packed, by their first ones, and what gives them unpacked."""

from __future__ import annotations

import bz2
import lzma
import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import BinaryIO, Protocol

from corpuscheck.reading.kinds import Compression

HEAD_BYTES = 512
"""As much of a file as tells how it is packed."""

LARGEST_WINDOW = 1 << 31
"""The most memory that one zstd frame may need, which is as much as the format allows for on 64 bits."""

_USUAL_WINDOW = 1 << 27
_INPUT = 1 << 16
_GZIP_INPUT = 1 << 14  # what is left of it is copied whenever something comes out
_ZSTD_INPUT = 4096  # a small input bounds what a hostile frame can expand to at once

Read = Callable[[int], bytes]


class UnsupportedError(OSError):
    """Compressed data that are intact and still not read, with the reason."""


def compression_of(head: bytes, named: Compression) -> Compression:
    """The compression by the first bytes; the name decides where they are neither packed nor text."""
    found = _by_magic(head)
    if found or not named or not head or head[257:262] == b"ustar":
        return found
    return "" if _is_text(head) else named


_MAGIC = (b"\x1f\x8b\x08", b"BZh91AY&SY", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")


def _by_magic(head: bytes) -> Compression:
    if head.startswith(b"\x1f\x8b\x08"):
        return "gzip"
    if head.startswith(b"BZh") and head[3:4].isdigit() and head[4:10] in (b"1AY&SY", b"\x17rE8P\x90"):
        return "bzip2"
    if head.startswith(b"\xfd7zXZ\x00"):
        return "xz"
    skippable = head[1:4] == b"\x2a\x4d\x18" and 0x50 <= head[0] <= 0x5F
    return "zstd" if head.startswith(b"\x28\xb5\x2f\xfd") or skippable else ""


def _is_text(head: bytes) -> bool:
    """Whether it can be text in UTF-8: browsers unpack what they save, and pages of errors take the place of data."""
    if any(magic.startswith(head) for magic in _MAGIC):  # cut short at once
        return False
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data":
            return False
        text = head[: error.start].decode("utf-8")
    return bool(text) and not any(ch < " " and ch not in "\t\n\r\f" for ch in text)


class Peeked:
    """A file of which the first bytes were read already, as a file object that only reads forward."""

    def __init__(self, head: bytes, file: BinaryIO) -> None:
        self._head = head
        self._file = file
        self.tell = file.tell

    def read(self, size: int = -1) -> bytes:
        if not self._head:
            return self._file.read(size)
        if size < 0:
            piece, self._head = self._head + self._file.read(), b""
        else:
            piece, self._head = self._head[:size], self._head[size:]
        return piece


XZ_MEMORY = 320 << 20  # four times what the highest level of xz asks for
TOO_MUCH_MEMORY = f"needs over {XZ_MEMORY >> 20} MiB of memory to decompress"


def unpacked(file: BinaryIO | Peeked, compression: Compression) -> Read:
    """What gives the next bytes, at most as many as asked for (zstd: a few more). Raises what the libraries raise."""
    if compression == "gzip":
        return _members(file.read, _Gzip, _GZIP_INPUT)
    if compression == "bzip2":
        return _members(file.read, bz2.BZ2Decompressor)
    if compression == "xz":
        return _members(file.read, partial(lzma.LZMADecompressor, memlimit=XZ_MEMORY))
    if compression == "zstd":
        return _zstd(file.read)
    return file.read


class _Decompressor(Protocol):
    """One stream, as the decompressors of bz2 and lzma have it."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def needs_input(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Gzip:
    """One member, its checks too. Python's own reader takes the names in headers and the zeros behind byte by byte."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        self._fault: zlib.error | None = None
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        if self._fault is not None:
            raise self._fault
        data = self._inner.unconsumed_tail + data
        before = self._inner.copy()
        try:
            part = self._inner.decompress(data, max_length)
        except zlib.error as error:
            self._fault = error
            part = _up_to_fault(before, data)
        self.needs_input = len(part) < max_length and not self._inner.unconsumed_tail and self._fault is None
        return part


def _up_to_fault(inner: zlib._Decompress, data: bytes) -> bytes:
    """What comes out before the byte that shows the damage, which may be the last one of a member."""
    parts: list[bytes] = []
    with suppress(zlib.error):
        for k in range(len(data)):
            parts.append(inner.decompress(data[k : k + 1]))
    return b"".join(parts)


def _members(source: Read, decompressor: Callable[[], _Decompressor], at_once: int = _INPUT) -> Read:
    """All streams of a file, also behind padding, where Python's own readers stop and say nothing."""
    current = decompressor()
    pending, begun = b"", False

    def read(size: int) -> bytes:
        nonlocal current, pending, begun
        while True:
            if current.eof:
                pending = current.unused_data.lstrip(b"\0")
                while not pending and (chunk := source(at_once)):
                    pending = chunk.lstrip(b"\0")
                if not pending:
                    return b""
                current = decompressor()
            elif current.needs_input and not pending:
                pending = source(at_once)
                if not pending and not begun:
                    return b""
                if not pending:
                    raise EOFError
            begun = True
            part, pending = current.decompress(pending, size), b""
            if part:
                return part

    return read


def _zstd(source: Read) -> Read:
    """All frames of a file; unlike the library's own stream, it knows when the last one is cut short."""
    import zstandard

    decompressor = zstandard.ZstdDecompressor(max_window_size=_most_memory())
    frame = decompressor.decompressobj()
    pending, inside = b"", False

    def read(_: int) -> bytes:
        nonlocal frame, pending, inside
        while chunk := pending or source(_ZSTD_INPUT):
            try:
                part = frame.decompress(chunk)
            except zstandard.ZstdError as error:
                raise _explained(str(error), chunk) from None
            pending, inside = frame.unused_data, not frame.eof
            if frame.eof:
                frame = decompressor.decompressobj()
            if part:
                return part
        if inside:
            raise EOFError
        return b""

    return read


def _most_memory() -> int:
    """For one frame: half of what the machine has, so that a window of the usual 128 MB is always read."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        memory = LARGEST_WINDOW
    return min(LARGEST_WINDOW, max(_USUAL_WINDOW, memory // 2))


def _explained(error: str, frame: bytes) -> OSError:
    import zstandard

    if "too much memory" in error or "not enough memory" in error:
        try:
            needed = f"{zstandard.get_frame_parameters(frame).window_size >> 20:,} MiB"
        except zstandard.ZstdError:
            needed = "so much memory"
        most = f"{_most_memory() >> 20:,} MiB"
        return UnsupportedError(
            f"its zstd window needs {needed}, at most {most} are used here: compress it again with 'zstd --long=27'"
        )
    if "ictionary" in error:
        return UnsupportedError("needs the zstd dictionary it was compressed with: decompress it first")
    return OSError(error)
