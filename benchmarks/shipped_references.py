"""Build the references that corpuscheck ships, from the bodies of text that the table beside this file names.

    python benchmarks/shipped_references.py FOLDER [--output corpuscheck/domain/general]

FOLDER holds `general/` and `landmarks/` with one file for each body, one document a line, UTF-8. What is written are
counts of n-grams by hash and frequencies of words, with licence and origin of each body; no text. The same bodies give
the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpuscheck.domain.bodies import placed
from corpuscheck.domain.languages import LANGUAGES
from corpuscheck.domain.shipped import FOLDER, to_bytes
from corpuscheck.domain.source import BodyKind, ReferenceSource
from corpuscheck.measuring.domain import language_parts
from corpuscheck.profile.domain import DomainPart
from corpuscheck.profile.sample import Sample
from corpuscheck.settings import Budgets

LARGEST = 204_800


@dataclass(frozen=True)
class NamedBody:
    """A file of FOLDER without its language, the name that reports show, and what is due to who made it."""

    language: str
    kind: BodyKind
    file: str
    name: str
    licence: str
    origin: str

    @property
    def path(self) -> str:
        return f"{'general' if self.kind == 'general' else 'landmarks'}/{self.language}-{self.file}.txt"


def bodies() -> list[NamedBody]:
    """Those of the table beside this file."""
    with Path(__file__).with_suffix(".tsv").open(encoding="utf-8", newline="") as table:
        rows: Iterator[Any] = csv.DictReader(table, delimiter="\t")
        return [NamedBody(**row) for row in rows]


def documents_of(body: NamedBody, folder: Path) -> list[bytes]:
    """The documents of a body, each distinct one once."""
    return sorted({line for line in (folder / body.path).read_bytes().split(b"\n") if line.strip()})


def part_of(documents: Sequence[bytes], language: str) -> DomainPart:
    """What a scan would know of these documents, all of them in one language."""
    keys = [int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little") for text in documents]
    rows = ((key, text, 1, key) for key, text in zip(keys, documents, strict=True))
    return language_parts(Sample.of(Budgets().domain, rows), language)[language]


def source_of(body: NamedBody, part: DomainPart) -> ReferenceSource:
    """The body as a source."""
    return ReferenceSource(body.name, body.language, part, body.kind, licence=body.licence, origin=body.origin)


def main() -> None:
    """Write one file for each language."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    arguments.output.mkdir(exist_ok=True)
    for language in LANGUAGES:
        sources = [
            source_of(body, part_of(documents_of(body, arguments.folder), language))
            for body in bodies()
            if body.language == language
        ]
        data = to_bytes(language, placed(sources, ()))
        assert len(data) <= LARGEST, f"{language}: {len(data):,} bytes"
        (arguments.output / f"{language}.ccg").write_bytes(data)
        print(f"{LANGUAGES[language].name}: {len(sources)} bodies, {len(data):,} bytes")


if __name__ == "__main__":
    main()
