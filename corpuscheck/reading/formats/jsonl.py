"""JSON Lines: one record a line; a line that is not JSON is counted and the rest is read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from corpuscheck.reading.batch import Batch
from corpuscheck.reading.formats.paths import TextPath
from corpuscheck.reading.formats.records import LARGEST_RECORD, RecordReport, TextField, batched


def read_jsonl(blocks: Iterable[bytes], fields: Sequence[str], report: RecordReport) -> Iterator[Batch]:
    """A document for each line that holds a record with text."""
    corpus = next((path for path in map(TextPath, fields) if path.corpus), None)
    take = TextField(fields, report, item=corpus is not None)

    def records() -> Iterator[tuple[int, Any, int]]:
        for number, offset, line in _lines(blocks, report):
            try:
                record = _parsed(line)
            except ValueError:
                report.add_bad(offset, number, len(line))
            else:
                for item in corpus.items_of(record) if corpus else (record,):
                    yield number, item, len(line)

    return batched(take.texts(records()), report.source)


_BEGINNINGS = frozenset(bytes((byte,)) for byte in b'{["-0123456789tfnNI\x1e')


def _parsed(line: bytes) -> Any:
    """JSON, also with lone surrogates, NaN and raw control characters, which orjson refuses. Raises ValueError.

    Also between the record separator of RFC 7464 and a comma, as in the lines of an array that was cut apart.
    """
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        # how deep json can go depends on the version of Python
        if line.lstrip()[:1] not in _BEGINNINGS or str(error).startswith("depth limit exceeded"):
            raise
        try:
            return json.loads(line.strip().removeprefix(b"\x1e").removesuffix(b","), strict=False)
        except RecursionError:
            raise ValueError("nested too deep") from None


def _lines(blocks: Iterable[bytes], report: RecordReport) -> Iterator[tuple[int, int, bytes]]:
    """Lines that are not blank, each with its number and offset; one that is too large is counted and dropped."""
    held: list[bytes] = []
    size = 0
    offset = 0
    number = 0
    for block in blocks:
        *ended, rest = block.split(b"\n")
        if ended and size:
            held.append(ended[0])
            size += len(ended[0])
            if size > LARGEST_RECORD:
                report.add_bad(offset, number + 1, size)
                ended[0] = b""
                offset += size
            else:
                ended[0] = b"".join(held)
            held, size = [], 0
        for line in ended:
            number += 1
            if line and not line.isspace():
                yield number, offset, line
            offset += len(line) + 1
        size += len(rest)
        held = [*held, rest] if size <= LARGEST_RECORD else []
    if size > LARGEST_RECORD:
        report.add_bad(offset, number + 1, size)
    elif line := b"".join(held).strip():
        yield number + 1, offset, line
