"""Read the texts that a model will be tested with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from corpuscheck.errors import UsageError, nothing_to_scan
from corpuscheck.files.urls import named
from corpuscheck.measuring.against import Benchmarks, BenchmarkTexts
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.discover import Found, discover
from corpuscheck.reading.files import FileRecord, Piece
from corpuscheck.reading.reader import Look, read_piece
from corpuscheck.settings import Reading, Settings
from corpuscheck.text.printable import printable
from corpuscheck.values.packed import Packing

_read_last: list[tuple[object, tuple[BenchmarkTexts, ...]]] = []
_cut_last: list[tuple[list[str], Benchmarks]] = []
"""What was read last, and what it was cut into, by what they depend on."""


def benchmarks_of(settings: Settings) -> Benchmarks | None:
    """What is looked for in the corpus; None where nothing is. Raises UsageError."""
    if not settings.against:
        return None
    texts = texts_of(settings)
    key = [part for one in texts for part in (one.name, one.fingerprint)]
    if not _cut_last or _cut_last[0][0] != key:
        _cut_last[:] = [(key, Benchmarks.of(texts))]
    return _cut_last[0][1]


def texts_of(settings: Settings) -> tuple[BenchmarkTexts, ...]:
    """The texts of all benchmarks, each read once as long as it does not change. Raises UsageError."""
    reading = replace(Reading(), text_fields=settings.against_fields, hint=settings.reading.hint)
    found = [(path, discover([path], reading)) for path in dict.fromkeys(settings.against)]
    key = (reading, [[(s.path, s.size, s.modified, s.stamp) for s in one.sources] for _, one in found])
    if not _read_last or _read_last[0][0] != key:
        _read_last[:] = [(key, tuple(_read(path, one, reading) for path, one in found))]
    return _read_last[0][1]


def _read(path: str, found: Found, reading: Reading) -> BenchmarkTexts:
    records = Packing(FileRecord)
    texts: dict[str, list[bytes]] = {}
    for source in found.sources:
        for file, text in _documents(read_piece(Piece(source), reading, records, lambda _: None, Look())):
            texts.setdefault(records[file].path, []).append(text)
    if not texts:
        reasons = [one.reason for one in found.skipped] + [r.reason or "" for r in records if r.status == "skipped"]
        raise UsageError(f"--against {named(path, 200)}: {nothing_to_scan(list(filter(None, reasons)))}")
    held = tuple((printable(name, LONGEST_PATH), tuple(some)) for name, some in sorted(texts.items()))
    return BenchmarkTexts(named(path, LONGEST_PATH), held)


def _documents(batches: Iterator[Batch]) -> Iterator[tuple[int, bytes]]:
    """The file and the text of each document."""
    begun: list[bytes] = []
    for batch in batches:
        last = len(batch.starts) - 1
        for k, (start, end) in enumerate(zip(batch.starts.tolist(), batch.ends.tolist(), strict=True)):
            begun.append(batch.data[start:end].tobytes())
            if not (batch.unfinished and k == last):
                yield 0 if batch.files is None else int(batch.files[k]), b"".join(begun)
                begun = []
