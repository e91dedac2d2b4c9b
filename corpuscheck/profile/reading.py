"""Can it be read? Files by what became of them, encodings, damage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.profile.part import Part, added, table, table_of, total
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.not_data import REASONS
from corpuscheck.text.printable import printable
from corpuscheck.values.brief import brief

TroubleExample = tuple[int, str, str]
"""(amount, path, detail): the amount orders the list."""

EXAMPLES = 50
"""Examples kept of each kind; the counts beside them are never cut."""


_MANY_EMPTY = 0.01
"""The share of a file's records from which on those with empty text are many."""

LEFT_OUT = "left-out columns"

HARMLESS = {"empty", "hidden", "saved profile"}
"""Reasons for which a file is skipped that nobody has to be warned of."""

NOT_DATA = frozenset(REASONS)
"""Reasons that tell of a checkout or download that went wrong."""


@dataclass(frozen=True)
class ReadingPart(Part):
    """Counts of files and bytes, and the worst examples of each trouble.

    `encodings` maps a codec to files, `encoding_bytes` to their bytes on disk; `skipped` maps a reason to
    files; `troubles` maps a kind of trouble to (files, amount) and `examples` to its worst files. By the fields
    that were read, `text_fields` has the files, `text_characters` what those fields hold, and `left_out` what each
    field of prose holds that was not read.
    """

    __repr__ = brief

    measured: int = total()
    skipped: dict[str, int] = table()
    encodings: dict[str, int] = table()
    encoding_bytes: dict[str, int] = table()
    text_fields: dict[str, int] = table()
    text_characters: dict[str, int] = table()
    left_out: dict[str, dict[str, int]] = table_of(added)
    plain_files: int = total()
    plain_bytes: int = total()
    plain_documents: int = total()
    troubled_files: dict[str, int] = table()
    trouble_amounts: dict[str, int] = table()
    examples: dict[str, tuple[TroubleExample, ...]] = table_of(
        lambda *lists: worst(row for rows in lists for row in rows)
    )

    @property
    def files(self) -> int:
        return self.measured + sum(self.skipped.values())

    def share_left_out(self, text_field: str) -> float:
        """Of the characters of all prose in the files that were read by this field."""
        characters = sum(self.left_out.get(text_field, {}).values())
        return characters / max(1, characters + self.text_characters.get(text_field, 0))

    @classmethod
    def of(cls, records: Iterable[FileRecord]) -> Self:
        """The part for files whose records are complete."""
        measured = plain_files = plain_bytes = plain_documents = 0
        skipped: dict[str, int] = {}
        encodings: dict[str, int] = {}
        encoding_bytes: dict[str, int] = {}
        text_fields: dict[str, int] = {}
        text_characters: dict[str, int] = {}
        left_out: dict[str, dict[str, int]] = {}
        files: dict[str, int] = {}
        amounts: dict[str, int] = {}
        examples: dict[str, list[TroubleExample]] = {}
        for record in records:
            if record.status == "skipped":
                reason = record.reason or "unknown"
                _count(skipped, reason)
                _example(examples, f"skipped: {reason}", (0, printable(record.path, LONGEST_PATH), ""))
                continue
            measured += 1
            encoding = record.encoding or "ascii"
            _count(encodings, encoding)
            _count(encoding_bytes, encoding, record.bytes)
            if record.text_field:
                name = printable(record.text_field)
                _count(text_fields, name)
                _count(text_characters, name, record.text_characters)
                for column, characters in record.left_out.items():
                    _count(left_out.setdefault(name, {}), column, characters)
                if record.left_out:
                    amount = sum(record.left_out.values())
                    _example(
                        examples, LEFT_OUT, (amount, printable(record.path, LONGEST_PATH), ", ".join(record.left_out))
                    )
            if record.format == "text":
                plain_files += 1
                plain_bytes += record.utf8_bytes
                plain_documents += record.documents
            for kind, amount, detail in _troubles(record):
                _count(files, kind)
                _count(amounts, kind, amount)
                _example(examples, kind, (amount, printable(record.path, LONGEST_PATH), detail))
        return cls(
            measured, skipped, encodings, encoding_bytes, text_fields, text_characters, left_out,
            plain_files, plain_bytes, plain_documents, files, amounts,
            {kind: worst(items) for kind, items in examples.items()},
        )  # fmt: skip

    def valid(self) -> None:
        named = {*self.troubled_files, *(f"skipped: {reason}" for reason in self.skipped)}
        if self.troubled_files.keys() != self.trouble_amounts.keys() or not all(map(self.examples.get, named)):
            raise ValueError("troubles without examples")
        if self.left_out.keys() - self.text_characters.keys() or (self.left_out and not self.examples.get(LEFT_OUT)):
            raise ValueError("columns left out of no file")
        if self.encodings.keys() != self.encoding_bytes.keys():
            raise ValueError("encodings without bytes")


