"""The folder of a clean copy: made beside its place, and put there as a whole when it is finished."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from corpuscheck.errors import CorpuscheckError, UsageError
from corpuscheck.files.urls import is_url
from corpuscheck.reading.cleaned import MANIFEST, is_cleaned
from corpuscheck.text.printable import printable

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


_WORK = ".corpuscheck-clean"


def check_place(out: str, paths: Sequence[str], force: bool) -> None:
    """Raises UsageError where a clean copy would lie in the corpus, or replace what nobody said it may."""
    if is_url(out):
        raise UsageError(f"{printable(out)}: a clean copy is written to a folder of this machine")
    place = os.path.realpath(out)
    for path in paths:
        corpus = os.path.realpath(path)
        if not is_url(path) and (_inside(place, corpus) or _inside(corpus, place)):
            raise UsageError(f"{printable(out)} and {printable(path)} lie in each other: a clean copy stands apart")
    if not os.path.lexists(place):
        return
    if not os.path.isdir(place):
        raise UsageError(f"{printable(out)}: there is a file with this name")
    if not os.listdir(place):
        return
    if not is_cleaned(place):
        raise UsageError(f"{printable(out)}: this folder holds something else, and is not replaced")
    if not force:
        raise UsageError(f"{printable(out)}: there is a clean copy already; --force replaces it")


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


@contextmanager
def made_beside(out: str) -> Iterator[Path]:
    """A new folder beside the place, which gets its name at the end; gone if that is not reached.

    What a run that was killed has left is taken away. Raises CorpuscheckError where nothing can be written.
    """
    place = Path(os.path.realpath(out))
    work = place.with_name(f".{place.name[:100]}{_WORK}")
    claim = work.with_name(work.name + ".lock")
    with _told(out):
        work.parent.mkdir(parents=True, exist_ok=True)
        lock = _locked(claim, out)
    try:
        with _told(out):
            shutil.rmtree(work, ignore_errors=True)
            (work / "out").mkdir(parents=True)
            yield work
            _put(work / "out", place, work / "old")
    finally:
        shutil.rmtree(work, ignore_errors=True)
        with suppress(OSError):
            os.unlink(claim)
        os.close(lock)


@contextmanager
def _told(out: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise cannot_be_written(out, error) from None


def cannot_be_written(out: str, error: OSError) -> CorpuscheckError:
    """The error of a disk that is full, a folder that is closed: of the place, or of where the copy for it is made."""
    head, name = os.path.split(out)
    if name.startswith(".") and name.endswith(_WORK):
        out = os.path.join(head, name[1 : -len(_WORK)])
    reason = printable(error.strerror or str(error))
    more = ": the copy needs about as much room again while it is made" if error.errno == errno.ENOSPC else ""
    return CorpuscheckError(f"{printable(out)}: the clean copy cannot be written ({reason}){more}")


def _locked(path: Path, out: str) -> int:
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    if fcntl is not None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise CorpuscheckError(f"{printable(out)}: another run is writing there") from None
    return lock


def _put(new: Path, place: Path, aside: Path) -> None:
    """The finished folder under its name."""
    if place.is_dir():
        os.rename(place, aside)
    try:
        os.rename(new, place)
    except OSError:
        if aside.exists():
            os.rename(aside, place)
        raise


def write_manifest(folder: Path, manifest: dict[str, object]) -> None:
    """Write what a clean copy says of itself."""
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8")
