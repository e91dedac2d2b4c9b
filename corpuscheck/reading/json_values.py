"""JSON: arrays of records, nested corpora, or records one after the other, streamed by ijson."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import ijson
import numpy as np

from corpuscheck.kernels.utf8 import json_depth
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.paths import TextPath, best_path, quoted, unquoted, weight
from corpuscheck.reading.records import LARGEST_RECORD, RecordReport, TextField, batched

_DEEPEST = 200
_LOOK_BYTES = 4 << 20


def read_json(blocks: Iterable[bytes], fields: Sequence[str], report: RecordReport) -> Iterator[Batch]:
    """A document for each item of the array that holds the text, or for each record.

    What stands before a syntax error is read, the error is counted.
    """
    stream = _Pieces(blocks)
    array = stream.first_byte() == b"["
    names = list(fields) or _found_path(stream)
    names = [unquoted(name) for name in names]
    inside = [f"[].{name}" if array and "[]" in name and not name.startswith("[]") else name for name in names]
    streamed = next((path.stream for path in map(TextPath, inside) if path.stream), "")
    prefix = streamed or ("item" if array else "")
    take = TextField(inside, report, item=bool(streamed))
    report.text_field = ", ".join(name.removeprefix("[].") for name in names)

    def texts() -> Iterator[tuple[int, bytes | None]]:
        values: Iterator[Any] = ijson.items(stream, prefix, multiple_values=not prefix, use_float=True)
        seen = False
        try:
            for value in values:
                seen = True
                stream.since_value = 0
                yield 0, take(value)
        except (ijson.JSONError, UnicodeError, RecursionError, _TooLargeError):
            report.add_bad(stream.given)
            for _ in stream.blocks:  # to the end, so that the bytes are decoded and accounted for
                pass
        if not seen and not report.bad:
            report.missing += 1

    return batched(texts())


def _found_path(stream: _Pieces) -> list[str]:
    """The path with most text in the first megabytes, a preferred name first."""
    lengths: dict[str, int] = {}
    names: list[str] = []
    try:
        for kind, value in ijson.basic_parse(_Head(stream.look(_LOOK_BYTES)), multiple_values=True, use_float=True):
            if kind == "start_array":
                names.append("[]")
            elif kind == "start_map":
                names.append("")
            elif kind == "map_key":
                names[-1] = quoted(value)
            elif kind in ("end_array", "end_map"):
                names.pop()
            elif kind == "string":
                path = ".".join(filter(None, names)).replace(".[]", "[]")
                lengths[path] = lengths.get(path, 0) + weight(value)
    except (ijson.JSONError, UnicodeError, _TooLargeError, IndexError):
        pass
    path = best_path(lengths)
    if path.startswith("[].") and "[]" not in path[3:]:
        path = path[3:]  # a key of the array's records
    return [path] if path else []


class _TooLargeError(Exception):
    pass


class _Head:
    """The first bytes of a stream as a file object; they end where the nesting gets too deep."""

    def __init__(self, data: bytes) -> None:
        end = json_depth(np.frombuffer(data, np.uint8), np.zeros(3, np.int64), _DEEPEST)
        self._data = data[:end]

    def read(self, size: int) -> bytes:
        piece, self._data = self._data[:size], self._data[size:]
        return piece


class _Pieces:
    """A file object over blocks. It ends where the nesting would exhaust the parser's memory."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self.blocks = iter(blocks)
        self.given = 0
        self.since_value = 0
        self._held = b""
        self._too_deep = False
        self._state = np.zeros(3, np.int64)

    def look(self, size: int) -> bytes:
        """At least `size` bytes from the beginning, if there are as many, without taking them."""
        while len(self._held) < size and (block := next(self.blocks, None)) is not None:
            self._held += block
        return self._held[:size]

    def first_byte(self) -> bytes:
        while not self._held.strip() and (block := next(self.blocks, None)) is not None:
            self._held += block
        return self._held.lstrip()[:1]

    def read(self, size: int) -> bytes:
        if size == 0:
            return b""  # ijson asks for the type
        if not self._held:
            self._held = next(self.blocks, b"")
        piece, self._held = self._held[:size], self._held[size:]
        if self._too_deep:
            raise _TooLargeError
        end = json_depth(np.frombuffer(piece, np.uint8), self._state, _DEEPEST)
        self._too_deep = end < len(piece)
        piece = piece[:end]
        self.given += len(piece)
        self.since_value += len(piece)
        if self.since_value > LARGEST_RECORD:
            raise _TooLargeError
        return piece
