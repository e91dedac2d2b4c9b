"""JSON: one array of records, one record, or records one after the other, streamed by ijson."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import ijson
import numpy as np

from corpuscheck.kernels.utf8 import json_depth
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.records import LARGEST_RECORD, RecordReport, TextField, batched

_DEEPEST = 200


def read_json(blocks: Iterable[bytes], fields: Sequence[str], report: RecordReport) -> Iterator[Batch]:
    """A document for each record; what stands before a syntax error is read, the error is counted."""
    stream = _Pieces(blocks)
    take = TextField(fields, report)

    def texts() -> Iterator[bytes | None]:
        prefix = "item" if stream.first_byte() == b"[" else ""
        values: Iterator[Any] = ijson.items(stream, prefix, multiple_values=not prefix, use_float=True)
        try:
            for value in values:
                stream.since_value = 0
                yield take(value)
        except (ijson.JSONError, UnicodeError, RecursionError, _TooLargeError):
            report.add_bad(stream.given)
            for _ in stream.blocks:  # to the end, so that the bytes are decoded and accounted for
                pass

    return batched(texts())


class _TooLargeError(Exception):
    pass


class _Pieces:
    """A file object over blocks. It ends where the nesting would exhaust the parser's memory."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self.blocks = iter(blocks)
        self.given = 0
        self.since_value = 0
        self._held = b""
        self._state = np.zeros(3, np.int64)

    def first_byte(self) -> bytes:
        while not self._held.strip():
            block = next(self.blocks, None)
            if block is None:
                return b""
            self._held += block
        return self._held.lstrip()[:1]

    def read(self, size: int) -> bytes:
        if size == 0:
            return b""  # ijson asks for the type
        if not self._held:
            self._held = next(self.blocks, b"")
        piece, self._held = self._held[:size], self._held[size:]
        if json_depth(np.frombuffer(piece, np.uint8), self._state, _DEEPEST) < len(piece):
            raise _TooLargeError
        self.given += len(piece)
        self.since_value += len(piece)
        if self.since_value > LARGEST_RECORD:
            raise _TooLargeError
        return piece
