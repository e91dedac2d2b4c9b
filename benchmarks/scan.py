"""Compare a scan with what people use instead, side by side on the same text, and print ratios.

    python benchmarks/scan.py CORPUS --tokenizer VOCAB [--size 500MB] [--runs 3] [--train]

Where the corpus is smaller than --size its text is repeated, and the output says so. Each contestant is
a process of its own, start-up included; what is compared is the median of its wall time and CPU time.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from corpuscheck.quantities import parse_size
from corpuscheck.reading.discover import discover
from corpuscheck.reading.files import FileRecord, Piece
from corpuscheck.reading.reader import read
from corpuscheck.settings import Reading

ENCODE = """
import sys
from corpuscheck.tokenizer.loading import load
tokenizer = load(sys.argv[2]).tokenizer
unk = load(sys.argv[2]).unk_id
count, lines = 0, []
def flush():
    global count, lines
    count += sum(e.ids.count(unk) for e in tokenizer.encode_batch_fast(lines, add_special_tokens=False))
    lines = []
for line in open(sys.argv[1], encoding="utf-8", newline="\\n"):
    lines.append(line)
    if len(lines) == 1000:
        flush()
flush()
print(count)
"""

TRAIN = """
import sys
from tokenizers import BertWordPieceTokenizer
tokenizer = BertWordPieceTokenizer(lowercase=False, strip_accents=False)
tokenizer.train([sys.argv[1]], vocab_size=32000, show_progress=False)
tokenizer.save(sys.argv[2])
"""


@dataclass(frozen=True)
class Cost:
    """Seconds of wall and CPU time, megabytes at the peak; medians over runs."""

    wall: float
    cpu: float
    peak: float


def run(command: list[str], runs: int) -> Cost:
    """Run a command a few times; its children count."""
    walls, cpus, peaks = [], [], []
    for _ in range(runs):
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            raise SystemExit(f"{command[:4]} failed with status {process.returncode}")
        walls.append(time.perf_counter() - start)
        cpus.append(usage.ru_utime + usage.ru_stime)
        peaks.append(
            usage.ru_maxrss / (1 if sys.platform == "darwin" else 1000) / (10**6 if sys.platform == "darwin" else 1)
        )
    return Cost(statistics.median(walls), statistics.median(cpus), max(peaks))


def build(paths: list[str], size: int, target: Path) -> tuple[int, int]:
    """One UTF-8 file of all the text, repeated up to `size` bytes. Returns its bytes and the repetitions."""
    parts: list[bytes] = []
    for source in discover(paths, Reading()).sources:
        for batch in read(Piece(source), Reading(), FileRecord(source.path), lambda _: None):
            parts.extend(batch.data[s:e].tobytes() + b"\n" for s, e in zip(batch.starts, batch.ends, strict=True))
    text = b"".join(parts)
    times = max(1, -(-size // len(text)))
    with target.open("wb") as file:
        for _ in range(times):
            file.write(text)
    return len(text) * times, times


def main() -> None:
    """Parse, build, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="+")
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--size", default="500MB")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--train", action="store_true", help="also train + scan against training with Hugging Face")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "text.txt"
        size, times = build(arguments.corpus, parse_size(arguments.size), text)
        print(f"{size / 10**6:.0f} MB" + (f", the corpus repeated {times} times" if times > 1 else ""))
        compare(str(text), arguments.tokenizer, arguments.runs, arguments.train, Path(folder))


def compare(text: str, tokenizer: str, runs: int, train: bool, folder: Path) -> None:
    """Run the contestants and print their ratios to ours. Hugging Face runs once: it takes minutes."""
    scan = [sys.executable, "-m", "corpuscheck", "scan", text, "--no-cache", "--no-progress", "--format", "json"]
    run([*scan, "--tokenizer", tokenizer], 1)  # compiles the kernels and fills the page cache
    one = run([*scan, "--tokenizer", tokenizer, "--jobs", "1"], runs)
    two = run([*scan, "--tokenizer", tokenizer, "--jobs", "2"], runs)
    words = run(["wc", "-w", text], runs)
    encode = run([sys.executable, "-c", ENCODE, text, tokenizer], 1)
    print(f"encode_batch_fast CPU / scan CPU, 1 job    {encode.cpu / one.cpu:6.1f}")
    print(f"encode_batch_fast CPU / scan CPU, 2 jobs   {encode.cpu / two.cpu:6.1f}")
    print(f"scan wall, 1 job / wc -w wall              {one.wall / words.wall:6.2f}")
    print(f"scan wall, 2 jobs / wc -w wall             {two.wall / words.wall:6.2f}")
    print(f"peak memory of the scan, MB                {max(one.peak, two.peak):6.0f}")
    if train:
        ours = run([*scan, "--jobs", "2"], 1)
        theirs = run([sys.executable, "-c", TRAIN, text, str(folder / "hf.json")], 1)
        print(f"(train + encode) CPU / train + scan CPU    {(theirs.cpu + encode.cpu) / ours.cpu:6.1f}")
        print(f"peak memory of train + scan, MB            {ours.peak:6.0f}")
        print(f"peak memory of Hugging Face training, MB   {theirs.peak:6.0f}")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
