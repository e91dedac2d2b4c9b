"""What copies and debris cost each source, and the text that two sources both have."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from corpuscheck.kernels.arrays import Floats, Hashes, Ints
from corpuscheck.profile.documents import ELSEWHERE, DocumentPart, long_enough
from corpuscheck.profile.near import NearPart
from corpuscheck.profile.profile import Profile
from corpuscheck.profile.sources import source_id
from corpuscheck.profile.table import first_rows, ordered
from corpuscheck.result.near import NearCopies
from corpuscheck.values.brief import brief

_MOST_COMPARED = 64
"""Sources, the largest, of which it is told what they share."""

_AT_ONCE = 1 << 14


@dataclass(frozen=True)
class Costs:
    """Bytes by `source_id`, and (documents, bytes) that two sources both have; empty where there is but one source.

    Where documents are a sample they tell the proportions between sources, not the amounts.
    """

    __repr__ = brief

    inside: dict[int, float] = field(default_factory=dict)
    elsewhere: dict[int, float] = field(default_factory=dict)
    debris: dict[int, float] = field(default_factory=dict)
    shared: dict[tuple[int, int], tuple[float, float]] = field(default_factory=dict)


class CostsOfSources:
    """Takes what each step of cleaning takes away."""

    def __init__(self, profile: Profile) -> None:
        by_size = sorted(profile.sources.sources.items(), key=lambda pair: (-pair[1].utf8_bytes, pair[0]))
        ids = [source_id(name) for name, _ in by_size]
        self._several = len(ids) + profile.sources.others.filled > 1
        self._numbers = {source: number for number, source in enumerate(ids)}
        self._ids = [*ids, ELSEWHERE]
        self._sums = np.zeros((3, len(self._ids)))
        most = min(len(ids), _MOST_COMPARED)
        self._shared = np.zeros((2, most, most))
        self._norms: Hashes = np.zeros(0, np.uint64)
        self._sources: Ints = np.zeros(0, np.int64)

    def _number(self, sources: Hashes) -> Ints:
        """Sources by number, the largest first; those beyond the most that are kept share the last one."""
        known, which = np.unique(sources, return_inverse=True)
        last = len(self._ids) - 1
        return np.array([self._numbers.get(source, last) for source in known.tolist()], np.int64)[which]

    def of_equal(self, rows: DocumentPart, homes: Ints) -> None:
        """Copies of the same bytes."""
        if not self._several or not len(rows):
            return
        starts = first_rows(rows.hashes)
        texts = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(rows))))
        each, which = np.unique(texts * len(self._ids) + self._number(rows.sources), return_inverse=True)
        times = np.bincount(which, rows.counts)
        texts, sources = np.divmod(each, len(self._ids))
        sizes = rows.sizes[starts[texts]] * rows.weights()[starts[texts]]
        away = sources != self._number(rows.sources[homes])[texts]
        self._add(0, sources, (times - 1) * sizes)
        self._add(1, sources[away], sizes[away])
        self._share(rows)

    def of_normalised(self, rows: DocumentPart, homes: Ints, copies: Ints) -> None:
        """Copies that are equal after normalising, and where the one stands that is kept."""
        if not self._several:
            return
        sizes = rows.sizes[copies] * rows.weights()[copies]
        self._take(homes, self._number(rows.sources[homes]), self._number(rows.sources[copies]), sizes)

    def left(self, rows: DocumentPart, near: bool) -> None:
        """Documents that are left; long ones are looked at once more for `near` copies."""
        if not self._several:
            return
        sources = self._number(rows.sources)
        done = ~long_enough(rows.norms) if near else np.ones(len(rows), np.bool_)
        self._add(2, sources[done], (rows.debris * rows.weights())[done])
        order = np.argsort(rows.norms, kind="stable")
        self._norms, self._sources = rows.norms[order], sources[order]

    def of_near(self, rows: NearPart, found: NearCopies) -> None:
        """Copies that are nearly the same, and the debris of what is left then."""
        if not self._several or not len(self._norms):
            return
        places = np.minimum(np.searchsorted(self._norms, rows.norms), len(self._norms) - 1)
        known = self._norms[places] == rows.norms
        sources = np.where(known, self._sources[places], len(self._ids) - 1)
        both = known[found.copies] & known[found.kept]
        copies, kept = found.copies[both], found.kept[both]
        self._take(kept, sources[kept], sources[copies], rows.sizes[copies].astype(np.float64))
        stays = known.copy()
        stays[found.copies] = False
        self._add(2, sources[stays], rows.debris[stays].astype(np.float64))
        self._share_pairs(sources[kept], sources[copies], rows.sizes[copies])

    def _take(self, groups: Ints, homes: Ints, sources: Ints, sizes: Floats) -> None:
        """Copies by the text that is kept of each group: the first of a source that has no other is elsewhere."""
        order = np.lexsort((sources, groups))
        groups, homes, sources = (column[order] for column in (groups, homes, sources))
        sizes = sizes[order]
        away = np.zeros(len(order), np.bool_)
        away[first_rows(groups, sources)] = True
        away &= sources != homes
        self._add(0, sources[~away], sizes[~away])
        self._add(1, sources[away], sizes[away])

    def _share(self, rows: DocumentPart) -> None:
        """Texts, as they are after normalising, that several sources have."""
        sources = self._number(rows.sources)
        seen = np.flatnonzero(sources < self._shared.shape[1])
        order = seen[ordered(rows.norms[seen], sources[seen])]
        order = order[first_rows(rows.norms[order], sources[order])]
        starts = first_rows(rows.norms[order])
        times = np.diff(np.append(starts, len(order)))
        several = np.repeat(times > 1, times)
        order, texts = order[several], np.repeat(np.cumsum(times > 1) - 1, times)[several]
        for start in range(0, int((times > 1).sum()), _AT_ONCE):
            some = slice(*np.searchsorted(texts, (start, start + _AT_ONCE)))
            self._share_texts(rows.chosen(order[some]), sources[order[some]], texts[some] - start)

    def _share_texts(self, rows: DocumentPart, sources: Ints, texts: Ints) -> None:
        firsts = first_rows(texts)
        holds = np.zeros((len(firsts), self._shared.shape[1]))
        holds[texts, sources] = 1
        weights, sizes = rows.weights()[firsts], rows.sizes[firsts]
        self._shared[0] += holds.T @ (holds * weights[:, None])
        self._shared[1] += holds.T @ (holds * (weights * sizes)[:, None])

    def _share_pairs(self, ones: Ints, others: Ints, sizes: Ints) -> None:
        most = self._shared.shape[1]
        pairs = np.flatnonzero((ones != others) & (ones < most) & (others < most))
        for one, other, size in zip(*(column[pairs].tolist() for column in (ones, others, sizes)), strict=True):
            self._shared[:, one, other] += 1, size
            self._shared[:, other, one] += 1, size

    def _add(self, which: int, sources: Ints, figures: Floats) -> None:
        self._sums[which] += np.bincount(sources, figures, len(self._ids))

    def result(self) -> Costs:
        """What was taken, by the ids of sources."""
        if not self._several:
            return Costs()
        inside, elsewhere, debris = (dict(zip(self._ids, row.tolist(), strict=True)) for row in self._sums)
        upper = np.argwhere(np.triu(self._shared[0], 1)).tolist()
        shared = {
            (self._ids[a], self._ids[b]): (float(self._shared[0, a, b]), float(self._shared[1, a, b])) for a, b in upper
        }
        return Costs(inside, elsewhere, debris, shared)
