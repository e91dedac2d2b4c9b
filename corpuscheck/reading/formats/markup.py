"""HTML and XML: how much of a file is markup, and (with the extra) its text without it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, AnyStr

import numpy as np

from corpuscheck.errors import UsageError
from corpuscheck.kernels.tags import tag_bytes, tags_and_attributes

LARGEST_FILE = 64 << 20
"""A larger file is read with its markup, so that memory stays bounded."""

MOST_TAGS = 4_000_000
"""A file of more tags is read with its markup: to parse it would take a minute."""

_LITTLE = 100_000
_MOST_COMPARED = 1 << 32  # attributes of one tag with each other, as parsers do
_LONGEST_TAG = 2003
_DEEPEST = 2048  # as deep as the parser's own trees can be
_MOST_HELD = 100_000
_FED = 1 << 16
_NO_TEXT = ("script", "style", "template", "noscript")


@dataclass
class MarkupReport:
    """Bytes of tags found in the text that was handed on, and why they were `kept` where they were to be stripped."""

    markup_bytes: int = 0
    kept: str = ""


def require_parser() -> None:
    """Raises UsageError, saying what to install, where the extra is missing."""
    from importlib.util import find_spec

    if find_spec("lxml") is None:
        raise UsageError("--strip-markup needs lxml: pip install 'corpuscheck[html]'")


def with_markup(blocks: Iterable[bytes], report: MarkupReport) -> Iterator[bytes]:
    """The text as it is, its tags counted."""
    for block in blocks:
        report.markup_bytes += tag_bytes(np.frombuffer(block, np.uint8), _LONGEST_TAG)
        yield block


def without_markup(blocks: Iterable[bytes], html: bool, report: MarkupReport) -> Iterator[bytes]:
    """The text between the tags, white space at both ends of lines removed, as one block.

    Entities outside the document are never resolved and nothing is fetched. What cannot be parsed without losing text,
    files of over `LARGEST_FILE` bytes or `MOST_TAGS` tags, and those with a tag of ten thousands of attributes
    come with their markup.
    """
    stream = iter(blocks)
    parts: list[bytes] = []
    size = 0
    for block in stream:
        parts.append(block)
        size += len(block)
        if size > LARGEST_FILE:
            report.kept = f"over {LARGEST_FILE >> 20} MiB"
            yield from with_markup(parts, report)
            yield from with_markup(stream, report)
            return
    data = b"".join(parts)
    too_much = _is_too_much(data)
    text = (None if too_much else _text(data, html)) if data.strip() else b""
    if text is None:
        report.kept = "too many tags or attributes" if too_much else "a parser would lose some of its text"
        yield from with_markup(parts, report)
    elif text:
        yield text


def _is_too_much(data: bytes) -> bool:
    """Whether a parser would take very long, or much memory."""
    if len(data) < _LITTLE:
        return False
    tags, compared = tags_and_attributes(np.frombuffer(data, np.uint8))
    return tags + data.count(b"&") // 4 > MOST_TAGS or compared > _MOST_COMPARED


def _text(data: bytes, html: bool) -> bytes | None:
    """None where the parser cannot read the data, or would lose some of the text."""
    from lxml import etree

    for several in (False, True):
        try:
            text = _parsed(data, html, several)
        except (etree.LxmlError, ValueError):
            continue
        if not _loses(data, text, html):
            return text
    return None


def _parsed(data: bytes, html: bool, several: bool) -> bytes:
    """The text of a document, or of what holds `several` of them, one after the other; a line for each line of it."""
    parser = _parser(html, huge=html or b"<!ENTITY" not in data, most=2 * len(data))
    inner = data if html else _without_references(data)
    inner = (_FRAME if html else _DECLARATION).sub(b"", inner) if several else inner
    for part in (b"<corpus>", inner, b"</corpus>") if several else (inner,):
        for portion in _portions(part, b"<", _FED):  # what the target raises ends it behind a portion
            parser.feed(portion)
    text: bytes = parser.close()
    return text


def _parser(html: bool, huge: bool, most: int) -> Any:
    """A parser that builds no tree. One that is not `huge` bounds what entities of the document can expand to."""
    from lxml import etree

    common: dict[str, Any] = {
        "encoding": "utf-8",
        "no_network": True,
        "recover": True,
        "huge_tree": huge,
        "target": _Lines(_NO_TEXT if html else (), most),
    }
    return etree.HTMLParser(**common) if html else etree.XMLParser(**common, resolve_entities=False)


class _Lines:
    """What a parser tells its findings: collects text as lines, white space at their ends removed.

    Raises ValueError for elements nested too deep and for more than `most` bytes.
    """

    def __init__(self, without: Sequence[str], most: int) -> None:
        self._without = frozenset(without)
        self._most = most
        self._depth = 0
        self._hidden = 0  # the depth of the outermost element that no reader sees
        self._held: list[str] = []
        self._line: list[str] = []
        self._text = bytearray()

    def start(self, tag: str, _: object) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError("nested too deep")
        if self._hidden:
            return
        if tag in self._without:
            self._hidden = self._depth
        else:
            self._held.append("\n")

    def end(self, _: str) -> None:
        if not self._hidden:
            self._held.append("\n")
        elif self._hidden == self._depth:
            self._hidden = 0
        self._depth -= 1

    def data(self, text: str) -> None:
        if self._hidden:
            return
        self._held.append(text)
        if len(self._held) > _MOST_HELD:
            self._gather()

    def close(self) -> bytes:
        self._held.append("\n")
        self._gather()
        return bytes(self._text[:-1])

    def _gather(self) -> None:
        """Lines that are complete go to the text; nothing is joined twice."""
        ended, end, rest = "".join(self._held).rpartition("\n")
        self._held.clear()
        if end:
            for part in _portions("".join((*self._line, ended)), "\n"):
                lines = (line.strip() for line in part.split("\n"))
                self._text += "".join(f"{line}\n" for line in lines if line).encode("utf-8", "replace")
            self._line.clear()
        self._line.append(rest)
        if len(self._text) > self._most:
            raise ValueError("entities expand too much")


def _without_references(data: bytes) -> bytes:
    """The XML with numbers for the entities that are predefined, and others as text.

    A parser without a tree would drop those it does not know, and any of them behind the first error.
    """
    done = bytearray()
    start = 0
    for opaque in _OPAQUE.finditer(data, 0, max(data.rfind(b"]]>"), data.rfind(b"-->")) + 3):
        done += _numbered(data[start : opaque.start()]) + opaque[0]
        start = opaque.end()
    return bytes(done + _numbered(data[start:]))


def _numbered(data: bytes) -> bytes:
    for name, number in _PREDEFINED.items() if b"&" in data else ():
        data = data.replace(name, number)
    return b"".join(_NAMED.sub(b"&#38;", part) for part in _portions(data, b"&"))


def _portions(data: AnyStr, sign: AnyStr, size: int = 1 << 20) -> Iterator[AnyStr]:
    """A little over so much at a time, each but the first beginning with the sign: what is done to it takes memory."""
    start = 0
    while start < len(data):
        stop = data.find(sign, start + size)
        stop = len(data) if stop < 0 else stop
        yield data[start:stop]
        start = stop


_PREDEFINED = {b"&amp;": b"&#38;", b"&lt;": b"&#60;", b"&gt;": b"&#62;", b"&quot;": b"&#34;", b"&apos;": b"&#39;"}
_NAMED = re.compile(rb"&(?=[A-Za-z_:\x80-\xff][\w.:\x80-\xff-]{0,100};)")
_OPAQUE = re.compile(rb"<!\[CDATA\[(?>.*?\]\]>)|<!--(?>.*?-->)", re.DOTALL)
_DECLARATION = re.compile(rb"<\?xml[^>]{0,1000}\?>|<!DOCTYPE[^>\[]{0,1000}>")
_FRAME = re.compile(rb"</?(?:html|body)\b[^>]{0,1000}>|<!DOCTYPE[^>\[]{0,1000}>", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_NOT_TEXT = re.compile(
    rb"<\?[^>]*>|<!(?!\[CDATA\[)[^>]*>|<!\[CDATA\[|\]\]>"
    rb"""|</?[A-Za-z_:](?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+>|</?[A-Za-z_:][^<>]*>""",
    re.DOTALL,
)
_HIDDEN = re.compile(rb"<(script|style|template|noscript)\b")
_ENTITY = re.compile(rb"&#?\w{1,40};")
_NEVER_LOST = 0.99


def _loses(data: bytes, text: bytes, html: bool) -> bool:
    """Whether clearly less came out than stands between the tags, by a count that asks no parser."""
    shown = _without(_COMMENT, b"-->", _without_hidden(data) if html else data)
    left = _removed(_ENTITY, _without(_NOT_TEXT, b">", shown), b"&")
    wanted = len(left.translate(None, b" \t\r\n\f\v"))
    return len(text.translate(None, b" \t\r\n\f\v")) < _NEVER_LOST * wanted


def _without_hidden(data: bytes) -> bytes:
    """The page without what stands in elements that no reader sees, up to the first end tag of each."""
    lowered = data.lower()
    last = {name.encode(): lowered.rfind(f"</{name}".encode()) for name in _NO_TEXT}
    parts: list[bytes] = []
    start = 0
    for opened in _HIDDEN.finditer(lowered):
        if start <= opened.start() < last[opened[1]]:
            parts.append(data[start : opened.start()])
            start = lowered.find(b"</" + opened[1], opened.end())
    return b"".join((*parts, data[start:]))


def _without(pattern: re.Pattern[bytes], end: bytes, data: bytes) -> bytes:
    """Without what matches; nothing is looked for behind the last end of a match, so that no search goes on in vain."""
    stop = data.rfind(end) + len(end) if end in data else 0
    return _removed(pattern, data[:stop], b"<") + data[stop:]


def _removed(pattern: re.Pattern[bytes], data: bytes, sign: bytes) -> bytes:
    """Without what matches, which begins with the sign."""
    return b"".join(pattern.sub(b"", part) for part in _portions(data, sign))
