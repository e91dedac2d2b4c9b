"""A cache that is damaged, busy, full or out of reach: the scan is right, and a line says what was wrong."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import zstandard
from support import Main, everything, run, scanned, write_files

from corpuscheck.running import cache
from corpuscheck.running.cache import Cache
from corpuscheck.running.database import connect


def _changed_values(path: Path, change: Callable[[bytes], object]) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for key, value in connection.execute("SELECT key, value FROM entries").fetchall():
            connection.execute("UPDATE entries SET value = ? WHERE key = ?", (change(value), key))


def _other_schema(path: Path, schema: str) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(schema)


def _patched(path: Path, old: bytes, new: bytes) -> None:
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))


def _huge(value: bytes) -> bytes:
    """A frame that says it holds 2^50 bytes."""
    return bytes.fromhex("28b52ffde0") + (1 << 50).to_bytes(8, "little") + b"\1\0\0"


def _packed(text: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(text)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "random bytes": lambda p: p.write_bytes(os.urandom(50_000)),
    "text": lambda p: p.write_text("not a database " * 1000),
    "cut in the middle": lambda p: p.write_bytes(p.read_bytes()[: p.stat().st_size // 2]),
    "pages overwritten": lambda p: p.write_bytes(p.read_bytes()[:4096] + b"\xff" * (p.stat().st_size - 4096)),
    "other columns": lambda p: _other_schema(p, "CREATE TABLE entries (a, b)"),
    "stricter columns": lambda p: _other_schema(p, "CREATE TABLE entries (key, value, used CHECK (used < 0))"),
    "a table whose name is no text": lambda p: _patched(p, b"entries", b"entri\xc7s"),
    "a schema that is neither SQL nor text": lambda p: _patched(p, b"CREATE TABLE", b"CREATE T\xc7BL\xff"),
    "a kind of part that is no text": lambda p: _patched(p, b"tableentries", b"tab\xffeentries"),
    "values cut": lambda p: _changed_values(p, lambda v: v[:-5]),
    "values of text": lambda p: _changed_values(p, lambda v: "text"),
    "values of nothing in particular": lambda p: _changed_values(p, lambda v: 5),
    "values that say they are huge": lambda p: _changed_values(p, _huge),
    "values of other JSON": lambda p: _changed_values(p, lambda v: _packed(b"[1]")),
    "values with unknown fields": lambda p: _changed_values(p, lambda v: _packed(b'{"records": [{"x": 1}]}')),
    "values of no JSON": lambda p: _changed_values(p, lambda v: _packed(b"{")),
}


@pytest.mark.few(1)
@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_ignored_counted_and_repaired(damage: str, corpus: Path, options: dict[str, Any]) -> None:
    wanted = everything(scanned(corpus, **options))
    DAMAGE[damage](Path(options["cache"]) / "cache.db")
    second = scanned(corpus, **options)
    assert everything(second) == wanted
    assert second.cache
    assert second.cache.damaged >= 1
    assert second.cache.damaged == 1 or damage.startswith("values")
    for _ in range(2):
        last = scanned(corpus, **options)
    assert everything(last) == wanted
    assert last.cache
    assert (last.cache.known, last.cache.read, last.cache.damaged, last.cache.trouble) == (5, 0, 0, "")


@pytest.mark.parametrize("content", [b"", None])
def test_an_empty_file_or_one_without_its_table_is_nothing_known(
    content: bytes | None, corpus: Path, options: dict[str, Any]
) -> None:
    """Another scan may be about to begin it."""
    place = Path(options["cache"]) / "cache.db"
    place.parent.mkdir()
    if content is None:
        with closing(sqlite3.connect(place)) as connection:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("VACUUM")
    else:
        place.write_bytes(content)
    first = scanned(corpus, **options)
    assert first.cache
    assert (first.cache.read, first.cache.damaged, first.cache.trouble) == (5, 0, "")
    assert (second := scanned(corpus, **options).cache)
    assert second.known == 5


OUT_OF_REACH: dict[str, tuple[Callable[[Path], object], str]] = {
    "a folder in its place": (lambda p: (p / "cache.db").mkdir(parents=True), "unable to open database file"),
    "a file instead of the folder": (lambda p: p.write_text("x"), "File exists"),
    "a file above it": (lambda p: None, "Not a directory"),
}


@pytest.mark.few(2)
@pytest.mark.parametrize("trouble", OUT_OF_REACH)
def test_out_of_reach_is_said(trouble: str, corpus: Path, options: dict[str, Any], tmp_path: Path) -> None:
    wanted = everything(scanned(corpus, **{**options, "cache": None}))
    make, said = OUT_OF_REACH[trouble]
    if trouble == "a file above it":
        options["cache"] = str(tmp_path / "vocab.txt" / "deep" / "cache")
    make(Path(options["cache"]))
    scan = scanned(corpus, **options)
    assert everything(scan) == wanted
    assert scan.cache
    assert said in scan.cache.trouble


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="this user can write everywhere")
@pytest.mark.parametrize("filled", [False, True])
def test_a_read_only_folder(filled: bool, corpus: Path, options: dict[str, Any]) -> None:
    wanted = everything(scanned(corpus, **{**options, "cache": options["cache"] if filled else None}))
    folder = Path(options["cache"])
    folder.mkdir(exist_ok=True)
    for path in (*folder.iterdir(), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        scan = scanned(corpus, **options)
    finally:
        folder.chmod(0o755)
    assert everything(scan) == wanted
    assert scan.cache
    assert scan.cache.trouble
    assert scan.cache.known == (5 if filled else 0)


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("code", "message"),
    [(sqlite3.SQLITE_FULL, "database or disk is full"), (sqlite3.SQLITE_READONLY, "readonly"), (0, "other")],
)
def test_what_cannot_be_written_is_left_as_it_was(
    code: int, message: str, corpus: Path, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = everything(scanned(corpus, **options))
    error = sqlite3.OperationalError(message)
    error.sqlite_errorcode = code

    def failing(*_: object) -> None:
        raise error

    before = (Path(options["cache"]) / "cache.db").stat().st_ino
    with monkeypatch.context() as patched:
        patched.setattr(Cache, "_drop", failing)
        scan = scanned(corpus, **options)
    assert everything(scan) == wanted
    assert scan.cache
    assert (scan.cache.known, scan.cache.damaged) == (5, 0)
    assert message in scan.cache.trouble
    assert (Path(options["cache"]) / "cache.db").stat().st_ino == before
    assert (after := scanned(corpus, **options).cache)
    assert (after.known, after.trouble) == (5, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_disk_full_for_good(corpus: Path, options: dict[str, Any]) -> None:
    wanted = everything(scanned(corpus, **{**options, "cache": None}))
    Path(options["cache"]).mkdir()
    (Path(options["cache"]) / "cache.db").symlink_to("/dev/full")
    scan = scanned(corpus, **options)
    assert everything(scan) == wanted
    assert scan.cache
    assert scan.cache.trouble


@pytest.mark.thorough
def test_a_busy_cache_is_not_waited_for_with_each_file(
    corpus: Path, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = everything(scanned(corpus, **options))
    monkeypatch.setattr(cache, "_WAIT_SECONDS", 0.1)
    write_files(corpus, {"0.txt": "가나다"})
    wanted = everything(scanned(corpus, **{**options, "cache": None}))
    with closing(sqlite3.connect(Path(options["cache"]) / "cache.db", isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        waits = []

        def waiting(folder: Path, writing: bool, seconds: float) -> sqlite3.Connection:
            waits.append(seconds)
            return connect(folder, writing, seconds)

        monkeypatch.setattr(cache, "connect", waiting)
        scan = scanned(corpus, **options)
        assert len(waits) < 5
        connection.execute("ROLLBACK")
    assert everything(scan) == wanted
    assert scan.cache
    assert (scan.cache.damaged, "locked" in scan.cache.trouble) == (0, True)
    assert (after := scanned(corpus, **options).cache)
    assert after.known == 4


def test_size_stays_under_its_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The least recently used goes first, and the file on disk shrinks too."""
    monkeypatch.setattr(cache, "LARGEST", 100_000)
    for n in range(30):
        kept = Cache(str(tmp_path))
        kept.put(b"%024d" % n, {"n": n, "text": os.urandom(5000).hex()})
        list(kept._get([b"%024d" % 0]))
        kept.flush()
        assert kept.use.bytes < 200_000
        monkeypatch.setattr(time, "time", lambda now=n: float(now + 1))
    found = [state["n"] for state in Cache(str(tmp_path))._get([b"%024d" % n for n in range(30)]) if state]
    assert found[0] == 0  # used all the time
    assert found[1:] == list(range(30 - len(found) + 1, 30))
    assert 10 < len(found) < 25


