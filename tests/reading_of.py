"""Read a path as the product does, for tests of the reading alone."""

from __future__ import annotations

import resource
from pathlib import Path

from corpuscheck.reading.discover import discover
from corpuscheck.reading.files import FileRecord, Piece
from corpuscheck.reading.reader import read_piece
from corpuscheck.settings import Reading


def read_all(path: Path, settings: Reading | None = None) -> tuple[list[str], list[FileRecord]]:
    """The documents, and a record for each file."""
    settings = settings or Reading()
    records: list[FileRecord] = []
    documents: list[str] = []
    for source in discover([path], settings).sources:
        for batch in read_piece(Piece(source), settings, records, lambda _: None):
            for start, end in zip(batch.starts, batch.ends, strict=True):
                documents.append(batch.data[start:end].tobytes().decode())
    return documents, records


def peak_of_this_process() -> int:
    """The most memory that this program has had, in bytes; Linux counts what it was started from among ru_maxrss."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024
