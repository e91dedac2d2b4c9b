"""CSV and TSV: one reader, whose dialect the lines decide; rows that do not fit are counted with their lines."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from corpuscheck.reading.batch import Batch
from corpuscheck.reading.containers.members import Numbered
from corpuscheck.reading.formats import rows as rows_module
from corpuscheck.reading.formats.dialects import SAMPLE_BYTES, TableForm, decide, declared_delimiter, is_header, settle
from corpuscheck.reading.formats.paths import PREFERRED, weight
from corpuscheck.reading.formats.prose import is_prose
from corpuscheck.reading.formats.records import RecordReport, batched
from corpuscheck.reading.formats.rows import MARKS, NULL, Lines, Row, Rows, Shape, is_number, rows_of

_SAMPLE_ROWS = 200
_MOST_BEFORE = 10


def read_csv(blocks: Iterable[bytes], fields: Sequence[str], report: RecordReport) -> Iterator[Batch]:
    """Separated by `,` `;` `|` or tab, whichever makes the rows most alike; quotes as in RFC 4180 unless they fail."""
    return _documents(blocks, ",", fields, report)


def read_tsv(blocks: Iterable[bytes], fields: Sequence[str], report: RecordReport) -> Iterator[Batch]:
    """The same, by tabs where they do as well as others; quotes are data unless the rows say otherwise."""
    return _documents(blocks, "\t", fields, report)


@dataclass(frozen=True)
class _Columns:
    """Which cells of a row are its text, and which are prose that is left out, by the names of the columns.

    `growing` is the column that delimiters inside unquoted text must have been in: the last one, or the only one of
    prose; -1 where that cannot be told. `source` is the column that names the source, -1 where there is none.
    """

    width: int
    read: tuple[int, ...]
    left_out: dict[int, str]
    numbers: tuple[int, ...]
    growing: int
    source: int = -1


def _documents(blocks: Iterable[bytes], own: str, fields: Sequence[str], report: RecordReport) -> Iterator[Batch]:
    csv.field_size_limit(rows_module.LARGEST_ROW)
    lines = Lines(blocks)
    delimiter = declared_delimiter(lines.next_line())
    if delimiter:
        lines.take()
    sample = lines.ahead(SAMPLE_BYTES)
    if not sample:
        return iter(())
    table = decide(sample, own, delimiter)
    looked = [row for row in rows_of(sample, table.dialect) if row.cells and not row.broken][:_SAMPLE_ROWS]
    header = _header(looked, table)
    body = [row.cells for row in looked if row is not header]
    columns = _columns(_names(header, table), table.width, body, fields, report)
    first = 0 if header is None else header.line + lines.number
    rows = _rows(lines, table, columns, b"".join(sample), report)
    texts = _texts((row for row in rows if row.line != first), columns, table.dialect.delimiter, report)
    return batched(texts, report.source)


def _header(rows: Sequence[Row], table: TableForm) -> Row | None:
    """The row of names, after lines of another width that may stand before the table."""
    width = table.width - table.indexed
    found = next((k for k, row in enumerate(rows[:_MOST_BEFORE]) if len(row.cells) == width), 0)
    others = [row.cells for row in rows[found + 1 :]]
    return rows[found] if rows and is_header(rows[found].cells, others) else None


def _names(header: Row | None, table: TableForm) -> list[str]:
    """The names of the columns, numbers where there are none; those that come again are told apart."""
    if header is None:
        return [str(k + 1) for k in range(table.width)]
    numbered = Numbered()
    names = (["0"] if table.indexed else []) + [
        numbered(name.strip() or str(k + 1)) for k, name in enumerate(header.cells[: table.width])
    ]
    return names + [str(k + 1) for k in range(len(names), table.width)]


def _columns(
    names: list[str], width: int, body: Sequence[list[str]], fields: Sequence[str], report: RecordReport
) -> _Columns:
    fitting = [cells for cells in body if len(cells) == width]
    values = [[cells[k] for cells in fitting or body if k < len(cells)] for k in range(width)]
    wanted = _with_namesakes(fields or _text_columns(names, values), names)
    place = {name: k for k, name in reversed(tuple(enumerate(names)))}
    read = tuple(place[name] for name in wanted if name in place)
    others = sorted(set(range(width)).difference(read)) if fitting else []
    prose = [k for k in others if is_prose(values[k])]
    numbers = tuple(k for k in others if _are_numbers(values[k]))
    report.text_field = ", ".join(wanted)
    report.add_fields(names)
    left_out = {} if fields else {k: names[k] for k in prose}
    report.left_out = dict.fromkeys(left_out.values(), 0)
    last = read[-1] if read else -1
    source = place.get(report.source.path.steps[0] or "", -1) if report.source.path else -1
    return _Columns(width, read, left_out, numbers, last if last == width - 1 or not prose else -1, source)


def _are_numbers(values: Sequence[str]) -> bool:
    filled = [value for value in values if value]
    return 10 * sum(map(is_number, filled)) >= 9 * len(filled) > 0


def _rows(lines: Lines, table: TableForm, columns: _Columns, sample: bytes, report: RecordReport) -> Iterator[Row]:
    """All rows. Quotes and backslashes that the sample did not have are judged where they first turn up."""
    shape = Shape(columns.width, columns.numbers)
    rows = Rows(lines, table.dialect, shape)
    unseen = frozenset(mark for mark in MARKS if mark not in sample)
    while True:
        if unseen and (met := lines.begins_with(unseen)):
            ahead = lines.ahead(SAMPLE_BYTES)
            unseen -= met
            table = settle(table, ahead)
            rows = Rows(lines, table.dialect, shape)
        row = rows.next_row()
        if row is None:
            return
        if row.cells or row.broken:
            yield row
        if rows.endless:
            report.damage = f"a quoted field in line {rows.endless} has no end: the rest was not read"


def _texts(
    rows: Iterable[Row], columns: _Columns, delimiter: str, report: RecordReport
) -> Iterator[tuple[int, bytes | None]]:
    """The text of each row, None where it has none; what does not fit is counted."""
    width, read, counts = columns.width, columns.read, report.left_out
    for row in rows:
        cells = row.cells
        if (row.broken or len(cells) != width) and not (cells := _fitted(row, columns, delimiter, report)):
            continue
        for k, name in columns.left_out.items():
            if k < len(cells):
                counts[name] += len(cells[k])
        texts = [cells[k] for k in read if k < len(cells) and cells[k] != NULL]
        report.source.name = cells[columns.source] if 0 <= columns.source < len(cells) else ""
        if texts:
            yield row.line, report.encoded("\n".join(texts) if texts[1:] else texts[0])
        else:
            report.add_missing(row.line)
            report.lost_bytes += row.size if len(cells) < width else 0


def _fitted(row: Row, columns: _Columns, delimiter: str, report: RecordReport) -> list[str]:
    """The cells of a row that does not fit, as they were probably meant; none where that cannot be told."""
    cells, width, k = row.cells, columns.width, columns.growing
    more = len(cells) - width
    if more > 0 and not any(cells[width:]) and not row.broken:
        return cells[:width]
    if more > 0 and k >= 0:
        cells = [*cells[:k], delimiter.join(cells[k : k + more + 1]), *cells[k + more + 1 :]]
    right = len(cells) <= width and all(is_number(cells[k]) for k in columns.numbers if k < len(cells) and cells[k])
    if more < 0 and not row.broken and not any(k < len(cells) for k in columns.read):
        return cells
    if not cells or (more > 0 and not right) or (row.broken and more):
        report.add_bad(row.line, row.line, row.size)
        return []
    report.add_bad(row.line, row.line)
    report.mended += 1
    return cells


def _with_namesakes(names: Sequence[str], header: list[str]) -> list[str]:
    """Columns of one name are read together."""
    namesakes: dict[str, list[str]] = {}
    for name in header:
        for mark in re.finditer("#", name):
            namesakes.setdefault(name[: mark.start()], []).append(name)
    return [each for name in names for each in (name, *namesakes.get(name, ()))]


_NUMBERED = re.compile(r"[ _-]?(\d+|[ab])$", re.IGNORECASE)


def _text_columns(names: list[str], values: Sequence[Sequence[str]]) -> list[str]:
    """A column with a preferred name, else the heaviest, with those numbered like it (sentence1, sentence2)."""
    lowered = {name.lower(): name for name in names}
    found = next((lowered[name] for name in PREFERRED if name in lowered), None)
    if found is None:
        weights = {name: sum(map(weight, cells)) for name, cells in zip(names, values, strict=True)}
        found = max(weights, key=lambda name: weights[name])
    stem = _NUMBERED.sub("", found)
    return [name for name in names if name == found or (stem and stem != found and _NUMBERED.sub("", name) == stem)]
