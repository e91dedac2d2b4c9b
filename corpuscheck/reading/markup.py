"""HTML and XML: how much of a file is markup, and (with the extra) its text without it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from corpuscheck.errors import UsageError

LARGEST_FILE = 64 << 20
"""A larger file is read with its markup, so that memory stays bounded."""

_TAG = re.compile(rb"<[!?/A-Za-z][^<>]{0,2000}>")
_NO_TEXT = ("script", "style", "template", "noscript")


@dataclass
class MarkupReport:
    """Bytes of tags found in the text that was handed on."""

    markup_bytes: int = 0


def require_parser() -> None:
    """Raises UsageError, saying what to install, where the extra is missing."""
    from importlib.util import find_spec

    if find_spec("lxml") is None:
        raise UsageError("--strip-markup needs lxml: pip install 'corpuscheck[html]'")


def with_markup(blocks: Iterable[bytes], report: MarkupReport) -> Iterator[bytes]:
    """The text as it is, its tags counted."""
    for block in blocks:
        report.markup_bytes += sum(len(tag) for tag in _TAG.findall(block))
        yield block


def without_markup(blocks: Iterable[bytes], html: bool, report: MarkupReport) -> Iterator[bytes]:
    """The text between the tags, white space at both ends of lines removed, as one block.

    Entities outside the document are never resolved and nothing is fetched. What cannot be parsed, and
    files of over `LARGEST_FILE` bytes, come with their markup.
    """
    stream = iter(blocks)
    parts: list[bytes] = []
    size = 0
    for block in stream:
        parts.append(block)
        size += len(block)
        if size > LARGEST_FILE:
            yield from with_markup(parts, report)
            yield from with_markup(stream, report)
            return
    data = b"".join(parts)
    text = _text(data, html) if data.strip() else b""
    if text is None:
        yield from with_markup([data], report)
    elif text:
        yield text


def _text(data: bytes, html: bool) -> bytes | None:
    from lxml import etree

    common: dict[str, Any] = {
        "encoding": "utf-8",
        "remove_comments": True,
        "remove_pis": True,
        "no_network": True,
        "recover": True,
    }
    parser: Any = etree.HTMLParser(**common) if html else etree.XMLParser(**common, resolve_entities=False)
    try:
        root: Any = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError):
        return None
    if root is None:
        return None
    if html:
        etree.strip_elements(root, *_NO_TEXT, with_tail=False)
    lines = (line.strip() for piece in root.itertext() for line in str(piece).split("\n"))
    return "\n".join(line for line in lines if line).encode("utf-8", "replace")
