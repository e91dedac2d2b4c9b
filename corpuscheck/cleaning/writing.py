"""Writing: the second pass, which makes the documents that stay, and lists what goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from corpuscheck.cleaning.decisions import AFTER_CUTTING, CONTAMINATED, DROPPED, NAMES, STAYS, UnitDecisions
from corpuscheck.cleaning.frames import FrameWriter
from corpuscheck.cleaning.looking import LongDocument, cut
from corpuscheck.cleaning.making import Making
from corpuscheck.errors import ScanError
from corpuscheck.kernels.arrays import Flagged, RowArray
from corpuscheck.measuring.block import Block
from corpuscheck.measuring.contaminants import Contaminants
from corpuscheck.measuring.cutting import CutSpans, CutTexts, kind_of
from corpuscheck.measuring.documents import Ended
from corpuscheck.measuring.ledger import slices
from corpuscheck.measuring.sources import SourceNames
from corpuscheck.profile.document_rules import DOCUMENT_RULES
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.sourcing import Sourcing
from corpuscheck.text.printable import printable
from corpuscheck.values.json_text import line_bytes

KEPT, REMOVED = ".kept", ".removed"
"""The endings of the two files of a unit."""

_LONGEST_PATH = 1 << 16

Span = tuple[int, int, str]
"""What was cut: the byte where it begins in its document, how many bytes, and the kind of debris, none of a benchmark.
"""

Entry = dict[str, Any]
"""The path and the number of a document, from 1, as they are written."""


@dataclass
class _Long:
    """A document that goes on over several batches: bytes of it that were read and written so far, and what was cut."""

    at: int = 0
    size: int = 0
    spans: list[Span] = field(default_factory=list)


class ChangedCorpusError(ScanError):
    """A file that is not what it was in the pass before."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{printable(path, 300)} changed while it was read: nothing was written; run again")


