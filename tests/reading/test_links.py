"""Symbolic links that lead out of what was given, or to hidden files, are not followed unless that is asked for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import Main, scanned, write_files, write_vocabulary

from corpuscheck import api
from corpuscheck.api import Scan
from corpuscheck.files.trust import OUTSIDE, TO_HIDDEN
from corpuscheck.reading import discover as discovering
from corpuscheck.reading.discover import Found, discover
from corpuscheck.settings import Reading

SECRET = "AUTHORIZATION basic geheim"
GOOD = "가나 다라 마바\n" * 20

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="symbolic links need rights here")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a token in it, a corpus in a folder of it, and something outside."""
    monkeypatch.chdir(tmp_path)
    write_files(
        tmp_path,
        {
            ".git/config": SECRET,
            "elsewhere/secret.txt": SECRET,
            "corpus-2/secret.txt": SECRET,
            "corpus/good.txt": GOOD,
            "corpus/folder/more.txt": GOOD.replace("가", "나"),
            "corpus/.hidden/secret.txt": SECRET,
            "corpus/folder/.secret.txt": SECRET,
        },
    )
    write_vocabulary(tmp_path / "v.txt", "가나다라마바")
    return tmp_path


def reasons(paths: list[str], **reading: Any) -> dict[str, str]:
    """Why each name is skipped; an empty reason for what is read."""
    found = discover(paths, Reading(**reading))
    return {s.path: "" for s in found.sources} | {s.path: s.reason for s in found.skipped}


LINKS: dict[str, tuple[str, str, str]] = {
    "a file beside the corpus": ("a.txt", "../.git/config", OUTSIDE),
    "an absolute path": ("a.txt", "{}/elsewhere/secret.txt", OUTSIDE),
    "a folder outside": ("a", "../elsewhere", OUTSIDE),
    "the folder above": ("a", "..", OUTSIDE),
    "a folder whose name begins alike": ("a", "../corpus-2", OUTSIDE),
    "a file under a name that begins alike": ("a.txt", "../corpus-2/secret.txt", OUTSIDE),
    "out and in again": ("a.txt", "../corpus/good.txt", discovering.SAME_FILE),
    "in a subfolder": ("folder/a.txt", "../../elsewhere/secret.txt", OUTSIDE),
    "through a folder that is none": ("a.txt", "folder/../../elsewhere/secret.txt", OUTSIDE),
    "an archive by its name": ("a.zip", "../elsewhere/secret.txt", OUTSIDE),
    "a device": ("a.txt", "/dev/zero", OUTSIDE),
    "the root": ("a", "/", OUTSIDE),
    "this process": ("a.txt", "/proc/self/environ", OUTSIDE),
    "a hidden file inside": ("a.txt", "folder/.secret.txt", TO_HIDDEN),
    "a file in a hidden folder inside": ("a.txt", ".hidden/secret.txt", TO_HIDDEN),
    "a hidden folder inside": ("a", ".hidden", TO_HIDDEN),
    "nothing": ("a.txt", "../missing.txt", discovering.BROKEN_LINK),
    "a file inside": ("a.txt", "good.txt", discovering.SAME_FILE),
    "a folder inside": ("a", "folder", discovering.LINK_LOOP),
}


@pytest.mark.parametrize("name", LINKS)
@pytest.mark.parametrize("absolute", [False, True])
def test_where_a_link_leads_decides(name: str, absolute: bool, place: Path) -> None:
    link, target, reason = LINKS[name]
    (place / "corpus" / link).symlink_to(target.format(place))
    given = str(place / "corpus") if absolute else "corpus"
    assert reasons([given])[os.path.join(given, link)] == reason


def test_a_chain_of_links_leads_where_its_last_one_does(place: Path) -> None:
    (place / "corpus" / "b").symlink_to("folder")
    (place / "corpus" / "folder" / "c.txt").symlink_to("../b/d.txt")
    (place / "corpus" / "folder" / "d.txt").symlink_to("../../elsewhere/secret.txt")
    found = reasons(["corpus"])
    assert found["corpus/folder/c.txt"] == found["corpus/folder/d.txt"] == OUTSIDE


