"""Throw mutated files of every format at the reader and at all else that reads files, for as long as asked.

    python benchmarks/fuzz.py --seconds 600 [--inputs 1000000] [--seed 1] [--only arrow,parquet] [--guided]

The first files are in `fuzz_seeds.py`, what they are thrown at in `fuzz_targets.py`. A mutation changes the file
itself, or its content before it is compressed. Each input has 10 seconds and 1 GiB; it fails when anything but a
CorpuscheckError is raised, when it takes longer or more, when text is not UTF-8, when a file is neither measured nor
skipped with a reason, and when the process dies. So the inputs run in a process of their own, which is started again
after each input that ends it. Failures are saved (--failures FOLDER) with their traceback, once for each place they
come from. Whole scans take several files at once, each of which is an input.

The seed fixes every input: step 7 of seed 1 is always the same. With --guided, atheris (pip install atheris) draws
them instead, guided by what of the reader they reach. NUMBA_BOUNDSCHECK=1 checks each access of the kernels; give
NUMBA_CACHE_DIR a folder of its own then. An hour is enough for a million inputs on one processor. The exit code is 1
when any failed.
"""

from __future__ import annotations

import argparse
import faulthandler
import hashlib
import mmap
import os
import pkgutil
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
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fuzz_targets import Target

SLOW = 10
MOST_MEMORY = 1 << 30
MOST_ADDRESSES = 3 << 30
"""Of memory that is used, and of addresses, over what the process has when it begins."""
LONGEST = 20_000
TOO_MUCH = 77
ENOUGH = 78
MOST_STEPS = 100_000
"""Of one process: the memory that it keeps from input to input should not be taken for that of one of them."""
PROGRESS_SECONDS = 60

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


class Counts:
    """A file that worker and supervisor share: the step, its target, and (inputs, refused, failed) of each target."""

    _MOST_TARGETS = 100

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(8 * (2 + 3 * self._MOST_TARGETS)))
        with open(path, "r+b") as file:
            self._numbers = memoryview(mmap.mmap(file.fileno(), 0)).cast("q")

    @property
    def step(self) -> int:
        return self._numbers[0]

    def begin(self, step: int, target: int, inputs: int) -> None:
        """Noted before the inputs are read, as they may end the process."""
        self._numbers[0], self._numbers[1] = step, target
        self._numbers[2 + 3 * target] += inputs

    def refuse(self) -> None:
        self._numbers[3 + 3 * self._numbers[1]] += 1

    def fail(self) -> None:
        self._numbers[4 + 3 * self._numbers[1]] += 1

    def of(self, target: int) -> tuple[int, int, int]:
        inputs, refused, failed = self._numbers[2 + 3 * target : 5 + 3 * target]
        return inputs, refused, failed

    @property
    def inputs(self) -> int:
        return sum(self._numbers[2::3])

    @property
    def failed(self) -> int:
        return sum(self._numbers[4::3])


