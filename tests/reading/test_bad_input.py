"""Files that cannot be read as they are: never an exception, never a wrong number in silence."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from support import document_of, documents_in, korean_lines, run, scanned, shrink_samples, write_files, write_vocabulary

from corpuscheck import api
from corpuscheck.errors import NothingToScanError, UsageError
from corpuscheck.reading import discover as discovering
from corpuscheck.reading.discover import Found
from corpuscheck.settings import Reading

GOOD = "the quick brown fox jumps over the lazy dog\n"
TEXT = "\n".join(korean_lines(6000, seed=9)) + "\n"


@pytest.fixture(autouse=True)
def _small_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    shrink_samples(monkeypatch)


@pytest.fixture
def vocabulary(tmp_path: Path) -> str:
    return write_vocabulary(tmp_path / "vocab.txt", "abcdefghijklmnopqrstuvwxyz")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_files(tmp_path / "corpus", {"good.txt": GOOD})


def _reasons(corpus: Path, vocabulary: str) -> dict[str, int]:
    """Reasons for skipping; the good file beside the bad ones must be measured, and nothing else."""
    document = document_of(corpus, tokenizer=vocabulary)
    assert document["reading"]["measured"] == 1
    assert document["size"]["utf8_bytes"] == len(GOOD)
    assert document["tokenizer"]["words"] == 9
    reasons: dict[str, int] = document["reading"]["skipped_reasons"]
    assert sum(reasons.values()) == document["reading"]["skipped"]
    return reasons


def test_missing_path_is_named() -> None:
    with pytest.raises(UsageError, match=r"^nowhere/at/all: no such file or folder$"):
        scanned("nowhere/at/all")


def test_missing_path_beside_a_good_one_is_not_passed_over(corpus: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        scanned([corpus, corpus / "missing.txt"])


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_no_permission(corpus: Path, vocabulary: str) -> None:
    write_files(corpus, {"secret.txt": GOOD, "closed/inside.txt": GOOD})
    (corpus / "secret.txt").chmod(0)
    (corpus / "closed").chmod(0)
    try:
        assert _reasons(corpus, vocabulary) == {discovering.NO_PERMISSION: 2}
        with pytest.raises(UsageError, match="Permission denied"):
            scanned(corpus / "closed")
        with pytest.raises(NothingToScanError, match="permission denied"):
            scanned(corpus / "secret.txt")
    finally:
        (corpus / "closed").chmod(0o755)


def test_no_permission_as_the_system_says_it(corpus: Path, vocabulary: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for every user: opening a file and listing a folder are refused."""
    write_files(corpus, {"secret.txt": GOOD, "closed/inside.txt": GOOD})

    def refusing(allowed: Callable[..., Any], name: str) -> Callable[..., Any]:
        def call(path: Any, *arguments: Any, **options: Any) -> Any:
            if str(path).endswith(name):
                raise PermissionError(13, "Permission denied", path)
            return allowed(path, *arguments, **options)

        return call

    monkeypatch.setattr(os, "open", refusing(os.open, "secret.txt"))
    monkeypatch.setattr(os, "scandir", refusing(os.scandir, "closed"))
    assert _reasons(corpus, vocabulary) == {discovering.NO_PERMISSION: 2}


def test_what_this_program_wrote_is_no_part_of_a_corpus(corpus: Path, vocabulary: str) -> None:
    write_files(corpus, {"corpuscheck.toml": "min-size = '1kB'", "base.ccp": b"corpuscheck profile\n"})
    write_files(corpus, {".corpuscheckignore": "drafts/", ".corpuscheck_cache/cache.sqlite": b"SQLite"})
    assert _reasons(corpus, vocabulary) == {}


