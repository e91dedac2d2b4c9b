"""What a profile keeps of documents has a bound, however many there are."""

from __future__ import annotations

import numpy as np
import pytest

from corpuscheck.profile.documents import DocumentPart, NormPart
from corpuscheck.profile.near import BINS, NearPart
from corpuscheck.profile.repeats import RepeatsPart


@pytest.mark.thorough
def test_the_state_of_any_number_of_documents_fits_in_300_mb() -> None:
    """Full tables, as of 10⁷ documents: whatever more there is only raises the level."""
    dice = np.random.default_rng(1)

    def random(rows: int) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
        return dice.integers(0, 2**64, rows, np.uint64)

    n = DocumentPart.MOST * 5 // 4
    figures = np.arange(n)
    every = DocumentPart(
        0, random(n), random(n), random(n), figures, figures, random(n), figures, figures, figures
    ).bounded()
    n = NearPart.MOST * 5 // 4
    bins = np.zeros((n, BINS), np.uint8)
    alike = NearPart(0, n, n, random(n), random(n), random(n), figures[:n], figures[:n], figures[:n], bins).bounded()
    n = RepeatsPart.MOST * 5 // 4
    lines = RepeatsPart(0, n, n, 0, random(n), figures[:n], figures[:n]).bounded()
    n = NormPart.MOST * 5 // 4
    norms = NormPart(0, random(n), figures[:n], figures[:n]).bounded()
    tables = (every, norms, alike, lines, lines)
    held = [column for table in tables for column in vars(table).values() if isinstance(column, np.ndarray)]
    assert min(table.level for table in tables) == 1
    assert sum(column.nbytes for column in held) < 300_000_000
