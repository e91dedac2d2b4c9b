"""Work units: small files bundled, large ones cut, in a way that hardly changes when files come and go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import overload

import numpy as np

from corpuscheck.files.remote import at_once
from corpuscheck.reading.discover import Source
from corpuscheck.reading.files import Piece
from corpuscheck.reading.ranges import pieces_of
from corpuscheck.reading.reader import RECORD_READERS
from corpuscheck.settings import Reading
from corpuscheck.values.packed import Packed

LARGEST_UNIT = 64 << 20
_SMALLEST_UNIT = 4 << 20
_MANY_UNITS = 8
_MOST_BUNDLES = 1024
_LEAST_BUNDLE = 1 << 20
_MANY_FILES, _SMALL_FILE = 4000, 1 << 14

WorkUnit = Sequence[Piece]


@dataclass(frozen=True, eq=False)
class Bundle(Sequence[Piece]):
    """Neighbouring files, whole: the pieces are made when they are asked for."""

    sources: Packed[Source]
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    @overload
    def __getitem__(self, at: int) -> Piece: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Piece]: ...
    def __getitem__(self, at: int | slice) -> Piece | Sequence[Piece]:
        numbers = range(self.start, self.stop)[at]
        return Piece(self.sources[numbers]) if isinstance(numbers, int) else [Piece(self.sources[k]) for k in numbers]

    def __iter__(self) -> Iterator[Piece]:
        return map(Piece, self.sources[self.start : self.stop])


def work_units(sources: Packed[Source], settings: Reading) -> list[WorkUnit]:
    """The pieces of all sources, in their order, each unit about as much work as the others.

    Up to some 2,000 files each is a unit of its own. Of more files neighbours are bundled, small ones many together, as
    what a unit takes by itself is far more than what a small file takes. Where a bundle ends depends on the names
    alone, so that a new file moves no other bundle.
    """
    total = size_of(sources)
    size = unit_size(total)
    every = _power_of_two(len(sources) // _MOST_BUNDLES)
    if every > 1:
        every = max(every, _power_of_two(len(sources) * _LEAST_BUNDLE // max(1, total)))
    cut_far = _far_pieces(sources, settings, size)
    units: list[WorkUnit] = []
    start = filled = 0
    for number, (path, length) in enumerate(zip(sources.values("path"), sources.values("size"), strict=True)):
        pieces: Sequence[Piece] = cut_far.get(number, ())
        if length >= 2 * size and not pieces:
            pieces = pieces_of(sources[number], settings, size)
        cut = len(pieces) > 1
        if start < number and (cut or filled + length > size or _ends_bundle(path, every)):
            units.append(Bundle(sources, start, number))
            start, filled = number, 0
        filled += length
        if cut:
            units.extend((piece,) for piece in pieces)
            start, filled = number + 1, 0
    if start < len(sources):
        units.append(Bundle(sources, start, len(sources)))
    return units


def _far_pieces(sources: Packed[Source], settings: Reading, size: int) -> dict[int, list[Piece]]:
    """The pieces of the large files in stores, which are looked at several at a time."""
    if not any(sources.values("root")):
        return {}
    large = [k for k in np.flatnonzero(sources.numbers("size") >= 2 * size).tolist() if sources[k].root]
    return dict(zip(large, at_once(lambda k: pieces_of(sources[k], settings, size), large, far=True), strict=True))


def size_of(sources: Packed[Source]) -> int:
    """Bytes on disk."""
    return int(sources.numbers("size").sum())


def unit_size(total: int) -> int:
    """Bytes of a unit: a power of two, so that it changes only where the corpus doubles."""
    return max(_SMALLEST_UNIT, min(LARGEST_UNIT, _power_of_two(total // _MANY_UNITS)))


def _power_of_two(n: int) -> int:
    return 1 << max(0, n.bit_length() - 1)


def _ends_bundle(path: str, every: int) -> bool:
    digest = blake2b(path.encode("utf-8", "surrogateescape"), digest_size=4).digest()
    return int.from_bytes(digest, "big") % every == 0


def holds_gil(sources: Packed[Source], sizes: Mapping[str, int]) -> bool:
    """Whether most of the work runs in the interpreter, so that only processes run it side by side.

    So it is with records, and with thousands of files that are sooner measured than opened. `sizes` are the bytes of
    each format.
    """
    total = sum(sizes.values())
    if len(sources) > _MANY_FILES and total < _SMALL_FILE * len(sources):
        return True
    records = sum(sizes.get(name, 0) for name in (*RECORD_READERS, "warc"))
    return records > max(total // 4, 16 << 20)


def whole_documents(sources: Packed[Source], settings: Reading) -> list[WorkUnit]:
    """The same units, but a file that is one document is not cut: words are found wherever they stand in it."""
    units = work_units(sources, settings)
    return [
        (Piece(unit[0].source),) if unit[0].shared else unit for unit in units if not (unit[0].shared and unit[0].start)
    ]


def whole_files(sources: Packed[Source], _: Reading) -> list[WorkUnit]:
    """Each file a unit of its own."""
    return [(Piece(source),) for source in sources]
