"""Throw mutated files of every format at the reader and at all else that reads files, for as long as asked.

    python benchmarks/fuzz.py --seconds 600 [--seed 1] [--only arrow,parquet] [--guided] [--failures FOLDER]

The first files are in `fuzz_seeds.py`, what they are thrown at in `fuzz_targets.py`. A mutation changes the file
itself, or its content before it is compressed. Each input has 10 seconds and 1 GiB; it fails when anything but a
CorpuscheckError is raised, when it takes longer or more, when text is not UTF-8, when a file is neither measured nor
skipped with a reason, and when the process dies. So the inputs run in a process of their own, which is started again
after each input that ends it. Failures are saved with their traceback, once for each place they come from.

The seed fixes every input: number 7 of seed 1 is always the same. With --guided, atheris (pip install atheris) draws
them instead, guided by what of the reader they reach. NUMBA_BOUNDSCHECK=1 checks each access of the kernels; give
NUMBA_CACHE_DIR a folder of its own then. The exit code is 1 when any failed.
"""

from __future__ import annotations

import argparse
import faulthandler
import hashlib
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fuzz_targets import Seed

SLOW = 10
MOST_MEMORY = 1 << 30
MOST_ADDRESSES = 3 << 30
"""Of memory that is used, and of addresses, over what the process has when it begins."""
LONGEST = 20_000
TOO_MUCH = 77

_NUMBERS = (0, 1, -1, 127, 128, 255, 256, 32767, 65535, 2**31 - 1, -(2**31), 2**32 - 1, 2**40, 2**63 - 1, -(2**63))
_PIECES = (
    b"\xea\xb0", b"\x80", b"\xed\xa0\x80", b"\x00", b"\xff\xfe", b"\x00\x00\xfe\xff", b"\x1b$)C", b"\r", b'"',
    b"[" * 300, b"{" * 300, b"<div>" * 300, b",", b"\\ud800", b"1e999", b"<!DOCTYPE", b"]]>", b"&#x110000;", b"null",
    b"\xcc\x81" * 300,
)  # fmt: skip


def mutated(data: bytes, dice: random.Random) -> bytes:
    """One to eight changes: bytes and numbers overwritten, stretches dropped, repeated, moved or made anew."""
    out = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 3, 5, 8))):
        here = dice.randrange(len(out) + 1)
        span = min(len(out) - here, dice.choice((1, 2, 4, 8, 30, 300)))
        kind = dice.randrange(7)
        if kind == 0:
            out[here : here + 1] = bytes([dice.randrange(256)])
        elif kind == 1:
            width = dice.choice((1, 2, 4, 8))
            number = dice.choice(_NUMBERS) % 256**width
            here -= here % width if dice.random() < 0.7 else 0
            out[here : here + width] = number.to_bytes(width, dice.choice(("little", "big")))
        elif kind == 2:
            del out[here : here + span]
        elif kind == 3:
            out[here:here] = out[here : here + span] * dice.choice((1, 2, 50))
        elif kind == 4:
            out[here:here] = dice.choice(_PIECES)
        elif kind == 5:
            there = dice.randrange(len(out) + 1)
            out[here : here + span] = out[there : there + span]
        elif dice.random() < 0.2:
            del out[here:]
    return bytes(out[: max(LONGEST, len(data))])


@dataclass
class Worker:
    """The process that reads the inputs. What it reads at the moment lies in `folder`, its number in `counter`."""

    folder: Path
    failures: Path
    seed: int
    until: float
    only: tuple[str, ...]
    counter: int
    memory: int = 0

    def run(self, first: int) -> None:
        """One input after the other, from number `first` on."""
        seeds = self._seeds()
        self._warm(first, seeds)
        for number in self._numbers(first):
            dice = random.Random(f"{self.seed} {number}")
            seed = dice.choice(seeds[number % len(seeds)])
            self.throw(number, seed, mutated(seed.data, dice), dice.randrange(1 << 16))

    def run_guided(self, first: int) -> None:
        """The inputs that atheris draws: three bytes choose the file and the settings, the others are the file."""
        import atheris

        import corpuscheck.kernels.utf8
        import corpuscheck.measuring  # noqa: F401  # Numba cannot compile instrumented code, so this comes before

        with atheris.instrument_imports(include=["corpuscheck.reading"]):
            targets = self._seeds()
        self._warm(first, targets)
        seeds = [seed for target in targets for seed in target]
        numbers = self._numbers(first)
        corpus = self.folder / "corpus"
        corpus.mkdir(exist_ok=True)
        for k, seed in enumerate(seeds):
            (corpus / f"{k:04}").write_bytes(k.to_bytes(2) + bytes([k % 256]) + seed.data)

        def throw(data: bytes) -> None:
            number = next(numbers, -1)
            if number < 0:
                os._exit(0)  # libFuzzer never returns
            if len(data) > 2:
                self.throw(number, seeds[int.from_bytes(data[:2]) % len(seeds)], data[3:], data[2])

        options = [f"-seed={self.seed + first}", f"-max_len={LONGEST}", "-len_control=0", "-verbosity=0"]
        options += [f"-timeout={60 * SLOW}", "-rss_limit_mb=0", "-detect_leaks=0"]
        atheris.Setup([sys.argv[0], str(corpus), *options], throw)
        atheris.Fuzz()

    def _warm(self, first: int, seeds: list[list[Seed]]) -> None:
        """The first files as they are, once, so that no time for compiling counts."""
        for seed in (seed for target in seeds for seed in target) if first == 0 else ():
            self.throw(-1, seed, seed.data, 0, watch=False)

    def _seeds(self) -> list[list[Seed]]:
        from fuzz_targets import targets

        return list(targets(self.only).values())

    def _numbers(self, first: int) -> Iterator[int]:
        self.memory = _memory()
        limit = _addresses() + MOST_ADDRESSES
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        number = first
        while time.time() < self.until:
            os.pwrite(self.counter, number.to_bytes(8), 0)
            yield number
            number += 1
        os.pwrite(self.counter, number.to_bytes(8), 0)

    def throw(self, number: int, seed: Seed, data: bytes, choice: int, watch: bool = True) -> None:
        """One input. It stays behind where it ends the process."""
        from corpuscheck.errors import CorpuscheckError

        folder = self.folder / "input"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        path = folder / seed.name
        path.write_bytes(seed.pack(data))
        if watch:
            faulthandler.dump_traceback_later(SLOW, exit=True)
        try:
            seed.check(path, choice)
        except CorpuscheckError:
            pass
        except Exception as error:
            story = "".join(traceback.format_exception(error))
            last = traceback.extract_tb(error.__traceback__)[-1]
            keep(self.failures, folder, f"{type(error).__name__} {last.filename}:{last.lineno}", story, number)
        faulthandler.cancel_dump_traceback_later()
        if watch and _memory() > self.memory + MOST_MEMORY:
            print(f"over {MOST_MEMORY >> 20} MiB of memory, in {path.name}", file=sys.stderr, flush=True)
            os._exit(TOO_MUCH)


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << (0 if sys.platform == "darwin" else 10)


