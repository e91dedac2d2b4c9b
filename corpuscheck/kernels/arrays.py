"""The arrays that pass between reading, kernels and measuring."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Flags = NDArray[np.int32]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Rates = NDArray[np.float32]
Hashes = NDArray[np.uint64]
Flagged = NDArray[np.bool_]
RowArray = NDArray[Any]
"""Rows of a structured type."""

CODE_POINTS = 0x110000

BUCKETS = 1 << 14
"""The buckets that character n-grams are hashed to."""

GROUPS = 8
"""The groups of documents that n-grams are counted in, so that figures of them have an interval."""

SMALL_BITS = 12
"""Where texts are sampled, those below 2^12 bytes are drawn alike, and each further doubling is twice as sure."""
