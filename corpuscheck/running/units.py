"""Work units: small files bundled, large ones cut, each about as much work as the others."""

from __future__ import annotations

from collections.abc import Sequence

from corpuscheck.reading.discover import Source
from corpuscheck.reading.files import Piece
from corpuscheck.reading.ranges import pieces_of
from corpuscheck.reading.reader import RECORD_READERS
from corpuscheck.settings import Reading

LARGEST_UNIT = 64 << 20
_SMALLEST_UNIT = 4 << 20
_MOST_FILES = 512

WorkUnit = tuple[Piece, ...]


def work_units(sources: Sequence[Source], settings: Reading, jobs: int) -> list[WorkUnit]:
    """The pieces of all sources, in their order, in units for `jobs` workers."""
    total = sum(source.size for source in sources)
    size = max(_SMALLEST_UNIT, min(LARGEST_UNIT, total // (4 * jobs)))
    most_files = max(1, min(_MOST_FILES, len(sources) // (4 * jobs)))
    units: list[WorkUnit] = []
    bundle: list[Piece] = []
    filled = 0
    for source in sources:
        pieces = pieces_of(source, settings, size) if jobs > 1 else [Piece(source)]
        if len(pieces) > 1:
            units.extend((piece,) for piece in pieces)
            continue
        if bundle and (filled + source.size > size or len(bundle) >= most_files):
            units.append(tuple(bundle))
            bundle, filled = [], 0
        bundle.append(pieces[0])
        filled += source.size
    if bundle:
        units.append(tuple(bundle))
    return units


def holds_gil(sources: Sequence[Source]) -> bool:
    """Whether most of the work runs in the interpreter (records), so that only processes run it side by side."""
    total = sum(source.size for source in sources)
    records = sum(source.size for source in sources if source.kind.format in RECORD_READERS)
    return records > max(total // 4, 16 << 20)
