"""The dialect of a delimited file, decided from evidence: the one in which its rows are most alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile

from corpuscheck.reading.formats.paths import PREFERRED
from corpuscheck.reading.formats.rows import Dialect, Row, is_number, rows_of

SAMPLE_BYTES = 1 << 18
"""As much of the head is looked at, and as much again from where a quote or backslash first turns up."""

_MOST_COLUMNS = 1 << 17
_MOST = 0.7  # of the rows have as many cells as the others
_NEARLY_ALL = 0.95
_EXCEL = re.compile(rb'\A"?sep=(.)"?\r?\n?\Z')


@dataclass(frozen=True)
class TableForm:
    """A dialect, the number of cells of a row, and whether the rows have an unnamed one before those of the header."""

    dialect: Dialect
    width: int
    indexed: bool = False
    score: float = 0.0


def declared_delimiter(line: bytes) -> str:
    """The delimiter that a first line names for Excel (`sep=;`); empty where there is none."""
    match = _EXCEL.match(line)
    return match[1].decode("latin-1") if match else ""


def decide(lines: Sequence[bytes], own: str, delimiter: str = "") -> TableForm:
    """The table that these lines make. A tie goes to the `own` delimiter of the format; a `delimiter` is given."""
    text = b"".join(lines)
    tried = [delimiter] if delimiter else [d for d in "\t,;|" if d.encode() in text]
    tables = [table for d in tried if (table := _best_table(lines, d, bool(delimiter))) is not None]
    if not tables:
        wide = next((d for d in tried if any(map(Dialect(d).is_too_wide, map(bytes.decode, lines)))), "")
        return TableForm(Dialect(wide) if wide else _settled(_trials("", lines), 1), 1)
    return max(tables, key=lambda t: (t.score, t.width, t.dialect.delimiter == "\t", t.dialect.delimiter == own))


def settle(table: TableForm, lines: Sequence[bytes]) -> TableForm:
    """The same table, its quotes and backslashes judged by these lines, where they have any."""
    text = b"".join(lines)
    dialect = _settled(_trials(table.dialect.delimiter, lines), table.width)
    quotes = dialect.quotes if b'"' in text else table.dialect.quotes
    escapes = dialect.escapes if b"\\" in text else table.dialect.escapes
    return replace(table, dialect=replace(dialect, quotes=quotes, escapes=escapes))


_Trials = dict[Dialect, list[Row]]
"""What each dialect makes of the same lines, the likeliest first."""


def _trials(delimiter: str, lines: Sequence[bytes]) -> _Trials:
    text = b"".join(lines)
    tried = [Dialect(delimiter, quotes=delimiter != "\t")]
    if b'"' in text and delimiter in ("", "\t"):
        tried.append(Dialect(delimiter, quotes=not tried[0].quotes))
    if b"\\" in text:
        tried += [replace(one, escapes=True) for one in tuple(tried)]
    if delimiter and f'{delimiter} "'.encode() in text:
        tried += [replace(one, padded=True) for one in tuple(tried) if one.quotes]
    return {one: [row for row in rows_of(lines, one) if row.cells or row.broken] for one in tried}


def _best_table(lines: Sequence[bytes], delimiter: str, certain: bool) -> TableForm | None:
    """The table with this delimiter in which most rows are alike; None where too few are."""
    trials = _trials(delimiter, lines)
    tables = [table for one, rows in trials.items() if (table := _table(one, rows, lines, certain)) is not None]
    if not tables:
        return None
    table = max(tables, key=lambda table: table.score)
    return replace(table, dialect=_settled(trials, table.width))


def _table(dialect: Dialect, rows: Sequence[Row], lines: Sequence[bytes], certain: bool) -> TableForm | None:
    """What the numbers of cells tell. Those of the header count where it is one; then rows may have more."""
    rows = [row for row in rows if 0 < len(row.cells) <= _MOST_COLUMNS]
    if not rows:
        return None
    widths = Counter(len(row.cells) for row in rows)
    header = len(rows[0].cells)
    usual, alike = widths.most_common(1)[0]
    wider = sum(n for width, n in widths.items() if width >= header) / len(rows)
    headed = (
        header > 1 and (wider >= _MOST or usual == header) and is_header(rows[0].cells, [row.cells for row in rows[1:]])
    )
    indexed = header > 0 and usual == header + 1 and alike >= max(2, _NEARLY_ALL * (len(rows) - 1))
    if headed and indexed and _has_unnamed_index(dialect, rows, lines):
        return TableForm(dialect, usual, True, 0.9)
    if headed:
        width = header
    elif usual > 1 and alike >= _MOST * len(rows):
        width = usual
    else:
        width = _narrowest(rows)
    if width < 2 and not certain:
        return None
    exact = sum(len(row.cells) == width and not row.broken for row in rows)
    more = sum(len(row.cells) > width and not row.broken for row in rows)
    return TableForm(dialect, max(1, width), False, (exact + more / 2) / len(rows))


def _has_unnamed_index(dialect: Dialect, rows: Sequence[Row], lines: Sequence[bytes]) -> bool:
    """Whether rows begin with a name that the header lacks, as R writes them; else text with the delimiter in it."""
    if dialect.delimiter == "\t":
        return True
    ends = [line.rstrip().endswith(b'"') or line.startswith(b'"') for line in lines[: len(rows)]]
    return all(ends)


def _narrowest(rows: Sequence[Row]) -> int:
    """The cells of the shortest rows, where all begin with something like a number or name: the last is text then."""
    widths = sorted(len(row.cells) for row in rows)
    least = widths[int((1 - _NEARLY_ALL) * len(widths))]
    begun = sum(" " not in row.cells[0].strip() for row in rows) >= _NEARLY_ALL * len(rows)
    numbered = sum(is_number(row.cells[0]) for row in rows) >= _MOST * len(rows)
    return least if least > 1 and begun and numbered else 0


def _settled(trials: _Trials, width: int) -> Dialect:
    """The dialect in which most rows have their width, the likelier of equals.

    Where tabs divide, quotes are data unless they make rows fit, or stand around whole columns. A row that is one
    cell always fits: there quotes are quotes where most that begin a line are closed.
    """
    misfits = {one: sum(row.broken or len(row.cells) != width for row in rows) for one, rows in trials.items()}
    if width == 1 and Dialect("", quotes=False) in trials:
        begun = sum(row.cells[0].startswith('"') for row in trials[Dialect("", quotes=False)] if row.cells)
        misfits = {one: n + (not one.quotes) * (begun // 2 + 1) for one, n in misfits.items()}
    best = min(trials, key=misfits.__getitem__)
    escaped = replace(best, escapes=True)
    if misfits.get(escaped) == misfits[best] and not best.escapes and _are_escapes(trials[best], best):
        best = escaped
    quoted = replace(best, quotes=True)
    if not best.quotes and misfits.get(quoted) == misfits[best] and _are_quotes(trials[best], width):
        return quoted
    return best


def _are_escapes(rows: Sequence[Row], dialect: Dialect) -> bool:
    """Whether every backslash stands before what may need one: in text there would be others."""
    needed = re.compile(rf'\\(?:[\\"\r\n{re.escape(dialect.delimiter)}]|N$)')
    return not any("\\" in needed.sub("", cell) for row in rows for cell in row.cells if "\\" in cell)


def _are_quotes(rows: Sequence[Row], width: int) -> bool:
    """Whether quotes that could be data are not: some are doubled inside, or a whole column has them around."""
    whole = [0] * width
    filled = [0] * width
    for row in rows:
        for k, cell in enumerate(row.cells[:width]):
            filled[k] += bool(cell)
            if len(cell) > 1 and cell[0] == cell[-1] == '"':
                whole[k] += 1
                if '""' in cell[1:-1]:
                    return True
    return any(n > 1 and n >= _NEARLY_ALL * (of - 1) for n, of in zip(whole, filled, strict=True))


def is_header(row: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
    """Short, distinct and none a number: names rather than a first record."""
    names = [cell.strip() for cell in row]
    known = any(name.lower() in PREFERRED for name in names)
    if len(names) == 1 and not known and others:  # a column of text, of which a first line is one
        prose = sum(" " in other[0] for other in others if other)
        return " " not in names[0] and prose > len(others) // 2 and len(names[0]) <= 40
    names = list(dropwhile(lambda name: not name, names))  # pandas leaves the index without a name
    distinct = known or len(set(names)) == len(names)
    return (
        bool(names) and distinct and all((name or known) and len(name) <= 40 and not is_number(name) for name in names)
    )
