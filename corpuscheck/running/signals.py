"""Write a row for each document: where it is, what was found of it, and of which one it is a copy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import zstandard

from corpuscheck.errors import UsageError
from corpuscheck.files.spilling import spilled_blocks
from corpuscheck.files.writing import writing
from corpuscheck.kernels.arrays import Ints, RowArray
from corpuscheck.kernels.columns import PII
from corpuscheck.measuring.ledger import sources_of_shared
from corpuscheck.measuring.signals import ROW, SCRIPT_NAMES, SharedRows
from corpuscheck.profile.document_rules import DOCUMENT_RULES
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reading.formats.columnar import INSTALL, available
from corpuscheck.reading.sourcing import Sourcing
from corpuscheck.running.partial import Partial
from corpuscheck.running.twins import COPY_KINDS, Twins
from corpuscheck.text.printable import printable
from corpuscheck.values.json_text import line_bytes

JSON_LINES, PARQUET = ".jsonl.zst", ".parquet"
_AT_ONCE = 1 << 15

_SHAPES = {
    "e-mail address": "pii_email_address",
    "telephone number": "pii_phone_number",
    "IPv4 address": "pii_ip_address",
    "US social security number": "pii_us_social_security_number",
}
"""Names of shapes that are not made of their own words; the first three are those of Dolma."""

_PII = tuple(_SHAPES.get(name, "pii_" + name.lower().replace(" ", "_").replace("-", "_")) for name in PII)
_RULES = [rule.id for rule in DOCUMENT_RULES]


def _article(shape: str) -> str:
    return f"an {shape}" if shape[0].lower() in "aei" else f"a {shape}"


TEXT, NUMBER, SHARE, TEXTS = "text", "number", "share", "texts"

COLUMNS: dict[str, tuple[str, str]] = {
    "id": (TEXT, "The path and the number of the document, `path#1`; as `id` in Dolma."),
    "path": (TEXT, "Its file."),
    "document": (NUMBER, "Its number in the file, from 1."),
    "source": (TEXT, "Its source, as scan tells them apart; as `source` in Dolma."),
    "bytes": (NUMBER, "Bytes of UTF-8."),
    "hash": (TEXT, "64 bits of its text, as 16 hexadecimal digits: equal texts have equal ones."),
    "copy_of_path": (TEXT, "Where it is a copy, the file of the document that is kept: the longest, then the first."),
    "copy_of_document": (NUMBER, "The number of that one in its file."),
    "copy_kind": (TEXT, "`exact`, or `normalised`: the same but for case, spaces, punctuation and marks."),
    "rules": (TEXTS, "Ids of the rules that name it, `CC401` and after."),
    "debris_bytes": (NUMBER, "Bytes of it that are no text."),
    "script": (TEXT, "The script that most of its letters are of; `none` without letters, or `mixed`."),
    "words": (NUMBER, "Words, as the tokenizer parts them."),
    "unk_words": (NUMBER, "Words that become [UNK]."),
    "shattered_words": (NUMBER, "Words that are spelt in pieces of characters."),
    "tokens": (NUMBER, "Tokens, where they are counted: see --count-tokens; else null."),
    "ccnet_length": (NUMBER, "Characters; as in RedPajama-V2."),
    "ccnet_nlines": (NUMBER, "Lines; as in RedPajama-V2, but that lines without text do not count."),
    "rps_doc_word_count": (NUMBER, "Words between spaces; as in RedPajama-V2, but that punctuation counts too."),
    "rps_doc_curly_bracket": (SHARE, "Share of its characters that are `{` or `}`; as in RedPajama-V2."),
    **{
        name: (NUMBER, f"How often the shape of {_article(shape)} stands in it.")
        for name, shape in zip(_PII, PII, strict=True)
    },
}
"""The columns, with what each holds."""


@dataclass(frozen=True)
class _Segment:
    """Documents of one file or range: the first is row `at` of a unit, number `first` of the corpus, and number
    `in_file` of its file, from 0."""

    path: str
    start: int
    unit: int
    at: int
    documents: int
    first: int = 0
    in_file: int = 0


class _Documents:
    """All rows, in the order of the files, and which number each document has."""

    def __init__(self, measured: Partial, folder: str, sourcing: Sourcing) -> None:
        self._folder = folder
        self._units = sorted(measured.spilled, key=lambda unit: (unit.path, unit.start))
        homes, _ = sources_of_shared(measured.split, sourcing)
        self._shared = SharedRows.of(measured.split, homes)
        self.sources = {key: name for unit in self._units for key, name in unit.sources.items()}
        self.sources |= {homes[path]: name for path, name in _names_of(measured.split, sourcing).items()}
        found: list[_Segment] = []
        for number, unit in enumerate(self._units):
            at = 0
            for file in unit.files:
                found.append(_Segment(file.path, file.start, number, at, file.documents))
                at += file.documents
        found += (_Segment(path, 0, len(self._units), at, 1) for at, path in enumerate(self._shared.paths))
        self._number(sorted(found, key=lambda one: (one.path, one.start)))

    def _number(self, ordered: Sequence[_Segment]) -> None:
        self.segments: list[_Segment] = []
        first = 0
        for one in ordered:
            before = self.segments[-1] if self.segments and self.segments[-1].path == one.path else None
            in_file = before.in_file + before.documents if before else 0
            self.segments.append(_Segment(one.path, one.start, one.unit, one.at, one.documents, first, in_file))
            first += one.documents
        self.count = first
        self._firsts = np.array([one.first for one in self.segments], np.int64)
        self._in_file = np.array([one.in_file for one in self.segments], np.int64)
        self._paths = [printable(one.path, LONGEST_PATH) for one in self.segments]

    def places(self, numbers: Ints) -> tuple[list[str], Ints]:
        """The paths of documents, and their numbers in the file, from 1."""
        of = np.searchsorted(self._firsts, numbers, "right") - 1
        return [self._paths[k] for k in of.tolist()], numbers - self._firsts[of] + self._in_file[of] + 1

    def rows(self) -> Iterator[tuple[RowArray, Ints]]:
        """Some rows at a time, with the numbers of their documents."""
        by_unit: dict[int, list[_Segment]] = {}
        for one in self.segments:
            by_unit.setdefault(one.unit, []).append(one)
        for unit, segments in sorted(by_unit.items()):
            segments.sort(key=lambda one: one.at)
            starts, firsts = (np.array([getattr(one, name) for one in segments], np.int64) for name in ("at", "first"))
            done = 0
            for rows in self._of_unit(unit):
                at = np.arange(done, done + len(rows))
                of = np.searchsorted(starts, at, "right") - 1
                yield rows, at - starts[of] + firsts[of]
                done += len(rows)

    def _of_unit(self, unit: int) -> Iterator[RowArray]:
        if unit == len(self._units):
            yield self._shared.rows
            return
        held = b""
        for block in spilled_blocks(self._folder, self._units[unit].name):
            held += block
            if len(held) >= _AT_ONCE * ROW.itemsize:
                whole = len(held) // ROW.itemsize * ROW.itemsize
                yield np.frombuffer(held[:whole], ROW)
                held = held[whole:]
        if held:
            yield np.frombuffer(held, ROW)


def _names_of(paths: Mapping[str, Any], sourcing: Sourcing) -> dict[str, str]:
    """The names of the sources of files that are one document each."""
    return {path: printable(sourcing.of_path(path), LONGEST_PATH) for path in paths} if sourcing.of_files else {}


def check_signals(path: str) -> None:
    """Raises UsageError for a file that cannot be written."""
    if not path.endswith((JSON_LINES, PARQUET)):
        raise UsageError(f"--documents {printable(path, 200)}: the name ends in {JSON_LINES} or {PARQUET}")
    if path.endswith(PARQUET) and not available():
        raise UsageError(f"--documents {printable(path, 200)}: {INSTALL}")


def write_signals(path: str, measured: Partial, folder: str, sourcing: Sourcing) -> None:
    """Write the rows that lie in a folder to a file. Raises CorpuscheckError."""
    documents = _Documents(measured, folder, sourcing)
    twins = Twins(folder, documents.count)
    for rows, numbers in documents.rows():
        twins.add(rows, numbers)
    twins.find()
    writer = _parquet if path.endswith(PARQUET) else _json_lines
    with writing(path) as file, writer(file) as write:
        for rows, numbers in documents.rows():
            for start in range(0, len(rows), _AT_ONCE):
                some = slice(start, start + _AT_ONCE)
                write(_columns(rows[some], numbers[some], documents, twins))


def _columns(rows: RowArray, numbers: Ints, documents: _Documents, twins: Twins) -> dict[str, list[Any]]:
    """The columns of some documents."""
    paths, places = documents.places(numbers)
    kept, kinds = twins.of(numbers)
    copies = kinds > 0
    twin_paths, twin_places = documents.places(kept)
    of_paths = [path if copy else None for path, copy in zip(twin_paths, copies.tolist(), strict=True)]
    of_places = [place if copy else None for place, copy in zip(twin_places.tolist(), copies.tolist(), strict=True)]
    distinct = np.unique(rows["rules"]).tolist()
    masks = {mask: [rule for bit, rule in enumerate(_RULES) if mask >> bit & 1] for mask in distinct}
    braces = rows["braces"] / np.maximum(rows["characters"], 1)
    return {
        "id": [f"{path}#{place}" for path, place in zip(paths, places.tolist(), strict=True)],
        "path": paths,
        "document": places.tolist(),
        "source": [documents.sources.get(source, "") for source in rows["source"].tolist()],
        "bytes": rows["size"].tolist(),
        "hash": [f"{value:016x}" for value in rows["hash"].tolist()],
        "copy_of_path": of_paths,
        "copy_of_document": of_places,
        "copy_kind": [COPY_KINDS[kind] for kind in kinds.tolist()],
        "rules": [masks[mask] for mask in rows["rules"].tolist()],
        "debris_bytes": rows["debris"].tolist(),
        "script": [SCRIPT_NAMES[number] for number in rows["script"].tolist()],
        "words": rows["words"][:, 0].tolist(),
        "unk_words": rows["words"][:, 1].tolist(),
        "shattered_words": rows["words"][:, 2].tolist(),
        "tokens": [tokens or None for tokens in rows["words"][:, 3].tolist()],
        "ccnet_length": rows["characters"].tolist(),
        "ccnet_nlines": rows["lines"].tolist(),
        "rps_doc_word_count": rows["spaced_words"].tolist(),
        "rps_doc_curly_bracket": braces.tolist(),
        **{name: rows["shapes"][:, k].tolist() for k, name in enumerate(_PII)},
    }


_Write = Callable[[dict[str, list[Any]]], None]


@contextmanager
def _json_lines(file: BinaryIO) -> Iterator[_Write]:
    with zstandard.ZstdCompressor(level=3).stream_writer(file, closefd=False) as packed:

        def write(columns: dict[str, list[Any]]) -> None:
            rows = zip(*columns.values(), strict=True)
            lines = (line_bytes(dict(zip(columns, row, strict=True))) for row in rows)
            packed.write(b"\n".join(lines) + b"\n")

        yield write


@contextmanager
def _parquet(file: BinaryIO) -> Iterator[_Write]:
    import pyarrow as pa
    from pyarrow import parquet

    kinds = {TEXT: pa.string(), NUMBER: pa.int64(), SHARE: pa.float64(), TEXTS: pa.list_(pa.string())}
    schema = pa.schema([(name, kinds[kind]) for name, (kind, _) in COLUMNS.items()])
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:

        def write(columns: dict[str, list[Any]]) -> None:
            writer.write_table(pa.table(columns, schema))

        yield write
