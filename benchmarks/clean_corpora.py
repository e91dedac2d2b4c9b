"""Clean corpora in several ways, scan each copy, and compare what was promised with what is there.

    python benchmarks/clean_corpora.py CORPORA [NAME ...]

Prints a row for each corpus and way: what a scan calls usable, what a dry run promises, what is written, and what a
scan finds in the copy. Ends with status 1 where any two of them differ that should not.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

NAMES = ("ko-wikinews-containers", "ko-nsmc-raw-json", "de-gesetze", "ja-aozora-sjis")

WAYS: dict[str, tuple[str, ...]] = {
    "as it is": (),
    "--repair-mojibake": ("--repair-mojibake",),
    "--strip-boilerplate": ("--strip-boilerplate", "lines.txt"),
    "--drop": ("--drop", "CC401,CC404,CC405,CC408"),
    "--mask-personal-data": ("--mask-personal-data",),
    "--nfc": ("--nfc",),
    "--to parquet": ("--to", "parquet"),
    "all": ("--repair-mojibake", "--strip-boilerplate", "lines.txt", "--drop", "CC405", "--mask-personal-data",
            "--nfc"),
}  # fmt: skip

COPIES = ("exact", "normalised", "near")


def report_of(*arguments: object, folder: Path) -> tuple[int, dict[str, Any]]:
    """The status of a command, and its JSON."""
    command = [sys.executable, "-m", "corpuscheck", *map(str, arguments), "--format", "json", "--no-progress"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    if not ended.stdout:
        raise SystemExit(f"{command}: {ended.stderr}")
    return ended.returncode, json.loads(ended.stdout)


def row_of(name: str, path: Path, way: str, folder: Path) -> tuple[str, bool]:
    """A row of the table, and whether everything agrees."""
    given = WAYS[way]
    _, before = report_of("scan", path, folder=folder)
    _, promised = report_of("clean", path, "--dry-run", *given, folder=folder)
    _, made = report_of("clean", path, "-o", "out", "--force", *given, folder=folder)
    status, after = report_of("scan", "out", folder=folder)
    usable, left = before["clean"]["usable"]["usable_bytes"], after["clean"]["usable"]
    copies = sum(after["clean"]["copies"][kind]["documents"] for kind in COPIES)
    agreed = (
        usable == promised["bytes_usable"]
        and promised["bytes_kept"] == made["bytes_kept"] == left["raw_bytes"] == left["usable_bytes"]
        and promised["removed_by"] == made["removed_by"]
        and copies == left["debris_bytes"] == 0
    )
    graver = [one["rule"] for one in after["findings"] if one["severity"] == "error"]
    told = (usable, promised["bytes_kept"], left["raw_bytes"], copies, left["debris_bytes"])
    cells = [name, way, f"{before['clean']['usable']['raw_bytes']:,}", *(f"{figure:,}" for figure in told)]
    return f"| {' | '.join(cells)} | {status} {' '.join(graver)} | {'yes' if agreed else 'NO'} |", agreed


def main(arguments: Sequence[str]) -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("names", nargs="*", default=NAMES)
    given = parser.parse_args(arguments)
    print("| corpus | way | bytes | usable | promised | written | copies | debris | status | agrees |")
    print("|---" * 10 + "|")
    everything = True
    for name in given.names:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            _, seen = report_of("scan", given.corpora / name, folder=folder)
            lines = [one["text"] for one in seen["clean"]["lines"]["top"]]
            (folder / "lines.txt").write_text("\n".join(lines), "utf-8")
            for way in WAYS:
                row, agreed = row_of(name, given.corpora / name, way, folder)
                print(row, flush=True)
                everything &= agreed
    sys.exit(not everything)


if __name__ == "__main__":
    main(sys.argv[1:])
