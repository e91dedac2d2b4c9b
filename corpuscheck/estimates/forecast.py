"""Forecasts from a sample, with intervals that were calibrated on real corpora (docs/method.md).

Every point and every spread is a formula of the literature or of the calibration study; the multipliers were fitted
on the runs of `benchmarks/calibration.py`, leaving one corpus out.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

from corpuscheck.estimates.figure import Figure
from corpuscheck.profile.forecast import Alone, ForecastPart
from corpuscheck.profile.sample import FEW_DOCUMENTS

FURTHEST = 200
"""Calibrated were samples of 0.5 % and more: nothing new is counted for a corpus over 200 times the sample."""

ROUGH = 20
_LARGEST_SHARE = 0.25
_EACH_BLOCK = 5
_NOT_BY_CHANCE = 5.0
"""Of simulated shuffled samples (100 to 1,000 documents, Pareto tails of 1.2 and 2.5) at most 1.3 % went above it."""

Z_90 = 1.645


@dataclass(frozen=True)
class Spread:
    """How far the truth lies from the point, in units of s on a logarithmic scale: 90 % lie between low and high."""

    low: float
    high: float


MEAN_BYTES = Spread(-1.5, 3.0)
UNSEEN_MASS = Spread(-1.2, 1.6)
UNK_FULL = Spread(-1.1, 1.3)
UNK_COVERED = Spread(-1.3, 1.7)
NEW_CHARACTERS = Spread(-1.4, 1.6)
NEW_WORDS = Spread(-1.65, 0.6)


def effective(documents_bytes: int, squares: int) -> float:
    """n_eff = (Σb)²/Σb²: as many documents of equal size would tell as much (Kish 1965)."""
    return documents_bytes**2 / squares if squares else 0.0


def _unknown(why: str) -> Figure:
    return Figure("forecast", unknown=why)


def _interval(point: float, s: float, spread: Spread, rough: bool = False) -> Figure:
    return Figure("forecast", point, point * exp(spread.low * s), point * exp(spread.high * s), rough=rough)


def _too_few(part: ForecastPart, least: float) -> str:
    n = effective(part.examined_bytes, part.examined_squares)
    return "" if n >= least else f"the sample is worth {n:,.0f} documents of equal size, {least:,.0f} are needed"


def mean_bytes(part: ForecastPart) -> Figure:
    """Mean bytes of a document: document lengths are heavy-tailed, so the interval reaches further up than down."""
    n = effective(part.bytes, part.squares)
    if n < FEW_DOCUMENTS:
        return _unknown(f"the sample is worth {n:,.0f} documents of equal size, {FEW_DOCUMENTS} are needed")
    mean, s = _relative_error(part)
    return _interval(mean, s, MEAN_BYTES)


def _relative_error(part: ForecastPart) -> tuple[float, float]:
    mean = part.bytes / part.documents
    variance = max(0.0, part.squares / part.documents - mean**2) * part.documents / max(1, part.documents - 1)
    return mean, sqrt(variance / part.documents) / mean


def _unseen(alone: Alone, growth: float, spread: Spread, paired: bool) -> Figure:
    """Leave-one-document-out: R = Σuᵢ/Σnᵢ (after Good 1953), s from Σuᵢ² and, for pairs, 2·Σa·b."""
    if alone.documents < FEW_DOCUMENTS:
        documents = "document brings" if alone.documents == 1 else "documents bring"
        return _unknown(f"{alone.documents} {documents} anything new, {FEW_DOCUMENTS} are needed")
    if alone.largest > _LARGEST_SHARE * alone.sum:
        return _unknown("one document alone brings over a quarter of what is new")
    variance = alone.squares + (2 * alone.pairs if paired else 0)
    s = sqrt(variance / alone.sum**2 / (1 - 1 / max(growth, 1.01)) + 0.2**2)
    return _interval(alone.sum / alone.total, s, spread)


def unseen_mass(part: ForecastPart, growth: float) -> Figure:
    """Share of the characters still to come that the sample never showed."""
    return _unseen(part.characters, growth, UNSEEN_MASS, True)


def unk_full(part: ForecastPart, growth: float) -> Figure:
    """[UNK] rate of the text still to come, if the alphabet held every character of the sample."""
    return _unseen(part.words, growth, UNK_FULL, True)


def unk_covered(part: ForecastPart, growth: float) -> Figure:
    """[UNK] rate of the text still to come, with the alphabet that 0.9995 coverage of the sample gives."""
    return _unseen(part.covered, growth, UNK_COVERED, False)


def _reaches(part: ForecastPart, growth: float) -> tuple[float, float]:
    """How many times the text that was looked at the sample is, and the corpus at full size."""
    sample = max(1.0, part.bytes / part.examined_bytes)
    return sample, sample * growth


def _too_far(reach: float) -> str:
    return "" if reach <= FURTHEST else f"the corpus is {reach:,.0f} times the sample, {FURTHEST} times can be told"


def new_characters(part: ForecastPart, growth: float) -> Figure:
    """Distinct characters still to come: U = Q₁(g^β - 1)/β, β = 1 - 2Q₂/Q₁, Q_j characters in just j documents."""
    if unknown := _too_few(part, 100):
        return _unknown(unknown)
    if part.once < 5:
        return _unknown(f"only {part.once} characters stand in one document alone, 5 are needed")
    sample, reach = _reaches(part, growth)
    if unknown := _too_far(reach):
        return _unknown(unknown)
    value = _characters(part.once, part.twice, sample, reach)
    without = [_characters(q1, q2, sample, reach) for q1, q2 in part.groups]
    mean = sum(without) / len(without)
    error = sqrt((len(without) - 1) / len(without) * sum((u - mean) ** 2 for u in without))
    s = sqrt((error / value) ** 2 + (0.1 * log(reach)) ** 2) if value else 0.0
    return _interval(value, s, NEW_CHARACTERS, rough=reach > ROUGH)


def _characters(once: int, twice: int, start: float, stop: float) -> float:
    """What comes between `start` and `stop` times the text."""
    if not once:
        return 0.0
    beta = 1 - 2 * twice / once
    return once * log(stop / start) if abs(beta) < 1e-9 else once * (stop**beta - start**beta) / beta


def new_words(part: ForecastPart, growth: float) -> Figure:
    """Distinct words still to come: U = ∫ Q₁·exp(bL + γL²/2) dL up to ln g, b and γ ≤ 0 from Q₁ at 1/16, 1/4, all."""
    if unknown := _too_few(part, FEW_DOCUMENTS):
        return _unknown(unknown)
    sizes, singles = [row[0] for row in part.types], [row[2] for row in part.types]
    if min(singles, default=0) < 5 or not sizes[0] < sizes[1] < sizes[2]:
        return _unknown("too few words stand in one document alone")
    sample, reach = _reaches(part, growth)
    if unknown := _too_far(reach):
        return _unknown(unknown)
    lower = log(singles[1] / singles[0]) / log(sizes[1] / sizes[0])
    upper = log(singles[2] / singles[1]) / log(sizes[2] / sizes[1])
    curvature = min(0.0, (upper - lower) / (log(sizes[2] / sizes[0]) / 2))
    slope = upper + curvature * log(sizes[2] / sizes[1]) / 2
    steps = 200
    step = log(reach / sample) / steps
    places = (log(sample) + (k + 0.5) * step for k in range(steps))
    value = singles[2] * step * sum(exp(slope * at + curvature * at * at / 2) for at in places)
    return _interval(value, sqrt(0.1**2 + (0.2 * log(reach)) ** 2), NEW_WORDS, rough=reach > ROUGH)


def touched(part: ForecastPart, growth: float) -> Figure:
    """Share of the documents still to come with a character that the sample never showed (Clopper and Pearson)."""
    if part.examined < FEW_DOCUMENTS:
        return _unknown(f"{part.examined} documents, {FEW_DOCUMENTS} are needed")
    share = (1 - 1 / max(growth, 1.01)) * 2 / 3  # the rest is finite, and documents share their rare characters
    trials = max(1, round(share * part.examined))
    low, high = clopper_pearson(min(trials, round(share * part.touched)), trials)
    return Figure("forecast", part.touched / part.examined, low, high)


def clopper_pearson(hits: int, trials: int, confidence: float = 0.9) -> tuple[float, float]:
    """The exact interval of a proportion (Clopper and Pearson 1934), by bisection of the binomial tail."""
    tail = (1 - confidence) / 2
    low = 0.0 if hits == 0 else _solve(lambda p: 1 - _binomial(hits - 1, trials, p) - tail)
    high = 1.0 if hits == trials else _solve(lambda p: tail - _binomial(hits, trials, p))
    return low, high


def _binomial(most: int, trials: int, p: float) -> float:
    """P(X ≤ most), summed on a logarithmic scale."""
    if p <= 0 or p >= 1:
        return 1.0 if p <= 0 or most >= trials else 0.0
    from math import lgamma

    ways = lgamma(trials + 1)
    logs = [
        ways - lgamma(k + 1) - lgamma(trials - k + 1) + k * log(p) + (trials - k) * log(1 - p) for k in range(most + 1)
    ]
    return min(1.0, sum(map(exp, logs)))


def _solve(rising: object) -> float:
    assert callable(rising)
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2


def intraclass_correlation(part: ForecastPart) -> float:
    """How much documents that stand near each other are alike: the intraclass correlation of log bytes by blocks.

    Above 0.05 the corpus is sorted, and its first documents are no sample of it. 0 where there are too few documents,
    and where chance alone would often make blocks differ as much.
    """
    blocks = [block for block in part.blocks if block[0]]
    n = sum(count for count, _, _ in blocks)
    if len(blocks) < 3 or n < _EACH_BLOCK * len(blocks):
        return 0.0
    total = sum(x for _, x, _ in blocks)
    between = sum(x * x / count for count, x, _ in blocks) - total * total / n
    within = sum(xx - x * x / count for count, x, xx in blocks)
    if within <= 0:
        return 1.0 if between > 0 else 0.0
    f = (between / (len(blocks) - 1)) / (within / (n - len(blocks)))
    return (f - 1) / (f - 1 + n / len(blocks)) if f > _NOT_BY_CHANCE else 0.0
