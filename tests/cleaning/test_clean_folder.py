"""Where a clean copy is written: never into the corpus, never over something else, never by half."""

from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from cleaning_of import cleaned, kept_in, manifest_of
from support import Main, command, korean_lines, scanned, write_files

from corpuscheck.cleaning import shards
from corpuscheck.cleaning.folder import made_beside
from corpuscheck.cleaning.frames import FrameWriter
from corpuscheck.errors import CorpuscheckError, UsageError


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_files(tmp_path / "data", {f"{k}.txt": text for k, text in enumerate(korean_lines(30, 2))})


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_corpus_stays_as_it_is_and_nothing_lies_beside_the_copy(data: Path, tmp_path: Path) -> None:
    before = tree(data)
    cleaned(data, tmp_path / "new" / "out")
    assert tree(data) == before
    assert os.listdir(tmp_path / "new") == ["out"]
    assert sorted(tree(tmp_path / "new" / "out")) == ["manifest.json", "part-00000.jsonl.zst", "removed.jsonl.zst"]


def test_a_scan_of_the_copy_reads_the_text_alone(data: Path, tmp_path: Path) -> None:
    cleaned(data, tmp_path / "out")
    told = scanned(tmp_path / "out")
    assert [record.path.rpartition("/")[2] for record in told.records] == ["part-00000.jsonl.zst"]
    write_files(tmp_path / "other", {"manifest.json": '{"text": "no list of ours"}', "a.txt": "text"})
    assert scanned(tmp_path / "other").result.profile.size.documents == 2


@pytest.mark.parametrize("out", ["data", "data/out", "."])
def test_copy_and_corpus_do_not_lie_in_each_other(data: Path, tmp_path: Path, out: str) -> None:
    (tmp_path / "link").symlink_to(data)
    for path in (data, tmp_path / "link"):
        with pytest.raises(UsageError, match="lie in each other"):
            cleaned(path, tmp_path / out, force=True)