def test_the_hidden_file_of_a_folder_that_holds_everything(place: Path) -> None:
    (place / "corpus" / "a.txt").symlink_to("../.git/config")
    assert reasons(["."])["corpus/a.txt"] == TO_HIDDEN


STORES = {
    "git-annex": (".git/annex/objects/4f/a/SHA256-x.txt", "corpus/a.txt", "corpus"),
    "DVC": (".dvc/cache/files/md5/a1/b2", "corpus/a.txt", "corpus"),
    "the Hugging Face hub": ("hub/blobs/0a1b", "hub/snapshots/main/data/a.txt", "hub/snapshots/main"),
}


@pytest.mark.parametrize("name", STORES)
def test_links_to_the_data_that_they_stand_for_are_followed(name: str, place: Path) -> None:
    target, link, given = STORES[name]
    write_files(place, {target: GOOD, "other/" + target: SECRET})
    (place / link).parent.mkdir(parents=True, exist_ok=True)
    (place / link).symlink_to(os.path.relpath(target, os.path.dirname(link)))
    (place / link).with_name("b.txt").symlink_to(place / "other" / target)
    for root in (given, str(place / given)):
        assert reasons([root])[os.path.join(root, os.path.relpath(link, given))] == ""
    assert reasons(["."])[link] in ("", discovering.SAME_FILE)
    assert reasons([given])[os.path.join(os.path.dirname(link), "b.txt")] == OUTSIDE


def test_links_between_what_is_given_are_inside(place: Path) -> None:
    (place / "corpus" / "a.txt").symlink_to("../elsewhere/secret.txt")
    assert reasons(["corpus", "elsewhere"])["corpus/a.txt"] == discovering.SAME_FILE
    assert reasons(["corpus", "elsewhere/secret.txt"])["corpus/a.txt"] == discovering.SAME_FILE
    (place / "corpus" / "b.txt").symlink_to(".hidden/secret.txt")
    assert reasons(["corpus", "corpus/.hidden"])["corpus/b.txt"] == discovering.SAME_FILE


@pytest.mark.parametrize("target", ["elsewhere", "elsewhere/secret.txt", ".git/config"])
def test_a_link_that_is_named_is_followed(target: str, place: Path) -> None:
    (place / "named").symlink_to(target)
    assert list(reasons(["named"]).values()) == [""]


def test_links_inside_a_folder_that_is_named_by_a_link(place: Path) -> None:
    (place / "named").symlink_to("corpus")
    (place / "corpus" / "a.txt").symlink_to("../elsewhere/secret.txt")
    (place / "corpus" / "b.txt").symlink_to("good.txt")
    found = reasons(["named"])
    assert (found["named/a.txt"], found["named/b.txt"]) == (OUTSIDE, discovering.SAME_FILE)


def test_what_is_asked_for_is_followed(place: Path, run_main: Main) -> None:
    (place / "corpus" / "a.txt").symlink_to("../.git/config")
    (place / "corpus" / "b").symlink_to("../elsewhere")
    (place / "corpus" / "c.txt").symlink_to(".hidden/secret.txt")
    found = reasons(["corpus"], follow_links=True)
    assert [found[f"corpus/{name}"] for name in ("a.txt", "b/secret.txt", "c.txt")] == ["", "", ""]
    peek = ["peek", "corpus", "--word", "AUTHORIZATION"]
    assert "geheim" not in run_main(*peek)[1]
    assert run_main(*peek)[1].startswith("none of 2 documents holds")
    assert "geheim" in run_main(*peek, "--follow-links")[1]


