"""Blank lines of a delimited file, however many, are passed over together, and change nothing else."""

from __future__ import annotations

import random

import pytest
from in_time import in_time

from corpuscheck.reading.formats import rows
from corpuscheck.reading.formats.delimited import read_csv, read_tsv
from corpuscheck.reading.formats.records import RecordReport

HEAD = b"id,text\n" + b"".join(b"%d,some text %d\n" % (k, k) for k in range(30))


def _read(data: bytes, step: int = 1 << 20, reader: object = read_csv) -> tuple[list[tuple[bytes, int]], RecordReport]:
    assert callable(reader)
    report = RecordReport()
    blocks = (data[start : start + step] for start in range(0, len(data), step))
    found = [
        (batch.data[start:end].tobytes(), line)
        for batch in reader(blocks, (), report)
        for start, end, line in zip(batch.starts, batch.ends, batch.lines, strict=True)
    ]
    return found, report


@pytest.mark.few(1)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("reader", [read_csv, pytest.param(read_tsv, marks=pytest.mark.thorough)])
def test_millions_of_them_take_no_time_and_are_counted_as_lines(end: bytes, reader: object) -> None:
    data = (HEAD + b"\n" * 20_000_000 + b"7,last\nbad\n").replace(b"\n", end)
    with in_time():
        found, report = _read(data, reader=reader)
    assert (found[-1], report.first_bad_line or report.first_missing) == ((b"last", 20_000_032), 20_000_033)


def test_those_inside_a_quoted_cell_are_its_text() -> None:
    text = b"before" + b"\n" * 5_000_000 + b"after"
    found, report = _read(HEAD + b'7,"' + text + b'"\n8,last\n')
    assert (found[-2:], report.bad) == ([(text, 32), (b"last", 5_000_033)], 0)


@pytest.mark.thorough
def test_any_file_is_read_the_same_whether_they_come_together_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(5)
    parts = (
        b"\n",
        b"\n\n\n",
        b"\r\n\r\n\r\n",
        b"1,a text\n",
        b'2,"',
        b'"\n',
        b'"',
        b"word",
        b",",
        b"\r",
        b" \n",
        b"\\\n",
    )
    for number in range(400):
        data = HEAD + b"".join(dice.choices(parts, k=dice.randint(1, 30)))
        step = dice.choice((7, 50, 1 << 20))
        results = []
        for many in (2, 1_000_000):
            monkeypatch.setattr(rows, "_MANY_BLANK", many)
            found, report = _read(data, step, (read_csv, read_tsv)[number % 2])
            results.append((found, report.bad, report.first_bad_line, report.characters, report.missing))
        assert results[0] == results[1], data
