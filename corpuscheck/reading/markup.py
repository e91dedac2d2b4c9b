"""HTML and XML: how much of a file is markup, and (with the extra) its text without it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from corpuscheck.errors import UsageError
from corpuscheck.kernels.tags import tags_and_attributes

LARGEST_FILE = 64 << 20
"""A larger file is read with its markup, so that memory stays bounded."""

MOST_TAGS = 4_000_000
"""A file of more tags is read with its markup: its tree would take over half a gigabyte."""

_LITTLE = 100_000
_MOST_COMPARED = 1 << 32  # attributes of one tag with each other, as parsers do
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

    Entities outside the document are never resolved and nothing is fetched. What cannot be parsed, files of over
    `LARGEST_FILE` bytes or `MOST_TAGS` tags, and those with a tag of ten thousands of attributes
    come with their markup.
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
    text = (None if _is_too_much(data) else _text(data, html)) if data.strip() else b""
    if text is None:
        yield from with_markup([data], report)
    elif text:
        yield text


def _is_too_much(data: bytes) -> bool:
    """Whether a parser would take very long, or much memory."""
    if len(data) < _LITTLE:
        return False
    tags, compared = tags_and_attributes(np.frombuffer(data, np.uint8))
    return tags > MOST_TAGS or compared > _MOST_COMPARED


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
