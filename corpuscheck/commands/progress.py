"""Progress on standard error: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

from corpuscheck.running.program import when_compiling
from corpuscheck.text.amounts import size
from corpuscheck.text.printable import guarded

if TYPE_CHECKING:
    from corpuscheck.running.corpus import Watch
    from corpuscheck.running.pool import Progress

LISTING = "listing"
_LINE_SECONDS = 30.0
_LINE_SHARE = 0.1
_WORTH_A_LINE = 10_000_000


def tell(line: str, end: str = "\n") -> None:
    """Say something on standard error; where that cannot take it, nothing depends on it."""
    with suppress(OSError, ValueError):
        print(guarded(line), end=end, file=sys.stderr, flush=True)


class _Silent:
    def update(self, bytes_read: int, files_done: int, failures: int) -> None:
        pass


class _Bar:
    """One tqdm bar in bytes; files done and skipped behind it."""

    def __init__(self, name: str, total: int, files: int) -> None:
        from tqdm import tqdm  # a scan that is answered from the cache draws no bar

        self._files, self._done, self._failures = files, 0, 0
        self._bar = tqdm(total=total, desc=name, unit="B", unit_scale=True, leave=False, file=sys.stderr, disable=None)

    def update(self, bytes_read: int, files_done: int, failures: int) -> None:
        self._done += files_done
        self._failures += failures
        if files_done:
            skipped = f", {self._failures} skipped" if self._failures else ""
            self._bar.set_postfix_str(f"{self._done}/{self._files} files{skipped}", refresh=False)
        self._bar.update(min(bytes_read, (self._bar.total or 0) - self._bar.n))

    def close(self) -> None:
        self._bar.close()


class _Count:
    """How many files were found so far, where nobody knows how many there are."""

    def __init__(self, name: str) -> None:
        self._name, self._found, self._time = name, 0, time.monotonic()
        self._wait = 0.5 if sys.stderr.isatty() else _LINE_SECONDS
        self._end = "\r" if sys.stderr.isatty() else "\n"

    def update(self, bytes_read: int, files_done: int, failures: int) -> None:
        self._found += files_done
        if time.monotonic() - self._time >= self._wait:
            self._time = time.monotonic()
            tell(f"{self._name}: {self._found:,} files so far", self._end)


class _Lines:
    """A plain line every tenth of the work or half minute, none for what is quick."""

    def __init__(self, name: str, total: int, files: int) -> None:
        self._name, self._total, self._files = name, total, files
        self._read = self._done = 0
        self._share, self._time = 0.0, time.monotonic()

    def update(self, bytes_read: int, files_done: int, failures: int) -> None:
        self._read += bytes_read
        self._done += files_done
        if self._total < _WORTH_A_LINE:
            return
        now = time.monotonic()
        share = self._read / self._total if self._total else 0.0
        waited = now - self._time
        if waited >= _LINE_SECONDS or (share - self._share >= _LINE_SHARE and waited >= 2.0):
            done = f"{size(self._read)} of {size(self._total)}, {self._done:,} of {self._files:,} files"
            tell(f"{self._name}: {done}")
            self._share, self._time = share, now


def _tell_of_compiling() -> None:
    from tqdm import tqdm

    tqdm.write("compiling the inner loops, which takes about half a minute, once on this machine", file=sys.stderr)


def watcher(wanted: bool, verbose: bool) -> Watch:
    """How the passes of a scan are shown."""

    if wanted and sys.stderr.isatty():
        when_compiling(_tell_of_compiling)

    def watch(name: str, total: int, files: int) -> AbstractContextManager[Progress]:
        shown = _shown(name, total, files) if wanted else nullcontext(_Silent())
        return _timed(name, shown) if verbose else shown

    return watch


@contextmanager
def _shown(name: str, total: int, files: int) -> Iterator[Progress]:
    if name == LISTING:
        yield _Count(name)
    elif not total:
        yield _Silent()
    elif sys.stderr.isatty():
        bar = _Bar(name, total, files)
        try:
            yield bar
        finally:
            bar.close()
    else:
        yield _Lines(name, total, files)


@contextmanager
def _timed(name: str, shown: AbstractContextManager[Progress]) -> Iterator[Progress]:
    start = time.monotonic()
    with shown as progress:
        yield progress
    tell(f"{name}: {time.monotonic() - start:.1f} s")