@dataclass
class Worker:
    """The process that reads the inputs. What it reads at the moment lies in a folder of its own."""

    given: argparse.Namespace
    counts: Counts
    targets: list[Target] = field(default_factory=list)
    memory: int = 0
    armed: float = 0

    @property
    def folder(self) -> Path:
        folder: Path = self.given.worker
        return folder

    def run(self) -> None:
        """One step after the other, from `first` on: each target in turn gets as many inputs as any other."""
        self._take_targets()
        for step in self._steps():
            turn, place = divmod(step, len(self.targets))
            target = self.targets[place]
            if turn % target.together:
                continue
            dice = random.Random(f"{self.given.seed} {step}")
            files: list[tuple[str, bytes]] = []
            for k in range(target.together):
                seed = dice.choice(target.seeds)
                name = f"{k}{seed.name}" if target.together > 1 else seed.name
                files.append((name, seed.pack(mutated(seed.data, dice))))
            self.throw(step, place, files, dice.randrange(1 << 16))

    def run_guided(self) -> None:
        """The inputs that atheris draws: three bytes choose the file and the settings, the others are the file."""
        import atheris

        from corpuscheck import kernels

        for kernel in pkgutil.iter_modules(kernels.__path__, f"{kernels.__name__}."):
            import_module(kernel.name)  # Numba cannot compile instrumented code, so they come before
        with atheris.instrument_imports(include=["corpuscheck"]):
            self._take_targets()
        seeds = [(place, seed) for place, target in enumerate(self.targets) for seed in target.seeds]
        steps = self._steps()
        corpus = self.folder / "corpus"
        corpus.mkdir(exist_ok=True)
        for k, (_, seed) in enumerate(seeds):
            (corpus / f"{k:04}").write_bytes(k.to_bytes(2) + bytes([k % 256]) + seed.data)

        def throw(data: bytes) -> None:
            step = next(steps, -1)
            if step < 0:
                os._exit(0)  # libFuzzer never returns
            if len(data) > 2:
                place, seed = seeds[int.from_bytes(data[:2]) % len(seeds)]
                self.throw(step, place, [(seed.name, seed.pack(data[3:]))], data[2])

        options = [f"-seed={self.given.seed + self.given.first}", f"-max_len={LONGEST}", "-len_control=0"]
        options += ["-verbosity=0", f"-timeout={60 * SLOW}", "-rss_limit_mb=0", "-detect_leaks=0"]
        atheris.Setup([sys.argv[0], str(corpus), *options], throw)
        atheris.Fuzz()

    def _take_targets(self) -> None:
        """Each first file is thrown as it is, so that no time for compiling counts."""
        from fuzz_targets import targets

        named = targets(tuple(filter(None, self.given.only.split(","))))
        (self.folder / "targets").write_text("\n".join(named), "utf-8")
        self.targets = list(named.values())
        for place, target in enumerate(self.targets) if self.given.first == 0 else ():
            for seed in target.seeds:
                self.throw(0, place, [(seed.name, seed.pack(seed.data))], 0, watch=False)

    def _steps(self) -> Iterator[int]:
        self.memory = _memory()
        limit = _addresses() + MOST_ADDRESSES
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        for step in range(self.given.first, self.given.first + MOST_STEPS):
            if time.time() > self.given.until or self.counts.inputs >= self.given.inputs:
                return
            yield step
        os._exit(ENOUGH)

    def throw(self, step: int, place: int, files: list[tuple[str, bytes]], choice: int, watch: bool = True) -> None:
        """The files of one step. They stay behind where they end the process."""
        from corpuscheck.errors import CorpuscheckError

        target = self.targets[place]
        self.counts.begin(step, place, len(files))
        folder = self.folder / "input"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, data in files:
            (folder / name).write_bytes(data)
        if watch:
            self._watch()
        try:
            target.check(folder if target.together > 1 else folder / files[0][0], choice)
        except CorpuscheckError:
            self.counts.refuse()
        except Exception as error:
            story = "".join(traceback.format_exception(error))
            last = traceback.extract_tb(error.__traceback__)[-1]
            self.counts.fail()
            keep(self.given.failures, folder, f"{type(error).__name__} {last.filename}:{last.lineno}", story, step)
        if watch and _memory() > self.memory + MOST_MEMORY:
            print(f"over {MOST_MEMORY >> 20} MiB of memory, in {files[0][0]}", file=sys.stderr, flush=True)
            os._exit(TOO_MUCH)

    def _watch(self) -> None:
        """Wind the clock up, once a second: to do it for each input would take longer than many inputs."""
        now = time.monotonic()
        if now > self.armed + 1:
            self.armed = now
            faulthandler.dump_traceback_later(SLOW + 1, exit=True)


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << (0 if sys.platform == "darwin" else 10)


def _addresses() -> int:
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 8 << 30


def keep(failures: Path, folder: Path, place: str, story: str, step: int) -> bool:
    """Save what failed, once for each place; whether it is new."""
    saved = failures / hashlib.sha256(place.encode()).hexdigest()[:8]
    if saved.exists():
        return False
    saved.mkdir(parents=True)
    shutil.copytree(folder, saved / "input", symlinks=True)
    (saved / "story.txt").write_text(f"step {step}\n{place}\n\n{story}", "utf-8")
    return True


