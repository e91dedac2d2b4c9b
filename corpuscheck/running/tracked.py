"""Tracked: whether git has a folder in the index of the repository around it, found without running git."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_LARGEST = 1 << 30
_HASHES = (20, 32)
"""Bytes of an object's name, in SHA-1 and in SHA-256."""


def is_tracked(folder: Path) -> bool:
    """Whether any file in the folder comes with its repository. An index that cannot be read may have one."""
    real = Path(os.path.realpath(folder))
    for above in real.parents:
        place = above / ".git"
        if place.is_dir() or place.is_file():
            name = real.relative_to(above).as_posix()
            return any(_has(index, name) for index in _indexes(_git_folder(place)))
    return False


def _git_folder(place: Path) -> Path:
    """Where .git is a file, of a worktree or a submodule, it names the folder."""
    if place.is_dir():
        return place
    with open(place, encoding="utf-8", errors="surrogateescape") as file:
        text = file.read(1 << 16)
    return place.parent / text.partition("gitdir:")[2].strip()


def _indexes(folder: Path) -> Iterator[bytes]:
    """The index, and what it shares with others where it is split."""
    for path in (folder / "index", *folder.glob("sharedindex.*")):
        if path.is_file() and path.stat().st_size < _LARGEST:
            yield path.read_bytes()


def _has(index: bytes, folder: str) -> bool:
    """Names are compared without regard to case, as some file systems do."""
    if index[:4] != b"DIRC" or len(index) < 12:
        return True
    version, wanted = int.from_bytes(index[4:8], "big"), os.fsencode(folder).lower()
    if version < 4 and wanted not in index.lower():  # names are whole in it
        return False
    for length in _HASHES:
        try:
            return any(
                name.lower() == wanted or name.lower().startswith(wanted + b"/")
                for name in _names(index, version, length)
            )
        except (IndexError, ValueError):
            continue
    return True


def _names(index: bytes, version: int, length: int) -> Iterator[bytes]:
    """The names of all entries. Raises ValueError or IndexError where they are not laid out like this."""
    if version not in (2, 3, 4):
        raise ValueError(version)
    at, name = 12, b""
    for _ in range(int.from_bytes(index[8:12], "big")):
        start, at = at, at + 40 + length
        flags = int.from_bytes(index[at : at + 2], "big")
        at += 4 if version > 2 and flags & 0x4000 else 2
        kept = 0
        if version == 4:
            dropped, at = _number(index, at)
            kept = len(name) - dropped
            if kept < 0:
                raise ValueError(kept)
        end = index.index(b"\0", at)
        name = name[:kept] + index[at:end]
        if flags & 0xFFF not in (min(len(name), 0xFFF), 0):
            raise ValueError(name)
        at = end + 1 if version == 4 else start + (end - start + 8) // 8 * 8
        yield name


def _number(index: bytes, at: int) -> tuple[int, int]:
    """A number of variable length, and where it ends."""
    byte = index[at]
    value = byte & 127
    while byte & 128:
        at += 1
        byte = index[at]
        value = (value + 1 << 7) | byte & 127
    return value, at + 1
