"""Cache: what was measured before, by what it depended on. It may be lost, damaged or planted at any time."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cached_property
from hmac import compare_digest
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
import zstandard

from corpuscheck.errors import CorpuscheckError
from corpuscheck.files.trust import descriptor_of
from corpuscheck.profile.profile import Profile, decompressed
from corpuscheck.reading.discover import Found, Source
from corpuscheck.reading.files import FileRecord
from corpuscheck.running.against import texts_of
from corpuscheck.running.database import NAME, RefusedError, check_folder, connect, discard
from corpuscheck.running.program import code
from corpuscheck.running.secret import NoSecretError, secret
from corpuscheck.settings import CacheKey, Settings
from corpuscheck.text.printable import printable
from corpuscheck.tokenizer.artefact import Artefact, remarks_text
from corpuscheck.values.packed import Packed

if TYPE_CHECKING:
    from corpuscheck.running.partial import Partial
    from corpuscheck.running.units import WorkUnit

T = TypeVar("T")

LARGEST = 1 << 30
_LARGEST_ENTRY = 1 << 28
_SEAL = 32
"""Bytes before each value that only who has the secret can make for it."""

_WAIT_SECONDS = 10.0
_FLUSH_SECONDS, _FLUSH_BYTES = 5.0, 1 << 24
"""What a scan that is killed has lost, at most."""

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT}


def key_of(secret: bytes, *values: Any) -> bytes:
    """A key for plain values, and for this version of the program; empty where a name in them is not Unicode.

    Who does not have the secret cannot know it.
    """
    try:
        text = orjson.dumps(values, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    except orjson.JSONEncodeError:
        return b""
    return hashlib.blake2b(code() + text, digest_size=24, key=secret).digest()


def _digest(rows: Iterable[tuple[Any, ...]]) -> str:
    """The digest of plain rows, of which there may be millions; empty where a name in them is not Unicode."""
    digest = hashlib.blake2b(digest_size=24)
    rows = iter(rows)
    try:
        while some := list(islice(rows, 4096)):
            digest.update(orjson.dumps(some))
    except orjson.JSONEncodeError:
        return ""
    return digest.hexdigest()


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

    An entry is believed only where its seal was made with the secret. Every failure of the file means that nothing is
    known; none reaches the scan.
    """

    def __init__(self, folder: str, key: CacheKey = "mtime") -> None:
        self._folder = Path(folder)
        self._by_content = key == "content"
        self._stamps: dict[str, str] = {}
        self._found: list[bytes] = []
        self._fresh: dict[bytes, bytes] = {}
        self._flushed = time.monotonic()
        self.use = CacheUse()

    @cached_property
    def _secret(self) -> bytes:
        """Empty where the cache is not used."""
        try:
            check_folder(self._folder)
            return secret()
        except (RefusedError, NoSecretError) as error:
            self._refuse(error)
            return b""

    def writer(self) -> Cache:
        """One for a worker of its own to keep what it measures."""
        return Cache(str(self._folder), "content" if self._by_content else "mtime")

    def stamp(self, source: Source) -> tuple[int, str]:
        """What tells whether a file has changed: its size, and its time or its content; of one in a store its stamp."""
        if source.root:
            return source.size, source.stamp
        if not self._by_content:
            return source.size, str(source.modified)
        if source.path not in self._stamps:
            self._stamps[source.path] = _content(source.path)
        return source.size, self._stamps[source.path]

    def keys_of(
        self,
        description: dict[str, Any],
        units: Iterable[WorkUnit],
        named_by: Callable[[Source], Any] = lambda source: None,
    ) -> list[bytes]:
        """A key for each unit; empty for one that cannot be kept. `named_by` gives what else a file depends on."""
        task = key_of(self._secret, description).hex() if self._secret else ""
        if not task:
            return [b"" for _ in units]
        return [self._key_of_unit(task, unit, named_by) for unit in units]

    def _key_of_unit(self, task: str, unit: WorkUnit, named_by: Callable[[Source], Any]) -> bytes:
        if any(piece.source.root and not piece.source.stamp for piece in unit):
            return b""
        pieces = [
            (
                p.source.path,
                self.stamp(p.source),
                p.start,
                p.stop,
                p.offset,
                p.groups,
                p.shared and str(p.shared.key),
                named_by(p.source),
            )
            for p in unit
        ]
        return key_of(self._secret, task, pieces)

    def unchanged(self, sources: Iterable[Source]) -> bool:
        """Whether the files are still what they were when they were found, so that what was read may be kept.

        Who reads one in a store looks at its end: see `FileRecord.changed`.
        """
        for source in sources:
            if source.root:
                continue
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
    ) -> tuple[Profile, Packed[FileRecord]] | None:
        """The outcome of the same scan of the same files; None where it is not known."""
        if not self._secret:
            return None
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
        records: Packed[FileRecord],
        read: int,
        general: Sequence[Artefact] = (),
    ) -> None:
        """Keep the outcome, for which so many files were read."""
        self.use.read = read
        self.use.known = len(found.sources) - read
        if self._secret and self.unchanged(found.sources) and not any(records.values("changed")):
            state = {"profile": b64encode(profile.to_bytes()).decode(), "records": records.to_state()}
            self.put(self._key_of_scan(found, settings, artefact, general), state)
        self.flush()

    def _key_of_scan(
        self, found: Found, settings: Settings, artefact: Artefact | None, general: Sequence[Artefact]
    ) -> bytes:
        tokenizer: list[Any] = [vars(settings.training)]
        if artefact:
            tokenizer = [artefact.definition, artefact.source, artefact.assumed, remarks_text(artefact.remarks)]
        others = [other.definition for other in general]
        roots, stamps = found.sources.values("root"), found.sources.values("stamp")
        if any(root and not stamp for root, stamp in zip(roots, stamps, strict=True)):
            return b""
        sources = ((source.path, *self.stamp(source)) for source in found.sources)
        skipped = ((s.path, s.reason, s.size) for s in found.skipped)
        files = [_digest(sources), _digest(skipped)]
        return (
            key_of(
                self._secret,
                "scan",
                vars(settings.reading),
                vars(settings.budgets),
                f"{settings.clean} {settings.near_duplicates} {settings.by} {settings.count_tokens}",
                [(texts.name, texts.fingerprint) for texts in texts_of(settings)],
                found.roots,
                tokenizer,
                others,
                files,
            )
            if all(files)
            else b""
        )

    def _get(self, keys: Iterable[bytes]) -> Iterator[Any]:
        """The state under each key, None where there is none."""
        keys = list(keys)
        asked = 0
        try:
            if not self._secret:
                raise FileNotFoundError
            with closing(connect(self._folder, False, _WAIT_SECONDS)) as connection:
                query = "SELECT value FROM entries WHERE key = ? AND length(value) <= ?"
                for key in keys:
                    rows = connection.execute(query, (key, _LARGEST_ENTRY)).fetchall()
                    asked += 1
                    yield self._state(key, rows[0][0]) if rows else None
        except FileNotFoundError:
            pass
        except RefusedError as error:
            self._refuse(error)
        except (OSError, sqlite3.Error, UnicodeError) as error:
            self._discard(error)
        yield from (None for _ in keys[asked:])

    def _state(self, key: bytes, value: Any) -> Any:
        self._found.append(key)
        return self._read(lambda sealed: _unpacked(self._unsealed(key, sealed)), value)

    def _seal(self, key: bytes, value: bytes) -> bytes:
        return hashlib.blake2b(len(key).to_bytes(4, "big") + key + value, digest_size=_SEAL, key=self._secret).digest()

    def _unsealed(self, key: bytes, sealed: bytes) -> bytes:
        """Raises ValueError for a value that was not kept under this key by who has the secret."""
        value = bytes(sealed[_SEAL:])
        if not compare_digest(sealed[:_SEAL], self._seal(key, value)):
            raise ValueError("another seal")
        return value

    def _read(self, reader: Callable[[Any], T], value: Any) -> T | None:
        """None, and counted, for an entry that is damaged."""
        try:
            return reader(value)
        except (zstandard.ZstdError, CorpuscheckError, ValueError, TypeError, LookupError, AttributeError):
            self.use.damaged += 1
            return None

    def put(self, key: bytes, state: Any) -> None:
        """Keep an entry, from the next `flush` on."""
        if not key or not self._secret:
            return
        with suppress(orjson.JSONEncodeError):
            text = orjson.dumps(state, option=orjson.OPT_NON_STR_KEYS)
            if len(text) < _LARGEST_ENTRY:
                value = zstandard.ZstdCompressor(level=1, write_checksum=True).compress(text)
                self._fresh[key] = self._seal(key, value) + value
        due = time.monotonic() - self._flushed > _FLUSH_SECONDS
        if due or sum(map(len, self._fresh.values())) > _FLUSH_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what is new, note what was used, drop what is too much."""
        now = int(time.time())
        try:
            if not self._secret:
                return
            with closing(connect(self._folder, True, _WAIT_SECONDS)) as connection:
                with connection:
                    rows = [(key, value, now) for key, value in self._fresh.items()]
                    connection.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", rows)
                    used = [(now, key) for key in self._found]
                    connection.executemany("UPDATE entries SET used = ? WHERE key = ?", used)
                    self._drop(connection)
                connection.executescript("PRAGMA incremental_vacuum")  # a script takes all its steps
            self.use.bytes = (self._folder / NAME).stat().st_size
        except RefusedError as error:
            self._refuse(error)
        except (OSError, sqlite3.Error, UnicodeError) as error:
            self._discard(error)
        finally:
            self._fresh, self._found, self._flushed = {}, [], time.monotonic()

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

    def _refuse(self, reason: Exception) -> None:
        self.use.trouble = f"the cache in {printable(str(self._folder))} is not used: {printable(str(reason), 300)}"

    def _discard(self, error: OSError | sqlite3.Error | UnicodeError) -> None:
        """A file that is no database of ours is begun anew; one that is busy or out of reach is left alone.

        Names in a damaged one need not be text, not even in what SQLite says of it.
        """
        reason = error.strerror if isinstance(error, OSError) else str(error)
        self.use.trouble = f"the cache in {printable(str(self._folder))} could not be used ({printable(str(reason))})"
        if isinstance(error, UnicodeError) or getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
            self.use.damaged += 1
            discard(self._folder)


def _unpacked(value: bytes) -> Any:
    return orjson.loads(decompressed(value, _LARGEST_ENTRY))


def _scan_from_state(state: Any) -> tuple[Profile, Packed[FileRecord]]:
    return Profile.from_bytes(b64decode(state["profile"])), Packed.from_state(FileRecord, state["records"])


def _content(path: str) -> str:
    digest = hashlib.blake2b(digest_size=16)
    try:
        with open(descriptor_of(path), "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError:
        return ""
    return digest.hexdigest()
