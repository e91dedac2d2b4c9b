"""Zip: members by the central directory, with names in any encoding, and none that share their data.

The directory is shown to `zipfile` in portions, so that millions of members take little memory.
"""

from __future__ import annotations

import os
import struct
import zipfile
from array import array
from collections.abc import Iterator
from functools import partial
from typing import IO, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from corpuscheck.reading.containers.compressions import TOO_MUCH_MEMORY, XZ_MEMORY, UnsupportedError
from corpuscheck.reading.containers.members import LINK, Member, Members, Numbered, member_of
from corpuscheck.reading.containers.splits import SPLIT_ZIP
from corpuscheck.reading.discover import EMPTY
from corpuscheck.reading.encodings.decoding import detect

ENCRYPTED = "encrypted"
NAMELESS = "a member without a name"
OVERLAPPING = "shares its data with another member: taken for a decompression bomb"

_NAME_CODECS = ("utf-8", "cp949", "cp932", "gb18030", "cp950", "cp866")
"""What systems write names in; the standard says CP437 for all others."""

_UTF8_NAME = 0x800
_NO_UTF8_NAME = 0xFF ^ _UTF8_NAME >> 8  # in the second byte of the flags
_ENTRY = struct.Struct("<4s24xHHH12x")
_END = struct.Struct("<4s4H2IH")
_END_64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR = struct.Struct("<4sIQI")
_LARGEST_32 = 0xFFFFFFFF
_LOCAL_HEADER = 30
_LONGEST_END = _END.size + 0xFFFF
_FARTHEST = 1 << 62

_PORTION = 1 << 20
"""Bytes of the directory that are looked at together; an entry has at most a fifth of it."""

_FEW_NAMES, _MOST_NAMES = 1 << 16, 1 << 20


def zip_members(file: BinaryIO) -> Members:
    """All members but folders. Raises one of `UNREADABLE` where the central directory cannot be read."""
    if _is_a_volume(file):
        yield Member("", 0, skip=SPLIT_ZIP)
        return
    directory = _Directory(file)
    listing = _Listing()
    for portion in directory.portions():
        with _archive(file, directory, portion) as archive:
            for info in _files(archive):
                listing.add(info)
    shared, encoding = listing.overlapping(), listing.encoding()
    numbered = Numbered()
    number = 0
    for portion in directory.portions():
        with _archive(file, directory, portion) as archive:
            for info in _files(archive):
                name = _name(info, encoding)
                skip = OVERLAPPING if shared[number] else _why_not(info)
                number += 1
                opened = partial(_opened, archive, info, file)
                yield member_of(numbered(name or "(no name)"), info.compress_size, opened, skip if name else NAMELESS)


def _is_a_volume(file: BinaryIO) -> bool:
    """Whether this is one of several volumes: the last one has the directory, and most members lie in others."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LONGEST_END))
    tail = file.read(_LONGEST_END)
    at = tail.rfind(b"PK\x05\x06")
    number, first = struct.unpack_from("<HH", tail, at + 4) if 0 <= at <= len(tail) - 22 else (0, 0)
    file.seek(0)
    head = file.read(4)
    file.seek(0)
    return 0 < number < 0xFFFF or 0 < first < 0xFFFF or (at < 0 and head == b"PK\x07\x08")


def _why_not(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & 0x1:
        return ENCRYPTED
    if info.file_size == 0:
        return EMPTY
    return LINK if info.external_attr >> 28 == 0xA else ""


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo, file: BinaryIO) -> BinaryIO:
    """The data of a member. Raises UnsupportedError where they would take more memory, which zipfile does not bound."""
    member = archive.open(info)
    if info.compress_type == zipfile.ZIP_LZMA and _lzma_dictionary(file, info) > XZ_MEMORY:
        member.close()
        raise UnsupportedError(TOO_MUCH_MEMORY)
    return cast(BinaryIO, member)


def _lzma_dictionary(file: BinaryIO, info: zipfile.ZipInfo) -> int:
    """The bytes of the dictionary that LZMA data ask for, which stand behind their version and properties."""
    file.seek(info.header_offset)
    lengths = struct.unpack_from("<HH", file.read(_LOCAL_HEADER), 26)
    file.seek(sum(lengths), os.SEEK_CUR)
    return int.from_bytes(file.read(9)[5:9], "little")


class _Directory:
    """Where the central directory lies: `start` and `size`, and what it says of its place. Raises BadZipFile."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        length = file.seek(0, os.SEEK_END)
        file.seek(max(0, length - _LONGEST_END - _LOCATOR.size - _END_64.size))
        tail = file.read()
        at = len(tail) - _END.size
        if not (tail[at:].startswith(b"PK\x05\x06") and tail.endswith(b"\0\0")):
            at = tail.rfind(b"PK\x05\x06", max(0, len(tail) - _LONGEST_END))
        if at < 0 or len(tail) - at < _END.size:
            raise zipfile.BadZipFile("File is not a zip file")
        *_, self.size, self.said, _ = _END.unpack_from(tail, at)
        before = at - _LOCATOR.size - _END_64.size
        if before >= 0 and tail.startswith(b"PK\x06\x07", at - _LOCATOR.size):
            _, disk, _, disks = _LOCATOR.unpack_from(tail, at - _LOCATOR.size)
            if disk or disks > 1:
                raise zipfile.BadZipFile("zipfiles that span multiple disks are not supported")
            if tail.startswith(b"PK\x06\x06", before):
                *_, self.size, self.said = _END_64.unpack_from(tail, before)
                at = before
        self.start = length - len(tail) + at - self.size
        if self.start < 0:
            raise zipfile.BadZipFile("Bad offset for central directory")

    def portions(self) -> Iterator[bytes]:
        """Whole entries, at most `_PORTION` bytes at a time, their names marked as UTF-8 only where they are."""
        at, left = self.start, self.size
        while left:
            self._file.seek(at)
            block = self._file.read(min(left, _PORTION))
            if not block:
                raise zipfile.BadZipFile("Truncated central directory")
            portion, whole = _unmarked(block)
            if not whole or len(block) == left:  # what is left over is an error that zipfile tells
                whole = len(block)
            yield portion[:whole]
            at, left = at + whole, left - whole


