"""Writing: whatever this program writes is written beside its place and renamed when the last byte is on disk.

At every moment the old one is there or the new one, never a half. What a killed program left beside is taken away the
next time. An output that is a symbolic link is replaced itself: what it leads to stays as it is.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from corpuscheck.errors import CorpuscheckError, UsageError
from corpuscheck.files.putting import put, put_together
from corpuscheck.files.trust import foreign, inside
from corpuscheck.files.unwinding import unwinding
from corpuscheck.files.urls import is_url, local
from corpuscheck.text.printable import printable

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_MARK = ".corpuscheck-"
_NO_LOCK = -1
_OLD_SECONDS, _SOON = 3600, 10
"""Where there are no locks, what is older was left by a program that is gone, and so is one that put a folder aside."""

_ASIDE = "old-"

_MOST_ENTRIES = 10_000
_OWN_STREAM = re.compile(r"/dev/fd/(\d+)|/proc/self/fd/(\d+)")
_NAMED_STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}


def write_whole(path: str, data: bytes) -> None:
    """Write a file, or to a URL. A pipe or a device is written to directly. Raises CorpuscheckError."""
    if is_url(path):
        put(path, data)
        return
    path = local(path)
    try:
        if _is_stream(path):
            _write_to_stream(path, data)
            return
        place = Path(path)
        if place.is_dir() or not place.name:
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        with unwinding(), _beside(place, []) as new:
            _write(new, data, place)
            os.replace(new, place)
    except (OSError, ValueError) as error:
        raise CorpuscheckError(f"{printable(path)}: cannot be written ({_reason(error)})") from None


@contextmanager
def writing(path: str) -> Iterator[BinaryIO]:
    """A file that is written piece by piece, and has its name when the last byte is on disk; the folders above it are
    made. Raises CorpuscheckError."""
    place = Path(local(path))
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.is_dir() or not place.name:
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        with unwinding(), _beside(place, []) as new:
            with open(new, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(new, place)
    except OSError as error:
        raise CorpuscheckError(f"{printable(path)}: cannot be written ({_reason(error)})") from None


def place_for(output: str, name: str, read: Iterable[str], force: bool) -> str:
    """The file that is written: the output where it ends like the name, else one of this name in the folder that it is.

    Raises UsageError for a place among what is `read`, and for one that is taken, unless by force.
    """
    if is_url(output):
        raise UsageError(f"{printable(output, 200)}: this is written to a folder of this machine")
    ending = name[name.index(".") :]
    place = local(output) if output.endswith(ending) else os.path.join(local(output), name)
    folder = os.path.dirname(place) if place != local(output) else place
    for path in (local(path) for path in read if not is_url(path)):
        if inside(os.path.realpath(folder), os.path.realpath(path)):
            raise UsageError(
                f"{printable(output)} lies in {printable(path)}, which is read: choose a place outside of it"
            )
    taken = place if os.path.lexists(place) or place == folder else folder
    if os.path.lexists(taken) and not force and (taken == place or os.listdir(taken)):
        raise UsageError(f"{printable(taken)} is there already: --force writes over it")
    return place


def write_new(path: Path, data: bytes, mode: int = 0o666) -> bool:
    """Write a file where nothing has its name yet; tells whether it did. Raises OSError."""
    if os.path.lexists(path):
        return False
    with unwinding(), _beside(path, []) as new:
        _write(new, data, new, mode)
        try:
            os.link(new, path)
        except FileExistsError:
            return False
        except (OSError, AttributeError):  # no hard links here
            os.rename(new, path)
    return True


def write_together(folder: str, files: Mapping[str, bytes], what: str) -> None:
    """Write the files into the folder, which is made if need be: all of them or none. Others in it stay.

    Raises CorpuscheckError, which names `what` was to be saved.
    """
    if is_url(folder):
        put_together(folder, files, what)
        return
    folder = local(folder)
    made: list[Path] = []
    try:
        place = Path(os.path.realpath(folder))
        made = [parent for parent in place.parents if not parent.exists()]
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists() and not place.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if inside := [name for name in files if (place / name).is_dir()]:
            raise IsADirectoryError(errno.EISDIR, f"{inside[0]} in it is a folder")
        with unwinding(), _beside(place, files) as new:
            for name, data in files.items():
                _write(new / name, data, place / name)
            _put_in_place(new, place, files)
    except (OSError, ValueError) as error:
        with suppress(OSError):
            for parent in made:
                parent.rmdir()
        raise CorpuscheckError(f"{printable(folder)}: {what} cannot be saved there ({_reason(error)})") from None


@contextmanager
def kept_for_a_while(files: Mapping[str, bytes]) -> Iterator[str]:
    """A folder with these files, which is taken away at the end."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            Path(folder, name).write_bytes(data)
        yield folder


