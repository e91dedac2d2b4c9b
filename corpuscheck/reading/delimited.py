"""CSV and TSV: delimiter and header found, quoted fields over several lines, quotes in TSV taken as data."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING

from corpuscheck.reading.batch import Batch
from corpuscheck.reading.paths import PREFERRED, weight
from corpuscheck.reading.records import LARGEST_RECORD, RecordReport, TextField, batched

if TYPE_CHECKING:
    from _csv import Reader

_SAMPLE_ROWS = 50


def read_csv(blocks: Iterable[bytes], fields: Sequence[str], report: RecordReport) -> Iterator[Batch]:
    """Separated by `,` `;` `|` or tab, whichever the first line has most; quotes as in RFC 4180."""
    lines = _lines(blocks)
    first = next(lines, "")
    delimiter = max(",;\t|", key=first.count)
    return _documents(csv.reader(chain([first], lines), delimiter=delimiter), fields, report)


def read_tsv(blocks: Iterable[bytes], fields: Sequence[str], report: RecordReport) -> Iterator[Batch]:
    """Separated by tabs; a quote is a character like any other."""
    return _documents(csv.reader(_lines(blocks), delimiter="\t", quoting=csv.QUOTE_NONE), fields, report)


def _lines(blocks: Iterable[bytes]) -> Iterator[str]:
    """Lines with their ends, as the csv module wants them; only LF ends one."""
    held: list[bytes] = []
    for block in blocks:
        *ended, rest = block.split(b"\n")
        if ended:
            ended[0] = b"".join([*held, ended[0]])
            held = []
        for line in ended:
            yield line.decode() + "\n"
        held.append(rest)
    if last := b"".join(held):
        yield last.decode()


def _documents(reader: Reader, fields: Sequence[str], report: RecordReport) -> Iterator[Batch]:
    csv.field_size_limit(LARGEST_RECORD)
    rows = _rows(reader, report)
    sample = list(islice(rows, _SAMPLE_ROWS))
    if not sample:
        return iter(())
    first = sample[0][1]
    if _is_header(first):
        header = [name.strip() for name in first]
        del sample[0]
    else:
        header = [str(k + 1) for k in range(len(first))]
    take = TextField(fields or _text_columns(header, [row for _, row in sample]), report)
    return batched((line, take(dict(zip(header, row, strict=False)))) for line, row in chain(sample, rows))


def _rows(reader: Reader, report: RecordReport) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty, each with the line on which it starts."""
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            report.add_bad(reader.line_num)
        else:
            if row:
                yield line, row


def _is_header(row: list[str]) -> bool:
    """Short, distinct and none a number: names rather than a first record."""
    names = [cell.strip() for cell in row]
    return len(set(names)) == len(names) and all(name and len(name) <= 40 and not _is_number(name) for name in names)


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
