"""Decide about very many generated documents, and say how long it takes and how much memory.

    python benchmarks/clean_large.py 10_000_000
    python benchmarks/clean_large.py 100_000_000 --no-near

What a first pass writes is generated: rows and signatures of documents of which a tenth are equal to another one, a
twentieth equal after normalising, a fifth nearly the same, and a hundredth all the same. Whatever is found is compared
with what was planted. Prints a row of the table of docs/cleaning.md.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpuscheck.cleaning.decisions import EXACT, NEAR, NORMALISED, STAYS, Decider
from corpuscheck.cleaning.rows import ROW, Documents
from corpuscheck.profile.near import BINS

_AT_ONCE = 1 << 18
_WORDS = BINS // 8
_KINDS = ("its own", "exact", "normalised", "near", "one cluster")
_SHARES = (0.64, 0.1, 0.05, 0.2, 0.01)
_OF_KIND = {"exact": EXACT, "normalised": NORMALISED, "near": NEAR, "one cluster": NEAR}
_CHANGED = 6
"""Bytes of a signature that differ in a near copy."""


def mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Numbers that look like chance, the same for the same ones (splitmix64)."""
    z = (numbers + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def kinds_of(numbers: NDArray[np.uint64]) -> NDArray[np.int64]:
    """What each document is; the first ones are their own."""
    chance = (mixed(numbers ^ np.uint64(1 << 62)) >> np.uint64(11)).astype(np.float64) / (1 << 53)
    return np.where(numbers < 1000, 0, np.searchsorted(np.cumsum(_SHARES)[:-1], chance, "right"))


def originals(numbers: NDArray[np.uint64], kinds: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Of which document each is a copy: any of the first half of those before it that are their own, or the first."""
    of = mixed(numbers ^ np.uint64(1 << 61)) % np.maximum(numbers // np.uint64(2), np.uint64(1))
    while len(copies := np.flatnonzero(kinds_of(of) != 0)):
        of[copies] = mixed(of[copies]) % np.maximum(of[copies], np.uint64(1))
    of[kinds == _KINDS.index("one cluster")] = 0
    return np.where(kinds == 0, numbers, of)


def generated(first: int, count: int) -> tuple[NDArray[Any], NDArray[np.uint8]]:
    """Rows and signatures of documents from `first` on."""
    numbers = np.arange(first, first + count, dtype=np.uint64)
    kinds = kinds_of(numbers)
    of = originals(numbers, kinds)
    rows = np.zeros(count, ROW)
    exact = np.equal(kinds, _KINDS.index("exact"))
    same = exact | np.equal(kinds, _KINDS.index("normalised"))
    rows["hash"] = mixed(np.where(exact, of, numbers))
    rows["norm"] = mixed(np.where(same, of, numbers) + np.uint64(1 << 60)) | np.uint64(1)
    rows["size"] = 1000 + np.where(kinds == 0, 1000, 0) + (mixed(of) % np.uint64(500)).astype(np.int64)
    rows["size"] += np.where(exact, 1000, 0)
    rows["made_visible"] = 1
    for name in ("hash", "norm", "size"):
        rows["made_" + name] = rows[name]
    words = np.repeat(of * np.uint64(_WORDS), _WORDS) + np.tile(np.arange(_WORDS, dtype=np.uint64), count)
    signatures = mixed(words + np.uint64(1 << 59)).view(np.uint8).reshape(count, BINS)
    near = np.flatnonzero(kinds >= _KINDS.index("near"))
    for k in range(_CHANGED):
        dice = mixed(numbers[near] * np.uint64(_CHANGED) + np.uint64(k))
        signatures[near, (dice % np.uint64(BINS)).astype(np.int64)] = (dice >> np.uint64(32)).astype(np.uint8)
    return rows, signatures


def generate(folder: Path, documents: int, near: bool) -> None:
    """What a first pass leaves."""
    with open(folder / "unit.rows", "wb") as rows_file, open(folder / "unit.raw", "wb") as signatures_file:
        for first in range(0, documents, _AT_ONCE):
            rows, signatures = generated(first, min(_AT_ONCE, documents - first))
            if not near:
                rows["norm"] &= ~np.uint64(1)
                rows["made_norm"] &= ~np.uint64(1)
            rows_file.write(rows.tobytes())
            signatures_file.write(signatures.tobytes() if near else b"")
    (folder / "unit.made").write_bytes(b"")
    (folder / "unit.json").write_text(json.dumps([("corpus.jsonl", 0, documents)]))


def decide(folder: Path, near: bool) -> dict[str, float]:
    """Seconds of a processor and memory of the decisions; of each kind the share that is decided as it was planted."""
    start = time.process_time()
    decisions, _ = Decider(Documents.of(str(folder), ["unit"]), near).decide()
    told = {"seconds": time.process_time() - start}
    told["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    planted, found = np.zeros(len(_KINDS), np.int64), np.zeros(len(_KINDS), np.int64)
    first = 0
    while len(why := decisions.of(first, _AT_ONCE)[0]):
        kinds = kinds_of(np.arange(first, first + len(why), dtype=np.uint64))
        expected = np.array([STAYS, *(_OF_KIND[kind] for kind in _KINDS[1:])])[kinds]
        planted += np.bincount(kinds, minlength=len(_KINDS))
        found += np.bincount(kinds[why == expected], minlength=len(_KINDS))
        first += len(why)
    return told | {name: int(n) / max(1, int(of)) for name, n, of in zip(_KINDS, found, planted, strict=True)}


def main(arguments: Sequence[str]) -> None:
    """Run it, the decisions in a process of their own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", type=int)
    parser.add_argument("--no-near", action="store_true")
    parser.add_argument("--decide", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.decide:
        print(json.dumps(decide(given.decide, not given.no_near)))
        return
    with tempfile.TemporaryDirectory() as name:
        generate(Path(name), given.documents, not given.no_near)
        size = sum(path.stat().st_size for path in Path(name).iterdir())
        command = [sys.executable, __file__, *arguments, "--decide", name]
        ended = subprocess.run(command, check=True, capture_output=True, env=os.environ)
    told = json.loads(ended.stdout)
    kinds = "".join(f" {100 * told[kind]:.3g} |" for kind in _KINDS[: None if not given.no_near else 3])
    print(
        f"| {given.documents:,} | {size / 1e9:.2f} GB | {told['seconds']:.0f} s | {told['megabytes']:.0f} MB |{kinds}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
