"""Rows of a delimited file: what a dialect makes of its lines, and where a row that does not fit ends."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple, Self

LARGEST_ROW = 16 << 20
"""A row of more bytes than this is counted as bad; the csv module takes eight times as many to hold it."""

MOST_DELIMITERS = 1 << 19
"""A row with more delimiters, also in its text, is counted as bad: each cell takes many times its bytes."""

_MOST_LINES = 1 << 19

NULL = "\\N"
"""How databases write a cell that holds nothing."""

MARKS = frozenset((b'"', b"\\"))
"""What makes a dialect need to be known."""

_LOOKED_AT = 200
_MANY_BLANK = 1000
_BLANK = re.compile(rb"\n((?:\r?\n)++)")
_NULL = re.compile(r"(?<![^,;|\t])\\N(?![^,;|\t\r\n])")


@dataclass(frozen=True)
class Dialect:
    """How a file writes its cells. Quotes inside a quoted cell are doubled, or stand after a backslash with `escapes`.

    Without a delimiter each row is one cell. `padded` tells of spaces after delimiters.
    """

    delimiter: str
    quotes: bool = True
    escapes: bool = False
    padded: bool = False

    def reader(self, lines: Iterable[str], strict: bool) -> Iterator[list[str]]:
        return csv.reader(
            lines,
            delimiter=self.delimiter or "\0",
            quoting=csv.QUOTE_MINIMAL if self.quotes else csv.QUOTE_NONE,
            escapechar="\\" if self.escapes else None,
            skipinitialspace=self.padded,
            strict=strict,
        )

    def split(self, text: str) -> list[str]:
        """The cells of a row in which quotes are characters like any other; none where there are too many."""
        text = text.removesuffix("\n").removesuffix("\r")
        if not text.strip("\r\n") or self.is_too_wide(text):
            return []
        return text.split(self.delimiter) if self.delimiter else [text]

    def is_too_wide(self, text: str) -> bool:
        """Whether a row would take too much memory as cells."""
        return len(text) > MOST_DELIMITERS and text.count(self.delimiter or "\0") > MOST_DELIMITERS


@dataclass(frozen=True)
class Shape:
    """What the rows of a file have in common: how many cells, and which of them are numbers."""

    width: int
    numbers: tuple[int, ...] = ()

    def fits(self, line: str, dialect: Dialect) -> bool:
        """Whether a line by itself looks like a row, or like the beginning of one."""
        if dialect.is_too_wide(line):
            return False
        try:
            cells = next(dialect.reader([line], strict=False), [])
        except csv.Error:
            return False
        begun = bool(cells) and 1 < len(cells) < self.width and cells[-1].endswith("\n")
        if len(cells) != self.width and not begun:
            return False
        return all(is_number(cells[k]) for k in self.numbers if k < len(cells))


class Row(NamedTuple):
    """The cells of a row and the line on which it starts. One that is `broken` is not as its dialect wants it."""

    line: int
    cells: list[str]
    size: int
    broken: bool = False


class _TooLargeError(Exception):
    pass


class Lines:
    """Lines with their ends, as the csv module wants them. It gets no row that is too large: of more than `LARGEST_ROW`
    bytes, `MOST_DELIMITERS` or a bound of lines."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self.delimiter = b"\0"
        self._source = _lines(self._watched(blocks))
        self._back: deque[tuple[bytes, int]] = deque()
        self._read = self._returned = 0
        self.number = 0
        self._marks: set[bytes] = set()
        self.start()

    def _watched(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self._read += len(block)
            self._marks |= {mark for mark in MARKS - self._marks if mark in block}
            yield block

    def begins_with(self, marks: frozenset[bytes]) -> frozenset[bytes]:
        """Those of the marks that are in the next line, which is only looked at where one can be in it."""
        if self._marks.isdisjoint(marks):
            return frozenset()
        line = self.next_line()
        return frozenset(mark for mark in marks if mark in line)

    def start(self) -> None:
        """What comes next is a row of its own."""
        self.row: list[tuple[bytes, int]] = []
        self.size = 0
        self._delimiters = self._counted = 0

    def ahead(self, size: int) -> list[bytes]:
        """Lines of about `size` bytes that come next, which are not taken."""
        held = sum(length for _, length in self._back)
        while held < size and (line := next(self._source, None)) is not None:
            self._back.append(line)
            held += line[1]
        found: list[bytes] = []
        for text, length in self._back:
            if size <= 0:
                break
            found.append(text)
            size -= length
        return found

    def next_line(self) -> bytes:
        """The next line, which is not taken; empty at the end."""
        if not self._back and (line := next(self._source, None)) is not None:
            self._back.append(line)
        return self._back[0][0] if self._back else b""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self.take()
        if self.size > LARGEST_ROW or (self.size > MOST_DELIMITERS and self._is_too_wide()):
            raise _TooLargeError
        return line.decode()

    def _is_too_wide(self) -> bool:
        """Whether the row would take too much memory as cells or lines."""
        self._delimiters += sum(line.count(self.delimiter) for line, _ in islice(self.row, self._counted, None))
        self._counted = len(self.row)
        return self._delimiters > MOST_DELIMITERS or len(self.row) > _MOST_LINES

    def take(self) -> bytes:
        line = self._back.popleft() if self._back else next(self._source)
        self.number += _ends_in(line[0])
        self.size += line[1]
        self.row.append(line)
        return line[0]

    def give_back(self, first: int) -> bool:
        """Let the lines of this row from the `first` one on come again; False where that was done too often already."""
        lines = self.row[first:]
        size = sum(length for _, length in lines)
        if self._returned > 4 * LARGEST_ROW + self._read:
            return False
        self._returned += size
        self._back.extendleft(reversed(lines))
        self.number -= sum(_ends_in(text) for text, _ in lines)
        self.size -= size
        del self.row[first:]
        return True

    def skip_row(self) -> bool:
        """Go on to where the quoted cell ends; False where it never does."""
        inside = sum(_quotes(line) for line, _ in self.row) % 2 == 1
        while inside:
            try:
                inside ^= _quotes(self.take()) % 2 == 1
            except StopIteration:
                return False
            self.row.clear()
        return True


def _ends_in(line: bytes) -> int:
    """How many lines of the file a line is: blank ones come many at a time."""
    return max(1, line.count(b"\n")) if line[:1] in (b"\n", b"\r") else 1


def _quotes(line: bytes) -> int:
    return line.count(b'"') - line.count(b'\\"')


def _lines(blocks: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """Lines with their lengths. Only LF ends one, or CR where there is no LF. One of over `LARGEST_ROW` comes as the
    quote that it leaves open, if any; very many blank ones come as one, which is a blank row too."""
    held: list[bytes] = []
    size = 0
    end = b""
    for block in chain.from_iterable(map(_by_blank_lines, blocks)):
        end = end or (b"\r" if b"\r" in block[:-1] and b"\n" not in block else b"\n")
        if not size and len(block) >= _MANY_BLANK and not block.strip(b"\r\n") and block[-1:] == end == b"\n":
            yield block, len(block)
            continue
        *ended, rest = block.split(end)
        for line in ended:
            if size:
                size += len(line) + 1
                yield _whole([*held, line, end], size), size
                held, size = [], 0
            else:
                yield line + end, len(line) + 1
        if rest:
            size += len(rest)
            held = [*held, rest] if size <= LARGEST_ROW else [_odd_quote((*held, rest))]
    if size:
        yield _whole(held, size), size


def _by_blank_lines(block: bytes) -> Iterator[bytes]:
    """The block, cut where very many blank lines begin and end."""
    start = 0
    if b"\n" * _MANY_BLANK in block or b"\r\n" * _MANY_BLANK in block:
        for run in _BLANK.finditer(block):
            if run.end(1) - run.start(1) >= _MANY_BLANK:
                if run.start(1) > start:
                    yield block[start : run.start(1)]
                yield run[1]
                start = run.end(1)
    if start < len(block):
        yield block[start:]


def _whole(held: Sequence[bytes], size: int) -> bytes:
    return b"".join(held) if size <= LARGEST_ROW else _odd_quote(held)


def _odd_quote(held: Sequence[bytes]) -> bytes:
    return b'"' * (sum(map(_quotes, held)) % 2)


class Rows:
    """The rows of a file that are not empty, each by itself. What a dialect cannot read costs one row."""

    def __init__(self, lines: Lines, dialect: Dialect, shape: Shape | None = None) -> None:
        self.lines = lines
        lines.delimiter = dialect.delimiter.encode() or b"\0"
        self.dialect = dialect
        self.shape = shape
        self.endless = 0  # the line of a quoted cell that never ends
        self._reader = self._new_reader()
        self._plain = not dialect.quotes and not dialect.escapes

    def __iter__(self) -> Iterator[Row]:
        while (row := self.next_row()) is not None:
            if row.cells or row.broken:
                yield row

    def _new_reader(self) -> Iterator[list[str]]:
        lines = map(_with_nulls, self.lines) if self.dialect.escapes else self.lines
        return self.dialect.reader(lines, strict=True)

    def next_row(self) -> Row | None:
        """The next row; without cells where the line is blank, None at the end."""
        lines = self.lines
        lines.start()
        line = lines.number + 1
        try:
            if self._plain:
                return Row(line, self.dialect.split(next(lines)), lines.size)
            return Row(line, next(self._reader), lines.size)
        except StopIteration:
            return None
        except _TooLargeError:
            return self._too_large(line)
        except csv.Error:
            return self._broken(line)

    def _too_large(self, line: int) -> Row:
        """A cell that is too long is gone with its row; after a quote that was never closed the next row is one."""
        held = self.lines.row
        if len(held) > 1 and self.shape is not None:
            some = [text.decode() for text, _ in held[1 : 1 + _LOOKED_AT]]
            if 2 * sum(self.shape.fits(text, self.dialect) for text in some) > len(some):
                return self._broken(line)
        if self.dialect.quotes and not self.lines.skip_row():
            self.endless = line
        return Row(line, [], self.lines.size, True)

    def _broken(self, line: int) -> Row:
        """The row up to the next line that looks like one, with its quotes as characters."""
        held = [text.decode() for text, _ in self.lines.row]
        stop = 1
        if self.shape is not None:
            stop = next((k for k in range(1, len(held)) if self.shape.fits(held[k], self.dialect)), len(held))
        cells = self.dialect.split("".join(held[:stop])) if self.lines.give_back(stop) else []
        self._reader = self._new_reader()
        return Row(line, cells, self.lines.size, True)


def rows_of(lines: Sequence[bytes], dialect: Dialect) -> list[Row]:
    """The rows that a dialect makes of some lines."""
    return list(Rows(Lines([b"".join(lines)]), dialect))


def _with_nulls(line: str) -> str:
    """The same line, each cell that is NULL with a second backslash, since one gets lost."""
    return _NULL.sub(r"\\\\N", line) if NULL in line else line


def is_number(text: str) -> bool:
    """Whether it reads as a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
