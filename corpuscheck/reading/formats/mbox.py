"""Mbox: the bodies of mail messages; headers, attachments and messages that are only HTML are left out and counted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from email import policy
from email.message import Message
from email.parser import BytesParser

from corpuscheck.reading.batch import Batch
from corpuscheck.reading.formats.records import LARGEST_RECORD, RecordReport, batched

_NEXT = re.compile(rb"\n\r?\n(?=From \S(?>[^\n]*?\d{4})[^\n]*+\n[!-9;-~]++:)")
_QUOTED = re.compile(rb"^>(?=>*From )", re.MULTILINE)
_WITH_PARAMETERS = ("content-type", "content-disposition")
_END = 1 << 12
"""Bytes of a message that are kept while it is dropped: the next one may begin in them."""

_LONGEST_HEADER = 1 << 13
"""Characters; the time to take it apart grows with its square."""

_UNCHANGED = ("", "7bit", "8bit", "binary")


def read_mbox(blocks: Iterable[bytes], fields: Sequence[str], report: RecordReport) -> Iterator[Batch]:
    """A document for each message that has a body of plain text."""
    report.text_field = "(the body)"
    return batched((line, _body(line, message, report)) for line, message in _messages(blocks, report))


def _messages(blocks: Iterable[bytes], report: RecordReport) -> Iterator[tuple[int, bytes]]:
    """Each message without its From line, and the line on which it begins; one that is too large is counted."""
    held = b""
    line = begun = 1
    dropped = 0  # bytes of a message that is too large, whose end is still to come
    for block in blocks:
        *ended, held = _NEXT.split(held + block)
        for message in ended:
            if dropped or len(message) > LARGEST_RECORD:
                report.add_bad(begun if dropped else line, lost=dropped + len(message))
                dropped = 0
            else:
                yield line, message.partition(b"\n")[2]
            line += message.count(b"\n") + 2
        if len(held) > (_END if dropped else LARGEST_RECORD):
            begun = begun if dropped else line
            dropped += len(held) - _END
            line += held.count(b"\n", 0, len(held) - _END)
            held = held[-_END:]
    if dropped:
        report.add_bad(begun, lost=dropped + len(held))
    elif held.strip():
        yield line, held.partition(b"\n")[2]


def _body(line: int, message: bytes, report: RecordReport) -> bytes | None:
    try:
        return _read(message, report)
    except (RecursionError, ValueError):  # parts inside each other, or a header, without end
        report.add_bad(line)
        return None


def _read(message: bytes, report: RecordReport) -> bytes | None:
    parsed = BytesParser(policy=policy.compat32).parsebytes(message)
    texts: list[str] = []
    html = False
    for part in parsed.walk():
        if part.is_multipart():
            continue
        if any(len(str(part.get(name, ""))) > _LONGEST_HEADER for name in _WITH_PARAMETERS):
            raise ValueError("a header without end")
        kind = part.get_content_type()
        if part.get_filename() or kind not in ("text/plain", "text/html"):
            report.leave_out("attachments")
        elif kind == "text/html":
            html = True
        else:
            texts.append(_decoded(part))
    text = "\n".join(filter(None, (text.strip() for text in texts)))
    if text:
        return _QUOTED.sub(b"", text.encode("utf-8", "replace"))
    report.missing += not html
    if html:
        report.leave_out("messages in HTML only")
    return None


def _decoded(part: Message) -> str:
    """The text of a part. What was sent as it is has been decoded with its file; the rest names its charset."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    sent = str(part.get("content-transfer-encoding", "")).strip().lower()
    charset = "utf-8" if sent in _UNCHANGED else str(part.get_content_charset("utf-8"))
    try:
        return data.decode(charset, "replace")
    except (LookupError, ValueError):  # unknown, or one that only host names are written in
        return data.decode("utf-8", "replace")
