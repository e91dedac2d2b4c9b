"""Find the field of records that names their source, where it is obvious, by a look at the first of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

from corpuscheck.reading.discover import Source
from corpuscheck.reading.files import FileRecord, Piece
from corpuscheck.reading.reader import COLUMNAR, Look, read_piece
from corpuscheck.settings import Reading
from corpuscheck.values.packed import Packed

_NAMES = ("source", "meta.source", "metadata.source", "meta.pile_set_name", "pile_set_name", "dataset", "subset")
_FORMATS = ("jsonl", "json", "csv", "tsv", *COLUMNAR)
_FILES = 3
_MOST = 40
_EACH = 5
"""Documents that a source has on average, or the field says something else."""


def obvious_field(sources: Packed[Source], reading: Reading) -> str:
    """The first of the usual names under which records say one of 2 to 40 sources; empty where there is none."""
    if not len(sources) or any(kind.format not in _FORMATS or kind.archive for kind in sources.values("kind")):
        return ""
    if any(sources.values("root")):  # what lies in a store is read once
        return ""
    looked_at = [sources[k] for k in sorted({0, len(sources) // 2, len(sources) - 1})][:_FILES]
    for name in _NAMES:
        counts = _counted(looked_at, reading, name)
        told = {value for value in counts if value and "://" not in value}
        if 1 < len(told) <= _MOST and counts.total() >= _EACH * len(told) and 2 * _of(counts, told) > counts.total():
            return name
    return ""


def _counted(looked_at: Sequence[Source], reading: Reading, field: str) -> Counter[str]:
    """The sources of the first documents of each file."""
    counts: Counter[str] = Counter()
    for source in looked_at:
        records: list[FileRecord] = []
        with suppress(StopIteration):
            named = next(
                read_piece(Piece(source), reading, records, lambda size: None, Look(source_field=field))
            ).sources
            if named:
                counts.update(named.names[number] for number in named.numbers.tolist())
        if not any(counts):  # no such field in the first file
            break
    return counts


def _of(counts: Counter[str], values: set[str]) -> int:
    return sum(counts[value] for value in values)
