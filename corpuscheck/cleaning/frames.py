"""Frames: lines compressed by work unit, which laid end to end in the order of their documents are a file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import zstandard

from corpuscheck.values.json_text import exact_bytes, exact_value

_FRAME_BYTES = 4 << 20
_LEVEL = 3
_AT_ONCE = 1 << 20


class Frame(NamedTuple):
    """A compressed frame: the number of the document that it begins with, where in the file of its unit it lies, and
    how many documents and bytes of lines it has."""

    first: int
    unit: str
    at: int
    size: int
    documents: int
    text_bytes: int
    lines_bytes: int


class FrameWriter:
    """Writes the lines of one work unit. A frame ends where documents of other units may come between, and when it has
    `most` bytes."""

    def __init__(self, folder: str, unit: str, ending: str, most: int) -> None:
        self._start, self._unit = os.path.join(folder, unit + ending), unit
        self._file = open(self._start, "wb")  # noqa: SIM115  # until the unit is done
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self._frames: list[Frame] = []
        self._most = min(most, _FRAME_BYTES)
        self._object: zstandard.ZstdCompressionObj | None = None
        self._first = self._at = self._documents = self._text = self._lines = 0

    def begin(self, number: int, apart: bool) -> None:
        """The lines of this document come next; `apart` where it does not follow the one before."""
        if apart or self._lines >= self._most:
            self._end()
        if self._object is None:
            self._first = number

    def write(self, line: bytes, text_bytes: int = 0, documents: int = 0) -> None:
        """A line, or a part of one."""
        if self._object is None:
            self._object = self._compressor.compressobj()
        self._file.write(self._object.compress(line))
        self._lines += len(line)
        self._text += text_bytes
        self._documents += documents

    def finish(self) -> None:
        self._end()
        self._file.close()
        Path(self._start + ".frames").write_bytes(exact_bytes([tuple(frame) for frame in self._frames]))

    def close(self) -> None:
        """Whatever happened."""
        self._file.close()

    def _end(self) -> None:
        if self._object is None:
            return
        self._file.write(self._object.flush())
        end = self._file.tell()
        self._frames.append(
            Frame(self._first, self._unit, self._at, end - self._at, self._documents, self._text, self._lines)
        )
        self._object, self._at = None, end
        self._documents = self._text = self._lines = 0


@dataclass(frozen=True)
class Frames:
    """All frames with one ending, in the order of their documents."""

    folder: str
    ending: str
    frames: Sequence[Frame]

    @classmethod
    def of(cls, folder: str, units: Iterable[str], ending: str) -> Frames:
        found: list[Frame] = []
        for unit in units:
            known = exact_value(Path(folder, f"{unit}{ending}.frames").read_bytes())
            found += (Frame(*row) for row in known)
        return cls(folder, ending, sorted(found))

    def chunks(self, frame: Frame) -> Iterator[bytes]:
        """The compressed bytes of a frame."""
        with open(os.path.join(self.folder, frame.unit + self.ending), "rb") as file:
            file.seek(frame.at)
            left = frame.size
            while left and (chunk := file.read(min(left, _AT_ONCE))):
                left -= len(chunk)
                yield chunk

    def lines(self, frame: Frame) -> Iterator[bytes]:
        """The lines of a frame."""
        decompressor, held = zstandard.ZstdDecompressor().decompressobj(), b""
        for chunk in self.chunks(frame):
            *whole, held = (held + decompressor.decompress(chunk)).split(b"\n")
            yield from whole
