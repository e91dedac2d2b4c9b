"""JSON: arrays of records, nested corpora, or records one after the other, streamed by ijson."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import ijson
import numpy as np

from corpuscheck.arrays import Ints
from corpuscheck.kernels.utf8 import json_depth, json_numbers
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.paths import TextPath, best_path, quoted, unquoted, weight
from corpuscheck.reading.records import LARGEST_RECORD, RecordReport, TextField, batched

_DEEPEST = 200
_LOOK_BYTES = 4 << 20
_MOST_DIGITS = 18  # as many as fit the parser's integers
_EACH = "*."  # each value of an object whose keys are the names of its records


def read_json(blocks: Iterable[bytes], fields: Sequence[str], report: RecordReport) -> Iterator[Batch]:
    """A document for each item of the array that holds the text, for each record, or for each value of an object.

    What stands before a syntax error is read, the error is counted.
    """
    stream = _Pieces(blocks)
    array = stream.first_byte() == b"["
    names = [unquoted(name) for name in list(fields) or _found_path(stream)]
    shown = ", ".join(name.removeprefix("[].") for name in names)
    by_key = any(name.startswith(_EACH) for name in names)
    corpora = array and any(TextPath(name).corpus for name in names)
    if by_key:
        names = [name.removeprefix(_EACH) for name in names]
    elif array and not corpora:
        names = [f"[].{name}" if "[]" in name and not name.startswith("[]") else name for name in names]
    streamed = "" if by_key else next((path.stream for path in map(TextPath, names) if path.stream), "")
    prefix = f"item.{streamed}" if corpora else streamed or ("item" if array else "")
    take = TextField(names, report, item=bool(streamed))
    report.text_field = shown
    return batched((0, take(value)) for value in _values(stream, prefix, by_key, report))


def _values(stream: _Pieces, prefix: str, by_key: bool, report: RecordReport) -> Iterator[Any]:
    """The values at `prefix`, of an object's keys where they are the records."""
    found = ijson.kvitems if by_key else ijson.items
    number = 0
    try:
        for value in found(stream, prefix, multiple_values=True, use_float=True):
            number += 1
            stream.since_value = 0
            yield value[1] if by_key else value
    except (ijson.JSONError, UnicodeError, RecursionError, _TooLargeError):
        report.add_bad(stream.given)
        report.damage = f"record {number + 1} is no JSON, too deep or too large: the rest was not read"
        for _ in stream.blocks:  # to the end, so that the bytes are decoded and accounted for
            pass
    if not number and not report.bad:
        report.missing += 1


def _found_path(stream: _Pieces) -> list[str]:
    """The path with most text in the first megabytes, a preferred name first."""
    lengths: dict[str, int] = {}
    keys: dict[str, set[str]] = {}  # those of the outermost object, by the path inside
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
                path = _path(names)
                lengths[path] = lengths.get(path, 0) + weight(value)
                if len(names) > 1 and names[0] != "[]":
                    keys.setdefault(_path(names[1:]), set()).add(names[0])
    except (ijson.JSONError, UnicodeError, _TooLargeError, IndexError):
        pass
    path = best_path(lengths)
    for inside, heads in keys.items():
        inside = inside.removesuffix("[]")
        if len(heads) > 1 and any(path == _path([head, inside]) for head in heads):
            return [_EACH + inside]
    if path.startswith("[].") and "[]" not in path[3:]:
        path = path[3:]  # a key of the array's records
    return [path] if path else []


def _path(names: list[str]) -> str:
    return ".".join(filter(None, names)).replace(".[]", "[]")


class _TooLargeError(Exception):
    pass


def _with_numbers(data: bytes, state: Ints) -> bytes:
    """With numbers in place of those that the parser refuses: none of them is text."""
    array = np.frombuffer(data, np.uint8).copy()
    json_numbers(array, state, _MOST_DIGITS)
    return array.tobytes()


class _Head:
    """The first bytes of a stream as a file object; they end where the nesting gets too deep."""

    def __init__(self, data: bytes) -> None:
        end = json_depth(np.frombuffer(data, np.uint8), np.zeros(3, np.int64), _DEEPEST)
        self._data = _with_numbers(data[:end], np.zeros(4, np.int64))

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
        self._numbers = np.zeros(4, np.int64)

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
        piece = _with_numbers(piece[:end], self._numbers)
        self.given += len(piece)
        self.since_value += len(piece)
        if self.since_value > LARGEST_RECORD:
            raise _TooLargeError
        return piece