def _put_in_place(new: Path, place: Path, names: Iterable[str]) -> None:
    """The new folder under its name: by one renaming wherever that is possible."""
    if new.parent == place.parent:
        with suppress(OSError):
            os.rename(new, place)  # where there is nothing, or an empty folder
            return
        with suppress(OSError):
            _take_along(new, place, names)
            try:
                _exchange(new, place)
            except OSError:
                _by_two_steps(new, place)
            return
    _one_by_one(new, place, names)


def _by_two_steps(new: Path, place: Path) -> None:
    """The same where there is no such step: the old folder is put aside, and found back if this program is killed."""
    aside, lock = _aside_of(place), _locked(place)
    if lock is None:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
    try:
        os.utime(place)  # where there are no locks, this tells how long ago it was put aside
        os.rename(place, aside)
        os.rename(new, place)
    finally:
        try:
            with suppress(OSError):
                os.rename(aside, new if os.path.lexists(place) else place)
        finally:
            if lock != _NO_LOCK:
                os.close(lock)


def _aside_of(place: Path) -> Path:
    """Where the old folder is while the new one takes its place."""
    digest = blake2b(os.fsencode(place.name), digest_size=8).hexdigest()
    return place.with_name(f".{place.name[:40]}{_MARK}{_ASIDE}{digest}")


def restore(folder: Path) -> None:
    """Bring back a folder that a killed program had put aside and not replaced yet."""
    aside = _aside_of(folder) if folder.name else folder
    if os.path.lexists(folder) or aside.is_symlink() or not aside.is_dir():
        return
    with suppress(OSError):
        lock = _locked(aside)
        if lock is None:
            return
        try:
            status = aside.lstat()
            if not foreign(status) and (lock != _NO_LOCK or time.time() - status.st_mtime > _SOON):
                os.rename(aside, folder)
        finally:
            if lock != _NO_LOCK:
                os.close(lock)


def _take_along(new: Path, place: Path, names: Iterable[str]) -> None:
    """Link what else is in the old folder into the new one. Raises OSError where that cannot be done."""
    here = Path.cwd()
    if place == here or place in here.parents:  # whoever works in it would go on in the old one
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
    status, entries = place.stat(), 0
    for _, folders, files in os.walk(place):
        entries += len(folders) + len(files)
        if entries > _MOST_ENTRIES:
            raise OSError(errno.EMLINK, os.strerror(errno.EMLINK))
    if hasattr(os, "geteuid") and status.st_uid != os.geteuid():
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))
    ours = {name for name in names if os.path.lexists(place / name)}
    try:
        shutil.copytree(
            place,
            new,
            symlinks=True,
            copy_function=os.link,
            dirs_exist_ok=True,
            ignore=lambda folder, _: ours if Path(folder) == place else (),
        )
    except shutil.Error as error:
        raise OSError(errno.EMLINK, str(error)) from None


def _exchange(one: Path, other: Path) -> None:
    """Each gets the name of the other, in one step. Raises OSError where the system has no such step."""
    import ctypes

    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if sys.platform == "linux" else None
    if not rename:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    here, swap = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    if rename(here, os.fsencode(one), here, os.fsencode(other), swap):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _one_by_one(new: Path, place: Path, names: Iterable[str]) -> None:
    """Rename each file into the folder that is there; where one fails, take back the others."""
    place.mkdir(exist_ok=True)
    kept, done = {name: new / f"{name}~" for name in names if os.path.lexists(place / name)}, []
    for name, backup in kept.items():
        _link_or_copy(place / name, backup)
    try:
        for name in names:
            done.append(name)
            os.replace(new / name, place / name)
    except BaseException:
        for name in done:
            with suppress(OSError):
                if name in kept:
                    os.replace(kept[name], place / name)
                elif not os.path.lexists(new / name):
                    (place / name).unlink()
        raise


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copy2(source, target, follow_symlinks=False)


@contextmanager
def _beside(place: Path, names: Iterable[str]) -> Iterator[Path]:
    """A new file beside the place, or a new folder where there are names of files for it; gone at the end.

    As long as it is locked, another program that cleans up leaves it alone.
    """
    names = list(names)
    _clean(place, names)
    home, start = place.parent, f".{place.name[:40]}{_MARK}"
    if names and place.is_dir() and not os.access(home, os.W_OK):
        home = place
    while True:
        new = home / f"{start}{secrets.token_hex(8)}"
        if names:
            new.mkdir()
        else:
            os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
        lock = _locked(new)
        if lock is not None:
            break
    try:
        yield new
    finally:
        _remove_and_close(new, place, names, lock)


