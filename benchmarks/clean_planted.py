"""Clean a corpus in which everything is planted, scan the copy, and say how much of the truth is recovered.

    python benchmarks/clean_planted.py CORPORA [--forms 100000]

The text is passages of Korean, English and Russian corpora that are named in SOURCES. Planted are copies of every
kind, a form that is filled in 100,000 times, chains of which each text is near the next, debris, mojibake, and texts of
a benchmark. Prints the table of docs/method.md.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import zstandard
from calibration import documents_of
from planting import DEBRIS, Dice, folded, jaccard, near_copy, normalised_copy, shingles

SOURCES = {
    "ko-wiki-wikiextractor": "wikiextractor",
    "ko-precedents-md": "file",
    "en-contracts": "file",
    "en-gutenberg": "file",
    "ru-ruslit": "file",
}
SHORTEST, LONGEST = 500, 2500
_TROUBLE = re.compile(r"<[A-Za-z/!?]|&#?\w+;|@|://|www\.|([-=_*#|\u2000-\u2fff])\1{3}|[\x00-\x08\ufffd]|[^\S \n]")
_ALIKE = 0.72
"""True similarity below which a near copy is no longer within the error of an estimate of 80 %."""


def passages(corpora: Path) -> list[str]:
    """Passages without any trouble of their own, which have no stretch in common."""
    found: list[str] = []
    known: set[str] = set()
    for name, mode in SOURCES.items():
        for data in documents_of(str(corpora / name), mode):
            lines, held = data.decode().split("\n"), ""
            for line in lines:
                if not _TROUBLE.search(line) and line.strip():
                    held += line.strip() + "\n"
                if len(held) >= SHORTEST:
                    flat = folded(held)
                    parts = {flat[k : k + 16] for k in range(len(flat) - 15)}
                    if not parts & known:
                        found.append(held[:LONGEST].strip())
                    known |= parts
                    held = ""
    return found


@dataclass
class Planted:
    """The documents of a corpus by kind, and what is to become of each: the text that stays, or None."""

    dice: Dice
    documents: list[tuple[str, str, str | None]] = field(default_factory=list)
    benchmark: list[str] = field(default_factory=list)
    chains: list[list[str]] = field(default_factory=list)

    def add(self, kind: str, text: str, left: str | None) -> None:
        self.documents.append((kind, text, left))


def dressed(text: str, way: int) -> str:
    """A text of a benchmark as it may stand in a corpus."""
    ways: tuple[Callable[[], str], ...] = (
        lambda: text,
        lambda: text[: len(text) // 2],
        text.upper,
        lambda: text.replace(" ", ", "),
        lambda: unicodedata.normalize("NFD", text),
        lambda: text.translate({ord("0") + k: chr(0x660 + k) for k in range(10)}),
        lambda: text.replace("\n", " ").replace(" ", "\n"),
    )
    return ways[way % len(ways)]()


def planted(texts: Sequence[str], forms: int, dice: Dice) -> Planted:
    """Everything, in an order that is drawn."""
    made, rest = Planted(dice), iter(texts)
    words = sorted({word for text in texts[:500] for word in text.split()})
    each = max(20, len(texts) // 16)

    def some(n: int) -> Iterator[str]:
        return (text for _, text in zip(range(n), rest, strict=False))

    form = "신청서\n" + next(rest)
    for k in range(forms):
        made.add("a form", f"{form}\n접수 {k:06d} {dice.choice(words)}", None)
    plant_copies(made, some, each, words)
    plant_trouble(made, some, each)
    for text in some(20):
        chain = [text]
        for _ in range(25):
            chain.append(near_copy(chain[-1], 0.94, words, dice)[0])
        made.chains.append(chain)
        for one in chain:
            made.add("chains", one, "")
    for text in rest:
        made.add("untouched", text, text)
    dice.shuffle(made.documents)
    return made


def plant_copies(made: Planted, some: Callable[[int], Iterator[str]], each: int, words: Sequence[str]) -> None:
    """Copies of three kinds; the longest stays."""
    dice = made.dice
    for text in some(each):
        made.add("untouched", text, text)
        for _ in range(dice.randint(1, 3)):
            made.add("exact copies", text, None)
    for kind in ("normalised copies", "near copies"):
        for text in some(each):
            copy = normalised_copy(text, dice) if kind[1] == "o" else near_copy(text, 0.9, words, dice)[0]
            if len(copy.encode()) == len(text.encode()):
                copy += " !"
            shorter, longer = sorted((text, copy), key=lambda one: len(one.encode()))
            made.add("untouched", longer, longer)
            made.add(kind, shorter, None)


def plant_trouble(made: Planted, some: Callable[[int], Iterator[str]], each: int) -> None:
    """Debris, mojibake, and a benchmark."""
    dice = made.dice
    for text in some(each):
        pieces = text.split(" ")
        for _ in range(dice.randint(1, 5)):
            pieces.insert(dice.randrange(1, len(pieces)), dice.choice(list(DEBRIS.values()))[1](dice))
        left = [piece if piece in text.split(" ") else "" for piece in pieces]
        made.add("debris", " ".join(pieces), " ".join(left))
    for text in some(each):
        lines = text.split("\n")
        broken = dice.randrange(len(lines))
        lines[broken] = lines[broken].encode().decode("latin-1")
        made.add("mojibake", "\n".join(lines), text)
    for k, (text, around) in enumerate(zip(some(each), some(each), strict=False)):
        made.benchmark.append(text)
        made.add("a benchmark", f"{around}\n{dressed(text, k)}", None)


def write(made: Planted, folder: Path) -> None:
    """A third of the documents in each of three containers; some are files of their own in other encodings."""
    (folder / "data").mkdir()
    parts: list[list[str]] = [[], [], []]
    for k, (kind, text, _) in enumerate(made.documents):
        if kind == "exact copies" and k % 5 == 0:
            (folder / "data" / f"{k}.txt").write_bytes(text.encode(("utf-16", "utf-8-sig")[k % 2]))
        else:
            parts[k % 3].append(json.dumps({"text": text}, ensure_ascii=k % 2 == 0))
    (folder / "data" / "a.jsonl").write_text("\n".join(parts[0]), "utf-8")
    (folder / "data" / "b.jsonl.zst").write_bytes(zstandard.compress("\n".join(parts[1]).encode()))
    (folder / "data" / "c.jsonl").write_text("\n".join(parts[2]), "utf-8")
    tests = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in made.benchmark)
    (folder / "eval.jsonl").write_text(tests, "utf-8")


def run(*arguments: object) -> tuple[int, str, float, float]:
    """The program itself: its status, what it prints, seconds, and megabytes of the process that decides."""
    with tempfile.TemporaryFile("w+") as printed:
        start, most = time.perf_counter(), 0.0
        process = subprocess.Popen([sys.executable, "-m", "corpuscheck", *map(str, arguments)], stdout=printed)
        while process.poll() is None:
            known = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())
            most = max(most, int(known[1]) / 1000 if known else 0)
            time.sleep(0.1)
        printed.seek(0)
        return process.returncode, printed.read(), time.perf_counter() - start, most


def records_of(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a compressed file."""
    with zstandard.open(path, "rt", encoding="utf-8", newline="\n") as file:
        yield from map(json.loads, file)