def test_what_is_not_followed_is_told_with_its_reason(place: Path) -> None:
    (place / "corpus" / "a.txt").symlink_to("../.git/config")
    profile = scanned(["corpus"], tokenizer="v.txt").result.profile
    assert profile.reading.skipped[OUTSIDE] == 1
    assert ("corpus/a.txt") in [path for _, path, _ in profile.reading.examples[f"skipped: {OUTSIDE}"]]


# what changes between finding and opening


def raced(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object], **options: Any) -> Scan:
    """A scan of a corpus in which something happens once its files were found."""

    def acting(*arguments: Any) -> Found:
        found = discover(*arguments)
        act()
        return found

    monkeypatch.setattr(api, "discover", acting)
    return scanned(["corpus"], tokenizer="v.txt", **options)


def _link_instead(path: Path, target: str) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    path.symlink_to(target)


@pytest.mark.few(13)
@pytest.mark.parametrize(
    "name", ["more.txt", "more.jsonl", "more.csv", "more.zip", "more.tar", "more.parquet", "more.arrow", "more.txt.gz"]
)
@pytest.mark.parametrize(
    ("swapped", "target", "reason"),
    [
        ("folder/{}", "../../.git/config", OUTSIDE),
        ("folder/{}", ".secret.txt", TO_HIDDEN),
        ("folder", "../elsewhere", OUTSIDE),
    ],
)
def test_a_link_that_comes_after_the_file_was_found(
    swapped: str, target: str, reason: str, name: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(place / "elsewhere", {name: SECRET})
    (place / "corpus/folder/more.txt").rename(place / "corpus/folder" / name)
    scan = raced(monkeypatch, lambda: _link_instead(place / "corpus" / swapped.format(name), target))
    assert reason in str({record.path: record.reason for record in scan.records}[f"corpus/folder/{name}"])
    assert "geheim" not in str(scan.result.profile.about)


def test_a_large_file_that_becomes_a_link(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is cut into ranges it is looked at."""
    write_files(place / "corpus", {"big.txt": GOOD * 6000})
    write_files(place / "elsewhere", {"big.txt": f"{SECRET}\n" * 80_000})
    scan = raced(monkeypatch, lambda: _link_instead(place / "corpus/big.txt", "../elsewhere/big.txt"))
    assert {record.path: record.reason for record in scan.records}["corpus/big.txt"] == OUTSIDE


def test_a_file_that_is_saved_anew_is_read(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Editors write beside a file and rename: another file under the same name is no link."""

    def save() -> None:
        write_files(place, {"new": GOOD * 2})
        (place / "new").replace(place / "corpus/good.txt")

    scan = raced(monkeypatch, save)
    assert {record.path: record.status for record in scan.records}["corpus/good.txt"] == "measured"


def test_lists_of_what_to_leave_out_are_plain_files_of_some_size(place: Path, run_main: Main) -> None:
    path = place / "corpus/.corpuscheckignore"
    os.mkfifo(path)
    status, _, err = run_main("scan", "corpus", "--tokenizer", "v.txt")
    assert (status, "not a regular file" in err) == (2, True)
    _link_instead(path, "/dev/zero")
    assert run_main("scan", "corpus", "--tokenizer", "v.txt")[0] == 2
    path.unlink()
    path.write_bytes(b"# much\n" * 200_000)
    status, _, err = run_main("scan", "corpus", "--tokenizer", "v.txt")
    assert (status, "it has over 1,048,576 bytes" in err) == (2, True)


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() != 0, reason="only root can give files away")
def test_a_list_that_somebody_else_has_put_there_is_not_obeyed(place: Path) -> None:
    path = place / "corpus/.corpuscheckignore"
    path.write_text("*.txt\n")
    os.chown(path, 4711, 4711)
    found = reasons(["corpus"])
    assert found["corpus/good.txt"] == ""
    assert found["corpus/.corpuscheckignore"] == discovering.FOREIGN
    os.chown(place / "corpus", 4711, 4711)  # the corpus of somebody else, with their list
    assert "corpus/good.txt" not in reasons(["corpus"])
