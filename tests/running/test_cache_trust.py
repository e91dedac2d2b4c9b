"""A cache that somebody else may have filled is not believed, not followed and not waited for."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from in_time import in_time
from scratch import NEEDS_GIT_AND_BASH, Repository
from support import Main, everything, korean_lines, quick_command, run, scanned, write_files, write_vocabulary

from corpuscheck.api import Scan
from corpuscheck.running import secret as secrets
from corpuscheck.running.secret import SHARED, NoSecretError, secret
from corpuscheck.running.tracked import is_tracked

AS_ROOT = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
NOT_ON_WINDOWS = pytest.mark.skipif(os.name == "nt", reason="links, pipes and owners are others there")

ENTRIES = "CREATE TABLE entries (key BLOB PRIMARY KEY, value BLOB NOT NULL, used INTEGER NOT NULL)"


@pytest.fixture(autouse=True)
def _own_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def not_used(scan: Scan, wanted: Any, reason: str) -> None:
    assert everything(scan) == wanted
    assert scan.cache
    assert (scan.cache.known, scan.cache.bytes) == (0, 0)
    assert scan.cache.trouble.endswith(f"is not used: {reason}")


# whose it is


def another_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state of another"))


def test_what_another_user_or_machine_kept_is_measured_anew(
    corpus: Path, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mine = everything(scanned(corpus, **options))
    another_user(monkeypatch, tmp_path)
    theirs = scanned(corpus, **options)
    assert everything(theirs) == mine
    assert theirs.cache
    assert (theirs.cache.known, theirs.cache.read, theirs.cache.damaged, theirs.cache.trouble) == (0, 5, 0, "")
    assert (again := scanned(corpus, **options).cache)
    assert again.known == 5
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert (before := scanned(corpus, **options).cache)
    assert before.known == 5  # side by side


@pytest.mark.thorough
def test_a_state_of_another_corpus_is_not_taken_for_this_one(corpus: Path, options: dict[str, Any]) -> None:
    """Values that were swapped between keys are as good as damaged, though the secret has sealed them."""
    scanned(corpus, **options)
    write_files(corpus, {"0.txt": "나쁜 글 똠방각하"})
    wanted = everything(scanned(corpus, **options))
    with closing(sqlite3.connect(Path(options["cache"]) / "cache.db")) as connection, connection:
        rows = connection.execute("SELECT key, value FROM entries ORDER BY length(value)").fetchall()
        for (key, _), (_, value) in zip(rows, rows[1:] + rows[:1], strict=True):
            connection.execute("UPDATE entries SET value = ? WHERE key = ?", (value, key))
    scan = scanned(corpus, **options)
    assert everything(scan) == wanted
    assert scan.cache
    assert scan.cache.damaged
    assert scan.cache.known == 0


def test_those_who_share_a_secret_share_a_cache(
    corpus: Path, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(SHARED, "a secret of the team")
    scanned(corpus, **options)
    another_user(monkeypatch, tmp_path)
    assert (scan := scanned(corpus, **options).cache)
    assert scan.known == 5
    assert not list(tmp_path.glob("state*"))
    monkeypatch.setenv(SHARED, "another secret of it")
    assert (scan := scanned(corpus, **options).cache)
    assert (scan.known, scan.trouble) == (0, "")


def test_a_secret_that_is_hardly_one_is_refused(
    corpus: Path, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = everything(scanned(corpus, **{**options, "cache": None}))
    monkeypatch.setenv(SHARED, "123")
    not_used(scanned(corpus, **options), wanted, f"{SHARED} has fewer than 16 characters")


@NOT_ON_WINDOWS
def test_the_secret_is_for_this_user_alone(tmp_path: Path) -> None:
    os.umask(mask := os.umask(0))
    first = secret()
    path = tmp_path / "state" / "corpuscheck" / "cache-secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700 & ~mask
    assert (len(first), secret()) == (32, first)
    assert [p.name for p in path.parent.iterdir()] == ["cache-secret"]


def _secret_of(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def _readable(path: Path) -> None:
    path.write_bytes(b"x" * 32)
    path.chmod(0o644)


def _linked(path: Path) -> None:
    write_files(path.parent, {"real": "x" * 32})
    (path.parent / "real").chmod(0o600)
    path.symlink_to("real")


@pytest.mark.few(2)
@NOT_ON_WINDOWS
@pytest.mark.parametrize(
    "make", [_secret_of(b""), _secret_of(b"short"), _secret_of(b"x" * 33), _readable, _linked, os.mkfifo, os.mkdir]
)
def test_a_secret_that_others_may_know_is_none(
    make: Callable[[Path], object], corpus: Path, options: dict[str, Any], tmp_path: Path
) -> None:
    wanted = everything(scanned(corpus, **{**options, "cache": None}))
    path = tmp_path / "state" / "corpuscheck" / "cache-secret"
    path.parent.mkdir(parents=True)
    make(path)
    if path.is_file() and make is not _readable:
        path.chmod(0o600)
    scan = scanned(corpus, **options)
    assert everything(scan) == wanted
    assert scan.cache
    assert "is not used: no secret of this user can be kept" in scan.cache.trouble
    assert not (Path(options["cache"]) / "cache.db").exists()


def test_no_place_for_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(tmp_path, {"state": "a file in its place"})
    with pytest.raises(NoSecretError, match=f"{SHARED} can give one"):
        secret()
    monkeypatch.setenv("XDG_STATE_HOME", "relative/path")  # is ignored, as the specification says
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert secrets._folder() == tmp_path / "home" / ".local" / "state" / "corpuscheck" or os.name == "nt"


# what is in its place


@NOT_ON_WINDOWS
@pytest.mark.parametrize("relative", [False, True])
def test_a_folder_that_is_a_link_is_not_used(
    relative: bool, corpus: Path, options: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wanted = everything(scanned(corpus, **{**options, "cache": None}))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "cache").symlink_to("elsewhere")
    not_used(
        scanned(corpus, **{**options, "cache": "cache" if relative else options["cache"]}),
        wanted,
        "it is a symbolic link",
    )
    not_used(scanned(corpus, **{**options, "cache": "cache/deep"}), wanted, "cache is a symbolic link")
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.few(2)
@NOT_ON_WINDOWS
@pytest.mark.parametrize("name", ["CACHEDIR.TAG", ".gitignore"])
@pytest.mark.parametrize("there", [False, True])
def test_what_marks_the_folder_is_not_written_through_a_link(
    name: str, there: bool, corpus: Path, options: dict[str, Any], tmp_path: Path
) -> None:
    write_files(tmp_path, {"precious": "precious"} if there else {})
    Path(options["cache"]).mkdir()
    (Path(options["cache"]) / name).symlink_to("../precious")
    assert scanned(corpus, **options).cache
    assert (tmp_path / "precious").exists() == there
    assert not there or (tmp_path / "precious").read_text() == "precious"
    assert (scan := scanned(corpus, **options).cache)
    assert scan.known == 5


def _link(path: Path) -> None:
    write_files(path.parent.parent, {"precious": "precious"})
    path.symlink_to("../precious")


@pytest.mark.few(5)
@NOT_ON_WINDOWS
@pytest.mark.parametrize("name", ["cache.db", "cache.db-journal", "cache.db-wal", "cache.db-shm"])
@pytest.mark.parametrize("make", [_link, os.mkfifo, lambda p: p.symlink_to("/dev/zero"), lambda p: p.symlink_to("no")])
@pytest.mark.parametrize("filled", [False, pytest.param(True, marks=pytest.mark.thorough)])
def test_files_that_are_no_files_are_left_alone(
    name: str, make: Callable[[Path], object], filled: bool, corpus: Path, options: dict[str, Any], tmp_path: Path
) -> None:
    wanted = everything(scanned(corpus, **{**options, "cache": options["cache"] if filled else None}))
    path = Path(options["cache"]) / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    make(path)
    with in_time():
        not_used(scanned(corpus, **options), wanted, f"{name} in it is no regular file")
    assert not (tmp_path / "precious").exists() or (tmp_path / "precious").read_text() == "precious"
    assert not path.is_symlink() or not (path.parent / "no").exists()


@NOT_ON_WINDOWS
def test_a_file_of_any_size_is_not_read(corpus: Path, options: dict[str, Any]) -> None:
    wanted = everything(scanned(corpus, **options))
    os.truncate(Path(options["cache"]) / "cache.db", 1 << 40)
    not_used(scanned(corpus, **options), wanted, "cache.db in it is far too large")


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT"
SCHEMAS: dict[str, list[str]] = {
    "a view without end": [
        f"CREATE VIEW entries AS {ENDLESS} CAST(x AS BLOB) AS key, x AS value, x AS used FROM n",
    ],
    "a trigger without end": [
        ENTRIES,
        f"CREATE TRIGGER t BEFORE UPDATE ON entries BEGIN {ENDLESS} max(x) FROM n; END",
        f"CREATE TRIGGER u BEFORE INSERT ON entries BEGIN {ENDLESS} max(x) FROM n; END",
    ],
    "a trigger that writes": [ENTRIES, "CREATE TRIGGER t AFTER INSERT ON entries BEGIN DELETE FROM entries; END"],
    "another index": [ENTRIES, "CREATE INDEX i ON entries (used)"],
    "an index by an expression": [ENTRIES, "CREATE INDEX i ON entries (length(value))"],
    "another table": [ENTRIES, "CREATE TABLE others (x)"],
    "a view beside it": [ENTRIES, f"CREATE VIEW v AS {ENDLESS} x FROM n"],
    "a virtual table": ["CREATE VIRTUAL TABLE entries USING fts5(key, value, used)"],
    "a generated column": [
        "CREATE TABLE entries (key BLOB PRIMARY KEY, value BLOB AS (zeroblob(1000000000)), used INTEGER)"
    ],
    "a default": [ENTRIES.replace("used INTEGER NOT NULL", "used INTEGER NOT NULL DEFAULT (randomblob(9))")],
    "without row numbers": [ENTRIES + " WITHOUT ROWID"],
    "a write-ahead log": ["PRAGMA journal_mode = WAL", ENTRIES, "INSERT INTO entries VALUES (x'00', x'00', 1)"],
    "many tables": [ENTRIES, *(f"CREATE TABLE t{n} (x)" for n in range(300))],
}


@pytest.mark.few(1)
@pytest.mark.parametrize("schema", SCHEMAS)
def test_only_our_own_schema_is_read_and_another_one_is_begun_anew(
    schema: str, corpus: Path, options: dict[str, Any]
) -> None:
    wanted = everything(scanned(corpus, **options))
    path = Path(options["cache"]) / "cache.db"
    path.unlink()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in SCHEMAS[schema]:
            connection.execute(statement)
    with in_time():
        scan = scanned(corpus, **options)
    assert everything(scan) == wanted
    assert scan.cache
    assert (scan.cache.known, scan.cache.damaged) == (0, 1)
    assert "it is not a file of this program" in scan.cache.trouble
    assert (again := scanned(corpus, **options).cache)
    assert (again.known, again.damaged, again.trouble) == (5, 0, "")


def test_what_a_killed_scan_left_half_written_is_taken_back(corpus: Path, options: dict[str, Any]) -> None:
    wanted = everything(scanned(corpus, **options))
    script = (
        "import os, sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('PRAGMA cache_size = 1')\n"
        "c.execute('BEGIN')\n"
        "for n in range(200): c.execute('INSERT INTO entries VALUES (?, randomblob(9000), 1)', (b'%d' % n,))\n"
        "os._exit(1)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(Path(options["cache"]) / "cache.db")], check=False)
    assert (Path(options["cache"]) / "cache.db-journal").stat().st_size
    scan = scanned(corpus, **options)
    assert everything(scan) == wanted
    assert scan.cache
    assert (scan.cache.known, scan.cache.trouble) == (5, "")


# owners


@pytest.mark.few(1)
@AS_ROOT
@pytest.mark.parametrize(
    ("what", "reason"), [("", "another user owns it"), ("cache.db", "another user owns cache.db in it")]
)
def test_a_cache_of_another_user_is_not_used_unless_a_secret_is_shared(
    what: str, reason: str, corpus: Path, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = everything(scanned(corpus, **options))
    os.chown(Path(options["cache"]) / what, 4711, 4711)
    not_used(scanned(corpus, **options), wanted, reason)
    monkeypatch.setenv(SHARED, "a secret of the team")
    for known in (0, 5):
        assert (scan := scanned(corpus, **options).cache)
        assert (scan.known, scan.trouble) == (known, "")


@NOT_ON_WINDOWS
def test_a_folder_that_everybody_can_write_to_is_not_used(corpus: Path, options: dict[str, Any]) -> None:
    wanted = everything(scanned(corpus, **options))
    Path(options["cache"]).chmod(0o777)
    not_used(scanned(corpus, **options), wanted, "everybody can write to it")
    Path(options["cache"]).chmod(0o775)
    assert (scan := scanned(corpus, **options).cache)
    assert scan.known == 5


# git

TRACKED = "it is, or may be, a part of the git repository"


def _index_version(n: int) -> Callable[[Repository], object]:
    return lambda r: r.git("update-index", f"--index-version={n}")


def _version_3(repository: Repository) -> None:
    """What is only meant to be added needs a flag that version 2 has not."""
    write_files(repository.folder, {"n.txt": "n"})
    repository.git("add", "--intent-to-add", "n.txt")


def _split(repository: Repository) -> None:
    repository.git("update-index", "--split-index")
    repository.commit({"corpus/new.txt": "x"})


def _other_case(repository: Repository) -> None:
    repository.git("mv", ".corpuscheck_cache", "x")
    repository.git("mv", "x", ".CorpusCheck_Cache")


INDEXES: dict[str, Callable[[Repository], object]] = {
    "as it is": lambda r: None,
    "version 2": _index_version(2),
    "version 3": _version_3,
    "version 4": _index_version(4),
    "split": _split,
    "in another case": _other_case,
    "not an index": lambda r: write_files(r.folder, {".git/index": "something"}),
}


def _repository(folder: Path, files: dict[str, str | bytes], *options: str) -> Repository:
    folder.mkdir()
    repository = Repository(folder)
    repository.git("init", "--quiet", *options)
    repository.commit(files)
    return repository


FILES: dict[str, str | bytes] = {
    **{f"corpus/{n}.txt": "가나 다라 마바" for n in range(30)},
    "corpus/.corpuscheck_cache.txt": "no cache",
    "sub/.corpuscheck_cache/other": "another one",
    ".corpuscheck_cache2/x": "x",
}


@NEEDS_GIT_AND_BASH
@pytest.mark.parametrize("name", INDEXES)
@pytest.mark.parametrize("tracked", [False, True])
@pytest.mark.parametrize("hashes", ["sha1", pytest.param("sha256", marks=pytest.mark.thorough)])
def test_a_cache_that_git_tracks(name: str, tracked: bool, hashes: str, tmp_path: Path) -> None:
    more: dict[str, str | bytes] = {".corpuscheck_cache/cache.db": "x"} if tracked else {}
    repository = _repository(tmp_path / "r", {**FILES, **more}, f"--object-format={hashes}")
    if name == "in another case" and not tracked:
        return
    INDEXES[name](repository)
    assert is_tracked(repository.folder / ".corpuscheck_cache") == (tracked or name == "not an index")
    assert is_tracked(repository.folder / "sub" / ".corpuscheck_cache")
    if name == "as it is":
        assert is_tracked(repository.folder / "corpus")
        assert not is_tracked(repository.folder / "corp")


@NEEDS_GIT_AND_BASH
def test_a_cache_that_git_tracks_in_worktrees_submodules_and_nowhere(tmp_path: Path) -> None:
    repository = _repository(tmp_path / "r", {**FILES, ".corpuscheck_cache/cache.db": "x"})
    repository.git("worktree", "add", "-q", str(tmp_path / "w"))
    assert is_tracked(tmp_path / "w" / ".corpuscheck_cache")
    assert not is_tracked(tmp_path / "w" / "cache")
    outer = _repository(tmp_path / "outer", {"a.txt": "a"})
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(repository.folder), "inner")
    assert is_tracked(outer.folder / "inner" / ".corpuscheck_cache")
    assert not is_tracked(outer.folder / "inner" / "cache")
    shutil.rmtree(repository.folder / ".git")
    assert not is_tracked(repository.folder / ".corpuscheck_cache")


@pytest.mark.thorough
@NEEDS_GIT_AND_BASH
def test_a_committed_cache_turns_no_verdict(tmp_path: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch) -> None:
    """A good corpus's state under the keys of a bad one, as somebody commits it who has every right on this machine."""
    monkeypatch.delenv("CORPUSCHECK_NO_CACHE")
    files: dict[str, str | bytes] = {f"corpus/{n}.txt": line for n, line in enumerate(korean_lines(12))}
    repository = _repository(tmp_path / "r", files)
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", "가")
    monkeypatch.chdir(repository.folder)
    scan = ["scan", "corpus", "--tokenizer", vocabulary, "--format", "concise"]
    status, wanted, _ = run_main(*scan)
    assert status == 1
    repository.git("add", "--force", ".corpuscheck_cache")
    repository.commit({})
    before = (repository.folder / ".corpuscheck_cache/cache.db").read_bytes()
    status, out, err = run_main(*scan, "--no-progress")
    assert (status, out) == (1, wanted)
    assert err == f"the cache in .corpuscheck_cache is not used: {TRACKED}\n"
    assert (repository.folder / ".corpuscheck_cache/cache.db").read_bytes() == before
    assert run_main(*scan, "--quiet")[2] == ""
    assert run_main(*scan, "--cache-dir", ".other")[2] == ""
    assert "12 files as before" in run_main(*scan, "--cache-dir", ".other")[2]


