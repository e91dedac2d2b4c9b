"""Probe: what each code point is to a tokenizer, found by asking it. Nothing of a tokenizer is copied."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache

import numpy as np

from corpuscheck.kernels.arrays import CODE_POINTS, Bytes, Ints
from corpuscheck.kernels.words import COMPLEX, DELETED, DOUBTFUL, ISOLATED, LOST, SPACE, TRIGGER, UNSTABLE, WORD
from corpuscheck.tokenizer.artefact import Artefact

_BLOCK = 64


class CharacterTable:
    """One entry per code point, filled as code points are met.

    Attributes:
        table: kind and flags of `corpuscheck.kernels.words`, int32 by code point; 0 where not yet probed.
        expansion: the most characters that one character was normalised to.
        patterns, pattern_ends: the added tokens as UTF-8 laid end to end.
    """

    def __init__(self, artefact: Artefact) -> None:
        self._artefact = artefact
        self._tokenizer = artefact.tokenizer
        self._vocabulary = artefact.vocabulary
        self._spelled = artefact.spelled
        self._combines = artefact.combines
        self._composes = any(step["type"].startswith("NF") for step in artefact.normalizers)
        raw = [t["content"] for t in artefact.added_tokens if not t["normalized"] or not artefact.normalizers]
        late = [t["content"] for t in artefact.added_tokens if t["content"] not in raw]
        late += [token for token in artefact.unk_spellings if token not in raw]  # then a literal [UNK] is a piece
        self._triggers = frozenset(content[0] for content in raw if content)
        self._late_triggers = frozenset(form[0] for c in late for form in (c, self._normalized(c)) if form)
        encoded = [content.encode() for content in raw]
        self.patterns: Bytes = np.frombuffer(b"".join(encoded), np.uint8)
        self.pattern_ends: Ints = np.cumsum(np.array([len(e) for e in encoded], np.int64))
        self.table = np.zeros(CODE_POINTS, np.int32)
        self._learned: list[int] = []
        self._code_points: Ints = np.zeros(0, np.int64)
        self.expansion = 1
        self._free: list[tuple[Ints, Ints]] = []

    def borrow(self) -> tuple[Ints, Ints]:
        """Two arrays by code point: counts, all 0, and places. Making them anew for each small file would cost more
        than measuring it."""
        return self._free.pop() if self._free else (np.zeros(CODE_POINTS, np.int64), np.empty(CODE_POINTS, np.int64))

    def give_back(self, counts: Ints, places: Ints) -> None:
        """For the next to borrow; the counts must be 0 again."""
        self._free.append((counts, places))

    def _normalized(self, text: str) -> str:
        normalizer = self._tokenizer.normalizer
        return text if normalizer is None else str(normalizer.normalize_str(text))

    @property
    def code_points(self) -> Ints:
        """Those that were probed, ascending."""
        if len(self._code_points) < len(self._learned):
            self._code_points = np.unique(np.array(self._learned, np.int64))
        return self._code_points

    def learn(self, code_points: Iterable[int]) -> None:
        """Probe code points and enter them."""
        for cp in code_points:
            ch = chr(cp)
            self._learned.append(cp)
            self.table[cp] = self._entry(ch) | (UNSTABLE if nfc_may_change(ch) else 0)

    def _entry(self, ch: str) -> int:
        if self._combines and self._joins_neighbours(ch):
            return COMPLEX
        normal = self._normalized(f"a{ch}a")
        splitter = self._tokenizer.pre_tokenizer
        pieces = [piece for piece, _ in splitter.pre_tokenize_str(normal)] if splitter else [normal]
        if pieces == ["aa"]:
            return COMPLEX if ch in self._triggers else DELETED
        if pieces == ["a", "a"]:
            return SPACE
        middle = normal[1:-1].strip(" ")
        if self._late_triggers and not self._late_triggers.isdisjoint(middle + ch):
            return COMPLEX
        if pieces == [normal]:
            self.expansion = max(self.expansion, len(middle))
            return COMPLEX if ch in self._triggers else WORD | self._doubt(middle)
        if len(pieces) == 3 and pieces[0] == pieces[2] == "a" and len(pieces[1]) == 1:
            missing = LOST if pieces[1] not in self._vocabulary else 0
            return ISOLATED | missing | (TRIGGER if ch in self._triggers else 0)
        return COMPLEX

    def _doubt(self, characters: str) -> int:
        """LOST if no piece spells a character, DOUBTFUL if one lacks a form, 0 if nothing can go wrong."""
        if not self._spelled.issuperset(characters):
            return LOST
        prefix = self._artefact.prefix
        safe = all(c in self._vocabulary and prefix + c in self._vocabulary for c in characters)
        return 0 if safe else DOUBTFUL

    def _joins_neighbours(self, ch: str) -> bool:
        """Whether the normaliser may join this character to the one before, or move it."""
        if unicodedata.category(ch) == "Cn":
            return True  # the tokenizer's Unicode may be newer than ours
        first = unicodedata.normalize("NFKD", ch)[0]
        if not self._composes:  # accents are taken apart and dropped, nothing is put together
            return unicodedata.combining(first) != 0 and unicodedata.category(first) != "Mn"
        return unicodedata.combining(first) != 0 or first in second_halves()


@cache
def second_halves() -> frozenset[str]:
    """Characters that NFC can join to the one before them (The Unicode Standard, NFC_Quick_Check=Maybe)."""
    jamo = [chr(cp) for cp in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))]
    halves = []
    for block in range(0xC0, 0x20000, _BLOCK):
        characters = "".join(map(chr, range(block, block + _BLOCK)))
        if unicodedata.is_normalized("NFD", characters):  # nothing in it comes apart
            continue
        for decomposition in map(unicodedata.decomposition, characters):
            parts = decomposition.split()
            if len(parts) == 2 and not decomposition.startswith("<"):
                halves.append(chr(int(parts[1], 16)))
    return frozenset((*jamo, *halves))


def nfc_may_change(ch: str) -> bool:
    """Whether text that holds this character may differ in bytes from its NFC form."""
    return not ch.isascii() and (ch in second_halves() or not unicodedata.is_normalized("NFC", ch))
