"""Cut a large plain-text file into ranges of whole documents, or of one document at places that depend on it alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import BinaryIO

import numpy as np

from corpuscheck.files.remote import Location, at_once, read_at
from corpuscheck.kernels.hashing import HEAD, hash_bytes
from corpuscheck.kernels.utf8 import WINDOW, first_boundary
from corpuscheck.reading.batch import SharedDocument
from corpuscheck.reading.containers.compressions import compression_of
from corpuscheck.reading.discover import Source
from corpuscheck.reading.encodings.decoding import UTF8_BOM
from corpuscheck.reading.files import LEAST_RANGE, Piece
from corpuscheck.reading.formats import columnar
from corpuscheck.reading.formats.warcs import MAGIC
from corpuscheck.reading.kinds import Kind
from corpuscheck.reading.layouts import HEAD_BYTES, Layout, layout_of
from corpuscheck.reading.lines import BLANK_LINE, LINE_END
from corpuscheck.reading.opening import open_found
from corpuscheck.settings import Reading
from corpuscheck.text.printable import printable

_PROBE_BYTES = 1 << 16

ReadAt = Callable[[int, int], bytes]
"""Gives so many bytes from a place on."""


def pieces_of(source: Source, settings: Reading, size: int) -> list[Piece]:
    """The source whole, or cut into ranges of about `size` bytes where that changes no figure."""
    kind = source.kind
    if kind.format == "parquet" and source.size >= 2 * size and columnar.available():
        return _row_group_pieces(source, size)
    plain = kind.format == "text" and not kind.compression and not kind.archive
    plain = plain and settings.encoding in (None, "utf-8") and not settings.skip_front_matter
    if source.size < 2 * size or not plain:
        return [Piece(source)]
    try:
        with open_found(source) as file:
            read = partial(_read_far, source.location) if source.location else partial(_read_at, file)
            if not _looks_utf8(read, source):
                return [Piece(source)]
            layout = _layout(read, kind, settings)
            if layout.format != "text" or layout.front_matter or layout.not_data:
                return [Piece(source)]
            return _ranges(read, source, layout, settings, size)
    except OSError:
        return [Piece(source)]


def _layout(read: ReadAt, kind: Kind, settings: Reading) -> Layout:
    head = read(0, HEAD_BYTES + len(UTF8_BOM))
    if compression_of(head, "") or head.startswith(MAGIC):
        return Layout("warc")
    return layout_of(head.removeprefix(UTF8_BOM)[:HEAD_BYTES], False, kind, settings)


def _row_group_pieces(source: Source, size: int) -> list[Piece]:
    """Neighbouring row groups of about `size` bytes together; bytes between them count with the one before."""
    try:
        with open_found(source) as file:
            sizes = columnar.row_groups(file)
    except (OSError, ValueError):
        return [Piece(source)]
    pieces: list[Piece] = []
    start = reached = 0
    groups: list[int] = []
    for number, length in enumerate(sizes):
        groups.append(number)
        reached += length
        last = number == len(sizes) - 1
        if last or reached - start >= size:
            stop = source.size if last else reached
            pieces.append(Piece(source, start, stop, groups=tuple(groups)))
            start, groups = stop, []
    return pieces or [Piece(source)]


def _looks_utf8(read: ReadAt, source: Source) -> bool:
    """A look at the head, the tail and between. What it misses is met, and reported, while reading."""
    starts = [(source.size - _PROBE_BYTES) * k // 8 for k in range(9)]
    for data in at_once(lambda start: read(start, _PROBE_BYTES), starts, source.root is not None):
        astray = len(data.decode("utf-8", "ignore").encode()) - len(data)
        if b"\x00" in data or astray < -6:  # a character may be cut at each end
            return False
    return True


def _read_at(file: BinaryIO, position: int, length: int) -> bytes:
    file.seek(position)
    return file.read(length)


def _read_far(place: Location, position: int, length: int) -> bytes:
    return read_at(place, position, position + length)


def _ranges(read: ReadAt, source: Source, layout: Layout, settings: Reading, size: int) -> list[Piece]:
    document = layout.document(settings.document)
    head = read(0, HEAD + len(UTF8_BOM))
    mark = len(UTF8_BOM) if head.startswith(UTF8_BOM) else 0
    one = document == "file"
    head = head[mark : mark + HEAD]
    shared = (
        SharedDocument(printable(source.path, 1 << 16), int(hash_bytes(np.frombuffer(head, np.uint8), 0, len(head))))
        if one
        else None
    )
    find = partial(_window_boundary, mark) if one else _END_FINDERS[document]
    cuts = [0]
    places = range(size, source.size - size // 2, size)
    found = at_once(lambda wanted: _boundary_after(read, wanted, find), places, source.root is not None)
    for wanted, cut in zip(places, found, strict=True):
        if wanted > cuts[-1] + LEAST_RANGE and cut is not None:
            cuts.append(cut)
    cuts.append(source.size)
    return [
        Piece(source, start, stop, max(0, start - mark) if one else 0, shared, layout=layout)
        for start, stop in pairwise(cuts)
        if stop > start
    ]


def _window_boundary(mark: int, data: bytes, position: int) -> int | None:
    cut = first_boundary(np.frombuffer(data, np.uint8), position - mark)
    return cut if cut > 0 else None


def _pattern_end(pattern: re.Pattern[bytes], data: bytes, _: int) -> int | None:
    match = pattern.search(data)
    return match.end() if match else None


_END_FINDERS: dict[str, Callable[[bytes, int], int | None]] = {
    "line": partial(_pattern_end, LINE_END),
    "blank-line": partial(_pattern_end, BLANK_LINE),
    "wikiextractor": partial(_pattern_end, re.compile(rb"</doc>[ \t]*\r?\n?")),
}


def _boundary_after(read: ReadAt, position: int, find: Callable[[bytes, int], int | None]) -> int | None:
    """The first cut after `position`; None where the next megabytes have none."""
    reach = 16 * WINDOW
    while reach <= 1 << 23:
        data = read(position, reach)
        cut = find(data, position)
        if cut is not None:
            return position + cut
        if len(data) < reach:
            return None
        reach *= 8
    return None
