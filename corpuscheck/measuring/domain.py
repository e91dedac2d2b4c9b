"""What a comparison of domains needs, from the sample of passages that a scan has collected."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace

import numpy as np

from corpuscheck.kernels.arrays import BUCKETS, CODE_POINTS, GROUPS, Bytes, Flags, Hashes, Ints
from corpuscheck.kernels.grams import (
    ALPHABETIC,
    APART,
    DENSE,
    IDEOGRAPHIC,
    SYLLABIC,
    WORD,
    count_grams,
    grams_at,
    marked,
)
from corpuscheck.kernels.hashing import hash_parts
from corpuscheck.kernels.utf8 import count_characters
from corpuscheck.measuring.domain_words import domain_words
from corpuscheck.measuring.languages import languages_of
from corpuscheck.profile.counts import packed_counts
from corpuscheck.profile.domain import MOST_GRAMS, MOST_SKETCHES, DomainPart, halves_of, packed_grams
from corpuscheck.profile.domain_sources import MOST_COMPARED, SourceGrams
from corpuscheck.profile.sample import Sample
from corpuscheck.text.composing import normaliser
from corpuscheck.text.scripts import script_of

WITHOUT_SPACES = frozenset(("Han", "Kana", "Thai", "Lao", "Khmer", "Myanmar"))

GRAMS_OF = {"Han": IDEOGRAPHIC, "Kana": SYLLABIC, "Hangul": SYLLABIC, "Ethiopic": SYLLABIC}
"""The kind of the characters of each script; of the others it is `ALPHABETIC`."""

_OF_A_UNIT = 1 << 40

_LEAST_OF_A_SOURCE = 10_000
"""Bytes: nothing can be told of a source with less."""


@dataclass(frozen=True)
class _Texts:
    """Passages laid end to end, composed and in lower case, those of one unit one after another.

    Attributes:
        data: UTF-8.
        starts, ends: the span of each passage.
        units: the number of its unit, ascending from 0.
        hashes: of each unit.
        sources: the source of each passage, 0 where it is not known.
        alphabet: all characters of `data`.
    """

    data: Bytes
    starts: Ints
    ends: Ints
    units: Ints
    hashes: Hashes
    sources: Hashes
    alphabet: list[str]


def language_parts(sample: Sample, language: str = "") -> dict[str, DomainPart]:
    """The part of each language for the text of a sample, or of the one that all of it is in.

    Each distinct passage counts once.
    """
    if not len(sample):
        return {}
    by_document = sample.by_document
    texts = _texts(sample, by_document)
    folded, kinds = _folded(texts.alphabet), _kinds(texts.alphabet)
    if language:
        return {language: _part(texts, by_document, folded, kinds)}
    names, labels = np.unique(
        languages_of(texts.data, texts.starts, texts.ends, texts.units, texts.alphabet), return_inverse=True
    )
    return {
        str(label): _part(_chosen(texts, labels == number), by_document, folded, kinds)
        for number, label in enumerate(names)
    }


def _part(texts: _Texts, by_document: bool, folded: Flags, kinds: Flags) -> DomainPart:
    tables, totals, sources = _grams(texts, folded)
    units = len(texts.hashes)
    sketches = _sketches(texts, totals, folded)
    return DomainPart(
        units if by_document else 0,
        0 if by_document else units,
        int((texts.ends - texts.starts).sum()),
        packed_counts(tables),
        sketches,
        domain_words(texts.data, texts.starts, texts.ends, texts.units, kinds),
        _homes(texts, sketches),
        sources,
    )


def _grams(texts: _Texts, folded: Flags) -> tuple[Ints, Ints, dict[int, SourceGrams]]:
    """The n-grams of each group of units, their number in each passage, and those of each source that is kept."""
    totals = np.zeros(len(texts.starts), np.int64)
    groups = (texts.hashes & np.uint64(GROUPS - 1)).astype(np.int64)[texts.units]
    whole = np.zeros((GROUPS, BUCKETS), np.int64)
    kept = _kept_sources(texts)
    found: dict[int, SourceGrams] = {}
    for source in [None, *kept]:
        rows = ~np.isin(texts.sources, np.array(kept, np.uint64)) if source is None else texts.sources == source
        if rows.any():
            tables, numbers = np.zeros((GROUPS, BUCKETS), np.int64), np.zeros(int(rows.sum()), np.int64)
            count_grams(texts.data, texts.starts[rows], texts.ends[rows], folded, groups[rows], tables, numbers)
            totals[rows] = numbers
            whole += tables
            if source is not None:
                size = int((texts.ends[rows] - texts.starts[rows]).sum())
                found[int(source)] = SourceGrams.of(len(np.unique(texts.units[rows])), size, halves_of(tables))
    return whole, totals, found


def _kept_sources(texts: _Texts) -> list[np.uint64]:
    """The sources with enough text to tell anything of, those with the smallest ids."""
    known, rows = np.unique(texts.sources, return_inverse=True)
    sizes = np.bincount(rows, texts.ends - texts.starts)
    return [
        source for source, size in zip(known, sizes.tolist(), strict=True) if source and size >= _LEAST_OF_A_SOURCE
    ][:MOST_COMPARED]


def _homes(texts: _Texts, sketches: dict[int, bytes]) -> dict[int, int]:
    """The source of each unit that has a sketch."""
    firsts = np.searchsorted(texts.units, np.arange(len(texts.hashes)))
    known = zip(texts.hashes.tolist(), texts.sources[firsts].tolist(), strict=True)
    return {unit: source for unit, source in known if source and unit in sketches}


def _chosen(texts: _Texts, units: Flags) -> _Texts:
    """The same with these units alone."""
    if units.all():
        return texts
    passages = units[texts.units]
    numbers = np.cumsum(units, dtype=np.int64) - 1
    return replace(
        texts,
        starts=texts.starts[passages],
        ends=texts.ends[passages],
        units=numbers[texts.units[passages]],
        sources=texts.sources[passages],
        hashes=texts.hashes[units],
    )


def _texts(sample: Sample, by_document: bool) -> _Texts:
    order = np.argsort(sample.groups, kind="stable") if by_document else np.arange(len(sample))
    keys = (sample.groups if by_document else sample.hashes)[order]
    texts = [text for text, _, _ in sample.items()]
    whole = np.array([0]), np.array([sample.size])
    compose = normaliser("NFC", _characters(sample.data, *whole))
    encoded = [compose(texts[k].decode()).lower().encode() for k in order.tolist()]
    ends = np.cumsum(np.array([len(text) for text in encoded], np.int64))
    new = np.concatenate(([True], keys[1:] != keys[:-1]))
    firsts = keys[new]
    hashes = np.empty(len(firsts), np.uint64)
    hash_parts(firsts, np.full(len(firsts), _OF_A_UNIT, np.int64), hashes)
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1]))
    data = np.frombuffer(b"".join(encoded), np.uint8)
    alphabet = list(_characters(data, starts, ends))
    return _Texts(data, starts, ends, np.cumsum(new) - 1, hashes, sample.sources[order], alphabet)


def _characters(data: Bytes, starts: Ints, ends: Ints) -> dict[str, int]:
    """How often each character stands in these spans."""
    counts = np.zeros(CODE_POINTS, np.int64)
    count_characters(data, starts, ends, np.ones(len(starts), np.uint8), counts)
    held = np.flatnonzero(counts)
    return dict(zip(map(chr, held.tolist()), counts[held].tolist(), strict=True))


def _folded(alphabet: list[str]) -> Flags:
    """What each code point counts as, with its kind: digits as 0, white space as none."""
    table = np.arange(CODE_POINTS, dtype=np.int32)
    for ch in alphabet:
        if ch.isspace():
            table[ord(ch)] = 0
        elif ch.isdecimal():
            table[ord(ch)] = ord("0")
        else:
            table[ord(ch)] = marked(ord(ch), GRAMS_OF.get(script_of(ord(ch)), ALPHABETIC))
    return table


def _kinds(alphabet: list[str]) -> Flags:
    """Whether each code point is a part of words."""
    table = np.full(CODE_POINTS, APART, np.int32)
    for ch in alphabet:
        if unicodedata.category(ch)[0] in "LMN":
            table[ord(ch)] = DENSE if script_of(ord(ch)) in WITHOUT_SPACES else WORD
    return table


def _sketches(texts: _Texts, totals: Ints, folded: Flags) -> dict[int, bytes]:
    """Up to `MOST_GRAMS` n-grams of each unit that has one of the smallest hashes: one from each of equal stretches,
    at a place that its hash decides."""
    order = np.argsort(texts.hashes)[:MOST_SKETCHES]
    firsts = np.searchsorted(texts.units, np.arange(len(texts.hashes) + 1))
    sketches: dict[int, bytes] = {}
    for unit in order.tolist():
        spans = slice(firsts[unit], firsts[unit + 1])
        total = int(totals[spans].sum())
        kept = min(MOST_GRAMS, total)
        dice = np.empty(kept, np.uint64)
        hash_parts(np.full(kept, texts.hashes[unit], np.uint64), np.arange(kept), dice)
        edges = np.arange(kept + 1) * total // max(1, kept)
        wanted = edges[:-1] + (dice >> np.uint64(1)).astype(np.int64) % np.diff(edges)
        out = np.empty(kept, np.int64)
        grams_at(texts.data, texts.starts[spans], texts.ends[spans], folded, wanted, out)
        sketches[int(texts.hashes[unit])] = packed_grams(np.sort(out))
    return sketches
