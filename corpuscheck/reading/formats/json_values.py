"""JSON: arrays of records, nested corpora, tables, or records one after the other, streamed by ijson."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import ijson
import numpy as np
from ijson.common import ObjectBuilder

from corpuscheck.kernels.utf8 import json_depth, json_numbers, json_strings, no_depth
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.formats.json_layouts import JsonLayout, json_layout_of
from corpuscheck.reading.formats.paths import DEEPEST
from corpuscheck.reading.formats.prose import MOST_FIELDS, is_prose
from corpuscheck.reading.formats.records import LARGEST_RECORD, RecordReport, TextField, batched

_LOOK_BYTES = 4 << 20
_MOST_DIGITS = 18  # as many as fit the parser's integers
_LONGEST_WAIT = 1 << 16
_MOST_PATHS = 1 << 32  # bytes: the parser writes down the whole path of each key, which is much where keys are long
_PATHS_EACH_BYTE = 256
_LARGEST_TABLE = 1 << 28
_SAMPLE_CELLS = 100


def read_json(blocks: Iterable[bytes], fields: Sequence[str], report: RecordReport) -> Iterator[Batch]:
    """A document for each item of the array that holds the text, for each record, row, or value of an object.

    What stands before a syntax error is read, the error is counted.
    """
    stream = _Pieces(blocks)
    array = stream.first_byte() == b"["
    layout = json_layout_of(_head(stream), array, fields)
    take = TextField(layout.paths, report, layout.item, layout.found)
    report.text_field = layout.shown
    records = _values(stream, layout, report)
    yield from batched(take.texts((0, value, size) for value, size in records), report.source)
    report.repaired += stream.halves
    report.bad += stream.cut_values
    report.lost_bytes += stream.cut_bytes
    if stream.first_cut is not None:
        report.first_bad = min(stream.first_cut, stream.first_cut if report.first_bad is None else report.first_bad)


def _values(stream: _Pieces, layout: JsonLayout, report: RecordReport) -> Iterator[tuple[Any, int]]:
    """The records, each with about as many bytes as it took."""
    number = 0
    try:
        for value in _records(stream, layout, report):
            number += 1
            size, stream.since_value = stream.since_value, 0
            yield value, size
    except (ijson.JSONError, UnicodeError, RecursionError, _TooLargeError):
        report.add_bad(stream.given, lost=stream.since_value)
        report.damage = f"record {number + 1} is no JSON, too deep or too large: the rest was not read"
        for block in stream.blocks:  # to the end, so that the bytes are decoded and accounted for
            report.lost_bytes += len(block)
    if not number and not report.bad:
        report.add_missing()


def _records(stream: _Pieces, layout: JsonLayout, report: RecordReport) -> Iterator[Any]:
    if layout.kind == "values":
        return (value for _, value in ijson.kvitems(stream, "", multiple_values=True, use_float=True))
    if layout.kind == "columns":
        return _by_columns(stream, layout, report)
    if layout.kind == "arrays":
        return (value for _, _, value in _inner(stream) if layout.paths == () or isinstance(value, dict))
    items: Iterator[Any] = ijson.items(stream, layout.prefix, multiple_values=True, use_float=True)
    if layout.kind == "rows":
        return (dict(zip(layout.names, row, strict=False)) if isinstance(row, list) else row for row in items)
    return items


def _by_columns(stream: _Pieces, layout: JsonLayout, report: RecordReport) -> Iterator[dict[str, Any]]:
    """Records of a table that comes column by column. Those of several columns are put together in memory."""
    wanted = {name: path for path in layout.paths for name in layout.names if _begins(path, name)}
    rows: dict[str, dict[str, Any]] = {}
    characters: dict[str, int] = {}
    samples: dict[str, list[str]] = {}
    held = 0
    for name, row, value in _inner(stream):
        if name not in wanted and name not in layout.paths:
            stream.since_value = 0
            if isinstance(value, str) and (name in samples or len(samples) < MOST_FIELDS):
                characters[name] = characters.get(name, 0) + len(value)
                some = samples.setdefault(name, [])
                some += [value] if len(some) < _SAMPLE_CELLS else []
        elif len(layout.paths) == 1:
            yield {name: value}
        else:
            held += stream.since_value
            stream.since_value = 0
            if held > _LARGEST_TABLE:
                raise _TooLargeError
            rows.setdefault(row, {})[name] = value
    yield from rows.values()
    report.add_fields((*layout.names, *samples))
    if layout.found:
        report.left_out.update({name: n for name, n in characters.items() if is_prose(samples[name])})


def _begins(path: str, name: str) -> bool:
    return path == name or path.startswith((f"{name}.", f"{name}["))


def _inner(stream: _Pieces) -> Iterator[tuple[str, str, Any]]:
    """The values inside the values of an object, each with the key of both; without one inside an array."""
    outer = key = ""
    depth = 0
    builder: ObjectBuilder | None = None
    for event, value in ijson.basic_parse(stream, multiple_values=True, use_float=True):
        closing = event in ("end_map", "end_array")
        depth -= closing
        if builder is not None:
            builder.event(event, value)
            if depth == 2 and closing:
                yield outer, key, builder.value
                builder = None
        elif event == "map_key":
            outer, key = (value, "") if depth == 1 else (outer, value)
        elif event in ("start_map", "start_array"):
            if depth == 2:
                builder = ObjectBuilder()
                builder.event(event, value)
        elif depth == 2 and not closing:
            yield outer, key, value
        depth += event in ("start_map", "start_array")


def _head(stream: _Pieces) -> list[Any]:
    """The values in the first megabytes; of the last one what there is of it."""
    values: list[Any] = []
    builder, depth, begun = ObjectBuilder(), 0, False
    try:
        for event, value in ijson.basic_parse(_Head(stream.look(_LOOK_BYTES)), multiple_values=True, use_float=True):
            builder.event(event, value)
            begun = True
            depth += event.startswith("start_")
            depth -= event.startswith("end_")
            if depth == 0:
                values.append(builder.value)
                builder, begun = ObjectBuilder(), False
    except (ijson.JSONError, UnicodeError, _TooLargeError):
        pass
    return [*values, builder.value] if begun else values


class _TooLargeError(Exception):
    pass


class _Head:
    """The first bytes of a stream as a file object, without what nests too deep."""

    def __init__(self, data: bytes) -> None:
        array = np.frombuffer(data, np.uint8).copy()
        json_depth(array, no_depth(DEEPEST), DEEPEST)
        json_strings(array, np.zeros(3, np.int64), True)
        json_numbers(array, np.zeros(5, np.int64), _MOST_DIGITS)
        self._data = array.tobytes()

    def read(self, size: int) -> bytes:
        piece, self._data = self._data[:size], self._data[size:]
        return piece


class _Pieces:
    """A file object over blocks, mended on the way: values that nest too deep are cut out.

    It ends where the names of keys would exhaust the parser's memory. `first_cut` is where the first value was cut.
    """

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self.blocks = iter(blocks)
        self.given = 0
        self.since_value = 0
        self._held = b""
        self._ready = b""
        self._place = 0
        self._too_long = False
        self._mended_bytes = 0
        self.first_cut: int | None = None
        self._depth = no_depth(DEEPEST)
        self._strings = np.zeros(3, np.int64)
        self._numbers = np.zeros(5, np.int64)

    @property
    def halves(self) -> int:
        """Strings in which there were halves of surrogate pairs."""
        return int(self._strings[2])

    @property
    def cut_values(self) -> int:
        return int(self._depth[6])

    @property
    def cut_bytes(self) -> int:
        return int(self._depth[7])

    def look(self, size: int) -> bytes:
        """At least `size` bytes from the beginning, if there are as many, without taking them."""
        parts = [self._held]
        length = len(self._held)
        while length < size and (block := next(self.blocks, None)) is not None:
            parts.append(block)
            length += len(block)
        self._held = b"".join(parts)
        return self._held[:size]

    def first_byte(self) -> bytes:
        while not self._held.strip() and (block := next(self.blocks, None)) is not None:
            self._held += block
        return self._held.lstrip()[:1]

    def read(self, size: int) -> bytes:
        if size == 0:
            return b""  # ijson asks for the type
        if self._place >= len(self._ready):
            self._ready, self._place = self._mended(), 0
        piece = self._ready[self._place : self._place + size]
        self._place += len(piece)
        if self._too_long and not piece:
            raise _TooLargeError
        self.given += len(piece)
        self.since_value += len(piece)
        if self.since_value > LARGEST_RECORD:
            raise _TooLargeError
        return piece

    def _mended(self) -> bytes:
        """The next bytes, of which none waits for what follows."""
        settled = 0
        array = np.zeros(0, np.uint8)
        while not settled and not self._too_long:
            block = next(self.blocks, b"") if len(self._held) < _LONGEST_WAIT else b""
            array = np.frombuffer(self._held + block, np.uint8).copy()
            settled = json_strings(array, self._strings, not block or len(array) > _LONGEST_WAIT)
            self._held = array[settled:].tobytes()
            if not len(array):
                break
        array = array[:settled]
        cut = json_depth(array, self._depth, DEEPEST)
        if cut < len(array) and self.first_cut is None:
            self.first_cut = self._mended_bytes + cut
        self._too_long = self._depth[5] > _MOST_PATHS + _PATHS_EACH_BYTE * self.given
        if self._too_long:
            return b""
        self._mended_bytes += len(array)
        json_numbers(array, self._numbers, _MOST_DIGITS)
        return array.tobytes()
