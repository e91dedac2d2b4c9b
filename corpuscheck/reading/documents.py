"""Split plain text into documents: the file, its lines, or its blocks between blank lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from corpuscheck.kernels.arrays import Ints
from corpuscheck.kernels.utf8 import WINDOW, last_boundary, line_spans, paragraph_spans
from corpuscheck.reading.batch import Batch, SharedDocument
from corpuscheck.reading.lines import BLANK_LINE, LINE_END, count_line_ends, line_ends
from corpuscheck.settings import DocumentMode

LONGEST_RUN = 8 << 20
"""Text without white space for this many bytes is cut anywhere, so that memory stays bounded."""


_PUNCTUATION = tuple(bytes([b]) for b in b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


_FRONT_MATTER = re.compile(rb"\A---[ \t]*(?:\r\n?|\n).*?(?<=[\r\n])(---|\.\.\.)[ \t]*(?:\r\n?|\n)", re.DOTALL)


def without_front_matter(blocks: Iterable[bytes], report: SplitReport) -> Iterator[bytes]:
    """The blocks of a Markdown file without the YAML between `---` lines at its beginning."""
    stream = iter(blocks)
    first = next(stream, b"")
    if rest := _FRONT_MATTER.sub(b"", first, count=1).lstrip(b"\r\n") if first.startswith(b"---") else first:
        report.line = 1 + count_line_ends(first[: len(first) - len(rest)])
        yield rest
    yield from stream


def without_head(blocks: Iterable[bytes], size: int, report: SplitReport) -> Iterator[bytes]:
    """The blocks without the first `size` bytes, which the first one holds, and the empty lines behind them."""
    stream = iter(blocks)
    first = next(stream, b"")
    if rest := first[size:].lstrip(b"\r\n"):
        report.line = 1 + first[: len(first) - len(rest)].count(b"\n")
        yield rest
    yield from stream


@dataclass
class SplitReport:
    """How often text had to be cut where a word may have been cut with it, and the line that was reached.

    `line` counts from 1; it stays 0 where the text's lines are not the file's.
    """

    forced_cuts: int = 0
    line: int = 1

    def pass_over(self, text: bytes) -> None:
        if self.line:
            self.line += count_line_ends(text)


def split_text(
    blocks: Iterable[bytes],
    mode: DocumentMode,
    report: SplitReport,
    offset: int = 0,
    shared: SharedDocument | None = None,
) -> Iterator[Batch]:
    """Batches of a plain text. `offset` and `shared` tell where in which document the text begins."""
    if mode == "file":
        return _one_document(blocks, report, offset, shared)
    return _many_documents(blocks, report, _SPLITTERS[mode])


def _one_document(
    blocks: Iterable[bytes], report: SplitReport, offset: int, shared: SharedDocument | None
) -> Iterator[Batch]:
    held = b""
    for block in blocks:
        cut = _cut(held, offset, report)  # a block is handed on when the next one shows that the document goes on
        if cut:
            yield _piece(held[:cut], report.line, offset, True, shared)
            report.pass_over(held[:cut])
            offset += cut
        held = held[cut:] + block
    if held:
        yield _piece(held, report.line, offset, False, shared)
        report.pass_over(held)


def _piece(text: bytes, line: int, offset: int, unfinished: bool, shared: SharedDocument | None = None) -> Batch:
    data = np.frombuffer(text, np.uint8)
    ends, lines = np.array([len(data)], np.int64), np.array([line], np.int64)
    return Batch(data, np.zeros(1, np.int64), ends, offset, unfinished, shared, lines)


def _cut(held: bytes, offset: int, report: SplitReport) -> int:
    """Where `held`, which ends between two characters, may be handed on; 0 where it has to grow."""
    cut = last_boundary(np.frombuffer(held, np.uint8), offset) if held else 0
    if not cut and len(held) >= LONGEST_RUN:
        report.forced_cuts += 1
        tail = max(held.rfind(mark, len(held) - WINDOW) for mark in _PUNCTUATION)
        return tail + 1 if tail > 0 else len(held)
    return cut


def _lines(data: bytes) -> tuple[Ints, Ints]:
    array = np.frombuffer(data, np.uint8)
    rows = np.empty((count_line_ends(data) + 1, 3), np.int64)
    n = line_spans(array, np.zeros(1, np.int64), np.array([len(array)], np.int64), rows)
    return rows[:n, 0].copy(), rows[:n, 1].copy()


def _paragraphs(data: bytes) -> tuple[Ints, Ints]:
    rows = np.empty((count_line_ends(data) + 2, 2), np.int64)
    n = paragraph_spans(np.frombuffer(data, np.uint8), rows)
    return rows[:n, 0].copy(), rows[:n, 1].copy()


@dataclass(frozen=True)
class _Splitter:
    """How to find the documents of a text that ends between two of them, and where it does."""

    spans: Callable[[bytes], tuple[Ints, Ints]]
    end: re.Pattern[bytes]


_WIKI_START, _WIKI_STOP = b"<doc ", b"</doc>"
_WIKI_LINE_END = re.compile(rb"[ \t]*\r?\n?")


def _wiki_blocks(data: bytes) -> tuple[Ints, Ints]:
    """The text of each block, whose tag ends on its line, without white space at its end."""
    spans: list[tuple[int, int]] = []
    tag_end = -1
    start = data.find(_WIKI_START)
    while start >= 0:
        tag_end = data.find(b">", start) if tag_end < start else tag_end
        if tag_end < 0:
            break
        line_end = data.find(b"\n", start, tag_end)
        if line_end >= 0:
            start = data.find(_WIKI_START, line_end)
            continue
        rest = _WIKI_LINE_END.match(data, tag_end + 1)
        begin = rest.end() if rest else tag_end + 1
        stop = data.find(_WIKI_STOP, begin)
        if stop < 0:
            break
        spans.append((begin, begin + len(data[begin:stop].rstrip())))
        start = data.find(_WIKI_START, stop)
    starts, ends = (np.array([span[k] for span in spans], np.int64) for k in (0, 1))
    return starts, ends


_SPLITTERS: dict[DocumentMode, _Splitter] = {
    "line": _Splitter(_lines, LINE_END),
    "blank-line": _Splitter(_paragraphs, BLANK_LINE),
    "wikiextractor": _Splitter(_wiki_blocks, re.compile(rb"</doc>[ \t]*\r?\n?")),
}


def _last_end(data: bytes, end: re.Pattern[bytes]) -> int:
    """After the last document that surely ends in `data`; 0 where none does."""
    reach = 1 << 12
    while True:
        start = max(0, len(data) - reach)
        last = 0
        for match in end.finditer(data, start):
            last = match.end()
        if last or start == 0:
            return last
        reach *= 8


def _many_documents(blocks: Iterable[bytes], report: SplitReport, splitter: _Splitter) -> Iterator[Batch]:
    held = b""
    offset = 0  # of `held` in a document too long to be held whole

    def after(cut: int) -> bytes:
        report.pass_over(held[:cut])
        return held[cut:]

    for block in blocks:
        held += block
        if offset and (match := splitter.end.search(held)):
            yield _piece(held[: match.start()].rstrip(b"\r"), report.line, offset, False)
            held, offset = after(match.end()), 0
        if not offset and (cut := _last_end(held, splitter.end)):
            yield from _split(held[:cut], report.line, splitter)
            held = after(cut)
        if len(held) > LONGEST_RUN // 4 and (cut := _cut(held, offset, report)):
            yield _piece(held[:cut], report.line, offset, True)
            offset += cut
            held = after(cut)
    if offset:
        yield _piece(held.rstrip(b"\r\n"), report.line, offset, False)
    else:
        yield from _split(held, report.line, splitter)
    after(len(held))


def _split(text: bytes, line: int, splitter: _Splitter) -> Iterator[Batch]:
    if text:
        starts, ends = splitter.spans(text)
        data = np.frombuffer(text, np.uint8)
        lines = line + np.searchsorted(line_ends(data), starts) if line else None
        yield Batch(data, starts, ends, lines=lines)
