"""Draw rows of a table by their hashes, large texts more surely than small ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from corpuscheck.kernels.arrays import SMALL_BITS, Hashes, Ints


def classes(sizes: Ints) -> Ints:
    """How often the chance of each text is doubled."""
    return np.frexp((sizes >> SMALL_BITS).astype(np.float64))[1].astype(np.int64)


def drawn_by(hashes: Hashes, sizes: Ints) -> Hashes:
    """The hashes by which texts of these sizes are drawn: the smaller, the surer. Their lowest bits stay."""
    lowest = np.uint64(1)
    shifted: Hashes = (hashes >> classes(sizes).astype(np.uint64)) & ~lowest | hashes & lowest
    return shifted


def weights(sizes: Ints, level: int) -> NDArray[np.float64]:
    """How many texts each row stands for in a table of this level."""
    result: NDArray[np.float64] = 2.0 ** np.maximum(level - classes(sizes), 0)
    return result
