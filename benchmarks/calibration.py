"""Forecast a whole corpus from random samples of its documents, and count how often the intervals hold the truth.

    python benchmarks/calibration.py PATH[:MODE] ... [--seeds 10] [--fit]

MODE is what one document is (file, line, blank-line, wikiextractor). Each corpus is forecast from 1, 5 and 20 % of its
documents, with several seeds; generated corpora with heavy tails are added. The table counts the forecasts that
claim an interval. With --fit it also prints, leaving one corpus out at a time, the multipliers that would cover 90 %.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, log
from pathlib import Path

import numpy as np

from corpuscheck.estimates import forecast
from corpuscheck.estimates.figure import Figure
from corpuscheck.estimates.forecast import Spread
from corpuscheck.kernels.arrays import CODE_POINTS
from corpuscheck.kernels.forecast import word_types, words_with
from corpuscheck.measuring.forecasting import ALL_HASHES, COVERAGE, forecast_part
from corpuscheck.profile.sample import Sample
from corpuscheck.reading.batch import batch_of
from corpuscheck.reading.discover import discover
from corpuscheck.reading.files import FileRecord, Piece
from corpuscheck.reading.reader import read_piece
from corpuscheck.settings import Reading
from corpuscheck.tokenizer.probing import CharacterTable
from corpuscheck.tokenizer.ranking import LONGEST_WORD, rank, segmentation_artefact

SHARES = (0.01, 0.05, 0.2)
Documents = Sequence[bytes]


def documents_of(path: str, mode: str) -> list[bytes]:
    """Every document of a corpus, in the order of reading."""
    settings = Reading(document=mode)  # type: ignore[arg-type]
    found: list[bytes] = []
    for source in discover([path], settings).sources:
        records: list[FileRecord] = []
        for batch in read_piece(Piece(source), settings, records, lambda _: None):
            for k, (start, stop) in enumerate(zip(batch.starts.tolist(), batch.ends.tolist(), strict=True)):
                text = batch.data[start:stop].tobytes()
                if k == 0 and batch.offset:
                    found[-1] += text
                else:
                    found.append(text)
    return found


def generated(seed: int, tail: float, documents: int = 4000) -> list[bytes]:
    """Documents with lengths of a Pareto tail, words of a Zipf law over made-up syllables, and topics of their own."""
    dice = np.random.default_rng(seed)
    alphabet = [chr(cp) for cp in range(0xAC00, 0xAC00 + 11172, 3)]
    reached = np.cumsum(1 / np.arange(1, len(alphabet) + 1) ** 1.4)
    reached /= reached[-1]
    lexicon = [
        "".join(alphabet[k] for k in np.searchsorted(reached, dice.random(dice.integers(1, 4)), "right").tolist())
        for _ in range(60_000)
    ]
    made = []
    for _ in range(documents):
        length = int(min(20_000, 20 * (1 + dice.pareto(tail))))
        ranks = np.minimum(dice.zipf(1.25, length), len(lexicon)) - 1
        shift = int(dice.integers(0, 50)) * 1000
        ranks = np.where(ranks > 200, (ranks + shift) % len(lexicon), ranks)
        made.append(" ".join(lexicon[r] for r in ranks).encode())
    return made


@dataclass(frozen=True)
class Case:
    """One forecast beside the truth; `z` is ln(truth/point) in units of the forecast's own s."""

    corpus: str
    share: float
    figure: str
    forecast: Figure
    truth: float
    spread: Spread | None

    @property
    def covered(self) -> bool:
        return self.forecast.low <= self.truth <= self.forecast.high

    @property
    def z(self) -> float:
        """How far off, in units of s; s is what the interval's upper end tells."""
        assert self.spread is not None
        s = log(self.forecast.high / self.forecast.value) / self.spread.high
        return log(max(self.truth, 1e-12) / self.forecast.value) / s if s else 0.0