def test_files_under_the_present_folder_are_named_as_others_name_them(
    corpus: Path, vocabulary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(corpus)
    for given in (".", "./good.txt", "good.txt"):
        assert [record.path for record in scanned(given, tokenizer=vocabulary).records] == ["good.txt"]


def test_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    with pytest.raises(NothingToScanError, match="no files here"):
        scanned(tmp_path)


def test_empty_file(corpus: Path, vocabulary: str) -> None:
    write_files(corpus, {"empty.txt": "", "empty.jsonl": ""})
    assert _reasons(corpus, vocabulary) == {"empty": 2}
    with pytest.raises(NothingToScanError, match="1 empty"):
        scanned(corpus / "empty.txt")


@pytest.mark.few(7)
@pytest.mark.parametrize(
    "content", [b"", gzip.compress(b"", mtime=0), b"\xef\xbb\xbf", b"\xff\xfe"], ids=["plain", "gzip", "BOM", "UTF-16"]
)
@pytest.mark.parametrize("ending", ["txt", "jsonl", "json", "csv", "tsv"])
def test_files_without_text_are_skipped(content: bytes, ending: str, corpus: Path, vocabulary: str) -> None:
    write_files(corpus, {f"hollow.{ending}" + ".gz" * content.startswith(b"\x1f\x8b"): content})
    (reason,) = _reasons(corpus, vocabulary)
    assert reason in ("empty", "no text in it", "not json: nothing could be parsed")


@pytest.mark.parametrize(
    ("start", "name"),
    [(b"\x89PNG\r\n\x1a\n", "png"), (b"PK\x03\x04", "zip"), (b"\x7fELF\x02\x01", "elf"), (b"", "")],
)
def test_binary_with_the_name_of_a_text(start: bytes, name: str, corpus: Path, vocabulary: str) -> None:
    write_files(corpus, {"picture.txt": start + bytes(range(256)) * 40})
    (reason,) = _reasons(corpus, vocabulary)
    assert reason.startswith("binary")
    assert name in reason


def _link(corpus: Path, name: str, target: str | Path) -> None:
    try:
        (corpus / name).symlink_to(target)
    except (OSError, NotImplementedError):
        pytest.skip("no symbolic links here")


def test_symbolic_links(corpus: Path, vocabulary: str) -> None:
    (corpus / "folder").mkdir()
    _link(corpus, "broken.txt", "missing.txt")
    _link(corpus, "again.txt", "good.txt")
    _link(corpus, "itself.txt", "itself.txt")
    _link(corpus, "folder/up", corpus)
    _link(corpus, "folder/loop", ".")
    assert _reasons(corpus, vocabulary) == {
        discovering.BROKEN_LINK: 2,
        discovering.SAME_FILE: 1,
        discovering.LINK_LOOP: 2,
    }


def test_symbolic_links_to_other_places_are_followed_once_where_it_is_asked_for(
    corpus: Path, tmp_path: Path, vocabulary: str
) -> None:
    write_files(tmp_path / "elsewhere", {"other.txt": GOOD})
    _link(corpus, "a", tmp_path / "elsewhere")
    _link(corpus, "b", tmp_path / "elsewhere")
    _link(corpus, "c.txt", tmp_path / "elsewhere" / "other.txt")
    document = document_of(corpus, tokenizer=vocabulary, follow_links=True)
    assert document["size"]["utf8_bytes"] == 2 * len(GOOD)
    assert document["reading"]["files"] == document["reading"]["measured"] + 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_fifo_and_socket_do_not_hang(corpus: Path, vocabulary: str, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(corpus / "pipe.txt")
    monkeypatch.chdir(corpus)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.txt")
        done = run("scan", corpus, "--tokenizer", vocabulary, "--format", "json")
    assert json.loads(done.stdout)["reading"]["skipped_reasons"] == {discovering.SPECIAL: 2}
    assert json.loads(done.stdout)["size"]["utf8_bytes"] == len(GOOD)
    named = run("scan", corpus / "pipe.txt", "/dev/null")
    assert (named.returncode, named.stderr) == (2, "corpuscheck: nothing to scan: every file was skipped "
                                                   "(2 not a regular file)\n")  # fmt: skip


def _after_discovery(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    def discover(*arguments: Any) -> Found:
        found = discovering.discover(*arguments)
        act()
        return found

    monkeypatch.setattr(api, "discover", discover)


def test_file_that_vanishes(corpus: Path, vocabulary: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(corpus, {"gone.txt": GOOD})
    _after_discovery(monkeypatch, (corpus / "gone.txt").unlink)
    assert _reasons(corpus, vocabulary) == {discovering.VANISHED: 1}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_file_that_becomes_a_pipe(corpus: Path, vocabulary: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(corpus, {"pipe.txt": GOOD})

    def replace() -> None:
        (corpus / "pipe.txt").unlink()
        os.mkfifo(corpus / "pipe.txt")

    _after_discovery(monkeypatch, replace)
    assert _reasons(corpus, vocabulary) == {discovering.SPECIAL: 1}


@pytest.mark.parametrize("change", [GOOD, GOOD * 30_000], ids=["a little", "much"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_file_that_grows(
    change: str, jobs: int, corpus: Path, vocabulary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Either what was there when it was found is measured, or all of it: the figures must agree."""
    _after_discovery(monkeypatch, lambda: (corpus / "good.txt").write_text(GOOD + change))
    finished = scanned(corpus, tokenizer=vocabulary, jobs=jobs)
    size = finished.result.profile.size
    assert size.utf8_bytes in (len(GOOD), len(GOOD + change))
    assert size.raw_bytes == size.utf8_bytes == finished.records[0].bytes
    assert finished.result.profile.words.words == 9 * size.utf8_bytes // len(GOOD)


def test_file_that_shrinks(corpus: Path, vocabulary: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(corpus, {"long.txt": GOOD * 50})
    _after_discovery(monkeypatch, lambda: (corpus / "long.txt").write_text(GOOD))
    size = scanned(corpus, tokenizer=vocabulary).result.profile.size
    assert size.raw_bytes == size.utf8_bytes == 2 * len(GOOD)


COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda data: gzip.compress(data, mtime=0),
    "bz2": lambda data: bz2.compress(data, 1),
    "xz": lzma.compress,
    "zst": lambda data: zstandard.ZstdCompressor().compress(data),
}


def known(folder: Path) -> str:
    """A vocabulary of all characters here, so that no word is lost."""
    return write_vocabulary(folder / "known.txt", sorted(set(TEXT + GOOD) - set(" \n")))


@pytest.mark.few(1)
@pytest.mark.parametrize("ending", COMPRESS)
@pytest.mark.parametrize("kept", [0.6, 0.98])
def test_truncated_compressed_file(ending: str, kept: float, corpus: Path, tmp_path: Path) -> None:
    packed = COMPRESS[ending](TEXT.encode())
    write_files(corpus, {f"cut.txt.{ending}": packed[: int(len(packed) * kept)]})
    (survived,), record = documents_in(corpus / f"cut.txt.{ending}")
    assert TEXT.startswith(survived.removesuffix("\ufffd"))
    assert len(survived) > 0.2 * len(TEXT)
    assert record.damage is not None
    assert "truncated" in record.damage
    document = document_of(corpus, tokenizer=known(tmp_path))
    assert document["size"]["utf8_bytes"] == len(GOOD) + len(survived.encode())
    assert [t["files"] for t in document["reading"]["troubles"] if t["kind"] == "cut short"] == [1]
    assert "cut-short" in {finding["name"] for finding in document["findings"]}


@pytest.mark.few(2)
@pytest.mark.parametrize("ending", COMPRESS)
@pytest.mark.parametrize("kept", [3, 12])
def test_compressed_file_of_which_nothing_survives(ending: str, kept: int, corpus: Path, vocabulary: str) -> None:
    write_files(corpus, {f"cut.txt.{ending}": COMPRESS[ending](TEXT.encode())[:kept]})
    (reason,) = _reasons(corpus, vocabulary)
    assert "truncated" in reason or "damaged" in reason


@pytest.mark.thorough
@pytest.mark.parametrize("ending", COMPRESS)
def test_compressed_file_damaged_inside_is_named_and_one_not_compressed_is_read(
    ending: str, corpus: Path, tmp_path: Path
) -> None:
    packed = bytearray(COMPRESS[ending](TEXT.encode()))
    middle = len(packed) // 2
    packed[middle : middle + 64] = bytes(64)
    write_files(corpus, {f"hurt.txt.{ending}": bytes(packed), f"plain.txt.{ending}": TEXT})
    records = {os.path.basename(r.path): r for r in scanned(corpus, tokenizer=known(tmp_path)).records}
    hurt, plain = records[f"hurt.txt.{ending}"], records[f"plain.txt.{ending}"]
    assert "damaged" in (hurt.damage or hurt.reason or "")
    assert (plain.status, plain.utf8_bytes, plain.layout) == ("measured", len(TEXT.encode()), "not compressed")


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl"])
@pytest.mark.parametrize("text", ["가나다", TEXT[: 1 << 20]], ids=["short", "long"])
def test_utf8_without_its_last_byte_is_cut_short(tmp_path: Path, name: str, text: str) -> None:
    write_files(tmp_path, {name: f'{{"text": "a"}}\n{text.rstrip(chr(10) + ".")}가'.encode()[:-1]})
    _, record = documents_in(tmp_path / name)
    assert (record.encoding, record.damage) == ("utf-8", "the last character is cut")


@pytest.mark.parametrize(
    ("place", "patterns"),
    [("", "corpus/drafts/"), ("", "drafts/"), ("corpus", "drafts/"), ("corpus", "/drafts"), ("corpus/drafts", "*.txt")],
)
def test_an_ignore_file_counts_from_here_down_to_the_file(
    place: str, patterns: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"corpus/a.txt": "one", "corpus/drafts/b.txt": "two", f"{place}/.corpuscheckignore".lstrip("/"): patterns}
    write_files(tmp_path, files)
    monkeypatch.chdir(tmp_path)
    assert [source.path for source in discovering.discover(["corpus"], Reading()).sources] == [
        os.path.join("corpus", "a.txt")
    ]
