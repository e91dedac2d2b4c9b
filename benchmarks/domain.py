"""Is it this domain? Distances between real corpora, and mixtures whose truth is known, as tables for docs/method.md.

    python benchmarks/domain.py --general PATH:MODE … --domain PATH:MODE …

MODE is what one document is, as in --document. Each general corpus is judged by a reference of the other ones, and so
are the domain corpora and mixtures of them with a general one that is left out of the reference.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import orjson

from corpuscheck.api import run_scan
from corpuscheck.domain.distance import distance
from corpuscheck.domain.reference import reference_of, source_of
from corpuscheck.domain.report import DomainReport, domain_report
from corpuscheck.profile.profile import Profile
from corpuscheck.reading.discover import discover
from corpuscheck.reading.files import FileRecord, Piece
from corpuscheck.reading.reader import read
from corpuscheck.settings import settings_from
from corpuscheck.text.amounts import percent, times

SHARES = (0.0, 0.05, 0.2, 0.5, 0.8, 1.0)


@dataclass(frozen=True)
class Body:
    """A corpus: its name, its documents and its profile."""

    name: str
    documents: list[str]
    profile: Profile


def documents_of(path: str, mode: str) -> Iterator[str]:
    """The documents as the scan reads them."""
    settings = settings_from(document=mode, skip_front_matter=True)
    for source in discover([path], settings.reading).sources:
        whole = ""
        for batch in read(Piece(source), settings.reading, FileRecord(source.path), lambda _: None):
            for k, (start, end) in enumerate(zip(batch.starts, batch.ends, strict=True)):
                if whole and (k or not batch.offset):
                    yield whole
                    whole = ""
                whole += batch.data[start:end].tobytes().decode()
        if whole:
            yield whole


def profile_of(documents: list[str], tokenizer: str) -> Profile:
    """The profile of these documents."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "documents.jsonl")
        path.write_bytes(b"".join(orjson.dumps({"text": text}) + b"\n" for text in documents))
        return run_scan([path], settings_from(tokenizer=tokenizer, jobs=1)).result.profile


def body(argument: str, tokenizer: str) -> Body:
    """PATH:MODE"""
    path, _, mode = argument.rpartition(":")
    documents = list(documents_of(path, mode))
    return Body(Path(path).name.removesuffix(".txt"), documents, profile_of(documents, tokenizer))


def mixed(general: Body, special: Body, share: float, seed: int) -> list[str]:
    """As many documents as both can give, `share` of them special."""
    most = min(len(general.documents), len(special.documents))
    dice = random.Random(seed)
    number = round(share * most)
    return dice.sample(special.documents, number) + dice.sample(general.documents, most - number)


def judged(profile: Profile, sources: list[Body]) -> DomainReport:
    """What the reference of these sources says."""
    report = domain_report(profile, [reference_of("general", [source_of(b.profile, b.name) for b in sources])])
    assert report
    return report


def row(*cells: Any) -> None:
    """A row of a Markdown table."""
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def cells(report: DomainReport) -> tuple[str, ...]:
    """Distance, ratio, standing, share."""
    nearest = f"{report.nearest.bits:.4f}" if report.nearest else "–"
    ratio = times(report.ratio) if report.ratio is not None else "–"
    return nearest, ratio, report.standing, "–" if report.differing is None else percent(report.differing)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--general", nargs="+", required=True, metavar="PATH:MODE")
    parser.add_argument("--domain", nargs="+", required=True, metavar="PATH:MODE")
    parser.add_argument("--tokenizer", required=True, help="any one; no figure here depends on it")
    arguments = parser.parse_args()
    general = [body(argument, arguments.tokenizer) for argument in arguments.general]
    special = [body(argument, arguments.tokenizer) for argument in arguments.domain]
    print("\nSplits of one source\n")
    row("corpus", "documents", "D of two halves", "D of a tenth and the rest")
    row(*["---"] * 4)
    for each in (*general, *special):
        shuffled = random.Random(1).sample(each.documents, len(each.documents))
        found = []
        for cut in (len(shuffled) // 2, len(shuffled) // 10):
            parts = [profile_of(part, arguments.tokenizer) for part in (shuffled[:cut], shuffled[cut:])]
            d = distance(*(part.domain.tables() for part in parts))
            found.append(f"{d.bits:.4f}" if d else "too little")
        row(each.name, len(each.documents), *found)
    print("\nDistances\n")
    row("pair", "D")
    row("---", "---")
    for one, other in combinations((*general, *special), 2):
        d = distance(one.profile.domain.tables(), other.profile.domain.tables())
        row(f"{one.name}, {other.name}", f"{d.bits:.4f}" if d else "too little")
    print("\nEach by the general ones, itself left out\n")
    row("corpus", "D", "ratio", "standing", "at least differ")
    row(*["---"] * 5)
    for each in (*general, *special):
        row(each.name, *cells(judged(each.profile, [b for b in general if b is not each])))
    print("\nMixtures\n")
    row("general", "domain", "truth, documents", "truth, bytes", "D", "ratio", "standing", "at least differ")
    row(*["---"] * 8)
    for home in general:
        for foreign in special:
            known = set(foreign.documents)
            for share in SHARES:
                texts = mixed(home, foreign, share, 7)
                size = sum(len(text.encode()) for text in texts)
                inside = sum(len(text.encode()) for text in texts if text in known) / size
                report = judged(profile_of(texts, arguments.tokenizer), [b for b in general if b is not home])
                row(home.name, foreign.name, percent(share), percent(inside), *cells(report))


if __name__ == "__main__":
    main()
