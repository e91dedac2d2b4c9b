"""Excerpts of documents: a bounded window around the first trouble, however long the document is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from corpuscheck.kernels.arrays import Hashes, Ints
from corpuscheck.kernels.columns import KOREAN_SHAPES, LETTERS, PII, WIDE_SCRIPTS
from corpuscheck.kernels.hashing import hash_bytes
from corpuscheck.kernels.shingles import LONG, SHORT
from corpuscheck.measuring.kinds import folds, kinds
from corpuscheck.peeking.criteria import marks_of
from corpuscheck.peeking.marking import Mark, Spans, first_of, lines_of, marked
from corpuscheck.peeking.view import View
from corpuscheck.text.scripts import SCRIPTS
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.values.brief import brief

_CHUNK = 1 << 20
_MARGIN = 512
"""Characters around a window that are looked at too, so that what its edges cut is still known for what it is."""

_HANGUL = SCRIPTS.index("Hangul")
_KOREAN = frozenset(PII[shape] for shape in KOREAN_SHAPES)

_MOST_SEEN = 1 << 21
_ODD = 0x9E3779B97F4A7C15
_INVERSE = pow(_ODD, -1, 1 << 64)


@dataclass(frozen=True)
class Excerpt:
    """A part of a document with its trouble marked, personal data masked; bytes before and after it are left out.

    `letters` are those of the whole document by script.
    """

    __repr__ = brief

    text: str
    marks: tuple[Mark, ...] = ()
    before: int = 0
    after: int = 0
    utf8_bytes: int = 0
    letters: dict[str, int] = field(default_factory=dict)

    def window(self, at: int, size: int) -> Excerpt:
        """About `size` bytes of it around the character `at`: from the beginning where that is near."""
        start = 0 if 2 * len(self.text[:at].encode()) <= size else _start_of(self.text, at, size // 4)
        text = self.text[start:].encode()[:size].decode("utf-8", "ignore")
        before = self.before + len(self.text[:start].encode())
        rest = self.after + len(self.text[start + len(text) :].encode())
        return replace(self, text=text, marks=_inside(self.marks, start, start + len(text)), before=before, after=rest)


def chunks(data: bytes) -> Iterator[str]:
    """A long text in pieces, cut at line ends where there are some, else between two characters."""
    start = 0
    while len(data) - start > _CHUNK:
        stop = data.rfind(b"\n", start + _CHUNK // 2, start + _CHUNK) + 1 or start + _CHUNK
        while data[stop] & 0xC0 == 0x80:
            stop -= 1
        yield data[start:stop].decode("utf-8", "replace")
        start = stop
    yield data[start:].decode("utf-8", "replace")


class Marker(Protocol):
    """Finds trouble that the text alone does not show."""

    def spans(self, text: str, wide: bool) -> Spans: ...


class LostWordMarker:
    """Where a tokenizer gives [UNK]: of a word that WordPiece loses all of it."""

    def __init__(self, artefact: Artefact) -> None:
        self._encoder, self._unk = artefact.encoder, artefact.unk_id

    def spans(self, text: str, wide: bool) -> Spans:
        (encoded,) = self._encoder.encode([text])
        return sorted({(start, stop) for token, _, start, stop in encoded.watched if token == self._unk})


class SharedLineMarker:
    """Lines whose hash is among those given."""

    def __init__(self, shared: Hashes) -> None:
        self._shared = frozenset(shared.tolist())

    def spans(self, text: str, wide: bool) -> Spans:
        return [(at, at + len(line)) for at, line in lines_of(text) if self._hash(line) in self._shared]

    def _hash(self, line: str) -> int:
        data = np.frombuffer(line.encode(), np.uint8)
        return int(hash_bytes(data, 0, len(data)))


class Repeats:
    """What a document has held already: its lines, or the stretches of letters that a scan looks for again."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._lines: set[int] = set()
        self._stretches: Hashes = np.empty(0, np.uint64)

    def spans(self, text: str, wide: bool) -> Spans:
        """Where the text repeats itself or what came before it."""
        if self._kind == "repeated line":
            return list(self._again(text))
        return self._repeated(text, (SHORT if wide else LONG)[1]) if self._kind == "repeated stretch" else []

    def _again(self, text: str) -> Iterator[tuple[int, int]]:
        for at, line in lines_of(text):
            known = hash(line)
            if known in self._lines:
                yield at, at + len(line)
            elif len(self._lines) < _MOST_SEEN:
                self._lines.add(known)

    def _repeated(self, text: str, length: int) -> Spans:
        folded = folds()[np.frombuffer(text.encode("utf-32-le"), np.uint32)]
        places = np.flatnonzero(folded)
        hashes = _stretch_hashes(folded[places].astype(np.uint64), length)
        if not len(hashes):
            return []
        order = np.argsort(hashes, kind="stable")
        again = np.zeros(len(hashes), np.bool_)
        again[order[1:]] = hashes[order[1:]] == hashes[order[:-1]]
        again |= np.isin(hashes, self._stretches)
        if len(self._stretches) < _MOST_SEEN:
            self._stretches = np.concatenate((self._stretches, hashes[~again]))
        return _joined(places[np.flatnonzero(again)], places[np.flatnonzero(again) + length - 1] + 1)