class CleanWriter:
    """Writes the documents of one work unit, by the decisions about them."""

    def __init__(
        self, records: Sequence[FileRecord], decisions: UnitDecisions, making: Making, sourcing: Sourcing, drop: int,
        contaminants: Contaminants | None, kept: FrameWriter, removed: FrameWriter,
    ) -> None:  # fmt: skip
        self._records, self._decisions, self._making, self._drop = records, decisions, making, drop
        self._kept, self._removed, self._contaminants = kept, removed, contaminants
        self._names = SourceNames(records, sourcing)
        self._pieces = LongDocument(making)
        self._next = -1
        self._long = _Long()

    def observe(self, block: Block) -> None:
        for some, ended in slices(block.batch, block.ended):
            self._observe(some, ended)

    def _observe(self, some: Batch, ended: Ended) -> None:
        n = len(ended)
        if not some.offset and self._pieces.open:  # the file before broke off
            self._pieces = LongDocument(self._making)
        numbers, rows, why, twins = self._decisions.take(n)
        if not np.array_equal(rows["hash"], ended.hashes):
            raise ChangedCorpusError(self._records[int(ended.files[0])].path)
        sources = self._names.of(ended) if n else np.zeros(0, np.uint64)
        made = self._made(some, rows, why == STAYS)
        for k in range(n):
            long = k == 0 and some.offset > 0 and why[k] == STAYS
            if not long:
                self._begin(int(numbers[k]))
            self._next = int(numbers[k]) + 1
            place = self._place(int(ended.files[k]), int(numbers[k]))
            if why[k] != STAYS:
                self._tell(place, rows[k], int(why[k]), int(twins[k]))
                continue
            spans: Sequence[Span]
            if long:
                self._piece(CutTexts(some.data, some.starts[:1], some.ends[:1]), ends=True)
                self._kept.write(b'"')
                size, spans = self._long.size, self._long.spans
            else:
                text, spans = made.get(k, (b"", ()))
                if k not in made:
                    text = some.data[some.starts[k] : some.ends[k]].tobytes()
                self._kept.write(b'{"text":' + line_bytes(text.decode()))
                size = len(text)
            rest = {**place, "id": f"{int(rows['made_hash'][k]):016x}", "source": self._names.names[int(sources[k])]}
            self._kept.write(b"," + line_bytes(rest)[1:] + b"\n", size, 1)
            self._tell_spans(place, rows[k], spans)
        if some.unfinished:
            self._take_piece(CutTexts(some.data, some.starts[-1:], some.ends[-1:]))

    def _made(self, some: Batch, rows: RowArray, stays: Flagged) -> dict[int, tuple[bytes, Sequence[Span]]]:
        """The documents that change as they are written, and what was cut from each."""
        chosen = np.flatnonzero(stays & (self._making.wanted(rows)))
        chosen = chosen[chosen > 0] if some.offset else chosen
        if not len(chosen):
            return {}
        read = self._making.repaired(CutTexts(some.data, some.starts[chosen], some.ends[chosen]))
        starts = read.starts
        texts, spans = cut(read, rows[chosen], self._making)
        finished, _ = self._making.finished(texts)
        told: list[list[Span]] = [[] for _ in range(len(chosen))]
        for start, end, document, kind in _listed(spans):
            told[document].append((start - int(starts[document]), end - start, kind))
        return {k: (finished.bytes_of(j), told[j]) for j, k in enumerate(chosen.tolist())}

    def _begin(self, number: int) -> None:
        apart = number != self._next
        self._kept.begin(number, apart)
        self._removed.begin(number, apart)

    def _take_piece(self, piece: CutTexts) -> None:
        """A piece of a document that goes on: it is written as it comes, if it stays."""
        number, stays = self._decisions.following()
        if stays:
            if not self._pieces.open:
                self._begin(number)
                self._kept.write(b'{"text":"')
                self._long = _Long()
            self._piece(piece, ends=False)

    def _piece(self, piece: CutTexts, ends: bool) -> None:
        start = 0 if self._making.mojibake else int(piece.starts[0])
        for data, _, spans in self._pieces.add(piece, ends):
            if data:
                self._kept.write(line_bytes(data.decode())[1:-1])
                self._long.size += len(data)
            for begin, end, _, kind in _listed(spans):
                self._long.spans.append((self._long.at + begin - start, end - begin, kind))
        self._long.at += int(piece.sizes[0])

    def _tell(self, place: Entry, row: Any, why: int, twin: int) -> None:
        """List a document that goes, with the one that stays for it."""
        rule = NAMES[why]
        if why == DROPPED:
            named = int(row["rules"]) & self._drop
            rule = DOCUMENT_RULES[(named & -named).bit_length() - 1].id
        told = {**place, "rule": rule, "bytes": int(row["size"])}
        if why == CONTAMINATED:
            told |= self._benchmark(row)
        if twin >= 0:
            path, number = self._decisions.place_of(twin)
            told["kept"] = {"path": shown(path), "document": number + 1}
        self._removed.write(line_bytes(told) + b"\n", documents=1)

    def _tell_spans(self, place: Entry, row: Any, spans: Sequence[Span]) -> None:
        """List what was cut from a document that stays, by its bytes as it was read.

        Of what showed only when the first was cut nobody can say where it stood: it is one line.
        """
        taken = sum(size for _, size, kind in spans if not kind)
        told = [{"rule": f"debris: {kind}" if kind else NAMES[CONTAMINATED], "start": start, "bytes": size}
                for start, size, kind in spans]  # fmt: skip
        told += [{"rule": AFTER_CUTTING, "bytes": int(row["more"])}] if row["more"] else []
        told += [{"rule": NAMES[CONTAMINATED], "bytes": int(row["taken"]) - taken}] if row["taken"] > taken else []
        for one in told:
            of = self._benchmark(row) if one["rule"] == NAMES[CONTAMINATED] else {}
            self._removed.write(line_bytes({**place, **one, **of}) + b"\n", documents=1)

    def _benchmark(self, row: Any) -> Entry:
        """The document of a benchmark that a document holds something of."""
        if self._contaminants is None:
            return {}
        name, path, number = self._contaminants.place(int(row["contaminant"]) - 1)
        return {"benchmark": {"name": name, "path": path, "document": number + 1}}

    def _place(self, file: int, number: int) -> Entry:
        return {"path": shown(self._records[file].path), "document": self._decisions.document(number)}


def shown(path: str) -> str:
    """A path as JSON can hold it: names that are no text are shown as reports show them."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return printable(path, _LONGEST_PATH)
    return path


def _listed(spans: CutSpans) -> list[tuple[int, int, int, str]]:
    """(start, end, document, kind) of each; those of a benchmark are of no kind."""
    columns = (spans.starts, spans.ends, spans.documents, spans.columns)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [(start, end, document, "" if column < 0 else kind_of(column)) for start, end, document, column in rows]