def test_scans_that_begin_at_once_have_one_secret(tmp_path: Path) -> None:
    code = "from corpuscheck.running.secret import secret; print(secret().hex())"
    running = [subprocess.Popen(quick_command("-c", code), stdout=subprocess.PIPE, text=True) for _ in range(6)]
    assert len({process.communicate()[0] for process in running}) == 1
    assert run("--version").returncode == 0


# what is exchanged while it is opened


@pytest.mark.few(1)
@NOT_ON_WINDOWS
@pytest.mark.parametrize("held", ["empty", "a database"])
def test_a_link_put_in_place_of_the_file_as_it_is_opened_is_not_followed(
    held: str, corpus: Path, options: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = everything(scanned(corpus, **options))
    target = tmp_path / "precious.db"
    target.touch()
    if held == "a database":
        with closing(sqlite3.connect(target)) as connection:
            connection.execute(ENTRIES)
    before = target.read_bytes()
    place, connect = Path(options["cache"]) / "cache.db", sqlite3.connect

    def exchanged(*given: Any, **named: Any) -> Any:
        place.unlink()
        place.symlink_to(target)
        connection = connect(*given, **named)
        place.unlink()
        place.touch()
        return connection

    monkeypatch.setattr(sqlite3, "connect", exchanged)
    scan = scanned(corpus, **options)
    not_used(scan, wanted, "cache.db in it was exchanged while it was opened")
    assert target.read_bytes() == before