def worst(examples: Iterable[TroubleExample]) -> tuple[TroubleExample, ...]:
    """The `EXAMPLES` largest by (amount, name, detail). Each example is whole when it gets here, so any order of
    merging keeps the same ones."""
    return tuple(sorted(examples, key=lambda e: (-e[0], e[1], e[2]))[:EXAMPLES])


def _count(table: dict[str, int], key: str, amount: int = 1) -> None:
    table[key] = table.get(key, 0) + amount


def _example(examples: dict[str, list[TroubleExample]], kind: str, example: TroubleExample) -> None:
    rows = examples.setdefault(kind, [])
    rows.append(example)
    if len(rows) > 4 * EXAMPLES:
        rows[:] = worst(rows)


def _troubles(record: FileRecord) -> Iterable[tuple[str, int, str]]:
    if record.invalid_bytes:
        offset = record.first_invalid_offset
        first = f", first at offset {offset}" if offset is not None else ""
        yield "invalid bytes", record.invalid_bytes, f"{record.encoding}{first}"
    if record.damage:
        yield "cut short", 1, record.damage
    if record.bad_records:
        known = record.first_bad_record is not None and record.format not in ("csv", "tsv")
        line = f"line {record.first_bad_line}" if record.first_bad_line else ""
        place = ", ".join(filter(None, (line, f"offset {record.first_bad_record}" if known else "")))
        first = f"first at {place}" if place else ""
        mended = f"{record.mended_records:,} of them read all the same" if record.mended_records else ""
        lost = f"{record.lost_bytes:,} bytes not read" if record.lost_bytes else ""
        yield "bad records", record.bad_records, ", ".join(filter(None, (first, mended, lost)))
    if record.missing_text:
        first = f", first at line {record.first_missing_line}" if record.first_missing_line else ""
        yield "records without text", record.missing_text, f"field '{record.text_field or '?'}'{first}"
    if record.empty_texts >= _MANY_EMPTY * record.documents > 0:
        yield "records with empty text", record.empty_texts, f"{record.empty_texts:,} of {record.documents:,}"
    if record.repaired_surrogates:
        yield "lone surrogates", record.repaired_surrogates, "replaced by U+FFFD"
    if record.cesu8:
        yield "CESU-8", record.cesu8, "read as they are meant"
    yield from _about_markup(record)
    if record.declared:
        yield "wrong declarations", 1, f"says {record.declared}, is {record.encoding}"
    if record.forced_cuts:
        yield "forced cuts", record.forced_cuts, "no white space for 8 MB"
    if record.uncertain:
        yield "uncertain encoding", 1, f"{record.encoding}, confidence {record.confidence:.2f}"
    if record.encoding == "mixed":
        yield "mixed encodings", 1, record.how or ""
    yield from _about_layout(record)


def _about_markup(record: FileRecord) -> Iterable[tuple[str, int, str]]:
    if record.markup_bytes:
        share = 100 * record.markup_bytes / max(1, record.utf8_bytes)
        yield "markup", record.markup_bytes, f"{share:.0f} % of its text"
    if record.markup_kept:
        yield "markup kept", 1, record.markup_kept


def _about_layout(record: FileRecord) -> Iterable[tuple[str, int, str]]:
    if record.looks_like:
        yield "looks like", 1, record.looks_like
    if record.layout:
        yield "layout told by the content", 1, record.layout
    for kind, amount in sorted(record.not_text.items()):
        yield f"left out: {kind}", amount, ""
    if record.repeated:
        yield "requests repeated", record.repeated, "its store did not answer at once"
    if record.changed:
        yield "changed while it was read", 1, "it was read again"
