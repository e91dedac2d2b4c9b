"""Tables: whether text under another name is CSV or TSV, by rows of equal width that are no prose."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from corpuscheck.reading.formats.paths import PREFERRED

_LOOK_BYTES = 1 << 16
_FIRST_BYTES, _FIRST_LINES = 4096, 12
_LONGEST_HEADER = 400
_FEW_ROWS, _MANY_ROWS = 3, 10
_VALUE = re.compile(r"[+-]?\d[\d.,_:/ -]*%?|\d{4}-\d\d-\d\d[T ][\d:.+Z-]*|true|false|null|none|nan|", re.IGNORECASE)
_NAMES = frozenset((
    *PREFERRED, "id", "no", "index", "label", "labels", "title", "date", "category", "url", "source", "question",
    "answer", "review", "rating", "score", "sentence1", "sentence2", "premise", "hypothesis", "author", "name", "lang",
    "language", "제목", "날짜", "번호", "라벨", "분류", "질문", "답변", "리뷰", "q", "a",
))  # fmt: skip


@dataclass(frozen=True)
class TableGuess:
    """Records in rows, and whether that is certain."""

    format: Literal["csv", "tsv"]
    certain: bool


def table_in(head: bytes, whole: bool) -> TableGuess | None:
    """The table that a text is; None where its lines are no rows."""
    first = head[:_FIRST_BYTES].split(b"\n", _FIRST_LINES)[:_FIRST_LINES]
    if b"\t" not in head[:_FIRST_BYTES] and not _worth_a_look(first):
        return None
    text = head[:_LOOK_BYTES]
    lines = (text if whole and len(head) <= _LOOK_BYTES else text[: text.rfind(b"\n") + 1]).decode("utf-8", "replace")
    if "\t" in lines and (found := _judged(_rows(lines, "\t"), "tsv")):
        return found
    mark = max(",;|", key=lines[:_FIRST_BYTES].count)
    return _judged(_rows(lines, mark), "csv") if _worth_a_look(first) else None


def _worth_a_look(lines: list[bytes]) -> bool:
    """Prose has commas too: rows name their columns, or have as many of them line by line."""
    mark = max((b",", b";", b"|"), key=lines[0].count)
    if mark in lines[0] and len(lines[0]) < _LONGEST_HEADER:
        names = lines[0].decode("utf-8", "replace").lower().split(mark.decode())
        if any(name.strip(' "\r') in _NAMES for name in names):
            return True
    counts = {line.count(mark) for line in lines[:-1] if line}
    return len(counts) == 1 and counts != {0}


def _rows(text: str, delimiter: str) -> list[list[str]]:
    quoted = f'"{delimiter}' in text or f'{delimiter}"' in text
    lines = (line + "\n" for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    try:
        reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE)
        return [row for row in reader if row]
    except csv.Error:
        return []


def _judged(rows: list[list[str]], form: Literal["csv", "tsv"]) -> TableGuess | None:
    if len(rows) < _FEW_ROWS:
        return None
    width, often = Counter(map(len, rows)).most_common(1)[0]
    if width < 2 or often < 0.8 * len(rows):
        return None
    even = often == len(rows) or (often >= 0.98 * len(rows) and len(rows) > 5 * _MANY_ROWS)
    header = _is_header(rows[0], width)
    body = [row for row in rows[1:] if len(row) == width]
    if sum(any(row[k].strip() for row in body) for k in range(width)) < 2:  # a tab that indents each paragraph
        return None
    columns = ([row[k].strip() for row in body] for k in range(width))
    typed = sum(any(column) and all(map(_VALUE.fullmatch, column)) for column in columns)
    named = header and any(name.strip().lower() in _NAMES for name in rows[0])
    if form == "tsv":
        certain = even and (named or (typed > 0 and len(rows) >= _MANY_ROWS))
        return TableGuess(form, certain) if certain or len(rows) >= _MANY_ROWS else None
    certain = even and named and (typed > 0 or len(rows) >= _MANY_ROWS)
    likely = len(rows) >= _MANY_ROWS and (named or (even and width > 2 and (typed > 0 or header)))
    return TableGuess(form, certain) if certain or likely else None


def _is_header(row: list[str], width: int) -> bool:
    """Short, distinct names, none of them a number."""
    names = [cell.strip() for cell in row]
    return (
        len(names) == width
        and len(set(names)) == width
        and all(name and len(name) <= 40 and not _VALUE.fullmatch(name) for name in names)
    )
