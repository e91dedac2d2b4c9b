"""The cache: what has not changed is not read again, and the results are those of a scan without it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import EXAMPLES, Main, everything, korean_lines, scanned, write_files, write_vocabulary

import corpuscheck
from corpuscheck.api import Scan
from corpuscheck.reading import opening
from corpuscheck.reading.files import Piece
from corpuscheck.running import cache, units

Reads = Callable[[], list[str]]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    """The names of the files that were opened since the last call."""
    opened: list[str] = []
    real = opening.open_regular

    def noting(path: str) -> Any:
        opened.append(os.path.basename(path))
        return real(path)

    for module in [module for name, module in sys.modules.items() if name.startswith("corpuscheck.")]:
        if getattr(module, "open_regular", None) is real:
            monkeypatch.setattr(module, "open_regular", noting)

    def since() -> list[str]:
        names = sorted(set(opened))
        opened.clear()
        return names

    return since


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Twelve small files of several kinds, and a tokenizer that does not know all of their characters."""
    lines = korean_lines(30)
    files: dict[str, str | bytes] = {f"{n:02}.txt": "\n".join(lines[3 * n : 3 * n + 3]) for n in range(10)}
    files["cp949.txt"] = "\n".join(lines[:20]).encode("cp949", "ignore")
    files["records.jsonl"] = '{"text": "가나 다라"}\n{"text": "마바 똠방"}\n'
    return write_files(tmp_path / "corpus", files)


@pytest.fixture
def options(tmp_path: Path) -> dict[str, Any]:
    return {"tokenizer": write_vocabulary(tmp_path / "vocab.txt", "가나다라마바사아자차카타파하고노도로모"),
            "cache": str(tmp_path / "cache")}  # fmt: skip


def plain(corpus: Path, options: dict[str, Any]) -> Scan:
    """The scan without a cache."""
    return scanned(corpus, **{**options, "cache": None})


def test_nothing_changed_nothing_read(corpus: Path, options: dict[str, Any], reads: Reads) -> None:
    first = scanned(corpus, **options)
    assert len(reads()) == 12
    second = scanned(corpus, **options)
    assert reads() == []
    assert everything(first) == everything(second) == everything(plain(corpus, options))
    assert second.cache
    assert (second.cache.known, second.cache.read, second.cache.trouble) == (12, 0, "")


def test_trained_and_processes_and_jobs_give_the_same(corpus: Path, options: dict[str, Any], reads: Reads) -> None:
    options = {**options, "tokenizer": None}
    wanted = everything(plain(corpus, options))
    reads()
    assert everything(scanned(corpus, **options)) == wanted
    assert reads()
    assert everything(scanned(corpus, **options, jobs=2)) == wanted
    assert reads() == []
    write_files(corpus, {"05.txt": "다른 글이 여기에 있다."})
    assert everything(scanned(corpus, **options)) == everything(plain(corpus, options)) != wanted


@pytest.mark.thorough
@pytest.mark.parametrize(("files", "bundled"), [pytest.param(60, False, marks=pytest.mark.thorough), (400, True)])
def test_one_file_of_very_many_changed(
    files: int, bundled: bool, tmp_path: Path, options: dict[str, Any], reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    if bundled:
        monkeypatch.setattr(units, "_MOST_BUNDLES", 16)
        monkeypatch.setattr(units, "_LEAST_BUNDLE", 1 << 13)
    corpus = write_files(tmp_path / "many", {f"{n:04}.txt": line for n, line in enumerate(korean_lines(files))})
    scanned(corpus, **options)
    assert len(reads()) == files
    write_files(corpus, {"0020.txt": "새 문장이다."})
    scan = scanned(corpus, **options)
    read = reads()
    assert "0020.txt" in read
    assert len(read) == 1 or (bundled and len(read) < 120)
    assert scan.cache
    assert (scan.cache.known, scan.cache.read) == (files - len(read), len(read))
    assert everything(scan) == everything(plain(corpus, options))


CHANGES: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "added": (lambda c: write_files(c, {"new.txt": "새 글"}), ["new.txt"]),
    "removed": (lambda c: (c / "07.txt").unlink(), []),
    "renamed": (lambda c: (c / "07.txt").rename(c / "77.txt"), ["77.txt"]),
    "touched": (lambda c: os.utime(c / "07.txt", ns=(1, 1)), ["07.txt"]),
    "another size at the same time": (lambda c: _rewritten(c / "07.txt", "짧다"), ["07.txt"]),
    "emptied": (lambda c: (c / "07.txt").write_bytes(b""), []),
    "ignored": (lambda c: write_files(c, {".corpuscheckignore": "0*.txt"}), []),
}


def _rewritten(path: Path, text: str) -> None:
    status = path.stat()
    path.write_text(text)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.few(1)
