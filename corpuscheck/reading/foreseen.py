"""Foreseen: what sources will turn out to be, by a short look, for choices made before they are read."""

from __future__ import annotations

from collections import Counter

import numpy as np

from corpuscheck.files.remote import at_once
from corpuscheck.reading.containers.compressions import HEAD_BYTES, Peeked, compression_of
from corpuscheck.reading.discover import Source
from corpuscheck.reading.encodings.decoding import UTF8_BOM
from corpuscheck.reading.formats.warcs import MAGIC
from corpuscheck.reading.layouts import layout_of
from corpuscheck.reading.opening import UNREADABLE, decompressed, open_found
from corpuscheck.settings import Reading
from corpuscheck.values.packed import Packed

_LOOK_BYTES = 1 << 16
_MOST_LOOKS = 99
_SMALL = 1 << 20


def foreseen(sources: Packed[Source], settings: Reading) -> Counter[str]:
    """The bytes of each format; the largest files whose name tells nothing are of the one that their content tells."""
    sizes: Counter[str] = Counter()
    for kind, size in zip(sources.values("kind"), sources.values("size"), strict=True):
        sizes[kind.format] += size
    large = [sources[row] for row in np.flatnonzero(sources.numbers("size") >= _SMALL).tolist()]
    plain = [source for source in large if source.kind.format == "text" and not source.kind.archive]
    looked_at = sorted(plain, key=lambda source: -source.size)[:_MOST_LOOKS]
    far = any(source.root for source in looked_at)
    formats = at_once(lambda source: _format_of(source, settings), looked_at, far)
    for source, name in zip(looked_at, formats, strict=True):
        sizes["text"] -= source.size
        sizes[name] += source.size
    return sizes


def _format_of(source: Source, settings: Reading) -> str:
    head, whole = _head(source)
    if head.startswith(MAGIC) and settings.layout == "auto":
        return "warc"
    return layout_of(head.removeprefix(UTF8_BOM), whole, source.kind, settings).format


def _head(source: Source) -> tuple[bytes, bool]:
    """The first bytes, unpacked, and whether they are all."""
    data = b""
    try:
        with open_found(source) as file:
            first = file.read(HEAD_BYTES)
            read = decompressed(Peeked(first, file), compression_of(first, source.kind.compression))
            while len(data) <= _LOOK_BYTES and (part := read(_LOOK_BYTES + 1 - len(data))):
                data += part
    except UNREADABLE:
        pass
    return data[:_LOOK_BYTES], len(data) <= _LOOK_BYTES