class Truth:
    """The figures of a whole corpus that a sample should have foretold."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self.sizes = [len(document) for document in documents]
        self.table = CharacterTable(segmentation_artefact())
        self.table.learn(sorted({ord(ch) for document in documents for ch in document.decode()}))
        self.counts = [self._characters(document) for document in documents]
        self.words = [self._types(document) for document in documents]
        self.vocabulary = set().union(*self.words)

    def _characters(self, document: bytes) -> dict[str, int]:
        counts: dict[str, int] = {}
        for ch in document.decode():
            if int(self.table.table[ord(ch)]) & 7 in (1, 3, 5):
                counts[ch] = counts.get(ch, 0) + 1
        return counts

    def _types(self, document: bytes) -> set[int]:
        data = np.frombuffer(document, np.uint8)
        hashes, holders = np.empty(len(data) + 2, np.uint64), np.empty(len(data) + 2, np.int64)
        span = np.zeros(1, np.int64), np.array([len(data)], np.int64)
        _, n = word_types(data, *span, self.table.table, ALL_HASHES, hashes, holders, 0)
        return set(hashes[:n].tolist())

    def lost(self, chosen: list[int], known: set[str]) -> tuple[int, int, int]:
        """(words, words with an unknown character, documents with one) in these documents."""
        marked = np.ones(CODE_POINTS, np.uint8)
        marked[[ord(ch) for ch in known]] = 0
        batch = batch_of([self.documents[k] for k in chosen])
        words, hit = np.zeros(len(chosen), np.int64), np.zeros(len(chosen), np.int64)
        words_with(batch.data, batch.starts, batch.ends, self.table.table, marked, LONGEST_WORD, words, hit)
        touched = sum(1 for k in chosen if not known.issuperset(self.counts[k]))
        return int(words.sum()), int(hit.sum()), touched


def cases_of(name: str, truth: Truth, share: float, seed: int) -> Iterator[Case]:
    """All forecasts from one random sample of the documents."""
    dice = random.Random(f"{name}{share}{seed}")
    n = len(truth.documents)
    chosen = sorted(dice.sample(range(n), max(2, round(share * n))))
    inside = set(chosen)
    rest = [k for k in range(n) if k not in inside]
    keys = {k: dice.getrandbits(63) for k in chosen}
    sample = Sample.of(1 << 40, ((keys[k], truth.documents[k], 1, keys[k]) for k in chosen))
    part = forecast_part([truth.sizes[k] for k in chosen], sample)
    growth = sum(truth.sizes) / max(1, sum(truth.sizes[k] for k in chosen))
    counts: dict[str, int] = {}
    for k in chosen:
        for ch, count in truth.counts[k].items():
            counts[ch] = counts.get(ch, 0) + count
    known = set(counts)
    total = sum(sum(truth.counts[k].values()) for k in rest)
    unseen = sum(count for k in rest for ch, count in truth.counts[k].items() if ch not in known)
    words, hit, touched = truth.lost(rest, known)
    ranking = rank({ord(ch): count for ch, count in counts.items()})
    covered = set(ranking.characters[: ranking.covering(COVERAGE)])
    _, lost, _ = truth.lost(rest, covered)
    new_characters = len(set().union(*truth.counts) - known)
    new_words = len(truth.vocabulary) - len(set().union(*(truth.words[k] for k in chosen)))
    wanted: list[tuple[str, Figure, float, Spread | None]] = [
        ("mean document", forecast.mean_bytes(part), sum(truth.sizes) / n, forecast.MEAN_BYTES),
        ("unseen-character mass", forecast.unseen_mass(part, growth), unseen / max(1, total), forecast.UNSEEN_MASS),
        ("[UNK], whole alphabet", forecast.unk_full(part, growth), hit / max(1, words), forecast.UNK_FULL),
        ("[UNK], 0.9995 coverage", forecast.unk_covered(part, growth), lost / max(1, words), forecast.UNK_COVERED),
        ("new characters", forecast.new_characters(part, growth), new_characters, forecast.NEW_CHARACTERS),
        ("new words", forecast.new_words(part, growth), new_words, forecast.NEW_WORDS),
        ("documents touched", forecast.touched(part, growth), touched / max(1, len(rest)), None),
    ]
    for figure, told, true, spread in wanted:
        yield Case(name, share, figure, told, true, spread)


def table(cases: list[Case]) -> str:
    """Coverage of the 90 % intervals by figure and share, in Markdown."""
    figures = list(dict.fromkeys(case.figure for case in cases))
    lines = ["| forecast | " + " | ".join(f"from {share:.0%}" for share in SHARES) + " | claimed | typical error |"]
    lines.append("|---" * (len(SHARES) + 3) + "|")
    for figure in figures:
        mine = [case for case in cases if case.figure == figure]
        cells = []
        for share in SHARES:
            told = [case for case in mine if case.share == share and case.forecast.known]
            cells.append(f"{100 * sum(c.covered for c in told) / len(told):.0f} % of {len(told)}" if told else "–")
        told = [case for case in mine if case.forecast.known and case.truth > 0 and case.forecast.value > 0]
        errors = sorted(abs(log(case.truth / case.forecast.value)) for case in told)
        error = f"×{exp(errors[len(errors) // 2]):.2f}" if errors else "–"
        claimed = sum(case.forecast.known for case in mine)
        lines.append(f"| {figure} | {' | '.join(cells)} | {claimed} of {len(mine)} | {error} |")
    return "\n".join(lines)


def fitted(cases: list[Case]) -> str:
    """The multipliers that cover 90 % of the others, for each corpus left out; and how much of it they would cover."""
    lines = []
    for figure in dict.fromkeys(case.figure for case in cases if case.spread):
        mine = [c for c in cases if c.figure == figure and c.forecast.known and c.forecast.value > 0]
        names = sorted({case.corpus for case in mine})
        held: list[float] = []
        for left_out in names:
            others = _quantiles([c for c in mine if c.corpus != left_out])
            own = [c for c in mine if c.corpus == left_out]
            held.append(sum(others[0] <= c.z <= others[1] for c in own) / len(own))
        low, high = _quantiles(mine)
        shown = ", ".join(f"{name} {100 * share:.0f}" for share, name in sorted(zip(held, names, strict=True))[:3])
        average = 100 * sum(held) / max(1, len(held))
        covers = f"left out {average:.0f} % (least: {shown}), {len(names)} corpora"
        lines.append(f"{figure}: {low:+.2f} … {high:+.2f}, {covers}")
    return "\n".join(lines)


def _quantiles(cases: list[Case]) -> tuple[float, float]:
    """The 5 % and 95 % quantiles of z, each corpus with the same weight."""
    names = {case.corpus for case in cases}
    weighted = sorted((case.z, 1 / sum(c.corpus == case.corpus for c in cases) / len(names)) for case in cases)
    low = high = 0.0
    reached = 0.0
    for z, weight in weighted:
        if reached < 0.05:
            low = z
        if reached < 0.95:
            high = z
        reached += weight
    return low, high


def main(arguments: Sequence[str]) -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="*", metavar="PATH[:MODE]")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--fit", action="store_true")
    given = parser.parse_args(arguments)
    cases: list[Case] = []
    for corpus in given.corpora:
        path, _, mode = corpus.partition(":")
        name = f"{Path(path).name}:{mode}" if mode else Path(path).name
        cases += _runs(name, documents_of(path, mode or "file"), given.seeds)
    for seed, tail in enumerate((1.1, 1.5, 2.5)):
        cases += _runs(f"generated, tail {tail}", generated(seed, tail), given.seeds)
    print(table(cases))
    if given.fit:
        print("\n" + fitted(cases))


def _runs(name: str, documents: list[bytes], seeds: int) -> list[Case]:
    print(f"{name}: {len(documents):,} documents", file=sys.stderr, flush=True)
    truth = Truth(documents)
    return [case for share in SHARES for seed in range(seeds) for case in cases_of(name, truth, share, seed)]


if __name__ == "__main__":
    main(sys.argv[1:])