def _locked(path: Path) -> int | None:
    """The descriptor that holds the lock, -1 where there are no locks; None for what is locked, or gone meanwhile."""
    if fcntl is None:
        return _NO_LOCK
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        return None if isinstance(error, FileNotFoundError) else _NO_LOCK
    held: int | None = None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), os.lstat(path)):
            held = descriptor
    except (BlockingIOError, FileNotFoundError):
        pass
    except OSError:  # a file system without locks
        held = _NO_LOCK
    if held != descriptor:
        os.close(descriptor)
    return held


def _clean(place: Path, names: list[str]) -> None:
    """Bring back, and take away, what programs that are no longer there left beside."""
    if names:
        restore(place)
    for home in {place.parent, place} if names else {place.parent}:
        with suppress(OSError), os.scandir(home) as entries:
            start = f".{place.name[:40]}{_MARK}"
            for entry in [entry for entry in entries if entry.name.startswith(start)]:
                if entry.name.startswith(start + _ASIDE) and entry.name != _aside_of(place).name:
                    continue  # of another folder whose name begins alike
                with suppress(OSError):
                    _clean_one(Path(entry.path), place, names)


def _clean_one(left: Path, place: Path, names: list[str]) -> None:
    lock = _locked(left)
    if lock is None or (lock == _NO_LOCK and time.time() - left.lstat().st_mtime < _OLD_SECONDS):
        return
    _remove_and_close(left, place, names, lock)


def _remove_and_close(left: Path, place: Path, names: Iterable[str], lock: int) -> None:
    try:
        with suppress(OSError):
            _remove(left, place, names)
    finally:
        if lock != _NO_LOCK:
            os.close(lock)


def _remove(left: Path, place: Path, names: Iterable[str]) -> None:
    """Remove a file or folder of ours: of the latter only what was replaced, or is in its place as well."""
    if left.is_symlink() or not left.is_dir():
        left.unlink(missing_ok=True)
        return
    ours = {name + end for name in names for end in ("", "~")}
    for folder, folders, files in os.walk(left, topdown=False):
        with suppress(OSError):
            os.chmod(folder, 0o700)
        for name in [*files, *folders]:
            path = Path(folder, name)
            inside = path.relative_to(left)
            if path.is_dir() and not path.is_symlink():
                with suppress(OSError):
                    path.rmdir()
            elif str(inside) in ours or _same(path, place / inside):
                path.unlink()
    left.rmdir()


def _same(one: Path, other: Path) -> bool:
    try:
        if one.is_symlink():
            return os.readlink(one) == os.readlink(other)
        return os.path.samestat(one.lstat(), other.lstat())
    except OSError:
        return False


def _write(path: Path, data: bytes, old: Path, mode: int = 0o666) -> None:
    """Write a file to disk, with the permissions of the old one that it replaces, if there is one."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags, mode), "wb") as file:
        if path != old and old.is_file() and not old.is_symlink():
            if not os.access(old, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            os.chmod(path, stat.S_IMODE(old.stat().st_mode) & 0o777)
        elif mode != 0o666:
            os.chmod(path, mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _is_stream(path: str) -> bool:
    """Whether the path leads to a pipe, a device, or a file that this program has open already."""
    if _own_stream(path) is not None:
        return True
    try:
        kind = os.stat(path).st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(kind) or stat.S_ISDIR(kind))


def _own_stream(path: str) -> int | None:
    """The number of the stream that a name such as /dev/stdout stands for."""
    name = os.path.abspath(path)
    for _ in range(8):
        if name in _NAMED_STREAMS:
            return _NAMED_STREAMS[name]
        if found := _OWN_STREAM.fullmatch(name.replace(f"/proc/{os.getpid()}/", "/proc/self/")):
            return int(found[1] or found[2])
        if not os.path.islink(name):
            return None
        name = os.path.normpath(os.path.join(os.path.dirname(name), os.readlink(name)))
    return None


def _write_to_stream(path: str, data: bytes) -> None:
    own = _own_stream(path)
    for stream in (sys.stdout, sys.stderr):
        if own is not None and stream:
            stream.flush()
    with open(os.dup(own) if own is not None else os.open(path, os.O_WRONLY), "wb") as file:
        file.write(data)


def _reason(error: OSError | ValueError) -> str:
    return printable((isinstance(error, OSError) and error.strerror) or str(error))
