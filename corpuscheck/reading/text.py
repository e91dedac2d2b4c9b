"""Decode: the blocks of a stream, in whatever encoding, as blocks of valid UTF-8.

A file is taken for UTF-8 until a block says otherwise. All blocks before that one are ASCII or valid
UTF-8, so what was handed on stands, and no byte of a UTF-8 file is read twice.
"""

from __future__ import annotations

import codecs
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from corpuscheck.kernels.utf8 import is_utf8
from corpuscheck.reading.encodings.declarations import declared
from corpuscheck.reading.encodings.decoded import UNCERTAIN, Decoded
from corpuscheck.reading.encodings.decoding import CESU8, UTF8_BOM, as_asked, detect, known_binary
from corpuscheck.reading.encodings.misaligned import CLOSING_OVER, Misaligned
from corpuscheck.reading.lines import line_start, whole_lines

_EVIDENCE_BYTES = 4 << 20
_HEAD = 512  # with a declaration, and what gives binary files away


@dataclass
class Damage:
    """Invalid bytes of one file: how many, and where the first one is; and characters that are CESU-8 in UTF-8.

    CESU-8 and Java's modified UTF-8 write a character above U+FFFF as two surrogates of three bytes each, the latter
    also NUL as C0 80. They are read as what they are meant to be.
    """

    invalid_bytes: int = 0
    first_offset: int | None = None
    cesu8: int = 0

    def add(self, offset: int, length: int) -> None:
        self.invalid_bytes += length
        self.first_offset = offset if self.first_offset is None else min(offset, self.first_offset)


class TextStream:
    """Valid UTF-8 blocks of one source. `decoded`, `damage` and `cut` are complete after the last block.

    `cut` tells that the last character lacks its end.
    """

    def __init__(
        self,
        blocks: Iterable[bytes],
        encoding: str | None = None,
        settle: Callable[[Decoded, bytes], Decoded] = lambda found, _: found,
    ) -> None:
        self._blocks = iter(blocks)
        self._forced = encoding
        self._settle = settle
        self.decoded = Decoded("ascii", 1.0, "every byte below 0x80")
        self.damage = Damage()
        self.declared = ""
        self.cut = False

    def __iter__(self) -> Iterator[bytes]:
        held, complete = self._gather(b"", _HEAD)
        self.declared = declared(held)
        if self._forced:
            self.decoded = as_asked(self._forced, held)
            yield from self._decode(held[self.decoded.skip :], complete, self.decoded.skip)
            return
        if magic := known_binary(held):
            self.decoded = Decoded("binary", 1.0, magic)
            return
        offset = 0
        if held.startswith(UTF8_BOM):
            self.decoded = Decoded("utf-8", 1.0, "byte order mark", len(UTF8_BOM))
            offset = len(UTF8_BOM)
            held = held[offset:]
        looked = False
        while held or not complete:
            good, cut = _split_cut_character(held, complete)
            if not looked and good.isascii() and _needs_a_look(good):
                held, complete = self._gather(held, _EVIDENCE_BYTES)
                good, cut = _split_cut_character(held, complete)
                looked = detect(held, complete).encoding in ("ascii", "utf-8")
                if not looked:
                    yield from self._not_utf8(held, complete, offset)
                    return
            if not good.isascii():
                if not is_utf8(np.frombuffer(good, np.uint8)):
                    yield from self._not_utf8(held, complete, offset)
                    return
                if self.decoded.encoding == "ascii":
                    self.decoded = Decoded("utf-8", 1.0, "strict decoding")
            yield good
            offset += len(good)
            if complete:
                return
            held, complete = self._gather(cut, len(cut) + 1)

    def _gather(self, held: bytes, at_least: int) -> tuple[bytes, bool]:
        """More blocks, joined to `held`; (bytes, whether the stream has ended)."""
        parts = [held]
        size = len(held)
        while size < at_least:
            block = next(self._blocks, None)
            if block is None:
                return b"".join(parts), True
            parts.append(block)
            size += len(block)
        return b"".join(parts), False

    def _not_utf8(self, held: bytes, complete: bool, offset: int) -> Iterator[bytes]:
        marked = self.decoded.skip
        if self.decoded.encoding == "utf-8" and offset > marked:
            if not complete:
                held, complete = self._gather(held, len(held) + 1)
            found = detect(_from_first_fault(held), complete)  # damage to UTF-8, or lines in another encoding
            if found.encoding not in ("utf-8", "ascii", "binary", "empty") and found.confidence >= UNCERTAIN:
                other = found.other or found.encoding
                self.decoded = replace(
                    found, encoding="mixed", how=f"UTF-8, then lines in {other}", other=other, skip=0
                )
            yield from self._decode(held, complete, offset)
            return
        if not complete:
            held, complete = self._gather(held, _EVIDENCE_BYTES)
        found = self._settle(detect(held, complete), held)
        if found.encoding in ("binary", "empty"):
            self.decoded = found
            return
        stray = bool(marked and found.encoding != "utf-8")
        self.declared = "utf-8 (BOM)" if stray else self.declared
        self.decoded = replace(found, how=found.how + " after a stray UTF-8 mark" * stray, skip=marked + found.skip)
        yield from self._decode(held[found.skip :], complete, offset + found.skip)

    def _decode(self, held: bytes, complete: bool, offset: int) -> Iterator[bytes]:
        decoder = _Decoder(self.decoded, self.damage, offset)
        while True:
            if complete and self.decoded.encoding == "utf-8":
                self.cut = bool(_split_cut_character(decoder.tail + held, False)[1])
            text = decoder.decode(held, complete)
            if text:
                yield text
            if complete:
                return
            held, complete = self._gather(b"", 1)


