"""Compare a clean copy with a scan of the same text: ratios of medians, of the clock and of the processors.

    python benchmarks/clean_speed.py TEXT [--document line] [--files 20000] [--runs 3]

TEXT is scanned and cleaned as it is, then cut into so many files. The two take turns. Processor time is that of all
processes that a command starts (Linux).
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from scan import run


def compared(name: str, path: Path, options: Sequence[str], runs: int, folder: Path) -> str:
    """A row of the table."""
    program = [sys.executable, "-m", "corpuscheck"]
    scan = [*program, "scan", str(path), "--no-cache", "--no-progress", *options]
    clean = [*program, "clean", str(path), "-o", str(folder / "out"), "--no-progress", *options]
    costs = []
    for _ in range(runs):
        shutil.rmtree(folder / "out", ignore_errors=True)
        costs.append((run(scan), run(clean)))
    cells = []
    for name_of in ("wall", "cpu"):
        ours = [statistics.median(getattr(pair[k], name_of) for pair in costs) for k in (0, 1)]
        cells.append(f"{ours[0]:.1f} s | {ours[1]:.1f} s | {ours[1] / ours[0]:.2f}")
    return f"| {name} | {' | '.join(cells)} |"


def cut(path: Path, files: int, folder: Path) -> None:
    """A text as files of about one size, in folders of a thousand."""
    lines = path.read_bytes().splitlines(keepends=True)
    size, held, number = path.stat().st_size // files, bytearray(), 0
    for line in lines:
        held += line
        if len(held) >= size:
            place = folder / f"{number // 1000:03d}" / f"{number:06d}.txt"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(held)
            held, number = bytearray(), number + 1


def main(arguments: Sequence[str]) -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", type=Path)
    parser.add_argument("--document", default="line")
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args(arguments)
    print("| text | scan, clock | clean, clock | ratio | scan, processors | clean, processors | ratio |")
    print("|---" * 7 + "|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = ("--document", given.document)
        print(compared(f"a document a {given.document}", given.text, whole, given.runs, folder), flush=True)
        cut(given.text, given.files, folder / "files")
        print(compared(f"{given.files:,} files", folder / "files", (), given.runs, folder), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
