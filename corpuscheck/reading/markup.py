"""HTML and XML: how much of a file is markup, and (with the extra) its text without it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from corpuscheck.errors import UsageError
from corpuscheck.kernels.tags import tag_bytes, tags_and_attributes

LARGEST_FILE = 64 << 20
"""A larger file is read with its markup, so that memory stays bounded."""

MOST_TAGS = 4_000_000
"""A file of more tags is read with its markup: its tree would take over half a gigabyte."""

_LITTLE = 100_000
_MOST_COMPARED = 1 << 32  # attributes of one tag with each other, as parsers do
_LONGEST_TAG = 2003
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
    return tags > MOST_TAGS or compared > _MOST_COMPARED


def _text(data: bytes, html: bool) -> bytes | None:
    """None where the parser cannot read the data, or would lose some of the text."""
    from lxml import etree

    for several in (False, True):
        try:
            text = _joined(_tree(data, html, several), html)
        except (etree.LxmlError, ValueError):
            continue
        if not _loses(data, text, html):
            return text
    return None


def _tree(data: bytes, html: bool, several: bool) -> Any:
    """The root of a document, or of what holds `several` of them, one after the other."""
    parser = _parser(html)
    inner = (_FRAME if html else _DECLARATION).sub(b"", data) if several else data
    parts = [b"<corpus>", inner, b"</corpus>"] if several else [inner]
    for part in parts:
        parser.feed(part)
    return parser.close()


def _parser(html: bool) -> Any:
    from lxml import etree

    common: dict[str, Any] = {
        "encoding": "utf-8",
        "remove_comments": True,
        "remove_pis": True,
        "no_network": True,
        "recover": True,
        "huge_tree": True,  # a file is bounded, and so is its tree
    }
    return etree.HTMLParser(**common) if html else etree.XMLParser(**common, resolve_entities=False)


def _joined(root: Any, html: bool) -> bytes:
    """The text of a tree, a line for each line of it."""
    from lxml import etree

    if root is None:
        return b""
    if html:
        etree.strip_elements(root, *_NO_TEXT, with_tail=False)
    lines = (line.strip() for piece in root.itertext() for line in str(piece).split("\n"))
    return "\n".join(line for line in lines if line).encode("utf-8", "replace")


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
    left = _ENTITY.sub(b"", _without(_NOT_TEXT, b">", shown))
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
    return pattern.sub(b"", data[:stop]) + data[stop:]
