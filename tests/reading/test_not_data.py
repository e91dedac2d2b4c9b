"""Not the data: pointers, pages and errors that lie where data should are named, and an error at the gate."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from reading_of import read_all
from support import scanned, write_files, write_vocabulary

from corpuscheck.errors import NothingToScanError
from corpuscheck.reading import not_data
from corpuscheck.reading.not_data import (
    ANNEX,
    API_ERROR,
    DRIVE_PAGE,
    DVC,
    ERROR_PAGE,
    LFS,
    LOGIN_PAGE,
    OTHER_PAGE,
    XET,
    XML_ERROR,
)

OID = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{OID}\nsize 12345\n"
ANNEXED = f".git/annex/objects/xV/8q/SHA256E-s1234--{OID}.gz/SHA256E-s1234--{OID}.gz"
KEY = f"/annex/objects/SHA256E-s1234--{OID}.txt\n"
OUTS = "outs:\n- md5: a304afb96060aad90176268345e10355\n  size: 37891850\n  hash: md5\n  path: data.xml\n"
PAGE = "<!DOCTYPE html><html><head><title>{}</title></head><body><p>{}</p></body></html>"
NOT_FOUND = "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body><h1>404 Not Found</h1>\r\n</body></html>"
LOGIN = PAGE.format("Sign in · Data Portal", "<form><input name=u><input id='p' type='password'></form>")
S3 = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{}</Code><Message>no</Message></Error>'
DRIVE = PAGE.format("Google Drive - Virus scan warning", "too large")


@pytest.mark.few(54)
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (POINTER, LFS),
        (POINTER.replace("\n", "\r\n"), LFS),
        ("\ufeff" + POINTER, LFS),
        (POINTER.replace("oid", f"ext-0-foo sha256:{OID}\noid"), LFS),
        (f"# xet version 0\nfilesize = 120\nhash = '{OID}'\n", XET),
        (OUTS, DVC),
        (OUTS.replace("10355", "10355.dir").replace("  hash", "  nfiles: 3\n  hash"), DVC),
        ("md5: d8acabbfd4ee51c95da5d7628c7ef74b\nfrozen: true\ndeps:\n- path: x\n" + OUTS, DVC),
        (KEY, ANNEX),
        ("../../" + ANNEXED, ANNEX),
        (NOT_FOUND, ERROR_PAGE),
        ("404: Not Found", ERROR_PAGE),
        ("Entry not found", ERROR_PAGE),
        ("Access Denied\n", ERROR_PAGE),
        ("Invalid username or password.", ERROR_PAGE),
        (PAGE.format("Just a moment...", "Checking"), ERROR_PAGE),
        (PAGE.format("Page not found · GitHub", "Not here"), ERROR_PAGE),
        (PAGE.format("502 Bad Gateway", ""), ERROR_PAGE),
        (LOGIN, LOGIN_PAGE),
        (DRIVE, DRIVE_PAGE),
        (S3.format("AccessDenied"), XML_ERROR),
        (S3.format("NoSuchKey").partition("\n")[2], XML_ERROR),
        (json.dumps({"message": "Not Found", "documentation_url": "https://docs"}), API_ERROR),
        (json.dumps({"error": "Repository not found"}), API_ERROR),
        (json.dumps({"error": {"code": 403, "message": "Rate"}}, indent=2), API_ERROR),
        (json.dumps({"status": 500, "path": "/x", "timestamp": "2020"}), API_ERROR),
        (json.dumps({"detail": "Not found."}), API_ERROR),
    ],
)
@pytest.mark.parametrize(
    "name",
    [
        "a.txt",
        "a",
        "a.jsonl",
        "a.json",
        "a.csv",
        "a.txt.gz",
        "a.jsonl.zst",
        "a.xz",
        "a.parquet",
        "a.zip",
        "a.tar.gz",
        "a.warc.gz",
    ],
)
def test_what_lies_in_the_place_of_data_is_named(tmp_path: Path, content: str, reason: str, name: str) -> None:
    write_files(tmp_path, {name: content})
    documents, records = read_all(tmp_path)
    assert (documents, [(r.status, r.reason) for r in records]) == ([], [("skipped", reason)])


def test_a_page_is_no_data_where_the_name_promises_records_and_is_text_elsewhere(tmp_path: Path) -> None:
    page = PAGE.format("A dataset", "Download it " * 9)
    write_files(
        tmp_path, {"a.jsonl": page, "b.csv.gz": page, "c.parquet": page, "d.gz": page, "e.html": page, "f.txt": page}
    )
    _, records = read_all(tmp_path)
    assert [r.reason for r in records] == [OTHER_PAGE] * 4 + [None] * 2
    assert [r.format for r in records[4:]] == ["html", "html"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", PAGE.format("Access to knowledge", "A short page.")),
        ("a.html", PAGE.format("HTTP 404 explained", "The error 404 means that nothing was found.")),
        ("a.html", PAGE.format("Forbidden", "A poem.")),
        ("a.html", PAGE.format("404 Not Found", "A long article about an error. " * 60)),
        ("a.html", PAGE.format("How to sign in", "Press the button.")),
        ("a.html", PAGE.format("Gone", "Story")),
        ("a.txt", POINTER + "This is what a pointer looks like.\n"),
        ("a.txt", "Git LFS writes 'version https://git-lfs.github.com/spec/v1' on the first line.\n"),
        ("a.txt", "not found were the words that he had spoken"),
        ("a.txt", "Annexed objects lie in .git/annex/objects of the repository.\n"),
        (
            "a.md",
            "outs:\n- md5: a304afb96060aad90176268345e10355\n\nThis is how DVC writes what it tracks, in short.\n",
        ),
        ("a.json", '{"text": "404 Not Found"}'),
        ("a.json", '{"title": "Error", "message": "It was a long day at the office."}'),
        ("a.jsonl", '{"error": "one", "text": "x y"}\n{"error": "two", "text": "y z"}\n'),
        ("a.xml", "<Error><Code>1</Code></Error><p>more</p>" + "text " * 5000),
    ],
)
def test_text_about_such_things_is_text(tmp_path: Path, name: str, content: str) -> None:
    write_files(tmp_path, {name: content})
    documents, records = read_all(tmp_path)
    assert documents
    assert records[0].status == "measured"


def test_links_that_git_annex_has_not_filled_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(ANNEXED)
    (tmp_path / "b.txt").write_text("text")
    scan = scanned(tmp_path, tokenizer=write_vocabulary(tmp_path / ".vocab.txt", "text"))
    assert {r.reason for r in scan.records if r.path.endswith("a.txt")} == {ANNEX}


def test_the_gate_fails_and_says_what_to_do(tmp_path: Path) -> None:
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", "abc")
    write_files(
        tmp_path / "corpus",
        {"a.parquet": POINTER, "b.txt.gz": POINTER, "c.txt": "abc " * 99, "d.json": S3.format("NoSuchKey")},
    )
    result = scanned(tmp_path / "corpus", tokenizer=vocabulary).result
    finding = result.findings[0]
    assert (finding.rule, finding.severity, finding.measured) == ("CC115", "error", 3)
    assert "2 Git LFS pointer: run git lfs pull" in finding.message
    assert finding.advice == "run git lfs pull"
    assert {Path(str(place.path)).name for place in finding.places} == {"a.parquet", "b.txt.gz", "d.json"}
    assert "CC101" not in {f.rule for f in result.findings}


def test_nothing_but_pointers_is_nothing_to_scan(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.txt": POINTER, "b.zip": POINTER})
    with pytest.raises(NothingToScanError, match="2 Git LFS pointer: run git lfs pull"):
        scanned(tmp_path)


@pytest.mark.few(3)
@pytest.mark.parametrize(
    "piece", ["<script>", "<title>", "<!-- -->", "<", "<h1>", "<input type=", "{", "[", "[ ", "From 1999 ", "a: "]
)
def test_hostile_beginnings_are_looked_at_quickly(tmp_path: Path, piece: str) -> None:
    for start in ("", "<html>", "From a 1999", "---\n"):
        for size in (1 << 14, 1 << 16, 1 << 20):
            write_files(tmp_path, {"a.txt": start + piece * (size // len(piece))})
            read_all(tmp_path)


def test_every_reason_says_what_to_do() -> None:
    assert all(": " in reason for reason in not_data.REASONS)


def test_members_of_archives_can_be_pointers_too(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("b.txt", POINTER)
        archive.writestr("c.jsonl.gz", gzip.compress(POINTER.encode()))
        archive.writestr("d.parquet", POINTER)
    assert [r.reason for r in read_all(tmp_path)[1]] == [LFS] * 3
