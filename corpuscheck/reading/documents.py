"""Split plain text into documents: the file, its lines, or its blocks between blank lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from corpuscheck.kernels.jit import Bytes, Ints
from corpuscheck.kernels.utf8 import last_boundary, line_spans, paragraph_spans
from corpuscheck.reading.batch import Batch, Part
from corpuscheck.settings import DocumentMode

LONGEST_RUN = 16 << 20
"""Text without white space for this many bytes is cut anywhere, so that memory stays bounded."""


def split_text(
    blocks: Iterable[bytes], mode: DocumentMode, offset: int = 0, part: Part | None = None
) -> Iterator[Batch]:
    """Batches of a plain text. `offset` and `part` tell where in which document the text begins."""
    if mode == "file":
        return _one_document(blocks, offset, part)
    return _many_documents(blocks, _SPLITTERS[mode])


def _one_document(blocks: Iterable[bytes], offset: int, part: Part | None) -> Iterator[Batch]:
    held = b""
    for block in blocks:
        if held:  # a block is handed on when the next one shows that the document goes on
            data = np.frombuffer(held, np.uint8)
            cut = last_boundary(data, offset)
            if not cut and len(held) >= LONGEST_RUN:
                cut = _character_start(data, len(data))
            if cut:
                yield _piece(data[:cut], offset, True, part)
                offset += cut
                held = held[cut:] + block
            else:
                held += block
        else:
            held = block
    if held:
        yield _piece(np.frombuffer(held, np.uint8), offset, False, part)


def _piece(data: Bytes, offset: int, unfinished: bool, part: Part | None) -> Batch:
    return Batch(data, np.zeros(1, np.int64), np.array([len(data)], np.int64), offset, unfinished, part)


def _character_start(data: Bytes, stop: int) -> int:
    while stop > 1 and data[stop - 1] & 0xC0 == 0x80:
        stop -= 1
    return stop - 1 if stop > 1 and data[stop - 1] >= 0xC0 else stop


def _lines(data: bytes) -> tuple[Ints, Ints]:
    array = np.frombuffer(data, np.uint8)
    rows = np.empty((data.count(b"\n") + 1, 3), np.int64)
    n = line_spans(array, np.zeros(1, np.int64), np.array([len(array)], np.int64), rows)
    return rows[:n, 0].copy(), rows[:n, 1].copy()


def _paragraphs(data: bytes) -> tuple[Ints, Ints]:
    rows = np.empty((data.count(b"\n") + 2, 2), np.int64)
    n = paragraph_spans(np.frombuffer(data, np.uint8), rows)
    return rows[:n, 0].copy(), rows[:n, 1].copy()


@dataclass(frozen=True)
class _Splitter:
    """How to find the documents of a text that ends between two of them, and where it does."""

    spans: Callable[[bytes], tuple[Ints, Ints]]
    end: re.Pattern[bytes]


_SPLITTERS: dict[DocumentMode, _Splitter] = {
    "line": _Splitter(_lines, re.compile(rb"\n")),
    "blank-line": _Splitter(_paragraphs, re.compile(rb"\n[ \t\r\f\v]*\n")),
}


def _last_end(data: bytes, end: re.Pattern[bytes]) -> int:
    """After the last document that surely ends in `data`; 0 where none does."""
    reach = 1 << 12
    while True:
        start = max(0, len(data) - reach)
        last = 0
        for match in end.finditer(data, start):
            last = match.end()
        if last or start == 0:
            return last
        reach *= 8


def _many_documents(blocks: Iterable[bytes], splitter: _Splitter) -> Iterator[Batch]:
    held = b""
    offset = 0  # of `held` in a document too long to be held whole
    for block in blocks:
        held += block
        if offset and (match := splitter.end.search(held)):
            yield _piece(np.frombuffer(held[: match.start()].rstrip(b"\r"), np.uint8), offset, False, None)
            held, offset = held[match.end() :], 0
        if not offset and (cut := _last_end(held, splitter.end)):
            yield from _split(held[:cut], splitter)
            held = held[cut:]
        if len(held) > LONGEST_RUN // 4:
            data = np.frombuffer(held, np.uint8)
            cut = last_boundary(data, offset) or (_character_start(data, len(data)) if len(held) > LONGEST_RUN else 0)
            if cut:
                yield _piece(data[:cut], offset, True, None)
                offset += cut
                held = held[cut:]
    if offset:
        yield _piece(np.frombuffer(held.rstrip(b"\r\n"), np.uint8), offset, False, None)
    else:
        yield from _split(held, splitter)


def _split(data: bytes, splitter: _Splitter) -> Iterator[Batch]:
    if data:
        starts, ends = splitter.spans(data)
        yield Batch(np.frombuffer(data, np.uint8), starts, ends)
