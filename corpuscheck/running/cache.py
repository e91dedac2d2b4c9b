"""Cache: what was measured before, by what it depended on. It may be lost, damaged or shared at any time."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
import zstandard

from corpuscheck.errors import CorpuscheckError
from corpuscheck.printable import printable
from corpuscheck.profile.profile import Profile, decompressed
from corpuscheck.reading.discover import Found, Source
from corpuscheck.reading.files import FileRecord
from corpuscheck.settings import CacheKey, Settings
from corpuscheck.tokenizer.artefact import Artefact, remarks_text
from corpuscheck.writing import write_new

if TYPE_CHECKING:
    from corpuscheck.running.partial import Partial
    from corpuscheck.running.units import WorkUnit

T = TypeVar("T")

LARGEST = 1 << 30
_LARGEST_ENTRY = 1 << 28
_NAME = "cache.db"
_WAIT_SECONDS = 10.0
_MARKS = {
    ".gitignore": "*\n",
    "CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc55\n# Made by corpuscheck, see bford.info/cachedir\n",
}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT}


@cache
def _code() -> bytes:
    """The digest of this program: what another version measured is never used."""
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.digest()


def key_of(*values: Any) -> bytes:
    """A key for plain values, and for this version of the program; empty where a name in them is not Unicode."""
    try:
        text = orjson.dumps(values, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    except orjson.JSONEncodeError:
        return b""
    return hashlib.blake2b(_code() + text, digest_size=24).digest()


@dataclass
class CacheUse:
    """What a scan had from its cache: files known, files read, damaged entries, bytes on disk afterwards.

    `trouble` says why it could not be used.
    """

    known: int = 0
    read: int = 0
    damaged: int = 0
    bytes: int = 0
    trouble: str = ""


class Cache:
    """Entries in one SQLite file, the least recently used dropped beyond `LARGEST` bytes.

    Every failure of the file means that nothing is known; none reaches the scan.
    """

    def __init__(self, folder: str, key: CacheKey = "mtime") -> None:
        self._folder = Path(folder)
        self._by_content = key == "content"
        self._stamps: dict[str, tuple[int, str]] = {}
        self._found: list[bytes] = []
        self._fresh: dict[bytes, bytes] = {}
        self.use = CacheUse()

    def stamp(self, source: Source) -> tuple[int, str]:
        """What tells whether a file has changed: its size, and its time or its content."""
        if source.path not in self._stamps:
            changed = _content(source.path) if self._by_content else str(source.modified)
            self._stamps[source.path] = (source.size, changed)
        return self._stamps[source.path]

    def keys_of(self, description: dict[str, Any], units: Iterable[WorkUnit]) -> list[bytes]:
        """A key for each unit; empty for one that cannot be kept."""
        task = key_of(description).hex()
        return [self._key_of_unit(task, unit) for unit in units]

    def _key_of_unit(self, task: str, unit: WorkUnit) -> bytes:
        pieces = [
            (p.source.path, self.stamp(p.source), p.start, p.stop, p.offset, p.groups, p.part and str(p.part.key))
            for p in unit
        ]
        return key_of(task, pieces)

    def unchanged(self, sources: Iterable[Source]) -> bool:
        """Whether the files are still what they were when they were found, so that what was read may be kept."""
        for source in sources:
            try:
                status = os.stat(source.path)
            except OSError:
                return False
            if (status.st_size, status.st_mtime_ns) != (source.size, source.modified):
                return False
        return True

    def partials(self, keys: Iterable[bytes]) -> Iterator[Partial | None]:
        """What is known of the units with these keys."""
        from corpuscheck.running.partial import Partial

        for state in self._get(keys):
            yield None if state is None else self._read(Partial.from_state, state)

    def scan(
        self, found: Found, settings: Settings, artefact: Artefact | None, general: Sequence[Artefact] = ()
    ) -> tuple[Profile, tuple[FileRecord, ...]] | None:
        """The outcome of the same scan of the same files; None where it is not known."""
        state = next(self._get([self._key_of_scan(found, settings, artefact, general)]), None)
        known = None if state is None else self._read(_scan_from_state, state)
        if known:
            self.use.known = len(found.sources)
            self.flush()
        return known

    def keep_scan(
        self,
        found: Found,
        settings: Settings,
        artefact: Artefact | None,
        profile: Profile,
        records: tuple[FileRecord, ...],
        read: set[str],
        general: Sequence[Artefact] = (),
    ) -> None:
        """Keep the outcome, for which these files were read."""
        self.use.read = len(read)
        self.use.known = len(found.sources) - len(read)
        if self.unchanged(found.sources):
            state = {"profile": b64encode(profile.to_bytes()).decode(), "records": [vars(r) for r in records]}
            self.put(self._key_of_scan(found, settings, artefact, general), state)
        self.flush()

    def _key_of_scan(
        self, found: Found, settings: Settings, artefact: Artefact | None, general: Sequence[Artefact]
    ) -> bytes:
        tokenizer: list[Any] = [vars(settings.training)]
        if artefact:
            tokenizer = [artefact.definition, artefact.source, artefact.assumed, remarks_text(artefact.remarks)]
        others = [other.definition for other in general]
        files = [(source.path, *self.stamp(source)) for source in found.sources]
        return key_of(
            "scan",
            vars(settings.reading),
            f"{settings.clean} {settings.near_duplicates}",
            tokenizer,
            others,
            files,
            [tuple(vars(s).values()) for s in found.skipped],
        )

    def _get(self, keys: Iterable[bytes]) -> Iterator[Any]:
        """The state under each key, None where there is none.

        A file without the table is one that another scan is about to begin.
        """
        keys = list(keys)
        asked = 0
        try:
            with closing(self._connect(False)) as connection:
                if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'entries'").fetchall():
                    raise FileNotFoundError
                for key in keys:
                    rows = connection.execute("SELECT value FROM entries WHERE key = ?", (key,)).fetchall()
                    asked += 1
                    yield self._state(key, rows[0][0]) if rows else None
        except FileNotFoundError:
            pass
        except (OSError, sqlite3.Error) as error:
            self._discard(error)
        yield from (None for _ in keys[asked:])

    def _state(self, key: bytes, value: Any) -> Any:
        self._found.append(key)
        return self._read(_unpacked, value)

    def _read(self, reader: Callable[[Any], T], value: Any) -> T | None:
        """None, and counted, for an entry that is damaged."""
        try:
            return reader(value)
        except (zstandard.ZstdError, CorpuscheckError, ValueError, TypeError, LookupError, AttributeError):
            self.use.damaged += 1
            return None

    def put(self, key: bytes, state: Any) -> None:
        """Keep an entry, from the next `flush` on."""
        if not key:
            return
        with suppress(orjson.JSONEncodeError):
            text = orjson.dumps(state, option=orjson.OPT_NON_STR_KEYS)
            if len(text) < _LARGEST_ENTRY:
                self._fresh[key] = zstandard.ZstdCompressor(level=1, write_checksum=True).compress(text)
        if sum(map(len, self._fresh.values())) > 1 << 24:
            self.flush()

    def flush(self) -> None:
        """Write what is new, note what was used, drop what is too much."""
        now = int(time.time())
        try:
            with closing(self._connect(True)) as connection:
                with connection:
                    rows = [(key, value, now) for key, value in self._fresh.items()]
                    connection.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", rows)
                    used = [(now, key) for key in self._found]
                    connection.executemany("UPDATE entries SET used = ? WHERE key = ?", used)
                    self._drop(connection)
                connection.executescript("PRAGMA incremental_vacuum")  # a script takes all its steps
            self.use.bytes = (self._folder / _NAME).stat().st_size
        except (OSError, sqlite3.Error) as error:
            self._discard(error)
        self._fresh, self._found = {}, []

    def _drop(self, connection: sqlite3.Connection) -> None:
        """The least recently used, until the rest fits."""
        total = connection.execute("SELECT coalesce(sum(length(value)), 0) FROM entries").fetchone()[0]
        if total <= LARGEST:
            return
        for key, length in connection.execute("SELECT key, length(value) FROM entries ORDER BY used, key").fetchall():
            connection.execute("DELETE FROM entries WHERE key = ?", (key,))
            total -= length
            if total <= LARGEST:
                return

    def _connect(self, create: bool) -> sqlite3.Connection:
        path = self._folder / _NAME
        if create:
            _make(self._folder)
        elif not path.is_file():
            raise FileNotFoundError
        connection = sqlite3.connect(path, timeout=_WAIT_SECONDS)
        if create:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, value BLOB NOT NULL, used INTEGER NOT NULL)"
            )
        return connection

    def _discard(self, error: OSError | sqlite3.Error) -> None:
        """A file that is no database of ours is begun anew; one that is busy or out of reach is left alone."""
        reason = error.strerror if isinstance(error, OSError) else str(error)
        self.use.trouble = f"the cache in {printable(str(self._folder))} could not be used ({printable(str(reason))})"
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
            self.use.damaged += 1
            for name in (_NAME, _NAME + "-journal"):
                with suppress(OSError):
                    (self._folder / name).unlink()


def _make(folder: Path) -> None:
    """The folder, which tells git and backup tools to leave it alone."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in _MARKS.items():
        write_new(folder / name, text.encode())


def _unpacked(value: bytes) -> Any:
    return orjson.loads(decompressed(value, _LARGEST_ENTRY))


def _scan_from_state(state: Any) -> tuple[Profile, tuple[FileRecord, ...]]:
    return Profile.from_bytes(b64decode(state["profile"])), tuple(FileRecord(**row) for row in state["records"])


def _content(path: str) -> str:
    digest = hashlib.blake2b(digest_size=16)
    try:
        with open(path, "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError:
        return ""
    return digest.hexdigest()