def scores(made: Planted, out: Path) -> list[tuple[str, int, int]]:
    """Of each kind how many documents were planted, and of how many became what was to become of them."""
    kept = Counter(row["text"] for path in sorted(out.glob("part-*")) for row in records_of(path))
    planted_of, right, form = Counter[str](), Counter[str](), 0
    for kind, text, left in made.documents:
        if kind == "chains":
            continue
        planted_of[kind] += 1
        if left is not None:
            right[kind] += kept[left] == 1
        elif kind == "exact copies":
            right[kind] += kept[text] == 1
        elif kind == "a form":
            form += kept[text]
        else:
            right[kind] += kept[text] == 0
    right["a form"] = planted_of["a form"] - max(0, form - 1) if form else 0
    for chain in made.chains:
        held = [shingles(text) for text in chain if kept[text]]
        for text in chain:
            planted_of["chains"] += 1
            right["chains"] += any(jaccard(shingles(text), one) >= _ALIKE for one in held)
    return [(kind, n, right[kind]) for kind, n in planted_of.items()]


def main(arguments: Sequence[str]) -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--forms", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    made = planted(passages(given.corpora), given.forms, random.Random(given.seed))
    with tempfile.TemporaryDirectory() as name:
        folder, out = Path(name), Path(name) / "out"
        write(made, folder)
        tests = ("--against", folder / "eval.jsonl", "--no-progress")
        _, waterfall, seconds, memory = run("clean", folder / "data", "-o", out, "--repair-mojibake", *tests)
        print(waterfall)
        print(f"{len(made.documents):,} documents, {seconds:.0f} s, {memory:.0f} MB\n")
        print("| planted | documents | as it is to be |\n|---|---|---|")
        for kind, n, right in scores(made, out):
            print(f"| {kind} | {n:,} | {100 * right / n:.2f} % |")
        status, scanned, *_ = run("scan", out, *tests, "--format", "json")
        report = json.loads(scanned)
        written = json.loads((out / "manifest.json").read_text("utf-8"))["bytes_kept"]
        copies = sum(report["clean"]["copies"][kind]["documents"] for kind in ("exact", "normalised", "near"))
        differ = written - report["clean"]["usable"]["usable_bytes"]
        contaminated = report["against"][0]["contaminated_documents"]
        print(f"\nscan of the copy: {differ} bytes differ, {copies} copies, {contaminated} documents of the benchmark")
        print(f"status {status}:", *(f"{one['rule']} {one['severity']}" for one in report["findings"]))


if __name__ == "__main__":
    main(sys.argv[1:])