@pytest.mark.parametrize("change", CHANGES)
def test_only_what_changed_is_read(change: str, corpus: Path, options: dict[str, Any], reads: Reads) -> None:
    scanned(corpus, **options)
    reads()
    do, expected = CHANGES[change]
    do(corpus)
    scan = scanned(corpus, **options)
    assert reads() == expected
    assert everything(scan) == everything(plain(corpus, options))


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("changed", "used"),
    [
        ({}, True),
        ({"jobs": 2}, True),
        ({"max_unk_rate": 0.5}, True),
        pytest.param({"target_bytes": 5}, True, marks=pytest.mark.thorough),
        ({"document": "line"}, False),
        ({"encoding": "utf-8"}, False),
        pytest.param({"hint": "ja"}, False, marks=pytest.mark.thorough),
        pytest.param({"text_fields": ("text",)}, False, marks=pytest.mark.thorough),
        ({"tokenizer": "other"}, False),
        ({"tokenizer": None}, False),
        ({"cache_key": "content"}, False),
    ],
)
def test_what_the_figures_depend_on_decides(
    changed: dict[str, Any], used: bool, tmp_path: Path, corpus: Path, options: dict[str, Any], reads: Reads
) -> None:
    scanned(corpus, **options)
    reads()
    if changed.get("tokenizer"):
        changed = {"tokenizer": write_vocabulary(tmp_path / "other.txt", "가나")}
    scan = scanned(corpus, **{**options, **changed})
    assert (reads() == []) == used
    assert everything(scan) == everything(plain(corpus, {**options, **changed}))


def test_another_version_of_the_program_measures_anew(
    corpus: Path, options: dict[str, Any], reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned(corpus, **options)
    reads()
    monkeypatch.setattr(cache, "code", lambda: b"another")
    scanned(corpus, **options)
    assert len(reads()) == 12


@pytest.mark.thorough
def test_content_is_what_counts_where_it_is_asked_for(corpus: Path, options: dict[str, Any], reads: Reads) -> None:
    options["cache_key"] = "content"
    scanned(corpus, **options)
    for n, path in enumerate(corpus.iterdir()):
        os.utime(path, ns=(n, n))
    reads()
    scan = scanned(corpus, **options)
    assert reads() == []
    assert everything(scan) == everything(plain(corpus, options))
    status = (corpus / "07.txt").stat()
    (corpus / "07.txt").write_bytes(bytes(reversed("가".encode())) + (corpus / "07.txt").read_bytes()[3:])
    os.utime(corpus / "07.txt", ns=(status.st_atime_ns, status.st_mtime_ns))
    reads()
    scanned(corpus, **options)
    assert reads() == ["07.txt"]


@pytest.mark.thorough
def test_a_file_that_changes_while_it_is_read_is_not_kept(
    corpus: Path, options: dict[str, Any], reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = [corpus / "07.txt"]
    piece = Piece  # made after the file was found, before it is read

    def changing(source: Any, *rest: Any, **more: Any) -> Any:
        if once and source.path == str(once[0]):
            write_files(corpus, {once.pop().name: "während des Lesens geändert"})
        return piece(source, *rest, **more)

    monkeypatch.setattr(units, "Piece", changing)
    scanned(corpus, **options)
    reads()
    scan = scanned(corpus, **options)
    assert reads() == ["07.txt"]
    assert everything(scan) == everything(plain(corpus, options))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not allow such names")
def test_names_that_are_not_unicode_are_read_each_time(corpus: Path, options: dict[str, Any], reads: Reads) -> None:
    shutil.copy(corpus / "07.txt", corpus / os.fsdecode(b"\xff\xfe.txt"))
    first = scanned(corpus, **options)
    reads()
    second = scanned(corpus, **options)
    assert reads() == [os.fsdecode(b"\xff\xfe.txt")]
    assert everything(first) == everything(second)


def test_from_python_nothing_is_kept_unless_asked(
    corpus: Path, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    corpuscheck.scan(corpus, tokenizer=options["tokenizer"], jobs=1)
    assert sorted(tmp_path.rglob("*")) == before
    corpuscheck.scan(corpus, tokenizer=options["tokenizer"], jobs=1, cache="kept")
    assert (tmp_path / "kept" / "cache.db").is_file()


@pytest.mark.few(1)
@pytest.mark.parametrize("folder", [".corpuscheck_cache", "kept"])
def test_the_cache_is_no_part_of_the_corpus(
    folder: str, run_main: Main, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(corpus)
    monkeypatch.delenv("CORPUSCHECK_NO_CACHE")
    results = [run_main("scan", ".", "--format", "json", "--cache-dir", folder) for _ in range(3)]
    assert (corpus / folder / ".gitignore").read_text() == "*\n"
    assert (corpus / folder / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")
    assert len({out for _, out, _ in results}) == 1
    assert "12 files as before, 0 read" in results[2][2]


@pytest.mark.thorough
@pytest.mark.parametrize("name", sorted(p.name for p in EXAMPLES.iterdir() if p.is_dir()))
def test_examples_with_and_without(name: str, tmp_path: Path) -> None:
    wanted = everything(scanned(EXAMPLES / name))
    for _ in range(2):
        assert everything(scanned(EXAMPLES / name, cache=str(tmp_path / "cache"))) == wanted
