"""Do intervals hold the truth where tables are samples? Plants clusters of copies right into tables, with low bounds.

    python benchmarks/sampled.py [--seeds 100]

Prints, for each kind of copies and each shape of cluster, in how many seeds of 100 an interval of two standard errors
held the true number of documents, the true bytes and the true usable bytes, and how wide it was.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpuscheck.profile import near
from corpuscheck.profile.documents import DocumentPart, NormPart, marked_long
from corpuscheck.profile.drawing import drawn_by
from corpuscheck.profile.near import BINS, NearPart
from corpuscheck.profile.profile import Profile
from corpuscheck.profile.repeats import RepeatsPart
from corpuscheck.profile.size import SizePart
from corpuscheck.profile.table import Table
from corpuscheck.result.copies import cleanliness
from corpuscheck.result.sums import ERRORS, Amount

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]

SHAPES: dict[str, tuple[int, ...]] = {
    "none": (),
    "a pair": (2,),
    "3,000 pairs": (2,) * 3000,
    "50": (50,),
    "100 of 50": (50,) * 100,
    "5,000": (5000,),
    "100,000": (100_000,),
    "all of these": (*(2,) * 3000, *(50,) * 100, 5000, 100_000),
}
BOUNDS: dict[type[Table], int] = {DocumentPart: 1 << 13, NormPart: 1 << 12, NearPart: 1 << 12, RepeatsPart: 1 << 13}
ALIKE_BOUND = 1 << 8


@contextmanager
def low_bounds() -> Iterator[None]:
    """The tables are full sooner."""
    before, most_alike = {part: part.MOST for part in BOUNDS}, near.MOST_ALIKE
    try:
        for part, most in BOUNDS.items():
            part.MOST = most
        near.MOST_ALIKE = ALIKE_BOUND
        yield
    finally:
        for part, most in before.items():
            part.MOST = most
        near.MOST_ALIKE = most_alike


@dataclass(frozen=True)
class Truth:
    """What was planted: copies, their bytes, and the bytes that are usable."""

    documents: int
    utf8_bytes: int
    usable: int


class Corpus:
    """`n` different texts, of which some have copies: `sizes` of each, `members` how many there are of it."""

    def __init__(self, n: int, clusters: tuple[int, ...], seed: int, large: int = 0) -> None:
        self.dice = np.random.default_rng(seed)
        self.sizes: Ints = np.exp(self.dice.normal(5, 1, n)).astype(np.int64) + 20
        self.sizes[n - large :] = self.dice.integers(1 << 20, 1 << 24, large)
        self.members: Ints = np.ones(n, np.int64)
        self.members[: len(clusters)] = clusters
        self.debris: Ints = self.sizes // self.dice.integers(2, 50, n)

    def hashes(self, n: int) -> Hashes:
        return self.dice.integers(1, 2**64, n, np.uint64)

    @property
    def truth(self) -> Truth:
        copies = self.members - 1
        usable = int((self.sizes - self.debris).sum())
        return Truth(int(copies.sum()), int(copies @ self.sizes), usable)

    def profile(self, documents: DocumentPart, norms: NormPart, signed: NearPart = NearPart()) -> Profile:  # noqa: B008
        size = SizePart(utf8_bytes=int(self.members @ self.sizes), documents=int(self.members.sum()))
        about = {"clean": "yes", "near_duplicates": "yes"}
        return Profile(size=size, documents=documents, norms=norms, near=signed, about=about)


def documents_of(hashes: Hashes, counts: Ints, sizes: Ints, norms: Hashes, debris: Ints) -> DocumentPart:
    """The table of these texts, all in one file."""
    zeros = np.zeros(len(hashes), np.int64)
    drawn, home = drawn_by(hashes, sizes), zeros.astype(np.uint64)
    return DocumentPart(0, drawn, home, home, counts, sizes, norms, zeros, debris, zeros).bounded()


def exact(corpus: Corpus) -> Profile:
    """The same text again and again."""
    n = len(corpus.sizes)
    norms = marked_long(corpus.hashes(n), np.zeros(n, np.bool_))
    documents = documents_of(corpus.hashes(n), corpus.members, corpus.sizes, norms, corpus.debris)
    return corpus.profile(documents, norms_of(norms, corpus.sizes, corpus.debris))


def norms_of(norms: Hashes, sizes: Ints, debris: Ints) -> NormPart:
    """The table of these norms."""
    return NormPart(0, drawn_by(norms, sizes), sizes, debris).bounded()


def normalised(corpus: Corpus) -> Profile:
    """Different texts with one norm."""
    norms = marked_long(corpus.hashes(len(corpus.sizes)), np.zeros(len(corpus.sizes), np.bool_))
    norms = np.repeat(norms, corpus.members)
    sizes: Ints = np.repeat(corpus.sizes, corpus.members)
    debris: Ints = np.repeat(corpus.debris, corpus.members)
    ones = np.ones(len(norms), np.int64)
    documents = documents_of(corpus.hashes(len(norms)), ones, sizes, norms, debris)
    return corpus.profile(documents, norms_of(norms, sizes, debris))


def alike(corpus: Corpus, common: float = 0.95) -> Profile:
    """Forms filled in differently: so much of each is common to all of its kind, the rest its own. In each bin the
    smallest hash of what is common meets the smallest of what is not, both exponentially distributed."""
    sizes: Ints = np.repeat(corpus.sizes, corpus.members)
    debris: Ints = np.repeat(corpus.debris, corpus.members)
    n = len(sizes)
    norms = marked_long(corpus.hashes(n), np.ones(n, np.bool_))
    signatures = np.frombuffer(corpus.dice.bytes(n * BINS), np.uint8).reshape(n, BINS).copy()
    keys, start = corpus.hashes(n), 0
    for members in corpus.members[corpus.members > 1].tolist():
        bins = corpus.dice.standard_exponential((members, BINS)) / (1 - common)
        np.minimum(bins, corpus.dice.exponential(1 / common, BINS), out=bins)
        keys[start : start + members] = _mixed(bins.min(1).view(np.uint64))
        signatures[start : start + members] = bins.view(np.uint64) & np.uint64(255)
        start += members
    documents = documents_of(corpus.hashes(n), np.ones(n, np.int64), sizes, norms, debris)
    zeros = np.zeros(n, np.int64)
    drawn = drawn_by(keys, sizes)
    signed = NearPart(0, n, int(sizes.sum()), drawn, norms, zeros.astype(np.uint64), zeros, sizes, debris, signatures)
    return corpus.profile(documents, norms_of(norms, sizes, debris), signed.bounded())


def _mixed(hashes: Hashes) -> Hashes:
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        hashes = (hashes ^ (hashes >> np.uint64(shift))) * np.uint64(factor)
    return hashes ^ (hashes >> np.uint64(31))


def lines(corpus: Corpus) -> Profile:
    """Lines that stand in as many documents as there are members."""
    drawn = drawn_by(corpus.hashes(len(corpus.sizes)), corpus.sizes)
    units, size = int(corpus.members.sum()), int(corpus.members @ corpus.sizes)
    part = RepeatsPart(0, units, size, 0, drawn, corpus.members, corpus.sizes).bounded()
    return Profile(lines=part, about={"clean": "yes"})


KINDS: dict[str, Callable[[Corpus], Profile]] = {
    "exact": exact,
    "normalised": normalised,
    "near": alike,
    "lines": lines,
}


def figures(kind: str, profile: Profile) -> tuple[Amount, Amount]:
    """The amount that is told of what was planted, and of what is usable."""
    found = cleanliness(profile)
    if kind == "lines":
        return found.lines.repeated, Amount()
    near_step = found.near.amount if found.near else Amount()
    return {"exact": found.exact.amount, "normalised": found.normalised.amount, "near": near_step}[kind], found.usable


def held(kind: str, shape: str, seed: int, n: int, large: int = 0) -> tuple[tuple[bool, bool, bool], float]:
    """Whether intervals hold the documents, the bytes and the usable bytes; how wide that of bytes is, of all bytes."""
    clusters = SHAPES[shape]
    corpus = Corpus(n, clusters, seed, large)
    truth = corpus.truth
    amount, usable = figures(kind, KINDS[kind](corpus))
    inside = (
        abs(amount.documents - truth.documents) <= ERRORS * amount.documents_error + 1e-6,
        abs(amount.utf8_bytes - truth.utf8_bytes) <= ERRORS * amount.error + 1e-6,
        kind == "lines" or abs(usable.utf8_bytes - truth.usable) <= ERRORS * usable.error + 1,
    )
    return inside, ERRORS * amount.error / int(corpus.members @ corpus.sizes)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--documents", type=int, default=40_000, help="different ones")
    parser.add_argument("--large", type=int, default=0, help="documents of 1 to 16 MB among them")
    parser.add_argument("--kind", choices=KINDS)
    options = parser.parse_args()
    print("| copies | clusters | documents | bytes | usable | ± of the bytes |\n|---|---|--:|--:|--:|--:|")
    with low_bounds():
        for kind in [options.kind] if options.kind else KINDS:
            for shape in SHAPES:
                rows = [held(kind, shape, seed, options.documents, options.large) for seed in range(options.seeds)]
                shares = (f"{100 * np.mean([row[0][k] for row in rows]):.0f}" for k in range(3))
                width = 100 * np.mean([row[1] for row in rows])
                print(f"| {kind} | {shape} | {' | '.join(shares)} | {width:.2f} % |", flush=True)


if __name__ == "__main__":
    main()
