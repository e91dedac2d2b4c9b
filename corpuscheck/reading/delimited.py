"""CSV and TSV: delimiter and header found, quoted fields over several lines, quotes in TSV taken as data."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Self

from corpuscheck.reading.batch import Batch
from corpuscheck.reading.members import Numbered
from corpuscheck.reading.paths import PREFERRED, weight
from corpuscheck.reading.records import RecordReport, TextField, batched

if TYPE_CHECKING:
    from _csv import Reader

LARGEST_ROW = 16 << 20
"""A row of more bytes than this is counted as bad; the csv module takes eight times as many to hold it."""

_SAMPLE_ROWS = 50


def read_csv(blocks: Iterable[bytes], fields: Sequence[str], report: RecordReport) -> Iterator[Batch]:
    """Separated by `,` `;` `|` or tab, whichever the first line has most; quotes as in RFC 4180."""
    lines = _Lines(blocks, quotes=True)
    first = lines.first()
    return _documents(csv.reader(lines, delimiter=max(",;\t|", key=first.count)), lines, fields, report)


def read_tsv(blocks: Iterable[bytes], fields: Sequence[str], report: RecordReport) -> Iterator[Batch]:
    """Separated by tabs; a quote is a character like any other."""
    lines = _Lines(blocks, quotes=False)
    return _documents(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), lines, fields, report)


class _TooLargeError(Exception):
    pass


class _Lines:
    """Lines with their ends, as the csv module wants them. It gets no row of more than `LARGEST_ROW` bytes."""

    def __init__(self, blocks: Iterable[bytes], quotes: bool) -> None:
        self._lines = _lines(blocks)
        self._quotes = quotes
        self.number = 0
        self.new_row()

    def new_row(self) -> None:
        """What comes next is a row of its own."""
        self._size = 0
        self._inside = False  # a quoted field

    def first(self) -> str:
        """The first line, which is not taken."""
        first = next(self._lines, None)
        if first is None:
            return ""
        self._lines = chain([first], self._lines)
        return first[0].decode()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._taken()
        if self._size > LARGEST_ROW:
            raise _TooLargeError
        return line.decode()

    def _taken(self) -> bytes:
        line, size, quotes = next(self._lines)
        self.number += 1
        self._size += size
        self._inside ^= self._quotes and quotes % 2 == 1
        return line

    def skip_row(self) -> bool:
        """Go on to where the quoted field ends; False where it never does."""
        try:
            while self._inside:
                self._taken()
        except StopIteration:
            return False
        return True


def _lines(blocks: Iterable[bytes]) -> Iterator[tuple[bytes, int, int]]:
    """Lines, with their lengths and numbers of quotes. Only LF ends one, or CR where there is no LF.

    One of over `LARGEST_ROW` bytes comes empty.
    """
    held: list[bytes] = []
    size = quotes = 0
    end = b""
    for block in blocks:
        end = end or (b"\r" if b"\r" in block[:-1] and b"\n" not in block else b"\n")
        *ended, rest = block.split(end)
        for line in ended:
            if size:
                size, quotes = size + len(line), quotes + line.count(b'"')
                whole = b"".join([*held, line, end]) if size <= LARGEST_ROW else b""
                yield whole, size + 1, quotes
                held, size, quotes = [], 0, 0
            else:
                yield line + end, len(line) + 1, line.count(b'"')
        size, quotes = size + len(rest), quotes + rest.count(b'"')
        held = [*held, rest] if size <= LARGEST_ROW else []
    if size:
        yield b"".join(held), size, quotes


def _documents(reader: Reader, lines: _Lines, fields: Sequence[str], report: RecordReport) -> Iterator[Batch]:
    csv.field_size_limit(LARGEST_ROW)
    rows = _rows(reader, lines, report)
    sample = list(islice(rows, _SAMPLE_ROWS))
    if not sample:
        return iter(())
    first = sample[0][1]
    if _is_header(first, [row for _, row in sample[1:]]):
        numbered = Numbered()
        header = [numbered(name.strip()) for name in first]
        del sample[0]
    else:
        header = [str(k + 1) for k in range(len(first))]
    wanted = fields or _text_columns(header, [row for _, row in sample])
    take = TextField(_with_namesakes(wanted, header), report)
    return batched((line, take(dict(zip(header, row, strict=False)))) for line, row in chain(sample, rows))


def _rows(reader: Reader, lines: _Lines, report: RecordReport) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty, each with the line on which it starts."""
    while True:
        line = lines.number + 1
        lines.new_row()
        try:
            row = next(reader)
        except StopIteration:
            return
        except _TooLargeError:
            report.add_bad(line, line)
            if not lines.skip_row():
                report.damage = f"a quoted field in line {line} has no end: the rest was not read"
        except csv.Error:
            report.add_bad(line, line)
        else:
            if row:
                yield line, row


def _is_header(row: list[str], others: list[list[str]]) -> bool:
    """Short, distinct and none a number: names rather than a first record."""
    names = [cell.strip() for cell in row]
    known = any(name.lower() in PREFERRED for name in names)
    if len(names) == 1 and not known and others:  # a column of text, of which a first line is one
        prose = sum(" " in other[0] for other in others)
        return " " not in names[0] and prose > len(others) // 2 and len(names[0]) <= 40
    distinct = known or len(set(names)) == len(names)
    return distinct and all(name and len(name) <= 40 and not _is_number(name) for name in names)


def _with_namesakes(names: Sequence[str], header: list[str]) -> list[str]:
    """Columns of one name are read together."""
    return [each for name in names for each in (name, *(h for h in header if h.startswith(f"{name}#")))]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


_NUMBERED = re.compile(r"[ _-]?(\d+|[ab])$", re.IGNORECASE)


def _text_columns(header: list[str], sample: list[list[str]]) -> list[str]:
    """A column with a preferred name, else the heaviest, with those numbered like it (sentence1, sentence2)."""
    lowered = {name.lower(): name for name in header}
    found = next((lowered[name] for name in PREFERRED if name in lowered), "")
    if not found:
        weights = {name: sum(weight(row[k]) for row in sample if k < len(row)) for k, name in enumerate(header)}
        found = max(weights, key=lambda name: weights[name])
    stem = _NUMBERED.sub("", found)
    return [name for name in header if name == found or (stem and stem != found and _NUMBERED.sub("", name) == stem)]
