"""Compare a scan with what people use instead, side by side on the same text, and print ratios of medians.

    python benchmarks/scan.py TEXT... --tokenizer VOCAB [--document line] [--runs 3] [--train]

The texts are UTF-8 files, read as they are: nothing is repeated, since repeated text hides what distinct documents and
words cost. Each contestant is a process of its own, start-up included. CPU time and memory are those of all processes
that it starts (Linux), the memory that of the largest of them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ENCODE = """
import sys
from corpuscheck.tokenizer.loading import load
artefact = load(sys.argv[1])
tokenizer, unk = artefact.tokenizer, artefact.unk_id
count, lines, size = 0, [], 0
def flush():
    global count, lines, size
    count += sum(e.ids.count(unk) for e in tokenizer.encode_batch_fast(lines, add_special_tokens=False))
    lines, size = [], 0
for path in sys.argv[2:]:
    for line in open(path, encoding="utf-8", newline="\\n"):
        lines.append(line)
        size += len(line)
        if size > 200_000:
            flush()
flush()
print(count)
"""

TRAIN = """
import sys
from tokenizers import BertWordPieceTokenizer
tokenizer = BertWordPieceTokenizer(lowercase=False, strip_accents=False)
tokenizer.train(sys.argv[2:], vocab_size=32000, show_progress=False)
tokenizer.save(sys.argv[1])
"""

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """Seconds of wall and of CPU time, megabytes of the largest process; medians over runs."""

    wall: float
    cpu: float
    peak: float


def run(command: list[str], runs: int = 1) -> Cost:
    """Run a command a few times."""
    costs = [_once(command) for _ in range(runs)]
    return Cost(*(statistics.median(column) for column in zip(*((c.wall, c.cpu, c.peak) for c in costs), strict=True)))


def _once(command: list[str]) -> Cost:
    start = time.perf_counter()
    environment = {**os.environ, "TOKENIZERS_PARALLELISM": "false"}
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, env=environment
    )
    cpu: dict[int, float] = {}
    peak: dict[int, int] = {}
    while process.poll() is None:
        for pid in _of_session(process.pid):
            _look(pid, cpu, peak)
        time.sleep(0.02)
    wall = time.perf_counter() - start
    if process.returncode not in (0, 1):
        raise SystemExit(f"{command[:4]} failed with status {process.returncode}")
    return Cost(wall, sum(cpu.values()), max(peak.values(), default=0) / 1000)


def _of_session(session: int) -> list[int]:
    """The processes that a command has started, whoever their parent is now."""
    found = []
    for name in filter(str.isdecimal, os.listdir("/proc")):
        try:
            if os.getsid(int(name)) == session:
                found.append(int(name))
        except OSError:
            continue
    return found


def _look(pid: int, cpu: dict[int, float], peak: dict[int, int]) -> None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return
    cpu[pid] = (int(fields[11]) + int(fields[12])) / _TICK
    for line in status.splitlines():
        if line.startswith("VmHWM"):
            peak[pid] = int(line.split()[1])


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", nargs="+")
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--document", default="file")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--train", action="store_true", help="also train + scan against training with Hugging Face")
    arguments = parser.parse_args()
    size = sum(Path(text).stat().st_size for text in arguments.texts)
    print(f"{size / 10**6:.0f} MB in {len(arguments.texts)} files, nothing repeated, --document {arguments.document}")
    compare(arguments, size)


def compare(arguments: argparse.Namespace, size: int) -> None:
    """Run the contestants and print their ratios to ours. Hugging Face runs once: it takes minutes."""
    texts, runs = arguments.texts, arguments.runs
    scan = [sys.executable, "-m", "corpuscheck", "scan", *texts, "--no-cache", "--no-progress", "--format", "json"]
    scan += ["--document", arguments.document]
    given = [*scan, "--tokenizer", arguments.tokenizer]
    run([*given, "--jobs", "1"])  # compiles the kernels and fills the page cache
    words = run(["wc", "-w", *texts], runs)
    encode = run([sys.executable, "-c", ENCODE, arguments.tokenizer, *texts])
    print(f"{'':34}{'default':>9}{'--no-clean':>12}")
    both = [given, [*given, "--no-clean"]]
    one = [run([*command, "--jobs", "1"], runs) for command in both]
    two = [run([*command, "--jobs", "2"], runs) for command in both]
    _row("encode_batch_fast CPU / scan CPU", *(encode.cpu / cost.cpu for cost in one))
    _row("MB per second of CPU", *(size / 10**6 / cost.cpu for cost in one))
    _row("scan wall, 1 job / wc -w wall", *(cost.wall / words.wall for cost in one))
    _row("scan wall, 2 jobs / wc -w wall", *(cost.wall / words.wall for cost in two))
    _row("wall, 1 job / wall, 2 jobs", *(a.wall / b.wall for a, b in zip(one, two, strict=True)))
    _row("MB of the largest process", *(max(a.peak, b.peak) for a, b in zip(one, two, strict=True)))
    if arguments.train:
        with tempfile.TemporaryDirectory() as folder:
            theirs = run([sys.executable, "-c", TRAIN, str(Path(folder) / "hf.json"), *texts])
        ours = run([*scan, "--jobs", "1"])
        _row("(train + encode) CPU / train + scan", (theirs.cpu + encode.cpu) / ours.cpu)
        _row("MB of train + scan", ours.peak)
        _row("MB of Hugging Face's training", theirs.peak)


def _row(name: str, *figures: float) -> None:
    print(f"{name:34}" + "".join(f"{figure:{width}.2f}" for figure, width in zip(figures, (9, 12), strict=False)))


if __name__ == "__main__":
    main()