def _stretch_hashes(letters: Hashes, length: int) -> Hashes:
    """A polynomial hash of each stretch, from sums in which powers are taken back by the inverse of an odd number."""
    n = len(letters)
    if n < length:
        return np.empty(0, np.uint64)
    down = np.cumprod(np.full(n, _INVERSE, np.uint64), dtype=np.uint64)
    up = np.cumprod(np.full(n, _ODD, np.uint64), dtype=np.uint64)
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(letters * down, dtype=np.uint64)))
    hashes: Hashes = (sums[length:] - sums[: n - length + 1]) * up[: n - length + 1]
    return hashes


def _joined(starts: Ints, ends: Ints) -> Spans:
    """Spans, ascending, where those that touch are one."""
    if not len(starts):
        return []
    new = np.flatnonzero(starts[1:] > ends[:-1]) + 1
    firsts, lasts = np.concatenate(([0], new)), np.concatenate((new - 1, [len(ends) - 1]))
    return list(zip(starts[firsts].tolist(), ends[lasts].tolist(), strict=True))


class Excerpter:
    """Takes a document piece by piece, and keeps a window of it: from the first trouble, else from the beginning."""

    def __init__(self, view: View, marker: Marker | None = None) -> None:
        self._view, self._wanted = view, marks_of(view)
        self._repeats = marker or Repeats(next(iter(self._wanted), ""))
        self._repeated: list[Mark] = []
        self._room = view.excerpt + 2 * _MARGIN
        self._head = self._held = ""
        self._first = self._first_byte = 0
        self._begin: int | None = None if self._wanted else 0
        self._characters = self._bytes = 0
        self._letters: Ints = np.zeros(LETTERS, np.int64)

    def take(self, data: bytes) -> None:
        """The next bytes of the document, whole characters."""
        for text in chunks(data):
            of = kinds()[np.frombuffer(text.encode("utf-32-le"), np.uint32)]
            self._letters += np.bincount(of[of < LETTERS], minlength=LETTERS)
            if self._begin is None or len(self._held) < self._room:
                self._look(text)
            self._characters += len(text)
            self._bytes += len(text.encode())

    def _look(self, text: str) -> None:
        if self._begin is not None:
            self._again(text)
            self._held += text[: self._room - len(self._held)]
            return
        self._head += text[: self._room - len(self._head)]
        at = self._trouble(text)
        self._held += text
        if at is not None:
            self._open(at)
        else:
            self._drop(len(self._held) - self._room)

    def _again(self, text: str) -> Spans:
        """Where it repeats what came before; as much as a window may show is kept."""
        wide = 2 * int(self._letters[list(WIDE_SCRIPTS)].sum()) > int(self._letters.sum())
        spans = self._repeats.spans(text, wide)
        self._repeated += [
            Mark(self._characters + start, self._characters + end, self._wanted[0])
            for start, end in spans[: self._room]
        ]
        return spans

    def _trouble(self, text: str) -> int | None:
        """The character of the document at which the first trouble begins."""
        context = self._held[-_MARGIN:]
        found = [start for start, _ in self._again(text)[:1]]
        wanted = tuple(kind for kind in self._wanted if kind not in self._foreign)
        stateless = first_of(context + text, wanted, self._view.words)
        if stateless is not None:
            found.append(stateless - len(context))
        return self._characters + min(found) if found else None

    @property
    def _foreign(self) -> frozenset[str]:
        """Numbers that look Korean are somebody else's where less than a tenth of the letters so far are Hangul."""
        korean = 10 * int(self._letters[_HANGUL]) >= int(self._letters.sum())
        return frozenset() if korean else _KOREAN

    def _open(self, at: int) -> None:
        """The window begins somewhat before the trouble, with the document where that is near."""
        here = at - self._first
        start = _start_of(self._held, here, self._view.excerpt // 4)
        if not self._first and len(self._held[:here].encode()) * 2 <= self._view.excerpt:
            start = 0
        self._begin = self._first + start
        self._drop(start - _MARGIN)
        self._held = self._held[: self._room]

    def _drop(self, characters: int) -> None:
        if characters > 0:
            self._first_byte += len(self._held[:characters].encode())
            self._first += characters
            self._held = self._held[characters:]

    def finish(self) -> Excerpt:
        """What is shown of it."""
        if self._begin is None:
            self._held, self._first, self._first_byte, self._begin = self._head, 0, 0, 0
        text, marks = marked(self._held, self._wanted, self._view.words)
        start = self._begin - self._first
        exact = self._held[start:].encode()[: self._view.excerpt].decode("utf-8", "ignore")
        shown = text[start : start + len(exact)]
        before = self._first_byte + len(self._held[:start].encode())
        repeated = [Mark(m.start - self._first, m.end - self._first, m.kind) for m in self._repeated]
        told = [mark for mark in (*marks, *repeated) if mark.kind not in self._foreign]
        return Excerpt(
            shown,
            _inside(told, start, start + len(shown)),
            before,
            self._bytes - before - len(exact.encode()),
            self._bytes,
            _by_script(self._letters),
        )


def _inside(marks: Iterable[Mark], start: int, end: int) -> tuple[Mark, ...]:
    """What of the marks lies between these characters, counted from the first of them."""
    cut = {Mark(max(mark.start, start) - start, min(mark.end, end) - start, mark.kind) for mark in marks}
    return tuple(sorted(mark for mark in cut if mark.start < mark.end))


def _start_of(text: str, at: int, before: int) -> int:
    """At most so much before `at`: where a line begins, else a word."""
    least = max(0, at - before)
    return text.find("\n", least, at) + 1 or text.find(" ", least, at) + 1 or least


def _by_script(letters: Ints) -> dict[str, int]:
    """Scripts by their letters, the most first."""
    found = {SCRIPTS[k]: int(n) for k, n in enumerate(letters) if n}
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))
