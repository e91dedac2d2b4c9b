"""Is it this domain? What a comparison with other corpora needs, from a sample of the text."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from corpuscheck.arrays import BUCKETS, Ints
from corpuscheck.brief import brief
from corpuscheck.profile.checked import check
from corpuscheck.profile.domain_words import DomainWords

MOST_SKETCHES = 160
MOST_GRAMS = 160
"""N-grams in the sketch of one document."""

_COUNT, _GRAM, _HASH = np.dtype("<i8"), np.dtype("<u2"), np.dtype("<u8")
_BEYOND = 1 << 46

Fertility = tuple[int, int, int]
"""Tokens by a reference's tokenizer, tokens by the one of this scan, words, all of the same text."""


@dataclass(frozen=True)
class DomainPart:
    """Tables of n-grams, sketches of documents, words, of a sample in which each distinct text counts once.

    A unit is a document, or a passage of one where there are too few documents to tell halves apart.

    Attributes:
        documents, passages: units of either kind that were looked at.
        text_bytes: of their text.
        grams: counts of the 2-, 3- and 4-grams of characters by bucket, `<i8` of shape [2, BUCKETS] or empty: one
            table for each half of the units.
        sketches: by unit, those with the `MOST_SKETCHES` smallest hashes, up to `MOST_GRAMS` buckets, `<u2`
            ascending, evenly from all of its n-grams. The lowest bit of a hash tells the half.
        words: words and how many units hold them.
        fertility: by digest of a reference's tokenizer.
    """

    __repr__ = brief

    documents: int = 0
    passages: int = 0
    text_bytes: int = 0
    grams: bytes = b""
    sketches: dict[int, bytes] = field(default_factory=dict)
    words: DomainWords = field(default_factory=DomainWords)
    fertility: dict[str, Fertility] = field(default_factory=dict)

    @property
    def units(self) -> int:
        return self.documents + self.passages

    def tables(self) -> Ints:
        """The counts, int64 [2, BUCKETS]."""
        if not self.grams:
            return np.zeros((2, BUCKETS), np.int64)
        return np.frombuffer(self.grams, _COUNT).reshape(2, BUCKETS).astype(np.int64)

    def merge(self, other: DomainPart) -> DomainPart:
        grams = self.grams or other.grams
        if self.grams and other.grams:
            grams = packed_counts(self.tables() + other.tables())
        return DomainPart(
            self.documents + other.documents,
            self.passages + other.passages,
            self.text_bytes + other.text_bytes,
            grams,
            _smallest(self.sketches, other.sketches),
            self.words.merge(other.words),
            _summed(self.fertility, other.fertility),
        )

    def to_state(self) -> dict[str, Any]:
        hashes = sorted(self.sketches)
        return {
            "documents": self.documents,
            "passages": self.passages,
            "text_bytes": self.text_bytes,
            "grams": np.frombuffer(self.grams, _COUNT).tolist(),
            "units": b64encode(np.array(hashes, _HASH).tobytes()).decode(),
            "sketches": [np.diff(unpacked_grams(self.sketches[h]), prepend=0).tolist() for h in hashes],
            "words": self.words.to_state(),
            "fertility": self.fertility,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> DomainPart:
        """Raises ValueError for tables that cannot be."""
        grams = tuple(state["grams"])
        check(grams, tuple[int, ...], "n-grams")
        if len(grams) not in (0, 2 * BUCKETS) or max(grams, default=0) > _BEYOND:
            raise ValueError("n-grams that cannot be")
        hashes = np.frombuffer(b64decode(state["units"], validate=True), _HASH).tolist()
        sketches = [_ascending(row) for row in state["sketches"]]
        if len(set(hashes)) != len(sketches) or len(sketches) > MOST_SKETCHES:
            raise ValueError("sketches that cannot be")
        figures = tuple(state[name] for name in ("documents", "passages", "text_bytes"))
        check(figures, tuple[int, int, int], "figures of the sample")
        documents, passages, text_bytes = figures
        fertility = {key: tuple(row) for key, row in state["fertility"].items()}
        check(fertility, dict[str, Fertility], "tokens of a general tokenizer")
        return cls(
            documents,
            passages,
            text_bytes,
            packed_counts(np.array(grams, np.int64)) if grams else b"",
            dict(zip(hashes, sketches, strict=True)),
            DomainWords.from_state(state["words"]),
            fertility,
        )


def digest_of(tokenizer: str) -> str:
    """What the definition of a tokenizer is known by, its longer pieces included, in 16 hexadecimal digits."""
    return hashlib.sha256(tokenizer.encode()).hexdigest()[:16]


def packed_counts(tables: Ints) -> bytes:
    """The counts of n-grams as they are kept."""
    return tables.astype(_COUNT).tobytes()


def packed_grams(buckets: Ints) -> bytes:
    """A sketch of ascending buckets."""
    return buckets.astype(_GRAM).tobytes()


def unpacked_grams(sketch: bytes) -> Ints:
    """The buckets of a sketch, int64."""
    return np.frombuffer(sketch, _GRAM).astype(np.int64)


def _ascending(gaps: list[int]) -> bytes:
    """The sketch with these differences between neighbours. Raises ValueError for what is none."""
    if len(gaps) > MOST_GRAMS or not all(type(gap) is int and 0 <= gap < BUCKETS for gap in gaps):
        raise ValueError("sketches that cannot be")
    buckets = np.cumsum(np.array(gaps, np.int64))
    if len(buckets) and buckets[-1] >= BUCKETS:
        raise ValueError("sketches that cannot be")
    return packed_grams(buckets)


def _smallest(one: dict[int, bytes], other: dict[int, bytes]) -> dict[int, bytes]:
    """Those with the smallest hashes; of two sketches of one document the larger, so that the order is no matter."""
    both = dict(one)
    for key, row in other.items():
        both[key] = max(both.get(key, b""), row, key=lambda r: (len(r), r))
    return {key: both[key] for key in sorted(both)[:MOST_SKETCHES]}


def _summed(one: dict[str, Fertility], other: dict[str, Fertility]) -> dict[str, Fertility]:
    both = dict(one)
    for key, (general, own, words) in other.items():
        before = both.get(key, (0, 0, 0))
        both[key] = (before[0] + general, before[1] + own, before[2] + words)
    return both