@dataclass
class Supervisor:
    """Starts the worker, and starts it again behind the input that ended it."""

    given: argparse.Namespace
    folder: Path
    until: float
    counts: Counts
    ended: int = 0

    def run(self) -> None:
        first = 0
        while time.time() < self.until:
            status = self._work(first)
            if status == 0:
                break
            if status != ENOUGH:
                self.ended += 1
                self.counts.fail()
                self._keep(status)
            first = self.counts.step + 1

    def _work(self, first: int) -> int:
        given = self.given
        command = [sys.executable, __file__, "--worker", str(self.folder), "--first", str(first)]
        command += ["--until", str(self.until), "--inputs", str(given.inputs), "--seed", str(given.seed)]
        command += ["--failures", str(given.failures), "--only", given.only, *(["--guided"] if given.guided else [])]
        environment = {**os.environ, "CORPUSCHECK_NO_CACHE": "1"}
        with (
            open(self.folder / "errors", "wb") as errors,
            subprocess.Popen(command, stderr=errors, stdout=errors, env=environment) as worker,
        ):
            while True:
                try:
                    return worker.wait(PROGRESS_SECONDS)
                except subprocess.TimeoutExpired:
                    left = max(0, self.until - time.time())
                    print(f"{self.counts.inputs} inputs, {self.counts.failed} failed, {left:.0f} s left", flush=True)

    def _keep(self, status: int) -> None:
        story = (self.folder / "errors").read_text("utf-8", "replace")[-20_000:]
        frames = re.findall(r'File "([^"]*)", line (\d+)', story)
        place = f"ended with {status} {frames[:1] if 'Timeout' in story or status < 0 else story[-200:]}"
        if (self.folder / "input").exists():
            keep(self.given.failures, self.folder / "input", place, story, self.counts.step)
        else:
            raise SystemExit(f"the worker does not start:\n{story}")

    def figures(self) -> Iterator[str]:
        """A line for each target."""
        names = (self.folder / "targets").read_text("utf-8").split("\n")
        yield f"{'target':16}{'inputs':>10}{'refused':>10}{'failed':>8}"
        for place, name in enumerate(names):
            inputs, refused, failed = self.counts.of(place)
            yield f"{name:16}{inputs:10}{refused:10}{failed:8}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--inputs", type=int, default=1 << 62, help="stop after so many")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="targets, with commas between them")
    parser.add_argument("--guided", action="store_true")
    parser.add_argument("--failures", type=Path, default=Path(tempfile.gettempdir()) / "corpuscheck-fuzz-failures")
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--first", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--until", type=float, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Start as the one that watches, or as the one that reads."""
    given = _arguments()
    if given.worker:
        faulthandler.enable()
        worker = Worker(given, Counts(given.worker / "counts"))
        (worker.run_guided if given.guided else worker.run)()
        return
    before = set(given.failures.glob("*"))
    start = time.time()
    with tempfile.TemporaryDirectory(prefix="corpuscheck-fuzz-", dir=_in_memory()) as name:
        folder = Path(name)
        supervisor = Supervisor(given, folder, start + given.seconds, Counts(folder / "counts"))
        supervisor.run()
        print(*supervisor.figures(), sep="\n")
    for saved in sorted(set(given.failures.glob("*")) - before):
        print(saved, *(saved / "story.txt").read_text("utf-8").splitlines()[:2], sep="  ")
    counts = supervisor.counts
    print(
        f"{counts.inputs} inputs in {time.time() - start:.0f} s, {counts.inputs - counts.failed} passed, "
        f"{counts.failed} failed; {supervisor.ended} ended their process"
    )
    sys.exit(1 if counts.failed else 0)


def _in_memory() -> str | None:
    """A folder that no disk holds, where there is one."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


if __name__ == "__main__":
    main()
