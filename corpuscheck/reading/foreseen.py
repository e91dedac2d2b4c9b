"""Foreseen: what sources will turn out to be, by a short look, for choices made before they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corpuscheck.reading.compressions import HEAD_BYTES, Peeked, compression_of
from corpuscheck.reading.decoding import UTF8_BOM
from corpuscheck.reading.discover import Source
from corpuscheck.reading.layouts import layout_of
from corpuscheck.reading.opening import UNREADABLE, decompressed, open_found
from corpuscheck.reading.warcs import MAGIC
from corpuscheck.settings import Reading

_LOOK_BYTES = 1 << 16
_MOST_LOOKS = 99
_SMALL = 1 << 20


def foreseen(sources: Sequence[Source], settings: Reading) -> list[Source]:
    """The same sources, the largest of those whose name tells nothing with the kind that their content tells."""
    plain = [k for k, source in enumerate(sources) if _is_worth_it(source)]
    found = list(sources)
    for k in sorted(plain, key=lambda k: -sources[k].size)[:_MOST_LOOKS]:
        found[k] = _looked_at(sources[k], settings)
    return found


def _is_worth_it(source: Source) -> bool:
    return source.kind.format == "text" and not source.kind.archive and source.size >= _SMALL


def _looked_at(source: Source, settings: Reading) -> Source:
    head, whole = _head(source)
    if head.startswith(MAGIC) and settings.layout == "auto":
        return replace(source, kind=replace(source.kind, format="warc"))
    layout = layout_of(head.removeprefix(UTF8_BOM), whole, source.kind, settings)
    return replace(source, kind=replace(source.kind, format=layout.format))


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
