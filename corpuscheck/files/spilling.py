"""Spilling: what is too much for memory waits on disk, in files of a folder that is gone at the end."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import zstandard

from corpuscheck.errors import CorpuscheckError
from corpuscheck.text.printable import printable

_BLOCK = 1 << 20


@contextmanager
def spill_folder(beside: str) -> Iterator[str]:
    """A new folder in the one that `beside` lies in, which is taken away with all that is in it at the end.

    Raises CorpuscheckError.
    """
    home = Path(beside).absolute().parent
    try:
        home.mkdir(parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(prefix=".corpuscheck-", dir=home, ignore_cleanup_errors=True)
    except OSError as error:
        raise CorpuscheckError(f"{printable(beside)}: cannot be written ({error.strerror})") from None
    with folder as name:
        yield name


class Spill:
    """A file of a folder, written piece by piece; there is none where nothing is added."""

    def __init__(self, folder: str) -> None:
        self._folder, self._name = folder, ""
        self._waiting: list[bytes] = []
        self._size = 0
        self._packing = zstandard.ZstdCompressor(level=1).compressobj()

    def add(self, data: bytes) -> None:
        """Write some more. Raises CorpuscheckError."""
        self._waiting.append(data)
        self._size += len(data)
        if self._size >= _BLOCK:
            self._write(self._packing.compress(self._taken()))

    def finish(self) -> str:
        """The name of the file; empty where there is none. Raises CorpuscheckError."""
        if self._size or self._name:
            self._write(self._packing.compress(self._taken()) + self._packing.flush())
        return self._name

    def _taken(self) -> bytes:
        data = b"".join(self._waiting)
        self._waiting, self._size = [], 0
        return data

    def _write(self, data: bytes) -> None:
        self._name = self._name or secrets.token_hex(12)
        append(self._folder, self._name, data)


def append(folder: str, name: str, data: bytes) -> None:
    """Write at the end of a file of such a folder. Raises CorpuscheckError."""
    with fitting(folder), open(os.path.join(folder, name), "ab") as file:
        file.write(data)


@contextmanager
def fitting(folder: str) -> Iterator[None]:
    """Raises CorpuscheckError where what is written to such a folder does not fit."""
    try:
        yield
    except OSError as error:
        raise CorpuscheckError(
            f"{printable(folder)}: what waits there to be written does not fit ({error.strerror})"
        ) from None


def spilled_blocks(folder: str, name: str) -> Iterator[bytes]:
    """What a file holds that was written so."""
    with open(os.path.join(folder, name), "rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as stream:
        while block := stream.read(_BLOCK):
            yield block


def spilled_lines(folder: str, name: str) -> Iterator[bytes]:
    """Its lines, each with its end."""
    held = b""
    for block in spilled_blocks(folder, name):
        *lines, held = (held + block).split(b"\n")
        for line in lines:
            yield line + b"\n"
