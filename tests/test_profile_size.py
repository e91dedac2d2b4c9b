"""What a profile keeps of documents has a bound, however many there are."""

from __future__ import annotations

import numpy as np

from corpuscheck.profile import documents, near, repeats
from corpuscheck.profile.documents import DocumentPart, Documents
from corpuscheck.profile.near import BINS, NearPart, Signatures
from corpuscheck.profile.repeats import RepeatsPart


def test_the_state_of_any_number_of_documents_fits_in_64_mb() -> None:
    """Full tables, as of 10⁷ documents: whatever more there is only raises the level."""
    dice = np.random.default_rng(1)

    def random(rows: int) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
        return dice.integers(0, 2**64, rows, np.uint64)

    n = documents.MOST_DOCUMENTS * 5 // 4
    figures = np.arange(n)
    every = DocumentPart.of(Documents(random(n), random(n), figures, figures, random(n), figures, figures, figures))
    n = near.MOST_SIGNATURES * 5 // 4
    bins = np.zeros((n, BINS), np.uint8)
    alike = NearPart.of(Signatures(random(n), random(n), random(n), figures[:n], figures[:n], figures[:n], bins))
    n = repeats.MOST_UNITS * 5 // 4
    lines = RepeatsPart.of(n, n, random(n), figures[:n], figures[:n])
    held = [value for part in (every, alike, lines, lines) for value in vars(part).values() if isinstance(value, bytes)]
    assert min(every.level, alike.level, lines.level) == 1
    assert sum(map(len, held)) < 64_000_000
