"""Tar: members one after the other; of a damaged archive whatever can be read."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Callable
from typing import IO, Any, BinaryIO, Self, cast

from corpuscheck.reading.containers.compressions import HEAD_BYTES, Peeked, compression_of
from corpuscheck.reading.containers.members import LINK, Member, Members, Numbered, member_of
from corpuscheck.reading.discover import EMPTY
from corpuscheck.reading.kinds import Compression
from corpuscheck.reading.opening import UNREADABLE, CutError, decompressed

DAMAGED = "damaged tar data"

_BLOCK = tarfile.BLOCKSIZE
_LARGEST_NAME = 1 << 20


def tar_members(file: BinaryIO, compression: Compression, forward: bool) -> Members:
    """All members but folders, from a file that may only be read `forward`.

    Raises one of `UNREADABLE` for an end too early that no member can tell of.
    """
    head = file.read(HEAD_BYTES)
    if not forward:
        file.seek(0)
    compression = compression_of(head, compression)
    stream = _Forward(decompressed(Peeked(head, file) if forward else file, compression))
    forward = forward or bool(compression)
    numbered = Numbered()
    content: _Content | None = None
    try:
        with tarfile.open(fileobj=cast(IO[bytes], stream), mode="r|", encoding="utf-8", tarinfo=_Header) as archive:
            while info := _next(archive):
                if info.after_damage:
                    yield Member("", 0, skip=DAMAGED)
                if info.isdir():
                    continue
                there = info.size if forward or info.issparse() else _there(file, info)
                if there < info.size:
                    archive.offset = info.offset_data + _in_blocks(there)
                content = _Content(archive, stream, info, there)
                yield member_of(numbered(info.name), info.size, content.opened, _why_not(info))
    except tarfile.ReadError as error:
        if not (content and content.cut):
            raise stream.error or error from None


def _why_not(info: tarfile.TarInfo) -> str:
    if info.isreg():
        return "" if info.size else EMPTY
    return LINK if info.issym() or info.islnk() else "not a regular file"


class _Header(tarfile.TarInfo):
    """A header; the next one behind a damaged one, which tarfile takes for the end of the archive."""

    after_damage = False

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Self:
        damaged = False
        while True:
            try:
                header = super().fromtarfile(archive)
            except tarfile.HeaderError as error:
                kind = type(error).__name__
                damaged |= kind == "InvalidHeaderError"
                if kind == "TruncatedHeaderError" or (damaged and kind == "EmptyHeaderError"):
                    raise tarfile.ReadError(str(error)) from None
                if not damaged or kind == "SubsequentHeaderError":
                    raise
            else:
                header.after_damage = damaged
                return header

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        header = super().frombuf(buf, encoding, errors)
        named = header.isreg() or header.type in (tarfile.DIRTYPE, tarfile.LNKTYPE, tarfile.SYMTYPE)
        if header.size < 0 or (not named and header.size > _LARGEST_NAME):
            raise tarfile.HeaderError("a size that cannot be")
        return header


def _next(archive: tarfile.TarFile) -> _Header | None:
    """The next header. Raises ReadError where the archive ends before it."""
    stream = cast(IO[bytes], archive.fileobj)
    vars(archive)["members"] = []  # tarfile keeps every member it has seen
    first = vars(archive)["firstmember"] is not None
    while not first and (left := archive.offset - stream.tell()) > 0:  # tarfile would count to the end of any size
        if not stream.read(min(left, 1 << 20)):
            raise tarfile.ReadError("unexpected end of data")
    return cast("_Header | None", archive.next())


def _there(file: BinaryIO, info: tarfile.TarInfo) -> int:
    """How much of a member is there: less than its header says where another header or the end comes too early."""
    here = file.tell()
    try:
        end = file.seek(0, os.SEEK_END)
        start = info.offset_data
        after = start + _in_blocks(info.size)
        if after == end or (after < end and _is_header(_block_at(file, after))):
            return info.size
        at, last = start, b""
        while len(block := _block_at(file, at)) == _BLOCK and (not any(block) or not _is_header(block)):
            at, last = at + _BLOCK, block
        padding = len(last) - len(last.rstrip(b"\0")) if len(block) == _BLOCK and any(last) else 0
        return min(info.size, at - start - padding if len(block) == _BLOCK else end - start)
    finally:
        file.seek(here)


def _in_blocks(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK


def _block_at(file: BinaryIO, offset: int) -> bytes:
    file.seek(offset)
    return file.read(_BLOCK)


def _is_header(block: bytes) -> bool:
    """Whether a member may begin here, or the archive end."""
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return len(block) == _BLOCK and not any(block)
    return True


class _Forward:
    """A file object that only reads forward, as tarfile's stream mode wants it. An `error` is its end."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._left = b""  # from `_at` on: what a frame gives at once may be large, and is taken block by block
        self._at = 0
        self.error: Exception | None = None

    def read(self, size: int) -> bytes:
        parts = [self._left[self._at : self._at + size]]
        self._at += len(parts[0])
        wanted = size - len(parts[0])
        try:
            while wanted > 0 and not self.error and (part := self._read(wanted)):
                self._left, self._at = part, min(wanted, len(part))
                parts.append(part[:wanted])
                wanted -= self._at
        except UNREADABLE as error:
            self.error = error
        return b"".join(parts)


class _Content(io.RawIOBase):
    """The bytes of a member that are `there`. tarfile's own file object would drop the last ones before a cut."""

    def __init__(self, archive: tarfile.TarFile, stream: _Forward, info: tarfile.TarInfo, there: int) -> None:
        self._archive, self._stream, self._info, self._there = archive, stream, info, there
        self._given = 0
        self.cut = False

    def opened(self) -> BinaryIO:
        if self._info.issparse():
            return cast(BinaryIO, self._archive.extractfile(self._info))
        return cast(BinaryIO, self)

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._given

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self._there - self._given)
        data = cast(IO[bytes], self._archive.fileobj).read(wanted) if wanted else b""
        buffer[: len(data)] = data
        self._given += len(data)
        if not data and self._given < self._info.size:
            self.cut = True
            raise self._stream.error or CutError
        return len(data)