@pytest.mark.thorough
def test_two_scans_at_once_do_not_harm_each_other(corpus: Path, options: dict[str, Any]) -> None:
    wanted = everything(scanned(corpus, **options))[0]
    (Path(options["cache"]) / "cache.db").unlink()
    arguments = [corpus, "--tokenizer", options["tokenizer"], "--cache-dir", options["cache"], "--format", "json"]
    environment = {**os.environ, "CORPUSCHECK_NO_CACHE": "0"}
    with ThreadPoolExecutor(4) as threads:
        running = [threads.submit(run, "scan", *arguments, env=environment) for _ in range(4)]
    for done in (each.result() for each in running):
        assert done.stdout.encode().rstrip() == wanted.rstrip(), done.stderr
        assert "could not" not in done.stderr
    assert (after := scanned(corpus, **options).cache)
    assert after.known == 5


@pytest.mark.parametrize(("folder", "shown"), [("a\x1b[31mb", "a\\u001b[31mb"), ("\u202egnp", "\\u202egnp")])
def test_trouble_is_one_printable_line(
    folder: str, shown: str, run_main: Main, corpus: Path, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORPUSCHECK_NO_CACHE", "0")
    place = corpus.parent / folder
    place.write_text("a file in its place")
    arguments = [corpus, "--tokenizer", options["tokenizer"], "--cache-dir", place, "--format", "concise"]
    status, _, err = run_main("scan", *arguments)
    assert status == 1
    line = err.splitlines()[-1]
    assert line.isprintable()
    assert f"{shown} could not be used (File exists)" in line
