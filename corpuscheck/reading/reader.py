"""Read: one source as batches of documents, and the record of what was found in it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import BinaryIO, cast

from corpuscheck.files.remote import finished
from corpuscheck.reading.batch import Batch
from corpuscheck.reading.containers.archives import members_of
from corpuscheck.reading.containers.splits import JOIN, named_like_a_part
from corpuscheck.reading.discover import Source
from corpuscheck.reading.documents import SplitReport, split_text, without_front_matter, without_head
from corpuscheck.reading.encodings.declarations import disagrees
from corpuscheck.reading.encodings.decoded import UNCERTAIN, Decoded
from corpuscheck.reading.encodings.decoding import settled
from corpuscheck.reading.files import DEFERRED, NO_AMOUNTS, NO_TEXT, FileRecord, Piece, fault_of, skip
from corpuscheck.reading.formats import columnar, warcs
from corpuscheck.reading.formats.delimited import read_csv, read_tsv
from corpuscheck.reading.formats.json_values import read_json
from corpuscheck.reading.formats.jsonl import read_jsonl
from corpuscheck.reading.formats.markup import MarkupReport, with_markup, without_markup
from corpuscheck.reading.formats.mbox import read_mbox
from corpuscheck.reading.formats.notebooks import read_notebook
from corpuscheck.reading.formats.records import RecordReader, RecordReport, SourceOfRecord
from corpuscheck.reading.formats.warcs import MAGIC
from corpuscheck.reading.kinds import Format, Kind, misnamed
from corpuscheck.reading.layouts import Layout, front_matter, layout_of
from corpuscheck.reading.not_data import in_its_place
from corpuscheck.reading.offsets import raw_offset
from corpuscheck.reading.opening import (
    UNREADABLE,
    Expansion,
    Stream,
    UnreadableError,
    copied,
    open_found,
    reason_of,
)
from corpuscheck.reading.text import TextStream
from corpuscheck.settings import HINTS, Reading
from corpuscheck.text.printable import printable
from corpuscheck.values.packed import Packing

MARKUP = ("html", "xml")
COLUMNAR = ("parquet", "arrow")
RECORD_READERS: dict[Format, RecordReader] = {
    "jsonl": read_jsonl,
    "json": read_json,
    "csv": read_csv,
    "tsv": read_tsv,
    "mbox": read_mbox,
    "ipynb": read_notebook,
}


Records = list[FileRecord] | Packing[FileRecord]
"""The records of a work unit, to which more are added while it is read."""


@dataclass(frozen=True)
class Look:
    """Which look at the files it is, and what the ones before have told.

    The first one may `defer` files whose encoding is uncertain; the second reads them alone, of archives these
    `members`, and settles them by the corpus's own most common encoding, the `majority`. `source_field` is the field of
    records that names their source, where it is asked for.
    """

    defer: bool = False
    majority: str | None = None
    members: tuple[str, ...] = ()
    source_field: str = ""


ONLY_LOOK = Look()


def read(
    piece: Piece, settings: Reading, record: FileRecord, progress: Callable[[int], None], look: Look = ONLY_LOOK
) -> Iterator[Batch]:
    """The documents of a piece. Fills in `record` as it goes; `progress` is told of bytes on disk.

    One file ends no scan: whatever is raised while it is read is its damage, or the reason for skipping it.
    """
    try:
        yield from _read(piece, settings, record, progress, look)
    except Exception as error:
        _fail(record, error)


def _fail(record: FileRecord, error: Exception) -> None:
    """What was handed on already stays counted."""
    if record.documents:
        record.damage = _rest_unread(fault_of(error))
    else:
        skip(record, fault_of(error))


def _rest_unread(fault: str) -> str:
    return fault and f"{fault}; the rest was not read"


def _read(
    piece: Piece, settings: Reading, record: FileRecord, progress: Callable[[int], None], look: Look
) -> Iterator[Batch]:
    source = piece.source
    record.bytes = piece.size
    record.start = piece.start
    opened = partial(open_found, source)
    if source.kind.format in COLUMNAR:
        yield from _read_columnar(opened, source.kind, piece, settings, record, look)
        progress(piece.size)
        return
    opened = partial(open_found, source, piece.start, piece.stop)
    stream = Stream(opened, source.kind.compression, piece.start, piece.stop, progress)
    yield from _read_stream(stream, source.kind, piece, settings, record, look)
    if record.status == "measured" and not piece.partial:
        record.bytes = stream.bytes_read  # it may have grown or shrunk since it was found
        if record.first_bad_record and record.encoding not in ("ascii", "utf-8") and record.format in ("json", "jsonl"):
            again = Stream(opened, source.kind.compression)
            record.first_bad_record = raw_offset(again, record.encoding or "", record.first_bad_record)
        elif record.first_bad_record is not None and record.format in ("json", "jsonl"):
            record.first_bad_record += record.mark_bytes


def read_piece(
    piece: Piece,
    settings: Reading,
    records: Records,
    progress: Callable[[int], None],
    look: Look = ONLY_LOOK,
) -> Iterator[Batch]:
    """The documents of a piece, those of all members where it is an archive. A record is added for each file.

    Raises ScanError for a file in a store that does not answer, or that has changed meanwhile.
    """
    first = len(records)
    yield from _read_piece(piece, settings, records, progress, look)
    if (place := piece.source.location) is not None:
        records[first].repeated = finished(place)
        records[first].changed = piece.source.changed


def _read_piece(
    piece: Piece, settings: Reading, records: Records, progress: Callable[[int], None], look: Look
) -> Iterator[Batch]:
    source = piece.source
    if not source.kind.archive:
        records.append(FileRecord(source.path))
        yield from _of_last(records, read(piece, settings, records[-1], progress, look))
        return
    if reason := _not_data(source):
        records.append(FileRecord(source.path, bytes=source.size))
        skip(records[-1], reason)
        progress(source.size)
        return
    try:
        yield from _read_members(source, settings, records, progress, look)
    except Exception as error:
        records.append(FileRecord(source.path))
        skip(records[-1], fault_of(error))


def _read_members(
    source: Source, settings: Reading, records: Records, progress: Callable[[int], None], look: Look
) -> Iterator[Batch]:
    left = source.size
    chosen = frozenset(look.members)
    whole = Expansion(source.size)
    for member in members_of(source, settings, progress):
        record = FileRecord(
            f"{source.path}!/{member.name}" if member.name else source.path, bytes=min(member.size, left)
        )
        left -= record.bytes
        if chosen and record.path not in chosen:
            continue
        records.append(record)
        if member.skip:
            skip(record, member.skip)
            continue
        expansions = (whole, Expansion(member.size))
        if member.kind.format in COLUMNAR:
            opened = partial(_copied, member.opened, expansions)
            yield from _of_last(records, _read_columnar(opened, member.kind, Piece(source), settings, record, look))
            continue
        stream = Stream(member.opened, member.kind.compression, expansions=expansions)
        yield from _of_last(records, _read_stream(stream, member.kind, Piece(source), settings, record, look))


def _not_data(source: Source) -> str:
    """Why a file is no archive but something in its place."""
    try:
        with open_found(source) as file:
            return in_its_place(file)
    except UNREADABLE:
        return ""


def _of_last(records: Records, batches: Iterable[Batch]) -> Iterator[Batch]:
    number = len(records) - 1
    return (batch.of_file(number) for batch in batches)


def _copied(opened: Callable[[], BinaryIO], expansions: Sequence[Expansion]) -> BinaryIO:
    """A member as a file that can be read from its end."""
    copy = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115  # the caller closes it
    with opened() as stored:
        copied(stored, copy, *expansions)
    return copy


def _read_columnar(
    opened: Callable[[], BinaryIO], kind: Kind, piece: Piece, settings: Reading, record: FileRecord, look: Look
) -> Iterator[Batch]:
    record.format = kind.format
    if not columnar.available():
        with suppress(*UNREADABLE), opened() as file:
            skip(record, in_its_place(file) or columnar.INSTALL)
            return
        skip(record, columnar.INSTALL)
        return
    report = RecordReport(source=SourceOfRecord(look.source_field))
    try:
        with opened() as file:
            if reason := in_its_place(file):
                skip(record, reason)
                return
            file.seek(0)
            for batch in columnar.read_columnar(file, kind.format, settings.text_fields, report, piece.groups):
                record.utf8_bytes += batch.utf8_bytes
                record.documents += batch.documents
                yield batch
    except UNREADABLE as error:
        record.damage = f"damaged {kind.format} file ({printable(reason_of(error))})"
    except Exception as error:
        record.damage = fault_of(error)
    _enter(report, record)
    record.invalid_bytes, record.cesu8 = report.damaged.invalid_bytes, report.damaged.cesu8
    if not record.documents:
        skip(record, record.damage or _no_documents(report, kind.format))
        return
    record.encoding, record.confidence, record.how = "utf-8", 1.0, f"{kind.format} strings"


def _read_stream(
    stream: Stream, kind: Kind, piece: Piece, settings: Reading, record: FileRecord, look: Look
) -> Iterator[Batch]:
    record.format = kind.format
    blocks = iter(stream)
    try:
        begun = [block for block in (next(blocks, b""), next(blocks, b"")) if block]
    except UnreadableError as error:
        skip(record, str(error))
        return
    if stream.compression != stream.named and _like_a_part(record):
        skip(record, JOIN)
        return
    whole = len(begun) < 2
    raw = chain(begun, blocks)
    crawl = bool(begun) and begun[0].startswith(MAGIC) and not piece.partial
    if crawl and (kind.format == "warc" or settings.layout == "auto"):
        yield from _read_pages(stream, raw, kind, settings, record)
    else:
        yield from _read_text(stream, raw, whole, kind, piece, settings, record, look)


def _like_a_part(record: FileRecord) -> bool:
    return named_like_a_part(record.path.replace("\\", "/").rpartition("/")[2])


def _read_pages(
    stream: Stream, blocks: Iterable[bytes], kind: Kind, settings: Reading, record: FileRecord
) -> Iterator[Batch]:
    record.format = "warc"
    record.layout = Layout("warc").told(kind.format) or None
    if not warcs.available():
        skip(record, warcs.INSTALL)
        return
    report = warcs.WarcReport()
    for batch in warcs.read_warc(blocks, settings, report):
        record.utf8_bytes += batch.utf8_bytes
        record.documents += batch.documents
        yield batch
    if not record.documents:
        skip(record, stream.damage or report.records.damage or _no_documents(report.records, "WARC"))
        return
    named = report.encodings.most_common()
    record.encoding = "ascii" if set(report.encodings) == {"ascii"} else next(n for n, _ in named if n != "ascii")
    record.confidence = 1.0
    record.how = "page by page: " + ", ".join(f"{n} {name}" for name, n in named)
    record.invalid_bytes = report.invalid_bytes
    record.first_invalid_offset = 0 if report.invalid_bytes else None
    record.damage = stream.damage or report.records.damage or None
    record.markup_bytes = report.markup.markup_bytes
    record.bad_records, record.first_bad_record = report.records.bad, report.records.first_bad
    record.missing_text = report.records.missing
    record.not_text = report.records.not_text or NO_AMOUNTS


def _read_text(
    stream: Stream,
    raw: Iterable[bytes],
    whole: bool,
    kind: Kind,
    piece: Piece,
    settings: Reading,
    record: FileRecord,
    look: Look,
) -> Iterator[Batch]:
    text = TextStream(raw, settings.encoding, partial(_settle, settings, look))
    report = RecordReport(source=SourceOfRecord(look.source_field))
    split = SplitReport()
    markup = MarkupReport()
    fault = ""
    try:
        blocks = iter(text)
        head = next(blocks, b"")
        layout = piece.layout or _layout(head, whole, text, stream, kind, settings)
        if layout.not_data:
            skip(record, layout.not_data)
            return
        if layout.format == "warc" and head:
            skip(record, "not WARC: it begins with something else")
            return
        record.format = layout.format
        record.layout = _told(layout, stream, kind)
        record.looks_like = layout.looks_like or None
        if layout.front_matter:
            report.not_text["bytes of front matter"] = front_matter(head)
        for batch in _batches(layout, piece, chain([head] if head else [], blocks), settings, report, split, markup):
            record.utf8_bytes += batch.utf8_bytes
            record.documents += batch.documents
            yield batch
    except UnreadableError as error:
        skip(record, str(error))
        return
    except _DeferredError:
        record.status = DEFERRED
        return
    except Exception as error:
        fault = fault_of(error)
    decoded = text.decoded
    if decoded.encoding == "binary":
        skip(record, JOIN if _like_a_part(record) and not piece.partial else _binary(decoded, stream))
        return
    if (fault or stream.damage) and not record.utf8_bytes:
        skip(record, fault or stream.damage)
        return
    record.encoding = decoded.encoding
    record.confidence = decoded.confidence
    record.how = decoded.how
    record.mark_bytes = decoded.skip
    record.declared = text.declared if disagrees(text.declared, decoded.encoding) else None
    record.invalid_bytes = text.damage.invalid_bytes
    record.first_invalid_offset = None if text.damage.first_offset is None else piece.start + text.damage.first_offset
    record.cesu8 = text.damage.cesu8
    cut = "the last character is cut" if text.cut else None
    record.damage = _rest_unread(fault) or stream.damage or report.damage or cut
    _enter(report, record)
    record.forced_cuts = split.forced_cuts
    record.line_ends = max(0, split.line - 1)
    record.markup_bytes, record.markup_kept = markup.markup_bytes, markup.kept or None
    if not record.documents and not piece.partial:
        skip(record, _no_documents(report, layout.format, layout.looks_like))
        record.looks_like = None


def _binary(decoded: Decoded, stream: Stream) -> str:
    advice = misnamed(decoded.how, stream.compression)
    return f"binary ({decoded.how})" + (f": {advice}" if advice else "")


def _layout(head: bytes, whole: bool, text: TextStream, stream: Stream, kind: Kind, settings: Reading) -> Layout:
    if text.decoded.encoding == "binary":
        return Layout(kind.format)
    unpacked = bool(stream.named and not stream.compression)
    return layout_of(head, whole, kind, settings, unpacked)


def _told(layout: Layout, stream: Stream, kind: Kind) -> str | None:
    """What a file turned out to be that its name does not say."""
    packed = f"{stream.compression or 'not compressed'}" if stream.compression != stream.named else ""
    return ", ".join(filter(None, (layout.told(kind.format), packed))) or None


def _enter(report: RecordReport, record: FileRecord) -> None:
    record.text_field = report.text_field or None
    record.bad_records = report.bad
    record.first_bad_record, record.first_bad_line = report.first_bad, report.first_bad_line
    record.mended_records = report.mended
    record.lost_bytes = report.lost_bytes
    record.missing_text = report.missing
    record.first_missing_line = report.first_missing or None
    record.empty_texts = report.empty
    record.repaired_surrogates = report.repaired
    record.text_characters = report.characters
    record.not_text = report.not_text or NO_AMOUNTS
    left_out = {printable(name): characters for name, characters in report.left_out.items() if characters}
    record.left_out = left_out or NO_AMOUNTS


def _batches(
    layout: Layout,
    piece: Piece,
    blocks: Iterable[bytes],
    settings: Reading,
    report: RecordReport,
    split: SplitReport,
    markup: MarkupReport,
) -> Iterator[Batch]:
    reader = RECORD_READERS.get(layout.format)
    if reader is not None:
        return reader(blocks, settings.text_fields, report)
    if layout.format in MARKUP:
        html = layout.format == "html"
        blocks = without_markup(blocks, html, markup) if settings.strip_markup else with_markup(blocks, markup)
    elif layout.front_matter:
        blocks = without_head(blocks, report.not_text["bytes of front matter"], split)
    elif settings.skip_front_matter and not piece.offset:
        blocks = without_front_matter(blocks, split)
    if layout.format in MARKUP and settings.strip_markup:
        split.line = 0
    return split_text(blocks, layout.document(settings.document), split, piece.offset, piece.shared)


class _DeferredError(Exception):
    """An uncertain encoding that is left for a second look."""


def _settle(settings: Reading, look: Look, found: Decoded, data: bytes) -> Decoded:
    """An uncertain encoding settled by the hint, else by the corpus's own majority."""
    if settings.hint:
        found = settled(found, data, HINTS[settings.hint], f"the hint '{settings.hint}'")
    if look.majority:
        found = settled(found, data, (look.majority,), "the corpus's own majority")
    if look.defer and found.confidence < UNCERTAIN:
        raise _DeferredError
    return found


def _no_documents(report: RecordReport, name: str, looks_like: str = "") -> str:
    if report.bad:
        return f"not {name}: nothing could be parsed" + (f"; it looks like {looks_like}" if looks_like else "")
    if report.missing:
        if not report.text_field:
            return "no text in its records"
        known = ", ".join(printable(name, 60) for name in report.fields if name)
        there = f"; there are: {known}" if known else ""
        return f"no record has the field '{printable(report.text_field)}'{there}"
    return NO_TEXT
