"""Archives: the members of zip and tar files, one after the other, never written to disk by their names."""

from __future__ import annotations

import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import IO, BinaryIO, Self, cast

from corpuscheck.reading.decoding import detect
from corpuscheck.reading.discover import EMPTY, HIDDEN, Source, filtered
from corpuscheck.reading.formats import Kind, kind_of
from corpuscheck.reading.opening import (
    BOMB_BYTES,
    BOMB_RATIO,
    UNREADABLE,
    BombError,
    damage_of,
    decompressed,
    open_regular,
)
from corpuscheck.settings import Reading

ENCRYPTED = "encrypted"
LINK = "link in an archive"
TOO_DEEP = "archive in an archive in an archive"

_NAME_CODECS = ("utf-8", "cp949", "cp932", "gb18030", "cp950", "cp866")
"""What systems write names in; the standard says CP437 for all others."""

_IN_MEMORY = 16 << 20
_LARGEST_NESTED = 4 << 30


def _nothing_to_open() -> BinaryIO:
    raise OSError("not readable")


@dataclass(frozen=True)
class Member:
    """One file of an archive: its name there, its size as stored, and how to open it or why not."""

    name: str
    size: int
    kind: Kind = field(default_factory=Kind)
    skip: str = ""
    opened: Callable[[], BinaryIO] = _nothing_to_open


def members_of(source: Source, settings: Reading, progress: Callable[[int], None]) -> Iterator[Member]:
    """The members, in the order in which they are stored. Each has to be used before the next is asked for.

    What ends the archive early is a last member with the reason; nothing is raised.
    """
    told = 0
    try:
        with open_regular(source.path) as file:
            for member in _members(file, source.kind, 0):
                if not member.name or not filtered(member.name, settings):
                    yield member
                here = min(file.tell(), source.size)
                progress(max(0, here - told))
                told = max(told, here)
    except (*UNREADABLE, BombError) as error:
        yield Member("", 0, skip=damage_of(error, source.kind.archive))
    progress(max(0, source.size - told))


def _members(file: BinaryIO, kind: Kind, depth: int) -> Iterator[Member]:
    listed = _zip_members(file) if kind.archive == "zip" else _tar_members(file, kind)
    empty = True
    for member in listed:
        empty = False
        if member.skip or not member.kind.archive:
            yield member
        elif depth:
            yield Member(member.name, member.size, skip=TOO_DEEP)
        else:
            yield from _nested(member)
    if empty:
        yield Member("", 0, skip=EMPTY)


def _nested(member: Member) -> Iterator[Member]:
    """The members of an archive inside an archive. A zip has to be read from its end, so it is copied first."""
    try:
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as copy, member.opened() as stored:
            _copy(stored, cast(IO[bytes], copy))
            copy.seek(0)
            for inner in _members(cast(BinaryIO, copy), member.kind, 1):
                yield Member(f"{member.name}!/{inner.name}", inner.size, inner.kind, inner.skip, inner.opened)
    except (*UNREADABLE, BombError) as error:
        yield Member(member.name, member.size, skip=damage_of(error, member.kind.archive))


def _copy(stored: BinaryIO, copy: IO[bytes]) -> None:
    size = 0
    while block := stored.read(1 << 20):
        size += len(block)
        if size > _LARGEST_NESTED:
            raise BombError("an archive of over 4 GiB inside an archive")
        copy.write(block)


def _member(name: str, size: int, opened: Callable[[], BinaryIO], skip: str = "") -> Member:
    base = name.replace("\\", "/").rpartition("/")[2]
    kind = kind_of(base)
    if not skip:
        skip = HIDDEN if base.startswith(".") or name.startswith("__MACOSX/") else kind.skip
    return Member(name, size, kind, skip, opened)


def _zip_members(file: BinaryIO) -> Iterator[Member]:
    with zipfile.ZipFile(file) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        names = _zip_names(infos)
        for info, name in zip(infos, _numbered(names), strict=True):
            skip = ""
            if info.flag_bits & 0x1:
                skip = ENCRYPTED
            elif info.file_size == 0:
                skip = EMPTY
            elif info.external_attr >> 28 == 0xA:
                skip = LINK
            elif info.file_size > max(BOMB_BYTES, BOMB_RATIO * info.compress_size):
                skip = f"expands to over {BOMB_RATIO} times its size: taken for a decompression bomb"
            yield _member(name, info.compress_size, partial(_open_zip_member, archive, info), skip)


def _open_zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BinaryIO:
    return cast(BinaryIO, archive.open(info))


def _zip_names(infos: list[zipfile.ZipInfo]) -> list[str]:
    """Names without the UTF-8 mark are bytes in the maker's own encoding, which all names together give away."""
    raw = [info.filename.encode("cp437") for info in infos if not info.flag_bits & 0x800]
    encoding = detect(b"\n".join(raw)).encoding
    known = encoding if encoding in _NAME_CODECS else "cp437"
    return [
        info.filename if info.flag_bits & 0x800 else info.filename.encode("cp437").decode(known, "backslashreplace")
        for info in infos
    ]


def _numbered(names: list[str]) -> Iterator[str]:
    """Duplicate names told apart: the second `a.txt` becomes `a.txt#2`."""
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name}#{seen[name]}"


class _Forward:
    """A file object that only reads forward, as tarfile's stream mode wants it."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._left = b""

    def read(self, size: int) -> bytes:
        while len(self._left) < size and (part := self._read(size)):
            self._left += part
        piece, self._left = self._left[:size], self._left[size:]
        return piece


class _Header(tarfile.TarInfo):
    """A header that is an error where it is damaged; tarfile takes it for the end of the archive."""

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(tarfile_)
        except tarfile.HeaderError as error:
            if type(error).__name__ in ("InvalidHeaderError", "TruncatedHeaderError"):
                raise tarfile.ReadError(str(error)) from None
            raise


def _tar_members(file: BinaryIO, kind: Kind) -> Iterator[Member]:
    stream = _Forward(decompressed(file, kind.compression))
    seen: dict[str, int] = {}
    with tarfile.open(fileobj=cast(IO[bytes], stream), mode="r|", encoding="utf-8", tarinfo=_Header) as archive:
        for info in archive:
            vars(archive)["members"] = []  # tarfile keeps every member it has seen
            if info.isdir():
                continue
            seen[info.name] = seen.get(info.name, 0) + 1
            name = info.name if seen[info.name] == 1 else f"{info.name}#{seen[info.name]}"
            skip = "" if info.isreg() else LINK if info.issym() or info.islnk() else "not a regular file"
            if not skip and info.size == 0:
                skip = EMPTY
            yield _member(name, info.size, partial(_open_tar_member, archive, info), skip)


def _open_tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo) -> BinaryIO:
    opened = archive.extractfile(info)
    if opened is None:
        raise OSError("not a regular file")
    return cast(BinaryIO, opened)
