"""Is it this domain? What is said of text whose truth is known, as tables for docs/method.md.

    python benchmarks/domain.py FOLDER [--sizes 100KB,300KB,1MB,4MB] [--also PATH:LANGUAGE:KIND …]

FOLDER is that of shipped_references.py. Each body is judged by a reference that was made without it, at several sizes;
the verdicts are counted once more by thresholds that were fitted without the body, or without its language. Then come
halves of one body, intervals of small samples against the whole body, and planted mixtures of documents. PATH is a
file with one document a line, or a folder with one a file, that no reference holds; KIND is general or domain.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from shipped_references import NamedBody, bodies, documents_of, part_of, source_of

from corpuscheck.domain.bodies import Body, placed
from corpuscheck.domain.distance import distance
from corpuscheck.domain.judging import against
from corpuscheck.domain.languages import LANGUAGES
from corpuscheck.domain.report import DomainReport
from corpuscheck.domain.shipped import shipped
from corpuscheck.domain.verdict import LEAST_OF_A_DOMAIN, verdict_of
from corpuscheck.text.amounts import percent, size
from corpuscheck.text.quantities import parse_size

SHARES = (0.0, 0.05, 0.2, 0.5, 0.8, 1.0)
MIXED = 1000
"""Documents of a planted mixture, at most."""


SHIFTS = (-0.4, -0.2, 0.0, 0.2, 0.4)
THRESHOLDS = list(product(SHIFTS, SHIFTS, SHIFTS, (0.8, 1.2, 1.6, 2.0, 2.4)))
"""Higher middles of the distance, the words and the tokens, in doublings; what signals must add up to for a domain."""

_FALSE_DOMAIN = 3.0
"""General text that is called a domain is as bad as so many verdicts that are not right."""


@dataclass(frozen=True)
class Known:
    """A body whose truth is known: its documents, and what it is judged by."""

    body: NamedBody
    documents: list[bytes]
    judges: Sequence[Body]

    def judged(self, documents: Sequence[bytes]) -> DomainReport:
        """What its judges say of some of it."""
        return against(self.body.language, part_of(documents, self.body.language), self.judges)


@dataclass(frozen=True)
class Judged:
    """A sample of a body, and what was said of it."""

    body: NamedBody
    report: DomainReport

    def by(self, thresholds: tuple[float, float, float, float]) -> str:
        """The verdict by middles that lie so many doublings higher, and by what they must add up to for a domain."""
        distance, words, tokens, least = thresholds
        higher = {"distance": distance, "words": words, "tokens": tokens}
        signals = [replace(one, weight=one.weight - higher.get(one.name, 0.0)) for one in self.report.signals]
        return verdict_of(signals, self.report.general_bodies, {**LEAST_OF_A_DOMAIN, 3: least})


def left_out(folder: Path) -> Iterator[Known]:
    """Each shipped body, to be judged by the others of its language."""
    for language in LANGUAGES:
        here = {body: documents_of(body, folder) for body in bodies() if body.language == language}
        sources = {body: source_of(body, part_of(documents, language)) for body, documents in here.items()}
        for body, documents in here.items():
            yield Known(body, documents, placed([source for other, source in sources.items() if other != body], ()))


def others(arguments: Sequence[str]) -> Iterator[Known]:
    """Bodies that no shipped reference holds."""
    for argument in arguments:
        path, language, kind = argument.rsplit(":", 2)
        place = Path(path)
        files = sorted(file for file in place.rglob("*") if file.is_file()) if place.is_dir() else []
        documents = [file.read_bytes() for file in files] if files else place.read_bytes().split(b"\n")
        texts = sorted({text.decode("utf-8", "ignore").encode() for text in documents if text.strip()})
        body = NamedBody(language, "general" if kind == "general" else "domain", "", place.stem, "", "")
        yield Known(body, texts, shipped(language))


def some_of(documents: Sequence[bytes], most: int, seed: int) -> list[bytes]:
    """Documents by chance, as many as make up so many bytes."""
    chosen, total = [], 0
    for text in random.Random(seed).sample(documents, len(documents)):
        if total >= most:
            break
        chosen.append(text)
        total += len(text)
    return chosen


def row(*cells: Any) -> None:
    """A row of a Markdown table."""
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def head(title: str, *cells: str) -> None:
    """A heading, and that of its table."""
    print(f"\n{title}\n")
    row(*cells)
    row(*["---"] * len(cells))


def verdicts(known: Sequence[Known], sizes: Sequence[int], seeds: int) -> list[Judged]:
    """Each body at each size, and how often the verdict was right."""
    head("Verdicts", "language", "body", "is", "size", "bits", "own words", "differ", "tokens", "verdict", "nearest")
    judged = []
    for one in known:
        whole = sum(map(len, one.documents))
        for most in sizes:
            for seed in range(seeds if most < whole else 1):
                if most > whole and most != min(n for n in sizes if n >= min(whole, max(sizes))):
                    continue
                report = one.judged(some_of(one.documents, most, seed))
                judged.append(Judged(one.body, report))
                bits = "–" if report.distance_bits is None else f"{report.distance_bits:.3f}"
                figures = [
                    percent(value) if value is not None else "–" for value in (report.word_weight, report.differing)
                ]
                tokens = "–" if report.token_ratio is None else f"{report.token_ratio:.2f}"
                nearest = report.nearest.name if report.nearest else "–"
                row(one.body.language, one.body.name, one.body.kind, size(report.text_bytes), bits, *figures, tokens,
                    report.verdict, nearest)  # fmt: skip
    counts: Counter[tuple[str, str]] = Counter((one.body.kind, one.report.verdict) for one in judged)
    how_often("How often", counts)
    return judged


def how_often(title: str, counts: Counter[tuple[str, str]]) -> None:
    """A row for each kind."""
    head(title, "is", "domain", "general", "unclear", "unknown")
    for kind in ("domain", "general"):
        row(kind, *(counts[kind, verdict] for verdict in ("domain", "general", "unclear", "unknown")))


def left_out_of_the_fit(judged: Sequence[Judged]) -> None:
    """Verdicts by thresholds that were fitted without the body that is judged, then without its whole language."""
    rows = [one for one in judged if one.report.distance_bits is not None]
    table = [[one.by(thresholds) for thresholds in THRESHOLDS] for one in rows]
    kinds = np.array([one.body.kind for one in rows])[:, None]
    told = np.array(table)
    right, false = told == kinds, (told == "domain") & (kinds == "general")
    gains = right * 1.0 - _FALSE_DOMAIN * false
    shipped_ones = THRESHOLDS.index((0.0, 0.0, 0.0, LEAST_OF_A_DOMAIN[3]))
    near = np.array([-sum(map(abs, thresholds[:3])) for thresholds in THRESHOLDS]) * 1e-6
    for title, keys in (
        ("Fitted without the body", [(one.body.language, one.body.name) for one in rows]),
        ("Fitted without the language", [(one.body.language,) for one in rows]),
    ):
        counts: Counter[tuple[str, str]] = Counter()
        for key in sorted(set(keys)):
            out = np.array([other == key for other in keys])
            best = int(np.argmax(gains[~out].sum(axis=0) + near))
            counts.update((rows[k].body.kind, table[k][best]) for k in np.flatnonzero(out).tolist())
        how_often(title, counts)
    whole = int(np.argmax(gains.sum(axis=0) + near))
    shares = f"{right[:, shipped_ones].mean():.3f} by the shipped thresholds, {right[:, whole].mean():.3f} by the best"
    print(f"\n{shares}, {THRESHOLDS[whole]}")


def halves_and_intervals(known: Sequence[Known], seeds: int) -> None:
    """D of two halves of a body; how often the interval of a tenth of it holds what the whole shows."""
    head("Halves, and intervals of a tenth", "language", "body", "D of two halves", "whole", "intervals that hold it")
    held = tried = 0
    for one in known:
        shuffled = random.Random(1).sample(one.documents, len(one.documents))
        parts = [part_of(half, one.body.language) for half in (shuffled[::2], shuffled[1::2])]
        d = distance(*(part.tables() for part in parts))
        whole = one.judged(one.documents)
        if whole.distance_bits is None:
            continue
        tenth = max(100_000, sum(map(len, one.documents)) // 10)
        found = [one.judged(some_of(one.documents, tenth, seed)).distance_interval for seed in range(seeds)]
        inside = [low <= whole.distance_bits <= high for low, high in filter(None, found)]
        held, tried = held + sum(inside), tried + len(inside)
        row(one.body.language, one.body.name, f"{d.bits:.4f}" if d else "–", f"{whole.distance_bits:.3f}",
            f"{sum(inside)} of {len(inside)}")  # fmt: skip
    print(f"\n{held} of {tried} intervals hold what the whole body shows")


def mixtures(known: Sequence[Known], domains: Sequence[Known]) -> None:
    """Documents of a domain among general ones, by the shipped references."""
    head("Mixtures", "language", "general", "domain", "truth", "found", "interval", "verdict", "bits")
    held = tried = 0
    for foreign in domains:
        for home in known:
            if home.body.language != foreign.body.language or home.body.kind != "general":
                continue
            number = min(MIXED, len(home.documents), len(foreign.documents))
            if number < 100:
                continue
            dice = random.Random(7)
            for share in SHARES:
                many = round(share * number)
                texts = dice.sample(foreign.documents, many) + dice.sample(home.documents, number - many)
                language = home.body.language
                report = against(language, part_of(texts, language), shipped(language))
                rows = [mix for mix in report.mixture if mix.kind == "domain"]
                found = sum(mix.share for mix in rows)
                low, high = (sum(mix.interval[k] for mix in rows) for k in (0, 1))
                if 0 < share < 1:
                    held, tried = held + (low <= share <= high), tried + 1
                row(language, home.body.name, foreign.body.name, percent(share), percent(found),
                    f"{percent(low)} to {percent(min(1.0, high))}", report.verdict,
                    f"{report.distance_bits or 0:.3f}")  # fmt: skip
    print(f"\n{held} of {tried} intervals of shares hold the truth")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", default="100KB,300KB,1MB,4MB")
    parser.add_argument("--seeds", type=int, default=2, help="samples of each size")
    parser.add_argument("--also", nargs="*", default=[], metavar="PATH:LANGUAGE:KIND")
    arguments = parser.parse_args()
    sizes = [parse_size(text) for text in arguments.sizes.split(",")]
    shipped_ones, more = list(left_out(arguments.folder)), list(others(arguments.also))
    left_out_of_the_fit(verdicts(shipped_ones, sizes, arguments.seeds))
    if more:
        verdicts(more, sizes, arguments.seeds)
    halves_and_intervals(shipped_ones, 5 * arguments.seeds)
    domains = [one for one in [*shipped_ones, *more] if one.body.kind == "domain"]
    mixtures([*shipped_ones, *more], domains)


if __name__ == "__main__":
    main()
