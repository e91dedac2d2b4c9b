"""Database: the SQLite file of a cache, opened only where nobody else can have made it what it is."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import suppress
from pathlib import Path

from corpuscheck.files.trust import foreign, open_to_all
from corpuscheck.files.writing import write_new
from corpuscheck.running.secret import is_shared
from corpuscheck.running.tracked import is_tracked

NAME = "cache.db"
FILES = (NAME, f"{NAME}-journal", f"{NAME}-wal", f"{NAME}-shm")
LARGEST_FILE = 1 << 32

_TABLE = "entries (key BLOB PRIMARY KEY, value BLOB NOT NULL, used INTEGER NOT NULL)"
_PARTS = {
    ("table", "entries", "entries", f"CREATE TABLE {_TABLE}"),
    ("index", "sqlite_autoindex_entries_1", "entries", None),
}
"""All that our own file has in its schema: nothing of it is run by looking at a row."""

_STEPS, _MOST_CALLS = 10_000, 20_000
"""A statement that takes more steps of SQLite's machine is stopped, after some seconds."""


class RefusedError(Exception):
    """A cache that is left alone, with the reason."""


def check_folder(folder: Path) -> None:
    """Raises RefusedError for a folder that somebody else may have filled. One that is not there yet is none."""
    for place in (folder, *([] if folder.is_absolute() else folder.parents)):
        if place.is_symlink():
            raise RefusedError("it is a symbolic link" if place == folder else f"{place} is a symbolic link")
    try:
        status = os.stat(folder)
    except OSError:
        return
    if not is_shared():
        if foreign(status):
            raise RefusedError("another user owns it")
        if open_to_all(status):
            raise RefusedError("everybody can write to it")
    try:
        tracked = is_tracked(folder)
    except OSError:
        tracked = True
    if tracked:
        raise RefusedError("it is, or may be, a part of the git repository")


def connect(folder: Path, write: bool, wait: float) -> sqlite3.Connection:
    """Our own table, to be read or written.

    Raises RefusedError for what is left alone, FileNotFoundError where there is nothing to read, and what SQLite
    raises: SQLITE_NOTADB for a file that is not ours.
    """
    check_folder(folder)
    if write:
        _make(folder)
    elif not (folder / NAME).is_file():
        _check_files(folder)
        raise FileNotFoundError
    _check_files(folder)
    if write and not (folder / NAME).exists():
        with suppress(FileExistsError):
            os.close(os.open(folder / NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    interrupted = (folder / FILES[1]).exists()  # what another scan left half written has to be taken back
    mode = "rw" if write or interrupted else "ro"
    status = os.lstat(folder / NAME)
    connection = sqlite3.connect(f"{(folder / NAME).absolute().as_uri()}?mode={mode}", uri=True, timeout=wait)
    try:
        if not _has_open(status, folder / NAME):
            raise RefusedError(f"{NAME} in it was exchanged while it was opened")
        _begin(connection, write)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_files(folder: Path) -> None:
    for name in FILES:
        try:
            status = os.lstat(folder / name)
        except OSError:
            continue
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            raise RefusedError(f"{name} in it is no regular file")
        if foreign(status) and not is_shared():
            raise RefusedError(f"another user owns {name} in it")
        if status.st_size > LARGEST_FILE:
            raise RefusedError(f"{name} in it is far too large")


def _has_open(status: os.stat_result, path: Path) -> bool:
    """Whether this process has that very file open now: SQLite follows links, also one put there a moment ago.

    Nothing is opened for that: to close a file gives up the locks that other connections have on it.
    """
    for descriptors in ("/proc/self/fd", "/dev/fd"):
        with suppress(OSError):
            return any(_is(status, int(name)) for name in os.listdir(descriptors) if name.isdecimal())
    return os.path.samestat(status, os.lstat(path))


def _is(status: os.stat_result, descriptor: int) -> bool:
    try:
        return os.path.samestat(status, os.fstat(descriptor))
    except OSError:
        return False


def _begin(connection: sqlite3.Connection, write: bool) -> None:
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    calls = iter(range(_MOST_CALLS))
    connection.set_progress_handler(lambda: next(calls, None) is None, _STEPS)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    if not write:
        connection.execute("PRAGMA query_only = ON")
    found = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master LIMIT 3").fetchall()
    if found and (set(found) != _PARTS or connection.execute("PRAGMA journal_mode").fetchone() != ("delete",)):
        error = sqlite3.DatabaseError("it is not a file of this program")
        error.sqlite_errorcode = sqlite3.SQLITE_NOTADB
        raise error
    if not found and not write:  # another scan is about to begin it
        raise FileNotFoundError
    if not found:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute(f"CREATE TABLE IF NOT EXISTS {_TABLE}")


def discard(folder: Path) -> None:
    """Take a file that is no database of ours away, so that it is begun anew."""
    for name in FILES:
        with suppress(OSError):
            (folder / name).unlink()


_MARKS = {
    ".gitignore": "*\n",
    "CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc55\n# Made by corpuscheck, see bford.info/cachedir\n",
}


def _make(folder: Path) -> None:
    """The folder, which tells git and backup tools to leave it alone."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in _MARKS.items():
        write_new(folder / name, text.encode())