class _Listing:
    """What all members together decide: whose data lie in those of others, and what the names are written in."""

    def __init__(self) -> None:
        self._starts, self._ends = array("q"), array("q")
        self._names = bytearray()

    def add(self, info: zipfile.ZipInfo) -> None:
        start = max(-_FARTHEST, min(info.header_offset, _FARTHEST))
        self._starts.append(start)
        self._ends.append(min(start + _LOCAL_HEADER + info.compress_size, _FARTHEST))
        name = _raw_name(info)
        if name and len(self._names) < (_FEW_NAMES if name.isascii() else _MOST_NAMES):
            self._names += (b"\n" if self._names else b"") + name

    def overlapping(self) -> NDArray[np.bool_]:
        """Entries whose data begin inside the data of one before: a few bytes are made to count many times."""
        starts, ends = np.array(self._starts, np.int64), np.array(self._ends, np.int64)
        order = np.argsort(starts, kind="stable")
        reached = np.maximum.accumulate(np.concatenate([np.array([-1], np.int64), ends[order]]))[:-1]
        shared = np.zeros(len(order), np.bool_)
        shared[order] = starts[order] < reached
        return shared

    def encoding(self) -> str:
        """Names without the UTF-8 mark are bytes in the maker's own encoding, which all names together give away."""
        encoding = detect(bytes(self._names)).encoding
        return encoding if encoding in _NAME_CODECS else "cp437"


def _archive(file: BinaryIO, directory: _Directory, portion: bytes) -> zipfile.ZipFile:
    """The zip file as if it had no more entries than these."""
    shown = _Shown(file, directory.start, portion + _end_of(directory, len(portion)))
    archive = zipfile.ZipFile(cast(IO[bytes], shown))
    shown.listing = False
    return archive


def _end_of(directory: _Directory, size: int) -> bytes:
    """The end of a zip file with a directory of that size."""
    if directory.said < _LARGEST_32:
        return _END.pack(b"PK\x05\x06", 0, 0, 0, 0, size, directory.said, 0)
    record = _END_64.pack(b"PK\x06\x06", _END_64.size - 12, 45, 45, 0, 0, 0, 0, size, directory.said)
    locator = _LOCATOR.pack(b"PK\x06\x07", 0, directory.start + size, 1)
    return record + locator + _END.pack(b"PK\x05\x06", 0, 0, 0, 0, _LARGEST_32, _LARGEST_32, 0)


def _files(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    return (info for info in archive.infolist() if not info.filename.endswith("/"))


def _name(info: zipfile.ZipInfo, encoding: str) -> str:
    raw = _raw_name(info)
    return info.filename if raw is None else raw.decode(encoding, "backslashreplace")


def _raw_name(info: zipfile.ZipInfo) -> bytes | None:
    """The bytes of a name that is not known to be UTF-8."""
    try:
        return None if info.flag_bits & _UTF8_NAME else info.filename.encode("cp437")
    except UnicodeEncodeError:
        return None  # newer Pythons take the name from an extra field


class _Shown:
    """A zip file, first with other bytes from `start` on, then as it is.

    Names are no longer marked as UTF-8 where they are not: zipfile would refuse them, or all.
    """

    def __init__(self, file: BinaryIO, start: int, instead: bytes) -> None:
        self._file, self._start, self._instead = file, start, instead
        self._at = 0
        self.listing = True
        self.seekable = file.seekable

    def tell(self) -> int:
        return self._at if self.listing else self._file.tell()

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if not self.listing:
            return self._file.seek(offset, whence)
        at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._start + len(self._instead)}[whence]
        if at < 0:
            raise OSError("before the beginning")
        self._at = at
        return at

    def read(self, size: int = -1) -> bytes:
        if self.listing:
            return self._listed(size)
        data = self._file.read(size)
        if size == _LOCAL_HEADER and data.startswith(b"PK\x03\x04"):
            name = self._file.read(int.from_bytes(data[26:28], "little"))
            self._file.seek(-len(name), os.SEEK_CUR)
            return data if _is_utf8(name) else data[:7] + bytes([data[7] & _NO_UTF8_NAME]) + data[8:]
        return data

    def _listed(self, size: int) -> bytes:
        end = self._start + len(self._instead)
        stop = end if size < 0 else min(end, self._at + size)
        data = b""
        if self._at < min(stop, self._start):
            self._file.seek(self._at)
            data = self._file.read(min(stop, self._start) - self._at)
        data += self._instead[max(0, self._at + len(data) - self._start) : max(0, stop - self._start)]
        self._at += len(data)
        return data


def _unmarked(data: bytes) -> tuple[bytes, int]:
    """Entries of a directory, and where the last whole one ends."""
    directory = bytearray(data)
    at = 0
    while at + _ENTRY.size <= len(data):
        magic, *lengths = _ENTRY.unpack_from(data, at)
        behind = at + _ENTRY.size + sum(lengths)
        if magic != b"PK\x01\x02":
            break
        if not _is_utf8(data[at + _ENTRY.size : at + _ENTRY.size + lengths[0]]):
            directory[at + 9] &= _NO_UTF8_NAME
        if behind > len(data):
            break
        at = behind
    return bytes(directory), at


def _is_utf8(name: bytes) -> bool:
    return name.decode("utf-8", "ignore").encode() == name
