"""Is it this domain? What a comparison with other corpora needs, from a sample of the text."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from corpuscheck.kernels.arrays import BUCKETS, GROUPS, Ints
from corpuscheck.profile.counts import joined_counts, known_counts, unpacked_counts, written_counts
from corpuscheck.profile.domain_sources import SourceGrams, by_source
from corpuscheck.profile.domain_words import DomainWords
from corpuscheck.profile.part import Part, Way, merging, part, sums, table_of, total, united
from corpuscheck.values.brief import brief

MOST_SKETCHES = 240
MOST_GRAMS = 128
"""N-grams in the sketch of one document."""

_GRAM, _HASH = np.dtype("<u2"), np.dtype("<u8")
_MOST_LANGUAGES, _LONGEST_NAME = 100, 20

FertilitySums = tuple[int, int, int]
"""Tokens by a reference's tokenizer, tokens by the one of this scan, words, all of the same text."""


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


def _sketches_written(sketches: dict[int, bytes]) -> dict[str, Any]:
    hashes = sorted(sketches)
    return {
        "units": b64encode(np.array(hashes, _HASH).tobytes()).decode(),
        "gaps": [np.diff(unpacked_grams(sketches[h]), prepend=0).tolist() for h in hashes],
    }


def _sketches_known(state: dict[str, Any]) -> dict[int, bytes]:
    hashes = np.frombuffer(b64decode(state["units"], validate=True), _HASH).tolist()
    sketches = [_ascending(row) for row in state["gaps"]]
    if len(set(hashes)) != len(sketches) or len(sketches) > MOST_SKETCHES:
        raise ValueError("sketches that cannot be")
    return dict(zip(hashes, sketches, strict=True))


def _smallest(tables: Sequence[dict[int, bytes]]) -> dict[int, bytes]:
    """Those with the smallest hashes; of sketches of one document the largest, so that the order is no matter."""
    known = united(tables, lambda *sketches: max(sketches, key=lambda row: (len(row), row)))
    return {key: known[key] for key in sorted(known)[:MOST_SKETCHES]}


def _homes_together(tables: Sequence[dict[int, int]]) -> dict[int, int]:
    """Those of the units with the smallest hashes; of several sources of one the smallest."""
    known = united(tables, min)
    return {key: known[key] for key in sorted(known)[:MOST_SKETCHES]}


def _homes_written(homes: dict[int, int]) -> list[str]:
    columns = [np.array(list(column), _HASH) for column in (sorted(homes), (homes[key] for key in sorted(homes)))]
    return [b64encode(column.tobytes()).decode() for column in columns]


def _homes_known(state: list[str]) -> dict[int, int]:
    units, sources = (np.frombuffer(b64decode(column, validate=True), _HASH).tolist() for column in state)
    homes = dict(zip(units, sources, strict=True))
    if len(homes) != len(units) or len(homes) > MOST_SKETCHES:
        raise ValueError("sources of documents that cannot be")
    return homes


def halves_of(groups: Ints) -> Ints:
    """The counts of either half, int64 [2, BUCKETS], from those of the groups."""
    return np.stack([groups[0::2].sum(axis=0), groups[1::2].sum(axis=0)])


@dataclass(frozen=True)
class DomainPart(Part):
    """Tables of n-grams, sketches of documents, words, of a sample in which each distinct text counts once.

    A unit is a document, or a passage of one where there are too few documents to tell groups apart.

    Attributes:
        documents, passages: units of either kind that were looked at.
        text_bytes: of their text.
        grams: counts of n-grams of characters by bucket, `<i8` of shape [GROUPS, BUCKETS] or empty: one table for each
            group of the units.
        sketches: by unit, those with the `MOST_SKETCHES` smallest hashes, up to `MOST_GRAMS` buckets, `<u2`
            ascending, evenly from all of its n-grams. The lowest bits of a hash tell the group.
        words: words and how many units hold them.
        homes: the source of each unit that has a sketch, where sources are known.
        sources: what was looked at of each source, those with the smallest ids.
    """

    __repr__ = brief

    documents: int = total()
    passages: int = total()
    text_bytes: int = total()
    grams: bytes = merging(
        Way(
            joined_counts,
            lambda counts: written_counts(counts, GROUPS),
            lambda state: known_counts(state, GROUPS, BUCKETS),
        ),
        default=b"",
    )
    sketches: dict[int, bytes] = merging(Way(_smallest, _sketches_written, _sketches_known), default_factory=dict)
    words: DomainWords = part(DomainWords)
    homes: dict[int, int] = merging(Way(_homes_together, _homes_written, _homes_known), default_factory=dict)
    sources: dict[int, SourceGrams] = by_source()

    @property
    def units(self) -> int:
        return self.documents + self.passages

    def groups(self) -> Ints:
        """The counts, int64 [GROUPS, BUCKETS]."""
        return unpacked_counts(self.grams, GROUPS, BUCKETS)

    def tables(self) -> Ints:
        """The counts of either half of the units, int64 [2, BUCKETS]: the lowest bit of a hash tells the half."""
        return halves_of(self.groups())


def _languages_together(tables: Sequence[dict[str, DomainPart]]) -> dict[str, DomainPart]:
    return united(tables, lambda *parts: parts[0].merge(*parts[1:]))


def _languages_written(parts: dict[str, DomainPart]) -> dict[str, Any]:
    return {language: parts[language].to_state() for language in sorted(parts)}


def _languages_known(state: dict[str, Any]) -> dict[str, DomainPart]:
    if len(state) > _MOST_LANGUAGES or not all(0 < len(language) <= _LONGEST_NAME for language in state):
        raise ValueError("languages that cannot be")
    return {language: DomainPart.from_state(part) for language, part in state.items()}


@dataclass(frozen=True)
class LanguageParts(Part):
    """What was looked at, by language, and the tokens of a reference's tokenizer.

    Attributes:
        languages: a code of ISO 639 where the language could be told, else the name of the script.
        fertility: by digest of a reference's tokenizer.
    """

    __repr__ = brief

    languages: dict[str, DomainPart] = merging(
        Way(_languages_together, _languages_written, _languages_known), default_factory=dict
    )
    fertility: dict[str, FertilitySums] = table_of(sums)

    @property
    def whole(self) -> DomainPart:
        """All languages together."""
        return DomainPart().merge(*self.languages.values())


def digest_of(tokenizer: str) -> str:
    """What the definition of a tokenizer is known by, its longer pieces included, in 16 hexadecimal digits."""
    return hashlib.sha256(tokenizer.encode()).hexdigest()[:16]
