"""WARC and WET: the pages of a crawl, each a document; what is no text is left out and counted."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from corpuscheck.reading.batch import BLOCK_BYTES, Batch, batch_of
from corpuscheck.reading.decoded import UNCERTAIN, Decoded
from corpuscheck.reading.decoding import settled
from corpuscheck.reading.markup import MarkupReport, with_markup, without_markup
from corpuscheck.reading.records import LARGEST_RECORD, RecordReport
from corpuscheck.reading.text import TextStream
from corpuscheck.settings import Reading

INSTALL = "WARC: to read it, pip install 'corpuscheck[warc]'"
MAGIC = b"WARC/"

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
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    file = _Forward(blocks)
    record: Any = None
    try:
        for record in ArchiveIterator(io.BufferedReader(file)):
            text = _text(record, settings, report)
            if text:
                yield text
    except (ArchiveLoadFailed, ValueError, EOFError, AttributeError) as error:
        report.records.add_bad(file.given)
        report.records.damage = f"a record that is no WARC ({type(error).__name__}): the rest was not read"
    if record is not None and not _is_whole(record):
        report.records.damage = report.records.damage or "truncated: the last record is not whole"
    for _ in file.blocks:  # to the end, so that the bytes are accounted for
        pass


def _is_whole(record: Any) -> bool:
    return record.rec_headers.get_header("Content-Length") is not None and not getattr(record.raw_stream, "limit", 0)


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
    data = record.content_stream().read(LARGEST_RECORD + 1)
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


class _Forward(io.RawIOBase):
    """Blocks as a file object; `given` counts their bytes."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self.blocks = iter(blocks)
        self._held = b""
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._held:
            self._held = next(self.blocks, b"")
        size = min(len(buffer), len(self._held))
        buffer[:size], self._held = self._held[:size], self._held[size:]
        self.given += size
        return size
