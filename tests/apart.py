"""Read hostile files in a process that may die, with a bound on its time and memory."""

from __future__ import annotations

import json
import os
import resource
import signal
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from corpuscheck.reading.discover import discover
from corpuscheck.reading.files import FileRecord, Piece
from corpuscheck.reading.reader import read_piece
from corpuscheck.settings import Reading

SECONDS = 20
ADDRESSES = 2 << 30
KEPT = 1 << 16
"""Characters of a document that is handed back."""


def read_apart(path: Path, settings: Reading | None = None) -> tuple[list[str], dict[str, Any]]:
    """The documents, and what the record of the file says. The test fails where the process dies."""
    (found,) = each_read_apart([path], settings)
    return found


def each_read_apart(
    paths: Iterable[Path], settings: Reading | None = None
) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """The same for many files, which are read by one process."""
    _read_once()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _read_all_of(paths, settings, writer)
    os.close(writer)
    with open(reader, "rb") as answers:
        for answer in answers:
            documents, record = json.loads(answer)
            if "error" in record:
                raise AssertionError(record)
            yield documents, record
    _, status = os.waitpid(child, 0)
    assert status == 0, f"the process that reads ended with {os.waitstatus_to_exitcode(status)}"


@cache
def _read_once() -> None:
    """Ordinary files of some kinds, here, so that no process has to load what reads them."""
    texts = ["a text", "another"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "a.csv").write_text("id,text\n" + "".join(f"1,{text}\n" for text in texts))
        (folder / "a.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
        with suppress(ImportError):
            import pyarrow as pa
            import pyarrow.parquet as pq

            table = pa.table({"text": texts})
            pq.write_table(table, folder / "a.parquet")
            with pa.ipc.new_file(folder / "a.arrow", table.schema) as out:
                out.write_table(table)
        for path in sorted(folder.iterdir()):
            assert _answer(path, None)[0] == texts


def _read_all_of(paths: Iterable[Path], settings: Reading | None, writer: int) -> None:
    status = 1
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0]) if os.path.exists("/proc/self/statm") else 0
        limit = pages * resource.getpagesize() + ADDRESSES if pages else resource.RLIM_INFINITY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        with open(writer, "wb") as answers:
            for path in paths:
                signal.setitimer(signal.ITIMER_PROF, SECONDS)  # of its own time: the machine may be busy
                signal.alarm(10 * SECONDS)
                answers.write(json.dumps(_answer(path, settings)).encode() + b"\n")
        status = 0
    finally:
        os._exit(status)


def _answer(path: Path, settings: Reading | None) -> tuple[list[str], dict[str, Any]]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    documents: list[str] = []
    records: list[FileRecord] = []
    try:
        for source in discover([path], settings or Reading()).sources:
            for batch in read_piece(Piece(source), settings or Reading(), records, lambda _: None):
                for start, end in zip(batch.starts, batch.ends, strict=True):
                    text = batch.data[start:end].tobytes().decode()
                    documents += [text] if len(text) <= KEPT else []
    except BaseException as error:
        return [], {"error": f"{path.name}: {error!r}"}
    (record,) = records
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return documents[:1000], {**record.row(), "memory": used << 10}