def _addresses() -> int:
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 8 << 30


def keep(failures: Path, folder: Path, place: str, story: str, number: int) -> bool:
    """Save what failed, once for each place; whether it is new."""
    saved = failures / hashlib.sha256(place.encode()).hexdigest()[:8]
    if saved.exists():
        return False
    saved.mkdir(parents=True)
    shutil.copytree(folder, saved / "input", symlinks=True)
    (saved / "story.txt").write_text(f"input {number}\n{place}\n\n{story}", "utf-8")
    return True


@dataclass
class Supervisor:
    """Starts the worker, and starts it again behind the input that ended it."""

    arguments: argparse.Namespace
    folder: Path
    until: float
    ended: int = 0
    stories: list[str] = field(default_factory=list)

    def run(self) -> int:
        """How many inputs were read."""
        first = number = 0
        while time.time() < self.until:
            status, number = self._work(first)
            if status == 0:
                break
            self.ended += 1
            self._keep(status, number)
            first = number + 1
        return number

    def _work(self, first: int) -> tuple[int, int]:
        counter = self.folder / "counter"
        counter.write_bytes(first.to_bytes(8))
        given = self.arguments
        command = [sys.executable, __file__, "--worker", str(self.folder), "--first", str(first)]
        command += ["--until", str(self.until), "--seed", str(given.seed), "--failures", str(given.failures)]
        command += ["--only", given.only, *(["--guided"] if given.guided else [])]
        environment = {**os.environ, "CORPUSCHECK_NO_CACHE": "1"}
        with open(self.folder / "errors", "wb") as errors:
            done = subprocess.run(command, stderr=errors, stdout=errors, env=environment, check=False)
        return done.returncode, int.from_bytes(counter.read_bytes())

    def _keep(self, status: int, number: int) -> None:
        story = (self.folder / "errors").read_text("utf-8", "replace")[-20_000:]
        frames = re.findall(r'File "([^"]*)", line (\d+)', story)
        place = f"ended with {status} {frames[:1] if 'Timeout' in story or status < 0 else story[-200:]}"
        if (self.folder / "input").exists():
            keep(self.arguments.failures, self.folder / "input", place, story, number)
        else:
            raise SystemExit(f"the worker does not start:\n{story}")


def main() -> None:
    """Start as the one that watches, or as the one that reads."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="targets, with commas between them")
    parser.add_argument("--guided", action="store_true")
    parser.add_argument("--failures", type=Path, default=Path(tempfile.gettempdir()) / "corpuscheck-fuzz-failures")
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--first", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--until", type=float, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        faulthandler.enable()
        counter = os.open(given.worker / "counter", os.O_RDWR)
        only = tuple(filter(None, given.only.split(",")))
        worker = Worker(given.worker, given.failures, given.seed, given.until, only, counter)
        (worker.run_guided if given.guided else worker.run)(given.first)
        return
    before = set(given.failures.glob("*"))
    with tempfile.TemporaryDirectory(prefix="corpuscheck-fuzz-") as folder:
        supervisor = Supervisor(given, Path(folder), time.time() + given.seconds)
        inputs = supervisor.run()
    new = sorted(set(given.failures.glob("*")) - before)
    for saved in new:
        print(saved, *(saved / "story.txt").read_text("utf-8").splitlines()[:2], sep="  ")
    print(f"{inputs} inputs, {inputs - len(new)} passed, {len(new)} failed; {supervisor.ended} ended their process")
    sys.exit(1 if new else 0)


if __name__ == "__main__":
    main()
