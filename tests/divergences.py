"""The Jensen–Shannon divergence, by its definition."""

from __future__ import annotations

import numpy as np

from corpuscheck.kernels.arrays import Floats


def divergence(p: Floats, q: Floats) -> float:
    """The mean of the Kullback–Leibler divergences of two distributions from their mixture, in bits."""
    middle = (p + q) / 2
    terms = [
        np.where(one > 0, one * np.log2(np.where(one > 0, one, 1) / np.where(middle > 0, middle, 1)), 0)
        for one in (p, q)
    ]
    return float(np.sum(terms)) / 2