def test_an_older_copy_is_replaced_only_if_asked_for(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    cleaned(data, out)
    before = tree(out)
    with pytest.raises(UsageError, match="--force"):
        cleaned(data, out)
    assert tree(out) == before
    write_files(data, {"more.txt": "one more text"})
    cleaned(data, out, force=True, to="parquet")
    assert manifest_of(out)["documents_kept"] == 31
    assert "part-00000.jsonl.zst" not in tree(out)


def test_what_is_no_clean_copy_is_never_replaced(data: Path, tmp_path: Path) -> None:
    write_files(tmp_path, {"precious/thesis.txt": "years of work", "file": "a file"})
    for name in ("precious", "file"):
        with pytest.raises(UsageError):
            cleaned(data, tmp_path / name, force=True)
    assert (tmp_path / "precious" / "thesis.txt").read_text() == "years of work"
    (tmp_path / "empty").mkdir()
    cleaned(data, tmp_path / "empty")


@pytest.mark.few(1)
@pytest.mark.parametrize("at", [1, 7, 40])
@pytest.mark.parametrize("old", [False, True])
def test_a_full_disk_is_an_error_and_leaves_all_as_it_was(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, old: bool
) -> None:
    out, written = tmp_path / "out", 0
    if old:
        cleaned(data, out)
    before = tree(tmp_path)
    whole = FrameWriter.write

    def full(self: FrameWriter, line: bytes, text_bytes: int = 0, documents: int = 0) -> None:
        nonlocal written
        written += 1
        if written >= at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        whole(self, line, text_bytes, documents)

    monkeypatch.setattr(FrameWriter, "write", full)
    with pytest.raises(CorpuscheckError, match=rf"^{out}: .*No space left"):
        cleaned(data, out, force=True)
    assert tree(tmp_path) == before


def test_a_disk_that_is_full_at_the_end_is_no_other(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = tree(tmp_path)
    monkeypatch.setattr(shards, "_flushed", full)
    with pytest.raises(CorpuscheckError, match="No space left"):
        cleaned(data, tmp_path / "out")
    assert tree(tmp_path) == before


def test_what_a_run_that_was_killed_has_left_is_in_nobodys_way(data: Path, tmp_path: Path) -> None:
    cleaned(data, tmp_path / "right")
    left = tmp_path / ".out.corpuscheck-clean"
    write_files(left, {"out/part-00000.jsonl.zst": b"half of it", "out/part-00009.jsonl.zst": b"", "signatures": b"\0"})
    left.with_name(left.name + ".lock").write_bytes(b"")
    cleaned(data, tmp_path / "out")
    assert tree(tmp_path / "out") == tree(tmp_path / "right")
    assert sorted(os.listdir(tmp_path)) == ["data", "out", "right"]


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform == "win32", reason="kills by a signal")
def test_a_run_that_is_killed_at_any_moment_leaves_nothing_by_half(data: Path, tmp_path: Path) -> None:
    write_files(data, {"large.txt": "\n".join(korean_lines(3000, 3))})
    start = time.perf_counter()
    subprocess.run(command("clean", data, "-o", tmp_path / "right", "-q"), stdout=subprocess.DEVNULL, check=True)
    whole = time.perf_counter() - start
    dice, out = random.Random(1), tmp_path / "out"
    for k in range(12):
        process = subprocess.Popen(command("clean", data, "-o", out, "-q"), stdout=subprocess.DEVNULL)
        time.sleep(whole * (k + dice.random()) / 12)
        process.kill()
        process.wait()
        assert not out.exists() or tree(out) == tree(tmp_path / "right")
    cleaned(data, out, force=True)
    assert tree(out) == tree(tmp_path / "right")
    assert sorted(os.listdir(tmp_path)) == ["data", "out", "right"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_is_no_way_into_the_corpus_or_out_of_it(data: Path, tmp_path: Path, run_main: Main) -> None:
    cleaned(data, tmp_path / "out")
    before = tree(tmp_path / "out")
    (data / "link").symlink_to(tmp_path / "out")
    write_files(data, {"broken.parquet": b"PAR1 and nothing else"})
    made = cleaned(data, tmp_path / "out", force=True)
    told = manifest_of(tmp_path / "out")["not_read"]
    assert [Path(one["path"]).name for one in told] == ["broken.parquet", "link"] == [
        Path(one.path).name for one in made.not_read
    ]  # fmt: skip
    assert tree(tmp_path / "out").keys() == before.keys()
    assert "2 files could not be read" in run_main("clean", data, "--dry-run", "--no-progress")[1]
    (tmp_path / "alias").symlink_to(tmp_path / "out")
    with pytest.raises(UsageError, match="--force"):
        cleaned(data, tmp_path / "alias")


def test_two_runs_do_not_write_to_one_place(data: Path, tmp_path: Path) -> None:
    with made_beside(str(tmp_path / "out")) as work:
        (work / "out" / "text").write_text("of the first one")
        with pytest.raises(CorpuscheckError, match="another run"):
            cleaned(data, tmp_path / "out")
    assert tree(tmp_path / "out") == {"text": b"of the first one"}


HOSTILE = [
    "../../up.txt",
    "/etc/passwd",
    "a\nb.txt",
    "\u202egnp.txt",
    "<script>.txt",
    ".hidden",
    "x" * 250,
    "a/../../b.txt",
    "CON",
]


@pytest.mark.few(1)
@pytest.mark.parametrize("form", ["jsonl", "text", "parquet"])
def test_names_that_want_to_lead_elsewhere(tmp_path: Path, form: str) -> None:
    with zipfile.ZipFile(write_files(tmp_path / "data", {"z.txt": "plain"}) / "a.zip", "w") as file:
        for k, name in enumerate(HOSTILE):
            file.writestr(name, korean_lines(20, 4)[k])
    Path(os.fsdecode(os.fsencode(tmp_path / "data") + b"/\xff\xfe.txt")).write_text("name that is no text")
    made = cleaned(tmp_path / "data", tmp_path / "out", to=form)
    assert sorted(os.listdir(tmp_path)) == ["data", "out"]
    assert made.documents_kept == scanned(tmp_path / "out").result.profile.size.documents
    assert made.documents_kept >= len(HOSTILE)
    if form == "jsonl":
        assert len({row["path"] for row in kept_in(tmp_path / "out")}) == made.documents_kept


def test_the_command_line(data: Path, tmp_path: Path, run_main: Main) -> None:
    write_files(data, {"copy.txt": korean_lines(30, 2)[0]})
    status, out, err = run_main("clean", data, "--dry-run", "-q")
    assert (status, err) == (0, "")
    assert "- exact copies" in out
    assert "= to be written" in out
    status, out, err = run_main("clean", data, "-o", tmp_path / "out", "--no-progress")
    assert (status, err) == (0, "")
    assert "= written" in out
    assert run_main("clean", data)[0] == 2
    assert run_main("clean", data, "-o", tmp_path / "out")[0] == 2
    assert run_main("clean", data, "-o", tmp_path / "out", "--force", "-q", "--format", "json")[0] == 0
    assert run_main("clean", tmp_path / "none", "--dry-run")[0] == 2
