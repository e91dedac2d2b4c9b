"""WARC and WET: the pages of a crawl, each a document; what is no text is left out and counted."""

from __future__ import annotations

import io
import logging
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from corpuscheck.reading.batch import BLOCK_BYTES, Batch, batch_of
from corpuscheck.reading.encodings.decoded import UNCERTAIN, Decoded
from corpuscheck.reading.encodings.decoding import settled
from corpuscheck.reading.formats.markup import MarkupReport, with_markup, without_markup
from corpuscheck.reading.formats.records import LARGEST_RECORD, RecordReport
from corpuscheck.reading.text import TextStream
from corpuscheck.settings import Reading

INSTALL = "WARC: to read it, pip install 'corpuscheck[warc]'"
MAGIC = b"WARC/"

_CUT = "truncated: the last record is not whole"
_WITH_TEXT = ("response", "conversion", "resource")
_MARKUP = {"text/html": True, "application/xhtml+xml": True, "text/xml": False, "application/xml": False}
_PLAIN = ("text/plain", "text/markdown")


@dataclass
class WarcReport:
    """What the pages were: how many in each encoding, how many of their bytes were invalid or markup."""

    records: RecordReport = field(default_factory=RecordReport)
    markup: MarkupReport = field(default_factory=MarkupReport)
    encodings: Counter[str] = field(default_factory=Counter)
    invalid_bytes: int = 0
    first_invalid: int | None = None
    confidence: float = 1.0


def available() -> bool:
    """Whether the extra is installed."""
    return find_spec("warcio") is not None


def read_warc(blocks: Iterable[bytes], settings: Reading, report: WarcReport) -> Iterator[Batch]:
    """A document for each record with text, in batches of about `BLOCK_BYTES`."""
    waiting: list[bytes] = []
    size = 0
    for text in _texts(blocks, settings, report):
        waiting.append(text)
        size += len(text)
        if size >= BLOCK_BYTES:
            yield batch_of(waiting)
            waiting, size = [], 0
    if waiting:
        yield batch_of(waiting)


def _texts(blocks: Iterable[bytes], settings: Reading, report: WarcReport) -> Iterator[bytes]:
    file = _Forward(blocks)
    record: Any = None
    for record in _records(_Lines(file), report.records):
        if text := _text(record, settings, report):
            yield text
        while record.raw_stream.read(BLOCK_BYTES):
            pass
    if record is not None and not _is_whole(record):
        report.records.damage = _CUT


def _records(lines: io.BufferedReader, report: RecordReport) -> Iterator[Any]:
    """One after the other; the library's own iterator would print the lines that it takes for damage."""
    from warcio.exceptions import ArchiveLoadFailed
    from warcio.recordloader import ArcWarcRecordLoader

    logging.getLogger("warcio").addHandler(logging.NullHandler())
    loader = ArcWarcRecordLoader(verify_http=False, arc2warc=False)
    lost = False
    while line := lines.readline():
        if not line.startswith(MAGIC):
            if line.strip() and not lost:
                _lose(lines, report)
                lost = True
            continue
        try:
            yield loader.parse_record_stream(lines, line, "warc")
            lost = False
        except (ArchiveLoadFailed, ValueError, EOFError, AttributeError, TypeError, LookupError):
            _lose(lines, report)
            lost = True


def _lose(lines: io.BufferedReader, report: RecordReport) -> None:
    """Count a record that is none, or tell that the file ends in it."""
    if lines.peek(1):
        report.add_bad(0)
    else:
        report.damage = _CUT


def _is_whole(record: Any) -> bool:
    return record.rec_headers.get_header("Content-Length") is not None and not getattr(record.raw_stream, "limit", 0)


def _payload(record: Any) -> bytes:
    """What was sent, at most a byte more than `LARGEST_RECORD`; as it is where it cannot be unpacked."""
    from warcio.bufferedreaders import ChunkedDataReader

    headers = record.http_headers
    chunked = headers is not None and "chunked" in (headers.get_header("Transfer-Encoding") or "").lower()
    data = _read(ChunkedDataReader(record.raw_stream, decomp_type=None) if chunked else record.raw_stream)
    packed = (headers.get_header("Content-Encoding") or "").strip().lower() if headers is not None else ""
    for bits in _UNPACK.get(packed, ()):
        with suppress(zlib.error):
            return zlib.decompressobj(bits).decompress(data, LARGEST_RECORD + 1)
    return data


_UNPACK = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}


def _read(stream: Any) -> bytes:
    parts: list[bytes] = []
    size = 0
    while size <= LARGEST_RECORD and (part := stream.read(BLOCK_BYTES)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _text(record: Any, settings: Reading, report: WarcReport) -> bytes | None:
    """The text of one record; None (counted) where it has none."""
    kind = record.rec_type
    leave_out = report.records.leave_out
    if kind not in _WITH_TEXT:
        leave_out("records about the crawl")
        return None
    headers = record.http_headers
    if headers is not None and not str(headers.get_statuscode()).startswith("2"):
        leave_out("responses other than 200")
        return None
    declared = (headers or record.rec_headers).get_header("Content-Type") or "text/plain"
    media, _, parameters = declared.partition(";")
    media = media.strip().lower()
    if media not in _MARKUP and media not in _PLAIN:
        leave_out("records that are no text")
        return None
    data = _payload(record)
    if len(data) > LARGEST_RECORD:
        report.records.add_bad(0)
        return None
    text = _decoded(data, settings, _charset(parameters), report)
    if media in _MARKUP and settings.strip_markup:
        text = b"".join(without_markup([text], _MARKUP[media], report.markup))
    elif media in _MARKUP:
        text = b"".join(with_markup([text], report.markup))
    if not text.strip():
        report.records.missing += 1
        return None
    return text


def _charset(parameters: str) -> str:
    name = next((p.partition("=")[2] for p in parameters.split(";") if p.strip().lower().startswith("charset=")), "")
    return name.strip(" \"'").lower()


def _decoded(data: bytes, settings: Reading, charset: str, report: WarcReport) -> bytes:
    """A page as UTF-8. The server's word counts only where its bytes do not tell."""

    def settle(found: Decoded, whole: bytes) -> Decoded:
        if not charset or found.confidence >= UNCERTAIN:
            return found
        try:
            return settled(found, whole, (charset,), "the charset of its header")
        except LookupError:
            return found

    stream = TextStream([data], settings.encoding, settle)
    text = b"".join(stream)
    found = stream.decoded
    if found.encoding == "binary":
        report.records.leave_out("records that are no text")
        return b""
    report.encodings[found.encoding] += 1
    report.invalid_bytes += stream.damage.invalid_bytes
    return text


class _Lines(io.BufferedReader):
    """No line is longer than a block, so that memory stays bounded."""

    def readline(self, size: int | None = -1, /) -> bytes:
        return super().readline(BLOCK_BYTES if size is None or size < 0 else size)


class _Forward(io.RawIOBase):
    """Blocks as a file object that only reads forward."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._held:
            self._held = next(self._blocks, b"")
        size = min(len(buffer), len(self._held))
        buffer[:size], self._held = self._held[:size], self._held[size:]
        return size
