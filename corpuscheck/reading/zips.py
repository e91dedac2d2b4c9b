"""Zip: members by the central directory, with names in any encoding, and none that share their data."""

from __future__ import annotations

import os
import struct
import zipfile
from functools import partial
from typing import IO, BinaryIO, cast

from corpuscheck.reading.compressions import TOO_MUCH_MEMORY, XZ_MEMORY, UnsupportedError
from corpuscheck.reading.decoding import detect
from corpuscheck.reading.discover import EMPTY
from corpuscheck.reading.members import LINK, Member, Members, Numbered, member_of
from corpuscheck.reading.splits import SPLIT_ZIP

ENCRYPTED = "encrypted"
NAMELESS = "a member without a name"
OVERLAPPING = "shares its data with another member: taken for a decompression bomb"

_NAME_CODECS = ("utf-8", "cp949", "cp932", "gb18030", "cp950", "cp866")
"""What systems write names in; the standard says CP437 for all others."""

_UTF8_NAME = 0x800
_NO_UTF8_NAME = 0xFF ^ _UTF8_NAME >> 8  # in the second byte of the flags
_ENTRY = struct.Struct("<4s24xHHH12x")
_LOCAL_HEADER = 30
_LONGEST_END = 22 + 0xFFFF


def zip_members(file: BinaryIO) -> Members:
    """All members but folders. Raises one of `UNREADABLE` where the central directory cannot be read."""
    if _is_a_volume(file):
        yield Member("", 0, skip=SPLIT_ZIP)
        return
    honest = _Honest(file)
    with zipfile.ZipFile(cast(IO[bytes], honest)) as archive:
        honest.listing = False
        infos = [info for info in archive.infolist() if not info.filename.endswith("/")]
        numbered = Numbered()
        shared = _overlapping(infos)
        for info, name in zip(infos, _names(infos), strict=True):
            skip = OVERLAPPING if id(info) in shared else _why_not(info)
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


def _overlapping(infos: list[zipfile.ZipInfo]) -> set[int]:
    """Entries whose data begin inside the data of one before: a few bytes are made to count many times."""
    shared: set[int] = set()
    reached = -1
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < reached:
            shared.add(id(info))
        reached = max(reached, info.header_offset + _LOCAL_HEADER + info.compress_size)
    return shared


def _names(infos: list[zipfile.ZipInfo]) -> list[str]:
    """Names without the UTF-8 mark are bytes in the maker's own encoding, which all names together give away."""
    raw = [_raw_name(info) for info in infos]
    encoding = detect(b"\n".join(filter(None, raw))).encoding
    known = encoding if encoding in _NAME_CODECS else "cp437"
    return [
        info.filename if name is None else name.decode(known, "backslashreplace")
        for info, name in zip(infos, raw, strict=True)
    ]


def _raw_name(info: zipfile.ZipInfo) -> bytes | None:
    """The bytes of a name that is not known to be UTF-8."""
    try:
        return None if info.flag_bits & _UTF8_NAME else info.filename.encode("cp437")
    except UnicodeEncodeError:
        return None  # newer Pythons take the name from an extra field


class _Honest:
    """A zip file, its names no longer marked as UTF-8 where they are not: zipfile would refuse them, or all."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.listing = True
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        if self.listing and data.startswith(b"PK\x01\x02"):
            return _unmarked(data)
        if size == _LOCAL_HEADER and data.startswith(b"PK\x03\x04"):
            name = self._file.read(int.from_bytes(data[26:28], "little"))
            self._file.seek(-len(name), os.SEEK_CUR)
            return data if _is_utf8(name) else data[:7] + bytes([data[7] & _NO_UTF8_NAME]) + data[8:]
        return data


def _unmarked(data: bytes) -> bytes:
    directory = bytearray(data)
    at = 0
    while at + _ENTRY.size <= len(data):
        magic, *lengths = _ENTRY.unpack_from(data, at)
        if magic != b"PK\x01\x02":
            break
        if not _is_utf8(data[at + _ENTRY.size : at + _ENTRY.size + lengths[0]]):
            directory[at + 9] &= _NO_UTF8_NAME
        at += _ENTRY.size + sum(lengths)
    return bytes(directory)


def _is_utf8(name: bytes) -> bool:
    return name.decode("utf-8", "ignore").encode() == name