def _from_first_fault(data: bytes) -> bytes:
    """From the line that holds the first byte that is not UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return data[line_start(data, error.start) :]
    return data


def _needs_a_look(data: bytes) -> bool:
    """NULs, escapes and HZ marks: all bytes are ASCII, and it may still be UTF-16, ISO-2022 or a PDF."""
    return data.startswith(b"%PDF-") or b"\x00" in data or b"\x1b" in data or b"\x0e" in data or b"~{" in data


def _split_cut_character(data: bytes, complete: bool) -> tuple[bytes, bytes]:
    """Split off a UTF-8 sequence that the end of the block cuts."""
    if complete:
        return data, b""
    for back in range(1, min(4, len(data)) + 1):
        lead = data[-back]
        if lead < 0x80:
            break
        if lead >= 0xC0:
            width = 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
            return (data[:-back], data[-back:]) if width > back else (data, b"")
    return data, b""


class _Decoder:
    """One codec over consecutive blocks: text out as UTF-8, invalid bytes replaced, counted and located."""

    def __init__(self, decoded: Decoded, damage: Damage, offset: int) -> None:
        self._decoded = decoded
        self._damage = damage
        self._offset = offset
        self.tail = b""
        codec = codecs.lookup("utf-8" if decoded.encoding == "mixed" else decoded.encoding)
        self._stateful = codec.name.startswith(("iso2022", "hz", "utf-7", "utf-16", "utf-32"))
        self._incremental = codecs.getincrementaldecoder(codec.name)(_HANDLER) if self._stateful else None
        self._misaligned = Misaligned(codec.name) if codec.name in CLOSING_OVER else None

    def decode(self, block: bytes, final: bool) -> bytes:
        data = self.tail + block
        if self._incremental is not None:
            pending = len(self._incremental.getstate()[0])
            _locating(self._damage, self._offset - pending, final=True)
            text = self._with_state(self._incremental, block, final)
            self._offset += len(block)
            return text.encode("utf-8", "replace")
        if self._decoded.encoding == "mixed":
            return self._mixed(data, final)
        cut = _locating(self._damage, self._offset, final, self._decoded.encoding == "utf-8")
        text = data.decode(self._decoded.encoding, _HANDLER)
        text = self._without_private(text, data)
        self.tail = data[len(data) - cut.length :] if cut.length else b""
        if self._misaligned is not None:
            self._misaligned.add(text, self._offset, final)
            for offset in self._misaligned.offsets() if final else ():
                self._damage.add(offset, 1)
        self._offset += len(data) - len(self.tail)
        return text.encode("utf-8", "replace")

    def _with_state(self, incremental: codecs.IncrementalDecoder, block: bytes, final: bool) -> str:
        state, before = incremental.getstate(), replace(self._damage)
        try:
            return incremental.decode(block, final)
        except UnicodeError:  # Python keeps 8 bytes of an escape sequence that a block cuts; a longer one is damage
            incremental.setstate(state)
            vars(self._damage).update(vars(before))
            return incremental.decode(block, True)

    def _without_private(self, text: str, data: bytes) -> str:
        """Bytes that a Windows codec maps to U+F8F0 and beyond only to keep them are damage too."""
        if _KEPT.search(text) is None:
            return text
        for match in _KEPT.finditer(text):
            kept = match.group().encode(self._decoded.encoding)
            before = len(text[: match.start()].encode(self._decoded.encoding, "replace"))
            at = data.find(kept, max(0, before - 8))
            self._damage.add(self._offset + (at if at >= 0 else before), 1)
        return _KEPT.sub("\ufffd", text)

    def _mixed(self, data: bytes, final: bool) -> bytes:
        end = len(data) if final else whole_lines(data)
        self.tail = data[end:]
        out: list[bytes] = []
        for line in data[:end].splitlines(keepends=True):
            try:
                line.decode("utf-8")
                out.append(line)
            except UnicodeDecodeError:
                _locating(self._damage, self._offset, final=True)
                out.append(line.decode(self._decoded.other, _HANDLER).encode("utf-8", "replace"))
            self._offset += len(line)
        return b"".join(out)


_CESU8_CUT = re.compile(rb"\xc0|\xed(?:[\xa0-\xaf](?:[\x80-\xbf](?:\xed(?:[\xb0-\xbf])?)?)?)?")

_KEPT = re.compile("[\uf8f0-\uf8ff]")


class _Cut:
    length = 0


class _Locating(threading.local):
    """What the error handler below knows about the call in progress; codecs pass it nothing."""

    damage: Damage
    offset: int
    final: bool
    cut: _Cut
    utf8: bool


_current = _Locating()


def _locating(damage: Damage, offset: int, final: bool, utf8: bool = False) -> _Cut:
    """Tell the handler about the decoding that comes next; it tells of a cut character in return."""
    _current.damage, _current.offset, _current.final, _current.cut = damage, offset, final, _Cut()
    _current.utf8 = utf8
    return _current.cut


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if _current.utf8 and (read := _cesu8(error)) is not None:
        return read
    end, size = error.end, len(error.object)
    cut = end == size or (error.reason.startswith("incomplete") and size - error.start < 4)
    if not _current.final and cut and size - error.start < 8:
        _current.cut.length = size - error.start
        return "", size
    _current.damage.add(_current.offset + error.start, end - error.start)
    return "\ufffd", end


def _cesu8(error: UnicodeDecodeError) -> tuple[str, int] | None:
    """The character that two surrogates in UTF-8 make, or C0 80; None for any other fault."""
    start, data = error.start, error.object
    if CESU8.match(data, start):
        _current.damage.cesu8 += 1
        if data[start] == 0xC0:
            return "\0", start + 2
        pair = data[start : start + 6].decode("utf-8", "surrogatepass")
        return pair.encode("utf-16", "surrogatepass").decode("utf-16"), start + 6
    left = len(data) - start
    if not _current.final and left < 6 and _CESU8_CUT.fullmatch(data, start):
        _current.cut.length = left
        return "", len(data)
    return None


_HANDLER = "corpuscheck.replace"
codecs.register_error(_HANDLER, _replace)


def repaired(data: bytes, damage: Damage) -> str:
    """A text that is whole, taken for UTF-8: what is invalid is replaced and counted, as in files."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        _locating(damage, 0, final=True, utf8=True)
        return data.decode("utf-8", _HANDLER)
